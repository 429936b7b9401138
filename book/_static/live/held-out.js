/* Train a network with points held out: noise, batches, weight decay, dropout, points of your own; two losses, and why. */
"use strict";

live.figure("held-out", (figure) => {
  const {make, text, unpack} = live, {network, forward, step, grid, regions} = live.training, {kernels, data, state} = figure;
  const GRID = 49, MOST = 3000, {units: UNITS, every: EVERY} = data;     // points across the picture; steps of a training
  const clean = unpack(data.x), labels = Array.from(data.y, Number), pools = {normals: unpack(data.normals), uniforms: unpack(data.uniforms)};
  const LOW = [-2.2, -2.2], SIDE = 5.4;                                 // of the plane that is shown

  figure.keep({
    noise: {value: 0.35, label: "Noise", choices: [0, 0.2, 0.35, 0.5].map((v) => [v, v])},
    held: {value: 0.8, label: "Held out", choices: [[0.2, "a fifth"], [0.5, "half"], [0.8, "four fifths"]]},
    batch: {value: 0, label: "Batch", choices: [[1, "1"], [10, "10"], [0, "all"]]},
    activation: {value: "relu", label: "Activation", choices: [["relu", "ReLU"], ["tanh", "tanh"]]},
    rate: {value: 0.01, label: "Learning rate", choices: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1].map((v) => [v, v])},
    decay: {value: 0, label: "Weight decay", choices: [0, 0.001, 0.003, 0.01, 0.03].map((v) => [v, v])},
    dropped: {value: 0, label: "Dropout", choices: [0, 0.2, 0.5].map((v) => [v, v])},
    start: {value: 1, label: "First weights", choices: [1, 2, 3, 4].map((v) => [v, `draw ${v}`])},
    label: {value: 0, label: "Kind", choices: [[0, "● class 0"], [1, "■ class 1"]]},
    x1: {value: 0, label: "x₁", min: -2.2, max: 3.2, step: 0.1},
    x2: {value: 0, label: "x₂", min: -2.2, max: 3.2, step: 0.1},
    steps: {value: 0, min: 0, max: MOST},
    own: {value: "", pattern: /^[-.,;\d]*$/},              // points of the reader: x₁,x₂,class;...
  });

  let net, training, held, map, history, seen;

  /* Random numbers, other ones for each number: the pool in strides of its own, from a place of its own. */
  function draw(kind, number, size) {
    const pool = pools[kind];
    return Float64Array.from({length: size}, (_, i) => pool[(i * (74 * number + 37) + 101 * number) % pool.length]);
  }

  const own = () => state.own.split(";").map((point) => point.split(",").map(Number)).filter((point) => point.length === 3 && point.every(Number.isFinite));

  function set(points) {
    return {points, x: kernels.tensor(points.flatMap(([x1, x2]) => [x1, x2]), points.length, 2), y: kernels.tensor(points.map(([, , label]) => label), points.length)};
  }

  function restart() {
    kernels.restart();
    const moved = draw("normals", 1, clean.length), lots = draw("uniforms", 2, labels.length), {noise} = state;
    const all = labels.map((label, n) => [clean[2 * n] + noise * moved[2 * n], clean[2 * n + 1] + noise * moved[2 * n + 1], label]);
    const order = [...all.keys()].sort((a, b) => lots[a] - lots[b]), count = Math.round(state.held * all.length), out = new Set(order.slice(0, count));
    training = set([...all.filter((_, n) => !out.has(n)), ...own()]);
    held = set(all.filter((_, n) => out.has(n)));
    map = grid(kernels, GRID, LOW, SIDE);
    const first = (M, D, depth) => draw("normals", 10 * state.start + depth, M * D).map((v) => Math.sqrt(2 / D) * v);
    net = network(kernels, [2, UNITS, UNITS, 1], first, {...state, optimiser: "adam"});
    history = [];
  }

  /* The examples of a step: all, or some that are drawn. */
  function batch(number) {
    if (!state.batch) return training;
    const rows = draw("uniforms", number, state.batch).map((u) => Math.floor(u * training.points.length));
    return set(Array.from(rows, (n) => training.points[n]));
  }

  function run(steps) {
    for (let i = 0; i < steps; i++) {
      kernels.scope(() => {
        const number = 3 * net.steps, {x, y} = batch(number + 2), N = y.size;
        const mask = (depth) => kernels.tensor(draw("uniforms", number + depth, N * UNITS).map((u) => u >= state.dropped ? 1 : 0), N, UNITS);
        step(net, x, y, state.dropped ? [mask(0), mask(1)] : null);
      });
      if (net.steps % EVERY === 0) history.push([net.steps, ...look([training, held]).losses]);
    }
  }

  /* Losses of sets, and the number of hidden units that are 0 for all points of the first. */
  function look(sets) {
    return kernels.scope(() => {
      const passes = sets.map(({x}) => forward(net, x));
      const losses = passes.map(({scores}, i) => kernels.binary_cross_entropy_forward(scores, sets[i].y));
      const dead = passes[0].trace.slice(0, -1).reduce((sum, {r}) => {
        const alive = new Set();
        r.data.forEach((v, i) => { if (v !== 0) alive.add(i % UNITS); });
        return sum + UNITS - alive.size;
      }, 0);
      return {losses, dead, scores: passes.map(({scores}) => scores.data.slice())};
    });
  }

  function describe() {
    const [loss, out] = seen.losses;
    return `After ${net.steps} steps: training loss ${text(loss, 3)}, held-out loss ${text(out, 3)} nats. ${why(loss, out)}`;
  }

  function why(loss, out) {
    const [when, , best] = history.reduce((low, now) => now[2] < low[2] ? now : low, [0, 0, Infinity]);
    if (!Number.isFinite(loss)) return "The learning rate is far too large.";
    if (seen.dead > UNITS) return `${seen.dead} of ${2 * UNITS} units are dead: 0 for every point, so no gradient reaches their weights.`;
    if (net.steps < 50) return "Train on.";
    if (out > 1.25 * best && loss < out) return `It learns by heart: the held-out loss was ${text(best, 3)} at step ${when}, and has risen since.`;
    if (loss > 0.5) return "It has not learned the training points either.";
    if (out > loss + 0.15) return "What it learns of the training points is only partly true of the others.";
    return "What it has learned of the training points is true of the others too.";
  }

  /* ---- pictures ---- */

  let plane;

  function drawPlane(c, width, height) {
    const axis = (i) => ({name: `input x${"₁₂"[i]}`, low: LOW[i], high: LOW[i] + SIDE});
    plane = new live.Plane(figure, c, width, height, axis(0), axis(1));
    regions(figure, plane, kernels.scope(() => forward(net, map).scores.data.slice()), GRID);
    plane.clip(() => {
      [held, training].forEach(({points}, i) => points.forEach(([x1, x2, label], n) => {
        const wrong = (seen.scores[1 - i][n] > 0) !== (label === 1);
        plane.mark(x1, x2, label, i === 1 && wrong, i ? 4.2 : 1.8);
      }));
    });
    plane.border();
  }

  function drawLosses(c, width, height) {
    const top = Math.max(0.8, Math.min(2, 1.1 * Math.max(0, ...history.map(([, , out]) => out)))), last = Math.max(100, net.steps);
    const ticks = [0, 0.25, 0.5, 1, 1.5, 2].filter((v) => v <= top).map((v) => [v, text(v)]);
    const losses = new live.Plane(figure, c, width, height, {name: "steps", low: 0, high: last, ticks: [[0, "0"], [last, text(last)]]},
                                  {name: "mean loss in nats", low: 0, high: top, ticks});
    const curve = (column) => history.filter((row) => Number.isFinite(row[column])).map((row) => [row[0], row[column]]);
    losses.clip(() => {
      losses.line(curve(2), "b", 2, [7, 4]);
      losses.line(curve(1), "a", 2);
    });
    losses.border();
  }

  /* ---- controls ---- */

  function refresh() {
    seen = look([training, held]);
    figure.paint();
    figure.say(describe(), figure.running);
  }

  function stop() {
    figure.running = false;
    train.textContent = "Train";
    figure.set("steps", net.steps);
    refresh();
  }

  function toggle() {
    if (figure.running) return stop();
    if (figure.still.matches) { run(200); return stop(); }        // no motion: the result only
    train.textContent = "Pause";
    figure.animate(() => {
      run(EVERY);
      refresh();
      if (net.steps >= MOST || !Number.isFinite(seen.losses[0])) { stop(); return false; }
      return true;
    });
  }

  function add(x1, x2) {
    const round = (v) => Number(v.toFixed(2));
    figure.set("own", [...own(), [round(x1), round(x2), state.label]].slice(-40).join(";"));
    figure.changed("own");
  }

  figure.changed = (name) => {
    if (["label", "x1", "x2"].includes(name)) return;
    if (name !== "address") figure.set("steps", 0);
    restart();
    run(state.steps);
    stop();
  };

  const train = figure.button("Train", toggle, {class: "live-button live-main"});
  const canvas = figure.canvas("Plane of the inputs with all points and the decision boundary; click to add a point", 1, drawPlane);
  let place;
  canvas.style.cursor = "crosshair";
  figure.drag(canvas, (across, down) => { place = plane.from(across, down); }, () => add(...place));
  figure.show(
    make("div", {class: "live-row"}, figure.controls("Points", "noise", "held"), figure.controls("Network", "activation", "start"),
      figure.controls("Training", "batch", "rate", "decay", "dropped")),
    make("div", {class: "live-buttons"}, train, figure.button("100 steps", () => { figure.running = false; run(100); stop(); }),
      figure.button("Start again", () => figure.changed("start"))),
    figure.status,
    make("div", {class: "live-panels live-pairs"}, figure.panel("Points: click to add one", canvas),
      figure.panel("Losses", figure.canvas("Curves of the training loss and of the held-out loss over the steps", 1, drawLosses))),
    make("div", {class: "live-row"}, figure.controls("A point of your own", "label", "x1", "x2"),
      make("div", {class: "live-buttons live-beside"}, figure.button("Add the point", () => add(state.x1, state.x2)),
        figure.button("Remove own points", () => { figure.set("own", ""); figure.changed("own"); }))),
    make("p", {class: "live-legend"}, "● class 0 · ■ class 1, hatched · small: held out · ✕ on the wrong side. Solid: training " +
      "loss, without dropout; dashed: held-out loss."),
  );
  figure.history = () => history;
  figure.seen = () => seen;
  figure.step = run;
  figure.changed("address");
});
