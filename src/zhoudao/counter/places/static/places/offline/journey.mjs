// Journeys as the server tells them (engines/wayfinding/journey.py): by the latest departure that still makes the arrival, so that
// nobody is sent to a pier an hour before the boat. A spot is {stops: seconds on foot to each stop, place}.

import { Backward, Forward, NO_STOP } from "./scan.mjs";

/** The latest moment to set out from `start` and be at `end` by `deadline`, and the stop first gone to (NO_STOP: walk). */
export function lastChance(network, start, end, direct, since, deadline) {
  const [leave, stop] = new Backward(network, end.stops, deadline, since).latestFrom(start.stops);
  return deadline - direct >= leave ? [deadline - direct, NO_STOP] : [leave, stop];
}

/** The journey that leaves last and still arrives by `deadline`; null when there is none from `since` on. */
export function latestDeparture(network, start, end, direct, since, deadline) {
  const [leave, stop] = lastChance(network, start, end, direct, since, deadline);
  if (leave < since) return null;
  if (stop === NO_STOP) return walked(start, end, leave, leave + direct);
  const forward = new Forward(network, { stops: start.stops, points: new Int32Array() }, leave);
  forward.run(deadline);
  return tell(network, start, end, direct, leave, Math.min(deadline, forward.arrivalByVehicle(end.stops)));
}

/** The journey at `when` or later that arrives at `arrive`, the earliest arrival there is. */
export function tell(network, start, end, direct, when, arrive) {
  if (when + direct <= arrive) return walked(start, end, when, when + direct);
  const backward = new Backward(network, end.stops, arrive, when);
  const [leave, stop] = backward.latestFrom(start.stops);
  return riding(network, start, end, leave, backward.ridesFrom(stop));
}

function walked(start, end, depart, arrive) {
  return { depart, arrive, legs: onFoot(start.place, end.place, depart, arrive) };
}

function riding(network, start, end, leave, rides) {
  const legs = [];
  let here = start.place;
  let ready = leave;
  for (const [number, ride] of rides.entries()) {
    if (here.stop !== ride.fromStop) {
      // Walk on at once; the waiting is done where the vehicle comes. The first walk is timed for its vehicle.
      const seconds = number === 0 ? ride.depart - leave : changeSeconds(network, rides[number - 1].toStop, ride.fromStop);
      legs.push(...onFoot(here, { stop: ride.fromStop }, ready, ready + seconds));
    }
    const line = network.data.lines[network.data.trips.line[ride.trip]];
    legs.push({ mode: line.mode, from: { stop: ride.fromStop }, to: { stop: ride.toStop }, depart: ride.depart, arrive: ride.arrive, line });
    here = { stop: ride.toStop };
    ready = ride.arrive;
  }
  const last = end.stops[here.stop];
  legs.push(...onFoot(here, end.place, ready, ready + last));
  return { depart: leave, arrive: ready + last, legs };
}

function changeSeconds({ onward }, from, to) {
  for (let k = onward.offsets[from]; k < onward.offsets[from + 1]; k++) if (onward.ends[k] === to) return onward.seconds[k];
  throw new Error(`no way from stop ${from} to stop ${to}`);
}

function onFoot(from, to, depart, arrive) {
  return depart === arrive ? [] : [{ mode: "walk", from, to, depart, arrive, line: null }];
}
