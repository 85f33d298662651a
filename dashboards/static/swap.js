// Fetch a page and put its parts into this one (delbyte): the same address without script gives the same page.

let running = null;

/** Sent with what the page asks by itself: nobody is using it, so the session goes on growing idle. */
export const UNATTENDED = { "X-Unattended": "1" };

/** Show the address's page by replacing the named parts; returns the new document, or null when a newer call took over. */
export async function swap(url, ids, { push = true } = {}) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const kept = focusKey();
  for (const id of ids) document.getElementById(id)?.classList.add("busy");
  try {
    const answer = await fetch(url, { signal: mine.signal, credentials: "same-origin", headers: { Accept: "text/html" } });
    if (elsewhere(answer, url)) return leave(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ids) replace(id, page);
    document.title = page.title || document.title;
    if (push) history.pushState({}, "", url);
    refocus(kept);
    return page;
  } catch (error) {
    if (error.name === "AbortError") return null;
    return leave(url);
  } finally {
    if (running === mine) {
      for (const id of ids) document.getElementById(id)?.classList.remove("busy");
      running = null;
    }
  }
}

/** Show the same page anew: the named parts and the counts of the selection. Nothing that somebody is at goes: focus, what
 *  is typed or unfolded, the row at the top of the window. Returns null where it cannot be done now. */
export async function renew(ids) {
  if (running) return null; // somebody has just asked for something else
  const mine = new AbortController();
  running = mine;
  try {
    const headers = { Accept: "text/html", ...UNATTENDED };
    const answer = await fetch(location.href, { signal: mine.signal, credentials: "same-origin", headers });
    if (!answer.ok || elsewhere(answer, location.href)) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine.signal.aborted) return null;
    const [kept, stay] = [focusKey(), anchored()];
    for (const id of ids) replace(id, page);
    recount(page);
    refocus(kept, document.getElementById("side"));
    stay();
    return page;
  } catch {
    return null;
  } finally {
    if (running === mine) running = null;
  }
}

const elsewhere = (answer, url) => answer.redirected && new URL(answer.url).pathname !== new URL(url, location.href).pathname;

/** Return what puts the uppermost row that can be seen back to where it stands now, unless the list is at its beginning. */
function anchored() {
  const side = document.getElementById("side");
  const scrolls = getComputedStyle(side).overflowY === "auto" ? side : document.scrollingElement;
  const edge = scrolls === side ? side.getBoundingClientRect().top : 0;
  const before = scrolls.scrollTop;
  const row = before > 0 && [...side.querySelectorAll("[data-nr]")].find((each) => each.getBoundingClientRect().bottom > edge);
  const top = row && row.getBoundingClientRect().top;
  return () => {
    const same = row && side.querySelector(`[data-nr="${CSS.escape(row.dataset.nr)}"]`);
    scrolls.scrollTop = before;
    if (same) scrolls.scrollTop += same.getBoundingClientRect().top - top;
  };
}

/** Take over the counts of the selection; its fields stay as somebody is choosing in them. */
function recount(page) {
  for (const box of document.querySelectorAll("#filters .pick input")) {
    const same = page.querySelector(`#filters [name="${CSS.escape(box.name)}"][value="${CSS.escape(box.value)}"]`);
    const [now, next] = [box, same].map((each) => each?.closest(".pick").querySelector(".count"));
    if (now && next) now.textContent = next.textContent;
  }
}

function leave(url) {
  location.assign(url);
  return null;
}

function replace(id, page) {
  const [now, next] = [document.getElementById(id), page.getElementById(id)];
  if (!now || !next) return;
  now.replaceChildren(...next.childNodes);
}

function focusKey() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
  return element.getAttribute("href") ? `a[href="${CSS.escape(element.getAttribute("href"))}"]` : null;
}

/** Give the focus back to what it was on; `otherwise` takes it where that is gone. */
function refocus(key, otherwise = null) {
  if (!key || document.querySelector(":focus")) return;
  const same = document.querySelector(key) ?? otherwise;
  if (same && same === otherwise) same.tabIndex = -1;
  same?.focus({ preventScroll: true });
}
