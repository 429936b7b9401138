/* Computation graph: type values into the leaves, step forward, step backward.

   The kernel of a graph gives all values, local derivatives and the gradients after every backward step at once; this
   file only chooses how much of that is shown. On a wide page the graph flows to the right, on a narrow one down. */
"use strict";

live.figure("computation-graph", (figure) => {
  const {make, text} = live, {kernels, data, state} = figure;
  const BOX = {width: 118, height: 66}, WIDE = 560, GAP = 26;    // pixels

  const letters = [...new Set(Object.values(data).flatMap((graph) => Object.keys(graph.leaves)))];
  figure.keep({
    graph: {value: "L", label: "Graph", choices: Object.entries(data).map(([name, {formula}]) => [name, formula])},
    step: {value: 0, min: 0, max: 99},
    values: {value: "", pattern: /^[-+.,e\d]*$/},          // of the leaves, in their order; empty: as the figure begins
  });

  let graph, leaves, order, result;

  /* How many nodes are worked out, and how many operations have sent their gradient back. */
  const forward = () => Math.min(state.step, order.length);
  const backward = () => Math.max(0, state.step - order.length);
  const last = () => 2 * order.length;

  function compute() {
    result = kernels.scope(() => {
      const values = kernels.tensor(leaves, leaves.length);
      const [values_of, local, gradient] = kernels[`graph_${state.graph}`](values).map((t) => Array.from(t.data));
      return {data: values_of, local, gradient};
    });
  }

  function load() {
    graph = data[state.graph];
    const given = state.values.split(",").map(Number), own = Object.values(graph.leaves);
    leaves = state.values && given.length === own.length && given.every(Number.isFinite) ? given : own;
    order = graph.kinds.flatMap((kind, i) => kind === "operation" ? [i] : []);
    if (state.step > last()) figure.set("step", last());
    compute();
  }

  const operands = (node) => graph.edges.flatMap(([from, to], edge) => to === node ? [{from, edge}] : []);
  const isDrawn = (node) => graph.kinds[node] !== "constant";
  const isKnown = (node) => graph.kinds[node] !== "operation" || order.indexOf(node) < forward();
  /* The gradients as they are now: before the first backward step nothing has come back but dL/dL = 1. */
  const gradient = (node) => result.gradient[backward() * graph.names.length + node];
  const nowForward = () => state.step > 0 && state.step <= order.length ? order[state.step - 1] : null;
  const nowBackward = () => backward() > 0 ? order[order.length - backward()] : null;
  const hasGradient = (node) => state.step >= order.length && order.length > 0 && (node === order.at(-1) ||
    graph.edges.some(([from, to]) => from === node && order.indexOf(to) >= order.length - backward()));

  /* ---- words ---- */

  const root = () => state.graph;
  const name = (node) => node === order.at(-1) ? root() : graph.names[node];
  const derivative = (node) => `d${root()}/d${/^[a-zA-Z]$/.test(name(node)) ? name(node) : `(${name(node)})`}`;
  const bracket = (value) => value < 0 ? `(${text(value)})` : text(value);

  function describe() {
    if (state.step === 0) return `${graph.formula}. Step forward to work out the first node.`;
    const node = nowForward();
    if (node !== null) {
      const what = name(node) === root() ? `${root()} = ${graph.names[node]}` : name(node);
      const now = `Forward ${state.step} of ${order.length}: ${what} = ${text(result.data[node])}.`;
      if (state.step < order.length) return now;
      return `${now} Forward is complete. Backward begins with d${root()}/d${root()} = 1.`;
    }
    const sender = nowBackward(), g = gradient(sender);
    const parts = operands(sender).filter(({from}) => isDrawn(from)).map(({from, edge}) => {
      const total = gradient(from), flow = `${text(g)} × ${bracket(result.local[edge])}`;
      const before = result.gradient[(backward() - 1) * graph.names.length + from];
      const sum = `${derivative(from)} = ${text(total)}${isFinal(from) ? "" : " so far"}`;
      return `${name(from)} gets ${flow}${before ? `, on top of ${text(before)}` : ""}, so ${sum}`;
    });
    const end = state.step === last() ? " Backward is complete." : "";
    const from = `from ${name(sender)} with ${derivative(sender)} = ${text(g)}`;
    return `Backward ${backward()} of ${order.length}, ${from}: ${[...new Set(parts)].join("; ")}.${end}`;
  }

  /* Whether all operations that use the node have sent their part. */
  const isFinal = (node) => graph.edges.every(([from, to]) => from !== node || order.indexOf(to) >= order.length - backward());

  /* ---- picture ---- */

  const drawing = make("svg:svg", {role: "img"});

  function draw() {
    if (!figure.element.clientWidth) return;             // not on paper
    const wide = figure.element.clientWidth >= WIDE;
    const drawn = graph.names.map((_, node) => node).filter(isDrawn);
    const columns = Math.max(...drawn.map((n) => graph.columns[n]));
    const lanes = Math.max(...drawn.map((n) => graph.lanes[n]));
    BOX.width = wide ? Math.min(118, (figure.element.clientWidth - 8 - columns * GAP) / (columns + 1))
                     : Math.min(118, (figure.element.clientWidth - 8 - lanes * 8) / (lanes + 1));
    const along = wide ? BOX.width + GAP : BOX.height + 40, across = wide ? BOX.height + 26 : BOX.width + 8;
    const size = [(wide ? columns * along : lanes * across) + BOX.width, (wide ? lanes * across : columns * along) + BOX.height];
    const place = (node) => {
      const [c, l] = [graph.columns[node] * along, graph.lanes[node] * across];
      return wide ? [c + BOX.width / 2, l + BOX.height / 2] : [l + BOX.width / 2, c + BOX.height / 2];
    };
    drawing.setAttribute("viewBox", `-4 -4 ${size[0] + 8} ${size[1] + 8}`);
    drawing.style.maxWidth = `${size[0] + 8}px`;
    drawing.setAttribute("aria-label", `Graph of ${graph.formula}: ` + drawn.filter(isKnown).map((node) =>
      `${name(node)} is ${text(result.data[node])}${hasGradient(node) ? `, ${derivative(node)} is ${text(gradient(node))}` : ""}`).join("; "));
    drawing.replaceChildren(
      ...graph.edges.flatMap(([from, to], edge) => isDrawn(from) ? [arrow(from, to, edge, place, wide)] : []),
      ...drawn.map((node) => box(node, ...place(node))));
  }

  function arrow(from, to, edge, place, wide) {
    const [x, y] = place(from), [u, v] = place(to), now = nowForward() === to || nowBackward() === to;
    const twin = graph.edges.findIndex(([f, t]) => f === from && t === to) !== edge;     // second edge of x times x
    const shift = twin ? 10 : 0, side = wide ? y - v : x - u;
    const port = Math.sign(side) * Math.min(18, Math.abs(side) / 3);
    const start = wide ? [x + BOX.width / 2, y + shift] : [x + shift, y + BOX.height / 2];
    const end = wide ? [u - BOX.width / 2 - 1, v + port + shift] : [u + port + shift, v - BOX.height / 2 - 1];
    const middle = wide ? [end[0] - 8, end[1]] : [start[0], end[1] - 20];
    const bend = wide ? `C${end[0] - 14} ${start[1]} ${end[0] - 22} ${end[1]} ${end[0] - 8} ${end[1]}`
                      : `C${start[0]} ${end[1] - 14} ${end[0]} ${end[1] - 24} ${end[0]} ${end[1] - 8}`;
    const straight = wide ? `H${Math.max(start[0], end[0] - 30)}` : `V${Math.max(start[1], end[1] - 34)}`;
    const head = wide ? `M${end[0]} ${end[1]}l-9 -5v10z` : `M${end[0]} ${end[1]}l-5 -9h10z`;
    const sent = state.step > order.length && order.indexOf(to) >= order.length - backward();
    const group = make("svg:g", {class: `live-edge${now ? " live-now" : ""}`},
      make("svg:path", {d: `M${start[0]} ${start[1]}${straight}${bend}`, class: "live-wire"}),
      make("svg:path", {d: head, class: "live-head"}));
    const beside = wide ? {x: middle[0] - 2, y: middle[1] - 9, "text-anchor": "middle"} : {x: middle[0] + 6, y: middle[1] - 2};
    if (sent) group.append(make("svg:text", {...beside, class: "live-local"}, text(result.local[edge])));
    return group;
  }

  function box(node, x, y) {
    const leaf = graph.kinds[node] === "leaf", now = nowForward() === node || nowBackward() === node;
    const lines = [
      [name(node), "live-name"],
      [isKnown(node) ? text(result.data[node]) : "?", "live-value"],
      [hasGradient(node) ? `grad ${text(gradient(node))}${isFinal(node) ? "" : " …"}` : "", "live-gradient"],
    ];
    const letter = Math.min(14, 1.6 * BOX.width / lines[0][0].length);                     // pixels
    const look = ["live-node", leaf && "live-leaf", now && "live-now", !isKnown(node) && "live-open"].filter(Boolean).join(" ");
    const centred = {x, "text-anchor": "middle", "dominant-baseline": "middle"};
    return make("svg:g", {class: look},
      make("svg:rect", {x: x - BOX.width / 2, y: y - BOX.height / 2, width: BOX.width, height: BOX.height, rx: leaf ? 2 : 14}),
      ...lines.map(([line, kind], row) =>
        make("svg:text", {...centred, y: y - 15 + 19 * row, class: kind, "font-size": row ? 14 : letter}, line)));
  }

  /* ---- controls ---- */

  function refresh() {
    draw();
    figure.say(describe());
    back.disabled = state.step === 0;
    ahead.disabled = state.step === last();
    ahead.textContent = state.step < order.length ? "Step forward" : state.step < last() ? "Step backward" : "All steps made";
    back.textContent = "Undo step";
  }

  function go(step) {
    figure.set("step", Math.max(0, Math.min(last(), step)));
    refresh();
  }

  function type(position, input) {
    const value = Number(input.value);
    if (input.value.trim() === "" || !Number.isFinite(value)) {
      input.setAttribute("aria-invalid", "true");
      return figure.say(`${Object.keys(graph.leaves)[position]}: expected a number.`);
    }
    input.removeAttribute("aria-invalid");
    leaves = leaves.with ? leaves.with(position, value) : Object.assign([...leaves], {[position]: value});
    figure.set("values", leaves.join(","));
    compute();
    refresh();
  }

  const inputs = make("fieldset", {class: "live-controls"});
  function showInputs() {
    inputs.replaceChildren(make("legend", {}, "Values of the leaves"), ...Object.keys(graph.leaves).map((label, i) => {
      const id = `${figure.id}-leaf-${label}`;
      const input = make("input", {id, type: "number", step: "any", value: leaves[i]});
      input.addEventListener("input", () => type(i, input));
      return make("div", {class: "live-field"}, make("label", {for: id}, label), input);
    }));
  }

  figure.changed = (what) => {
    if (what === "graph") { figure.set("values", ""); figure.set("step", 0); }
    load();
    showInputs();
    refresh();
  };

  const ahead = figure.button("Step forward", () => go(state.step + 1), {class: "live-button live-main"});
  const back = figure.button("Undo step", () => go(state.step - 1));
  figure.show(
    make("div", {class: "live-row"}, figure.controls("Formula", "graph"), inputs),
    make("div", {class: "live-buttons"}, ahead, back,
      figure.button("All forward", () => go(order.length)), figure.button("All backward", () => go(last())),
      figure.button("Start again", () => go(0))),
    figure.status,
    make("div", {class: "live-drawing"}, drawing),
    make("p", {class: "live-legend"}, "Square corners: leaf. Round corners: operation. Below the value: grad, the derivative " +
      "of the result with respect to the node; … while parts are still missing. On an edge: the local derivative, by which " +
      "the gradient is multiplied on its way back."),
  );
  new ResizeObserver(draw).observe(figure.element);
  figure.result = () => result;
  figure.step = (times) => { for (let i = 0; i < times; i++) compute(); };
  figure.changed("address");
});
