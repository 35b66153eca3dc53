// The page that stands in for the map's own without a network: it reads the address as they do, and answers from what is kept.

import { Network } from "./network.mjs";
import { serve, soonest } from "./soonest.mjs";
import { find } from "./search.mjs";
import { draw } from "./drawing.mjs";
import { NOTE, now, open } from "./store.mjs";
import { Words, byWhat, inFull, leave, story, wayBack } from "./words.mjs";

const SHOWN = 8;
const CLOSED_WITHIN = 15 * 86400; // an opening further ahead is none that one waits for
const told = JSON.parse(document.getElementById("offline-told").textContent);
const words = new Words(told.language, told.zone, told.say);
const form = document.querySelector("[data-offline-search]");
const query = new URLSearchParams(location.search);

const template = (name) => document.getElementById(`offline-${name}`).content.firstElementChild.cloneNode(true);
const part = (element, name) => element.querySelector(`[data-part=${name}]`);
const region = (name) => document.querySelector(`[data-region=${name}]`);

/** Put words into a part, or take the part away when there are none. */
function fill(element, name, text) {
  const place = part(element, name);
  if (text) place.textContent = text;
  else place.remove();
  return place;
}

function phone(element, name, number) {
  const place = part(element, name);
  if (!number) return place.remove();
  const link = place.matches("a") ? place : place.querySelector("a");
  link.href = `tel:${number.replaceAll(" ", "")}`;
  link.append(Object.assign(document.createElement("span"), { className: "number", textContent: number }));
}

function notice(text) {
  const made = template("notice");
  part(made, "text").textContent = text;
  region("notices").append(made);
}

// What is open -----------------------------------------------------------------------------------------------------------------

/** {open, label} of a row of the hours table at a moment. */
function standing(facts, row, moment) {
  if (facts.hours.always[row]) return { open: true, label: words.sentence("always") };
  const spans = facts.hours.spans[row];
  for (let k = 0; k < spans.length; k += 2) {
    if (spans[k + 1] <= moment) continue;
    if (spans[k] <= moment) return { open: true, label: words.sentence("open", { when: words.when(spans[k + 1], moment) }) };
    if (spans[k] < moment + CLOSED_WITHIN) return { open: false, label: words.sentence("shut", { when: words.when(spans[k], moment) }) };
    break;
  }
  return { open: false, label: words.sentence(facts.hours.table_ends ? "unconfirmed" : "closed") };
}

// Pages ------------------------------------------------------------------------------------------------------------------------

function pointAddress(facts, point, item) {
  const about = item === undefined ? "" : `?item=${facts.items[item].code}`;
  return `${told.point}${facts.points[point].code}/${about}`;
}

function place({ facts, texts }, found, number, item, moment) {
  const made = template("place");
  const { name, address, kind } = texts.points[found.point];
  const row = found.row ?? facts.points[found.point].hours;
  const state = standing(facts, row, moment);
  made.classList.add(state.open ? "is-open" : "shut");
  fill(made, "number", number ? String(number) : "");
  const link = part(made, "name");
  [link.textContent, link.href] = [name, pointAddress(facts, found.point, item)];
  fill(made, "when", state.label);
  fill(made, "why", "");
  const note = item === undefined ? undefined : texts.said[item][found.point];
  fill(made, "note", note === undefined ? "" : texts.notes[note]);
  fill(made, "address", address);
  fill(made, "kind", kind);
  phone(made, "phone", found.phone || facts.points[found.point].phone);
  if (!facts.points[found.point].step_free) part(made, "step-free").remove();
  return { made, state };
}

function journeyOf(way, texts) {
  const list = document.createElement("ol");
  list.className = "journey";
  for (const { kind, at, text } of story(way, words, texts)) {
    const step = template("step");
    step.classList.add(kind);
    part(step, "time").textContent = words.time(at);
    part(step, "text").textContent = text;
    list.append(step);
  }
  return list;
}

