// The small map of one place (platsen): what was drawn, how far around it reaches, and the deviations that belong to it.

import { colour, collection, fetchJson, geojson, keepScale, loadGround, makeMap, NOTHING } from "./ground.js";
import { boundsAround, reachOf, reachLayers } from "./reach.js";
import { say } from "./words.js";

const element = document.getElementById("shape");

async function start() {
  const shape = JSON.parse(element.dataset.geometry);
  const radius = Number(element.dataset.radius);
  const ground = await loadGround(element.dataset.api);
  const more = {
    sources: { reach: geojson(collection(reachOf(shape, radius))), here: geojson(NOTHING) },
    layers: reachLayers,
    above: () => [{ id: "here", type: "circle", source: "here", paint: { "circle-radius": 4, "circle-color": colour("accent"), "circle-stroke-color": colour("map-land"), "circle-stroke-width": 1.5 } }],
  };
  const map = makeMap(element, { ...ground, more }, { map: { bounds: boundsAround(shape, Math.max(radius, 40)), fitBoundsOptions: { padding: 24, maxZoom: 17 } } });
  map.getCanvas().setAttribute("aria-label", say("Map of the place. Move with the arrow keys, zoom with plus and minus."));
  keepScale(map, document.getElementById("scale"));
  const found = await fetchJson(`${element.dataset.api}/deviations?place=${element.dataset.nr}&limit=1000`).catch(() => null);
  if (!found) return;
  more.sources.here.data = collection(found.features);
  map.getSource("here")?.setData(more.sources.here.data);
}

start();
