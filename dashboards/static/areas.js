// The layer of areas (områdena): the outlines of the forum's parts, and how many deviations lie in each as the server counts them.

import { colour } from "./ground.js";
import { number } from "./words.js";

export class Areas {
  constructor() {
    this.counts = null; // name of an area → its count; null while the layer is not shown
    this.asked = 0;
  }

  layers() {
    const layout = { visibility: this.counts ? "visible" : "none", "line-join": "round" };
    return [{ id: "areas", type: "line", source: "quarters", filter: this.filter(), layout, paint: { "line-color": colour("accent"), "line-width": 2 } }];
  }

  filter() {
    return ["in", ["get", "name"], ["literal", [...(this.counts?.keys() ?? [])]]];
  }

  /** Show the layer with the counts of the table at the address, or take it away; false when a newer call took over. */
  async show(map, url, headers = {}) {
    const mine = (this.asked += 1);
    const counts = url ? await countsAt(url, headers) : null;
    if (mine !== this.asked) return false;
    this.counts = counts;
    map.setLayoutProperty("areas", "visibility", counts ? "visible" : "none");
    map.setFilter("areas", this.filter());
    return true;
  }

  /** Write the counts under the names. */
  label(plates) {
    for (const { properties } of plates.features) {
      if (this.counts?.has(properties.name)) properties.count = number(this.counts.get(properties.name));
    }
    return plates;
  }
}

async function countsAt(url, headers) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html", ...headers } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return new Map([...page.querySelectorAll("#by-area [data-area]")].map((row) => [row.dataset.area, Number(row.dataset.n)]));
}
