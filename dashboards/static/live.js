// Live (direkt): hears that something changed and lets the page renew what it shows. An event carries nothing; what the
// reader may see comes with the page. Nothing moves while somebody types, and little is said aloud.

import { say } from "./words.js";

const place = document.getElementById("live");
const spoken = document.getElementById("announce");
const QUIET = 10000; // between two things said aloud
const TYPING = 3000; // after the last key
const SOONEST = 1000; // until a lost stream is tried again: doubled each time, up to the latest
const LATEST = 60000;
const SPREAD = 400; // so that not all pages ask at the same moment
const MISSED = 5000; // that a stream may be gone before it is said: a page that is left, a proxy that starts anew
const AGAIN = 3000; // until a renewal is tried again that something else stopped

let source = null;
let last = place.dataset.since; // the number of the last event: what is older is on the page
let pause = SOONEST;
let reconnecting = null;

function connect() {
  clearTimeout(reconnecting);
  if (source || document.hidden) return;
  source = new EventSource(`${place.dataset.events}?since=${last}`);
  source.addEventListener("open", () => {
    pause = SOONEST;
    hearing(true);
  });
  source.addEventListener("changed", (event) => {
    last = event.lastEventId;
    due = true;
    clearTimeout(waking);
    waking = setTimeout(renew, SPREAD * Math.random());
  });
  source.addEventListener("error", () => {
    disconnect();
    missing ??= setTimeout(hearing, MISSED, false);
    reconnecting = setTimeout(connect, pause * (0.5 + Math.random()));
    pause = Math.min(2 * pause, LATEST);
  });
}

function disconnect() {
  clearTimeout(reconnecting);
  source?.close();
  source = null;
}

// --- renewing ---------------------------------------------------------------------------------

let due = false;
let renewing = false;
let typedAt = -TYPING;
let waking = null;

/** Ask the page's own script to renew what it shows: it hands over a promise, which is false when that could not be done. */
async function renew() {
  clearTimeout(waking);
  if (!due || renewing || document.hidden) return;
  const wait = typedAt + TYPING - performance.now();
  if (wait > 0) return void (waking = setTimeout(renew, wait));
  due = false;
  renewing = true;
  const done = [];
  document.dispatchEvent(new CustomEvent("trygg:changed", { detail: { until: (promise) => done.push(promise) } }));
  const results = await Promise.all(done).catch(() => [false]);
  renewing = false;
  due ||= !results.length || results.includes(false); // none yet: the map is still being made
  announce();
  if (due) waking = setTimeout(renew, AGAIN);
  return undefined;
}

// --- whether it hears anything ----------------------------------------------------------------

const line = document.getElementById("live-state");
let missing = null;

/** Show that the stream has stopped, or that it is back after that. */
function hearing(yes) {
  clearTimeout(missing);
  missing = null;
  if (yes === line.hidden) return;
  line.hidden = yes;
  speak("stream", yes ? say("The page updates itself again.") : line.querySelector("span").textContent);
}

/** Leave the page without a word. */
function leave() {
  clearTimeout(missing);
  missing = null;
  disconnect();
}

// --- saying it aloud --------------------------------------------------------------------------

const heading = () => document.querySelector("#side h1, #side h2")?.textContent ?? "";
const waiting = new Map(); // what is to be said, the newest of each kind
let said = heading();
let saidAt = -QUIET;
let saying = null;

function announce() {
  if (heading() === said || heading() === spoken.textContent) return;
  said = heading();
  speak("count", said);
}

/** Say something aloud, at most once in a while; of what comes meanwhile the newest of each kind. */
function speak(kind, words) {
  waiting.set(kind, words);
  clearTimeout(saying);
  const wait = saidAt + QUIET - performance.now();
  saying = setTimeout(utter, Math.max(0, wait));
}

function utter() {
  const [[kind, words]] = waiting;
  waiting.delete(kind);
  saidAt = performance.now();
  spoken.textContent = words;
  if (waiting.size) saying = setTimeout(utter, QUIET);
}

document.addEventListener("input", () => { typedAt = performance.now(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) leave();
  else {
    connect();
    renew();
  }
});
window.addEventListener("pagehide", leave);
window.addEventListener("pageshow", connect);
connect();
