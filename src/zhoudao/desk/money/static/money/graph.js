// The money graph: sigma draws what the server counted. Nothing moves unless the reader moves it: an account that is opened
// brings its neighbours onto free spots, and the time brush only changes what is drawn.

const section = document.getElementById("graph");
const words = section?.dataset ?? {};
const language = document.documentElement.lang || "zh";

const read = (root, id) => JSON.parse(root.getElementById(id).textContent);
const say = (text, n) => text.replace("%n", n.toLocaleString(language));

class Money {
  constructor(data, state, query) {
    this.nodes = new Map();
    this.edges = new Map();
    this.places = new Map(Object.entries(state.places));
    this.groups = state.groups.map((each) => ({ ...each }));
    this.take(data, query);
    this.brush = null;  // [first day, last day] since begin, or null for all of it
  }

  take(data, query) {
    this.query = new URLSearchParams(query);
    this.currency = data.currency;
    this.begin = data.begin;
    this.days = data.begin ? Math.round((Date.parse(data.end) - Date.parse(data.begin)) / 86400000) + 1 : 0;
    this.binDays = data.binDays;
    this.nodes = new Map(data.nodes.map((node) => [node.ref, node]));
    this.edges = new Map(data.edges.map((edge) => [`${edge.from} ${edge.to}`, edge]));
    for (const ref of this.places.keys()) if (!this.nodes.has(ref)) this.places.delete(ref);
    this.groups = this.groups
      .map((group) => ({ ...group, members: group.members.filter((ref) => this.nodes.has(ref)) }))
      .filter((group) => group.members.length > 1);
  }

  day(n) {
    return new Date(Date.parse(this.begin) + n * 86400000).toISOString().slice(0, 10);
  }

  /** [transfers, amount] of an edge inside the brush. */
  sum(edge, brush = this.brush) {
    let count = 0;
    let amount = 0;
    for (const [day, n, fen] of edge.bins) {
      if (!brush || (day + this.binDays > brush[0] && day <= brush[1])) { count += n; amount += fen; }
    }
    return [count, amount];
  }

  groupOf(ref) {
    return this.groups.find((group) => group.members.includes(ref));
  }

  /** What is drawn for an account: itself, or the group it is in. */
  key(ref) {
    const group = this.groupOf(ref);
    return group ? `group:${group.members[0]}` : ref;
  }

  /** key -> accounts it stands for. */
  shown() {
    const shown = new Map();
    for (const ref of this.nodes.keys()) {
      const key = this.key(ref);
      if (!shown.has(key)) shown.set(key, []);
      shown.get(key).push(ref);
    }
    return shown;
  }

  /** Edges between what is drawn: {from, to, count, amount}, of the whole time or inside the brush. */
  between(brush) {
    const sums = new Map();
    for (const edge of this.edges.values()) {
      const from = this.key(edge.from);
      const to = this.key(edge.to);
      if (from === to) continue;
      const [count, amount] = this.sum(edge, brush);
      const known = sums.get(`${from} ${to}`) ?? { from, to, count: 0, amount: 0 };
      sums.set(`${from} ${to}`, { ...known, count: known.count + count, amount: known.amount + amount });
    }
    return sums;
  }

  /** Accounts that deal with `ref` alone, not opened, in no group. */
  leaves(ref) {
    const partners = new Map();
    for (const { from, to } of this.edges.values()) {
      for (const [one, other] of [[from, to], [to, from]]) {
        if (!partners.has(one)) partners.set(one, new Set());
        partners.get(one).add(other);
      }
    }
    return [...this.nodes.values()]
      .filter((node) => !node.opened && !this.groupOf(node.ref))
      .filter((node) => partners.get(node.ref)?.size === 1 && partners.get(node.ref).has(ref))
      .map((node) => node.ref);
  }

  place(refs) {
    const spots = refs.map((ref) => this.places.get(ref) ?? [0, 0]);
    return [0, 1].map((axis) => spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length);
  }

  state() {
    const places = {};
    for (const ref of this.nodes.keys()) places[ref] = (this.places.get(ref) ?? [0, 0]).map((each) => +each.toFixed(4));
    const brush = this.brush && this.begin ? this.brush.map((day) => this.day(day)) : null;
    return JSON.stringify({ places, groups: this.groups, brush });
  }

