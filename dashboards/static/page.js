// What every page does (sidan): the search key, menus that close, focus on errors, the time left for undoing, the printed foot.

import { say } from "./words.js";

document.documentElement.classList.add("scripted");
for (const part of document.querySelectorAll("[data-scripted]")) part.hidden = false;

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !typing(event.target)) {
    const find = document.getElementById("find");
    if (!find) return;
    event.preventDefault();
    find.focus();
  }
  if (event.key === "Escape") closeMenus(null, true);
});
document.addEventListener("click", (event) => closeMenus(event.target.closest(".menu"), false));

function closeMenus(except, returnFocus) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (menu === except) continue;
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (returnFocus && inside) menu.querySelector("summary").focus();
  }
}

const problems = document.getElementById("problems");
if (problems) problems.focus();
else document.querySelector("[data-focus]")?.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest("#problems a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  unfold(field);
  (field.matches("input, select, textarea, button") ? field : field.querySelector("input:not([type=hidden]), select, textarea") || field).focus();
});

/** Open what a field is folded away in, so that it can take the focus. */
function unfold(field) {
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (field.checkVisibility()) return;
  document.getElementById("fold")?.setAttribute("open", "");
  document.querySelector('[data-show="filters"]')?.click();
}

for (const undo of document.querySelectorAll("[data-until]")) {
  const until = Date.parse(undo.dataset.until);
  const words = undo.querySelector("[data-left]");
  const bar = undo.querySelector("progress");
  const tick = () => {
    const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
    words.textContent = say("can be undone for %(minutes)s min %(seconds)s s", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
    if (bar) bar.value = seconds;
    if (seconds > 0) return;
    clearInterval(timer);
    undo.hidden = true;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.own !== undefined) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});

// Every printed page says below what it is a page of.
addEventListener("beforeprint", () => {
  const parts = [...document.querySelectorAll("[data-printed]")].map((part) => part.dataset.printed || part.textContent.trim());
  if (parts.length) document.documentElement.style.setProperty("--footer", JSON.stringify(parts.join(" · ")));
});
