// The pocket network (engines/wayfinding/pocket.py): a timetable for some weeks, and what one reaches on foot from many doors.
// Times are epoch seconds; numbers of stops, trips, hops, points and days are places in the lists they were sent in.

export const BEYOND = 2 ** 30; // seconds to what can't be reached
export const NEVER = Infinity; // a moment that never comes
const DAY_ENDS = 4 * 3600; // a day of travel ends at four in the morning, when nothing sails
const WALKING = 80 / 60; // metres a second, as the street graph walks (engines/wayfinding/profiles.py)
const DETOUR = 1.3; // how much longer streets are than a crow's line, to the nearest door
const FARTHEST_DOOR = 1500; // metres
const SHORE = 150; // metres outside an outline that still count as on it: outlines are coarser than piers
const METRES_A_DEGREE = 111_195;

export class Network {
  constructor(data) {
    this.data = data;
    this.points = data.points;
    this.stops = data.stops.change.length;
    this.trips = data.trips.line.length;
    this.change = Int32Array.from(data.stops.change);
    this.onward = linksOf(data.onward);
    this.inward = turned(this.onward, this.stops);
    this.egress = linksOf(data.egress);
    this.hops = hopsOf(data.hops);
    this.doors = doorsOf(data.doors);
    this.days = data.days;
    this.hopsByDay = new Map();
  }

  /** Number of the calendar day of a moment; -1 outside the days kept. */
  dayOf(moment) {
    const { midnight } = this.days;
    if (moment < midnight[0] || moment >= midnight[midnight.length - 1]) return -1;
    return lastAtMost(midnight, moment);
  }

  /** Whether one may ask about a moment: a day that is kept, and that the timetable knows. */
  knows(moment) {
    const day = this.dayOf(moment);
    return day >= this.days.first && day <= this.days.last;
  }

  /** When the day of travel of a moment ends, or the one `ahead` days later. */
  endOfDay(moment, ahead = 0) {
    const { midnight } = this.days;
    const day = Math.min(this.dayOf(moment - DAY_ENDS) + 1 + ahead, midnight.length - 1);
    return midnight[day] + DAY_ENDS;
  }

  /** Every hop that departs on a calendar day, in order, whichever service day it belongs to; seconds after midnight. */
  hopsOf(day) {
    if (!this.hopsByDay.has(day)) this.hopsByDay.set(day, this.#collect(day));
    return this.hopsByDay.get(day);
  }

  #collect(day) {
    const { midnight, zero, running, oldest } = this.days;
    const { departs } = this.hops;
    const length = midnight[day + 1] - midnight[day];
    const found = [];
    for (let age = 0; age <= oldest + 1 && day - age >= 0; age++) {
      const shift = zero[day - age] - midnight[day];
      const runs = new Set(running[day - age]);
      const last = firstAtLeast(departs, length - shift);
      for (let hop = firstAtLeast(departs, -shift); hop < last; hop++) {
        if (runs.has(this.data.trips.service[this.hops.trip[hop]])) found.push({ hop, age, departs: departs[hop] + shift });
      }
    }
    return found.sort((a, b) => a.departs - b.departs); // stable: ties keep the order they were found in
  }

  /** Where somebody stands: the nearest door on the same land, and the seconds from there to all it reaches. null: nowhere. */
  standing([lon, lat]) {
    const squeeze = Math.cos((lat * Math.PI) / 180);
    const piece = this.pieceOf(lon, lat);
    const { at, land } = this.doors;
    let best = -1;
    let metres = FARTHEST_DOOR;
    for (let door = 0; door < land.length; door++) {
      const away = Math.hypot((at[2 * door] - lon) * squeeze, at[2 * door + 1] - lat) * METRES_A_DEGREE;
      if (away < metres && land[door] === piece) [best, metres] = [door, away];
    }
    return best < 0 ? null : this.door(best, Math.ceil((metres * DETOUR) / WALKING));
  }

