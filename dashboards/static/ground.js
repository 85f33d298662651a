// The quiet ground that deviations lie on (kartgrunden): the forum's area, water, tracks and names, from our own server.

import { Map as Chart, setWorkerUrl } from "./vendor/maplibre-gl/maplibre-gl.mjs";
import { symbolsOf, drawSymbol, PIXELS } from "./symbols.js";

setWorkerUrl(new URL("./vendor/maplibre-gl/maplibre-gl-worker.mjs", import.meta.url).href);

const FONT = ["Inter", "Segoe UI", "Roboto", "Arial"];
const BOLD = ["Inter SemiBold", ...FONT];
const NOTHING = { type: "FeatureCollection", features: [] };

const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

/** Return a colour token as the browser shows it now, light or dark. */
export function colour(token) {
  probe.style.color = `var(--${token})`;
  return getComputedStyle(probe).color;
}

/** Fetch JSON from our own server; anything but success is an error. */
export async function fetchJson(url, options = {}) {
  const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", ...options });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.json();
}

/** Fetch the forum's areas and ground once for a page. */
export async function loadGround(api) {
  const [areas, ground] = await Promise.all([fetchJson(`${api}/areas`), fetchJson(`${api}/ground`)]);
  return { areas, ground, names: namesOf(ground), outline: outlineOf(areas), quarters: areas.features.filter((f) => !f.properties.mine) };
}

function outlineOf(areas) {
  return areas.features.filter((feature) => feature.properties.mine);
}

/** Return what names a place: the points and lines of the ground that have a name, as lists of [lon, lat]. */
function namesOf(ground) {
  const named = ground.features.filter((f) => f.properties.name && NAMING.has(f.properties.kind));
  return named.map((f) => ({ name: f.properties.name, kind: f.properties.kind, parts: partsOf(f.geometry) })).filter((each) => each.parts.length);
}

const NAMING = new Set(["stop", "school", "square", "street"]);

function partsOf({ type, coordinates }) {
  if (type === "Point") return [[coordinates]];
  if (type === "LineString") return [coordinates];
  return type === "MultiLineString" || type === "Polygon" ? coordinates : [];
}

/** Return the rings of polygons, outer ones first in each. */
function polygonsOf(features) {
  return features.flatMap((f) => (f.geometry.type === "Polygon" ? [f.geometry.coordinates] : f.geometry.coordinates));
}

/** Return [west, south, east, north] of features. */
export function boundsOf(features) {
  const box = [180, 90, -180, -90];
  for (const polygon of polygonsOf(features)) {
    for (const [lon, lat] of polygon[0]) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box;
}

function veil(outline) {
  const world = [[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]];
  const holes = polygonsOf(outline).map((polygon) => polygon[0]);
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [world, ...holes] } };
}

/** Return where a polygon's name is written: the middle of its outer ring, weighted by area. */
function middle(polygon) {
  let area = 0;
  let x = 0;
  let y = 0;
  const ring = polygon[0];
  for (let i = 0; i < ring.length - 1; i += 1) {
    const cross = ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
    area += cross;
    x += (ring[i][0] + ring[i + 1][0]) * cross;
    y += (ring[i][1] + ring[i + 1][1]) * cross;
  }
  return area ? [x / (3 * area), y / (3 * area)] : ring[0];
}

const span = (polygon) => polygon[0].length && Math.abs(boundsOf([{ geometry: { type: "Polygon", coordinates: polygon } }]).reduce((sum, edge, i) => sum + (i < 2 ? -edge : edge), 0));

function nameplates(features, kind) {
  const plates = features.filter((f) => f.properties.name).map((f) => {
    const largest = polygonsOf([f]).reduce((best, polygon) => (span(polygon) > span(best) ? polygon : best));
    return { type: "Feature", properties: { name: f.properties.name, kind }, geometry: { type: "Point", coordinates: middle(largest) } };
  });
  return { type: "FeatureCollection", features: plates };
}

const collection = (features) => ({ type: "FeatureCollection", features });
const geojson = (data, more = {}) => ({ type: "geojson", data, ...more });
const ofKind = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];

const SPOTS = ["all", ofKind("stop", "school", "square"), ["==", ["geometry-type"], "Point"]];

/** The address of the tiles of a map that lies under ours, where the installation has one. */
const basemap = document.documentElement.dataset.basemap;
const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function sources(ground) {
  const waters = ground.ground.features.filter((f) => f.properties.kind === "water");
  return {
    ...(basemap ? { basemap: { type: "raster", tiles: [location.origin + basemap], tileSize: 256, maxzoom: 19 } } : {}),
    ground: geojson(ground.ground),
    outline: geojson(collection(ground.outline)),
    quarters: geojson(collection(ground.quarters)),
    veil: geojson(veil(ground.outline)),
    plates: geojson(ground.plates ?? nameplates(ground.quarters, "quarter")),
    waters: geojson(nameplates(waters, "water")),
    ...ground.more?.sources,
  };
}

