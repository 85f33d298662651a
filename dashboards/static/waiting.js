// What could not be sent yet (väntande): kept on the device for at most 24 hours, sent once, wiped at sign-out.

import { ask } from "./ask.js";
import { forgetSent, isSent, noteSent } from "./sent.js";
import { say } from "./words.js";

const KEY = "trygg-waiting";
const OWNER = "trygg-owner";
const MOST = 24 * 3600 * 1000;
const PAUSE = 15000; // milliseconds between two tries
const PATIENCE = 15000; // after so long without an answer the network counts as lost
const LATER = new Set([408, 429]); // refusals that say nothing about what was sent

const line = document.getElementById("waiting");
let token = document.querySelector('[name="token"]')?.value;
let timer = null;
let expired = 0;
let signedOut = !line.dataset.owner && navigator.onLine;

/** Whose device this is: the page's member, else the one who was signed in last. */
export const owner = line.dataset.owner || localStorage.getItem(OWNER) || "";

// --- the store ------------------------------------------------------------------------------------

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) || "[]");
  } catch {
    return [];
  }
}

function write(all) {
  if (all.length) localStorage.setItem(KEY, JSON.stringify(all));
  else localStorage.removeItem(KEY);
}

const mine = () => read().filter((each) => each.owner === owner);
const waiting = () => mine().filter((each) => !each.refused);
const put = (entry) => write([...read().filter((each) => each.id !== entry.id), entry]);
const drop = (id) => write(read().filter((each) => each.id !== id));

/** Tell whether a thing still waits. */
export const waits = (id) => read().some((each) => each.id === id);

function expire() {
  const old = read().filter((each) => Date.now() - each.at >= MOST);
  if (old.length) write(read().filter((each) => Date.now() - each.at < MOST));
  expired += old.filter((each) => each.owner === owner).length;
}

/** Take the device for the page's member; returns whether somebody else had it before. */
export function adopt() {
  const before = localStorage.getItem(OWNER);
  if (line.dataset.owner) localStorage.setItem(OWNER, owner);
  return Boolean(line.dataset.owner) && before !== owner;
}

/** Forget everything that is kept on the device. */
export function wipe() {
  localStorage.removeItem(KEY);
  localStorage.removeItem(OWNER);
  window.caches?.delete("trygg-form");
  forgetSent();
}

// --- sending --------------------------------------------------------------------------------------

/** Only one tab sends at a time, so that nothing is asked or sent twice. */
const alone = (work) => (navigator.locks ? navigator.locks.request("trygg-sending", work) : work());

/** Send a form now; where that is not possible it waits. Returns { sent }, { answered }, { refused } or { later }. */
export async function deliver(form) {
  const fields = [...new FormData(form)].filter(([name]) => name !== "token"); // the token is taken when it is sent
  const entry = { id: form.elements.client_id.value, owner, at: Date.now(), to: form.getAttribute("action"), fields };
  const outcome = await alone(async () => {
    put(entry);
    const said = await send(entry, fields);
    if (!said.later) drop(entry.id);
    return said;
  });
  tell();
  tryLater();
  return outcome;
}

/** Send what waits, the oldest first; with `refused` also what was not taken before. The page is told of each. */
export async function sendWaiting({ refused = false } = {}) {
  expire();
  if (refused) for (const each of mine()) put({ ...each, refused: false });
  const settled = [];
  await alone(async () => {
    for (const each of waiting()) {
      if (await isSent(each.id)) {
        drop(each.id);
        continue;
      }
      const outcome = await send(each, withoutQuestion(each.fields));
      if (outcome.later) break;
      settled.push({ id: each.id, ...outcome });
      if (outcome.refused) put({ ...each, refused: true });
      else drop(each.id);
    }
  });
  tell();
  tryLater();
  for (const detail of settled) document.dispatchEvent(new CustomEvent("settled", { detail })); // last: it may lead elsewhere
}

function tryLater() {
  clearTimeout(timer);
  if (waiting().length) timer = setTimeout(sendWaiting, PAUSE);
}

/** Nobody is there to be asked whether it is the same as something alike. */
const withoutQuestion = (fields) => (fields.some(([name]) => name === "alike") ? fields : [...fields, ["alike", "new"]]);

async function send(entry, fields) {
  try {
    let answer = await post(entry.to, fields);
    if (answer.status === 403) {
      token = await newToken(); // somebody signed in again since the page was made
      answer = await post(entry.to, fields);
    }
    if (answer.redirected) await noteSent(entry.id);
    return await outcomeOf(answer);
  } catch {
    return { later: true };
  }
}

function post(to, fields) {
  const body = new URLSearchParams([["token", token ?? ""], ...fields]);
  return fetch(to, { method: "POST", body, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
}

async function newToken() {
  const page = await (await fetch("/logga-in", { credentials: "same-origin" })).text();
  return new DOMParser().parseFromString(page, "text/html").querySelector('[name="token"]')?.value;
}

async function outcomeOf(answer) {
  signedOut = answer.status === 401;
  if (answer.redirected) return { sent: answer.url };
  if (answer.ok) return { answered: await answer.text() };
  const refusal = answer.status < 500 && !signedOut && !LATER.has(answer.status);
  return refusal ? { refused: await answer.text() } : { later: true, signedOut };
}

// --- saying ---------------------------------------------------------------------------------------

/** Say what is not yet sent, what was not taken and what became too old. */
export function tell() {
  const [n, refused] = [waiting().length, mine().length - waiting().length];
  const said = [];
  if (n) said.push(signedOut ? say("Not yet sent: %(n)s. Sign in, and it is sent.", { n }) : say("Not yet sent: %(n)s. It is sent when the network is back.", { n }));
  if (expired) said.push(say("Could not be sent within 24 hours and is no longer kept: %(n)s.", { n: expired }));
  if (refused) said.push(say("Not taken: %(n)s.", { n: refused }));
  line.replaceChildren(...said.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
  if (refused && line.dataset.form) line.lastChild.append(" ", link(), " ", thrower());
  line.hidden = !said.length;
}

function link() {
  return Object.assign(document.createElement("a"), { href: `${line.dataset.form}#mend`, textContent: say("Change it") });
}

function thrower() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: say("Throw it away") });
  button.addEventListener("click", async () => {
    const sure = await ask({ head: say("Throw it away?"), words: say("What was not taken is deleted from this device for good."), no: say("Keep it"), yes: say("Throw it away") });
    if (sure) for (const each of mine()) if (each.refused) drop(each.id);
    tell();
  });
  return button;
}

/** Ask before what waits is lost by signing out; whoever's it is. */
export function askBeforeLeaving(form) {
  form.addEventListener("submit", async (event) => {
    const n = read().length;
    if (n) {
      event.preventDefault();
      const words = say("Not yet sent: %(n)s. If you sign out, it is deleted from this device.", { n });
      if (!(await ask({ head: say("What you marked is not yet sent"), words, no: say("Stay signed in"), yes: say("Sign out and delete it") }))) return;
    }
    wipe();
    if (n) form.submit();
  });
}

addEventListener("storage", ({ key }) => key === KEY && tell());
