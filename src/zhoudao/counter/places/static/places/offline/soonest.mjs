// Where one is served soonest, from what is kept: the same ranking as the server's (engines/wayfinding/soonest.py), without queues.

import { BEYOND, NEVER } from "./network.mjs";
import { latestDeparture, tell } from "./journey.mjs";
import { Backward, Forward } from "./scan.mjs";

const LONGEST_SEARCH = 7; // days ahead that are looked at
const LONG_WAIT = 15 * 60; // nobody is sent to a door that opens later than this after they get there
export const YES = "yes", UNREACHABLE = "unreachable", CLOSED = "closed", UNCONFIRMED = "unconfirmed";

/** When somebody is served who arrives at a row of the hours table at `arrive`. */
export function serve(hours, row, arrive) {
  if (arrive === NEVER) return { served: NEVER, outcome: UNREACHABLE };
  if (hours.always[row]) return { served: arrive, outcome: YES };
  const spans = hours.spans[row];
  for (let k = 0; k < spans.length; k += 2) {
    if (spans[k + 1] > arrive) return { served: Math.max(arrive, spans[k]), outcome: YES };
  }
  const unknown = hours.table_ends || arrive >= hours.known_until;
  return { served: NEVER, outcome: unknown ? UNCONFIRMED : CLOSED };
}

/**
 * Every place that does an item, soonest served first, then those that don't serve, then those nobody can be led to.
 * `start`: where one stands (Network.standing, Network.named); `when`: epoch seconds. `facts`: the document, `network` made of it.
 */
export function soonest(facts, network, item, start, when) {
  const candidates = facts.done[item].map(([point, row, phone]) => ({ point, row, phone, number: network.points.indexOf(facts.points[point].code) }));
  const known = candidates.filter(({ number }) => number >= 0);
  const forward = new Forward(network, start, when);
  let until;
  let found;
  for (let ahead = 0; ahead < LONGEST_SEARCH; ahead++) {
    until = network.endOfDay(when, ahead);
    found = arrivals(forward, known, until).map((arrive, k) => ({ ...known[k], arrive, ...serve(facts.hours, known[k].row, arrive) }));
    if (found.some(({ served }) => served < until)) break;
  }
  found.sort((a, b) => compare(a.served, b.served) || compare(a.arrive, b.arrive));
  const off = candidates.filter(({ number }) => number < 0).map((each) => ({ ...each, arrive: NEVER, served: NEVER, outcome: UNREACHABLE }));
  const question = { facts, network, item, when, origin: { stops: start.stops, place: { here: true } }, start };
  return [...found, ...off].map((each) => new Way(question, each));
}

function arrivals(forward, known, until) {
  forward.run(until);
  const there = known.map(({ number }) => forward.arrivalAt(number));
  const latest = Math.max(0, ...there.filter((arrive) => arrive < NEVER));
  if (latest <= until) return there;
  // What leaves after the day ends may still overtake a slow night boat, but opens up no new place for today.
  forward.run(latest);
  return known.map(({ number }, k) => (there[k] < NEVER ? forward.arrivalAt(number) : NEVER));
}

function compare(a, b) {
  return a === b ? 0 : a - b;
}

/** One place of a ranking. */
export class Way {
  constructor(question, found) {
    Object.assign(this, found);
    this.question = question;
  }

  get goal() {
    return { stops: this.question.network.stopsOfPoint(this.number), place: { point: this.point } };
  }

  get direct() {
    return this.question.start.points[this.number];
  }

  /** The way there at once; null when there is none. */
  get journey() {
    if (this.arrive === NEVER) return null;
    const { network, origin, when } = this.question;
    return tell(network, origin, this.goal, this.direct, when, this.arrive);
  }

  /** When it opens, for somebody who would have to wait for that. */
  get opens() {
    return this.served < NEVER && this.served > this.arrive ? this.served : null;
  }

  /** The way there as one would go: not to stand before a closed door for long. */
  get unhurried() {
    this.told ??= this.#tellUnhurried();
    return this.told;
  }

  #tellUnhurried() {
    const { network, origin, when } = this.question;
    if (this.opens === null || this.opens - this.arrive < LONG_WAIT) return this.journey;
    return latestDeparture(network, origin, this.goal, this.direct, when, this.opens);
  }

  /** The last journey home that day after the service; null when there is none by bus or boat. */
  get lastBack() {
    if (this.served === NEVER) return null;
    const { network, origin, facts, item } = this.question;
    const done = this.served + facts.items[item].stay;
    const found = latestDeparture(network, this.goal, origin, this.direct, done, network.endOfDay(done));
    return found?.legs.some(({ line }) => line) ? found : null;
  }

  /** Seconds home on foot; null when there is no such way. */
  get homeOnFoot() {
    return this.direct < BEYOND ? this.direct : null;
  }

  /** Whether one gets home that day at all. */
  get getsHome() {
    if (this.homeOnFoot !== null) return true;
    const { network, origin, facts, item } = this.question;
    const done = this.served + facts.items[item].stay;
    const backward = new Backward(network, origin.stops, network.endOfDay(done), network.endOfDay(done, -1));
    return backward.latestFrom(this.goal.stops)[0] >= done;
  }
}
