// The small map of one deviation (läget): its symbol, and the circle that shows to scale how exactly the place is known.

import { circleAround, colour, collection, geojson, keepScale, loadGround, makeMap } from "./ground.js";
import { say } from "./words.js";

const element = document.getElementById("spot");

async function start() {
  const here = { lon: Number(element.dataset.lon), lat: Number(element.dataset.lat) };
  const metres = Number(element.dataset.accuracy);
  const ground = await loadGround(element.dataset.api);
  const point = { type: "Feature", properties: { group: element.dataset.code.split(".")[0] }, geometry: { type: "Point", coordinates: [here.lon, here.lat] } };
  const code = document.querySelector(`svg.symbol[data-code="${element.dataset.code}"]`) ? element.dataset.code : point.properties.group;
  const more = {
    sources: { circle: geojson(collection([circleAround(here, metres)])), spot: geojson(collection([point])) },
    layers: () => [
      { id: "circle", type: "fill", source: "circle", paint: { "fill-color": colour("circle"), "fill-opacity": 0.16 } },
      { id: "circle-edge", type: "line", source: "circle", paint: { "line-color": colour("circle"), "line-width": 1.6 } },
    ],
    above: () => [{ id: "spot", type: "symbol", source: "spot", layout: { "icon-image": `symbol:${code}:12`, "icon-allow-overlap": true } }],
  };
  const reach = Math.max(metres * 2.2, 60);
  const box = circleAround(here, reach).geometry.coordinates[0];
  const bounds = [Math.min(...box.map((p) => p[0])), Math.min(...box.map((p) => p[1])), Math.max(...box.map((p) => p[0])), Math.max(...box.map((p) => p[1]))];
  const map = makeMap(element, { ...ground, more }, { map: { bounds, fitBoundsOptions: { padding: 8 } } });
  map.getCanvas().setAttribute("aria-label", say("Map of the place. Move with the arrow keys, zoom with plus and minus."));
  const bar = document.getElementById("scale");
  if (bar) keepScale(map, bar);
}

start();
