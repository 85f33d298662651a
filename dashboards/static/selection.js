// The selection's form (urval): its address, and the button that takes away or sets all of a group.

import { say } from "./words.js";

const GROUPS = ["category", "who"];
const boxesOf = (name) => [...document.querySelectorAll(`#filters [name="${name}"]`)];

/** Return the address of what is chosen; null while nothing of a group is chosen. */
export function address() {
  const form = document.getElementById("filters");
  const fields = new URLSearchParams({ from: "" });
  for (const [name, value] of new FormData(form)) {
    if (name === "from") fields.set(name, value);
    else if (value) fields.append(name, value);
  }
  for (const name of GROUPS) {
    const boxes = boxesOf(name);
    if (boxes.every((box) => box.checked)) fields.delete(name);
    else if (boxes.every((box) => !box.checked)) return null;
  }
  return `${form.getAttribute("action")}?${fields}`;
}

/** Show the buttons with the word for what they would do. */
export function prepareNone() {
  for (const button of document.querySelectorAll("[data-none]")) {
    button.hidden = false;
    button.textContent = boxesOf(button.dataset.none).every((box) => box.checked) ? say("None") : say("All");
  }
}

/** Take away all of a group, or set all; tells whether there is anything to send. */
export function pressNone(button) {
  const boxes = boxesOf(button.dataset.none);
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
  button.textContent = all ? say("All") : say("None");
  if (all) document.getElementById("announce").textContent = say("Nothing is chosen: choose at least one.");
  return !all;
}
