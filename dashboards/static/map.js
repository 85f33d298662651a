// The map room (kartan): counts per cell or symbols, the list beside it, the selection that both follow.

import { BOLD, boundsOf, collection, colour, fetchJson, geojson, keepScale, loadGround, makeMap, NOTHING } from "./ground.js";
import { placeNames } from "./labels.js";
import { address, pressNone, prepareNone } from "./selection.js";
import { swap } from "./swap.js";
import { number, say } from "./words.js";

const CELL = 250; // metres, as the legend says
const MOST = 20000; // symbols that the map draws at once; the rest is said, never hidden
const HALF = 12; // pixels of half a symbol
const EARTH = 40075016.686;
const element = document.getElementById("map");
const room = document.querySelector(".map-room");
const state = { draw: "cells", rows: [], matched: 0, fresh: true };

// --- data -------------------------------------------------------------------------------------

async function readDeviations() {
  const rows = [];
  let query = element.dataset.query;
  let matched = 0;
  for (;;) {
    const page = await fetchJson(`${element.dataset.api}/deviations?${query}`);
    for (const row of page.features) row.properties.group = row.properties.category.split(".")[0];
    rows.push(...page.features);
    matched = page.numberMatched;
    if (!page.next || rows.length >= MOST) return { rows, matched };
    query = `${element.dataset.query}&cursor=${encodeURIComponent(page.next)}`;
  }
}

/** Return squares of 250 m with their counts. The grid lies fixed on the Mercator plane, so a cell keeps its place. */
function cellsOf(rows) {
  if (!rows.length) return NOTHING;
  const latitude = Math.round(rows[0].geometry.coordinates[1] * 2) / 2;
  const side = CELL / Math.cos((latitude * Math.PI) / 180) / EARTH;
  const cells = new Map();
  for (const row of rows) {
    const [x, y] = plane(row.geometry.coordinates);
    const key = `${Math.floor(x / side)} ${Math.floor(y / side)}`;
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  return collection([...cells].map(([key, count]) => square(key, count, side)));
}

function plane([lon, lat]) {
  const radians = (lat * Math.PI) / 180;
  return [(lon + 180) / 360, (1 - Math.log(Math.tan(radians) + 1 / Math.cos(radians)) / Math.PI) / 2];
}

function globe(x, y) {
  return [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
}

function square(key, count, side) {
  const [column, line] = key.split(" ").map(Number);
  const corner = (dx, dy) => globe((column + dx) * side, (line + dy) * side);
  const ring = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1), corner(0, 0)];
  return { type: "Feature", properties: { count }, geometry: { type: "Polygon", coordinates: [ring] } };
}

/** Return the places of the printed numbers: the cells' middles, aside where a symbol stands in the cell. */
function middles(cells, symbols) {
  return collection(cells.features.map((cell) => {
    const [[a, , c]] = cell.geometry.coordinates;
    const holds = ({ geometry: { coordinates: [lon, lat] } }) => a[0] <= lon && lon < c[0] && c[1] < lat && lat <= a[1];
    const properties = { ...cell.properties, aside: symbols.features.some(holds) };
    return { type: "Feature", properties, geometry: { type: "Point", coordinates: [(a[0] + c[0]) / 2, (a[1] + c[1]) / 2] } };
  }));
}

const isNew = (row) => element.dataset.since && row.properties.created_at > element.dataset.since;
const isChosen = (row) => String(row.properties.nr) === element.dataset.chosen;

function over() {
  const rows = state.rows.filter((row) => isChosen(row) || (state.fresh && isNew(row)));
  return collection(rows.map((row) => ({ ...row, properties: { ...row.properties, chosen: isChosen(row) } })));
}

// --- layers -----------------------------------------------------------------------------------

