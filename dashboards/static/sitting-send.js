// What the one who leads sends to the server (sända): every answer says below when all was saved, or what was not and why.

import { tell } from "./sitting.js";
import { say } from "./words.js";

export const panels = document.getElementById("panels");
export const meeting = panels.dataset.meeting;

const unsaved = new Set(); // what is typed and not with the server, by name
const swedish = document.documentElement.lang !== "en";

/** The server does not take it: in words, with its status. */
export class Refused extends Error {
  constructor(words, status) {
    super(words);
    this.status = status;
  }
}

/** Ask or tell the server something; returns what it answers. */
export async function send(method, url, body = null, version = null) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang, "X-Form-Token": panels.dataset.token };
  if (body) headers["Content-Type"] = "application/json";
  if (version) headers["If-Match"] = `"${version}"`;
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), credentials: "same-origin" }).catch(() => null);
  if (!answer) throw new Refused(say("The server is not reached. What you wrote stands here; try again."), 0);
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  const fault = said.errors?.[0];
  throw new Refused(fault ? `${fault.message} ${fault.remedy ?? ""}`.trim() : said.detail ?? String(answer.status), answer.status);
}

/** Say that everything is saved, unless something is not. */
export function kept() {
  if (unsaved.size) return;
  const time = new Date().toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Stockholm" });
  tell(say("Everything is saved %(time)s", { time: swedish ? time.replace(":", ".") : time }));
}

/** Mark something typed as with the server or not; whoever leaves the page meanwhile is asked. */
export function mark(name, saved) {
  if (saved) unsaved.delete(name);
  else unsaved.add(name);
}

/** Show at a form why it was not taken; empty when it was. */
export function blame(form, words) {
  const line = form.querySelector(".error");
  line.hidden = !words;
  line.textContent = words;
  if (words) tell(say("Not saved"), true);
}

addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
