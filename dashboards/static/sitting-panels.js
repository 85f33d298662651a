// What is written beside an item (panelerna): a decision in one line, read back while it is typed; a step with a measure.

import { pane, shown } from "./sitting.js";
import { takeUp } from "./sitting-note.js";
import { blame, kept, mark, meeting, panels, Refused, send } from "./sitting-send.js";
import { say } from "./words.js";

const PAUSE = 150; // milliseconds after the last key, before a line is read back
const FIRST = { decide: "line", act: "which", note: "note-words", escalate: "why", found: "place-name", replace: "which-decision" };

/** Return the panel that an element stands in. */
export const panelOf = (element) => element.closest?.(".panel");

/** Open a panel, close the others, and go to its first field; what was typed in it stands there. */
export function openPanel(name) {
  for (const panel of panels.querySelectorAll(".panel")) panel.hidden = panel.id !== name;
  if (name === "note") takeUp();
  if (name === "act") offer();
  if (name === "decide") readBack();
  if (name === "replace") options(document.getElementById("which-decision"), shown.decisions.map(({ id, nr, words: old }) => [id, `${nr}. ${old}`]));
  const first = document.getElementById(FIRST[name]);
  (first.checkVisibility() ? first : panels.querySelector(`#${name} [data-close]`)).focus();
  document.getElementById(name).scrollIntoView({ block: "nearest" });
}

function closePanel(panel) {
  panel.hidden = true;
  pane.focus();
  if (panel.id === "note") document.dispatchEvent(new Event("trygg:written"));
}

panels.addEventListener("keydown", (event) => {
  const panel = panelOf(event.target);
  if (event.key !== "Escape" || !panel) return;
  event.stopPropagation();
  closePanel(panel);
});
panels.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) closePanel(panelOf(event.target));
});

/** Put away what belongs to the item that was left: its half-written line is kept for when the room comes back. */
export function forget() {
  for (const panel of panels.querySelectorAll(".panel")) panel.hidden = true;
  for (const error of panels.querySelectorAll(".error")) error.hidden = true;
  for (const id of ["why", "place-name", "instead", "instead-why"]) document.getElementById(id).value = "";
  line.value = lines.get(shown.item) ?? "";
}

// --- a decision ---------------------------------------------------------------------------------

const decide = document.getElementById("decide");
const line = document.getElementById("line");
const read = document.getElementById("read");
const lines = new Map(); // what is typed and not decided, by item
let timer = null;
let asked = 0;

line.addEventListener("input", () => {
  lines.set(shown.item, line.value);
  mark(`line:${shown.item}`, !line.value.trim());
  clearTimeout(timer);
  timer = setTimeout(readBack, PAUSE);
});

async function readBack() {
  const words = line.value.trim();
  const mine = (asked += 1);
  if (!words) return read.replaceChildren();
  const found = await send("GET", `${meeting}/line?${new URLSearchParams({ line: words })}`).catch(() => null);
  if (!found || mine !== asked) return undefined; // a newer key was pressed meanwhile
  const orders = found.owner || found.due_on;
  const chips = [[say("Owner"), shown.partners[found.owner]], [say("Done by"), found.due_on && day(found.due_on)]];
  read.replaceChildren(...(orders ? chips.map(([name, value]) => chip(name, value)) : [chip(say("Decision without a measure"), " ")]));
  return undefined;
}

function chip(name, value) {
  const item = document.createElement("li");
  item.textContent = `${name} `;
  const strong = document.createElement("strong");
  strong.textContent = value ?? say("is missing");
  item.classList.toggle("missing", !value);
  item.append(strong);
  return item;
}

/** Return a day as it is written everywhere: fr 15 dec 2023. */
function day(iso) {
  const swedish = document.documentElement.lang !== "en";
  const date = new Date(`${iso}T12:00:00`);
  const part = (options) => date.toLocaleDateString(swedish ? "sv-SE" : "en-GB", options).replaceAll(".", "");
  const weekday = part({ weekday: "short" }).slice(0, swedish ? 2 : 3);
  return `${weekday} ${date.getDate()} ${part({ month: "short" }).slice(0, 3)} ${date.getFullYear()}`;
}