const shade = (tokens) => ["step", ["get", "count"], colour(tokens[0]), 3, colour(tokens[1]), 6, colour(tokens[2]), 11, colour(tokens[3]), 20, colour(tokens[4])];
const shown = (draw) => ({ visibility: state.draw === draw ? "visible" : "none" });
const icon = (radius) => ["concat", "symbol:", ["get", "group"], `:${radius}`];

function layers() {
  return [
    { id: "cells", type: "fill", source: "cells", layout: shown("cells"), paint: { "fill-color": shade(["count-1", "count-2", "count-3", "count-4", "count-5"]), "fill-opacity": 0.92 } },
    { id: "cell-edges", type: "line", source: "cells", layout: shown("cells"), paint: { "line-color": colour("map-land"), "line-width": 1.5 } },
    {
      id: "counts", type: "symbol", source: "middles", minzoom: 11.5,
      layout: { ...shown("cells"), "text-field": ["to-string", ["get", "count"]], "text-font": BOLD, "text-size": 12.5, "text-offset": ["case", ["get", "aside"], ["literal", [-0.6, -0.6]], ["literal", [0, 0]]], "text-padding": 0 },
      paint: { "text-color": ["step", ["get", "count"], colour("count-ink"), 20, colour("count-ink-5")] },
    },
  ];
}

