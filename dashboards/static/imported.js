// Work that is on its way (import, utskrift): its progress is drawn anew until it has come to its end.

const state = document.getElementById("state");
const announce = document.getElementById("announce");
const PAUSE = 1000; // between two looks
const LATEST = 30000; // when nothing answers: doubled each time, up to this

let pause = PAUSE;

async function look() {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html", "X-Unattended": "yes" } });
    if (response.redirected) return void location.assign(response.url); // signed out meanwhile
    show(new DOMParser().parseFromString(await response.text(), "text/html").getElementById("state"));
    pause = PAUSE;
  } catch {
    pause = Math.min(2 * pause, LATEST);
  }
  wait();
  return undefined;
}

function show(next) {
  if (!next) return;
  const bar = state.querySelector("progress");
  const now = next.querySelector("progress");
  if (bar && now) { // the same bar goes on, so that nothing is read out anew
    bar.max = now.max;
    bar.value = now.value;
    const [words, newWords] = [bar.nextElementSibling, now.nextElementSibling];
    if (words.textContent !== newWords.textContent) words.textContent = newWords.textContent;
    return;
  }
  state.replaceChildren(...next.childNodes);
  state.toggleAttribute("data-open", next.hasAttribute("data-open"));
  announce.textContent = state.querySelector("[data-focus] strong")?.textContent ?? "";
  if (document.activeElement === document.body || document.activeElement?.id === "content") state.querySelector("[data-focus]")?.focus();
}

let waiting = null;

function wait() {
  clearTimeout(waiting);
  if (state.hasAttribute("data-open")) waiting = setTimeout(look, pause);
}

document.addEventListener("visibilitychange", wait);
wait();