  money(fen, short = false) {
    const whole = ["JPY", "KRW", "VND"].includes(this.currency) ? fen : fen / 100;
    const compact = short ? { notation: "compact", maximumFractionDigits: 1 } : {};
    return new Intl.NumberFormat(language, { style: "currency", currency: this.currency, ...compact }).format(whole);
  }
}

async function start() {
  if (typeof Sigma === "undefined" || typeof graphology === "undefined") return;  // no WebGL: the tables remain
  const [{ arrange, settle }, { EdgeCurvedArrowProgram }] = await Promise.all([
    import(words.layout), import(words.curve),
  ]);
  const state = read(document, "graph-state");
  const money = new Money(read(document, "graph-data"), state, words.query);
  section.hidden = false;
  document.getElementById("brush-bars").replaceChildren();
  if (![...money.nodes.keys()].every((ref) => money.places.has(ref))) {
    money.places = arranged();
  }

  function arranged() {
    const stage = document.getElementById("stage");
    const shape = Math.min(2, Math.max(0.8, stage.clientWidth / stage.clientHeight));
    return arrange([...money.nodes.keys()], [...money.edges.values()].map((edge) => ({ ...edge, amount: money.sum(edge, null)[1] })), shape);
  }

  const colours = getComputedStyle(section);
  const colour = (name) => colours.getPropertyValue(`--${name}`).trim();
  const graph = new graphology.MultiDirectedGraph();
  const rim = Sigma.rendering.createNodeBorderProgram({
    borders: [
      { size: { value: 0.28 }, color: { attribute: "rim" } },
      { size: { fill: true }, color: { attribute: "color" } },
    ],
  });
  let chosen = null;  // {node} or {edge}
  const sigma = new Sigma(graph, document.getElementById("stage"), {
    allowInvalidContainer: true,  // laid out a moment later: it resizes itself then
    nodeProgramClasses: { rim },
    edgeProgramClasses: { straight: Sigma.rendering.EdgeArrowProgram, bent: EdgeCurvedArrowProgram },
    defaultNodeType: "rim",
    defaultEdgeType: "straight",
    enableEdgeEvents: true,
    renderEdgeLabels: true,
    zIndex: true,
    labelColor: { color: colour("stage-text") },
    edgeLabelColor: { color: colour("edge-chosen") },
    labelFont: colours.fontFamily,
    labelSize: 12,
    labelDensity: 3,
    labelRenderedSizeThreshold: 3,
    defaultDrawNodeHover: hovered,
    minCameraRatio: 0.05,
    maxCameraRatio: 4,
    stagePadding: 60,
    nodeReducer: (key, told) => {
      if (!chosen) return told;
      const near = chosen.edge
        ? graph.extremities(chosen.edge).includes(key)
        : key === chosen.node || graph.areNeighbors(key, chosen.node);
      return near ? { ...told, forceLabel: true } : told;
    },
    edgeReducer: (edge, told) => {
      const touched = chosen && (edge === chosen.edge || (chosen.node && graph.extremities(edge).includes(chosen.node)));
      return touched
        ? { ...told, color: colour("edge-chosen"), label: told.word, forceLabel: true, zIndex: 2 }
        : { ...told, label: "" };
    },
  });

  function hovered(context, data, settings) {
    const size = settings.labelSize;
    context.font = `${settings.labelWeight} ${size}px ${settings.labelFont}`;
    const wide = context.measureText(data.label ?? "").width;
    context.fillStyle = colour("stage");
    context.fillRect(data.x + data.size + 1, data.y - size, wide + 8, size * 2);
    context.fillStyle = colour("edge-chosen");
    context.fillText(data.label ?? "", data.x + data.size + 4, data.y + size / 3);
  }

  // Drawing -----------------------------------------------------------------------------------------------------------

  /** Nodes and edges as the model has them; places as they are. */
  function redraw() {
    const shown = money.shown();
    const whole = money.between(null);
    const inside = money.brush ? money.between(money.brush) : whole;
    const most = Math.max(1, ...[...whole.values()].map((edge) => edge.amount));
    const through = new Map();
    for (const { from, to, amount } of whole.values()) {
      for (const key of [from, to]) through.set(key, (through.get(key) ?? 0) + amount);
    }
    const busiest = Math.max(1, ...through.values());
    const live = new Set();
    for (const { from, to, count } of inside.values()) if (count) { live.add(from); live.add(to); }
    for (const key of graph.nodes()) if (!shown.has(key)) graph.dropNode(key);
    for (const [key, refs] of shown) {
      const [x, y] = money.place(refs);
      const attributes = { x, y, size: 5 + 13 * Math.sqrt((through.get(key) ?? 0) / busiest), ...drawn(key, refs) };
      if (money.brush && !live.has(key)) Object.assign(attributes, { color: colour("faded"), rim: colour("faded"), label: "" });
      if (graph.hasNode(key)) graph.replaceNodeAttributes(key, attributes);
      else graph.addNode(key, attributes);
    }
    for (const key of graph.edges()) if (!whole.has(key)) graph.dropEdge(key);
    for (const [key, { from, to, amount }] of whole) {
      const now = inside.get(key) ?? { count: 0, amount: 0 };
      const attributes = {
        size: 1 + 9 * Math.sqrt(now.amount / most), type: whole.has(`${to} ${from}`) ? "bent" : "straight",
        color: colour("edge-line"), hidden: now.count === 0, word: money.money(now.amount, true), amount, curvature: 0.22,
      };
      if (graph.hasEdge(key)) graph.replaceEdgeAttributes(key, attributes);
      else graph.addEdgeWithKey(key, from, to, attributes);
    }
    sigma.refresh();
    tables();
    card();
  }

  function drawn(key, refs) {
    if (key.startsWith("group:")) {
      const group = money.groups.find((each) => each.members[0] === refs[0]) ?? money.groupOf(refs[0]);
      const label = `${group.name} (${say(words.accounts, refs.length)})`;
      return { label, color: colour("dot-group"), rim: colour("dot-group") };
    }
    const node = money.nodes.get(key);
    const tail = node.account.slice(-4);
    const label = node.name ? `${node.name} ${tail}` : node.account;
    const fill = colour(node.opened ? "dot-opened" : node.stated ? "dot" : "dot-missing");
    const roomy = document.getElementById("stage").clientWidth > 700;  // on a phone the rim and the key say it
    const told = node.stated || !roomy ? label : `${label} · ${words.missing}`;
    return { label: told, color: fill, rim: node.stated ? fill : colour("dot-missing-rim") };
  }

  // The tables say what the drawing says --------------------------------------------------------------------------------

  function tables() {
    const came = new Map();
    const went = new Map();
    for (const edge of money.edges.values()) {
      const [, amount] = money.sum(edge);
      came.set(edge.to, (came.get(edge.to) ?? 0) + amount);
      went.set(edge.from, (went.get(edge.from) ?? 0) + amount);
    }
    for (const row of document.querySelectorAll("#accounts-table tbody tr")) {
      const cells = row.querySelectorAll("td.number");
      cells[0].textContent = money.money(came.get(row.dataset.ref) ?? 0);
      cells[1].textContent = money.money(went.get(row.dataset.ref) ?? 0);
    }
    for (const row of document.querySelectorAll("#links-table tbody tr")) {
      const edge = money.edges.get(`${row.dataset.payer} ${row.dataset.payee}`);
      const [count, amount] = money.sum(edge);
      const [sum, number] = row.querySelectorAll("td.number a");
      sum.textContent = money.money(amount);
      number.textContent = count.toLocaleString(language);
      row.classList.toggle("faded", count === 0);
      for (const link of [sum, number]) link.href = within(link.href);
    }
  }

  /** An address of the ledger or of a link, with the brush's days. */
  function within(address) {
    const url = new URL(address, location.href);
    const days = money.brush ? money.brush.map((day) => money.day(day)) : [money.query.get("first"), money.query.get("last")];
    for (const [n, name] of ["first", "last"].entries()) {
      if (days[n]) url.searchParams.set(name, days[n]);
      else url.searchParams.delete(name);
    }
    return url.toString();
  }

  function openLink(from, to) {
    const shown = money.shown();
    const url = new URL(words.link, location.href);
    url.search = money.query.toString();
    for (const ref of shown.get(from) ?? [from]) url.searchParams.append("payer", ref);
    for (const ref of shown.get(to) ?? [to]) url.searchParams.append("payee", ref);
    const panel = document.getElementById("raw-panel");
    htmx.ajax("GET", within(url.toString()), { target: panel, swap: "innerHTML" });
  }

  document.getElementById("tables").addEventListener("click", (event) => {
    const link = event.target.closest("#links-table td.amount a");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const row = link.closest("tr");
      openLink(row.dataset.payer, row.dataset.payee);
    }
    const opener = event.target.closest("[data-opens-account]");
    if (opener && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      toggle(opener.dataset.opensAccount);
    }
  });

  // Opening and closing accounts -----------------------------------------------------------------------------------------

  async function toggle(ref) {
    const query = new URLSearchParams(money.query);
    const opened = query.getAll("account");
    query.delete("account");
    const wanted = opened.includes(ref) ? opened.filter((each) => each !== ref) : [...opened, ref];
    if (!wanted.length) return;
    for (const each of wanted) query.append("account", each);
    section.setAttribute("aria-busy", "true");
    try {
      const url = `${location.pathname}?${query}`;
      const answer = await fetch(url, { headers: { "X-Requested-With": "graph" } });
      const way = answer.headers.get("HX-Redirect");
      if (way) { location.assign(way); return; }
      if (!answer.ok) throw new Error(`${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      money.take(read(page, "graph-data"), page.getElementById("graph").dataset.query);
      document.getElementById("tables").replaceChildren(...page.getElementById("tables").childNodes);
      htmx.process(document.getElementById("tables"));
      settle(money.places, [...money.nodes.keys()], [...money.edges.values()], ref);
      history.replaceState(null, "", url);
      if (chosen && !(chosen.node && money.shown().has(chosen.node))) chosen = null;
      brushRange();
      redraw();
    } catch {
      document.getElementById("brush-said").textContent = words.failed;
    } finally {
      section.removeAttribute("aria-busy");
    }
  }

  function fold(members, name) {
    const free = members.filter((ref) => money.nodes.has(ref) && !money.groupOf(ref));
    if (free.length < 2) return;
    money.groups.push({ name, members: free });
    chosen = { node: money.key(free[0]) };
    redraw();
  }

  // The card of what is chosen --------------------------------------------------------------------------------------------

  const panel = document.getElementById("card");
  function card() {
    const key = chosen?.node;
    panel.hidden = !key || !graph.hasNode(key);
    if (panel.hidden) return;
    const refs = money.shown().get(key);
    const node = refs.length === 1 && !key.startsWith("group:") ? money.nodes.get(refs[0]) : null;
    let came = 0;
    let went = 0;
    for (const edge of money.between(money.brush).values()) {
      if (edge.to === key) came += edge.amount;
      if (edge.from === key) went += edge.amount;
    }
    panel.querySelector(".card-name").textContent = graph.getNodeAttribute(key, "label") || node?.account || "";
    const hidden = node?.hidden ? ` · ${say(words.more, node.hidden)}` : "";
    panel.querySelector(".card-sums").textContent =
      `${node ? `${node.account} · ` : ""}${words.came} ${money.money(came)} · ${words.went} ${money.money(went)}${hidden}`;
    const parts = Object.fromEntries([...panel.querySelectorAll("[data-card]")].map((each) => [each.dataset.card, each]));
    parts.open.hidden = !node || node.opened;
    parts.close.hidden = !node?.opened || money.query.getAll("account").length < 2;
    parts.fold.hidden = !node || money.leaves(node.ref).length < 2;
    parts.unfold.hidden = Boolean(node);
    for (const name of ["trace", "profile"]) {
      parts[name].hidden = !node;
      if (node) parts[name].href = node[name];
    }
  }

  panel.addEventListener("click", (event) => {
    const what = event.target.closest("[data-card]")?.dataset.card;
    const key = chosen?.node;
    if (!key) return;
    if (what === "open" || what === "close") toggle(key);
    if (what === "fold") fold(money.leaves(key), words.leaves.replace("%n", money.nodes.get(key).name || money.nodes.get(key).account.slice(-4)));
    if (what === "unfold") {
      money.groups = money.groups.filter((group) => `group:${group.members[0]}` !== key);
      chosen = null;
      redraw();
    }
  });

  sigma.on("clickNode", ({ node }) => { chosen = { node }; sigma.refresh(); card(); });
  sigma.on("doubleClickNode", ({ node, preventSigmaDefault }) => {
    preventSigmaDefault();
    if (money.nodes.has(node) && !money.nodes.get(node).opened) toggle(node);
  });
  sigma.on("clickEdge", ({ edge }) => {
    chosen = { edge };
    sigma.refresh();
    card();
    openLink(graph.source(edge), graph.target(edge));
  });
  sigma.on("clickStage", () => { chosen = null; sigma.refresh(); card(); });

  // Moving an account takes it where the reader wants it; a group takes its members along.
  let held = null;
  sigma.on("downNode", ({ node }) => {
    held = node;
    if (!sigma.getCustomBBox()) sigma.setCustomBBox(sigma.getBBox());
  });
  sigma.getMouseCaptor().on("mousemovebody", (event) => {
    if (!held) return;
    const to = sigma.viewportToGraph(event);
    const refs = money.shown().get(held);
    const [x, y] = money.place(refs);
    for (const ref of refs) {
      const spot = money.places.get(ref);
      money.places.set(ref, [spot[0] + to.x - x, spot[1] + to.y - y]);
    }
    graph.mergeNodeAttributes(held, { x: to.x, y: to.y });
    event.preventSigmaDefault();
    event.original.preventDefault();
  });
  sigma.getMouseCaptor().on("mouseup", () => { held = null; });

  // The brush -------------------------------------------------------------------------------------------------------------

  const from = document.getElementById("brush-from");
  const to = document.getElementById("brush-to");
  const said = document.getElementById("brush-said");
  const bars = document.getElementById("brush-bars");

  function brushRange() {
    const was = money.brush;
    for (const input of [from, to]) { input.min = 0; input.max = Math.max(money.days - 1, 0); }
    from.value = was ? was[0] : 0;
    to.value = was ? was[1] : from.max;
    const stretch = Math.max(1, Math.ceil(money.days / 200));
    const sums = new Array(Math.ceil(money.days / stretch) || 1).fill(0);
    for (const edge of money.edges.values()) {
      for (const [day, , amount] of edge.bins) sums[Math.floor(day / stretch)] += amount;
    }
    const most = Math.max(1, ...sums);
    bars.replaceChildren(...sums.map((sum, n) => {
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      const high = sum ? Math.max(2, 52 * Math.sqrt(sum / most)) : 0;
      for (const [name, value] of Object.entries({
        x: (1000 / sums.length) * n, width: Math.max(1, 1000 / sums.length - 1), y: 56 - high, height: high,
        class: "brush-bar", "data-day": n * stretch,
      })) bar.setAttribute(name, value);
      return bar;
    }));
    brushed();
  }

  function brushed() {
    const first = Math.min(+from.value, +to.value);
    const last = Math.max(+from.value, +to.value);
    money.brush = first <= 0 && last >= money.days - 1 ? null : [first, last];
    for (const bar of bars.children) {
      bar.classList.toggle("inside", +bar.dataset.day + 1 > first && +bar.dataset.day <= last);
    }
    if (!money.begin) return;
    let sum = 0;
    for (const edge of money.between(money.brush).values()) sum += edge.amount;
    said.textContent = `${money.day(Math.max(first, 0))} – ${money.day(Math.max(last, 0))} · ${money.money(sum)}`;
  }

  for (const input of [from, to]) input.addEventListener("input", () => { brushed(); redraw(); });

  // Buttons -----------------------------------------------------------------------------------------------------------------

  const camera = sigma.getCamera();
  const moving = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;
  const actions = {
    arrange: () => {
      money.places = arranged();
      sigma.setCustomBBox(null);
      camera.setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 });
      redraw();
    },
    fit: () => { sigma.setCustomBBox(null); sigma.refresh(); camera.animatedReset({ duration: moving }); },
    in: () => camera.animatedZoom({ duration: moving }),
    out: () => camera.animatedUnzoom({ duration: moving }),
    whole: () => { from.value = 0; to.value = to.max; brushed(); redraw(); },
    "fold-ticked": () => {
      const ticked = [...document.querySelectorAll("#accounts-table input:checked")].map((each) => each.value);
      fold(ticked, say(words.group, money.groups.length + 1));
    },
  };
  section.addEventListener("click", (event) => {
    actions[event.target.closest("[data-do]")?.dataset.do]?.();
  });

  // What is saved or taken out is what is on the screen.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.elements.state || !section.contains(form)) return;
    form.elements.state.value = money.state();
    if (form.elements.query) form.elements.query.value = money.query.toString();
    if (form.id !== "picture") return;
    form.querySelectorAll("[data-asked]").forEach((each) => each.remove());
    for (const [name, value] of money.query) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      input.dataset.asked = "";
      form.append(input);
    }
  }, true);

  if (state.brush && money.begin) {
    money.brush = state.brush.map((day) => Math.round((Date.parse(day) - Date.parse(money.begin)) / 86400000));
  }
  brushRange();
  redraw();
  section.dataset.ready = "yes";
  // For tests: what is drawn, without reading pixels.
  section.money = { money, graph, sigma, choose: (node) => { chosen = { node }; sigma.refresh(); card(); } };
}

if (section) start();
