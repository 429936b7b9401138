/* Networks that train in a page, and the picture of what one thinks of a plane.

   Composition only: the order in which layers, loss and optimiser call their kernels is that of nnlib.Sequential and
   nnlib.fit, and the tests compare whole runs with them. */
"use strict";

live.training = (() => {
  /* A network of affine layers with these numbers of units, inputs first; first(M, D, depth) gives the weights (M, D) of one. */
  function network(kernels, units, first, settings) {
    const layers = units.slice(1).map((M, depth) => {
      const D = units[depth], w = kernels.tensor(first(M, D, depth), M, D), b = kernels.tensor(0, M);
      const memory = [w, b].map((p) => [kernels.tensor(0, p.size), kernels.tensor(0, p.size)]);
      return {w, b, memory};
    });
    return {decay: 0, dropped: 0, ...settings, kernels, layers, steps: 0};
  }

  /* Scores of the examples; what backward needs stays in `trace`. With `kept`, a matrix of 1 and 0 for each hidden layer,
     the outputs at 0 are dropped. */
  function forward({kernels, layers, activation, dropped}, x, kept) {
    let h = x;
    const trace = layers.map(({w, b}, depth) => {
      const input = h, a = kernels.affine_forward(input, w, b);
      const r = h = depth < layers.length - 1 ? kernels[`${activation}_forward`](a) : a;
      if (kept?.[depth]) h = kernels.dropout_forward(r, kept[depth], dropped);
      return {input, a, r};
    });
    return {scores: h.flat, trace};
  }

  /* One step on these examples; gives the loss before it, as nnlib.fit does. */
  function step(net, x, y, kept) {
    const {kernels, layers, activation, dropped} = net;
    return kernels.scope(() => {
      const {scores, trace} = forward(net, x, kept);
      const loss = kernels.binary_cross_entropy_forward(scores, y);
      let d = kernels.binary_cross_entropy_backward(scores, y).as(y.size, 1);
      const gradients = [];
      for (let depth = layers.length - 1; depth >= 0; depth--) {
        const {a, r} = trace[depth];
        if (kept?.[depth]) d = kernels.dropout_backward(d, kept[depth], dropped);
        if (depth < layers.length - 1) d = kernels[`${activation}_backward`](d, activation === "relu" ? a : r);
        const [dx, dw, db] = kernels.affine_backward(d, trace[depth].input, layers[depth].w, layers[depth].b);
        gradients[depth] = [dw, db];
        d = dx;
      }
      net.steps++;
      layers.forEach(({w, b, memory}, depth) => {
        [w, b].forEach((p, i) => update(net, p.flat, gradients[depth][i].flat, memory[i]));
      });
      return loss;
    });
  }

  /* The settings beyond learning rate and weight decay are nnlib's defaults. */
  function update({kernels, optimiser, rate, decay, steps}, w, dw, [first, second]) {
    if (optimiser === "adam") kernels.adam_update(w, dw, first, second, steps, rate, 0.9, 0.999, 1e-8, decay, false);
    else kernels.sgd_update(w, dw, first, rate, optimiser === "momentum" ? 0.9 : 0, false, decay);
  }

  /* ---- pictures ---- */

  /* Points (size * size, 2) of a grid over a square of the plane, row by row from below. */
  function grid(kernels, size, low, side) {
    const numbers = Float64Array.from({length: 2 * size * size}, (_, i) => {
      const place = i >> 1, across = place % size, up = Math.floor(place / size);
      return low[i % 2] + side * (i % 2 ? up : across) / (size - 1);
    });
    return kernels.tensor(numbers, size * size, 2);
  }

  const sheets = {};                       // canvases that are drawn on another one, kept from one frame to the next

  function sheet(name, width, height) {
    return Object.assign(sheets[name] ||= live.make("canvas"), {width, height});          // which clears it
  }

  /* Tints of the two classes by the scores on such a grid, stronger where they are larger; and the boundary. */
  function regions(figure, plane, scores, size) {
    const tint = sheet("tint", size, size), mask = sheet("mask", size, size), {context, box} = plane;
    const t = tint.getContext("2d"), m = mask.getContext("2d");
    const colours = t.createImageData(size, size), inside = m.createImageData(size, size);
    const [a, b] = ["a-rgb", "b-rgb"].map((name) => figure.colour(name).split(" ").map(Number));
    for (let up = 0; up < size; up++) for (let across = 0; across < size; across++) {
      const score = scores[up * size + across], at = 4 * ((size - 1 - up) * size + across);
      colours.data.set(score > 0 ? b : a, at);
      colours.data[at + 3] = 24 + 74 * Math.min(1, Math.abs(score) / 4);
      inside.data[at + 3] = Math.max(0, Math.min(255, 128 + 400 * score));
    }
    t.putImageData(colours, 0, 0);
    m.putImageData(inside, 0, 0);
    const width = box.right - box.left, height = box.bottom - box.top;
    context.drawImage(tint, box.left, box.top, width, height);
    hatch(figure, plane, mask, width, height);
    plane.contour(scores, size, 0, "ink", 2.5);
  }

  /* Thin lines over the region of class 1, for readers to whom the tints look alike. */
  function hatch(figure, {context, box}, mask, width, height) {
    const lines = sheet("lines", width, height), l = lines.getContext("2d");
    l.drawImage(mask, 0, 0, width, height);
    l.globalCompositeOperation = "source-in";
    l.strokeStyle = figure.colour("b");
    l.globalAlpha = 0.55;
    l.beginPath();
    for (let i = -height; i < width; i += 9) { l.moveTo(i, height); l.lineTo(i + height, 0); }
    l.stroke();
    context.drawImage(lines, box.left, box.top);
  }

  return {network, forward, step, grid, regions};
})();