function rankedPlace(kept, way, number, first) {
  const { made, state } = place(kept, way, number, way.question.item, way.question.when);
  const served = way.served < Infinity;
  const line = part(made, "when");
  const said = served ? words.when(inFull(way.served), way.question.when) : "";
  line.textContent = served ? words.sentence(way === first ? "earliest" : "served", { when: said }) : state.label;
  line.classList.toggle("closed", !served);
  const why = document.createElement("p");
  why.className = "place-why";
  if (way.arrive === Infinity) why.textContent = words.sentence("unreachable");
  else if (way !== first && served && way.served - first.served >= 60) why.textContent = words.sentence("later", { span: words.span(way.served - first.served) });
  if (why.textContent) line.after(why);
  if (!served) return made;
  const length = document.createElement("p");
  length.className = "place-facts";
  for (const text of [leave(way, words), byWhat(way, words)]) if (text) length.append(Object.assign(document.createElement("span"), { textContent: text }));
  (why.textContent ? why : line).after(length);
  const told = [journeyOf(way, kept.texts)];
  const back = wayBack(way, words, kept.texts);
  if (back) told.push(Object.assign(document.createElement("p"), { className: "place-why", textContent: back }));
  if (way === first) {
    made.classList.add("first");
    length.after(...told);
  } else {
    const more = template("way-there");
    more.append(...told);
    length.after(more);
  }
  return made;
}

function lineOf(leg, question) {
  const at = (spot) => {
    if (spot.here) return question.start.at;
    if (spot.point !== undefined) return question.facts.points[spot.point].at;
    const { at: places } = question.network.data.stops;
    return [places[2 * spot.stop], places[2 * spot.stop + 1]];
  };
  return { mode: leg.mode, line: [at(leg.from), at(leg.to)] };
}

/** Where the person says they are, as the pages' addresses say it; null when they don't. */
function start(network) {
  if (query.get("at")) return network.named(query.get("at"));
  const [lat, lon] = [Number(query.get("lat")), Number(query.get("lon"))];
  return lat && lon ? network.standing([lon, lat]) : null;
}

/** The moment asked about: `when` on the city's clock, or now. */
function moment(note) {
  const said = query.get("when");
  if (!said) return now(note);
  const offset = note.made.slice(19); // "+08:00"
  const found = Date.parse(/[+Z]|-\d\d:\d\d$/.test(said.slice(10)) ? said : `${said}${offset}`);
  return Number.isNaN(found) ? now(note) : Math.ceil(found / 1000);
}

function answer(kept, item) {
  const { facts, texts, note } = kept;
  const { name, summary, html } = texts.items[item];
  const network = new Network(facts.network);
  const when = moment(note);
  const made = template("answer");
  part(made, "name").textContent = name;
  part(made, "summary").textContent = summary;
  part(made, "item").innerHTML = html; // written by our own server, and kept as it was served
  if (!facts.items[item].online) part(made, "online").remove();
  const from = start(network);
  if (!from && (query.get("at") || query.get("lat"))) notice(words.sentence("not_on_land"));
  const knows = network.knows(when);
  if (from && !knows) notice(words.sentence("outside"));
  const list = part(made, "places");
  const marks = [];
  let way = [];
  const add = (element, point, state) => {
    list.append(element);
    marks.push({ at: facts.points[point].at, number: marks.length + 1, open: state.open, url: pointAddress(facts, point, item), name: texts.points[point].name });
  };
  if (from && knows) {
    part(made, "setting-out").textContent = words.sentence("setting_out", { when: words.when(when, now(note)) });
    const ranking = soonest(facts, network, item, from, when);
    const first = ranking[0]?.served < Infinity ? ranking[0] : null;
    if (!first) notice(words.sentence("nobody"));
    for (const found of ranking.slice(0, query.has("all") ? undefined : SHOWN)) {
      add(rankedPlace(kept, found, marks.length + 1, first), found.point, standing(facts, found.row, when));
    }
    way = first?.unhurried?.legs.map((leg) => lineOf(leg, first.question)) ?? [];
  } else {
    const opens = ({ row }) => (standing(facts, row, when).open ? 0 : serve(facts.hours, row, when).served);
    const all = facts.done[item].map(([point, row, number]) => ({ point, row, phone: number })).sort((a, b) => opens(a) - opens(b) || a.point - b.point);
    for (const found of all.slice(0, query.has("all") ? undefined : SHOWN)) {
      const { made: element, state } = place(kept, found, marks.length + 1, item, when);
      add(element, found.point, state);
    }
  }
  const every = part(made, "all");
  if (query.has("all") || facts.done[item].length <= SHOWN) every.remove();
  else {
    const address = new URLSearchParams(query);
    for (const [key, value] of [["item", facts.items[item].code], ["all", "1"]]) address.set(key, value);
    every.querySelector("a").href = `${told.search}?${address}`;
  }
  if (marks.length) part(made, "map").prepend(draw(network, { marks: marks.slice(0, SHOWN), here: from?.at ?? null, way, label: name }));
  else part(made, "map").remove();
  region("answer").append(made);
  document.title = `${name} · ${document.title}`;
}

