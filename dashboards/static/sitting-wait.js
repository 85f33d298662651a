// A screen that waits for the meeting to open (väntan).

import { UNATTENDED } from "./swap.js";

const place = document.querySelector("[data-meeting]");
const EVERY = 5000;

setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(place.dataset.meeting, { credentials: "same-origin", headers: { Accept: "application/json", ...UNATTENDED } }).catch(() => null);
  if (answer?.ok && (await answer.json()).status !== "planned") location.reload();
}, EVERY);
