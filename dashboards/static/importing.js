// The import (importera): the chosen file stays in its field while the answer below it is drawn anew.

import { say } from "./words.js";

const form = document.getElementById("importing");
const answer = document.getElementById("answer");
const announce = document.getElementById("announce");

form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (button?.value === "report") return; // the browser saves it and stays here
  event.preventDefault();
  if (answer.classList.contains("busy")) return;
  const mapping = document.getElementById("mapping");
  const sent = new FormData(form, button);
  answer.classList.add("busy");
  announce.textContent = say("Reading the file …");
  try {
    const response = await fetch(form.action, { method: "POST", body: sent, credentials: "same-origin", headers: { Accept: "text/html" } });
    if (response.redirected) return void location.assign(response.url); // a large file goes on there; or signed out meanwhile
    show(await response.text(), mapping);
  } catch {
    announce.textContent = say("The file could not be sent. Try again.");
  } finally {
    answer.classList.remove("busy");
  }
  return undefined;
});

function show(html, mapping) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.getElementById("answer");
  if (!next) return replaceAll(page);
  answer.replaceChildren(...next.childNodes);
  document.getElementById("mapping").replaceWith(mapping); // with the file that is chosen in it
  announce.textContent = "";
  showHow();
  document.getElementById("problems")?.focus();
  if (!document.getElementById("problems")) answer.querySelector("[data-focus]")?.focus();
}

/** Show a page that is no answer to the form: the file was too large. */
function replaceAll(page) {
  document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  document.querySelector("main").focus();
}

/** Show only what belongs to how the file is explained. */
function showHow() {
  const how = form.elements.how.value;
  for (const part of form.querySelectorAll("[data-how]")) part.hidden = part.dataset.how !== how;
}

form.addEventListener("change", showHow);
showHow();
