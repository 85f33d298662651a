// What lies on the ground (kartans data): counts per square, symbols and density as vector tiles, what is new on top.

import { BOLD, colour, collection, fetchJson, geojson, NOTHING } from "./ground.js";

const EARTH = 40075016.686; // metres around the equator
const SMALLEST = 16; // the level of the smallest squares; mapping/tiles.py says why
const FINE = 5; // a tile has 2^5 squares on each side
const POINTS = 14; // the deepest zoom of the tiles with every point; below it they are stretched
const SHARED = 200; // metres: a spot with several rows that are known less exactly is a middle, not a place
const SPREAD = 220; // metres over which density spreads a row; what is known less exactly is left out
const NEWEST = 500; // new ones that are drawn as symbols; the rest is counted like all others

export const MODES = { cells: ["cells", "cell-edges", "counts", "vague", "vague-counts"], symbols: ["gathered", "gathered-counts", "single"], density: ["density"] };
const LIVE = { cells: ["live-cells", "live-edges", "live-counts"], symbols: ["live-single"], density: ["density"] };

/** Return the level of the squares that a map shows at a zoom. */
export const levelAt = (zoom) => Math.min(Math.floor(zoom) + FINE, SMALLEST);

/** Return how long a square's side is on the ground, in metres. */
export const sideAt = (zoom, lat) => (EARTH * Math.cos((lat * Math.PI) / 180)) / 2 ** levelAt(zoom);

const group = ["let", "dot", ["index-of", ".", ["get", "category"]], ["case", [">=", ["var", "dot"], 0], ["slice", ["get", "category"], 0, ["var", "dot"]], ["get", "category"]]];
const icon = (radius) => ["concat", "symbol:", group, `:${radius}`];
const shade = () => ["step", ["get", "count"], colour("count-1"), 3, colour("count-2"), 6, colour("count-3"), 11, colour("count-4"), 20, colour("count-5")];
const several = [">", ["get", "count"], 1];
const shared = ["all", ["get", "one_spot"], several, [">=", ["get", "accuracy_m"], SHARED]];

/** Return a size on the ground, in metres, as pixels at any zoom. */
function metres(value, lat) {
  const pixels = (zoom) => ["/", value, (EARTH * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom)];
  return ["interpolate", ["exponential", 2], ["zoom"], 0, pixels(0), 22, pixels(22)];
}

/** Show a number only at zooms at which its square has room for it: squares halve at each whole zoom, until the smallest. */
function roomy() {
  const steps = Array.from({ length: SMALLEST - FINE + 1 }, (_, zoom) => [zoom, 0, zoom + 0.25, 1]).flat();
  return ["step", ["zoom"], 0, ...steps.slice(2)];
}

/** The deviations on a map, in one of three ways of drawing them. */
export class Drawing {
  constructor(api, query, whole, lat) {
    Object.assign(this, { api, query, whole, lat, mode: "cells", live: false, unattended: false });
    this.sources = {
      cells: this.tiles("cells", query, SMALLEST),
      clusters: this.tiles("clusters", query, 20),
      points: this.tiles("deviations", query, POINTS),
      whole: this.tiles("deviations", whole, POINTS),
      now: geojson(NOTHING),
      over: geojson(NOTHING),
      pointed: geojson(NOTHING),
    };
    this.layers = () => this.below();
    this.above = () => [...this.symbols(), ...this.marks()];
  }

  tiles(layer, query, maxzoom) {
    return { type: "vector", tiles: [this.address(layer, query)], maxzoom };
  }

  address(layer, query) {
    return `${new URL(this.api, location.href)}/tiles/{z}/{x}/{y}.mvt?layer=${layer}${query ? `&${query}` : ""}`;
  }

  /** Draw what another selection finds. */
  select(map, query, whole) {
    this.unattended = false;
    for (const [name, layer, wanted, now] of [["cells", "cells", query, this.query], ["clusters", "clusters", query, this.query], ["points", "deviations", query, this.query], ["whole", "deviations", whole, this.whole]]) {
      if (wanted !== now) this.readdress(map, name, layer, wanted);
    }
    Object.assign(this, { query, whole });
  }

