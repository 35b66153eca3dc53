// The interactive map: our own layers, drawn by a library we serve. The drawing under it stays for whoever has no JavaScript,
// no WebGL, or a slow line; it goes only when the map is ready.

const ROAD_WIDTH = { motorway: 3, trunk: 3, primary: 2.4, secondary: 2, tertiary: 1.6 };
const CLOSEST = 16;
const SETTLE_MS = 0;

function colours(element) {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

function style(data, colour) {
  const { layers, language } = data;
  const source = (kind) => layers[kind] && { type: "geojson", data: new URL(layers[kind], location.href).href };
  const sources = Object.fromEntries(["land", "names", "roads", "boats"].map((kind) => [kind, source(kind)]).filter(([, known]) => known));
  if (layers.streets) {
    const tiles = [new URL(layers.streets.split("{z}")[0], location.href).href + "{z}/{x}/{y}.mvt"];
    sources.streets = { type: "vector", tiles, minzoom: 12, maxzoom: 13 };
  }
  sources.way = { type: "geojson", data: wayOf(data) };
  const name = ["coalesce", ["get", language], ["get", "zh"], ["get", "en"]];
  const drawn = [
    { id: "sea", type: "background", paint: { "background-color": colour("chart") } },
    { id: "land", type: "fill", source: "land", paint: { "fill-color": colour("land") } },
    { id: "shore", type: "line", source: "land", paint: { "line-color": colour("shore"), "line-width": 1 } },
    { id: "streets", type: "line", source: "streets", "source-layer": "streets", minzoom: 12,
      paint: { "line-color": colour("surface"), "line-width": ["match", ["get", "kind"], ["minor", "service"], 1.5, "foot", 0.8, 2.5] } },
    { id: "roads", type: "line", source: "roads", maxzoom: 12,
      paint: { "line-color": colour("surface"), "line-width": ["match", ["get", "kind"], ...Object.entries(ROAD_WIDTH).flat(), 1] } },
    { id: "boats", type: "line", source: "boats", filter: ["==", ["get", "kind"], "line"],
      paint: { "line-color": colour("action"), "line-opacity": 0.45, "line-width": 1.2, "line-dasharray": [3, 2] } },
    { id: "piers", type: "circle", source: "boats", filter: ["==", ["get", "kind"], "pier"], minzoom: 9,
      paint: { "circle-radius": 3, "circle-color": colour("surface"), "circle-stroke-color": colour("action"), "circle-stroke-width": 1.5 } },
    { id: "way-under", type: "line", source: "way", layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour("surface"), "line-width": 8 } },
    { id: "way", type: "line", source: "way", filter: ["!=", ["get", "mode"], "walk"], layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": ["match", ["get", "mode"], "ferry", colour("action"), "car", colour("ink"), colour("done")], "line-width": 4.5 } },
    { id: "way-walk", type: "line", source: "way", filter: ["==", ["get", "mode"], "walk"], layout: { "line-cap": "round" },
      paint: { "line-color": colour("ink"), "line-width": 4, "line-dasharray": [0.1, 1.8] } },
    { id: "names", type: "symbol", source: "names",
      layout: { "text-field": name, "text-size": ["match", ["get", "kind"], ["island", "city"], 14, 12], "text-font": ["local"],
        "symbol-sort-key": ["-", 0, ["coalesce", ["get", "size"], 0]] },
      paint: { "text-color": colour("ink-soft"), "text-halo-color": colour("land"), "text-halo-width": 1.5 } },
  ];
  return { version: 8, sources, layers: drawn.filter((each) => !each.source || sources[each.source]) };
}

function wayOf(data) {
  const features = data.way.map(({ mode, line }) => ({ type: "Feature", properties: { mode }, geometry: { type: "LineString", coordinates: line } }));
  return { type: "FeatureCollection", features };
}

function frame(library, data) {
  const all = [...data.places.slice(0, data.here ? 3 : undefined).map((place) => place.at), ...(data.here ? [data.here] : []), ...data.way.flatMap((leg) => leg.line)];
  if (!all.length) return new library.LngLatBounds(data.bounds);
  return all.reduce((bounds, at) => bounds.extend(at), new library.LngLatBounds(all[0], all[0]));
}

function pin(place) {
  const link = document.createElement("a");
  link.className = `map-pin${place.open ? " open" : ""}${place.number ? "" : " plain"}`;
  link.href = place.url;
  link.title = place.name;
  link.setAttribute("aria-label", place.number ? `${place.number} ${place.name}` : place.name);
  link.textContent = place.number ?? "";
  return link;
}

function you() {
  const mark = document.createElement("span");
  mark.className = "map-you";
  return mark;
}

// Tapping the map says where one is: asked first, so that a stray touch moves nobody.
function offerHere(library, map, form, at) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = form.dataset.imHere;
  button.addEventListener("click", () => {
    form.dispatchEvent(new CustomEvent("places:here", { detail: { longitude: at.lng, latitude: at.lat } }));
    popup.remove();
  });
  const popup = new library.Popup({ closeButton: false, offset: 8 }).setLngLat(at).setDOMContent(button).addTo(map);
  button.focus();
}

async function show(element) {
  const data = JSON.parse(document.getElementById(element.dataset.liveMap).textContent);
  const library = await import(data.library);
  library.setWorkerUrl(new URL(data.worker, location.href).href);
  if (!document.querySelector(`link[href="${data.style}"]`)) {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: data.style });
    await new Promise((done) => { sheet.onload = sheet.onerror = done; document.head.append(sheet); });
  }
  element.hidden = false;
  const drawing = element.parentElement.querySelector(".city-map");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let map;
  try {
    map = new library.Map({
      container: element, style: style(data, colours(element)), bounds: frame(library, data),
      fitBoundsOptions: { padding: 48, maxZoom: CLOSEST - 1 }, maxZoom: CLOSEST, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: still ? 0 : 150, cooperativeGestures: false,
    });
  } catch {
    element.hidden = true; // no WebGL here: the drawing stays
    return;
  }
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.AttributionControl({ compact: false, customAttribution: "© OpenStreetMap contributors, ODbL" }));
  for (const place of [...data.places].reverse()) new library.Marker({ element: pin(place) }).setLngLat(place.at).addTo(map);
  if (data.here) new library.Marker({ element: you() }).setLngLat(data.here).addTo(map);
  const form = document.querySelector("[data-places-search]");
  if (form?.dataset.imHere) map.on("click", (event) => offerHere(library, map, form, event.lngLat));
  map.once("load", () => setTimeout(() => drawing?.classList.add("behind"), SETTLE_MS));
}

function start() {
  document.querySelectorAll("[data-live-map]").forEach((element) => {
    if (element.dataset.started) return;
    element.dataset.started = "yes";
    show(element).catch(() => { element.hidden = true; });
  });
}

start();
document.addEventListener("htmx:afterSettle", start);
