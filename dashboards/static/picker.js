// Choosing a place (platsväljaren): the map is moved under a cross, which stands still; the place is read back in words.

import { collection, geojson, isIn, keepScale, loadGround, makeMap, metresTo, moved, NOTHING } from "./ground.js";
import { distance, say } from "./words.js";

const CLOSE = 16; // the zoom at which 50 m are about as wide as a thumb
const STEP = 10; // metres of one press of an arrow key
const LEAP = 50; // with shift
const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const AT = 15; // metres within which one is at a place, not a way from it
const SHOWN = 150; // milliseconds between two places that are shown while the map moves
const REST = 700; // milliseconds of rest before a place is said aloud
const SPEECH = 10000; // milliseconds after which one is said although the map still moves

/** Return what names a place: the nearest named thing, how far away, the area, and whether it lies in the forum. */
export function nameOf(here, ground) {
  let nearest = null;
  for (const each of ground.names) {
    const metres = metresTo(here, each);
    if (!nearest || metres < nearest.metres) nearest = { ...each, metres };
  }
  const quarter = ground.quarters.find((f) => isIn(here, [f]));
  return { nearest: nearest && nearest.metres <= 400 ? nearest : null, quarter: quarter?.properties.name ?? "", inside: isIn(here, ground.outline) };
}

/** Return what says words in a live region: once they rest, or every ten seconds while they go on changing. */
export function makeVoice(region) {
  let said = Date.now();
  let rest = null;
  const speak = (words) => {
    if (region.textContent !== words) [region.textContent, said] = [words, Date.now()];
  };
  return (words) => {
    clearTimeout(rest);
    if (Date.now() - said >= SPEECH) speak(words);
    else rest = setTimeout(speak, REST, words);
  };
}

/** Make a map under a cross. `onPlace` hears where the cross is, `onHand` that a hand or a key has moved it;
 * `settle` tells of a place that is not told of yet. */
export async function makePicker({ element, api, scale, start, onPlace, onMove, onHand, more }) {
  const ground = await loadGround(api);
  const map = makeMap(element, { ...ground, more }, { map: start ? { center: [start.lon, start.lat], zoom: CLOSE, bounds: undefined } : {} });
  if (!start) map.jumpTo({ zoom: Math.max(map.getZoom(), CLOSE) });
  map.keyboard.disable();
  map.getCanvas().tabIndex = -1;
  if (scale) keepScale(map, scale);
  let soon = null;
  const tell = () => {
    clearTimeout(soon);
    soon = null;
    onPlace(here(), nameOf(here(), ground));
  };
  const here = () => ({ lon: map.getCenter().lng, lat: map.getCenter().lat });
  map.on("move", ({ originalEvent }) => {
    if (originalEvent) onHand?.();
    onMove?.(map);
    soon ??= setTimeout(tell, SHOWN);
  });
  map.on("click", ({ lngLat }) => {
    onHand?.();
    map.easeTo({ center: lngLat, duration: 200 });
  });
  element.addEventListener("keydown", (event) => press(event, map, here) && onHand?.());
  const goTo = (place, zoom = Math.max(map.getZoom(), CLOSE)) => map.jumpTo({ center: [place.lon, place.lat], zoom });
  onMove?.(map);
  tell();
  return { map, ground, here, goTo, tell, settle: () => soon && tell() };
}

function press(event, map, here) {
  const direction = ARROWS[event.key];
  if (direction) {
    const metres = event.shiftKey ? LEAP : STEP;
    const next = moved(here(), direction[0] * metres, direction[1] * metres);
    map.jumpTo({ center: [next.lon, next.lat] });
  } else if (event.key === "+" || event.key === "-") {
    map.jumpTo({ zoom: map.getZoom() + (event.key === "+" ? 1 : -1) });
  } else return false;
  event.preventDefault();
  return Boolean(direction);
}

/** Say a place in words: its name, and the rest of what is known of it. */
export function inWords({ nearest, quarter, inside }) {
  if (!inside) return [say("Outside the forum's area"), say("Move the cross into the area.")];
  const name = nearest?.name ?? quarter ?? say("No named place close by");
  const parts = [quarter !== name ? quarter : "", nearest && nearest.metres >= AT ? say("%(distance)s away", { distance: distance(nearest.metres) }) : ""];
  return [name || say("No named place close by"), parts.filter(Boolean).join(" · ")];
}

/** Return sources and layers of what was marked lately, for finding one's way; empty until `fill` is called. */
export function lately(radius) {
  return {
    sources: { lately: geojson(NOTHING) },
    above: () => [{ id: "lately", type: "symbol", source: "lately", layout: { "icon-image": ["concat", "symbol:", ["get", "group"], `:${radius}`], "icon-allow-overlap": true, "icon-ignore-placement": true } }],
    fill(map, features) {
      for (const feature of features) feature.properties.group = feature.properties.category.split(".")[0];
      this.sources.lately.data = collection(features);
      map.getSource("lately")?.setData(this.sources.lately.data);
    },
  };
}

