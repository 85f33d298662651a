// The worker (tjänsten) that keeps the marking form at hand: our static files, the form, the ground. Never a deviation,
// a list or another page of the register. The server puts SHELL before this: { version, base, files }.

const STATIC = `trygg-static-${SHELL.version}`;
const KEPT = "trygg-form"; // the member's form, and the ground that it is filled in on; wiped with the member
const PATIENCE = 4000; // milliseconds after which a network that does not answer is none
const FORM = /^(\/en)?\/[a-z0-9-]+\/(marka|mark)$/;
const GROUND = /^\/api\/v1\/forums\/[a-z0-9-]+\/(areas|ground)$/;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(SHELL.base)) event.respondWith(fromStatic(event.request));
  else if (FORM.test(url.pathname) || GROUND.test(url.pathname)) event.respondWith(freshOrKept(event, url));
  else if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => noNetwork(url)));
});

addEventListener("message", (event) => event.waitUntil(keepAtHand(event.data)));

async function install() {
  await (await caches.open(STATIC)).addAll(SHELL.files);
  await skipWaiting();
}

/** Keep what a page asks for; where a sign-out has wiped everything, our static files too. */
async function keepAtHand(asked) {
  if (!(await caches.has(STATIC))) await (await caches.open(STATIC)).addAll(SHELL.files);
  const kept = await caches.open(KEPT);
  for (const path of asked.filter((each) => FORM.test(each) || GROUND.test(each))) await renew(kept, location.origin + path);
}

/** Take over from an older version: what is kept is fetched anew, since a kept form names the files of its version. */
async function takeOver() {
  const kept = await caches.open(KEPT);
  for (const { url } of await kept.keys()) await renew(kept, url);
  for (const name of await caches.keys()) if (name !== STATIC && name !== KEPT) await caches.delete(name);
  await clients.claim();
}

async function renew(kept, url) {
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (answer) await keep(kept, url, answer);
}

async function fromStatic(request) {
  const cache = await caches.open(STATIC);
  return (await cache.match(request.url)) ?? fetch(request);
}

/** Answer from the network; where it is silent, with what is kept. A form that was opened with a choice is not kept. */
async function freshOrKept(event, url) {
  const cache = await caches.open(KEPT);
  const address = url.origin + url.pathname;
  const fresh = fetch(event.request).then(async (answer) => {
    if (!url.search) await keep(cache, address, answer.clone());
    return answer;
  });
  event.waitUntil(fresh.catch(() => null));
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error("late")));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await cache.match(address)) ?? (event.request.mode === "navigate" ? fresh.catch(() => noNetwork(url)) : fresh);
  }
}

/** Keep what was answered. What is refused is kept no longer; a sign-in that is asked for leaves it as it was. */
async function keep(cache, address, answer) {
  if (answer.ok && !answer.redirected) await cache.put(address, answer);
  else if (answer.status === 403 || answer.status === 404) await cache.delete(address);
}

/** Say that there is no network: in English under such an address, or where the kept form is the member's English one. */
async function noNetwork(url) {
  const english = url.pathname.startsWith("/en/") || (await keptInEnglish());
  return (await caches.match(english ? "/en/utan-nat" : "/utan-nat")) ?? Response.error();
}

async function keptInEnglish() {
  const kept = await caches.open(KEPT);
  const form = (await kept.keys()).find((request) => FORM.test(new URL(request.url).pathname) && !new URL(request.url).pathname.startsWith("/en/"));
  return Boolean(form) && (await (await kept.match(form)).text()).includes('<html lang="en"');
}
