// The screen of a meeting (visningen): which item is shown, how it is fetched and put into the page, the minutes that are left.

import { makeRoomMap } from "./sitting-map.js";
import { UNATTENDED } from "./swap.js";
import { number, say } from "./words.js";

const PARTS = ["progress", "counted", "legend", "said", "moves", "waiting-items"];
const TICK = 5000; // milliseconds between two looks at the clock

export const pane = document.getElementById("item");
const saved = document.getElementById("saved");
const spoken = document.getElementById("spoken");

/** What is known of the item on the screen; the server writes it into the page. */
export let shown = read(document);
let draw = null;

function read(page) {
  return JSON.parse(page.getElementById("data").textContent);
}

/** Fetch a page of this screen and put its parts into this one; throws where that cannot be done, and changes nothing then. */
export async function load(url, { unattended = false } = {}) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html", ...(unattended ? UNATTENDED : {}) } });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.getElementById("data")) return void location.assign(url); // signed out, or the meeting is over
  const before = shown.item;
  shown = read(page);
  const held = pane.contains(document.activeElement) ? document.activeElement : null;
  for (const id of PARTS) document.getElementById(id)?.replaceChildren(...page.getElementById(id).childNodes);
  if (held && !held.isConnected) pane.focus();
  document.title = page.title;
  tick();
  if (shown.item !== before) {
    draw?.(shown);
    spoken.textContent = document.title.split(" – ")[0];
  }
}

/** Return the address of the item on the screen, as this screen asks for it. */
export function address(more = {}) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(more)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}

/** Return where an arrow leads, null at the ends. */
export const neighbour = (id) => document.getElementById(id).href || null;

/** Let presses on the arrows, and their keys in the item, do this. */
export function arrows(move, on = () => true) {
  document.getElementById("moves").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    move(link.id);
  });
  pane.addEventListener("keydown", (event) => {
    const id = { ArrowLeft: "back", PageUp: "back", ArrowRight: "on", PageDown: "on" }[event.key];
    if (!id || !plain(event) || !on()) return;
    event.preventDefault();
    move(id);
  });
}

/** Tell whether a key is a command: nobody is writing, and nothing is held down beside it. */
export function plain(event) {
  return !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, select, form");
}

/** Say below that all is saved, or what is not. */
export function tell(words, wrong = false) {
  saved.textContent = words;
  saved.classList.toggle("wrong", wrong);
}

// --- the clock: it is read by whoever looks, and said aloud to nobody ---------------------------

/** Show the minutes that are left of the item. */
export function tick() {
  if (!shown.shown_at) return;
  const left = Math.ceil(shown.minutes - (Date.now() - Date.parse(shown.shown_at)) / 60000);
  const clock = document.getElementById("clock");
  const words = left >= 0 ? say("%(left)s of %(minutes)s min left", { left: number(left), minutes: number(shown.minutes) }) : say("%(over)s min over", { over: number(-left) });
  if (clock.textContent !== words) clock.textContent = words;
  clock.classList.toggle("over-time", left < 0);
}

setInterval(tick, TICK);
tick();

document.getElementById("sitting-map").addEventListener("keydown", (event) => {
  if (event.key === "Escape") pane.focus();
});
makeRoomMap(shown).then((made) => {
  draw = made;
  draw(shown); // which may be another one by now
});
