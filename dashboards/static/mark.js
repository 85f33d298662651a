// Marking a deviation (märk avvikelse), one question at a time; without this script the same form stands as one page.

import { fetchJson } from "./ground.js";
import { find, inWords, lately, makePicker } from "./picker.js";
import { forget, keep, sendWaiting } from "./waiting.js";
import { say } from "./words.js";

const SYMBOL = 13;

class Marking {
  constructor(form) {
    this.form = form;
    this.steps = [...form.querySelectorAll(".step")].sort((a, b) => ORDER.indexOf(a.dataset.step) - ORDER.indexOf(b.dataset.step));
    this.title = document.getElementById("step-title");
    this.back = document.getElementById("back");
    this.home = this.back.getAttribute("href");
  }

  start() {
    for (const part of this.form.querySelectorAll("[data-scripted]")) part.hidden = false;
    this.form.addEventListener("change", (event) => this.changed(event));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.addEventListener("click", (event) => event.target.closest("[data-next]") && this.next());
    this.form.addEventListener("keydown", (event) => this.entered(event));
    this.back.addEventListener("click", (event) => this.goBack(event));
    this.showCategory();
    this.showBetween();
    this.show(this.firstStep(), { focus: Boolean(document.getElementById("alike")) });
    this.startMap();
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
    for (const each of this.steps) each.hidden = each !== step;
    const asked = this.steps.filter((each) => each.dataset.step !== "alike").length;
    this.title.textContent = step.dataset.title;
    document.getElementById("step-count").textContent = say("%(n)s of %(total)s", { n: Math.min(index + 1, asked), total: asked });
    [...document.getElementById("progress").children].forEach((bar, i) => bar.classList.toggle("done", i <= index));
    this.back.querySelector("span").textContent = index ? say("Back") : say("Cancel");
    document.body.dataset.step = step.dataset.step;
    if (step.dataset.step === "where") this.picker?.map.resize();
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
    const note = document.getElementById("offline");
    note.hidden = !problem;
    note.textContent = problem;
    if (problem) return;
    if (this.steps[this.index].dataset.step === "when") this.field("chosen_at").value = new Date().toISOString();
    this.show(this.index + 1);
  }

  missing() {
    const step = this.steps[this.index].dataset.step;
    if (step === "where" && this.outside) return say("The cross stands outside the forum's area. Move it into the area.");
    if (step === "where" && !this.field("lon").value) return say("There is no place yet. Choose one by name, or move the map.");
    if (step === "what" && !this.chosen("category")) return say("Nothing is chosen. Choose what it is about.");
    const between = step === "when" && this.chosen("when")?.value === "between";
    return between && !this.field("occurred_from").value ? say("Say from when, or choose one of the others.") : "";
  }

  entered(event) {
    if (event.key !== "Enter" || event.target.matches("textarea, button, summary, a, [type=submit]")) return;
    event.preventDefault();
    if (event.target.id === "place") this.goToNamed({ on: true });
    else if (this.steps[this.index].querySelector("[data-next]")) this.next();
  }

  changed(event) {
    if (event.target.name === "category") this.showCategory();
    if (event.target.name === "when") this.showBetween();
    if (event.target.name === "accuracy_m") this.drawRing();
    if (event.target.id === "place") this.goToNamed({ on: true });
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

  // --- place ----------------------------------------------------------------------------------

  async startMap() {
    const [lon, lat] = [this.field("lon"), this.field("lat")];
    const start = lon.value ? { lon: Number(lon.value), lat: Number(lat.value) } : undefined;
    const others = lately(SYMBOL);
    try {
      this.picker = await makePicker({
        element: document.getElementById("place-map"),
        api: this.form.dataset.api,
        scale: document.getElementById("scale"),
        start,
        more: others,
        onMove: () => this.drawRing(),
        onPlace: (here, place) => this.readBack(here, place),
      });
    } catch {
      this.form.querySelector(".where-map").hidden = true; // the place can still be chosen by its name
      return;
    }
    document.getElementById("locate").addEventListener("click", () => this.locate());
    this.showOthers(others);
  }

  async showOthers(others) {
    const since = new Date(Date.now() - 30 * 864e5).toISOString();
    const found = await fetchJson(`${this.form.dataset.api}/deviations?from=${encodeURIComponent(since)}&limit=500`).catch(() => null);
    if (found) others.fill(this.picker.map, found.features);
  }

  readBack(here, place) {
    const [name, more] = inWords(place);
    this.outside = !place.inside;
    document.getElementById("place-name").textContent = name;
    document.getElementById("place-more").textContent = more;
    [this.field("lon").value, this.field("lat").value] = [here.lon.toFixed(6), here.lat.toFixed(6)];
  }

  drawRing() {
    const map = this.picker?.map;
    if (!map) return;
    const perPixel = (40075016.686 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom());
    document.querySelector("#ring circle").setAttribute("r", Number(this.field("accuracy_m").value) / perPixel);
  }

  /** Go to the place that is named; `on` moves the focus to the map, where the arrows go on from there. */
  goToNamed({ on = false } = {}) {
    const place = this.picker && find(this.field("place").value, this.picker.ground);
    if (place) this.picker.goTo(place);
    if (place && on) document.getElementById("place-map").focus();
  }

  locate() {
    const note = document.getElementById("offline");
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => {
        this.picker.goTo({ lon: coords.longitude, lat: coords.latitude });
        const steps = [...this.field("accuracy_m").options].map((option) => Number(option.value));
        this.field("accuracy_m").value = String(steps.find((step) => step >= coords.accuracy) ?? steps.at(-1));
        this.drawRing();
      },
      () => {
        note.hidden = false;
        note.textContent = say("Your place cannot be found. Choose it by name, or move the map.");
      },
      { enableHighAccuracy: true, timeout: 10000 },
    );
  }

  // --- sending --------------------------------------------------------------------------------

  async submit(event) {
    event.preventDefault();
    if (this.sending) return;
    this.sending = true;
    if (!this.field("chosen_at").value) this.field("chosen_at").value = new Date().toISOString();
    const entries = [...new FormData(this.form)];
    keep(this.form, entries);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body: new URLSearchParams(entries), credentials: "same-origin" });
      if (answer.status >= 500) throw new Error(String(answer.status));
      if (answer.status === 401 || answer.status === 403) return this.note(SIGNED_OUT());
      forget(this.form);
      if (answer.redirected) return location.assign(answer.url);
      replace(await answer.text());
    } catch {
      this.note(say("No network. Nothing is lost: it is kept on this device for 24 hours and sent when the network is back."));
      sendWaiting(this.form, replace);
    } finally {
      this.sending = false;
    }
    return undefined;
  }

  /** Say something above the form, and lead the focus there. */
  note(words) {
    const note = document.getElementById("offline");
    note.hidden = false;
    note.textContent = words;
    note.tabIndex = -1;
    note.focus();
  }
}

const SIGNED_OUT = () => say("You are not signed in any more. What you marked is kept on this device for 24 hours: sign in, open the form again, and it is sent.");

/** Show the server's answer in place of the form: what is alike, or what has to be changed. */
function replace(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
  begin();
  document.getElementById("problems")?.focus();
}

const ORDER = ["where", "what", "when", "more", "alike"];

function begin() {
  const form = document.getElementById("mark");
  if (form) new Marking(form).start();
}

function sendNow() {
  const form = document.getElementById("mark");
  if (form) sendWaiting(form, replace);
}

begin();
sendNow();
window.addEventListener("online", sendNow);