function above() {
  return [
    { id: "clusters", type: "circle", source: "points", filter: ["has", "point_count"], layout: shown("symbols"), paint: { "circle-color": colour("accent"), "circle-radius": ["step", ["get", "point_count"], 11, 10, 13, 100, 17], "circle-stroke-color": colour("map-land"), "circle-stroke-width": 2 } },
    { id: "cluster-counts", type: "symbol", source: "points", filter: ["has", "point_count"], layout: { ...shown("symbols"), "text-field": ["to-string", ["get", "point_count"]], "text-font": BOLD, "text-size": 12, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": colour("accent-ink") } },
    { id: "points", type: "symbol", source: "points", filter: ["!", ["has", "point_count"]], layout: { ...shown("symbols"), "icon-image": icon(9), "icon-allow-overlap": true, "icon-ignore-placement": true } },
    { id: "ring", type: "circle", source: "over", filter: ["get", "chosen"], paint: { "circle-radius": 17, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": colour("accent"), "circle-stroke-width": 3 } },
    { id: "over", type: "symbol", source: "over", layout: { "icon-image": icon(10), "icon-allow-overlap": true, "icon-ignore-placement": true } },
    { id: "pointed", type: "circle", source: "pointed", paint: { "circle-radius": 16, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": colour("accent"), "circle-stroke-width": 2 } },
  ];
}

const more = {
  sources: { cells: geojson(NOTHING), middles: geojson(NOTHING), points: geojson(NOTHING, { cluster: true, clusterRadius: 20, clusterMaxZoom: 17 }), over: geojson(NOTHING), pointed: geojson(NOTHING) },
  layers,
  above,
};

function put(map, name, data) {
  more.sources[name].data = data;
  map.getSource(name)?.setData(data);
}

function fill(map) {
  const cells = cellsOf(state.rows);
  put(map, "cells", cells);
  put(map, "points", collection(state.rows));
  fillOver(map);
  placePlates(map);
  sayShown();
}

const boxOf = ([a, , c]) => [Math.min(a[0], c[0]), Math.min(a[1], c[1]), Math.max(a[0], c[0]), Math.max(a[1], c[1])];
const boxAround = ([x, y]) => [x - HALF, y - HALF, x + HALF, y + HALF];

function fillOver(map) {
  const symbols = over();
  put(map, "over", symbols);
  put(map, "middles", middles(more.sources.cells.data, symbols));
}

/** Write the parts' names where they cover the fewest counts at this zoom. */
function placePlates(map) {
  const corner = ([lon, lat]) => Object.values(map.project([lon, lat]));
  const inCells = () => more.sources.cells.data.features.map((cell) => boxOf(cell.geometry.coordinates[0].map(corner)));
  const asSymbols = () => state.rows.map((row) => boxAround(corner(row.geometry.coordinates)));
  const covered = state.draw === "cells" ? inCells() : asSymbols();
  ground.plates = placeNames(ground.quarters, covered, corner);
  map.getSource("plates")?.setData(ground.plates);
}

function sayShown() {
  if (state.rows.length >= state.matched) return;
  const words = say("The map shows %(n)s of %(matched)s found.", { n: number(state.rows.length), matched: number(state.matched) });
  document.getElementById("shown").textContent = words;
}

// --- the selection ----------------------------------------------------------------------------

const PARTS = ["problem-box", "side", "filters", "weeks"];

async function go(map, url, options) {
  const page = await swap(url, PARTS, options);
  if (!page) return;
  const next = page.getElementById("map");
  const query = element.dataset.query;
  Object.assign(element.dataset, { query: next.dataset.query, chosen: next.dataset.chosen });
  document.getElementById("shown").textContent = page.getElementById("shown").textContent;
  document.getElementById("announce").textContent = document.querySelector("#side h2").textContent;
  prepareNone();
  const chosen = document.getElementById("chosen");
  if (chosen && options?.focus) chosen.focus();
  document.getElementById("problems")?.focus();
  if (query !== element.dataset.query) Object.assign(state, await readDeviations());
  fill(map);
  reveal(map);
}

/** Move the map if the chosen symbol is out of sight or under the legend. */
function reveal(map) {
  const row = state.rows.find(isChosen);
  if (!row || !element.clientWidth) return;
  const { x, y } = map.project(row.geometry.coordinates);
  const legend = document.querySelector(".legend").getBoundingClientRect();
  const stage = element.getBoundingClientRect();
  const covered = x + stage.left < legend.right + 20 && y + stage.top > legend.top - 20;
  const inside = x > 20 && y > 60 && x < stage.width - 60 && y < stage.height - 40;
  if (covered || !inside) map.easeTo({ center: row.geometry.coordinates });
}

function listenToSelection(map) {
  const form = document.getElementById("filters");
  const send = (event) => {
    event.preventDefault?.();
    const url = address();
    if (url) go(map, url);
  };
  form.addEventListener("change", send);
  form.addEventListener("submit", send);
  room.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    const none = event.target.closest("[data-none]");
    if (none && pressNone(none)) go(map, address());
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(map, link.href, { focus: Boolean(link.closest(".row")) });
  });
  window.addEventListener("popstate", () => go(map, location.href, { push: false }));
}

function choose(map, nr) {
  const url = new URL(location.href);
  url.searchParams.set("chosen", nr);
  go(map, url.href, { focus: true });
  if (getComputedStyle(document.querySelector(".views")).display !== "none") show("list");
}

function lookInto(map, box) {
  const url = new URL(location.href);
  url.searchParams.set("bbox", box.map((edge) => edge.toFixed(6)).join(","));
  url.searchParams.delete("chosen");
  go(map, url.href);
  if (getComputedStyle(document.querySelector(".views")).display !== "none") show("list");
}

// --- hands on the map -------------------------------------------------------------------------

function listenToMap(map) {
  for (const layer of ["points", "over"]) map.on("click", layer, (event) => choose(map, event.features[0].properties.nr));
  map.on("click", "clusters", async (event) => {
    const [cluster] = event.features;
    const zoom = await map.getSource("points").getClusterExpansionZoom(cluster.properties.cluster_id);
    if (zoom <= 17) map.easeTo({ center: cluster.geometry.coordinates, zoom });
    else lookInto(map, around(cluster.geometry.coordinates));
  });
  map.on("click", "cells", (event) => {
    const taken = map.queryRenderedFeatures(event.point, { layers: ["over"] });
    if (!taken.length) lookInto(map, boundsOf([event.features[0]]));
  });
  for (const layer of ["points", "over", "clusters", "cells"]) {
    map.on("mouseenter", layer, () => map.getCanvas().classList.add("pressable"));
    map.on("mouseleave", layer, () => map.getCanvas().classList.remove("pressable"));
  }
}

const around = ([lon, lat]) => [lon - 0.0003, lat - 0.00015, lon + 0.0003, lat + 0.00015];

function listenToControls(map, home) {
  const zoom = { in: () => map.zoomIn(), out: () => map.zoomOut(), all: () => map.fitBounds(home, { padding: margins() }) };
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", zoom[button.dataset.zoom]);
  for (const button of document.querySelectorAll("[data-draw]")) button.addEventListener("click", () => drawAs(map, button.dataset.draw));
  document.getElementById("show-new").addEventListener("change", (event) => {
    state.fresh = event.target.checked;
    fillOver(map);
  });
  const side = document.getElementById("side");
  const point = (event) => {
    const nr = event.target.closest(".row")?.dataset.nr;
    const row = nr && state.rows.find((each) => String(each.properties.nr) === nr);
    put(map, "pointed", row ? collection([row]) : NOTHING);
  };
  for (const kind of ["mouseover", "focusin", "mouseleave"]) side.addEventListener(kind, point);
}

const DRAWN = { cells: ["cells", "cell-edges", "counts"], symbols: ["clusters", "cluster-counts", "points"] };

function drawAs(map, draw) {
  state.draw = draw;
  for (const [kind, ids] of Object.entries(DRAWN)) {
    for (const id of ids) map.setLayoutProperty(id, "visibility", kind === draw ? "visible" : "none");
  }
  placePlates(map);
  for (const button of document.querySelectorAll("[data-draw]")) button.setAttribute("aria-pressed", String(button.dataset.draw === draw));
  for (const part of document.querySelectorAll("[data-legend]")) part.hidden = part.dataset.legend !== draw;
}

/** Show one of map, list and selection where the screen is too small for all three. */
function show(view) {
  room.dataset.view = view;
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === view));
  if (view === "map" && chart && !seen) fit();
}

/** Show the whole area, as soon as the map can be seen. */
function fit() {
  chart.resize();
  seen = element.clientWidth > 0;
  chart.fitBounds(boundsOf(ground.outline), { padding: margins(), animate: false });
}

/** Leave room for the legend where the map is wide enough. */
function margins() {
  const wide = element.clientWidth > 560;
  const beside = innerWidth > 1400; // the legend stands beside the area, else under it
  if (!wide) return { top: 56, bottom: 8, left: 8, right: 8 };
  return { top: beside ? 24 : 56, bottom: beside ? 48 : 96, left: beside ? 130 : 24, right: beside ? 40 : 60 };
}

let ground = null;
let chart = null;
let seen = false; // a map that is made unseen does not know its size

async function start() {
  for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(button.dataset.show));
  for (const part of document.querySelectorAll(".map-controls")) part.hidden = false;
  show(new URLSearchParams(location.search).get("chosen") ? "list" : "map");
  if (innerWidth < 761) document.querySelector(".legend").open = false;
  prepareNone();
  ground = { ...(await loadGround(element.dataset.api)), more, plates: NOTHING };
  for (const kind of ["metro", "rail"]) {
    document.querySelector(`.line.${kind}`).parentElement.hidden = !ground.ground.features.some((f) => f.properties.kind === kind);
  }
  const map = makeMap(element, ground, { padding: margins() });
  map.getCanvas().setAttribute("aria-label", say("Map of the deviations. Move with the arrow keys, zoom with plus and minus. The same rows stand in the list."));
  chart = map;
  seen = element.clientWidth > 0;
  keepScale(map, document.getElementById("scale"));
  listenToSelection(map);
  listenToMap(map);
  map.on("zoomend", () => placePlates(map));
  listenToControls(map, boundsOf(ground.outline));
  Object.assign(state, await readDeviations());
  if (map.isStyleLoaded()) fill(map);
  else map.once("load", () => fill(map));
}

start();
