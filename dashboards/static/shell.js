// What every page does for the device (skalet): sends what waits, keeps the form at hand, lets one press mark again.

import { adopt, askBeforeLeaving, deliver, sendWaiting, tell } from "./waiting.js";
import { say } from "./words.js";

const line = document.getElementById("waiting");
const leave = document.getElementById("leave");
const another = adopt();

if (leave) askBeforeLeaving(leave);
if (line.dataset.owner) {
  sendWaiting();
  addEventListener("online", () => sendWaiting());
} else tell();
if (line.dataset.form && navigator.serviceWorker) keepAtHand().catch(() => null); // what is interrupted is done at the next page

/** Keep the form, and the ground that it needs, for when there is no network; another member's is thrown away. */
async function keepAtHand() {
  if (another) await caches.delete("trygg-form");
  await navigator.serviceWorker.register("/service-worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const kept = await caches.match(line.dataset.form, { cacheName: "trygg-form" });
  if (kept && (await kept.text()).includes(`<html lang="${document.documentElement.lang}"`)) return; // not what was chosen before
  active.postMessage([line.dataset.form, `${line.dataset.ground}/areas`, `${line.dataset.ground}/ground`]);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-waits]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  form.elements.chosen_at.value = new Date().toISOString();
  const outcome = await deliver(form);
  if (outcome.sent) location.assign(outcome.sent);
  else if (outcome.later) button.textContent = say("Kept on this device, not yet sent");
  else form.submit(); // the page says why it is refused
});
