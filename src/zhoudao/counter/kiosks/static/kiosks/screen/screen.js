// The screen follows the kiosk's own process: another screen when there is one, a warning before everything is wiped, keys to type with.

const LOOK_MS = 1000;
const STAY_MS = 3000;
const { serial, visit, warning } = document.body.dataset;
const timed = "timed" in document.body.dataset;
const dialog = document.getElementById("still-there");
const left = document.getElementById("still-there-left");

// Nothing of this page stays in the browser's history: the next screen takes its place.
function leave() {
  document.body.replaceChildren();
  location.replace("/");
}

async function say(path, fields) {
  await fetch(path, { method: "POST", body: new URLSearchParams({ visit, ...fields }), redirect: "manual", cache: "no-store" });
}

async function look() {
  let state;
  try {
    state = await (await fetch("/state/", { cache: "no-store" })).json();
  } catch {
    return; // the process is starting again: the next look will tell
  }
  if (state.serial !== serial) return leave();
  if (!timed) return;
  left.textContent = String(Math.ceil(state.left));
  if (state.left <= Number(warning) && !dialog.open) dialog.showModal();
  if (state.left > Number(warning) && dialog.open) dialog.close();
}

let stayed = Date.now();
function stay() {
  if (dialog.open || Date.now() - stayed < STAY_MS) return;
  stayed = Date.now();
  say("/stay/", {});
}

document.addEventListener("pointerdown", stay);
document.addEventListener("keydown", stay);
dialog.addEventListener("cancel", (event) => event.preventDefault());
dialog.querySelector("[data-stays]").addEventListener("click", async () => {
  await say("/stay/", {});
  dialog.close();
});
dialog.querySelector("[data-ends]").addEventListener("click", async () => {
  await say("/touch/", { verb: "end" });
  leave();
});

// One press is one press, however long the answer takes.
let pressed = false;
document.addEventListener("submit", (event) => {
  if (pressed) event.preventDefault();
  pressed = true;
});

document.querySelector(".keypad")?.addEventListener("click", ({ target }) => {
  const key = target.closest("[data-key]")?.dataset.key;
  const field = document.getElementById("value");
  if (!key) return;
  if (key === "back") field.value = field.value.slice(0, -1);
  else if (field.maxLength < 0 || field.value.length < field.maxLength) field.value += key;
});

// A page taken out of the browser's memory is of somebody who has left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) leave();
});
setInterval(look, LOOK_MS);