function groundLayers() {
  const line = (id, source, filter, paint, more = {}) => ({ id, type: "line", source, ...(filter ? { filter } : {}), layout: { "line-join": "round", "line-cap": "round" }, paint, ...more });
  const quiet = { "raster-saturation": -0.7, "raster-contrast": -0.2, "raster-opacity": 0.75, "raster-brightness-max": dark() ? 0.45 : 1 };
  const drawn = [
    { id: "land", type: "fill", source: "outline", paint: { "fill-color": colour("map-land") } },
    { id: "water", type: "fill", source: "ground", filter: ofKind("water"), paint: { "fill-color": colour("map-water") } },
    line("paths", "ground", ofKind("path", "street"), { "line-color": colour("map-path"), "line-width": ["interpolate", ["linear"], ["zoom"], 11, 1.2, 16, 4] }),
    line("rail", "ground", ofKind("rail"), { "line-color": colour("map-rail"), "line-width": 2.4 }),
    line("sleepers", "ground", ofKind("rail"), { "line-color": colour("map-land"), "line-width": 1.2, "line-dasharray": [4, 4] }, {}),
    line("metro", "ground", ofKind("metro"), { "line-color": colour("map-metro"), "line-width": ["interpolate", ["linear"], ["zoom"], 11, 2.2, 16, 4] }),
  ];
  return [
    { id: "background", type: "background", paint: { "background-color": colour("map-outside") } },
    ...(basemap ? [{ id: "basemap", type: "raster", source: "basemap", paint: quiet }] : drawn),
    { id: "veil", type: "fill", source: "veil", paint: { "fill-color": colour("map-outside"), "fill-opacity": 0.45 } },
    line("inner", "quarters", null, { "line-color": colour("map-inner"), "line-width": 1, "line-dasharray": [1.5, 2] }),
    line("border", "outline", null, { "line-color": colour("map-border"), "line-width": 1.5 }),
  ];
}

function label(id, source, filter, size, text, { font = FONT, ink = "map-label", dot = 0, ...more } = {}) {
  return {
    id, type: "symbol", source, ...(filter ? { filter } : {}),
    layout: {
      "text-field": ["get", "name"], "text-font": font, "text-size": size, "text-max-width": 9, "text-padding": 4,
      ...(dot ? { "text-variable-anchor": ["top", "bottom", "left", "right"], "text-radial-offset": dot } : {}), ...text,
    },
    paint: { "text-color": colour(ink), "text-halo-color": colour("map-land"), "text-halo-width": 1.6 },
    ...more,
  };
}

const FEW = 15; // parts whose names may stand over what lies below; of more than that only those that have room

const counted = () => ["case", ["has", "count"], ["format", ["get", "name"], {}, "\n", {}, ["get", "count"], { "font-scale": 1.25 }], ["get", "name"]];

function labelLayers(ground) {
  const size = (pixels) => pixels * (ground.enlarged ?? 1);
  return [
    { id: "dots", type: "circle", source: "ground", filter: SPOTS, minzoom: 14, paint: { "circle-radius": 3.5, "circle-color": colour("map-land"), "circle-stroke-color": colour("map-label-quiet"), "circle-stroke-width": 1.6 } },
    label("stops", "ground", SPOTS, size(12.5), {}, { minzoom: 14, ink: "map-label-quiet", dot: 0.7 }),
    label("streets", "ground", ["all", ofKind("street"), ["==", ["geometry-type"], "LineString"]], size(12), { "symbol-placement": "line" }, { minzoom: 13.5, ink: "map-label-quiet" }),
    label("waters", "waters", null, size(12), {}, { ink: "map-water-label", minzoom: 11 }),
    label("plates", "plates", null, size(13), { "text-field": counted(), "text-allow-overlap": ground.quarters.length <= FEW, "text-max-width": 20 }, { font: BOLD, maxzoom: 15.5 }),
  ];
}

/** Return the whole style of a map: the ground below, what the page adds, the names above. */
export function styleOf(ground) {
  return { version: 8, sources: sources(ground), layers: [...groundLayers(), ...(ground.more?.layers?.() ?? []), ...labelLayers(ground), ...(ground.more?.above?.() ?? [])] };
}

let symbols = new Map(); // of the page as it was when its map was made

/** Return the picture of a symbol that a layer names, in the colours of now. */
function pictureOf(id) {
  const [kind, code, radius] = id.split(":");
  const symbol = symbols.get(code);
  if (kind !== "symbol" || !symbol) return null;
  return drawSymbol(symbol, { radius: Number(radius), outline: colour("symbol-outline"), halo: colour("map-land"), family: getComputedStyle(document.body).fontFamily });
}

