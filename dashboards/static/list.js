// The list room (listan): the selection is sent as it is chosen, and only what it changes is drawn anew.

import { address, prepareNone, pressNone } from "./selection.js";
import { renew, swap } from "./swap.js";

const PARTS = ["problem-box", "side", "filters"];

async function go(url, options) {
  const page = await swap(url, PARTS, options);
  if (!page) return;
  document.getElementById("announce").textContent = document.querySelector("#side h1").textContent;
  prepareNone();
  document.getElementById("problems")?.focus();
}

function send(event) {
  event.preventDefault?.();
  const url = address();
  if (url) go(url);
}

const form = document.getElementById("filters");
form.addEventListener("change", send);
form.addEventListener("submit", send);
document.querySelector("main").addEventListener("click", (event) => {
  const none = event.target.closest("[data-none]");
  if (none && pressNone(none)) go(address());
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});
document.addEventListener("trygg:changed", (event) => event.detail.until(renew(["side"]).then(Boolean)));
window.addEventListener("popstate", () => go(location.href, { push: false }));
prepareNone();
