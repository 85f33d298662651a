// The map room (kartan): counts, symbols or density, the list beside it, and the selection that all of them follow.

import { Areas } from "./areas.js";
import { counted, Drawing, feature, newSince, quantumAt, sideAt } from "./draw.js";
import { boundsOf, collection, keepScale, lighten, loadGround, makeMap, NOTHING } from "./ground.js";
import { placeNames } from "./labels.js";
import { markHere } from "./mark-here.js";
import { matching } from "./matching.js";
import { address, pressNone, prepareNone } from "./selection.js";
import { slide } from "./slider.js";
import { renew, swap, UNATTENDED } from "./swap.js";
import { distance, number, say } from "./words.js";

const HALF = 12; // pixels of half a symbol
const element = document.getElementById("map");
const room = document.querySelector(".map-room");
const areas = new Areas();
const state = { fresh: true, news: [] };

let ground = null;
let chart = null;
let drawing = null;
let seen = false; // a map that is made unseen does not know its size

// --- what lies on top ---------------------------------------------------------------------------

function chosenFeature() {
  const card = document.getElementById("chosen");
  return card?.dataset.lon ? feature(card.dataset, { chosen: true }) : null;
}

function fillOver(map) {
  const chosen = chosenFeature();
  const news = state.fresh ? state.news.filter((row) => row.properties.nr !== chosen?.properties.nr) : [];
  drawing.put(map, "over", collection(chosen ? [...news, chosen] : news));
}

async function readNews(map, headers = {}) {
  state.news = await newSince(element.dataset.api, element.dataset.query, element.dataset.since, headers);
  fillOver(map);
}

/** Write the parts' names where they cover the fewest counts at this zoom. */
function placePlates(map) {
  const corner = ([lon, lat]) => Object.values(map.project([lon, lat]));
  const covered = drawing.covered(map).map(([west, south, east, north]) => {
    const [[left, top], [right, bottom]] = [corner([west, north]), corner([east, south])];
    return left === right ? [left - HALF, top - HALF, left + HALF, top + HALF] : [left, top, right, bottom];
  });
  ground.plates = areas.label(placeNames(ground.quarters, covered, corner, areas.counts ? 2 : 1));
  map.getSource("plates")?.setData(ground.plates);
}

/** Count anew in each area, if the layer is shown. */
async function countAreas(map, headers = {}) {
  document.getElementById("areas-table").href = element.dataset.areas;
  const shown = document.getElementById("show-areas").checked;
  if ((shown || areas.counts) && await areas.show(map, shown ? element.dataset.areas : "", headers)) placePlates(map);
}

/** Say how large a square is at this zoom, and whether rings are drawn. */
function sayLegend(map) {
  const side = sideAt(map.getZoom(), map.getCenter().lat);
  const words = distance(Math.round(side / 10) * 10);
  for (const place of document.querySelectorAll("[data-side]")) place.textContent = say("Cell %(side)s on each side", { side: words });
  const rings = map.getSource("cells") ? map.querySourceFeatures("cells", { sourceLayer: "vague" }) : [];
  for (const line of document.querySelectorAll("[data-rings]")) line.hidden = !rings.length;
}

// --- the selection ----------------------------------------------------------------------------

const PARTS = ["problem-box", "side", "filters", "weeks", "shared"];

async function go(map, url, options) {
  const page = await swap(url, PARTS, options);
  if (!page) return;
  const next = page.getElementById("map").dataset;
  Object.assign(element.dataset, { query: next.query, whole: next.whole, areas: next.areas, chosen: next.chosen });
  document.getElementById("shown").textContent = page.getElementById("shown").textContent;
  document.getElementById("announce").textContent = document.querySelector("#side h2").textContent;
  prepareNone();
  const chosen = document.getElementById("chosen");
  if (chosen && options?.focus) chosen.focus();
  document.getElementById("problems")?.focus();
  drawing.select(map, next.query, next.whole);
  settle(map);
  fillOver(map);
  reveal(map);
  await Promise.all([readNews(map), countAreas(map)]);
}

/** Show what has changed, by the page itself: nothing moves, nothing takes the focus. */
async function goOn(map) {
  if (drawing.live) return false; // the weeks are being played, or something is chosen
  const page = await renew(["side", "weeks", "shared"]);
  if (!page) return false;
  document.getElementById("shown").textContent = page.getElementById("shown").textContent;
  drawing.refresh(map);
  await Promise.all([readNews(map, UNATTENDED), countAreas(map, UNATTENDED)]);
  return true;
}

