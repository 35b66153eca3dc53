// Connection scan, as the server does it (engines/wayfinding/scan.py, search.py): the earliest arrivals from one place, and the
// latest departures that still reach a goal. Walks are not closed under joining, so arriving by vehicle and being at a stop are
// two labels: only the first lets one walk on.

import { BEYOND, NEVER } from "./network.mjs";

const NEVER_LEAVES = -(2 ** 30);
export const NO_STOP = -1;

/** The earliest arrivals from where somebody stands at one moment. `run` may be called again to look further ahead. */
export class Forward {
  constructor(network, start, when) {
    this.network = network;
    this.when = when;
    this.firstDay = network.dayOf(when);
    this.base = network.days.midnight[this.firstDay];
    const begins = when - this.base;
    this.here = start.stops.map((seconds) => seconds + begins);
    this.toPoint = start.points.map((seconds) => seconds + begins);
    this.ride = new Int32Array(network.stops).fill(BEYOND);
    this.pad = network.days.oldest + 1;
    this.onBoard = new Set();
    this.day = 0;
    this.at = -1;
  }

  /** Look at everything that departs before `until`. */
  run(until) {
    const { network } = this;
    const { midnight } = network.days;
    const limit = until - this.base;
    for (;;) {
      const today = this.firstDay + this.day;
      if (today + 1 >= midnight.length) return;
      const shift = midnight[today] - this.base;
      if (shift >= limit) return;
      const hops = network.hopsOf(today);
      if (this.at < 0) {
        const since = Math.max(this.when - this.base - shift, 0);
        this.at = hops.findIndex((hop) => hop.departs >= since);
        if (this.at < 0) this.at = hops.length;
      }
      for (; this.at < hops.length; this.at++) if (!this.#take(hops[this.at], shift, limit)) return;
      [this.day, this.at] = [this.day + 1, -1];
    }
  }

  /** One hop; false when it departs too late. */
  #take({ hop, age, departs }, shift, limit) {
    const { network, here, ride, toPoint } = this;
    const { hops, onward, egress, change } = network;
    const leaves = departs + shift;
    if (leaves >= limit) return false;
    const run = (this.day + this.pad - age) * network.trips + hops.trip[hop];
    if (!this.onBoard.has(run)) {
      if (!hops.board[hop] || here[hops.from[hop]] > leaves) return true;
      this.onBoard.add(run);
    }
    const stop = hops.to[hop];
    const time = leaves + hops.takes[hop];
    if (time >= ride[stop] || !hops.alight[hop]) return true;
    ride[stop] = time;
    here[stop] = Math.min(here[stop], time + change[stop]);
    for (let k = onward.offsets[stop]; k < onward.offsets[stop + 1]; k++) {
      here[onward.ends[k]] = Math.min(here[onward.ends[k]], time + onward.seconds[k]);
    }
    for (let k = egress.offsets[stop]; k < egress.offsets[stop + 1]; k++) {
      toPoint[egress.ends[k]] = Math.min(toPoint[egress.ends[k]], time + egress.seconds[k]);
    }
    return true;
  }

  arrivalAt(point) {
    return this.toPoint[point] >= BEYOND ? NEVER : this.toPoint[point] + this.base;
  }

  /** When one is at a place `last` seconds from each stop, come by vehicle at the last. */
  arrivalByVehicle(last) {
    const best = this.ride.reduce((found, time, stop) => Math.min(found, time + last[stop]), BEYOND);
    return best < BEYOND ? best + this.base : NEVER;
  }
}

/** The latest departures that still reach a goal, `toGoal` seconds from each stop, by `deadline`, not before `since`. */
export class Backward {
  constructor(network, toGoal, deadline, since) {
    this.network = network;
    this.firstDay = network.dayOf(since);
    const { midnight } = network.days;
    this.base = midnight[this.firstDay];
    this.catch = toGoal.map((seconds) => (seconds >= BEYOND ? NEVER_LEAVES : deadline - this.base - seconds));
    this.follow = new Int32Array(network.stops).fill(NO_STOP);
    this.leave = new Int32Array(network.stops).fill(NEVER_LEAVES);
    this.first = new Array(network.stops).fill(null);
    this.last = new Array(network.stops).fill(null);
    const pad = network.days.oldest + 1;
    const getsOff = new Map();
    const lastDay = Math.min(network.dayOf(Math.max(deadline, since)), midnight.length - 2);
    for (let day = lastDay; day >= this.firstDay; day--) {
      const shift = midnight[day] - this.base;
      const hops = network.hopsOf(day);
      for (let at = hops.length - 1; at >= 0; at--) {
        const leaves = hops[at].departs + shift;
        if (leaves >= deadline - this.base) continue;
        if (leaves < since - this.base) break;
        this.#take({ ...hops[at], day, leaves }, getsOff, (day - this.firstDay + pad - hops[at].age) * network.trips);
      }
    }
  }

  #take(called, getsOff, runs) {
    const { hops, inward, change } = this.network;
    const { hop, leaves } = called;
    const run = runs + hops.trip[hop];
    if (!getsOff.has(run)) {
      if (!hops.alight[hop] || leaves + hops.takes[hop] > this.catch[hops.to[hop]]) return;
      getsOff.set(run, called);
    }
    const stop = hops.from[hop];
    if (leaves <= this.leave[stop] || !hops.board[hop]) return;
    this.leave[stop] = leaves;
    this.first[stop] = called;
    this.last[stop] = getsOff.get(run);
    if (leaves - change[stop] > this.catch[stop]) {
      this.catch[stop] = leaves - change[stop];
      this.follow[stop] = stop;
    }
    for (let k = inward.offsets[stop]; k < inward.offsets[stop + 1]; k++) {
      const before = inward.ends[k];
      if (leaves - inward.seconds[k] > this.catch[before]) {
        this.catch[before] = leaves - inward.seconds[k];
        this.follow[before] = stop;
      }
    }
  }

  /** Latest moment to set out from a place `toStops` seconds from each stop, and the stop first gone to. */
  latestFrom(toStops) {
    let [best, found] = [NEVER_LEAVES, NO_STOP];
    for (let stop = 0; stop < toStops.length; stop++) {
      if (this.leave[stop] === NEVER_LEAVES || toStops[stop] >= BEYOND) continue;
      if (this.leave[stop] - toStops[stop] > best) [best, found] = [this.leave[stop] - toStops[stop], stop];
    }
    return found === NO_STOP ? [-NEVER, NO_STOP] : [best + this.base, found];
  }

  /** The vehicles from `stop` on to the goal. */
  ridesFrom(stop) {
    const { hops } = this.network;
    const rides = [];
    for (let at = stop; at !== NO_STOP; at = this.follow[rides.at(-1).toStop]) {
      const [first, last] = [this.first[at], this.last[at]];
      rides.push({
        trip: hops.trip[first.hop],
        fromStop: hops.from[first.hop],
        toStop: hops.to[last.hop],
        depart: first.leaves + this.base,
        arrive: last.leaves + hops.takes[last.hop] + this.base,
      });
    }
    return rides;
  }
}
