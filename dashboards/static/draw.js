// What lies on the ground (kartans data): counts per square, symbols and density as vector tiles, what is new on top.

import { BOLD, colour, collection, fetchJson, geojson, NOTHING } from "./ground.js";
import { GROUP } from "./matching.js";

const EARTH = 40075016.686; // metres around the equator
const SMALLEST = 16; // the level of the smallest squares; mapping/tiles.py says why
const FINE = 5; // a tile has 2^5 squares on each side
const POINTS = 14; // the deepest zoom of the tiles with every point; below it they are stretched
const SHARED = 200; // metres: a spot with several rows that are known less exactly is a middle, not a place
const SPREAD = 220; // metres over which density spreads a row; what is known less exactly is left out
const NEWEST = 500; // new ones that are drawn as symbols; the rest is counted like all others

export const MODES = { cells: ["cells", "cell-edges", "counts", "vague", "vague-counts"], symbols: ["gathered", "shared", "gathered-counts", "shared-counts", "single"], density: ["density"] };
const LIVE = { cells: ["live-cells", "live-edges", "live-counts", "live-vague", "live-vague-counts"], symbols: ["live-single"], density: ["live-density"] };
const LOADING = { cells: "loading-cells", symbols: "loading-clusters", density: "loading-points" };
const CHANGING = ["loading", ...new Set([MODES, LIVE, LOADING].flatMap((by) => Object.values(by).flat()))];
const MATCHED = ["live-single", "live-density"];
const NONE = ["==", ["get", "nr"], 0];

/** Return the level of the squares that a map shows at a zoom. */
export const levelAt = (zoom) => Math.min(Math.floor(zoom) + FINE, SMALLEST);

/** Return how long a square's side is on the ground, in metres. */
export const sideAt = (zoom, lat) => (EARTH * Math.cos((lat * Math.PI) / 180)) / 2 ** levelAt(zoom);

