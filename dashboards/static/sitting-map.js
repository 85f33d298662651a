// The map of the item that the room is shown (kartan i rummet): its outline, and the deviations that the whole room may see.

import { boundsOf, collection, colour, geojson, keepScale, loadGround, makeMap, NOTHING } from "./ground.js";
import { say } from "./words.js";

const element = document.getElementById("sitting-map");
const letters = parseFloat(getComputedStyle(document.body).fontSize); // pixels, by the size of the screen
const USUAL = 12; // pixels of a name on other maps
const MANY = 60; // symbols that are drawn at their full size
const CLOSEST = 17.5;

/** Make the map and return what shows an item on it: { outline, points }. */
export async function makeRoomMap(first) {
  const ground = await loadGround(element.dataset.api);
  const more = { sources: { reach: geojson(NOTHING), here: geojson(NOTHING) }, layers: outlines, above: () => [symbols(first)] };
  fill(more.sources, first);
  const map = makeMap(element, { ...ground, more, enlarged: letters / USUAL }, { map: view(ground, first) });
  map.getCanvas().setAttribute("aria-label", say("Map of the item. Move with the arrow keys, zoom with plus and minus; Escape leads back to the item."));
  keepScale(map, document.getElementById("scale"), 8 * letters);
  return (item) => {
    fill(more.sources, item);
    more.above = () => [symbols(item)];
    for (const name of ["reach", "here"]) map.getSource(name)?.setData(more.sources[name].data);
    if (map.getLayer("here")) map.setLayoutProperty("here", "icon-image", symbols(item).layout["icon-image"]);
    map.resize(); // the legend has grown or shrunk
    const { bounds, fitBoundsOptions } = view(ground, item);
    map.fitBounds(bounds, { ...fitBoundsOptions, animate: false });
  };
}

function fill(sources, { outline, points }) {
  sources.reach.data = collection(outline ? [{ type: "Feature", properties: {}, geometry: outline }] : []);
  sources.here.data = collection(points);
}

/** Return how to look at an item: its outline with all that belongs to it, else the forum's whole area. */
function view(ground, { outline, points }) {
  const corners = [outline, ...points.map((point) => point.geometry)].filter(Boolean).flatMap(cornersOf);
  const [lons, lats] = [0, 1].map((i) => corners.map((corner) => corner[i]));
  const bounds = outline ? [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)] : boundsOf(ground.outline);
  return { bounds, fitBoundsOptions: { padding: { top: 4 * letters, bottom: 3 * letters, left: 3 * letters, right: 3 * letters }, maxZoom: CLOSEST } };
}

function cornersOf({ type, coordinates }) {
  if (type === "Point") return [coordinates];
  if (type === "LineString") return coordinates;
  return type === "Polygon" ? coordinates.flat() : coordinates.flat(2);
}

function outlines() {
  const line = { "line-color": colour("circle"), "line-width": letters / 8, "line-dasharray": [2.5, 2] };
  return [
    { id: "reach", type: "fill", source: "reach", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour("circle"), "fill-opacity": 0.1 } },
    { id: "reach-edge", type: "line", source: "reach", paint: line },
  ];
}

function symbols({ points }) {
  const radius = Math.round(letters * (points.length > MANY ? 0.6 : 1));
  return { id: "here", type: "symbol", source: "here", layout: { "icon-image": ["concat", "symbol:", ["get", "category"], `:${radius}`], "icon-allow-overlap": true, "icon-ignore-placement": true } };
}
