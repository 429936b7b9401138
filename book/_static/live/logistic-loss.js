/* Logistic loss: a line among the beans is a point on the map of the loss. Move either, or walk downhill.

   The bias is 0, as in the chapter, so that the map has two axes. */
"use strict";

live.figure("logistic-loss", (figure) => {
  const {make, text, unpack} = live, {kernels, data, state} = figure;
  const SURE = Math.log(9);                                // score at which the neuron is 90 % sure
  const VIEWS = [[[-7, 3], [-5, 5]], [[-28, 6], [-17, 17]]];   // of the map: near the minimum, and further away
  const GRID = 49, LEVELS = [0.29, 0.3, 0.33, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8, 12];
  const MOST = 400, FRAMES = 4;                            // steps of a walk; pictures from one step to the next

  figure.keep({
    w1: {value: 2, label: "w₁ at the start", min: -27, max: 5, step: 0.1},
    w2: {value: 2, label: "w₂ at the start", min: -15, max: 15, step: 0.1},
    rate: {value: 3, label: "Learning rate", choices: [0.03, 0.3, 1, 3, 10, 16, 17, 18, 20].map((v) => [v, v])},
    batch: {value: data.y.length, label: "Beans in a step", choices: [[1, "1"], [16, "16"], [data.y.length, "all"]]},
    steps: {value: 0, min: 0, max: MOST},
  });

  const N = data.y.length, points = unpack(data.x), order = unpack(data.order);
  const labels = Array.from(data.y, Number);
  const x = kernels.tensor(points, N, 2), y = kernels.tensor(labels, N), w = kernels.tensor(0, 1, 2);
  const zero = kernels.tensor(0, 1), velocity = kernels.tensor(0, 2);
  const maps = VIEWS.map(survey);
  let path, scores;

  /* The loss on a grid over a part of the plane of weights, row by row from below. */
  function survey([[left, right], [low, high]]) {
    return kernels.scope(() => {
      const between = (from, to, i) => from + (to - from) * i / (GRID - 1);
      const places = Array.from({length: GRID * GRID}, (_, i) => [between(left, right, i % GRID), between(low, high, Math.floor(i / GRID))]);
      const all = kernels.affine_forward(kernels.tensor(places.flat(), GRID * GRID, 2), x, kernels.tensor(0, N));
      return Float64Array.from(places, (_, i) => kernels.binary_cross_entropy_forward(all.part(i), y));
    });
  }

  const score = (inputs) => kernels.affine_forward(inputs, w, zero).flat;

  function gradient(inputs, targets) {
    const da = kernels.binary_cross_entropy_backward(score(inputs), targets).as(targets.size, 1);
    return kernels.affine_backward_parameters(da, inputs, w, zero)[0];
  }

  /* The beans of a step: all, or the next few. */
  function batch(step) {
    if (state.batch === N) return [x, y];
    const rows = Array.from({length: state.batch}, (_, i) => order[(step * state.batch + i) % order.length]);
    const inputs = rows.flatMap((n) => [points[2 * n], points[2 * n + 1]]);
    return [kernels.tensor(inputs, rows.length, 2), kernels.tensor(rows.map((n) => labels[n]), rows.length)];
  }

  function note(promised) {
    kernels.scope(() => {
      const a = score(x);
      scores = a.data.slice();
      path.push({w: [...w.data], loss: kernels.binary_cross_entropy_forward(a, y), promised});
    });
  }

  /* One step; what the slope of the loss on all beans promises for it is kept beside what it brought. */
  function step() {
    const promised = kernels.scope(() => {
      const slope = gradient(x, y), before = w.data.slice();
      kernels.sgd_update(w.flat, gradient(...batch(path.length - 1)).flat, velocity, state.rate, 0, false, 0);
      return kernels.affine_forward(kernels.tensor(w.data.map((v, i) => v - before[i]), 1, 2), slope, zero).data[0];
    });
    note(promised);
  }

  function restart(steps) {
    path = [];
    w.data.set([state.w1, state.w2]);
    note(0);
    for (let i = 0; i < steps; i++) step();
  }

  function describe() {
    const last = path.at(-1), change = last.loss - path.at(-2)?.loss;
    const where = `w = (${last.w.map((v) => text(v, 3)).join(", ")}): loss ${text(last.loss)} nats`;
    const wrong = labels.filter((label, n) => (scores[n] > 0) !== (label === 1)).length;
    if (path.length === 1) return `At the start ${where}, ${wrong} of ${N} beans on the wrong side. Drag the ring in either panel.`;
    const step = `The slope promised ${text(last.promised, 3)} for the last step, which brought ${text(change, 3)}.`;
    const limit = state.rate > data.limit && state.batch === N
      ? ` The rate is above ${text(data.limit, 3)}, the limit at the minimum: steps there never die out.` : "";
    return `Step ${path.length - 1}, ${where}. ${step}${limit}`;
  }

  /* ---- pictures ---- */

  let beansPlane, mapPlane;

  function drawBeans(c, width, height) {
    const plane = beansPlane = new live.Plane(figure, c, width, height, {name: "length", low: -4, high: 4}, {name: "darkness", low: -4, high: 4});
    const [w1, w2] = path.at(-1).w, square = w1 * w1 + w2 * w2 || 1e-9, far = 12 / Math.sqrt(square);
    /* The line on which all beans have this score. */
    const line = (s) => [-far, far].map((t) => [w1 * s / square - w2 * t, w2 * s / square + w1 * t]);
    plane.clip(() => {
      for (let n = 0; n < N; n++) plane.mark(points[2 * n], points[2 * n + 1], labels[n], (scores[n] > 0) !== (labels[n] === 1));
      plane.line(line(SURE), "b", 1.5, [6, 4]);
      plane.line(line(-SURE), "a", 1.5, [6, 4]);
      plane.line(line(0), "ink", 2.5);
      plane.handle(w1 * SURE / square, w2 * SURE / square, "b");
    });
    plane.border();
  }

  function drawMap(c, width, height) {
    const inside = ([[left, right], [low, high]]) => path.every(({w: [i, j]}) => i >= left && i <= right && j >= low && j <= high);
    const view = inside(VIEWS[0]) ? 0 : 1, ticks = view ? [-20, -10, 0] : [-4, -2, 0, 2], [across, up] = VIEWS[view];
    const axis = (name, [low, high], values) => ({name, low, high, ticks: values.map((v) => [v, text(v)])});
    const plane = mapPlane = new live.Plane(figure, c, width, height, axis("w₁", across, ticks), axis("w₂", up, view ? [-10, 0, 10] : ticks));
    plane.clip(() => {
      for (const level of LEVELS) plane.contour(maps[view], GRID, level, "line", 1);
      plane.line(path.map((place) => place.w), "a", 2);
      for (const {w: [i, j]} of path.slice(-60)) plane.mark(i, j, 0, false, 2);
      c.textAlign = "center";
      c.fillStyle = figure.colour("go");
      const [i, j] = plane.at(...data.minimum);
      c.fillText("✛", i, j + 4.5);
      plane.handle(...path.at(-1).w, "b");
    });
    plane.border();
  }

  function drawLoss(c, width, height) {
    const last = Math.max(10, path.length - 1), top = 1.1 * Math.max(0.8, ...path.map(({loss}) => loss));
    const ticks = [0, 0.25, 0.5, 1, 2, 4, 8, 12].filter((v) => v < top && v >= top / 8 || v === 0).map((v) => [v, text(v)]);
    const plane = new live.Plane(figure, c, width, height, {name: "steps", low: 0, high: last, ticks: [[0, "0"], [last, text(last)]]},
                                 {name: "mean loss in nats", low: 0, high: top, ticks});
    plane.clip(() => {
      path.forEach(({promised}, i) => {
        if (i && path.length - i <= 40) plane.line([[i - 1, path[i - 1].loss], [i, path[i - 1].loss + promised]], "b", 1.5, [4, 3]);
      });
      plane.line(path.map(({loss}, i) => [i, loss]), "a", 2);
      if (path.length <= 60) path.forEach(({loss}, i) => plane.mark(i, loss, 0, false, 2));
    });
    plane.border();
  }

  /* ---- controls ---- */

  function refresh() {
    figure.paint();
    figure.say(describe(), figure.running);
  }

  function stop() {
    figure.running = false;
    play.textContent = "Walk";
    figure.set("steps", path.length - 1);
    refresh();
  }

  function toggle() {
    if (figure.running) return stop();
    if (figure.still.matches) { for (let i = 0; i < 20; i++) step(); return stop(); }        // no motion: the result only
    let frame = 0;
    play.textContent = "Pause";
    figure.animate(() => {
      if (frame++ % FRAMES) return true;
      step();
      if (path.length > MOST) { stop(); return false; }
      refresh();
      return true;
    });
  }

  /* A walk begins anew where the reader puts the point. */
  function put(w1, w2) {
    const {min, max} = Math, {w1: one, w2: two} = figure.settings, tidy = (v, {min: low, max: high}) => Number(max(low, min(high, v)).toFixed(2));
    figure.running = false;
    play.textContent = "Walk";
    figure.set("w1", tidy(w1, one));
    figure.set("w2", tidy(w2, two));
    figure.set("steps", 0);
    restart(0);
    figure.paint();
    figure.say(describe(), true);
  }

  figure.changed = (name) => {
    if (name !== "address") figure.set("steps", 0);
    restart(state.steps);
    stop();
  };

  const play = figure.button("Walk", toggle, {class: "live-button live-main"});
  const beans = figure.canvas("Beans with the boundary of the neuron and the lines where it is 90 % sure; drag the line", 1, drawBeans);
  const map = figure.canvas("Map of the loss over the two weights, with the steps taken; drag the point", 1, drawMap);
  const tell = () => figure.say(describe());
  figure.drag(beans, (across, down) => {
    const [i, j] = beansPlane.from(across, down), square = Math.max(0.05, i * i + j * j);
    put(i * SURE / square, j * SURE / square);
  }, tell);
  figure.drag(map, (across, down) => put(...mapPlane.from(across, down)), tell);

  figure.show(
    make("div", {class: "live-row"}, figure.controls("Start: drag a ring, or type", "w1", "w2"),
      figure.controls("Gradient descent", "rate", "batch")),
    make("div", {class: "live-buttons"}, play, figure.button("1 step", () => { step(); stop(); }),
      figure.button("Back to the start", () => figure.changed("start"))),
    figure.status,
    make("div", {class: "live-panels"},
      figure.panel("Beans", beans), figure.panel("Map of the loss", map),
      figure.panel("Loss and promises", figure.canvas("Curve of the loss over the steps, with what each step promised", 1, drawLoss))),
    make("p", {class: "live-legend"}, "● sound · ■ faulty · ✕ on the wrong side. Dashed among the beans: 90 % sure of either " +
      "kind. ✛ the minimum. Dashed below the curve: where each step would lead if the slope stayed as it was."),
  );
  figure.path = () => path;
  figure.step = (steps) => { for (let i = 0; i < steps; i++) step(); };
  figure.changed("address");
});
