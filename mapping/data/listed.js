// What the map shows, as a list: each square or deviation is a button that leads to it and lets it tell of itself.

const LISTED = 500; // in a list at most: what is more is found by category and time
const placed = (each) => (each.getLatLng ? each.getLatLng() : each.getBounds().getCenter());
let relist = () => {};

/** Return what is shown now: deviations as the file has them, or squares, the fullest first. */
function shownNow() {
  if (chosen.how === "spots") return layersOf().flatMap((layer) => layer.getLayers()).filter((each) => each.seen());
  return squares.getLayers().filter((each) => each.n).sort((a, b) => b.n - a.n);
}

function called(each) {
  return each.getLatLng ? described(each) : say("%(where)s: %(n)s", { where: each.feature.properties.name, n: number(each.n) });
}

/** Move to a square or a deviation, shown as such, and let it tell of itself. */
function lead(map, each) {
  if (chosen.how === "density") document.querySelector('[name="how"][value="squares"]').click();
  map.setView(placed(each), Math.max(map.getZoom(), NAMED), { animate: false });
  map.getContainer().scrollIntoView({ block: "nearest" });
  each.fire("click", { latlng: placed(each) }, true);
}

function listShown(map) {
  const list = find("listed");
  if (!list) return;
  relist = () => {
    if (!list.parentElement.open) return;
    const all = shownNow();
    list.replaceChildren(...all.slice(0, LISTED).map((each) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: called(each) });
      button.addEventListener("click", () => lead(map, each));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
    find("unlisted").textContent = all.length > LISTED ? say("%(n)s more: choose fewer categories or a part of the period.", { n: number(all.length - LISTED) }) : "";
  };
  list.parentElement.addEventListener("toggle", () => relist());
}
