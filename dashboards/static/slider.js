// The time slider under the map (tidsreglaget): two handles on the weeks, and a button that plays them.
//
// While a handle moves, or the weeks are played, the browser draws what it has loaded; when they rest, the server is asked.

import { number, say } from "./words.js";

const WEEK = 7 * 86400;
const STEP = 700; // milliseconds that a played week stands still
const SHORT = 4; // weeks of the window that is played when the chosen one is nearly everything

const part = (id) => document.getElementById(id);

/** Return the weeks under the map as the page tells of them, or null when there are none. */
export function weeks() {
  const box = part("slider");
  if (!box) return null;
  const counts = [...document.querySelectorAll(".weeks rect[data-n]")].map((bar) => Number(bar.dataset.n));
  return { first: Date.parse(`${box.dataset.first}T00:00Z`) / 1000, counts, from: Number(box.dataset.from), to: Number(box.dataset.to) };
}

/** Make the slider work. `draw(first, last)` shows these days, or what the page says; `rest(first, last)` asks for them. */
export function slide({ draw, rest }) {
  const state = { timer: null, words: "" };
  const range = () => [part("slide-from"), part("slide-to")].map((handle) => Number(handle.value)).sort((a, b) => a - b);

  function show([from, to]) {
    const { first, counts } = weeks();
    draw(...days([from, to]));
    const sum = counts.slice(from, to + 1).reduce((total, n) => total + n, 0);
    part("slide-words").textContent = say("%(period)s: %(n)s deviations", { period: spoken(first, from, to), n: number(sum) });
    for (const [i, bar] of document.querySelectorAll(".weeks rect[data-n]").entries()) bar.classList.toggle("inside", i >= from && i <= to);
    placeWindow(from, to, counts.length);
  }

  function moved() {
    stop();
    const [from, to] = range();
    for (const [handle, week] of [[part("slide-from"), from], [part("slide-to"), to]]) handle.setAttribute("aria-valuetext", spoken(weeks().first, week, week));
    show([from, to]);
  }

  const settled = () => rest(...days(range()));

  function play() {
    const { counts, from, to } = weeks();
    state.words = part("slide-words").textContent;
    const length = to - from + 1 > counts.length / 2 ? SHORT : to - from + 1;
    let at = 0;
    const step = () => {
      if (at + length > counts.length) return stop(true);
      show([at, at + length - 1]);
      at += 1;
      state.timer = setTimeout(step, STEP);
    };
    label(true);
    step();
  }

  function stop(back = false) {
    if (state.timer) clearTimeout(state.timer);
    state.timer = null;
    label(false);
    if (back) rewind();
  }

  /** Show again what the page says, whose period may begin and end within a week. */
  function rewind() {
    show([weeks().from, weeks().to]);
    part("slide-words").textContent = state.words;
    draw(null);
  }

  function label(playing) {
    const button = part("slide-play");
    button.setAttribute("aria-pressed", String(playing));
    button.querySelector("span").textContent = playing ? say("Stop") : say("Play");
  }

  document.addEventListener("input", (event) => event.target.matches?.("#slide-from, #slide-to") && moved());
  document.addEventListener("change", (event) => event.target.matches?.("#slide-from, #slide-to") && settled());
  document.addEventListener("click", (event) => event.target.closest?.("#slide-play") && (state.timer ? stop(true) : play()));
}

function placeWindow(from, to, all) {
  const box = document.querySelector(".weeks rect.window");
  box?.setAttribute("x", `${(100 * from) / all}%`);
  box?.setAttribute("width", `${(100 * (to - from + 1)) / all}%`);
}

/** Return the first and the last day of weeks; the latest week has no end. */
function days([from, to]) {
  const { first, counts } = weeks();
  return [day(first + from * WEEK), to === counts.length - 1 ? "" : day(first + (to + 1) * WEEK - 86400)];
}

const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);

function spoken(first, from, to) {
  const words = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "sv-SE", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return words.formatRange(new Date((first + from * WEEK) * 1000), new Date((first + (to + 1) * WEEK - 86400) * 1000)).replaceAll(".", "");
}
