/* Train a network here: data set, layers, activation, optimiser; what the network thinks of the plane while it learns. */
"use strict";

live.figure("train-network", (figure) => {
  const {make, text, unpack} = live, {network, forward, step, grid, regions} = live.training, {kernels, data, state} = figure;
  const uniform = unpack(data.uniform), limits = unpack(data.limits);
  const LARGEST = 8, TABLES = 4;         // units of a layer; tables of uniform numbers, as in train_network.py
  const GRID = 61;                       // points across and up at which the score is asked for the picture
  const PER_FRAME = 5;                   // steps between two pictures
  const integer = (value) => ({value, min: 1, max: LARGEST, step: 1});
  figure.keep({
    data: {value: "moons", label: "Data",
           choices: [["moons", "two moons"], ["circles", "circles"], ["spirals", "spirals"], ["blobs", "two clouds"]]},
    layers: {value: 2, label: "Hidden layers", choices: [0, 1, 2, 3].map((n) => [n, n || "none"])},
    units1: {label: "Units in layer 1", ...integer(4)},
    units2: {label: "Units in layer 2", ...integer(2)},
    units3: {label: "Units in layer 3", ...integer(2)},
    activation: {value: "tanh", label: "Activation", choices: [["tanh", "tanh"], ["relu", "ReLU"], ["sigmoid", "sigmoid"]]},
    optimiser: {value: "adam", label: "Optimiser", choices: [["sgd", "SGD"], ["momentum", "SGD, momentum 0.9"], ["adam", "Adam"]]},
    rate: {value: 0.03, label: "Learning rate", choices: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3].map((v) => [v, v])},
    start: {value: 1, label: "First weights", choices: [1, 2, 3, 4].map((v) => [v, `draw ${v}`])},
    unit: {value: 1, label: "Unit shown upwards", ...integer(1)},
    steps: {value: 0, min: 0, max: 20000},
  });

  let net, x, y, map, seen, losses, view;

  /* First weights (M, D) of the layer at this depth: a corner of table start + depth, times the limit of this shape. */
  function first(M, D, depth) {
    const from = (state.start + depth) % TABLES * LARGEST;
    return Float64Array.from({length: M * D}, (_, i) => limits[M + D] * uniform[(from + Math.floor(i / D)) * LARGEST + i % D]);
  }

  function restart() {
    kernels.restart();
    const set = data.sets[state.data];
    const points = unpack(set.x);
    view = around(points);
    x = kernels.tensor(points, points.length / 2, 2);
    y = kernels.tensor(Array.from(set.y, Number), set.y.length);
    map = grid(kernels, GRID, view.low, view.side);
    const hidden = [state.units1, state.units2, state.units3].slice(0, state.layers);
    net = network(kernels, [2, ...hidden, 1], first, state);
    losses = [];
  }

  /* The square that shows all points: its lower left corner and its side. */
  function around(points) {
    const range = [0, 1].map((axis) => {
      const values = points.filter((_, i) => i % 2 === axis);
      return [Math.min(...values), Math.max(...values)];
    });
    const side = 1.16 * Math.max(...range.map(([low, high]) => high - low));
    return {side, low: range.map(([low, high]) => (low + high - side) / 2)};
  }

  function run(steps) {
    for (let i = 0; i < steps; i++) losses.push(step(net, x, y));
  }

  /* All that the pictures show, as plain arrays. */
  function look() {
    seen = kernels.scope(() => {
      const at = (inputs) => {
        const {scores, trace} = forward(net, inputs), last = trace.at(-1).input;
        return {scores: scores.data.slice(), h: last.data.slice(), M: last.shape[1], tensor: scores};
      };
      const points = at(x), loss = kernels.binary_cross_entropy_forward(points.tensor, y);
      return {points, grid: at(map), loss, labels: y.data.slice(), x: x.data.slice(),
              w: net.layers.at(-1).w.data.slice(), b: net.layers.at(-1).b.data[0]};
    });
    seen.wrong = Array.from(seen.labels, (label, n) => (seen.points.scores[n] > 0) !== (label === 1));
  }

  function describe() {
    const wrong = seen.wrong.filter(Boolean).length, N = seen.labels.length;
    const right = wrong ? `${N - wrong} of ${N}` : `all ${N}`;
    return `After ${net.steps} steps: loss ${text(seen.loss, 3)} nats, ${right} points on their side of the boundary.`;
  }

  function refresh() {
    look();
    figure.paint();
  }

  /* -- pictures -- */

  function marks(plane, place) {
    for (let n = 0; n < seen.labels.length; n++) plane.mark(...place(n), seen.labels[n], seen.wrong[n]);
  }

  function drawPlane(c, width, height) {
    const {side, low} = view, [x1, x2] = low.map((from, axis) => ({name: `input x${"₁₂"[axis]}`, low: from, high: from + side}));
    const plane = new live.Plane(figure, c, width, height, x1, x2);
    regions(figure, plane, seen.grid.scores, GRID);
    marks(plane, (n) => [seen.x[2 * n], seen.x[2 * n + 1]]);
    plane.border();
  }

  /* Two coordinates of the last hidden layer: its two units; or, of more units, the score and one of them. */
  function coordinates({h, M, scores}, n) {
    if (M === 2) return [h[2 * n], h[2 * n + 1]];
    if (M === 1) return [h[n], null];
    return [scores[n], h[n * M + state.unit - 1]];
  }

  function drawHidden(c, width, height) {
    const {M} = seen.points, first = state.layers ? "unit" : "input";
    const names = {1: ["unit 1", "class"], 2: [`${first} 1`, `${first} 2`]}[M] ?? ["score a = w·h + b", `unit ${state.unit}`];
    const all = Array.from(seen.labels, (label, n) => {
      const [i, j] = coordinates(seen.points, n);
      return [i, j ?? label + 0.3 * (n % 7 / 7 - 0.5)];
    });
    const range = [0, 1].map((axis) => {
      const values = all.map((p) => p[axis]), low = Math.min(...values), high = Math.max(...values);
      const room = 0.12 * (high - low) || 1;
      return {name: names[axis], low: low - room, high: high + room};
    });
    const plane = new live.Plane(figure, c, width, height, ...range);
    plane.clip(() => {
      if (M > 1) drawMesh(c, plane);
      plane.line(boundary(M, ...range), "ink", 2.5);
      marks(plane, (n) => all[n]);
    });
    plane.border();
  }

  /* The straight line w.h + b = 0, from edge to edge. */
  function boundary(M, {low: left, high: right}, {low, high}) {
    const {w, b} = seen;
    if (M > 2) return [[0, low], [0, high]];
    if (M === 1) return [[-b / w[0], low], [-b / w[0], high]];
    if (Math.abs(w[1]) > Math.abs(w[0])) return [left, right].map((i) => [i, -(b + w[0] * i) / w[1]]);
    return [low, high].map((j) => [-(b + w[1] * j) / w[0], j]);
  }

  /* The straight lines of the input plane, as the hidden layers bend them. */
  function drawMesh(c, plane) {
    c.beginPath();
    for (const at of [(line, i) => line * GRID + i, (line, i) => i * GRID + line]) {
      for (let line = 0; line < GRID; line += 6) for (let i = 0; i < GRID; i++) {
        c[i ? "lineTo" : "moveTo"](...plane.at(...coordinates(seen.grid, at(line, i))));
      }
    }
    plane.stroke("line", 1);
  }

  function drawLoss(c, width, height) {
    const first = losses.slice(0, 50).filter(Number.isFinite), top = 1.05 * Math.max(0.75, Math.min(4, Math.max(0, ...first)));
    const last = Math.max(100, losses.length), labels = [];
    for (let value = 0; value <= top; value += top > 2 ? 1 : 0.25) labels.push([value, text(value)]);
    const plane = new live.Plane(figure, c, width, height, {name: "steps", low: 0, high: last, ticks: [[0, "0"], [last, text(last, 6)]]},
                                 {name: "mean loss in nats", low: 0, high: top, ticks: labels});
    const stride = Math.max(1, Math.floor(losses.length / 600));
    const curve = losses.map((loss, i) => [i, loss]).filter(([i, loss]) => i % stride === 0 && Number.isFinite(loss));
    plane.clip(() => plane.line(curve, "a", 2));
    plane.border();
  }

  /* -- controls -- */

  function stop() {
    figure.running = false;
    train.textContent = "Train";
    figure.set("steps", net.steps);
    refresh();
    figure.say(describe());
  }

  function toggle() {
    if (figure.running) return stop();
    if (figure.still.matches) { run(200); return stop(); }        // no motion: the result only
    train.textContent = "Pause";
    figure.say(`Training, from step ${net.steps}.`);
    figure.animate(() => {
      run(PER_FRAME);
      refresh();
      if (!Number.isFinite(seen.loss) || net.steps >= 20000) { stop(); return false; }
      figure.say(describe(), true);
      return true;
    });
  }

  figure.changed = (name) => {
    fit();
    if (name === "unit") return refresh();
    if (name !== "address") figure.set("steps", 0);
    figure.running = false;
    train.textContent = "Train";
    restart();
    run(state.steps);
    refresh();
    figure.say(describe());
  };

  function fit() {
    const last = [2, state.units1, state.units2, state.units3][state.layers];
    if (state.unit > last) figure.set("unit", 1);
    figure.inputs.unit.max = last;
    for (let i = 1; i <= 3; i++) figure.inputs[`units${i}`].parentElement.hidden = i > state.layers;
    figure.inputs.unit.parentElement.hidden = last < 3;
  }

  const train = figure.button("Train", toggle, {class: "live-button live-main"});
  const more = (steps) => () => { figure.running = false; run(steps); stop(); };
  figure.show(
    figure.controls("Data and network", "data", "layers", "units1", "units2", "units3", "activation"),
    figure.controls("Training", "optimiser", "rate", "start", "unit"),
    make("div", {class: "live-buttons"}, train, figure.button("1 step", more(1)), figure.button("100 steps", more(100)),
      figure.button("Start again", () => figure.changed("start"))),
    figure.status,
    make("div", {class: "live-panels"},
      figure.panel("Input plane", figure.canvas("Plane of the inputs with the examples and the decision boundary", 1, drawPlane)),
      figure.panel("Last hidden layer", figure.canvas("Examples in the space of the last hidden layer, with the straight boundary there", 1, drawHidden)),
      figure.panel("Loss", figure.canvas("Curve of the loss over the steps", 1, drawLoss))),
    make("p", {class: "live-legend"}, "● class 0 · ■ class 1, hatched · ✕ on the wrong side · Thick line: boundary, where both " +
      "classes have probability 1/2. Thin lines: the straight lines of the input plane, as the hidden layers bend them."),
  );
  figure.step = run;
  figure.run = (steps) => { run(steps); stop(); };
  figure.parameters = () => net.layers.flatMap(({w, b}) => [w, b].map((p) => Array.from(p.data)));
  figure.losses = () => losses;
  figure.changed("address");
});
