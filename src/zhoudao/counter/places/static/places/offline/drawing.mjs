// The drawing beside the list: land, the places by their numbers, where one stands, and the way as straight lines between stops.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const MARGIN = 60;
const LEAST_HEIGHT = 0.75; // of the width
const LEAST_DEGREES = 0.02; // about 2 km: a drawing of one place still shows what is around it

function element(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** `marks`: [{at, number, open, url, name}], `here`: [lon, lat] or null, `way`: [{mode, line: [[lon, lat], ...]}]. */
export function draw(network, { marks, here, way, label }) {
  const all = [...marks.map(({ at }) => at), ...(here ? [here] : []), ...way.flatMap(({ line }) => line)];
  const project = projection(all);
  const land = network.data.land.map((ring) => `M${pairs(ring).map((at) => project(at).map((v) => v.toFixed(1)).join(" ")).join("L")}Z`).join("");
  const drawing = element("svg", { class: "city-map", viewBox: `0 0 ${WIDTH} ${project.height.toFixed(0)}`, role: "group", "aria-label": label });
  drawing.append(element("path", { class: "land", d: land }));
  for (const { mode, line } of way) {
    drawing.append(element("polyline", { class: `way ${mode}`, points: line.map((at) => project(at).map((v) => v.toFixed(1)).join(",")).join(" ") }));
  }
  if (here) {
    const [cx, cy] = project(here);
    drawing.append(element("g", { class: "here", "aria-hidden": "true" }, element("circle", { class: "halo", cx, cy, r: 20 }), element("circle", { cx, cy, r: 8 })));
  }
  for (const mark of [...marks].reverse()) {
    const [cx, cy] = project(mark.at);
    const text = element("text", { x: cx, y: cy, dy: 6.5 }, String(mark.number));
    const pin = element("g", { class: `pin${mark.open ? " open" : ""}` }, element("circle", { cx, cy, r: 17 }), text);
    drawing.append(element("a", { href: mark.url, "aria-label": `${mark.number} ${mark.name}` }, pin));
  }
  return drawing;
}

function pairs(flat) {
  return Array.from({ length: flat.length / 2 }, (_, k) => [flat[2 * k], flat[2 * k + 1]]);
}

/** Degrees to the drawing's own units, north up, with room around. */
function projection(places) {
  const [lons, lats] = [places.map(([lon]) => lon), places.map(([, lat]) => lat)];
  const middle = (Math.min(...lats) + Math.max(...lats)) / 2;
  const squeeze = Math.cos((middle * Math.PI) / 180);
  const wide = Math.max((Math.max(...lons) - Math.min(...lons)) * squeeze, LEAST_DEGREES);
  const high = Math.max(Math.max(...lats) - Math.min(...lats), LEAST_DEGREES);
  const scale = (WIDTH - 2 * MARGIN) / Math.max(wide, high * 0.8);
  const height = Math.max(high * scale + 2 * MARGIN, WIDTH * LEAST_HEIGHT);
  const west = (Math.min(...lons) + Math.max(...lons)) / 2 - WIDTH / 2 / scale / squeeze;
  const north = middle + height / 2 / scale;
  const project = ([lon, lat]) => [(lon - west) * squeeze * scale, (north - lat) * scale];
  return Object.assign(project, { height });
}