/** Move the map if the chosen symbol is out of sight or under the legend. */
function reveal(map) {
  const chosen = chosenFeature();
  if (!chosen || !element.clientWidth) return;
  const { x, y } = map.project(chosen.geometry.coordinates);
  const legend = document.querySelector(".legend").getBoundingClientRect();
  const stage = element.getBoundingClientRect();
  const covered = x + stage.left < legend.right + 20 && y + stage.top > legend.top - 20;
  const inside = x > 20 && y > 60 && x < stage.width - 60 && y < stage.height - 40;
  if (covered || !inside) map.easeTo({ center: chosen.geometry.coordinates });
}

function listenToSelection(map) {
  const form = document.getElementById("filters");
  const send = (event) => {
    if (event.target.closest?.("[data-apart]")) return;
    event.preventDefault?.();
    const url = address();
    if (!url) return;
    go(map, url);
    if (HERE.has(event.target.name)) drawAtOnce(map);
  };
  form.addEventListener("change", send);
  form.addEventListener("submit", send);
  room.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    const none = event.target.closest("[data-none]");
    if (none && pressNone(none)) {
      go(map, address());
      drawAtOnce(map);
    }
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(map, link.href, { focus: Boolean(link.closest(".row")) });
  });
  document.addEventListener("trygg:changed", (event) => event.detail.until(goOn(map)));
  window.addEventListener("popstate", () => go(map, location.href, { push: false }));
}

const narrow = () => getComputedStyle(document.querySelector(".views")).display !== "none";

function visit(map, changes) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) value === null ? url.searchParams.delete(name) : url.searchParams.set(name, value);
  go(map, url.href, { focus: Boolean(changes.chosen) });
  if (narrow()) show("list");
}

const choose = (map, nr) => visit(map, { chosen: nr });
const lookInto = (map, box) => visit(map, { bbox: box.map((edge) => edge.toFixed(6)).join(","), chosen: null });

// --- at once ------------------------------------------------------------------------------------

const HERE = new Set(["category", "who", "organisation", "hour", "weekday"]); // what the loaded points tell of themselves

/** Draw what is chosen out of what is loaded, and its count; the server's take their place. */
function drawAtOnce(map, days) {
  if (!element.clientWidth) return;
  drawing.show(map, drawing.mode, matching(document.getElementById("filters"), days));
  fillNow(map);
}

/** Draw the server's picture again, as soon as it is there. */
function settle(map) {
  const { live } = drawing;
  if (live) map.once("idle", () => drawing.live === live && drawing.show(map, drawing.mode, null));
}

function fillNow(map) {
  if (!drawing.live) return;
  const points = map.querySourceFeatures("whole", { sourceLayer: "deviations", filter: drawing.live });
  const found = [...new Map(points.map((point) => [point.properties.nr, point])).values()];
  if (drawing.mode === "cells") drawing.put(map, "now", counted(found, map.getZoom(), quantumAt(map.getZoom())));
  if (document.getElementById("side").classList.contains("busy")) sayCount(map, found.length);
}

/** Say how many are found, if all are loaded: until the server has counted them. */
function sayCount(map, found) {
  const [west, south, east, north] = boundsOf(ground.outline);
  const all = map.isSourceLoaded("whole") && [[west, south], [east, north]].every((corner) => map.getBounds().contains(corner));
  const total = number(Number(element.dataset.total));
  document.querySelector("#side h2").textContent = all ? say("%(n)s of %(total)s deviations", { n: number(found), total }) : say("Counting …");
}

function listenToTime(map) {
  slide({
    draw: (first, last) => (first === null ? drawing.show(map, drawing.mode, null) : drawAtOnce(map, { first, last })),
    rest: (first, last) => {
      document.getElementById("from").value = first;
      document.getElementById("until").value = last;
      const url = address();
      if (url) go(map, url);
    },
  });
  const approach = () => drawing.approach(map);
  for (const id of ["filters", "weeks"]) {
    for (const kind of ["pointerenter", "focusin"]) document.getElementById(id).addEventListener(kind, approach, { once: true });
  }
  map.on("sourcedata", (event) => event.sourceId === "whole" && event.isSourceLoaded && fillNow(map));
  map.on("zoomend", () => fillNow(map));
}

// --- on paper -----------------------------------------------------------------------------------

const PAPER = { width: 670, height: 620 }; // pixels of an A4 page that the map may take

/** Put a copy of the drawn map on paper, as it stands on the screen: a drawing by the graphics card is gone when it is printed. */
function listenToPrinting(map) {
  const stage = element.parentElement;
  addEventListener("beforeprint", () => {
    if (!element.clientWidth) return;
    const darken = lighten(map, ground);
    map.redraw();
    const drawn = map.getCanvas();
    const picture = Object.assign(document.createElement("canvas"), { className: "picture", width: drawn.width, height: drawn.height });
    picture.getContext("2d").drawImage(drawn, 0, 0);
    darken();
    const [width, height] = [element.clientWidth, element.clientHeight];
    Object.assign(stage.style, { width: `${width}px`, height: `${height}px`, zoom: Math.min(1, PAPER.width / width, PAPER.height / height) });
    stage.classList.add("printed");
    element.append(picture);
  });
  addEventListener("afterprint", () => {
    element.querySelector(".picture")?.remove();
    stage.classList.remove("printed");
    Object.assign(stage.style, { width: "", height: "", zoom: "" });
  });
}

