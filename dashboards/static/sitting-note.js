// The note of an item (anteckningen): saved while it is typed; two who write on one item both keep their words.

import { pane, shown } from "./sitting.js";
import { blame, kept, mark, meeting, Refused, send } from "./sitting-send.js";

const form = document.getElementById("note");
const field = document.getElementById("note-words");
const newer = document.getElementById("newer");
const PAUSE = 700; // milliseconds after the last key

/** A note by its item: what the server has in which version, what is typed, and the newer words that stand against it. */
const notes = new Map();
let timer = null;

function current() {
  const known = notes.get(shown.item);
  if (known && (known.typed !== known.base || known.version >= shown.version)) return known;
  const fresh = { item: shown.item, base: shown.note, typed: shown.note, version: shown.version, newer: null, saving: null };
  notes.set(shown.item, fresh);
  return fresh;
}

/** Put the item's note into its field, what is not saved yet before all else. */
export function takeUp() {
  const note = current();
  if (field.value !== note.typed) field.value = note.typed;
  show(note);
}

/** Note the version that another step of the item has made. */
export function versioned(item, version) {
  const note = notes.get(item);
  if (note) note.version = version;
}

function show(note) {
  newer.hidden = note.newer === null;
  document.getElementById("newer-words").textContent = note.newer ?? "";
}

/** Save what is typed; returns whether all of it is saved. */
export async function saveNote() {
  clearTimeout(timer);
  const note = notes.get(shown.item);
  if (!note) return true;
  while (note.typed !== note.base && note.newer === null) {
    note.saving ??= put(note).finally(() => { note.saving = null; });
    if (!(await note.saving)) return false;
  }
  return note.typed === note.base;
}

async function put(note) {
  const words = note.typed;
  try {
    const answer = await send("PUT", `${meeting}/items/${note.item}/note`, { note: words }, note.version);
    Object.assign(note, { base: words, version: answer.version });
    mark(note.item, note.typed === words);
    blame(form, "");
    kept();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 412) return compare(note);
    blame(form, error.message);
    return false;
  }
}

/** Look at what has changed meanwhile: something else than the note, or the note, whose newer words then stand beside ours. */
async function compare(note) {
  const { points } = await send("GET", `${meeting}/agenda`).catch(() => ({ points: [] }));
  const now = points.find((point) => point.id === note.item);
  if (!now) return false;
  const same = now.note.trim() === note.base.trim() || now.note.trim() === note.typed.trim();
  Object.assign(note, { version: now.version, base: now.note, newer: same ? null : now.note });
  if (note === notes.get(shown.item)) show(note);
  return same;
}

function type(words) {
  const note = current();
  note.typed = words;
  mark(note.item, note.typed === note.base);
  clearTimeout(timer);
  timer = setTimeout(saveNote, PAUSE);
}

function settle(words) {
  const note = current();
  note.newer = null;
  field.value = words;
  type(words);
  show(note);
  field.focus();
  saveNote();
}

field.addEventListener("input", () => type(field.value));
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("join").addEventListener("click", () => settle(`${current().newer}\n${field.value}`));
document.getElementById("mine").addEventListener("click", () => settle(field.value));
pane.addEventListener("focusout", () => saveNote());