  /** Draw anew what has been changed by others: nobody is asking for it, until somebody moves the map. */
  refresh(map) {
    this.unattended = true;
    map.once("movestart", () => { this.unattended = false; });
    this.readdress(map, "cells", "cells", this.query);
    this.readdress(map, "clusters", "clusters", this.query);
    this.readdress(map, "points", "deviations", this.query);
    this.readdress(map, "whole", "deviations", this.whole);
  }

  readdress(map, name, layer, query) {
    this.sources[name].tiles = [this.address(layer, query)];
    map.getSource(name)?.setTiles(this.sources[name].tiles);
  }

  put(map, name, data) {
    this.sources[name].data = data;
    map.getSource(name)?.setData(data);
  }

  /** Draw in another way; `live` draws what the slider has left of the loaded points. */
  show(map, mode = this.mode, live = this.live) {
    Object.assign(this, { mode, live });
    const seen = new Set(live ? LIVE[mode] : MODES[mode]);
    for (const id of new Set([...Object.values(MODES), ...Object.values(LIVE)].flat())) map.setLayoutProperty(id, "visibility", seen.has(id) ? "visible" : "none");
    map.setLayoutProperty("loading", "visibility", live ? "visible" : "none");
  }

  seen(id) {
    const drawn = this.live ? LIVE : MODES;
    return { visibility: drawn[this.mode].includes(id) ? "visible" : "none" };
  }

  below() {
    const fill = (id, source, layer) => ({ id, type: "fill", source, ...layer, layout: this.seen(id), paint: { "fill-color": shade(), "fill-opacity": 0.92 } });
    const edge = (id, source, layer) => ({ id, type: "line", source, ...layer, layout: this.seen(id), paint: { "line-color": colour("map-land"), "line-width": 1.5 } });
    const count = (id, source, layer) => ({
      id, type: "symbol", source, ...layer,
      layout: { ...this.seen(id), "text-field": ["to-string", ["get", "count"]], "text-font": BOLD, "text-size": ["step", ["get", "count"], 12, 100, 10.5, 1000, 9], "text-padding": 0 },
      paint: { "text-color": ["step", ["get", "count"], colour("count-ink"), 20, colour("count-ink-5")], "text-opacity": roomy() },
    });
    const squares = { "source-layer": "cells" };
    return [
      { id: "loading", type: "circle", source: "whole", "source-layer": "deviations", layout: { visibility: this.live ? "visible" : "none" }, paint: { "circle-radius": 1, "circle-opacity": 0 } },
      { id: "density", type: "heatmap", source: "points", "source-layer": "deviations", filter: ["<=", ["get", "accuracy_m"], SPREAD], layout: this.seen("density"), paint: this.heat() },
      fill("cells", "cells", squares), edge("cell-edges", "cells", squares), count("counts", "cells", squares),
      fill("live-cells", "now", {}), edge("live-edges", "now", {}), count("live-counts", "now", {}),
    ];
  }

  heat() {
    const ramp = ["count-1", "count-2", "count-3", "count-4", "count-5"].flatMap((token, i) => [0.15 + i * 0.2, colour(token)]);
    return {
      "heatmap-radius": metres(SPREAD, this.lat),
      "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 10, 0.12, 12, 0.35, 14, 0.8, 16, 1.2],
      "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, colour("count-0"), ...ramp],
      "heatmap-opacity": 0.85,
    };
  }

