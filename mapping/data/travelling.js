// The picture that travels: squares and symbols on Leaflet's canvas, chosen by category and by time. Words are set as text.

const facts = JSON.parse(document.getElementById("facts").textContent);
const steps = JSON.parse(document.getElementById("steps").textContent);
const chosen = { how: document.querySelector('[name="how"]:checked')?.value ?? "squares", step: 0, off: new Set() };
const FEW = 16; // areas whose names are written at every zoom
const HALF = 13; // of a symbol with its halo, in pixels
const find = (id) => document.getElementById(id);
const probe = document.body.appendChild(document.createElement("i"));
probe.hidden = true;

const number = (n) => new Intl.NumberFormat(facts.language).format(n);
const say = (message, values = {}) => Object.entries(values).reduce((said, [name, value]) => said.replaceAll(`%(${name})s`, value), facts.words[message]);
const wanted = (symbol, step) => !chosen.off.has(symbol) && (chosen.step === 0 || chosen.step === step + 1);

/** Return a colour of the style sheets as it is now, light or dark. */
function colour(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/** One deviation as a stamp of its category; hollow where it is known less exactly than a square is large. */
const Sign = L.CircleMarker.extend({
  options: { radius: HALF - 3 },
  seen() { return wanted(this.options.symbol, this.feature.properties.step); },
  _updatePath() {
    const { _ctx: brush, _drawing: drawing } = this._renderer;
    if (!drawing || this._empty() || !this.seen()) return;
    const stamp = stampOf(this.options.symbol, this.feature.properties.accuracy > facts.side);
    brush.drawImage(stamp, this._point.x - HALF, this._point.y - HALF, 2 * HALF, 2 * HALF);
  },
  _containsPoint(point) { return this.seen() && L.CircleMarker.prototype._containsPoint.call(this, point); },
});

const stamps = new Map();

/** Return a category's drawing, made once for each look. */
function stampOf(place, hollow) {
  const key = `${place} ${hollow}`;
  if (!stamps.has(key)) stamps.set(key, drawStamp(facts.symbols[place], hollow));
  return stamps.get(key);
}

function drawStamp(symbol, hollow) {
  const scale = Math.ceil(devicePixelRatio || 1);
  const stamp = Object.assign(document.createElement("canvas"), { width: 2 * HALF * scale, height: 2 * HALF * scale });
  const brush = stamp.getContext("2d");
  brush.scale(scale, scale);
  brush.translate(HALF, HALF);
  brush.scale(0.8, 0.8);
  const shape = new Path2D(symbol.path);
  Object.assign(brush, { strokeStyle: look.halo, lineWidth: 4.5, fillStyle: hollow ? look.halo : symbol.fill });
  brush.stroke(shape);
  brush.fill(shape);
  Object.assign(brush, { strokeStyle: look.edge, lineWidth: 1.4 });
  brush.stroke(shape);
  write(brush, symbol.letter, symbol.size, hollow ? look.edge : symbol.ink, symbol.baseline);
  return stamp;
}

function write(brush, words, size, ink, y) {
  Object.assign(brush, { font: `600 ${size}px ${look.type}`, textAlign: "center", fillStyle: ink });
  brush.fillText(words, 0, y);
}

/** Let a square be drawn with its number. */
function counted(feature, square) {
  const { _containsPoint: contains } = square;
  square._updatePath = function draw() {
    if (!square.n) return;
    square._renderer._updatePoly(square, true);
    const { _ctx: brush, _drawing: drawing } = square._renderer;
    const box = L.bounds(square._rings[0]);
    if (!drawing || !square._parts.length || square.n < facts.numbered || box.getSize().x < 17) return;
    const middle = box.getCenter();
    brush.save();
    brush.translate(middle.x, middle.y);
    write(brush, number(square.n), 11.5, square.n >= facts.counts.at(-1)[0] ? facts.inks[1] : facts.inks[0], 4);
    brush.restore();
  };
  square._containsPoint = (...at) => square.n > 0 && contains.apply(square, at);
}

let look = {};

function recolour() {
  look = { halo: colour("map-land"), edge: colour("symbol-outline"), type: getComputedStyle(document.body).fontFamily };
  stamps.clear();
  const border = { color: colour("map-border"), weight: 1.5, fill: false };
  const inner = { color: colour("map-inner"), weight: 1, dashArray: "2 3", fillColor: colour("map-land"), fillOpacity: 1 };
  water.setStyle({ stroke: false, fillColor: colour("map-water"), fillOpacity: 1 });
  areas.eachLayer((area) => area.setStyle(area.feature.properties.name ? inner : border));
  recolourFound();
}

const layersOf = () => Array.from({ length: facts.layers }, (_, place) => window[`spots_${place}`]);

const SHOWN = {
  squares: "%(n)s of %(all)s deviations in squares",
  spots: "%(n)s of %(all)s deviations",
  density: "The density of the whole period, an aid for the eye",
};

/** Count and draw what is chosen, and say how much it is. */
function update() {
  const totals = facts.symbols.map(() => 0);
  let shown = 0;
  let all = 0;
  squares.eachLayer((square) => {
    square.n = 0;
    for (const [symbol, step, n] of square.feature.properties.counts) {
      all += n;
      if (wanted(symbol, step)) square.n += n;
      if (chosen.step === 0 || chosen.step === step + 1) totals[symbol] += n;
    }
    shown += square.n;
    const fill = facts.counts.findLast(([least]) => square.n >= least)?.[1];
    square.setStyle({ color: look.halo, weight: 1, fillColor: fill, fillOpacity: 0.85 });
  });
  if (chosen.how !== "squares") [shown, all] = countSpots(totals);
  totals.forEach((n, place) => { if (find(`count-${place}`)) find(`count-${place}`).textContent = number(n); });
  find("shown").textContent = say(SHOWN[chosen.how], { n: number(shown), all: number(all) });
  relist();
}

function countSpots(totals) {
  let shown = 0;
  let all = 0;
  layersOf().forEach((layer, place) => {
    totals[place] = 0;
    layer.eachLayer((sign) => {
      all += 1;
      if (sign.seen()) shown += 1;
      if (chosen.step === 0 || chosen.step === sign.feature.properties.step + 1) totals[place] += 1;
      if (sign._renderer) sign.redraw();
    });
  });
  return [shown, all];
}

const show = (layer, on, map) => (on ? layer.addTo(map) : layer.remove());

function arrange(map) {
  show(squares, chosen.how === "squares", map);
  layersOf().forEach((layer) => show(layer, chosen.how === "spots", map));
  map.closePopup();
  arrangeFound(map);
  update();
}

/** Return lines of text as an element. */
function lines(said) {
  const list = document.createElement("ul");
  list.append(...said.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
  return list;
}

const MOST = 12;

function described({ feature, options }) {
  const { day, accuracy } = feature.properties;
  return say("%(what)s, %(day)s, within %(m)s metres", { what: facts.symbols[options.symbol].name, day: facts.days[day], m: number(accuracy) });
}

/** Return what lies at a symbol's spot, for several may share it. */
function atSpot(sign) {
  const here = layersOf().flatMap((layer) => layer.getLayers()).filter((each) => each.seen() && each.getLatLng().equals(sign.getLatLng()));
  const said = here.slice(0, MOST).map(described);
  return lines(here.length > MOST ? [say("Deviations at this spot: %(n)s", { n: number(here.length) }), ...said, "…"] : said);
}

function inSquare(square) {
  const totals = new Map();
  for (const [symbol, step, n] of square.feature.properties.counts) if (wanted(symbol, step)) totals.set(symbol, (totals.get(symbol) ?? 0) + n);
  const each = [...totals].filter(([symbol]) => facts.symbols[symbol]).sort((a, b) => b[1] - a[1]).map(([symbol, n]) => `${facts.symbols[symbol].name}: ${number(n)}`);
  return lines([say("Deviations in the square: %(n)s", { n: number(square.n) }), ...each]);
}

/** Tell of what is shown nearest to the middle of the map: arrows move it, Enter asks. */
function ask(map) {
  const here = chosen.how === "spots" ? layersOf().flatMap((layer) => layer.getLayers()).filter((each) => each.seen()) : squares.getLayers().filter((each) => each._map && each.n);
  const distance = (each) => map.getCenter().distanceTo(placed(each));
  const nearest = here.reduce((best, each) => (!best || distance(each) < distance(best) ? each : best), null);
  nearest?.fire("click", { latlng: placed(nearest) }, true);
}

function listen(map) {
  map.getPane("popupPane").setAttribute("aria-live", "polite");
  map.getContainer().addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target === event.currentTarget) ask(map); });
  for (const input of document.querySelectorAll('[name="how"]')) input.addEventListener("change", () => { chosen.how = input.value; arrange(map); });
  for (const input of document.querySelectorAll('[name="what"]')) {
    input.addEventListener("change", () => { chosen.off[input.checked ? "delete" : "add"](Number(input.value)); map.closePopup(); update(); });
  }
  find("step")?.addEventListener("input", ({ target }) => {
    chosen.step = Number(target.value);
    const said = chosen.step ? steps[chosen.step - 1] : say("The whole period");
    find("step-said").textContent = said;
    target.setAttribute("aria-valuetext", said);
    map.closePopup();
    update();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { recolour(); update(); });
}

