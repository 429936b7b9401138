/* Convolution: edit a filter, move it over a digit, see the products, their sum and the output; padding, stride, pooling.

   The products come from the library's convolution too: nine filters, each with one weight of the filter and eight zeros. */
"use strict";

live.figure("convolution", (figure) => {
  const {make, text, unpack} = live, {cells, frame, short} = live.grid, {kernels, data, state} = figure, {floor, max, min, abs, round} = Math;
  const SIDE = 8, K = 3;                                   // of a digit, of the filter
  const digits = unpack(data.digits);

  figure.keep({
    digit: {value: 4, label: "Digit", choices: Array.from({length: 10}, (_, d) => [d, d])},
    filter: {value: "vertical", label: "Filter",
             choices: [...Object.entries(data.filters).map(([name, {label}]) => [name, label]), ["own", "your own"]]},
    padding: {value: 0, label: "Padding", choices: [0, 1, 2].map((v) => [v, v])},
    stride: {value: 1, label: "Stride", choices: [1, 2, 3].map((v) => [v, v])},
    pooling: {value: "none", label: "Pooling, 2 × 2", choices: [["none", "none"], ["max", "maximum"], ["avg", "average"]]},
    row: {value: 3, label: "Output row", min: 1, max: 10, step: 1},
    column: {value: 2, label: "Output column", min: 1, max: 10, step: 1},
    weights: {value: "", pattern: /^[-+.,e\d]*$/},          // of your own filter, by rows
  });

  let w, y, products, pooled;

  function compute() {
    kernels.restart();
    const P = [state.padding, state.padding], S = [state.stride, state.stride], D = SIDE * SIDE;
    const image = kernels.tensor(digits.subarray(state.digit * D, (state.digit + 1) * D), 1, 1, SIDE, SIDE);
    const single = Array.from({length: K ** 4}, (_, i) => floor(i / K ** 2) === i % K ** 2 ? w[i % K ** 2] : 0);
    const output = kernels.conv2d_forward(image, kernels.tensor(w, 1, 1, K, K), kernels.tensor(0, 1), S, P);
    y = plain(output);
    products = plain(kernels.conv2d_forward(image, kernels.tensor(single, K * K, 1, K, K), kernels.tensor(0, K * K), S, P));
    pooled = state.pooling === "none" ? null
      : plain([kernels[`${state.pooling}_pool2d_forward`](output, [2, 2], [2, 2])].flat()[0]);
  }

  const plain = (tensor) => ({rows: tensor.shape[2], columns: tensor.shape[3], values: Array.from(tensor.data)});
  const own = () => state.weights.split(",").map(Number);
  const at = ({columns, values}, i, j) => values[i * columns + j];
  /* The window in the image, its first row and column; negative in the padding. */
  const corner = () => [(state.row - 1) * state.stride - state.padding, (state.column - 1) * state.stride - state.padding];
  const pixel = (i, j) => i >= 0 && j >= 0 && i < SIDE && j < SIDE ? digits[state.digit * SIDE * SIDE + i * SIDE + j] : 0;
  const here = () => at(y, state.row - 1, state.column - 1);
  const bracket = (value) => value < 0 ? `(${text(value, 3)})` : text(value, 3);

  function describe() {
    const [top, left] = corner();
    const term = (weight, k) => `${text(pixel(top + floor(k / K), left + k % K), 3)} × ${bracket(weight)}`;
    const sum = w.map(term).filter((_, k) => w[k] !== 0).join(" + ") || "all weights are 0";
    const size = `(${SIDE} + 2 · ${state.padding} − ${K}) / ${state.stride} + 1`;
    const rounded = (SIDE + 2 * state.padding - K) % state.stride ? " rounded down" : "";
    const after = pooled ? `; pooling leaves ${pooled.rows} × ${pooled.columns}` : "";
    return `Output at row ${state.row}, column ${state.column}: ${sum} = ${text(here(), 3)}. ` +
      `The output has ${y.rows} × ${y.columns} numbers, ${size} = ${y.rows}${rounded}${after}.`;
  }

  /* ---- pictures: grids of numbers ---- */

  const grey = (v) => ["ink", v * 0.85, v > 0.5 ? "paper" : "ink"];
  const signed = (most) => (v) => [v < 0 ? "b" : "a", 0.5 * abs(v) / (most || 1), "ink"];
  const largest = (values) => values.reduce((m, v) => max(m, abs(v)), 0);

  function drawImage(c, width) {
    const P = state.padding, side = SIDE + 2 * P, [top, left] = corner();
    const size = cells(figure, c, width, side, side, (i, j) => pixel(i - P, j - P), grey, short);
    if (P) {
      c.strokeStyle = figure.colour("ink");
      c.setLineDash([4, 3]);
      c.lineWidth = 1.5;
      c.strokeRect(P * size, P * size, SIDE * size, SIDE * size);
      c.setLineDash([]);
    }
    frame(figure, c, size, top + P, left + P, K, K);
  }

  function drawOutput(c, width) {
    const size = cells(figure, c, width, y.rows, y.columns, (i, j) => at(y, i, j), signed(largest(y.values)), short);
    if (pooled) {
      c.strokeStyle = figure.colour("ink");
      c.lineWidth = 2;
      for (let i = 0; i < pooled.rows; i++) for (let j = 0; j < pooled.columns; j++) {
        c.strokeRect(2 * j * size + 1, 2 * i * size + 1, 2 * size - 2, 2 * size - 2);
      }
    }
    frame(figure, c, size, state.row - 1, state.column - 1, 1, 1);
  }

  function drawProducts(c, width) {
    const value = (i, j) => products.values[((i * K + j) * products.rows + state.row - 1) * products.columns + state.column - 1];
    cells(figure, c, width, K, K, value, signed(max(...w.map(abs))), (v) => text(v, 2));
  }

  function drawPooled(c, width) {
    if (pooled) cells(figure, c, width, pooled.rows, pooled.columns, (i, j) => at(pooled, i, j), signed(largest(y.values)), short);
  }

  /* ---- controls ---- */

  function put(row, column) {
    figure.set("row", max(1, min(y.rows, row)));
    figure.set("column", max(1, min(y.columns, column)));
    figure.paint();
    sum.textContent = `Sum: ${text(here(), 3)}`;
  }

  function edit(position, input) {
    const value = Number(input.value);
    if (input.value.trim() === "" || !Number.isFinite(value)) {
      input.setAttribute("aria-invalid", "true");
      return figure.say(`Weight in row ${floor(position / K) + 1}, column ${position % K + 1}: expected a number.`);
    }
    input.removeAttribute("aria-invalid");
    w[position] = value;
    figure.set("filter", "own");
    figure.set("weights", w.join(","));
    update();
  }

  function update() {
    compute();
    figure.inputs.row.max = y.rows;
    figure.inputs.column.max = y.columns;
    put(min(state.row, y.rows), min(state.column, y.columns));
    pool.hidden = !pooled;
    poolTitle.textContent = state.pooling === "max" ? "Largest of every 2 × 2" : "Mean of every 2 × 2";
    figure.paint();
    figure.say(describe());
  }

  figure.changed = () => {
    const given = own();
    if (state.filter === "own" && !(given.length === K * K && given.every(Number.isFinite))) {
      figure.set("weights", (w || data.filters.vertical.weights).join(","));
    }
    w = state.filter === "own" ? own() : [...data.filters[state.filter].weights];
    weights.forEach((input, k) => { input.value = w[k]; });
    update();
  };

  const weights = Array.from({length: K * K}, (_, k) => {
    const name = `Weight in row ${floor(k / K) + 1}, column ${k % K + 1}`;
    const input = make("input", {type: "number", step: "any", "aria-label": name});
    input.addEventListener("input", () => edit(k, input));
    return input;
  });
  const image = figure.canvas("The digit as numbers, with the window of the filter; drag the window", 1, drawImage);
  const output = figure.canvas("The output of the filter as numbers, with the place that is shown", 1, drawOutput);
  const sum = make("p", {class: "live-sum"}), poolTitle = make("p", {class: "live-title"});
  const pool = make("div", {class: "live-panel live-pool"}, poolTitle, figure.canvas("The pooled output as numbers", 1, drawPooled));
  /* The filter goes where the reader points: the middle of the window, or the output's own place. */
  const tell = () => figure.say(describe());
  figure.drag(image, (across, down) => {
    const side = SIDE + 2 * state.padding, place = (part) => round((part * side - K / 2) / state.stride) + 1;
    put(place(down), place(across));
  }, tell);
  figure.drag(output, (across, down) => put(floor(down * y.rows) + 1, floor(across * y.columns) + 1), tell);

  figure.show(
    figure.controls("Image and filter", "digit", "filter", "padding", "stride", "pooling"),
    figure.controls("Place of the filter: drag it on the digit, or type", "row", "column"),
    figure.status,
    make("div", {class: "live-panels live-pairs"},
      figure.panel("Digit, and padding outside the dashes", image),
      figure.panel("Output", output),
      make("div", {class: "live-panels live-small"},
        figure.panel("Filter", make("div", {class: "live-weights", role: "group", "aria-label": "Weights of the filter"}, ...weights)),
        figure.panel("Window × filter", figure.canvas("The nine products at this place", 1, drawProducts), sum)),
      pool),
    make("p", {class: "live-legend"}, "Blue: above 0. Orange, with a minus: below 0. Orange frame: where the filter lies, " +
      "and the number it gives."),
  );
  figure.result = () => ({y, pooled, products});
  figure.step = (times) => { for (let i = 0; i < times; i++) compute(); };
  figure.changed("address");
});