function choices({ facts, texts }, found) {
  const made = template(found.length ? "choices" : "nothing");
  for (const item of found) {
    const choice = template("choice");
    const address = new URLSearchParams(query);
    address.set("item", facts.items[item].code);
    const link = part(choice, "name");
    [link.textContent, link.href] = [texts.items[item].name, `${told.search}?${address}`];
    part(choice, "summary").textContent = texts.items[item].summary;
    part(made, "list").append(choice);
  }
  region("answer").append(made);
}

function pointPage(kept, point) {
  const { facts, texts, note } = kept;
  const when = now(note);
  const made = template("point");
  const { name, address, kind } = texts.points[point];
  const { hours, phone: number, step_free: stepFree } = facts.points[point];
  part(made, "name").textContent = name;
  part(made, "kind").textContent = kind;
  part(made, "when").textContent = standing(facts, hours, when).label;
  part(made, "address").textContent = address;
  phone(made, "phone", number);
  if (!stepFree) part(made, "step-free").remove();
  for (let ahead = 0; ahead < 7; ahead++) part(made, "week").append(dayRow(facts, hours, when + ahead * 86400, when));
  for (const [item, { name: title }] of texts.items.entries()) {
    if (!facts.done[item].some(([at]) => at === point)) continue;
    const entry = template("done-here");
    const link = entry.querySelector("a");
    [link.textContent, link.href] = [title, `${told.search}?item=${facts.items[item].code}`];
    part(made, "items").append(entry);
  }
  region("answer").append(made);
  document.title = `${name} · ${document.title}`;
}

function dayRow(facts, row, moment, today) {
  const made = template("day");
  part(made, "day").textContent = words.day(moment, today);
  const spans = facts.hours.spans[row];
  const said = [];
  for (let k = 0; k < spans.length; k += 2) {
    if (words.dayKey(spans[k]) === words.dayKey(moment)) said.push(`${words.time(spans[k])}–${words.time(spans[k + 1]).replace(/^00:00$/, "24:00")}`);
  }
  const always = facts.hours.always[row] ? words.sentence("always") : "";
  const unknown = moment >= facts.hours.known_until ? words.sentence("unconfirmed") : part(made, "closed").textContent;
  part(made, "hours").textContent = always || said.join(words.sentence("comma")) || unknown;
  part(made, "closed").remove();
  return made;
}

function directory(kept) {
  const { facts, texts, note } = kept;
  const when = now(note);
  const made = template("directory");
  for (const [code, title] of Object.entries(texts.districts)) {
    const section = template("district");
    part(section, "name").textContent = title;
    for (const [point, { district }] of facts.points.entries()) {
      if (district === code) part(section, "places").append(place(kept, { point }, 0, undefined, when).made);
    }
    made.append(section);
  }
  region("answer").append(made);
}

