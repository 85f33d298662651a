// The reader's words (ord): the same catalogue as the page's, put into it by the server as a block of data.

const catalogue = JSON.parse(document.getElementById("words")?.textContent || "{}");

/** Return the message in the reader's language, its %(name)s places filled in. */
export function say(message, params = {}) {
  const words = catalogue[message] ?? message;
  return words.replace(/%\((\w+)\)s/g, (whole, name) => params[name] ?? whole);
}

const locale = document.documentElement.lang === "en" ? "en-GB" : "sv-SE";

/** Return a number as the language writes it. */
export function number(value, decimals = 0) {
  return value.toLocaleString(locale, { maximumFractionDigits: decimals });
}

/** Return a distance in words that can be said aloud: 40 m, 190 m, 1,2 km. */
export function distance(metres) {
  if (metres < 995) return `${number(metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10)} m`;
  return `${number(metres / 1000, 1)} km`;
}
