// Leading a meeting from the keyboard (leda): keys that act while the item has the focus, and a button for each of them.

import { address, arrows, load, neighbour, pane, plain, shown, tell, tick } from "./sitting.js";
import { forget, openPanel, panelOf } from "./sitting-panels.js";
import { saveNote, takeUp, versioned } from "./sitting-note.js";
import { blame, kept, meeting, panels, Refused, send } from "./sitting-send.js";
import { say } from "./words.js";

const annex = panels.dataset.annex !== undefined; // never shown to the room
const help = document.getElementById("help");
const attend = document.getElementById("attend");
const closing = document.getElementById("close");
const KEYS = { b: "decide", e: "replace", å: "act", m: "act", a: "note", g: "handled", k: "map", "?": "help" };
const OFF = "trygg-sitting-keys";

let before = Promise.resolve();

/** Do one thing after the other: a page that was asked for earlier never takes the place of a later one. */
function inTurn(work) {
  const mine = before.then(work);
  before = mine.catch(() => null);
  return mine;
}

/** Do something that may be refused; says so below. */
async function attempt(work) {
  try {
    await inTurn(work);
  } catch (error) {
    tell(error instanceof Refused ? error.message : say("The item could not be fetched. Try again."), true);
  }
}

/** Show the item on the screen anew, with all that was written. */
async function refresh() {
  await saveNote();
  await load(annex ? address() : address({ punkt: null }));
  fit();
}

/** Let note and buttons be those of the item on the screen. */
function fit() {
  takeUp();
  document.querySelector('[data-do="found"]').hidden = !shown.spot;
}

async function move(id) {
  await attempt(async () => {
    const url = neighbour(id);
    if (!url) return;
    if (!(await saveNote())) return void openPanel("note");
    await load(url);
    forget();
    fit();
    if (annex) history.replaceState({}, "", url);
    else await reveal();
  });
}

/** Let the room see the item: screens that follow move on to it, and its minutes begin. */
async function reveal() {
  await send("POST", `${meeting}/items/${shown.item}/shown`);
  shown.shown_at ??= new Date().toISOString();
  tick();
}

async function settle(status, reason = "") {
  await saveNote();
  const answer = await send("PUT", `${meeting}/items/${shown.item}/status`, { status, reason });
  versioned(shown.item, answer.version);
  await refresh();
  kept();
}

const DO = {
  decide: () => openPanel("decide"),
  replace: () => (shown.decisions.length ? openPanel("replace") : tell(say("There is no decision here to replace."))),
  act: () => openPanel("act"),
  note: () => openPanel("note"),
  escalate: () => openPanel("escalate"),
  found: () => openPanel("found"),
  handled: () => attempt(() => settle(shown.status === "handled" ? "open" : "handled")),
  carried_over: () => attempt(() => settle("carried_over")),
  map: () => document.querySelector("#sitting-map canvas")?.focus(),
  help: () => help.showModal(),
  attend: () => attend.showModal(),
  close: () => attempt(async () => {
    if (!(await saveNote())) return void openPanel("note");
    await refresh();
    closing.showModal();
  }),
};

pane.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panelOf(event.target)) return;
  const does = KEYS[event.key.toLowerCase()];
  if (!does || !plain(event) || off()) return;
  event.preventDefault();
  DO[does]();
});
document.getElementById("content").addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  button.closest("details")?.removeAttribute("open");
  DO[button.dataset.do]();
});
arrows(move, () => !off());

// --- keys off, who is here, the close -----------------------------------------------------------

const switched = document.getElementById("keys-on");
const off = () => !switched.checked;
switched.checked = localStorage.getItem(OFF) === null;
switched.addEventListener("change", () => {
  if (off()) localStorage.setItem(OFF, "yes");
  else localStorage.removeItem(OFF);
  dim();
});
const dim = () => document.getElementById("keys").classList.toggle("off", off());
dim();
for (const dialog of [help, attend, closing]) dialog?.addEventListener("close", () => pane.focus());
closing?.querySelector("[data-cancel]").addEventListener("click", () => closing.close());
attend?.addEventListener("change", async (event) => {
  try {
    const people = { [event.target.dataset.organisation]: Number(event.target.value) };
    await send("PUT", `${meeting}/attendance`, { people });
    blame(attend, "");
    kept();
  } catch (error) {
    blame(attend, error.message);
  }
});

document.getElementById("escalate").addEventListener("submit", async (event) => {
  event.preventDefault();
  const why = document.getElementById("why");
  try {
    await inTurn(() => settle("escalated", why.value));
    blame(event.target, "");
    why.value = "";
    pane.focus();
    event.target.hidden = true;
  } catch (error) {
    blame(event.target, error.message);
  }
});
document.addEventListener("trygg:written", () => attempt(refresh));

pane.focus();
takeUp();
if (!annex && !shown.current) attempt(reveal);
