// How far a place reaches (räckvidd): a shape with a radius around it, drawn as what it is.

import { circleAround, colour } from "./ground.js";

const METRES = 111195; // of one degree of latitude
const PIXEL = 78271.517; // metres of one pixel at the equator, on a map of zoom 0
const FAR = 22; // zooms

function cornersOf({ type, coordinates }) {
  if (type === "Point") return [coordinates];
  if (type === "LineString") return coordinates;
  return type === "Polygon" ? coordinates.flat() : coordinates.flat(2);
}

/** Return the features that draw a shape and what lies within so many metres of it. */
export function reachOf(shape, radius) {
  const [lon, lat] = cornersOf(shape)[0];
  const pixels = (2 * radius) / (PIXEL * Math.cos((lat * Math.PI) / 180)); // of the whole width, on a map of zoom 0
  const drawn = { type: "Feature", properties: { pixels }, geometry: shape };
  return shape.type === "Point" ? [circleAround({ lon, lat }, radius), drawn] : [drawn];
}

/** Return [west, south, east, north] of a shape and so many metres around it. */
export function boundsAround(shape, metres) {
  const corners = cornersOf(shape);
  const [lons, lats] = [0, 1].map((i) => corners.map((corner) => corner[i]));
  const north = metres / METRES;
  const east = north / Math.cos((lats[0] * Math.PI) / 180);
  return [Math.min(...lons) - east, Math.min(...lats) - north, Math.max(...lons) + east, Math.max(...lats) + north];
}

const WIDTH = ["interpolate", ["exponential", 2], ["zoom"], 0, ["get", "pixels"], FAR, ["*", ["get", "pixels"], 2 ** FAR]];

/** Return the layers that draw the source `reach`. */
export function reachLayers() {
  const line = ["==", ["geometry-type"], "LineString"];
  const area = ["==", ["geometry-type"], "Polygon"];
  return [
    { id: "reach", type: "fill", source: "reach", filter: area, paint: { "fill-color": colour("circle"), "fill-opacity": 0.18 } },
    { id: "reach-width", type: "line", source: "reach", filter: line, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colour("circle"), "line-opacity": 0.18, "line-width": WIDTH } },
    { id: "reach-line", type: "line", source: "reach", filter: line, paint: { "line-color": colour("circle"), "line-width": 2.4 } },
    { id: "reach-corner", type: "circle", source: "reach", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 4, "circle-color": colour("circle") } },
  ];
}
