// Places by name (ortnamn): what is written is found whatever its case, its dots and rings, and from any word of a name.

import { isIn } from "./ground.js";

const SHOWN = 5;
const COMPARED = 60; // a street may lie there in many pieces of the same name

/** Return words as they are compared: small letters without dots and rings. */
const fold = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase("sv").trim();

/** Tell how well a name matches what is wanted, the best first: 0 the whole, 1 its beginning, 2 a word's, 3 anything. */
function rank(name, wanted) {
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (name.includes(` ${wanted}`)) return 2;
  return wanted.split(/\s+/).every((word) => name.includes(word)) ? 3 : null;
}

/** Return the places that a name may stand for, the best match first. */
export function search(words, ground) {
  const wanted = fold(words);
  if (!wanted) return [];
  const ranked = ground.names.map((each) => ({ each, name: fold(each.name), at: middleOf(each) }));
  const found = ranked.map((place) => ({ ...place, rank: rank(place.name, wanted) })).filter((place) => place.rank !== null);
  found.sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name, "sv"));
  const named = found.slice(0, COMPARED).map(({ each, at }) => ({ name: each.name, quarter: quarterOf(at, ground), ...at }));
  return named.filter((place, i) => named.findIndex((other) => other.name === place.name && other.quarter === place.quarter) === i);
}

const quarterOf = (at, ground) => ground.quarters.find((f) => isIn(at, [f]))?.properties.name ?? "";

function middleOf({ parts }) {
  const line = parts[Math.floor(parts.length / 2)];
  const [lon, lat] = line[Math.floor(line.length / 2)];
  return { lon, lat };
}

/** Make a field one where a place is chosen by its name; `choose` hears which, `none` that there is none. */
export function makeNames({ field, list, ground, choose, none }) {
  let found = [];
  let active = -1;

  const show = (places) => {
    [found, active] = [places.slice(0, SHOWN), -1];
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
  };
  const move = (step) => {
    if (!found.length) return show(search(field.value, ground));
    active = (active + step + found.length) % found.length;
    [...list.children].forEach((each, i) => each.setAttribute("aria-selected", String(i === active)));
    return field.setAttribute("aria-activedescendant", list.children[active].id);
  };
  const take = (place) => {
    show([]);
    if (!place) return none();
    field.value = place.name;
    return choose(place);
  };

  field.removeAttribute("list");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": list.id, "aria-autocomplete": "list", "aria-expanded": "false" })) field.setAttribute(name, value);
  field.addEventListener("input", () => show(search(field.value, ground)));
  field.addEventListener("blur", () => show([]));
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape" && found.length) show([]);
    else if (event.key === "Enter" && field.value.trim()) take(found[active] ?? search(field.value, ground)[0]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus until one is taken
  list.addEventListener("click", (event) => {
    const index = [...list.children].indexOf(event.target.closest("li"));
    if (index >= 0) take(found[index]);
  });
}

function option({ name, quarter }, index) {
  const item = Object.assign(document.createElement("li"), { id: `name-${index}`, role: "option" });
  item.setAttribute("aria-selected", "false");
  item.append(Object.assign(document.createElement("strong"), { textContent: name }), Object.assign(document.createElement("span"), { textContent: quarter }));
  return item;
}
