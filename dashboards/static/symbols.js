// The categories' symbols for the map (symboler): read from the page's own drawings, so that both are the same.

const PIXELS = 2; // drawn at twice the size, so that they stay sharp

/** Return a map from category code to the drawing's data, from every symbol on the page. */
export function symbolsOf(page) {
  const found = new Map();
  for (const drawing of page.querySelectorAll("svg.symbol[data-code]")) {
    if (!found.has(drawing.dataset.code)) {
      found.set(drawing.dataset.code, { ...drawing.dataset, path: drawing.querySelector("path").getAttribute("d") });
    }
  }
  return found;
}

/** Draw one symbol on a halo in the ground's colour; radius is the half of its width in CSS pixels. */
export function drawSymbol(symbol, { radius, outline, halo, family }) {
  const half = radius + 5;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(half * 2 * PIXELS);
  const brush = canvas.getContext("2d");
  const scale = (radius / 10.5) * PIXELS;
  brush.translate(canvas.width / 2, canvas.height / 2);
  brush.scale(scale, scale);
  brush.lineJoin = "round";
  const shape = new Path2D(symbol.path);
  brush.strokeStyle = halo;
  brush.lineWidth = 4.5;
  brush.stroke(shape);
  brush.fillStyle = symbol.fill;
  brush.fill(shape);
  brush.strokeStyle = outline;
  brush.lineWidth = 1.3;
  brush.stroke(shape);
  brush.fillStyle = symbol.ink;
  brush.font = `750 ${symbol.size}px ${family}`;
  brush.textAlign = "center";
  brush.fillText(symbol.letter, 0, Number(symbol.baseline));
  const image = brush.getImageData(0, 0, canvas.width, canvas.height);
  return { width: image.width, height: image.height, data: image.data };
}

export { PIXELS };
