// The agenda put in order (dagordningen): by dragging, by buttons or by keys; each change is saved as it is made, one after the other.

import { say } from "./words.js";

const agenda = document.getElementById("agenda");
const said = document.getElementById("order-said");
const form = () => document.getElementById("order");
const rows = () => [...form().querySelectorAll(".order-row[data-key]")];
const rowOf = (key) => rows().find((row) => row.dataset.key === key);

const SHOWN = 6000; // milliseconds

let asked = [];
let running = false;
let fading;

/** Save what stands there, and what was pressed; what is pressed meanwhile follows after. */
async function save(pressed = "") {
  asked.push(pressed);
  if (running) return;
  running = true;
  clearTimeout(fading);
  try {
    let answer;
    do {
      const next = asked.shift();
      while (!next && asked.length && !asked[0]) asked.shift();
      answer = await send(next);
      form().elements.version.value = answer.page.querySelector("#order [name=version]").value;
    } while (answer.ok && asked.length);
    show(answer);
    running = false;
    tell(answer.ok ? `${said.textContent} ${say("Saved.")}` : "");
  } catch {
    running = false;
    tell(say("Nothing is saved: the network is gone. Press again when it is back."));
  }
  asked = [];
}

async function send(pressed) {
  const sent = new URLSearchParams(new FormData(form()));
  if (pressed) sent.set("move", pressed);
  const answer = await fetch(form().action, { method: "POST", body: sent, credentials: "same-origin", headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("#order [name=version]")) throw new Error("no agenda");
  return { ok: answer.ok, page };
}

/** Show the agenda as the server has it; the focus stays where it was. */
function show({ ok, page }) {
  const { name, value, id } = document.activeElement ?? {};
  agenda.replaceChildren(...document.adoptNode(page.getElementById("agenda")).childNodes);
  for (const part of agenda.querySelectorAll("[data-scripted]")) part.hidden = false;
  const same = id ? document.getElementById(id) : name === "move" && form().querySelector(`[value="${CSS.escape(value)}"]`);
  if (!ok) document.getElementById("problems")?.focus();
  else (same || document.activeElement === document.body ? same || form().querySelector("button:not(.unseen)") : null)?.focus();
}

function tell(words) {
  said.textContent = words.trim();
  clearTimeout(fading);
  fading = running ? 0 : setTimeout(() => (said.textContent = ""), SHOWN); // what is being saved stays until it is
}

/** Put a row before or after another, and say where it now stands. */
function put(row, index) {
  const others = rows().filter((each) => each !== row);
  if (index < 0 || index > others.length || rows().indexOf(row) === index) return false;
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  if (index === others.length) others.at(-1).after(row);
  else others[index].before(row);
  focused?.focus();
  rows().forEach((each, i) => (each.querySelector(".point-number").textContent = i + 1));
  return true;
}

function step(row, by) {
  if (put(row, rows().indexOf(row) + by)) moved(row);
}

function moved(row) {
  tell(say("%(title)s is now number %(n)s of %(of)s.", { title: row.dataset.title, n: rows().indexOf(row) + 1, of: rows().length }));
  save();
}

agenda.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  const { value = "" } = event.submitter ?? {};
  const [move, key] = [value.slice(0, value.indexOf(":")), value.slice(value.indexOf(":") + 1)];
  if (move === "up" || move === "down") step(rowOf(key), move === "up" ? -1 : 1);
  else save(value);
});
agenda.addEventListener("change", (event) => event.target.name === "minutes" && save());
agenda.addEventListener("keydown", (event) => {
  const row = event.target.closest(".order-row[data-key]");
  if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key) || !row.querySelector(".handle")) return;
  event.preventDefault();
  step(row, event.key === "ArrowUp" ? -1 : 1);
});

agenda.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".handle");
  if (!handle || event.button) return;
  event.preventDefault();
  drag(handle, handle.closest(".order-row"), event.pointerId);
});

function drag(handle, row, pointer) {
  const begun = rows().indexOf(row);
  const over = ({ clientY }) => {
    const others = rows().filter((each) => each !== row);
    const next = others.findIndex((each) => clientY < each.getBoundingClientRect().top + each.offsetHeight / 2);
    put(row, next < 0 ? others.length : next);
  };
  const end = () => {
    for (const [name, listen] of Object.entries(heard)) removeEventListener(name, listen);
    row.classList.remove("dragged");
    if (rows().indexOf(row) !== begun) moved(row);
  };
  const heard = { pointermove: (event) => event.pointerId === pointer && over(event), pointerup: end, pointercancel: end };
  for (const [name, listen] of Object.entries(heard)) addEventListener(name, listen);
  row.classList.add("dragged");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-print]");
  if (!button) return;
  const { pack, printed } = document.body.dataset;
  addEventListener("afterprint", () => Object.assign(document.body.dataset, { pack: pack ?? "all", printed }), { once: true });
  Object.assign(document.body.dataset, { pack: button.dataset.print, printed: button.dataset.footer ?? printed });
  print();
});
