// What could not be sent yet (väntande): kept on the device for at most 24 hours, sent once, wiped at sign-out.

import { say } from "./words.js";

const KEY = "trygg-waiting";
const MOST = 24 * 3600 * 1000;
const PAUSE = 15000;
const STALE = new Set(["token"]); // the page's own token is taken when it is sent

function read() {
  try {
    const all = JSON.parse(localStorage.getItem(KEY) || "[]");
    return all.filter((each) => Date.now() - each.at < MOST);
  } catch {
    return [];
  }
}

function write(all) {
  if (all.length) localStorage.setItem(KEY, JSON.stringify(all));
  else localStorage.removeItem(KEY);
}

const idOf = (form) => form.elements.client_id.value;

/** Keep what a form says until it has been sent. */
export function keep(form, entries) {
  const fields = entries.filter(([name]) => !STALE.has(name));
  write([...read().filter((each) => each.id !== idOf(form)), { id: idOf(form), at: Date.now(), to: form.getAttribute("action"), fields }]);
}

/** Forget what was sent. */
export function forget(form) {
  write(read().filter((each) => each.id !== idOf(form)));
}

let timer = null;

/** Send what waits, now and again until the network is back; the page says what is not yet sent.
 *  What the register refuses is handed to `mend` as the page that says why, so that it can be put right. */
export async function sendWaiting(form, mend) {
  clearTimeout(timer);
  const token = form.elements.token.value;
  const open = idOf(form);
  for (const each of read()) {
    if (each.to !== form.getAttribute("action")) continue;
    const { later, refused } = await send(each, token);
    if (later) break;
    write(read().filter((other) => other.id !== each.id));
    if (refused) return void mend(refused);
    if (each.id === open) return void location.assign(document.getElementById("back").getAttribute("href"));
  }
  const left = read().length;
  tell(left);
  if (left) timer = setTimeout(() => sendWaiting(form, mend), PAUSE);
  return undefined;
}

async function send(each, token) {
  const fields = [["token", token], ...each.fields];
  if (!each.fields.some(([name]) => name === "alike")) fields.push(["alike", "new"]);
  try {
    const answer = await fetch(each.to, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
    if (answer.redirected) return {};
    return answer.status === 422 ? { refused: await answer.text() } : { later: true };
  } catch {
    return { later: true };
  }
}

function tell(left) {
  const note = document.getElementById("waiting");
  if (!note) return;
  note.hidden = !left;
  note.textContent = left ? say("Not yet sent: %(n)s. It is sent when the network is back.", { n: left }) : "";
}
