// A screen that follows the meeting (följa): it reads, and moves on with the room only while its reader has chosen that.

import { address, arrows, load, neighbour, shown, tell } from "./sitting.js";
import { UNATTENDED } from "./swap.js";
import { say } from "./words.js";

const follow = document.getElementById("follow");
const EVERY = 3000; // milliseconds between two questions where the room is
const AGAIN = 5; // questions after which the item is fetched anew, for what was decided and noted meanwhile

let asked = 0;
let asking = false;

async function look() {
  if (!follow.checked || asking || document.hidden) return;
  asking = true;
  try {
    const answer = await fetch(follow.dataset.meeting, { credentials: "same-origin", headers: { Accept: "application/json", ...UNATTENDED } });
    const meeting = await answer.json();
    asked += 1;
    const over = meeting.status !== "under_way";
    const moved = meeting.current && meeting.current !== shown.item;
    if (follow.checked && (over || moved || asked % AGAIN === 0)) await load(address({ punkt: null }), { unattended: true });
    tell("");
  } catch {
    tell(say("The room is not heard just now. It is tried again."), true);
  } finally {
    asking = false;
  }
}

async function move(id) {
  const url = neighbour(id);
  if (!url) return;
  follow.checked = false; // who turns a leaf of their own does not want it turned back
  try {
    await load(url);
    history.replaceState({}, "", url);
  } catch {
    tell(say("The item could not be fetched. Try again."), true);
  }
}

follow.addEventListener("change", look);
setInterval(look, EVERY);
arrows(move);
