// What the analyses found, over squares and symbols: frames and outlines that tell of themselves, and the density.

const TIMED = '.what, .time input'; // what the density does not follow: it is of the whole period and of everything
const NAMED = 14; // the zoom from which places have their names written: at others they would lie over the counts
const overlaysOf = () => facts.overlays.map((_, place) => window[`overlay_${place}`]);
const outlines = { paths: {}, places: {}, hot: {} };

/** Return where a mark's label stands: a number at the corner, a name below. */
function labelled(mark) {
  const bounds = mark.getBounds();
  return mark.feature.properties.kind === "hot" ? bounds.getNorthWest() : L.latLng(bounds.getSouth(), bounds.getCenter().lng);
}

/** Draw a mark as a line with a halo; it is chosen by its line or its label, so that what lies in it can be too. */
function marked(feature, mark) {
  mark.getCenter = () => labelled(mark);
  const closed = mark instanceof L.Polygon;
  mark._containsPoint = (point) => L.Polyline.prototype._containsPoint.call(mark, point, closed);
  mark._updatePath = function draw() {
    const { colour: ink, weight, dashArray } = outlines[feature.properties.kind];
    const { _ctx: brush } = mark._renderer;
    for (const [color, wide, dash] of [[look.halo, weight + 3, []], [ink, weight, dashArray]]) {
      Object.assign(mark.options, { color, weight: wide, _dashArray: dash, fill: false, opacity: 1 });
      mark._renderer._updatePoly(mark, closed);
    }
    brush.setLineDash?.([]);
  };
}

function recolourFound() {
  Object.assign(outlines, {
    hot: { colour: colour("ink"), weight: 3, dashArray: [] },
    places: { colour: colour("accent"), weight: 2, dashArray: [6, 4] },
    paths: { colour: colour("accent"), weight: 4, dashArray: [] },
  });
  for (const layer of overlaysOf()) layer.eachLayer((mark) => { if (mark._map) mark.redraw(); });
  if (facts.bands) density.eachLayer((band) => band.setStyle({ stroke: false, fillColor: colour(`band-${band.feature.properties.step}`), fillOpacity: 0.8 }));
}

/** Show what is chosen of it, above everything else. */
function arrangeFound(map) {
  if (facts.bands) show(density, chosen.how === "density", map);
  for (const each of document.querySelectorAll(TIMED)) each.disabled = chosen.how === "density";
  for (const each of document.querySelectorAll("[data-how]")) each.hidden = (each.dataset.how === "density") !== (chosen.how === "density");
  overlaysOf().forEach((layer, place) => {
    show(layer, chosen.found.has(place), map);
    if (chosen.found.has(place)) layer.bringToFront();
  });
}

/** Move to a mark and let it tell of itself. */
function tell(map, place, mark) {
  document.querySelector(`[name="found"][value="${place}"]`).checked = true;
  chosen.found.add(place);
  arrangeFound(map);
  map.fitBounds(mark.getBounds(), { maxZoom: Math.max(map.getZoom(), NAMED), animate: false });
  map.getContainer().scrollIntoView({ block: "nearest" });
  mark.openPopup(labelled(mark));
}

function layFound(map) {
  chosen.found = new Set(facts.overlays.flatMap((shown, place) => (shown ? [place] : [])));
  if (facts.bands) density.eachLayer((band) => Object.assign(band.options, { interactive: false }));
  for (const kind of Object.keys(outlines)) map.createPane(`labels-${kind}`).style.zIndex = 640;
  const name = () => { for (const kind of ["paths", "places"]) map.getPane(`labels-${kind}`).hidden = map.getZoom() < NAMED; };
  map.on("zoomend", name);
  name();
  overlaysOf().forEach((layer) => {
    layer.eachLayer((mark) => {
      const { kind, label, said } = mark.feature.properties;
      mark.bindPopup(() => lines(said));
      const direction = kind === "hot" ? "center" : "bottom";
      mark.bindTooltip(document.createTextNode(label), { permanent: true, interactive: true, opacity: 1, offset: [0, 0], direction, className: kind, pane: `labels-${kind}` });
    });
  });
  for (const input of document.querySelectorAll('[name="found"]')) {
    input.addEventListener("change", () => { chosen.found[input.checked ? "add" : "delete"](Number(input.value)); map.closePopup(); arrangeFound(map); });
  }
  for (const button of document.querySelectorAll("[data-mark]")) {
    const { overlay, mark } = button.dataset;
    button.addEventListener("click", () => tell(map, Number(overlay), overlaysOf()[overlay].getLayers()[mark]));
  }
}
