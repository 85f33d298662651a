// Where it is (var): the map under the cross, a place by its name, the telephone's own position, all read back in words.

import { fetchJson } from "./ground.js";
import { makeNames } from "./names.js";
import { inWords, lately, makePicker, makeVoice } from "./picker.js";
import { number, say } from "./words.js";

const SYMBOL = 13;
const LATELY = 30 * 864e5; // milliseconds
const FINDING = { enableHighAccuracy: true, timeout: 15000, maximumAge: 5000 };
const DENIED = 1; // as GeolocationPositionError counts
const EARTH = 40075016.686;

export class Where {
  constructor(form, note) {
    [this.form, this.note] = [form, note];
    this.map = document.getElementById("place-map");
    this.button = document.getElementById("locate");
    this.accuracy = form.elements.accuracy_m;
    this.voice = makeVoice(document.getElementById("spoken"));
  }

  async start() {
    const others = lately(SYMBOL);
    try {
      this.picker = await makePicker({
        element: this.map,
        api: this.form.dataset.api,
        scale: document.getElementById("scale"),
        start: this.given() ?? handedOver(),
        more: others,
        onMove: () => this.drawRing(),
        onPlace: (here, place) => this.readBack(here, place),
        onHand: () => this.byHand(),
      });
    } catch {
      this.form.querySelector(".where-map").hidden = true; // the place can still be chosen by its name
      return;
    }
    this.drawRing();
    makeNames({
      field: this.form.elements.place,
      list: document.getElementById("names"),
      ground: this.picker.ground,
      choose: (place) => this.goTo(place),
      none: () => this.note(say("There is no place of this name on the map.")),
    });
    this.button.addEventListener("click", () => (this.watch === undefined ? this.follow() : this.unfollow()));
    this.showOthers(others);
  }

  given() {
    const { lon, lat } = this.form.elements;
    return lon.value ? { lon: Number(lon.value), lat: Number(lat.value) } : undefined;
  }

  async showOthers(others) {
    const since = encodeURIComponent(new Date(Date.now() - LATELY).toISOString());
    const found = await fetchJson(`${this.form.dataset.api}/deviations?from=${since}&limit=500`).catch(() => null);
    if (found) others.fill(this.picker.map, found.features);
  }

  /** Return what is still missing of the place, in words. */
  missing() {
    this.picker?.tell();
    this.unfollow();
    if (this.outside) return say("The cross stands outside the forum's area. Move it into the area.");
    return this.form.elements.lon.value ? "" : say("There is no place yet. Choose one by name, or move the map.");
  }

  readBack(here, place) {
    const [name, more] = inWords(place);
    this.outside = !place.inside;
    document.getElementById("place-name").textContent = name;
    document.getElementById("place-more").textContent = more;
    this.voice([name, more].filter(Boolean).join(", "));
    const { lon, lat } = this.form.elements;
    [lon.value, lat.value] = [here.lon.toFixed(6), here.lat.toFixed(6)];
  }

  drawRing() {
    const map = this.picker?.map;
    if (!map) return;
    const perPixel = (EARTH * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom());
    document.querySelector("#ring circle").setAttribute("r", Number(this.accuracy.value) / perPixel);
  }

  /** Go to the place that was named; from there the arrow keys go on. */
  goTo(place) {
    this.byHand();
    this.note("");
    this.picker.goTo(place);
    this.map.focus();
  }

  // --- the telephone's own position -----------------------------------------------------------------

  follow() {
    this.note("");
    this.found = false;
    if (!navigator.geolocation) return this.lost({});
    this.button.setAttribute("aria-pressed", "true");
    this.watch = navigator.geolocation.watchPosition((at) => this.reach(at), (error) => this.lost(error), FINDING);
    return undefined;
  }

  /** Put the cross where the telephone says it is, never more exactly than it was measured. */
  reach({ coords }) {
    const choices = [...this.accuracy.options];
    const honest = choices.find((choice) => Number(choice.value) >= coords.accuracy);
    if (!honest) return this.rough(coords.accuracy);
    if (!this.found) this.note("");
    this.found = true;
    for (const choice of choices) choice.disabled = Number(choice.value) < coords.accuracy;
    this.accuracy.value = honest.value;
    this.form.elements.place.value = "";
    this.picker.goTo({ lon: coords.longitude, lat: coords.latitude });
    return this.drawRing();
  }

  /** The first that a telephone knows is often rough; what follows may be better. */
  rough(metres) {
    const km = number(metres / 1000, 1);
    if (!this.found) this.note(say("Your place is only known to within %(km)s km. Choose it by name, or move the map.", { km }));
  }

  /** Say why there is no position. Only a refusal is final; what was found before stays. */
  lost({ code }) {
    if (code === DENIED) this.unfollow();
    if (!this.found) this.note(LOST(code));
  }

  /** A hand that moves the cross may know better than the telephone. */
  byHand() {
    this.unfollow();
    for (const choice of this.accuracy.options) choice.disabled = false;
  }

  /** Stop following. */
  unfollow() {
    if (this.watch === undefined) return;
    navigator.geolocation.clearWatch(this.watch);
    this.watch = undefined;
    this.button.setAttribute("aria-pressed", "false");
  }
}

const LOST = (code) => ({
  1: say("This page may not ask where you are. Allow it in the browser's settings, or choose the place by name."),
  3: say("Finding your place took too long. Choose it by name, or move the map."),
})[code] ?? say("Your place cannot be found. Choose it by name, or move the map.");

/** Return the position in the page's address, which a kept form has not been filled with. */
function handedOver() {
  const asked = new URLSearchParams(location.search);
  const [lon, lat] = ["lon", "lat"].map((name) => (asked.get(name) ? Number(asked.get(name)) : NaN));
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? { lon, lat } : undefined;
}
