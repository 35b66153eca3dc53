// The network of an invoice case: sigma draws what the server counted. The table below it says the same.

const box = document.getElementById("network");
const LINE = 1.3;   // of a name's size: how high its line is
const GROUND = 4;   // about a name that lies over the drawing

async function start() {
  if (typeof Sigma === "undefined" || typeof graphology === "undefined") return;  // no WebGL: the table remains
  const { nodes, edges } = JSON.parse(document.getElementById("trade-data").textContent);
  const [{ arrange }, { EdgeCurvedArrowProgram }, { placed }] = await Promise.all([
    import(box.dataset.layout), import(box.dataset.curve), import(box.dataset.labels),
  ]);
  box.hidden = false;
  const stage = document.getElementById("stage");
  const colours = getComputedStyle(box);
  const colour = (name) => colours.getPropertyValue(`--${name}`).trim();
  const shape = Math.min(2, Math.max(0.8, stage.clientWidth / stage.clientHeight));
  const places = arrange(nodes.map((node) => node.key), edges, shape);
  const place = (key) => (places.get ? places.get(key) : places[key]) ?? [0, 0];
  const graph = new graphology.MultiDirectedGraph();
  const roomy = stage.clientWidth > 700;
  for (const { key, name, kind } of nodes) {
    const [x, y] = place(key);
    const size = { exporter: 15, issuer: 10, bank: 10, tax: 9 }[kind] ?? 6;
    graph.addNode(key, { x, y, size, label: roomy || name.length < 9 ? name : `${name.slice(0, 8)}…`, color: colour(kind), name, kind });
  }
  const most = Math.max(1, ...edges.map((edge) => edge.amount));
  for (const { from, to, kind, amount, word } of edges) {
    graph.addEdge(from, to, {
      size: 1 + 6 * Math.sqrt(Math.max(amount, 0) / most), color: colour(kind), type: "bent", word,
      curvature: { issued: 0.12, paid: 0.3, returned: 0.2, refunds: 0.1 }[kind] ?? 0.2,
    });
  }
  let chosen = null;
  const sigma = new Sigma(graph, stage, {
    allowInvalidContainer: true,  // laid out a moment later: it resizes itself then
    edgeProgramClasses: { bent: EdgeCurvedArrowProgram },
    defaultEdgeType: "bent",
    renderEdgeLabels: true,
    renderLabels: false,  // written below, since sigma's own overlap
    edgeLabelColor: { color: colour("stage-text") },
    labelFont: colours.fontFamily,
    labelSize: 12,
    defaultDrawNodeHover: hovered,
    stagePadding: 60,
    minCameraRatio: 0.1,
    maxCameraRatio: 4,
    edgeReducer: (edge, told) => {
      if (!chosen) return { ...told, label: "" };
      return graph.extremities(edge).includes(chosen) ? { ...told, label: told.word, forceLabel: true } : { ...told, hidden: true, label: "" };
    },
  });
  const font = (settings) => `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;

  /** Names that find room: of what was chosen and its neighbours first, then of the larger dots. */
  function write() {
    const settings = sigma.getSettings();
    const context = sigma.getCanvases().labels.getContext("2d");
    context.font = font(settings);
    const rank = (key, size) => size + (key === chosen ? 2000 : chosen && graph.areNeighbors(key, chosen) ? 1000 : 0);
    const names = graph.mapNodes((key, { x, y, size, label, kind }) => ({
      key, label, insists: kind === "exporter" || key === chosen, rank: rank(key, size), ...sigma.graphToViewport({ x, y }), radius: sigma.scaleSize(size),
      wide: context.measureText(label).width, high: settings.labelSize * LINE,
    })).sort((a, b) => b.rank - a.rank);
    const { width: wide, height: high } = sigma.getDimensions();
    const spots = placed(names, { wide, high });
    context.fillStyle = colour("stage-text");
    context.textBaseline = "middle";
    for (const { key, label } of names) {
      const spot = spots.get(key);
      if (spot) context.fillText(label, spot.x, spot.y + spot.high / 2);
    }
  }

  /** The whole name on a ground of its own, also where it found no room; kept inside the picture. */
  function hovered(context, { name, x, y, size }, settings) {
    context.font = font(settings);
    const wide = context.measureText(name).width;
    const left = Math.max(GROUND, Math.min(x + size + GROUND, sigma.getDimensions().width - wide - GROUND));
    const high = settings.labelSize * LINE;
    context.fillStyle = colour("stage");
    context.fillRect(left - GROUND, y - high / 2 - 2, wide + 2 * GROUND, high + 4);
    context.fillStyle = colour("exporter");
    context.textBaseline = "middle";
    context.fillText(name, left, y);
  }

  sigma.on("afterRender", write);
  sigma.refresh();
  sigma.on("clickNode", ({ node }) => { chosen = node; sigma.refresh(); });
  sigma.on("clickStage", () => { chosen = null; sigma.refresh(); });
  box.dataset.ready = "yes";
}

if (box) start();