/** Make a map in an element. `ground.more` holds the page's own sources and layers, redrawn when light turns dark;
 *  `ground.enlarged` is how many times larger than usual its names are. */
export function makeMap(element, ground, options = {}) {
  element.querySelector(".map-missing")?.remove();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new Chart({
    container: element, style: styleOf(ground), attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0, maxZoom: 19,
    fadeDuration: still ? 0 : 150, bounds: boundsOf(ground.outline), fitBoundsOptions: { padding: options.padding ?? 24 }, ...options.map,
  });
  map.on("error", ({ error }) => error?.status === 0 || console.error(error?.message ?? error)); // 0: no network, or the page is being left
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  symbols = symbolsOf(document);
  map.setMissingStyleImageResolver((id) => {
    const drawn = pictureOf(id);
    if (drawn) map.addImage(id, drawn, { pixelRatio: PIXELS });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => map.setStyle(styleOf(ground), { diff: false }));
  return map;
}

/** Draw the map at once as it looks on a light page, for paper; returns what draws it as before. */
export function lighten(map, ground) {
  const { dataset } = document.documentElement;
  const before = dataset.theme;
  if (!dark()) return () => {};
  const paint = () => {
    for (const { id, paint: worn } of styleOf(ground).layers) {
      for (const [name, value] of Object.entries(worn ?? {})) {
        if (typeof value !== "string") continue; // what depends on a feature is worked out apart, too late for paper
        map.setPaintProperty(id, `${name}-transition`, { duration: 0, delay: 0 });
        map.setPaintProperty(id, name, value);
      }
    }
    for (const id of map.listImages()) {
      const drawn = pictureOf(id);
      if (drawn) map.updateImage(id, drawn);
    }
    map.redraw();
  };
  dataset.theme = "light";
  paint();
  return () => {
    if (before) dataset.theme = before;
    else delete dataset.theme;
    paint();
  };
}

/** Keep a scale bar true: `bar` is an element whose inner span gets the length, at most so many pixels, and the words. */
export function keepScale(map, bar, most = 120) {
  const inner = bar.querySelector("span");
  const update = () => {
    const middleLat = map.getCenter().lat;
    const metresPerPixel = (40075016.686 * Math.cos((middleLat * Math.PI) / 180)) / (512 * 2 ** map.getZoom());
    const steps = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
    const metres = steps.findLast((step) => step / metresPerPixel <= most) ?? 5;
    inner.style.inlineSize = `${metres / metresPerPixel}px`;
    inner.textContent = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
  };
  map.on("move", update);
  update();
}

const RADIUS = 6371008.8;

/** Return metres from a point to a named thing, near enough for a town (equirectangular). */
export function metresTo({ lon, lat }, named) {
  const east = (RADIUS * Math.PI * Math.cos((lat * Math.PI) / 180)) / 180;
  const north = (RADIUS * Math.PI) / 180;
  const flat = ([x, y]) => [(x - lon) * east, (y - lat) * north];
  return Math.min(...named.parts.map((part) => nearest(part.map(flat))));
}

/** Return the distance of the origin from a line of points, or from the one point that it is. */
function nearest(line) {
  if (line.length === 1) return Math.hypot(...line[0]);
  return Math.min(...line.slice(1).map((end, i) => {
    const [[ax, ay], [bx, by]] = [line[i], end];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(ax + along * dx, ay + along * dy);
  }));
}

/** Return the circle of a radius in metres around a point, drawn to scale as a polygon. */
export function circleAround({ lon, lat }, metres) {
  const ring = Array.from({ length: 65 }, (_, i) => {
    const angle = (i / 64) * 2 * Math.PI;
    const dLat = ((metres * Math.sin(angle)) / RADIUS) * (180 / Math.PI);
    const dLon = ((metres * Math.cos(angle)) / (RADIUS * Math.cos((lat * Math.PI) / 180))) * (180 / Math.PI);
    return [lon + dLon, lat + dLat];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

/** Return the point moved by metres east and north. */
export function moved({ lon, lat }, east, north) {
  const dLat = (north / RADIUS) * (180 / Math.PI);
  const dLon = (east / (RADIUS * Math.cos((lat * Math.PI) / 180))) * (180 / Math.PI);
  return { lon: lon + dLon, lat: lat + dLat };
}

function inRing([x, y], ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Tell whether a point lies in one of the features, holes left out. */
export function isIn({ lon, lat }, features) {
  return polygonsOf(features).some(([outer, ...holes]) => inRing([lon, lat], outer) && !holes.some((hole) => inRing([lon, lat], hole)));
}

export { FONT, BOLD, NOTHING, geojson, collection, ofKind };
