// The network of an invoice case: sigma draws what the server counted. The table below it says the same.

const box = document.getElementById("network");

async function start() {
  if (typeof Sigma === "undefined" || typeof graphology === "undefined") return;  // no WebGL: the table remains
  const { nodes, edges } = JSON.parse(document.getElementById("trade-data").textContent);
  const [{ arrange }, { EdgeCurvedArrowProgram }] = await Promise.all([
    import(box.dataset.layout), import(box.dataset.curve),
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
    graph.addNode(key, { x, y, size, label: roomy || name.length < 9 ? name : `${name.slice(0, 8)}…`, color: colour(kind), forceLabel: kind === "exporter" });
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
    labelColor: { color: colour("stage-text") },
    edgeLabelColor: { color: colour("stage-text") },
    labelFont: colours.fontFamily,
    labelSize: 12,
    labelRenderedSizeThreshold: 4,
    stagePadding: 60,
    minCameraRatio: 0.1,
    maxCameraRatio: 4,
    edgeReducer: (edge, told) => {
      if (!chosen) return { ...told, label: "" };
      return graph.extremities(edge).includes(chosen) ? { ...told, label: told.word, forceLabel: true } : { ...told, hidden: true, label: "" };
    },
    nodeReducer: (key, told) => (chosen && (key === chosen || graph.areNeighbors(key, chosen)) ? { ...told, forceLabel: true } : told),
  });
  sigma.on("clickNode", ({ node }) => { chosen = node; sigma.refresh(); });
  sigma.on("clickStage", () => { chosen = null; sigma.refresh(); });
  box.dataset.ready = "yes";
}

if (box) start();