  symbols() {
    const gathered = { source: "clusters", "source-layer": "clusters" };
    const vague = { source: "cells", "source-layer": "vague" };
    const number = (id, from, filter) => ({ id, type: "symbol", ...from, ...(filter ? { filter } : {}), layout: { ...this.seen(id), "text-field": ["to-string", ["get", "count"]], "text-font": BOLD, "text-size": 12, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": id === "gathered-counts" ? ["case", shared, colour("accent"), colour("accent-ink")] : colour("accent") } });
    return [
      { id: "vague", type: "circle", ...vague, layout: this.seen("vague"), paint: { "circle-radius": ["max", 13, ["*", 6, ["log10", ["get", "count"]]]], "circle-color": colour("map-land"), "circle-opacity": 0.92, "circle-stroke-color": colour("accent"), "circle-stroke-width": 2.5 } },
      number("vague-counts", vague),
      { id: "gathered", type: "circle", ...gathered, filter: several, layout: this.seen("gathered"), paint: { "circle-color": ["case", shared, colour("map-land"), colour("accent")], "circle-radius": ["step", ["get", "count"], 11, 10, 13, 100, 17], "circle-stroke-color": ["case", shared, colour("accent"), colour("map-land")], "circle-stroke-width": 2 } },
      number("gathered-counts", gathered, several),
      { id: "single", type: "symbol", ...gathered, filter: ["==", ["get", "count"], 1], layout: { ...this.seen("single"), "icon-image": icon(9), "icon-allow-overlap": true, "icon-ignore-placement": true } },
      { id: "live-single", type: "symbol", source: "whole", "source-layer": "deviations", layout: { ...this.seen("live-single"), "icon-image": icon(9), "icon-allow-overlap": true, "icon-ignore-placement": true } },
    ];
  }

  marks() {
    const chosen = ["get", "chosen"];
    const ring = { "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": colour("accent") };
    return [
      { id: "accuracy", type: "circle", source: "over", filter: chosen, paint: { "circle-radius": metres(["get", "accuracy_m"], this.lat), "circle-color": colour("circle"), "circle-opacity": 0.14, "circle-stroke-color": colour("circle"), "circle-stroke-width": 1.5 } },
      { id: "ring", type: "circle", source: "over", filter: chosen, paint: { ...ring, "circle-radius": 17, "circle-stroke-width": 3 } },
      { id: "over", type: "symbol", source: "over", layout: { "icon-image": icon(10), "icon-allow-overlap": true } },
      { id: "pointed", type: "circle", source: "pointed", paint: { ...ring, "circle-radius": 16, "circle-stroke-width": 2 } },
    ];
  }

  /** Return the boxes in degrees of the squares and rings that the map has loaded. */
  covered(map) {
    const [name, layer] = this.mode === "symbols" ? ["clusters", "clusters"] : ["cells", "cells"];
    return map.getSource(name) ? map.querySourceFeatures(name, { sourceLayer: layer }).map((feature) => boxOf(feature.geometry)) : [];
  }
}

function boxOf({ type, coordinates }) {
  const corners = type === "Point" ? [coordinates] : coordinates[0];
  const [xs, ys] = [corners.map((c) => c[0]), corners.map((c) => c[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Fetch what is new since a moment and found by the query, the newest first. */
export async function newSince(api, query, since, headers = {}) {
  if (!since) return [];
  const url = `${api}/deviations?${query}&created_since=${encodeURIComponent(since)}&limit=${NEWEST}`;
  const page = await fetchJson(url, { headers: { Accept: "application/json", ...headers } });
  return page.features.map((row) => feature({ ...row.properties, lon: row.geometry.coordinates[0], lat: row.geometry.coordinates[1] }));
}

/** Return one deviation as a feature of the map. */
export function feature({ nr, category, accuracy_m, lon, lat }, more = {}) {
  return { type: "Feature", properties: { nr: Number(nr), category, accuracy_m: Number(accuracy_m), ...more }, geometry: { type: "Point", coordinates: [Number(lon), Number(lat)] } };
}

/** Count points in the same squares as the server does, of what is known as exactly as a square is large. */
export function squaresOf(points, zoom, quantum) {
  const side = 2 ** levelAt(zoom);
  const cells = new Map();
  for (const { properties, geometry } of points) {
    const [lon, lat] = geometry.coordinates;
    if (properties.accuracy_m > (EARTH * Math.cos((lat * Math.PI) / 180)) / side) continue;
    const [x, y] = plane(lon, lat).map((part) => Math.floor((part + quantum) * side));
    const key = `${x} ${y}`;
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  return collection([...cells].map(([key, count]) => square(key, count, side)));
}

/** Return half of a unit of the tiles with every point at a zoom: their coordinates are rounded down to such units. */
export const quantumAt = (zoom) => 0.5 / (4096 * 2 ** Math.min(Math.floor(zoom), POINTS));

function plane(lon, lat) {
  const radians = (lat * Math.PI) / 180;
  return [(lon + 180) / 360, (1 - Math.log(Math.tan(radians) + 1 / Math.cos(radians)) / Math.PI) / 2];
}

const globe = (x, y) => [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];

function square(key, count, side) {
  const [column, line] = key.split(" ").map(Number);
  const corner = (dx, dy) => globe((column + dx) / side, (line + dy) / side);
  return { type: "Feature", properties: { count }, geometry: { type: "Polygon", coordinates: [[corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0)]] } };
}
