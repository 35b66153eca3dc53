// The verifier's page: keeps the keys and the status list on this device, reads a code, says one word.

import { check, checkedList, importKeys } from "./checking.mjs";
import { checkShown, SHOWN } from "./showing.mjs";
import { readPicture, watchCamera } from "./scan.mjs";

const KEPT = "zhoudao-keys";
const root = document.querySelector("[data-verifier]");
const language = root.dataset.language;
const part = (name) => root.querySelector(`[data-part=${name}]`);
const words = (kind, name) => root.querySelector(`template[data-${kind}="${name}"]`).content.cloneNode(true);
let stopCamera = null;
let question = null; // the six digits that a holder was asked to type

// Keys and list ---------------------------------------------------------------------------------------

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

/** Seconds since 1970 by the city's clock: this device's own may be wrong. */
function now(document) {
  return Math.round(Date.now() / 1000 + (document?.ahead ?? 0));
}

async function sequence(document) {
  if (!document?.status_list) return 0;
  return (await checkedList(document.status_list, await importKeys(document)))?.sequence ?? 0;
}

/** Fetch the newest key set; never go back to an older one. */
async function refresh() {
  try {
    const answer = await fetch(root.dataset.keys, { cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
    const fetched = await answer.json();
    fetched.ahead = Date.parse(fetched.time) / 1000 - Date.now() / 1000;
    const before = kept();
    const older = before?.issuer === fetched.issuer
      && (before.version > fetched.version || (await sequence(before)) > (await sequence(fetched)));
    if (!older) localStorage.setItem(KEPT, JSON.stringify(fetched));
  } catch {
    // Offline: what is kept stays in use, and its age is shown.
  }
  await showAge();
}

async function showAge() {
  const document = kept();
  const list = document && (await checkedList(document.status_list ?? "", await importKeys(document)));
  const place = part("age");
  if (!list) {
    place.replaceChildren(words("age", "none"));
    return;
  }
  const hours = Math.max(0, (now(document) - list.issued) / 3600);
  const old = now(document) >= list.expires;
  place.replaceChildren(words("age", old ? "old" : "fresh"));
  place.querySelector("[data-when]").textContent = moment(list.issued);
  const [count, unit] = hours < 2 ? [hours * 60, "minute"] : hours < 48 ? [hours, "hour"] : [hours / 24, "day"];
  const said = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 });
  place.querySelector("[data-for]").textContent = said.format(count);
}

// A verdict -------------------------------------------------------------------------------------------

async function judge(text) {
  const place = part("verdict");
  place.hidden = true; // never the last one's word beside this one's text
  const document = kept() ?? { issuer: "", keys: [], names: {} };
  const found = text.trim().startsWith(SHOWN) ? await judgeShown(text, document) : await judgeWhole(text, document);
  place.replaceChildren(words("verdict", found.verdict));
  place.querySelector("[data-reason-here]").replaceChildren(words("reason", found.reason));
  if (found.details) place.append(found.details);
  place.hidden = false;
  part("text").value = text;
  place.focus();
}

async function judgeWhole(text, document) {
  const trusted = await importKeys(document);
  const list = await checkedList(document.status_list ?? "", trusted);
  const { verdict, reason, said } = await check(text, trusted, list, now(document));
  return { verdict, reason, details: said && details(said, document.names ?? {}) };
}

async function judgeShown(text, document) {
  const { verdict, reason, claims } = await checkShown(text, await importKeys(document), now(document), question);
  if (verdict === "valid") ask(null); // one question, one answer
  return { verdict, reason, details: verdict === "valid" ? detailsShown(claims, document.names ?? {}) : null };
}

function namedBy(names) {
  return (code) => names[code]?.[language] ?? names[code]?.["zh-hans"] ?? code;
}

function addTo(list, name, value) {
  const [term, text] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = name;
  text.textContent = value;
  list.append(term, text);
}

function detailsShown(claims, names) {
  const named = namedBy(names);
  const filled = words("details", "of-part");
  filled.querySelector("[data-value=type]").textContent = named(claims.vct);
  filled.querySelector("[data-value=since]").textContent = moment(claims.nbf);
  for (const [code, value] of Object.entries(claims)) {
    if (["iss", "vct", "nbf", "exp"].includes(code)) continue;
    const ours = root.querySelector(`template[data-shown-name="${CSS.escape(code)}"]`)?.content.textContent;
    addTo(filled.querySelector("dl"), ours ?? named(`fact:${code}`).replace(/^fact:/, ""), code === "district" ? named(value) : value);
  }
  return filled;
}

function details(said, names) {
  const named = namedBy(names);
  const filled = words("details", "of-certificate");
  const values = {
    type: named(said.type),
    name: said.name,
    document: said.document,
    number: said.number,
    district: named(said.district),
    until: day(said.endorsedUntil ?? said.validUntil),
  };
  for (const [name, value] of Object.entries(values)) filled.querySelector(`[data-value=${name}]`).textContent = value;
  const list = filled.querySelector("dl");
  for (const [code, value] of said.facts) addTo(list, named(`fact:${code}`).replace(/^fact:/, ""), value);
  return filled;
}

// The last moment of a day, not the first of the next, is the day people name.
function day(seconds) {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "Asia/Shanghai" }).format((seconds - 1) * 1000);
}

function moment(seconds) {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" }).format(seconds * 1000);
}

// What the page is told -------------------------------------------------------------------------------

function say(name) {
  part("problem").replaceChildren(name ? words("problem", name) : "");
}

/** Ask with six digits; null: nothing is asked. */
function ask(digits) {
  question = digits;
  part("digits").hidden = !digits;
  part("digits").textContent = digits ? `${digits.slice(0, 3)} ${digits.slice(3)}` : "";
}

part("ask").addEventListener("click", () => {
  ask(String(crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000).padStart(6, "0"));
});

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  say("");
  judge(part("text").value);
});

part("picture").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const text = await readPicture(file);
  event.target.value = "";
  say(text ? "" : "no-code");
  if (text) judge(text);
});

function showCamera(on) {
  part("camera").hidden = !on;
  part("start").hidden = on;
}

part("start").addEventListener("click", async () => {
  say("");
  showCamera(true);
  try {
    stopCamera = await watchCamera(part("video"), (text) => {
      showCamera(false);
      judge(text);
    });
  } catch {
    showCamera(false);
    say("no-camera");
  }
});

part("stop").addEventListener("click", () => {
  stopCamera?.();
  showCamera(false);
});

window.addEventListener("online", refresh);
if ("serviceWorker" in navigator) navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope });
await showAge();
await refresh();
root.dataset.ready = "yes";
