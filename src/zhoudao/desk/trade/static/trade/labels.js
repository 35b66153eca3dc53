// Which names of a drawing are written, and where: no two overlap. Pure.

const GAP = 4;
// Where a name may stand about its dot, the best first: [to the side, above or below], -1 to 1.
const SIDES = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, -1], [-1, 1], [-1, -1]];

const meet = (a, b) => a.x < b.x + b.wide && b.x < a.x + a.wide && a.y < b.y + b.high && b.y < a.y + a.high;

function beside({ x, y, radius, wide, high }, [across, down]) {
  const reach = (across && down ? 0.75 * radius : radius) + GAP;
  return {
    x: across > 0 ? x + reach : across < 0 ? x - reach - wide : x - wide / 2,
    y: down > 0 ? y + reach : down < 0 ? y - reach - high : y - high / 2,
    wide, high,
  };
}

const dotOf = ({ x, y, radius }) => ({ x: x - radius, y: y - radius, wide: 2 * radius, high: 2 * radius });

/**
 * `names`: [{key, x, y, radius, wide, high, insists}], the most important first: a dot and the size of its name.
 * Gives key -> {x, y, wide, high} of those that find room within `stage` ({wide, high}), off the other names and off
 * the other dots, which would seem to be the ones that are named. One that `insists` may lie over dots.
 */
export function placed(names, stage) {
  const dots = names.map((name) => [name.key, dotOf(name)]);
  const taken = new Map();
  for (const name of names) {
    const free = SIDES.map((side) => beside(name, side)).filter((box) => (
      box.x >= 0 && box.y >= 0 && box.x + box.wide <= stage.wide && box.y + box.high <= stage.high
      && ![...taken.values()].some((other) => meet(box, other))
    ));
    const clear = free.find((box) => !dots.some(([key, dot]) => key !== name.key && meet(box, dot)));
    const spot = clear ?? (name.insists ? free[0] : undefined);
    if (spot) taken.set(name.key, spot);
  }
  return taken;
}
