// What has reached the register (skickat): noted where every tab reads the same at once. What one tab writes to
// localStorage reaches another a moment later, and in that moment the other would send it again.

const NAME = "trygg-sent";
const IDS = "ids";
const KEPT = 25 * 3600 * 1000; // a little longer than anything waits

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function store(mode, work) {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(IDS);
  const database = await asked(opening);
  try {
    return await asked(work(database.transaction(IDS, mode).objectStore(IDS)));
  } finally {
    database.close();
  }
}

/** Tell whether another tab has sent it. */
export async function isSent(id) {
  const at = await store("readonly", (ids) => ids.get(id)).catch(() => undefined);
  return at !== undefined && Date.now() - at < KEPT;
}

/** Note that it was sent. Where nothing can be noted it may be sent again, which registers it once all the same. */
export async function noteSent(id) {
  await store("readwrite", (ids) => ids.put(Date.now(), id)).catch(() => undefined);
}

/** Forget all that was sent. */
export function forgetSent() {
  indexedDB.deleteDatabase(NAME);
}