const icon = (radius) => ["concat", "symbol:", GROUP, `:${radius}`];
const shade = () => ["step", ["get", "count"], colour("count-1"), 3, colour("count-2"), 6, colour("count-3"), 11, colour("count-4"), 20, colour("count-5")];
const SQUARE = { filter: ["==", ["geometry-type"], "Polygon"] };
const SPOT = { source: "now", filter: ["==", ["geometry-type"], "Point"] };
const EXACT = ["<=", ["get", "accuracy_m"], SPREAD];
const several = [">", ["get", "count"], 1];
const shared = ["all", ["get", "one_spot"], several, [">=", ["get", "accuracy_m"], SHARED]];
const apart = ["all", several, ["!", shared]];

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
    Object.assign(this, { api, query, whole, lat, mode: "cells", live: null, near: false, unattended: false });
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

  /** Draw in another way; `live` is what is asked of the loaded points that are drawn until the server's picture is there. */
  show(map, mode = this.mode, live = this.live) {
    Object.assign(this, { mode, live });
    for (const id of CHANGING) map.setLayoutProperty(id, "visibility", this.seen(id).visibility);
    for (const id of MATCHED) map.setFilter(id, this.matched(id));
  }

  /** Load every point: a hand is near what they are chosen by. */
  approach(map) {
    if (this.near) return;
    this.near = true;
    this.show(map);
  }

  matched(id) {
    if (!this.live) return NONE;
    return id === "live-density" ? ["all", EXACT, this.live] : this.live;
  }

  seen(id) {
    const drawn = this.live ? [...LIVE[this.mode], LOADING[this.mode]] : MODES[this.mode];
    const loading = id === "loading" && (this.near || this.live);
    return { visibility: loading || drawn.includes(id) ? "visible" : "none" };
  }

  below() {
    const fill = (id, source, layer) => ({ id, type: "fill", source, ...layer, layout: this.seen(id), paint: { "fill-color": shade(), "fill-opacity": 0.92 } });
    const edge = (id, source, layer) => ({ id, type: "line", source, ...layer, layout: this.seen(id), paint: { "line-color": colour("map-land"), "line-width": 1.5 } });
    const count = (id, source, layer) => ({
      id, type: "symbol", source, ...layer,
      layout: { ...this.seen(id), "text-field": ["to-string", ["get", "count"]], "text-font": BOLD, "text-size": ["step", ["get", "count"], 12, 100, 10.5, 1000, 9], "text-padding": 0 },
      paint: { "text-color": ["step", ["get", "count"], colour("count-ink"), 20, colour("count-ink-5")], "text-opacity": roomy() },
    });
    const unseen = (id, source, layer) => ({ id, type: "circle", source, "source-layer": layer, layout: this.seen(id), paint: { "circle-radius": 1, "circle-opacity": 0 } });
    const squares = { "source-layer": "cells" };
    return [
      unseen("loading", "whole", "deviations"), unseen("loading-cells", "cells", "cells"), unseen("loading-clusters", "clusters", "clusters"), unseen("loading-points", "points", "deviations"),
      { id: "density", type: "heatmap", source: "points", "source-layer": "deviations", filter: EXACT, layout: this.seen("density"), paint: this.heat() },
      { id: "live-density", type: "heatmap", source: "whole", "source-layer": "deviations", filter: this.matched("live-density"), layout: this.seen("live-density"), paint: this.heat() },
      fill("cells", "cells", squares), edge("cell-edges", "cells", squares), count("counts", "cells", squares),
      fill("live-cells", "now", SQUARE), edge("live-edges", "now", SQUARE), count("live-counts", "now", SQUARE),
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
    const ring = (id, from) => ({ id, type: "circle", ...from, layout: this.seen(id), paint: { "circle-radius": ["max", 13, ["*", 6, ["log10", ["get", "count"]]]], "circle-color": colour("map-land"), "circle-opacity": 0.92, "circle-stroke-color": colour("accent"), "circle-stroke-width": 2.5 } });
    const number = (id, from, filter) => ({ id, type: "symbol", ...from, ...(filter ? { filter } : {}), layout: { ...this.seen(id), "text-field": ["to-string", ["get", "count"]], "text-font": BOLD, "text-size": 12, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": colour(id === "gathered-counts" ? "accent-ink" : "accent") } });
    const circle = (id, filter, fill, edge) => ({ id, type: "circle", ...gathered, filter, layout: this.seen(id), paint: { "circle-color": colour(fill), "circle-radius": ["step", ["get", "count"], 11, 10, 13, 100, 17], "circle-stroke-color": colour(edge), "circle-stroke-width": 2 } });
    return [
      ring("vague", vague), number("vague-counts", vague), ring("live-vague", SPOT), number("live-vague-counts", SPOT),
      circle("gathered", apart, "accent", "map-land"), circle("shared", shared, "map-land", "accent"),
      number("gathered-counts", gathered, apart), number("shared-counts", gathered, shared),
      { id: "single", type: "symbol", ...gathered, filter: ["==", ["get", "count"], 1], layout: { ...this.seen("single"), "icon-image": icon(9), "icon-allow-overlap": true, "icon-ignore-placement": true } },
      { id: "live-single", type: "symbol", source: "whole", "source-layer": "deviations", filter: this.matched("live-single"), layout: { ...this.seen("live-single"), "icon-image": icon(9), "icon-allow-overlap": true, "icon-ignore-placement": true } },
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

/** Count points in the same squares as the server does, and in rings at their spots what is known less exactly than a square is large. */
export function counted(points, zoom, quantum) {
  const side = 2 ** levelAt(zoom);
  const [cells, spots] = [new Map(), new Map()];
  for (const { properties, geometry } of points) {
    const [lon, lat] = geometry.coordinates;
    const exact = properties.accuracy_m <= (EARTH * Math.cos((lat * Math.PI) / 180)) / side;
    const key = exact ? plane(lon, lat).map((part) => Math.floor((part + quantum) * side)).join(" ") : `${lon} ${lat}`;
    const kept = exact ? cells : spots;
    kept.set(key, (kept.get(key) ?? 0) + 1);
  }
  return collection([...[...cells].map(([key, count]) => square(key, count, side)), ...[...spots].map(([key, count]) => spot(key, count))]);
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

const spot = (key, count) => ({ type: "Feature", properties: { count }, geometry: { type: "Point", coordinates: key.split(" ").map(Number) } });
