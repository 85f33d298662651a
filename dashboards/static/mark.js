// Marking a deviation (märk avvikelse), one question at a time; without this script the same form stands as one page.

import { deliver, sendWaiting, waits } from "./waiting.js";
import { Where } from "./where.js";
import { say } from "./words.js";

class Marking {
  constructor(form) {
    this.form = form;
    this.steps = [...form.querySelectorAll(".step[data-step]")].sort((a, b) => ORDER.indexOf(a.dataset.step) - ORDER.indexOf(b.dataset.step));
    this.title = document.getElementById("step-title");
    this.back = document.getElementById("back");
    this.where = new Where(form, (words) => this.note(words));
    this.kept = form.querySelector("[data-kept]");
  }

  start() {
    for (const part of this.form.querySelectorAll("[data-scripted]")) part.hidden = false;
    if (this.form.dataset.fresh !== undefined && crypto.randomUUID) this.field("client_id").value = crypto.randomUUID(); // a kept form opens many times
    this.form.addEventListener("change", (event) => this.changed(event));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.addEventListener("click", (event) => event.target.closest("[data-next]") && this.next());
    this.form.addEventListener("keydown", (event) => this.entered(event));
    this.kept.querySelector("[data-change]").addEventListener("click", () => this.show(this.steps.length - 1));
    this.back.addEventListener("click", (event) => this.goBack(event));
    this.showCategory();
    this.showBetween();
    this.show(this.firstStep(), { focus: Boolean(document.getElementById("alike")) });
    this.where.start();
  }

  field(name) {
    return this.form.elements[name];
  }

  chosen(name) {
    return this.form.querySelector(`[name="${name}"]:checked`);
  }

  firstStep() {
    const wrong = this.form.querySelector(".step .error")?.closest(".step");
    const alike = this.steps.find((step) => step.dataset.step === "alike");
    if (wrong) return this.steps.indexOf(wrong);
    return alike ? this.steps.indexOf(alike) : 0;
  }

  // --- steps ----------------------------------------------------------------------------------

  show(index, { focus = true } = {}) {
    this.index = index;
    const step = this.steps[index];
    for (const each of [...this.steps, this.kept]) each.hidden = each !== step;
    const asked = this.steps.filter((each) => each.dataset.step !== "alike").length;
    this.title.textContent = step.dataset.title;
    document.getElementById("step-count").textContent = say("%(n)s of %(total)s", { n: Math.min(index + 1, asked), total: asked });
    [...document.getElementById("progress").children].forEach((bar, i) => bar.classList.toggle("done", i <= index));
    this.back.querySelector("span").textContent = index ? say("Back") : say("Cancel");
    document.body.dataset.step = step.dataset.step;
    if (step.dataset.step === "where") this.where.picker?.map.resize();
    if (focus) this.title.focus();
    scrollTo(0, 0);
  }

  goBack(event) {
    if (!this.index) return;
    event.preventDefault();
    this.show(this.index - 1);
  }

  next() {
    const problem = this.missing();
    this.note(problem, { focus: false });
    if (problem) return;
    if (this.steps[this.index].dataset.step === "when") this.field("chosen_at").value = new Date().toISOString();
    this.show(this.index + 1);
  }

  missing() {
    const step = this.steps[this.index].dataset.step;
    if (step === "where") return this.where.missing();
    if (step === "what" && !this.chosen("category")) return say("Nothing is chosen. Choose what it is about.");
    const between = step === "when" && this.chosen("when")?.value === "between";
    return between && !this.field("occurred_from").value ? say("Say from when, or choose one of the others.") : "";
  }

  entered(event) {
    if (event.key !== "Enter" || event.defaultPrevented || event.target.matches("textarea, button, summary, a, [type=submit]")) return;
    event.preventDefault();
    if (this.steps[this.index].querySelector("[data-next]")) this.next();
  }

  changed(event) {
    if (event.target.name === "category") this.showCategory();
    if (event.target.name === "when") this.showBetween();
    if (event.target.name === "accuracy_m") this.where.drawRing();
  }

  showCategory() {
    const code = this.chosen("category")?.value;
    const tile = this.chosen("category")?.closest(".tile");
    const next = this.form.querySelector("[data-with]");
    next.textContent = tile ? next.dataset.with.replace("%(category)s", tile.querySelector(".tile-name").textContent) : say("On");
    for (const part of this.form.querySelectorAll(".asks")) {
      part.hidden = part.dataset.group !== code;
      part.open = !part.hidden;
      for (const field of part.querySelectorAll("input, select")) field.disabled = part.hidden;
    }
  }

  showBetween() {
    document.getElementById("between").hidden = this.chosen("when")?.value !== "between";
  }

  // --- sending --------------------------------------------------------------------------------

  async submit(event) {
    event.preventDefault();
    if (this.sending) return;
    this.sending = true;
    if (!this.field("chosen_at").value) this.field("chosen_at").value = new Date().toISOString();
    const button = event.submitter ?? this.form.querySelector(".step:not([hidden]) .step-foot button");
    const words = button.textContent;
    button.textContent = say("Saving …");
    const outcome = await deliver(this.form);
    [this.sending, button.textContent] = [false, words];
    if (outcome.later) this.wait(outcome);
    else this.settled(outcome);
  }

  /** Go on from what came of it: to the receipt, to the question about something alike, or to what has to be changed. */
  settled({ sent, answered, refused }) {
    if (sent) location.assign(sent);
    else replace(answered ?? refused);
  }

  /** Show that it is kept; the page goes on by itself once it is sent. */
  wait({ signedOut }) {
    for (const each of this.steps) each.hidden = true;
    this.kept.hidden = false;
    this.title.textContent = this.kept.dataset.title;
    document.body.dataset.step = "kept";
    this.note(signedOut ? SIGNED_OUT() : NO_NETWORK());
  }

  /** Say something above the form, and lead the focus there; without words nothing stands there. */
  note(words, { focus = true } = {}) {
    const note = document.getElementById("offline");
    note.hidden = !words;
    note.textContent = words;
    note.tabIndex = -1;
    if (words && focus) note.focus();
  }
}

const NO_NETWORK = () => say("No network. Nothing is lost.");
const SIGNED_OUT = () => say("You are not signed in any more. What you marked is kept on this device for 24 hours: sign in, and it is sent.");
const ORDER = ["where", "what", "when", "more", "alike"];

/** Show the server's answer in place of the form: what is alike, or what has to be changed. */
function replace(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.getElementById("mark")) return marking?.note(page.querySelector("main").textContent.trim()); // what is typed stays
  document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  begin();
  return document.getElementById("problems")?.focus();
}

let marking = null;

function begin() {
  const form = document.getElementById("mark");
  marking = form && new Marking(form);
  marking?.start();
}

const open = () => marking?.field("client_id").value;

begin();
document.addEventListener("settled", ({ detail }) => {
  const wanted = location.hash === "#mend" && detail.refused;
  if (wanted) history.replaceState(null, "", location.pathname);
  if (wanted || detail.id === open()) marking?.settled(detail);
});
addEventListener("storage", () => {
  if (document.body.dataset.step === "kept" && !waits(open())) location.assign(document.getElementById("back").href); // another tab has sent it
});
const mend = () => location.hash === "#mend" && sendWaiting({ refused: true });
addEventListener("hashchange", mend);
mend();
