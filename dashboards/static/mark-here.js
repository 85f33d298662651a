// Mark here (märk här): a long press, a right click or the menu key on a map leads to the form, with the cross there.

import { Marker } from "./vendor/maplibre-gl/maplibre-gl.mjs";
import { say } from "./words.js";

const LONG = 600; // milliseconds of a long press
const STILL = 8; // pixels that a resting finger may move

/** Offer to mark where the map is pressed. Nothing is offered where the page leads no way to the form. */
export function markHere(map, element) {
  const form = document.querySelector(".mark-link, .thumb")?.getAttribute("href");
  if (!form) return;
  let offer = null;
  let held = false; // the finger that opened it still rests: the click when it is lifted closes nothing
  const close = () => {
    offer?.remove();
    offer = null;
  };
  const open = (at) => {
    close();
    offer = new Marker({ element: linkTo(form, at), anchor: "bottom", offset: [0, -8] }).setLngLat(at).addTo(map);
    offer.getElement().querySelector("a").focus();
  };
  map.on("contextmenu", ({ originalEvent, lngLat }) => {
    originalEvent.preventDefault();
    open(originalEvent.button === 2 || originalEvent.pointerType === "touch" ? lngLat : map.getCenter());
  });
  map.on("touchstart", () => (held = false));
  map.on("click", () => (held ? (held = false) : close()));
  element.addEventListener("keydown", (event) => {
    if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) open(map.getCenter());
    else if (event.key === "Escape" && offer) {
      close();
      map.getCanvas().focus();
    } else return;
    event.preventDefault();
  });
  onLongPress(map, (at) => {
    held = true;
    open(at);
  });
}

function linkTo(form, { lng, lat }) {
  const holder = Object.assign(document.createElement("div"), { className: "mark-here" });
  const link = Object.assign(document.createElement("a"), { className: "button main", textContent: say("Mark here") });
  link.href = `${form}?lon=${lng.toFixed(6)}&lat=${lat.toFixed(6)}`;
  holder.append(link);
  return holder;
}

/** Telephones of one maker tell of no context menu: a finger that rests is counted here. */
function onLongPress(map, open) {
  let resting = null;
  let from = null;
  const stop = () => clearTimeout(resting);
  map.on("touchstart", ({ point, points, lngLat }) => {
    stop();
    from = point;
    if (points.length === 1) resting = setTimeout(open, LONG, lngLat);
  });
  map.on("touchmove", ({ point }) => point.dist(from) > STILL && stop());
  for (const end of ["touchend", "touchcancel", "dragstart", "zoomstart"]) map.on(end, stop);
}
