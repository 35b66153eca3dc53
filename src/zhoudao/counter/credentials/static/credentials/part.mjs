// Showing a part of one's certificate: the holder chooses, this device signs and draws the code. With a network each showing
// has a new key and a new credential, so that two of them can't be told to be one person's.

import { generate, correction } from "../vendor/lean-qr-2.7.4/index.mjs";
import { LASTS, makeKey, show } from "./showing.mjs";
import * as wallet from "./wallet.mjs";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 4;
const RENEWED_BEFORE = 6 * 86400; // seconds that a kept one still lasts, at most a day after it was fetched

/** What refuses: "network" when nobody answers, else "not-now". */
class Refused extends Error {}

const secondsHere = () => Date.now() / 1000;

/** A fresh credential for certificate `number`, and the key that it is bound to. */
async function fetched(form) {
  const { privateKey, jwk } = await makeKey();
  let answer;
  try {
    answer = await fetch(form.dataset.wallet, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      body: JSON.stringify({ holder_key: jwk }),
    });
  } catch {
    throw new Refused("network");
  }
  if (!answer.ok) throw new Refused("not-now");
  const { credential, time, expires } = await answer.json();
  const ahead = Date.parse(time) / 1000 - secondsHere(); // by the city's clock: this device's own may be wrong
  return { credential, privateKey, ahead, expires: Date.parse(expires) / 1000 };
}

async function atHand(form) {
  try {
    return await fetched(form);
  } catch (problem) {
    const held = problem.message === "network" ? await wallet.kept(form.dataset.number) : undefined;
    if (held && secondsHere() + held.ahead < held.expires) return held;
    throw problem;
  }
}

/** Keep one on this device; renew it when it is a day old. */
export async function keepPart(form) {
  const held = await wallet.kept(form.dataset.number);
  if (held && held.expires - secondsHere() - held.ahead > RENEWED_BEFORE) return;
  try {
    await wallet.keep(form.dataset.number, await fetched(form));
  } catch (problem) {
    if (problem.message === "not-now") await forgetPart(form); // suspended, say: what is kept isn't to be shown
  }
}

export async function forgetPart(form) {
  await wallet.forget(form.dataset.number);
}

/** The QR code of `text` as large as its place, drawn as one path of upright runs. */
function drawn(text) {
  const code = generate(text, { minCorrectionLevel: correction.L });
  const side = code.size + 2 * MARGIN;
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  }
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${side} ${side}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("shape-rendering", "crispEdges");
  const dark = document.createElementNS(SVG, "path");
  dark.setAttribute("d", path);
  svg.append(dark);
  return svg;
}

export function offerPart(root) {
  const form = root.querySelector("[data-part=choose]");
  if (!form) return null;
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const dialog = part("showing");
  let ticking = 0;

  function say(name) {
    part("refused").replaceChildren(name ? root.querySelector(`template[data-refused="${name}"]`).content.cloneNode(true) : "");
  }

  function end() {
    clearInterval(ticking);
    part("drawing").replaceChildren();
    part("shown-text").textContent = "";
    part("counting").hidden = true;
    part("over").hidden = false;
  }

  function countDown() {
    clearInterval(ticking);
    const until = secondsHere() + LASTS;
    const tick = () => {
      const left = Math.max(0, Math.round(until - secondsHere()));
      part("left").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (!left) end();
    };
    part("counting").hidden = false;
    part("over").hidden = true;
    tick();
    ticking = setInterval(tick, 1000);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const question = form.elements.question.value.replace(/\s/g, "");
    say("");
    if (question && !/^\d{6}$/.test(question)) return say("digits");
    const names = [...form.querySelectorAll("input[name=show]:checked")].map((box) => box.value);
    form.setAttribute("aria-busy", "true");
    try {
      const { credential, privateKey, ahead } = await atHand(form);
      const text = await show(credential, names, privateKey, question, Math.round(secondsHere() + ahead));
      part("drawing").replaceChildren(drawn(text));
      part("shown-text").textContent = text;
      part("shown-names").textContent = names.map((name) => form.querySelector(`input[value="${name}"]`).dataset.name).join(part("shown-names").dataset.comma);
      part("only-that").hidden = names.length > 0;
      part("shown-more").hidden = names.length === 0;
      countDown();
      dialog.showModal();
    } catch (problem) {
      say(problem instanceof Refused ? problem.message : "not-now");
    } finally {
      form.removeAttribute("aria-busy");
    }
    return undefined;
  });
  dialog.addEventListener("close", end);
  return form;
}
