// What the selection asks of a point (urvalet i webbläsaren): the same as the server asks of a row, as an expression of the map.
//
// The server has already asked for words, status, area and window; time, category and partner are asked for here.

const ZONE = "Europe/Stockholm";
const DAY = 86400;
const HOUR = 3600; // what is known only as a longer interval has no hour
const FROM = ["get", "occurred_from"];
const TO = ["get", "occurred_to"];
const FIRST_YEAR = 1970;

/** The group of a point's category: what stands before the first dot of its code. */
export const GROUP = ["let", "dot", ["index-of", ".", ["get", "category"]], ["case", [">=", ["var", "dot"], 0], ["slice", ["get", "category"], 0, ["var", "dot"]], ["get", "category"]]];

/** Return what the selection's form asks of a point; `days` are a first and a last day in place of the form's. */
export function matching(form, days = {}) {
  const { first, last } = { first: form.elements.from.value, last: form.elements.until.value, ...days };
  const chosen = (name) => form.elements[name].value.split(",").filter(Boolean);
  return ["all",
    ...(first ? [[">=", FROM, midnight(first)]] : []),
    ...(last ? [["<", FROM, midnight(last, 1)]] : []),
    ...among(GROUP, checked(form, "category")),
    ...among(["get", "organisation"], partners(form, chosen("organisation"))),
    ...among(weekday(), chosen("weekday").map(Number)),
    ...among(hour(), chosen("hour").map(Number)),
    ...(chosen("hour").length ? [["<=", ["-", TO, FROM], HOUR]] : []),
  ];
}

const among = (value, wanted) => (wanted?.length ? [["in", value, ["literal", wanted]]] : []);

/** Return what is checked of a group, null where that is all of it. */
function checked(form, name) {
  const boxes = [...form.querySelectorAll(`[name="${name}"]`)];
  return boxes.every((box) => box.checked) ? null : boxes.filter((box) => box.checked).map((box) => box.value);
}

/** Return the partners that are chosen, one by one or by their kind; null where nobody is. */
function partners(form, chosen) {
  const kinds = checked(form, "who");
  if (!kinds && !chosen.length) return null;
  const all = [...form.querySelectorAll("#organisation option[data-kind]")];
  const picked = all.filter((each) => (!kinds || kinds.includes(each.dataset.kind)) && (!chosen.length || chosen.includes(each.value)));
  return picked.length ? picked.map((each) => each.value) : ["nobody"];
}

// --- the clock on the wall ------------------------------------------------------------------------

const wall = () => ["+", FROM, ["step", FROM, offsetAt(yearBegins(FIRST_YEAR)), ...changes().flat()]];
const hour = () => ["floor", ["/", ["%", wall(), DAY], HOUR]];
const weekday = () => ["+", 1, ["%", ["+", ["floor", ["/", wall(), DAY]], 3], 7]]; // 1970 began on a Thursday

const clock = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, timeZoneName: "longOffset" });
const yearBegins = (year) => Date.UTC(year, 0) / 1000;

/** Return by how many seconds the clock is before UTC at a moment. */
function offsetAt(seconds) {
  const words = clock.formatToParts(seconds * 1000).find((part) => part.type === "timeZoneName").value;
  const [hours, minutes] = words.replace("GMT", "").split(":").map(Number);
  return (hours || 0) * HOUR + (minutes || 0) * 60;
}

/** Return the moment, in seconds since 1970, at which a day begins; `more` days later. */
function midnight(day, more = 0) {
  const utc = Date.parse(`${day}T00:00Z`) / 1000 + more * DAY;
  return utc - offsetAt(utc - HOUR);
}

let known = null;

/** Return when the clock was put forward or back, and to what: [moment, offset] in their order. */
function changes() {
  known ??= Array.from({ length: new Date().getUTCFullYear() + 2 - FIRST_YEAR }, (_, i) => FIRST_YEAR + i).flatMap((year) => {
    const [spring, summer, winter] = [yearBegins(year), Date.UTC(year, 6) / 1000, yearBegins(year + 1)];
    return [changeBetween(spring, summer), changeBetween(summer, winter)].filter(Boolean);
  });
  return known;
}

function changeBetween(early, late) {
  let [low, high] = [early, late];
  const [before, after] = [offsetAt(low), offsetAt(high)];
  if (before === after) return null;
  while (high - low > HOUR) {
    const middle = low + Math.floor((high - low) / 2 / HOUR) * HOUR;
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return [high, after];
}