decide.addEventListener("submit", (event) => {
  event.preventDefault();
  sendForm(decide, async () => {
    const item = shown.item;
    await send("POST", `${meeting}/items/${item}/decisions`, { line: line.value });
    lines.delete(item);
    mark(`line:${item}`, true);
    if (shown.item === item) line.value = "";
    read.replaceChildren();
  });
});

const replace = document.getElementById("replace");

replace.addEventListener("submit", (event) => {
  event.preventDefault();
  sendForm(replace, async () => {
    const [old, instead, why] = ["which-decision", "instead", "instead-why"].map((id) => document.getElementById(id));
    await send("POST", `${meeting}/items/${shown.item}/decisions`, { line: instead.value, replaces: old.value, reason: why.value });
    instead.value = why.value = "";
  });
});

/** Send a form once; what is refused stays in it with the reason, what is taken closes it and shows the item anew. */
async function sendForm(form, work) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  try {
    await work();
    blame(form, "");
    closePanel(form);
    kept();
    document.dispatchEvent(new Event("trygg:written"));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    blame(form, error.message);
  } finally {
    delete form.dataset.busy;
  }
}

// --- a step with a measure ----------------------------------------------------------------------

const act = document.getElementById("act");
const which = document.getElementById("which");
const what = document.getElementById("what");
const onDay = document.getElementById("on-day");
const words = document.getElementById("act-words");

function options(select, choices) {
  const before = select.value;
  select.replaceChildren(...choices.map(([value, said]) => new Option(said, value)));
  if (choices.some(([value]) => value === before)) select.value = before;
}

function offer() {
  const able = shown.measures.filter((each) => each.acts.length);
  document.getElementById("act-none").hidden = able.length > 0;
  document.getElementById("act-fields").hidden = !able.length;
  act.querySelector(".button.main").hidden = !able.length;
  options(which, able.map((each) => [String(each.nr), `${each.title}, ${each.owner}`]));
  offerActs();
}

const chosen = () => shown.measures.find((each) => String(each.nr) === which.value);

function offerActs() {
  options(what, (chosen()?.acts ?? []).map(({ value, said }) => [value, said]));
  need();
}

function need() {
  const needs = chosen()?.acts.find(({ value }) => value === what.value)?.needs.split(" ") ?? [];
  for (const part of act.querySelectorAll("[data-needs]")) part.hidden = !needs.includes(part.dataset.needs);
  if (needs.includes("day")) onDay.value = what.value === "amend" ? chosen().due_on : new Date().toLocaleDateString("sv-SE");
}

which.addEventListener("change", offerActs);
what.addEventListener("change", need);
act.addEventListener("submit", (event) => {
  event.preventDefault();
  sendForm(act, async () => {
    await taken(`${panels.dataset.measures}/${which.value}`);
    words.value = document.getElementById("handed-to").value = "";
  });
});

async function taken(measure) {
  if (what.value === "follow_up") return send("POST", `${measure}/follow-ups`, { outcome: document.getElementById("outcome").value, note: words.value });
  if (what.value === "amend") return amend(measure);
  const on = what.value === "carry_out" ? { on: onDay.value } : {};
  return send("POST", `${measure}/steps`, { step: what.value, reason: words.value, handed_to: document.getElementById("handed-to").value, ...on });
}

const TERMS = ["title", "owner", "nature", "catalogue_code", "expected_short", "expected_long", "seen_by", "cost", "camera", "balancing", "review_on", "visibility"];

/** Give a measure another day; all else that it says stays as it now is. */
async function amend(measure) {
  const now = await send("GET", measure);
  const terms = Object.fromEntries(TERMS.map((name) => [name, now[name]]));
  return send("PUT", measure, { ...terms, due_on: onDay.value }, now.version);
}

// --- a place of what lies close together --------------------------------------------------------

const found = document.getElementById("found");

found.addEventListener("submit", (event) => {
  event.preventDefault();
  sendForm(found, async () => {
    const { item, spot } = shown;
    const geometry = { type: "Point", coordinates: [spot.lon, spot.lat] };
    const place = await send("POST", panels.dataset.places, { name: document.getElementById("place-name").value, geometry, radius_m: spot.radius_m });
    await send("PUT", `${meeting}/items/${item}/place`, { place: place.properties.nr });
  });
});
