// Fetch a page and put its parts into this one (delbyte): the same address without script gives the same page.

let running = null;

/** Show the address's page by replacing the named parts; returns the new document, or null when a newer call took over. */
export async function swap(url, ids, { push = true } = {}) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const kept = focusKey();
  for (const id of ids) document.getElementById(id)?.classList.add("busy");
  try {
    const answer = await fetch(url, { signal: mine.signal, credentials: "same-origin", headers: { Accept: "text/html" } });
    if (answer.redirected && new URL(answer.url).pathname !== new URL(url, location.href).pathname) return leave(answer.url);
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
    if (running === mine) for (const id of ids) document.getElementById(id)?.classList.remove("busy");
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

function refocus(key) {
  if (key && !document.querySelector(":focus")) document.querySelector(key)?.focus();
}
