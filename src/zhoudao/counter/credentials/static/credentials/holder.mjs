// One's own certificate: the name while it is held, the code large with the screen kept on, a copy for no network.

import { forgetPart, keepPart, offerPart } from "./part.mjs";

const root = document.querySelector("[data-holder]");
const part = (name) => root.querySelector(`[data-part=${name}]`);

// The name: masked until pressed, and again when let go. A tap (or a screen reader's press) shows it for a while.
const SHOWN_MS = 5000;
const name = part("name");
const reveal = part("reveal");
let hiding = 0;

function show(on) {
  clearTimeout(hiding);
  name.textContent = on ? name.dataset.name : name.dataset.masked;
  reveal.setAttribute("aria-pressed", String(on));
}

reveal.addEventListener("pointerdown", () => show(true));
for (const end of ["pointerleave", "pointercancel", "blur"]) reveal.addEventListener(end, () => show(false));
reveal.addEventListener("click", () => {
  show(true);
  hiding = setTimeout(() => show(false), SHOWN_MS);
});
document.addEventListener("visibilitychange", () => show(false));

// The code, as large as the screen, on white, and the screen stays on meanwhile.
const large = part("large");
let lock = null;

async function keepScreenOn() {
  try {
    lock = await navigator.wakeLock?.request("screen");
  } catch {
    lock = null; // low battery, or not allowed: the code is shown all the same
  }
}

part("enlarge")?.addEventListener("click", () => {
  large.showModal();
  keepScreenOn();
});
large?.addEventListener("close", () => lock?.release());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && large?.open) keepScreenOn();
});

// A part of it, shown for five minutes.
const showing = offerPart(root);
part("showing")?.addEventListener("close", () => lock?.release());
part("choose")?.addEventListener("submit", keepScreenOn);

// A copy on this device, when asked for.
const keep = part("keep");

async function ready() {
  return (await navigator.serviceWorker.getRegistration(root.dataset.scope)) ?? null;
}

async function ask(what) {
  const registration = await ready();
  const worker = registration?.active ?? registration?.waiting ?? registration?.installing;
  if (!worker) return false;
  const channel = new MessageChannel();
  const answer = new Promise((resolve) => { channel.port1.onmessage = (event) => resolve(event.data); });
  worker.postMessage({ what, page: location.pathname }, [channel.port2]);
  return answer;
}

function showKept(kept) {
  keep.setAttribute("aria-pressed", String(kept));
  part("kept").hidden = !kept;
  part("keep-words").hidden = kept;
  part("remove-words").hidden = !kept;
}

if (keep && "serviceWorker" in navigator) {
  keep.hidden = false;
  const has = (await ask("has")) === true;
  showKept(has);
  if (has && showing && navigator.onLine) keepPart(showing);
  keep.addEventListener("click", async () => {
    if (keep.getAttribute("aria-pressed") === "true") {
      await ask("forget");
      if (showing) await forgetPart(showing);
      showKept(false);
      return;
    }
    await navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope });
    await navigator.serviceWorker.ready;
    if (showing) await keepPart(showing);
    showKept((await ask("keep")) === true);
  });
}
if (!navigator.onLine) part("offline").hidden = false;
root.dataset.ready = "yes";
