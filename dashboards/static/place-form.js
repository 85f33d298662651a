// Drawing a place (rita en plats): a point, a line or an area, by moving the map under the cross and adding corners.

import { collection, colour, fetchJson, geojson, NOTHING } from "./ground.js";
import { inWords, makePicker, makeVoice } from "./picker.js";
import { boundsAround, reachLayers, reachOf } from "./reach.js";
import { say } from "./words.js";

const form = document.getElementById("place-form");
const drawing = form.querySelector("[data-drawing]");
const LEAST = { Point: 0, LineString: 2, Polygon: 3 };

/** Return the layers of the place that a part is drawn of. */
function aroundLayers() {
  return [
    { id: "around", type: "line", source: "around", paint: { "line-color": colour("ink"), "line-width": 2, "line-dasharray": [3, 2] } },
    { id: "here", type: "circle", source: "here", paint: { "circle-radius": 4, "circle-color": colour("accent"), "circle-stroke-color": colour("map-land"), "circle-stroke-width": 1.5 } },
  ];
}

class Drawing {
  constructor() {
    this.field = form.elements.geometry;
    this.radius = form.elements.radius_m;
    this.corners = [];
    this.source = geojson(collection([]));
    this.take(this.field.value);
    this.voice = makeVoice(drawing.querySelector("[data-spoken]"));
  }

  get kind() {
    return form.elements.shape.value;
  }

  /** Take up a shape that was drawn before. */
  take(written) {
    if (!written) return;
    const { type, coordinates } = JSON.parse(written);
    if (type === "Point") this.start = { lon: coordinates[0], lat: coordinates[1] };
    if (type === "LineString") this.corners = coordinates;
    if (type === "Polygon") this.corners = coordinates[0].slice(0, -1);
    if (type === "MultiPolygon") this.kept = { type, coordinates };
    if (type in LEAST) form.elements.shape.value = type;
    if (this.corners.length) this.start = { lon: this.corners[0][0], lat: this.corners[0][1] };
  }

  async begin() {
    this.picker = await makePicker({
      element: drawing.querySelector(".map"),
      api: drawing.dataset.api,
      scale: drawing.querySelector(".scale"),
      start: this.start,
      more: { sources: { reach: this.source, ...this.whole() }, layers: reachLayers, above: () => (this.around ? aroundLayers() : []) },
      onPlace: (here, place) => this.readBack(here, place),
      onHand: () => (this.kept = undefined),
    });
    drawing.querySelector("[data-add]").addEventListener("click", () => this.add());
    drawing.querySelector("[data-remove]").addEventListener("click", () => this.remove());
    drawing.querySelector(".map").addEventListener("keydown", (event) => event.key === "Enter" && this.kind !== "Point" && (this.add(), event.preventDefault()));
    for (const input of [...form.elements.shape, this.radius]) input.addEventListener("change", () => this.draw());
    form.addEventListener("submit", (event) => this.submit(event));
    this.draw();
    if (this.around) this.showWhole();
  }

  /** Return the sources of the place that a part is drawn of: its outline, and what belongs to it. */
  whole() {
    if (!drawing.dataset.around) return {};
    this.around = { type: "Feature", properties: {}, geometry: JSON.parse(drawing.dataset.around) };
    this.here = geojson(NOTHING);
    return { around: geojson(collection([this.around])), here: this.here };
  }

  async showWhole() {
    const { map } = this.picker;
    map.fitBounds(boundsAround(this.around.geometry, 20), { padding: 24, maxZoom: 18, duration: 0 });
    const found = await fetchJson(`${drawing.dataset.api}/deviations?place=${drawing.dataset.nr}&limit=1000`).catch(() => null);
    if (found) map.getSource("here")?.setData((this.here.data = collection(found.features)));
  }

  readBack(here, place) {
    const [name, more] = inWords(place);
    drawing.querySelector("[data-place]").textContent = name;
    drawing.querySelector("[data-around-words]").textContent = more;
    this.voice([name, more].filter(Boolean).join(", "));
    this.draw();
  }

  add() {
    const { lon, lat } = this.picker.here();
    this.corners.push([lon, lat]);
    this.kept = undefined;
    this.draw();
  }

  remove() {
    this.corners.pop();
    this.draw();
  }

  /** Return what is drawn so far, null while corners are missing. */
  shape() {
    if (this.kept) return this.kept;
    if (!this.picker) return null;
    if (this.kind === "Point") {
      const { lon, lat } = this.picker.here();
      return { type: "Point", coordinates: [lon, lat] };
    }
    if (this.corners.length < LEAST[this.kind]) return null;
    return this.kind === "LineString" ? { type: "LineString", coordinates: this.corners } : { type: "Polygon", coordinates: [[...this.corners, this.corners[0]]] };
  }

  draw() {
    const bends = this.kind !== "Point" && !this.kept;
    drawing.querySelector("[data-bends]").hidden = !bends;
    drawing.querySelector("[data-remove]").disabled = !this.corners.length;
    const missing = LEAST[this.kind] - this.corners.length;
    const said = missing > 0 ? say("%(n)s corners, at least %(more)s more") : say("%(n)s corners");
    drawing.querySelector("[data-corners]").textContent = bends ? said.replace("%(n)s", this.corners.length).replace("%(more)s", missing) : "";
    const shape = this.shape();
    const dots = bends ? this.corners.map((corner) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: corner } })) : [];
    this.source.data = collection([...(shape ? reachOf(shape, Number(this.radius.value.replace(",", ".")) || 0) : []), ...dots]);
    this.picker?.map.getSource("reach")?.setData(this.source.data);
  }

  submit() {
    const shape = this.shape();
    this.field.value = shape ? JSON.stringify(shape) : "";
    for (const input of form.elements.shape) input.disabled = true; // the shape itself is sent
  }
}

new Drawing().begin();