/** Lay areas and water under everything, and their names on them: data are printed over names. */
function layGround(map) {
  const close = areas.getLayers().length <= FEW ? 0 : 13;
  const name = () => { map.getPane("names").hidden = map.getZoom() < close; };
  for (const [pane, height] of [["ground", 350], ["names", 360]]) map.createPane(pane).style.zIndex = height;
  map.on("zoomend", name);
  for (const layer of [areas, water]) {
    layer.eachLayer((shape) => Object.assign(shape.options, { pane: "ground", interactive: false }));
    layer.addTo(map);
  }
  areas.eachLayer((area) => {
    const words = document.createTextNode(area.feature.properties.name);
    if (words.length) area.bindTooltip(words, { permanent: true, direction: "center", className: "name", pane: "names" });
  });
}

function start(map) {
  map.getContainer().setAttribute("aria-label", say("Map"));
  map.getContainer().setAttribute("role", "application");
  L.control.zoom({ zoomInTitle: say("Zoom in"), zoomOutTitle: say("Zoom out") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  layGround(map);
  layFound(map);
  map.fitBounds(areas.getBounds(), { padding: [12, 12] });
  squares.bindPopup(inSquare);
  layersOf().forEach((layer) => layer.bindPopup(atSpot));
  recolour();
  listen(map);
  listShown(map);
  arrange(map);
}
