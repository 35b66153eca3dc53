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

const keys = document.querySelector("[data-keys]");
if (keys) {
  const field = document.getElementById("value");
  const typed = document.querySelector("[data-typed]");
  const shift = keys.querySelector("[data-key=shift]");
  field.setSelectionRange(field.value.length, field.value.length);
  // A touch leaves the caret where it is; who goes through the keys by Tab stays on the key.
  keys.addEventListener("pointerdown", (event) => event.preventDefault());
  keys.addEventListener("click", ({ target }) => {
    const key = target.closest("[data-key]")?.dataset.key;
    if (!key) return;
    if (key === "shift") return capital(shift.getAttribute("aria-pressed") !== "true");
    if (key === "back") erase(field);
    else put(field, shift?.getAttribute("aria-pressed") === "true" ? key.toUpperCase() : key);
    field.scrollTop = field.scrollHeight;
    if (typed) typed.textContent = field.value.split(" ").at(-1) || field.value;
    if (shift) capital(false);
  });

  // For one letter, as on a telephone.
  function capital(on) {
    shift.setAttribute("aria-pressed", String(on));
    for (const each of keys.querySelectorAll("[data-key]")) {
      if (/^[a-z]$/.test(each.dataset.key)) each.textContent = on ? each.dataset.key.toUpperCase() : each.dataset.key;
    }
  }
}

function put(field, text) {
  if (field.maxLength >= 0 && field.value.length >= field.maxLength) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
}

function erase(field) {
  const { selectionStart: start, selectionEnd: end } = field;
  field.setRangeText("", start === end ? Math.max(0, start - 1) : start, end, "end");
}

// A page taken out of the browser's memory is of somebody who has left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) leave();
});
setInterval(look, LOOK_MS);
