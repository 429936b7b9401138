/* A whole CNN on a digit that the reader draws, covers or moves: every feature map, ten probabilities, what a unit sees. */
"use strict";

live.figure("digit-cnn", (figure) => {
  const {make, text, unpack} = live, {kernels, data, state} = figure, {frame} = live.grid, {min, max, floor, round} = Math;
  const SIDE = 28, ACROSS = 8, GAP = 2;                    // pixels of a digit; maps in a row, and what lies between them
  const layers = Object.entries(data.layers).map(([name, [words, count, side, sees, stride]]) => ({name, words, count, side, sees, stride}));
  const whole = (value, label, low, high) => ({value, label, min: low, max: high, step: 1});

  figure.keep({
    digit: {value: "4", label: "Digit", choices: [...data.strokes.map((_, d) => [String(d), d]), ["own", "your own"]]},
    strokes: {value: "", pattern: /^([0-9a-r]{2}|-)*$/},   // of your own: points, across and down in base 28
    right: whole(0, "Moved right", -9, 9),
    down: whole(0, "Moved down", -9, 9),
    patch: whole(0, "Side of the patch", 0, 14),
    prow: whole(8, "Patch, row", 1, SIDE),
    pcol: whole(8, "Patch, column", 1, SIDE),
    layer: {value: "conv1", label: "Unit of", choices: layers.map(({name, words}) => [name, words])},
    map: whole(1, "Map", 1, 16),
    row: whole(12, "Row", 1, 24),
    column: whole(12, "Column", 1, 24),
    tool: {value: "draw", label: "The pointer", choices: [["draw", "draws"], ["cover", "moves the patch"]]},
  });

  const parameters = data.weights.map((packed) => kernels.tensor(unpack(packed), ...packed.shape));
  let image, seen, stroke = null;

  /* ---- the digit ---- */

  const written = () => state.digit === "own" ? state.strokes : data.strokes[state.digit];
  const points = (strokes) => strokes.split("-").filter(Boolean)
    .map((letters) => letters.match(/../g).map(([x, y]) => [parseInt(x, SIDE), parseInt(y, SIDE)]));

  /* How far a pixel is from a piece of a stroke. */
  function distance(x, y, [x0, y0], [x1, y1]) {
    const [u, v] = [x1 - x0, y1 - y0], along = max(0, min(1, ((x - x0) * u + (y - y0) * v) / max(u * u + v * v, 1)));
    return Math.hypot(x - x0 - along * u, y - y0 - along * v);
  }

  /* 1 near a line, 0 further than 1.7 pixels from all of them; 0 under the patch. */
  function render() {
    const pieces = points(written()).flatMap((stroke) => stroke.slice(1).map((end, n) => [stroke[n], end]));
    image = Float64Array.from({length: SIDE * SIDE}, (_, n) => {
      const [i, j] = [floor(n / SIDE), n % SIDE];
      const covered = i >= state.prow - 1 && i < state.prow - 1 + state.patch && j >= state.pcol - 1 && j < state.pcol - 1 + state.patch;
      const far = pieces.reduce((least, [start, end]) => min(least, distance(j - state.right, i - state.down, start, end)), Infinity);
      return covered ? 0 : max(0, min(1, 1.7 - far));
    });
  }

  /* ---- the network: kernels in the order of its layers ---- */

  function compute() {
    const [w1, b1, w2, b2, w3, b3] = parameters;
    seen = kernels.scope(() => {
      const maps = {};
      const block = (x, w, b, k) => {
        const a = kernels.conv2d_forward(x, w, b, [1, 1], [0, 0]), [, count, side] = a.shape;
        const h = kernels.relu_forward(a.as(count, side * side)).as(1, count, side, side);
        const [pooled] = kernels.max_pool2d_forward(h, [2, 2], [2, 2]);
        maps[`conv${k}`] = Array.from(h.data);
        maps[`pool${k}`] = Array.from(pooled.data);
        return pooled;
      };
      const h = block(block(kernels.tensor(image, 1, 1, SIDE, SIDE), w1, b1, 1), w2, b2, 2);
      const scores = kernels.affine_forward(h.as(1, h.size), w3, b3);
      return {maps, p: Array.from(kernels.softmax_forward(scores).data)};
    });
  }

  const layer = () => layers.find(({name}) => name === state.layer);
  const unit = () => { const {side} = layer(); return seen.maps[state.layer][((state.map - 1) * side + state.row - 1) * side + state.column - 1]; };
  const percent = (p) => p > 0.995 ? "over 99 %" : p < 0.005 ? "under 1 %" : `${round(100 * p)} %`;

  function describe() {
    const order = seen.p.map((p, digit) => [p, digit]).sort((a, b) => b[0] - a[0]), [[first, best], [second, next]] = order;
    const {words, sees, stride} = layer(), from = (place) => (place - 1) * stride + 1;
    return `Read as ${best}: ${percent(first)}; then ${next}: ${percent(second)}. The unit in row ${state.row}, column ${state.column} of map ${state.map} ` +
      `(${words}) gives ${text(unit(), 3)} and sees ${sees} × ${sees} pixels, from row ${from(state.row)}, column ${from(state.column)}.`;
  }

  /* ---- pictures ---- */

  const pixels = make("canvas");

  /* A square of numbers at (x, y): the darker, the larger; 0 and below stay empty. */
  function shade(c, numbers, side, most, x, y, size, colour) {
    const p = pixels.getContext("2d"), rgb = figure.colour(colour).split(" ").map(Number);
    pixels.width = pixels.height = side;
    const picture = p.createImageData(side, side);
    numbers.forEach((value, n) => picture.data.set([...rgb, 255 * max(0, min(1, value / most))], 4 * n));
    p.putImageData(picture, 0, 0);
    c.imageSmoothingEnabled = false;
    c.drawImage(pixels, x, y, size, size);
    c.strokeStyle = figure.colour("grid");
    c.lineWidth = 1;
    c.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
  }

  function drawImage(c, width) {
    const size = width / SIDE, {sees, stride} = layer();
    shade(c, Array.from(image), SIDE, 1, 0, 0, width, "a-rgb");
    if (state.patch) {
      c.fillStyle = figure.colour("quiet");
      c.globalAlpha = 0.5;
      c.fillRect((state.pcol - 1) * size, (state.prow - 1) * size, state.patch * size, state.patch * size);
      c.globalAlpha = 1;
    }
    frame(figure, c, size, (state.row - 1) * stride, (state.column - 1) * stride, sees, sees);
  }

  const tile = (width) => (width - GAP * (ACROSS - 1)) / ACROSS;
  const corner = (n, size) => [(n % ACROSS) * (size + GAP), floor(n / ACROSS) * (size + GAP)];

  function drawMaps({name, count, side}) {
    return (c, width) => {
      const size = tile(width), all = seen.maps[name], most = max(...all, 1e-9);
      for (let n = 0; n < count; n++) shade(c, all.slice(n * side * side, (n + 1) * side * side), side, most, ...corner(n, size), size, "a-rgb");
      if (name !== state.layer) return;
      c.translate(...corner(state.map - 1, size));
      frame(figure, c, size, 0, 0, 1, 1);
      c.fillStyle = figure.colour("b");
      c.beginPath();
      c.arc((state.column - 0.5) * size / side, (state.row - 0.5) * size / side, 3.5, 0, 7);
      c.fill();
    };
  }

  function drawBars(c, width, height) {
    const step = height / 10, best = max(...seen.p);
    c.textBaseline = "middle";
    seen.p.forEach((p, digit) => {
      const y = (digit + 0.5) * step;
      c.fillStyle = figure.colour("ink");
      c.textAlign = "left";
      c.fillText(digit, 2, y);
      c.textAlign = "right";
      c.fillText(percent(p), width - 2, y);
      c.fillStyle = figure.colour(p === best ? "b" : "a");
      c.fillRect(18, y - 0.32 * step, max(1, (width - 92) * p), 0.64 * step);
    });
  }

  /* ---- controls ---- */

  function update(silently = false) {
    const {count, side} = layer();
    for (const [name, high] of [["map", count], ["row", side], ["column", side]]) {
      figure.inputs[name].max = high;
      figure.set(name, min(state[name], high));
    }
    render();
    compute();
    figure.paint();
    figure.say(describe(), silently);
  }

  figure.changed = () => update();

  function own(strokes) {
    figure.set("strokes", strokes);
    figure.set("digit", "own");
    update(true);
  }

  function draw(x, y) {
    const inside = (v) => max(0, min(SIDE - 1, v)).toString(SIDE);
    const point = inside(floor(x * SIDE) - state.right) + inside(floor(y * SIDE) - state.down), before = written();
    if (stroke && before.endsWith(point) || before.length > 800) return;
    own(`${before}${stroke || !before ? "" : "-"}${point}${stroke ? "" : point}`);
    stroke = true;
  }

  function cover(x, y) {
    const place = (part) => max(1, min(SIDE - state.patch + 1, round(part * SIDE - state.patch / 2) + 1));
    if (!state.patch) figure.set("patch", 7);
    figure.set("pcol", place(x));
    figure.set("prow", place(y));
    update(true);
  }

  const digit = figure.canvas("The digit, 28 by 28 pixels; the frame shows what the unit sees. Draw on it", 1, drawImage);
  digit.addEventListener("pointerdown", () => { stroke = null; });
  figure.drag(digit, (x, y) => state.tool === "draw" ? draw(x, y) : cover(x, y), () => update());

  const views = layers.map((each) => {
    const rows = each.count / ACROSS, canvas = figure.canvas(`The ${each.count} maps of ${each.words}; choose a unit`, rows / ACROSS, drawMaps(each));
    figure.drag(canvas, (x, y) => {
      const at = (part, whole) => { const place = max(0, min(whole - 1e-6, part * whole)); return [floor(place), floor(place % 1 * each.side) + 1]; };
      const [across, column] = at(x, ACROSS), [down, row] = at(y, rows);
      figure.set("layer", each.name);
      Object.entries({map: down * ACROSS + across + 1, row, column}).forEach(([name, value]) => figure.set(name, value));
      update(true);
    }, () => update());
    return figure.panel(`${each.words[0].toUpperCase()}${each.words.slice(1)}: ${each.count} maps of ${each.side} × ${each.side}`, canvas);
  });

  figure.show(
    figure.controls("Digit", "digit", "right", "down"),
    figure.controls("A patch that hides a part", "patch", "prow", "pcol", "tool"),
    figure.controls("A unit: point at it in a map, or type", "layer", "map", "row", "column"),
    make("div", {class: "live-buttons"},
      figure.button("Empty paper", () => own("")),
      figure.button("Undo stroke", () => own(written().split("-").slice(0, -1).join("-")))),
    figure.status,
    make("div", {class: "live-panels live-pairs"},
      figure.panel("Digit", digit),
      figure.panel("Probabilities", figure.canvas("The ten probabilities", 0.8, drawBars))),
    make("div", {class: "live-maps"}, ...views),
    make("p", {class: "live-legend"}, "The darker, the larger. Orange: the unit, and the pixels that it sees. Grey: the patch."),
  );
  figure.result = () => ({...seen, image: Array.from(image)});
  figure.step = (times) => { for (let i = 0; i < times; i++) compute(); };
  update();
});