  /** A named place. null: none of that name, or with no street near. */
  named(code) {
    const door = this.doors.codes.indexOf(code);
    return door < 0 ? null : this.door(door, 0);
  }

  door(number, extra) {
    const { at, points, stops } = this.doors;
    return {
      at: [at[2 * number], at[2 * number + 1]],
      points: reachedFrom(points[number], this.points.length, extra),
      stops: reachedFrom(stops[number], this.stops, extra),
    };
  }

  /** Seconds on foot between every stop and a point. */
  stopsOfPoint(point) {
    const seconds = new Int32Array(this.stops).fill(BEYOND);
    const { offsets, ends, seconds: takes } = this.egress;
    for (let stop = 0; stop < this.stops; stop++) {
      for (let k = offsets[stop]; k < offsets[stop + 1]; k++) if (ends[k] === point) seconds[stop] = takes[k];
    }
    return seconds;
  }

  /** The piece of land a place is on, or within SHORE of; -1 for none. */
  pieceOf(lon, lat) {
    const squeeze = Math.cos((lat * Math.PI) / 180);
    let [best, nearest] = [-1, SHORE];
    for (const [number, ring] of this.data.land.entries()) {
      let inside = false;
      for (let k = 0; k + 3 < ring.length; k += 2) {
        const [ax, ay, bx, by] = [ring[k] - lon, ring[k + 1] - lat, ring[k + 2] - lon, ring[k + 3] - lat];
        const crossesEastOfHere = ay > 0 !== by > 0 && ax - (ay * (bx - ax)) / (by - ay) > 0;
        if (crossesEastOfHere) inside = !inside;
        const away = fromSegment(ax * squeeze, ay, bx * squeeze, by) * METRES_A_DEGREE;
        if (away < nearest) [best, nearest] = [number, away];
      }
      if (inside) return number;
    }
    return best;
  }
}

function hopsOf({ departs, takes, from, to, trip, no_boarding: noBoarding, no_alighting: noAlighting }) {
  const count = trip.length;
  const hops = { departs: new Int32Array(count), takes, from, to, trip, board: new Uint8Array(count).fill(1), alight: new Uint8Array(count).fill(1) };
  departs.reduce((before, more, hop) => (hops.departs[hop] = before + more), 0);
  for (const hop of noBoarding) hops.board[hop] = 0;
  for (const hop of noAlighting) hops.alight[hop] = 0;
  return hops;
}

function linksOf({ count, end, seconds }) {
  const offsets = new Int32Array(count.length + 1);
  count.forEach((number, stop) => { offsets[stop + 1] = offsets[stop] + number; });
  return { offsets, ends: end, seconds };
}

/** The same links by the stop they lead to. */
function turned({ offsets, ends, seconds }, stops) {
  const found = Array.from({ length: stops }, () => []);
  for (let stop = 0; stop < stops; stop++) {
    for (let k = offsets[stop]; k < offsets[stop + 1]; k++) found[ends[k]].push([stop, seconds[k]]);
  }
  for (const links of found) links.sort((a, b) => a[1] - b[1]);
  const count = found.map((links) => links.length);
  return linksOf({ count, end: found.flatMap((links) => links.map(([stop]) => stop)), seconds: found.flatMap((links) => links.map(([, takes]) => takes)) });
}

function doorsOf(doors) {
  return { codes: doors.codes, at: doors.at, land: doors.land, points: doors.points, stops: doors.stops };
}

function reachedFrom(pairs, count, extra) {
  const seconds = new Int32Array(count).fill(BEYOND);
  for (let k = 0; k < pairs.length; k += 2) seconds[pairs[k]] = pairs[k + 1] + extra;
  return seconds;
}

function fromSegment(ax, ay, bx, by) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length)) : 0;
  return Math.hypot(ax + along * dx, ay + along * dy);
}

/** Index of the first of rising values that is at least `wanted`. */
export function firstAtLeast(values, wanted) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the last of rising values that is at most `wanted`; -1 for none. */
export function lastAtMost(values, wanted) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
