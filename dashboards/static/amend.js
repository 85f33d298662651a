// Changing a deviation (ändra): the place on a map, and only the chosen category's questions.

import { inWords, makePicker, makeVoice } from "./picker.js";

const category = document.getElementById("category");

function showQuestions() {
  const group = category.value.split(".")[0];
  for (const part of document.querySelectorAll(".asks")) {
    part.hidden = part.dataset.group !== group;
    part.open = !part.hidden;
    for (const field of part.querySelectorAll("input, select")) field.disabled = part.hidden;
  }
}

async function startPicker(element) {
  const [lon, lat] = [document.getElementById("lon"), document.getElementById("lat")];
  const given = { lon: Number(lon.value), lat: Number(lat.value) };
  const start = Number.isFinite(given.lon) && Number.isFinite(given.lat) && lat.value ? given : undefined;
  const voice = makeVoice(element.querySelector("[data-spoken]"));
  let first = true;
  const picker = await makePicker({
    element: element.querySelector(".map"),
    api: element.dataset.api,
    scale: element.querySelector(".scale"),
    start,
    onPlace: (here, place) => {
      const [name, more] = inWords(place);
      element.querySelector("[data-place]").textContent = name;
      element.querySelector("[data-around]").textContent = more;
      if (!first) voice([name, more].filter(Boolean).join(", "));
      if (!first) [lon.value, lat.value] = [here.lon.toFixed(6), here.lat.toFixed(6)];
      first = false;
    },
  });
  element.closest("form").addEventListener("submit", picker.settle); // whoever saves at once saves what they see
}

category.addEventListener("change", showQuestions);
showQuestions();
for (const element of document.querySelectorAll("[data-picker]")) startPicker(element);
