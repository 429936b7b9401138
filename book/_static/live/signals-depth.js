/* Signals through depth: twenty layers before training, sizes forward and gradients backward, and the layer that you point at. */
"use strict";

live.figure("signals-depth", (figure) => {
  const {make, text, unpack} = live, {kernels, data, state} = figure, {layers: LAYERS, N, M} = data;
  const pool = unpack(data.pool), ones = kernels.tensor(1, M), zeros = kernels.tensor(0, M);

  figure.keep({
    scale: {value: 1, label: "First weights", choices: [[0, "zero"], [0.25, "¼ of He's"], [0.5, "½ of He's"], [0.71, "0.71 of He's"],
                                                        [1, "He's"], [1.41, "1.41 times He's"], [2, "twice He's"]]},
    activation: {value: "relu", label: "Activation", choices: [["relu", "ReLU"], ["tanh", "tanh"], ["sigmoid", "sigmoid"]]},
    norm: {value: "none", label: "Norm", choices: [["none", "none"], ["batch", "batch norm"], ["layer", "layer norm"]]},
    shortcut: {value: "no", label: "Shortcut", choices: [["no", "no"], ["yes", "yes"]]},
    layer: {value: 10, label: "Layer", min: 0, max: LAYERS, step: 1},
  });

  /* Normal numbers (rows, M), other ones for each number: the pool in strides of its own, from a place of its own. */
  function draw(number, rows, times = 1) {
    const numbers = Float64Array.from({length: rows * M}, (_, i) => times * pool[(i * (74 * number + 37) + 101 * number) % pool.length]);
    return kernels.tensor(numbers, rows, M);
  }

  const sum = (a, b) => kernels.tensor(a.data.map((v, i) => v + b.data[i]), N, M);        // what a shortcut does
  const norms = {
    none: {forward: (h) => [h], backward: (d) => d},
    batch: {forward: (h) => {
      const [z, ...kept] = kernels.batch_norm_forward(h.as(N, M, 1), ones, zeros);
      return [z.as(N, M), ...kept];
    }, backward: (d, h, kept) => kernels.batch_norm_backward(d.as(N, M, 1), ...kept, h.as(N, M, 1), ones, zeros)[0].as(N, M)},
    layer: {forward: (h) => kernels.layer_norm_forward(h, ones, zeros),
            backward: (d, h, kept) => kernels.layer_norm_backward(d, ...kept, h, ones, zeros)[0]},
  };

  /* Outputs of all layers and the gradients with respect to them, inputs first. */
  function signals() {
    const {activation, norm, shortcut, scale} = state, saved = [], outputs = [draw(0, N)];
    for (let layer = 1; layer <= LAYERS; layer++) {
      const h = outputs.at(-1), w = draw(layer, M, scale * Math.sqrt(2 / M)), [z, ...kept] = norms[norm].forward(h);
      const r = kernels[`${activation}_forward`](z), part = kernels.affine_forward(r, w, zeros);
      saved.push({h, w, z, r, kept});
      outputs.push(shortcut === "yes" ? sum(h, part) : part);
    }
    const gradients = [draw(LAYERS + 1, N)];
    for (const {h, w, z, r, kept} of saved.reverse()) {
      const [dr] = kernels.affine_backward(gradients[0], r, w, zeros);
      const dz = kernels[`${activation}_backward`](dr, activation === "relu" ? z : r), d = norms[norm].backward(dz, h, kept);
      gradients.unshift(shortcut === "yes" ? sum(gradients[0], d) : d);
    }
    return {outputs, gradients};
  }

  /* ---- what is measured ---- */

  const size = (values) => Math.sqrt(values.reduce((total, v) => total + v * v, 0) / values.length);

  /* Mean cosine of two different examples. */
  function cosine(values) {
    const total = new Float64Array(M);
    for (let n = 0; n < N; n++) {
      const row = values.subarray(n * M, (n + 1) * M), length = Math.max(size(row) * Math.sqrt(M), 1e-300);
      row.forEach((v, m) => { total[m] += v / length; });
    }
    return (total.reduce((square, v) => square + v * v, 0) - N) / (N * (N - 1));
  }

  let seen;

  function compute() {
    seen = kernels.scope(() => {
      const {outputs, gradients} = signals(), h = outputs.map((tensor) => tensor.data.slice());
      return {h, sizes: h.map(size), cosines: h.map(cosine), gradients: gradients.map((tensor) => size(tensor.data))};
    });
  }

  function describe() {
    const at = (row) => text(row[state.layer], 3);
    return `Layer ${state.layer}: numbers of size ${at(seen.sizes)}, two examples at a cosine of ${at(seen.cosines)}, ` +
      `gradient of size ${at(seen.gradients)} (the last layer is sent 1).`;
  }

  /* ---- pictures ---- */

  let plane;

  function curve(row, name, logarithmic) {
    return (c, width, height) => {
      const values = seen[row].map((v) => logarithmic ? Math.log10(Math.max(v, 1e-12)) : v);
      const low = logarithmic ? Math.min(-1, Math.floor(Math.min(...values))) : Math.min(0, ...values), high = logarithmic ? Math.max(1, Math.ceil(Math.max(...values))) : 1;
      const every = Math.ceil((high - low) / 4), powers = Array.from({length: high - low + 1}, (_, i) => low + i).filter((v) => v % every === 0);
      const ticks = logarithmic ? powers.map((v) => [v, v < -2 || v > 3 ? `1e${text(v)}` : text(10 ** v)]) : [0, 0.5, 1].map((v) => [v, text(v)]);
      plane = new live.Plane(figure, c, width, height, {name: "layer", low: 0, high: LAYERS, ticks: [0, 5, 10, 15, 20].map((v) => [v, text(v)])},
                             {name, low, high, ticks});
      plane.line([[state.layer, low], [state.layer, high]], "b", 2);
      plane.line(values.map((v, layer) => [layer, v]), "a", 2);
      values.forEach((v, layer) => plane.mark(layer, v, 0, false, layer === state.layer ? 4.5 : 2));
      plane.border();
    };
  }

  /* One row for each example, one column for each unit; strength of colour by size within the row, as a cosine sees it. */
  function drawLayer(c, width, height) {
    for (let n = 0; n < N; n++) {
      const row = seen.h[state.layer].subarray(n * M, (n + 1) * M), most = Math.max(1e-300, ...row.map(Math.abs));
      row.forEach((v, m) => {
        c.globalAlpha = Math.abs(v) / most;
        c.fillStyle = figure.colour(v < 0 ? "b" : "a");
        c.fillRect(m * width / M, n * height / N, width / M, height / N);
      });
    }
    c.globalAlpha = 1;
  }

  /* ---- controls ---- */

  function refresh() {
    figure.paint();
    figure.say(describe());
  }

  figure.changed = (name) => {
    if (name !== "layer") compute();
    refresh();
  };

  /* All curves share their horizontal axis, so the plane that was drawn last knows where the layers lie. */
  function panel(title, words, draw_) {
    const canvas = figure.canvas(words, 0.8, draw_);
    figure.drag(canvas, (across, down) => {
      figure.set("layer", Math.round(plane.from(across, down)[0]));
      figure.paint();
      figure.say(describe(), true);
    }, refresh);
    return figure.panel(title, canvas);
  }

  figure.show(
    make("div", {class: "live-row"}, figure.controls("Twenty layers, before training", "scale", "activation", "norm", "shortcut"),
      figure.controls("Look at one: drag, or type", "layer")),
    figure.status,
    make("div", {class: "live-panels live-pairs"},
      panel("Size of the numbers", "Size of the numbers, layer by layer; drag to choose a layer", curve("sizes", "size", true)),
      panel("How alike two examples are", "Cosine of two examples, layer by layer; drag to choose a layer", curve("cosines", "cosine", false)),
      panel("Size of the gradient", "Size of the gradient, layer by layer; drag to choose a layer", curve("gradients", "size", true)),
      figure.panel("The chosen layer", figure.canvas("Outputs of the chosen layer, a row for each example and a column for each unit", 0.8, drawLayer))),
    make("p", {class: "live-legend"}, `The chosen layer: a row for each of ${N} examples, a column for each of ${M} units, blue above 0, ` +
      "orange below. Upright stripes: all examples look alike."),
  );
  figure.seen = () => seen;
  figure.step = (times) => { for (let i = 0; i < times; i++) compute(); };
  figure.changed("address");
});
