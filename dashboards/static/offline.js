// The page for all that needs the network (utan nät): it leads to the form that this device keeps.

const kept = await caches.open("trygg-form").then((cache) => cache.keys());
const form = kept.map(({ url }) => new URL(url).pathname).find((path) => path.endsWith("/marka"));
const link = document.getElementById("form");
link.hidden = !form;
if (form) link.href = form;
