// Live (direkt): hears that something changed and lets the page renew what it shows. An event carries nothing; what the
// reader may see comes with the page. Nothing moves while somebody types, and little is said aloud.

const place = document.getElementById("live");
const spoken = document.getElementById("announce");
const QUIET = 10000; // between two things said aloud
const TYPING = 3000; // after the last key
const SOONEST = 1000; // until a lost stream is tried again: doubled each time, up to the latest
const LATEST = 60000;
const SPREAD = 400; // so that not all pages ask at the same moment
const AGAIN = 3000; // until a renewal is tried again that something else stopped

let source = null;
let last = place.dataset.since; // the number of the last event: what is older is on the page
let pause = SOONEST;
let reconnecting = null;

function connect() {
  clearTimeout(reconnecting);
  if (source || document.hidden) return;
  source = new EventSource(`${place.dataset.events}?since=${last}`);
  source.addEventListener("open", () => { pause = SOONEST; });
  source.addEventListener("changed", (event) => {
    last = event.lastEventId;
    due = true;
    clearTimeout(waking);
    waking = setTimeout(renew, SPREAD * Math.random());
  });
  source.addEventListener("error", () => {
    disconnect();
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

// --- saying it aloud --------------------------------------------------------------------------

const heading = () => document.querySelector("#side h1, #side h2")?.textContent ?? "";
let said = heading();
let saidAt = -QUIET;
let saying = null;

/** Say the new count, at most once in a while; what comes meanwhile is said together. */
function announce() {
  clearTimeout(saying);
  if (heading() === said || heading() === spoken.textContent) return;
  const wait = saidAt + QUIET - performance.now();
  if (wait > 0) return void (saying = setTimeout(announce, wait));
  said = heading();
  saidAt = performance.now();
  spoken.textContent = said;
  return undefined;
}

document.addEventListener("input", () => { typedAt = performance.now(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) disconnect();
  else {
    connect();
    renew();
  }
});
window.addEventListener("pagehide", disconnect);
window.addEventListener("pageshow", connect);
connect();