function phones({ texts }) {
  const made = template("phones");
  for (const { name, phone: number, kind } of texts.phones) {
    const line = template("phone-line");
    part(line, "name").textContent = name;
    part(line, "kind").textContent = kind;
    phone(line, "phone", number);
    part(made, "list").append(line);
  }
  region("answer").append(made);
}

// What to show -----------------------------------------------------------------------------------------------------------------

function itemMeant({ facts, texts }) {
  const code = query.get("item") ?? location.pathname.match(/^\/items\/([^/]+)\/$/)?.[1];
  const picked = facts.items.findIndex((item) => item.code === code);
  return picked >= 0 ? { item: picked } : find(query.get("q") ?? "", texts.items);
}

function show(kept) {
  const { facts } = kept;
  const { pathname } = location;
  const point = facts.points.findIndex(({ code }) => pathname === `${told.point}${code}/`);
  if (point >= 0) return pointPage(kept, point);
  if (pathname === told.point) return directory(kept);
  if (pathname === "/phones/") return phones(kept);
  const meant = itemMeant(kept);
  if (meant.item !== undefined) return answer(kept, meant.item);
  if (query.get("q")) return choices(kept, meant.choices);
  return choices(kept, facts.items.slice(0, 6).map((_, number) => number));
}

function fillForm() {
  for (const name of ["q", "at", "when"]) form.elements[name].value = query.get(name) ?? "";
  for (const name of ["lat", "lon"]) {
    form.elements[name].value = query.get(name) ?? "";
    form.elements[name].disabled = !query.get(name) || Boolean(query.get("at"));
  }
}

// What is kept -----------------------------------------------------------------------------------------------------------------

async function ask(what) {
  await navigator.serviceWorker.register(told.worker, { scope: "/" });
  const { active } = await navigator.serviceWorker.ready;
  const channel = new MessageChannel();
  const answered = new Promise((resolve) => { channel.port1.onmessage = ({ data }) => resolve(data); });
  active.postMessage({ what, language: told.language }, [channel.port2]);
  return answered;
}

/** On the page about what is kept: say it, and offer to bring it up to date or to forget it. */
function offerKeeping(kept) {
  const made = template("keeping");
  part(made, "state").textContent = kept ? words.sentence("kept", { when: dayOf(kept), until: words.day(kept.facts.until - 1, now(kept.note)) }) : words.sentence("nothing_kept");
  for (const [name, what] of [["renew", "refresh"], ["forget", "forget"]]) {
    const button = part(made, name);
    button.addEventListener("click", async () => {
      button.disabled = true;
      const done = await ask(what).catch(() => false);
      if (done) location.reload();
      else part(made, "failed").hidden = false;
      button.disabled = false;
    });
  }
  if (!kept) part(made, "forget").remove();
  region("notices").append(made);
}

/** The day and time the data are of, always with the day. */
function dayOf({ note }) {
  const made = Math.floor(Date.parse(note.made) / 1000);
  return `${words.day(made, now(note))} ${words.time(made)}`;
}

async function main() {
  const kept = await open(told.language).catch(() => null);
  const isOwnPage = location.pathname.startsWith(NOTE.replace("current.json", ""));
  fillForm();
  if (isOwnPage) offerKeeping(kept);
  else region("offline").hidden = false;
  if (!kept) {
    if (!isOwnPage) notice(words.sentence("nothing_kept"));
  } else if (now(kept.note) >= kept.facts.until) {
    notice(words.sentence("too_old", { when: dayOf(kept) }));
  } else {
    region("data-of").textContent = words.sentence("data_of", { when: dayOf(kept) });
    if (!isOwnPage) show(kept);
  }
  document.documentElement.dataset.ready = "yes";
}

form.addEventListener("change", ({ target }) => { if (target.name === "at" && target.value) for (const name of ["lat", "lon"]) form.elements[name].disabled = true; });
document.querySelector("[data-try-again]").addEventListener("click", () => location.reload());
main();