// --- hands on the map -------------------------------------------------------------------------

function listenToMap(map) {
  for (const layer of ["single", "live-single", "over"]) map.on("click", layer, (event) => choose(map, event.features[0].properties.nr));
  map.on("click", ["gathered", "shared"], (event) => {
    const [{ geometry, properties }] = event.features;
    if (map.getZoom() < 17.5 && !properties.one_spot) map.easeTo({ center: geometry.coordinates, zoom: map.getZoom() + 2 });
    else lookInto(map, around(geometry.coordinates));
  });
  map.on("click", "vague", (event) => lookInto(map, around(event.features[0].geometry.coordinates)));
  map.on("click", "cells", (event) => {
    const taken = map.queryRenderedFeatures(event.point, { layers: ["over", "vague"] });
    if (!taken.length) lookInto(map, boundsOf([event.features[0]]));
  });
  for (const layer of ["single", "over", "gathered", "shared", "vague", "cells"]) {
    map.on("mouseenter", layer, () => map.getCanvas().classList.add("pressable"));
    map.on("mouseleave", layer, () => map.getCanvas().classList.remove("pressable"));
  }
  map.on("mousemove", (event) => {
    const [hit] = map.queryRenderedFeatures(event.point, { layers: ["single", "over"] });
    for (const row of document.querySelectorAll("#side .row")) row.classList.toggle("pointed", row.dataset.nr === String(hit?.properties.nr));
  });
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
  document.getElementById("show-areas").addEventListener("change", () => countAreas(map));
  const side = document.getElementById("side");
  const point = (event) => {
    const row = event.type === "mouseleave" ? null : event.target.closest(".row");
    drawing.put(map, "pointed", row ? collection([feature(row.dataset)]) : NOTHING);
  };
  for (const kind of ["mouseover", "focusin", "mouseleave"]) side.addEventListener(kind, point);
}

function drawAs(map, mode) {
  drawing.show(map, mode);
  fillNow(map);
  map.once("idle", () => placePlates(map));
  for (const button of document.querySelectorAll("[data-draw]")) button.setAttribute("aria-pressed", String(button.dataset.draw === mode));
  for (const part of document.querySelectorAll("[data-legend]")) part.hidden = part.dataset.legend !== mode;
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
  if (!wide) return { top: 96, bottom: 8, left: 8, right: 8 };
  return { top: beside ? 40 : 56, bottom: beside ? 48 : 112, left: beside ? 130 : 24, right: beside ? 40 : 60 };
}

function prepare() {
  for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(button.dataset.show));
  for (const part of document.querySelectorAll(".map-controls")) part.hidden = false;
  show(new URLSearchParams(location.search).get("chosen") ? "list" : "map");
  if (innerWidth < 761) document.querySelector(".legend").open = false;
  prepareNone();
}

async function start() {
  prepare();
  ground = await loadGround(element.dataset.api);
  for (const kind of ["metro", "rail"]) {
    const covered = document.documentElement.dataset.basemap; // another map shows its own
    document.querySelector(`.line.${kind}`).parentElement.hidden = covered || !ground.ground.features.some((f) => f.properties.kind === kind);
  }
  const [, south, , north] = boundsOf(ground.outline);
  drawing = new Drawing(element.dataset.api, element.dataset.query, element.dataset.whole, (south + north) / 2);
  ground.more = { sources: drawing.sources, layers: () => [...areas.layers(), ...drawing.layers()], above: drawing.above };
  const transformRequest = (url) => ({ url, headers: drawing.unattended ? UNATTENDED : {} });
  const map = makeMap(element, ground, { padding: margins(), map: { transformRequest } });
  map.getCanvas().setAttribute("aria-label", say("Map of the deviations. Move with the arrow keys, zoom with plus and minus. The same rows stand in the list."));
  chart = map;
  seen = element.clientWidth > 0;
  keepScale(map, document.getElementById("scale"));
  listenToSelection(map);
  listenToMap(map);
  listenToTime(map);
  listenToPrinting(map);
  markHere(map, element);
  listenToControls(map, boundsOf(ground.outline));
  sayLegend(map);
  map.on("zoomend", () => sayLegend(map));
  map.on("idle", () => sayLegend(map));
  map.on("zoomend", () => map.once("idle", () => placePlates(map)));
  map.once("idle", () => placePlates(map));
  const top = () => readNews(map).then(() => reveal(map));
  if (map.isStyleLoaded()) top();
  else map.once("load", top);
}

start();
