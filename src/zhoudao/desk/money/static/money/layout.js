// Where accounts stand. Deterministic: the same graph is arranged alike on every screen, and what stands stays.

const APART = 1;        // the distance that neighbours settle at
const ROUNDS = 260;

/**
 * Places for all of `nodes` (keys) by the edges {from, to, amount}: forces that even out, money to the right.
 * `shape`: how much wider than high.
 */
export function arrange(nodes, edges, shape) {
  const at = new Map(nodes.map((key, n) => [key, n]));
  const count = nodes.length;
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  for (let n = 0; n < count; n++) {  // a sunflower: even, and without chance
    const radius = APART * Math.sqrt(n + 0.5);
    x[n] = radius * Math.cos(n * 2.399963);
    y[n] = radius * Math.sin(n * 2.399963);
  }
  const links = edges.filter((edge) => at.has(edge.from) && at.has(edge.to) && edge.from !== edge.to);
  const largest = Math.max(1, ...links.map((edge) => edge.amount));
  const dx = new Float64Array(count);
  const dy = new Float64Array(count);
  for (let round = 0; round < ROUNDS; round++) {
    dx.fill(0);
    dy.fill(0);
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        const ex = x[a] - x[b];
        const ey = y[a] - y[b];
        const square = ex * ex + ey * ey || 0.0001;
        const push = (APART * APART) / square;
        dx[a] += ex * push; dy[a] += ey * push;
        dx[b] -= ex * push; dy[b] -= ey * push;
      }
    }
    for (const { from, to, amount } of links) {
      const a = at.get(from);
      const b = at.get(to);
      const ex = x[b] - x[a];
      const ey = y[b] - y[a];
      const far = Math.hypot(ex, ey) || 0.01;
      const pull = (far / APART) * (0.25 + 0.35 * Math.sqrt(amount / largest));
      dx[a] += ex * pull; dy[a] += ey * pull;
      dx[b] -= ex * pull; dy[b] -= ey * pull;
      const lean = 0.18 * APART;  // payers to the left, payees to the right
      dx[a] -= lean; dx[b] += lean;
    }
    const heat = APART * 0.6 * (1 - round / ROUNDS) + 0.01;
    for (let n = 0; n < count; n++) {
      dx[n] -= x[n] * 0.02;
      dy[n] -= y[n] * 0.03;
      const far = Math.hypot(dx[n], dy[n]) || 1;
      const step = Math.min(far, heat) / far;
      x[n] += dx[n] * step;
      y[n] += dy[n] * step;
    }
  }
  return new Map(nodes.map((key, n) => [key, [x[n] * shape, y[n]]]));
}

/** Adds to `places` those of `nodes` that have none: on free spots about the account they came with. */
export function settle(places, nodes, edges, anchor) {
  const centre = places.get(anchor) ?? [0, 0];
  const taken = [...places.values()];
  const pays = new Set(edges.filter((edge) => edge.to === anchor).map((edge) => edge.from));
  for (const key of nodes) {
    if (places.has(key)) continue;
    const toLeft = pays.has(key);
    const spot = free(centre, taken, toLeft);
    places.set(key, spot);
    taken.push(spot);
  }
}

function free(centre, taken, toLeft) {
  for (let ring = 1; ; ring++) {
    const slots = 10 * ring;
    for (let n = 0; n < slots; n++) {
      // From the middle of the side outward: 0, +1, -1, +2, ...
      const turn = ((n % 2 ? 1 : -1) * Math.ceil(n / 2) * 2 * Math.PI) / slots + (toLeft ? Math.PI : 0);
      const spot = [centre[0] + 1.5 * ring * Math.cos(turn), centre[1] + 1.1 * ring * Math.sin(turn)];
      if (taken.every(([x, y]) => (x - spot[0]) ** 2 + (y - spot[1]) ** 2 > 0.5)) return spot;
    }
  }
}
