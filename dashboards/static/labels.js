// Where the names of a district's parts are written (namnlägen): within the part, where they cover the fewest counts.

import { isIn } from "./ground.js";

const LETTER = 7.4; // pixels of a letter, roughly
const LINE = 18;
const FINE = 9; // places tried in each direction
const OTHER_NAME = 8; // a name on a name is worse than a name on so many counts
const FAR = 1.2; // the price of a name at the edge of its part

/** Return the parts' names as points. `cells` are the boxes of the counts in the same pixels as `project` gives. */
export function placeNames(quarters, cells, project, lines = 1) {
  const taken = [];
  const names = quarters.filter((f) => f.properties.name).map((quarter) => {
    const best = candidates(quarter).reduce((found, place) => {
      const box = boxAt(project(place.at), quarter.properties.name, lines);
      const cost = count(cells, box) + OTHER_NAME * count(taken, box) + FAR * place.far;
      return !found || cost < found.cost ? { cost, box, at: place.at } : found;
    }, null);
    taken.push(best.box);
    return { type: "Feature", properties: { name: quarter.properties.name }, geometry: { type: "Point", coordinates: best.at } };
  });
  return { type: "FeatureCollection", features: names };
}

function candidates(quarter) {
  const rings = quarter.geometry.type === "Polygon" ? [quarter.geometry.coordinates[0]] : quarter.geometry.coordinates.map((p) => p[0]);
  const ring = rings.reduce((longest, each) => (each.length > longest.length ? each : longest));
  const [xs, ys] = [ring.map((p) => p[0]), ring.map((p) => p[1])];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const places = [];
  for (let i = 1; i < FINE; i += 1) {
    for (let j = 1; j < FINE; j += 1) {
      const at = [west + ((east - west) * i) / FINE, south + ((north - south) * j) / FINE];
      const far = Math.hypot(i / FINE - 0.5, j / FINE - 0.5) * 2;
      if (isIn({ lon: at[0], lat: at[1] }, [quarter])) places.push({ at, far });
    }
  }
  return places.length ? places : [{ at: ring[0], far: 1 }];
}

function boxAt([x, y], name, lines) {
  const [across, up] = [(name.length * LETTER) / 2, (lines * LINE) / 2];
  return [x - across, y - up, x + across, y + up];
}

const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
const count = (boxes, box) => boxes.filter((each) => meet(each, box)).length;
