/* Backward, step by step: each click works out one number of a small network; three mistakes, and where their steps lead.

   All numbers come from the kernels at once; this file chooses how many of them are shown, and says how each is made. */
"use strict";

live.figure("backward-steps", (figure) => {
  const {make, text} = live, {kernels, data, state} = figure, {N} = data;
  const GIVEN = Object.keys(data.begin), PARAMETERS = ["w1", "b1", "w2", "b2"];
  const NAMES = {x: "x", w1: "W₁", b1: "b₁", a: "a", h: "h", w2: "W₂", b2: "b₂", y_hat: "ŷ", y: "y", loss: "L"};
  const LENGTHS = Array.from({length: 41}, (_, i) => i / 40);

  figure.keep({
    mistake: {value: "none", label: "Mistake", choices: [["none", "none"], ["slope", "forget the slope of tanh"],
                                                          ["mean", `forget the 1/${N}`], ["transpose", "transpose dW₁"]]},
    step: {value: 0, min: 0, max: 20},
    values: {value: "", pattern: /^[-+.,e\d]*$/},          // x, W₁, b₁, W₂, b₂ and y, by rows; empty: as the figure begins
  });

  const shapes = Object.fromEntries(GIVEN.map((name) => [name, data.begin[name].flat().length]));
  let given, numbers, gradients, curves;

  /* ---- the network: kernels in the order of the chapter ---- */

  const plain = (tensor) => Array.from(tensor.data);
  const batch = (value, size = N) => kernels.tensor(Array.from({length: size}, (_, n) => n ? 0 : value), size);
  const tensors = ({x, w1, b1, w2, b2}) => ({x: kernels.tensor(x, 1, 2), w1: kernels.tensor(w1, 2, 2), b1: kernels.tensor(b1, 2),
                                             w2: kernels.tensor(w2, 1, 2), b2: kernels.tensor(b2, 1)});

  function forward({x, w1, b1, w2, b2}, y) {
    const a = kernels.affine_forward(x, w1, b1), h = kernels.tanh_forward(a), y_hat = kernels.affine_forward(h, w2, b2);
    return {a, h, y_hat, loss: kernels.mean_squared_error_forward(batch(y_hat.data[0]), batch(y))};
  }

  function backward(p, y, mistake) {
    const {h, y_hat} = forward(p, y), size = mistake === "mean" ? 1 : N;
    const dy = kernels.tensor(kernels.mean_squared_error_backward(batch(y_hat.data[0], size), batch(y, size)).data[0], 1, 1);
    const [dh, dw2, db2] = kernels.affine_backward(dy, h, p.w2, p.b2);
    const slope = kernels.tanh_backward(kernels.tensor(1, 1, 2), h), da = mistake === "slope" ? dh : kernels.tanh_backward(dh, h);
    const [, right, db1] = kernels.affine_backward(da, p.x, p.w1, p.b1);
    const dw1 = mistake === "transpose" ? kernels.affine_backward(p.x, da, p.w1, p.b1)[1] : right;
    return {w1: dw1, b1: db1, w2: dw2, b2: db2, y_hat: dy, h: dh, a: da, slope};
  }

  /* The loss after steps of all lengths against these gradients, and the fall that they promise for the length 1. */
  function along(y, gradient) {
    const squares = PARAMETERS.map((name) => {
      const g = gradient[name], flat = kernels.tensor(g.data, 1, g.size);
      return kernels.affine_forward(flat, flat, kernels.tensor(0, 1)).data[0];
    });
    const losses = LENGTHS.map((length) => kernels.scope(() => {
      const moved = (name, values) => values.map((v, i) => v - length * gradient[name].data[i]);
      return forward(tensors({...given, ...Object.fromEntries(PARAMETERS.map((name) => [name, moved(name, given[name])]))}), y).loss;
    }));
    return {losses, promised: squares.reduce((sum, square) => sum + square)};
  }

  function compute() {
    kernels.scope(() => {
      const p = tensors(given), [y] = given.y, {a, h, y_hat, loss} = forward(p, y);
      numbers = {...given, a: plain(a), h: plain(h), y_hat: plain(y_hat), loss: [loss]};
      const made = backward(p, y, state.mistake);
      gradients = Object.fromEntries(Object.entries(made).map(([name, tensor]) => [name, plain(tensor)]));
      curves = {right: along(y, backward(p, y, "none")), made: along(y, made)};
    });
  }

  /* ---- steps: the number that each works out, and from which ones ---- */

  const of = (name, i) => ({name, i}), d = (name, i) => ({name, i, back: true});
  const WHERE = {w1: (i) => `[${i >> 1},${i % 2}]`, w2: (i) => `[0,${i}]`, b2: () => "", y: () => "", y_hat: () => "", loss: () => ""};
  const index = ({name, i}) => WHERE[name]?.(i) ?? `[${i}]`;
  const label = (n) => `${n.back ? "d" : ""}${NAMES[n.name]}${index(n)}`;
  const value = ({name, i, back}) => (back ? gradients : numbers)[name][i];
  const shown = (n) => value(n) < 0 ? `(${text(value(n))})` : text(value(n));
  const times = (n, m) => ({words: `${label(n)} × ${label(m)}`, sum: `${shown(n)} × ${shown(m)}`, from: [n, m]});
  const same = (n, why = "") => ({words: `${label(n)}${why}`, sum: "", from: [n]});
  const sum = (b, ...parts) => ({words: [...parts.map((p) => p.words), label(b)].join(" + "),
                                 sum: [...parts.map((p) => p.sum), shown(b)].join(" + "), from: [b, ...parts.flatMap((p) => p.from)]});
  const pair = (make_) => [0, 1].map(make_);

  const STEPS = [
    ...pair((m) => [of("a", m), () => sum(of("b1", m), ...pair((i) => times(of("w1", 2 * m + i), of("x", i))))]),
    ...pair((m) => [of("h", m), () => ({words: `tanh(${label(of("a", m))})`, sum: `tanh(${text(numbers.a[m])})`, from: [of("a", m)]})]),
    [of("y_hat", 0), () => sum(of("b2", 0), ...pair((m) => times(of("w2", m), of("h", m))))],
    [of("loss", 0), () => ({words: `(ŷ − y)² / ${N}`, sum: `(${shown(of("y_hat", 0))} − ${shown(of("y", 0))})² / ${N}`, from: [of("y_hat", 0), of("y", 0)]})],
    [d("y_hat", 0), () => {
      const share = state.mistake === "mean" ? "" : ` / ${N}`;
      return {words: `2 (ŷ − y)${share}`, sum: `2 × (${shown(of("y_hat", 0))} − ${shown(of("y", 0))})${share}`, from: [of("y_hat", 0), of("y", 0)]};
    }],
    ...pair((m) => [d("w2", m), () => times(d("y_hat", 0), of("h", m))]),
    [d("b2", 0), () => same(d("y_hat", 0))],
    ...pair((m) => [d("h", m), () => times(d("y_hat", 0), of("w2", m))]),
    ...pair((m) => [d("a", m), () => state.mistake === "slope" ? same(d("h", m), ", the slope forgotten")
      : {words: `${label(d("h", m))} × (1 − ${label(of("h", m))}²)`, sum: `${shown(d("h", m))} × ${text(gradients.slope[m])}`, from: [d("h", m), of("h", m)]}]),
    ...[0, 1, 2, 3].map((k) => {
      const cell = (m, i) => state.mistake === "transpose" ? times(d("a", i), of("x", m)) : times(d("a", m), of("x", i));
      return [d("w1", k), () => cell(k >> 1, k % 2)];
    }),
    ...pair((m) => [d("b1", m), () => same(d("a", m))]),
  ];
  const FORWARD = 6, is = (n, m) => n.name === m.name && n.i === m.i && !n.back === !m.back;
  const known = (n) => !n.back && GIVEN.includes(n.name) || STEPS.slice(0, state.step).some(([m]) => is(n, m));

  function describe() {
    if (state.step === 0) return "Step forward to work out the first number.";
    const [result, how] = STEPS[state.step - 1], {words, sum: worked} = how();
    const stage = state.step <= FORWARD ? `Forward ${state.step} of ${FORWARD}` : `Backward ${state.step - FORWARD} of ${STEPS.length - FORWARD}`;
    return `${stage}: ${label(result)} = ${words}${worked ? ` = ${worked}` : ""} = ${text(value(result))}.${state.step === STEPS.length ? ` ${verdict()}` : ""}`;
  }

  function verdict() {
    const {losses, promised} = curves.made, tenth = losses[4] - losses[0], said = -0.1 * promised;
    return `For a step of length 0.1 these gradients promise ${text(said, 3)}; the loss changes by ${text(tenth, 3)}.`;
  }

  /* ---- pictures ---- */

  const cells = [];                                      // {n, element, number, gradient} of every number on the page

  function cell(n) {
    const name = label(n), editable = GIVEN.includes(n.name);
    const number = editable ? make("input", {type: "number", step: "any", "aria-label": name}) : make("span", {class: "live-number"});
    if (editable) number.addEventListener("input", () => edit(n, number));
    const gradient = make("span", {class: "live-back"}), element = make("div", {class: "live-cell"}, number, gradient);
    cells.push({n, element, number, gradient, editable});
    return element;
  }

  function quantity(name, columns = 1) {
    const size = shapes[name] ?? ({a: 2, h: 2}[name] ?? 1);
    return make("div", {class: "live-quantity", role: "group", "aria-label": NAMES[name]}, make("p", {class: "live-title"}, NAMES[name]),
      make("div", {class: `live-columns-${columns}`}, ...Array.from({length: size}, (_, i) => cell(of(name, i)))));
  }

  function drawStep(c, width, height) {
    const {right, made} = curves, wrong = state.mistake !== "none", all = [...right.losses, ...made.losses];
    const top = 1.1 * Math.min(Math.max(...all), 3 * right.losses[0]) || 1, tick = Number((top / 2.2).toPrecision(1));
    const plane = new live.Plane(figure, c, width, height, {name: "length of the step", low: 0, high: 1, ticks: [[0, "0"], [0.5, "0.5"], [1, "1"]]},
                                 {name: "loss", low: 0, high: top, ticks: [[0, "0"], [tick, text(tick)], [2 * tick, text(2 * tick)]]});
    const draw = ({losses, promised}, colour, dash) => {
      plane.line([[0, losses[0]], [1, losses[0] - promised]], colour, 1.5, [2, 4]);
      plane.line(LENGTHS.map((length, i) => [length, losses[i]]), colour, 2.5, dash);
    };
    plane.clip(() => {
      draw(right, "a");
      if (wrong) draw(made, "b", [8, 4]);
    });
    plane.border();
  }

  function refresh() {
    const now = state.step ? STEPS[state.step - 1] : null, used = now ? [now[0], ...now[1]().from] : [];
    for (const {n, element, number, gradient, editable} of cells) {
      const back = {...n, back: true};
      if (!editable) number.textContent = known(n) ? text(value(n), 3) : "?";
      gradient.textContent = known(back) ? text(value(back), 3) : "";
      element.classList.toggle("live-now", used.some((u) => is(u, n) || is(u, back)));
    }
    figure.paint();
    figure.say(describe());
    back.disabled = state.step === 0;
    ahead.disabled = state.step === STEPS.length;
    ahead.textContent = state.step < FORWARD ? "Step forward" : state.step < STEPS.length ? "Step backward" : "All steps made";
  }

  /* ---- controls ---- */

  function go(step) {
    figure.set("step", Math.max(0, Math.min(STEPS.length, step)));
    refresh();
  }

  function edit(n, input) {
    const typed = Number(input.value);
    if (input.value.trim() === "" || !Number.isFinite(typed)) {
      input.setAttribute("aria-invalid", "true");
      return figure.say(`${label(n)}: expected a number.`);
    }
    input.removeAttribute("aria-invalid");
    given[n.name][n.i] = typed;
    figure.set("values", GIVEN.flatMap((name) => given[name]).join(","));
    compute();
    refresh();
  }

  figure.changed = () => {
    const typed = state.values.split(",").map(Number), begin = GIVEN.flatMap((name) => data.begin[name].flat());
    const all = state.values && typed.length === begin.length && typed.every(Number.isFinite) ? typed : begin;
    let from = 0;
    given = Object.fromEntries(GIVEN.map((name) => [name, all.slice(from, from += shapes[name])]));
    for (const {n, number, editable} of cells) if (editable) number.value = given[n.name][n.i];
    compute();
    refresh();
  };

  const ahead = figure.button("Step forward", () => go(state.step + 1), {class: "live-button live-main"});
  const back = figure.button("Undo step", () => go(state.step - 1));
  figure.show(
    figure.controls("What goes wrong", "mistake"),
    make("div", {class: "live-buttons"}, ahead, back, figure.button("All forward", () => go(FORWARD)),
      figure.button("All backward", () => go(STEPS.length)), figure.button("Start again", () => go(0))),
    figure.status,
    make("div", {class: "live-flow"}, quantity("x"), quantity("w1", 2), quantity("b1"), quantity("a"), quantity("h"),
      quantity("w2", 2), quantity("b2"), quantity("y_hat"), quantity("y"), quantity("loss")),
    make("div", {class: "live-panels"}, figure.panel("Loss after a step against the gradients",
      figure.canvas("Loss over the length of a step, and the line that the gradients promise", 0.5, drawStep))),
    make("p", {class: "live-legend"}, "Below each number: its gradient. Framed: what the last click used and made. In the " +
      "drawing: solid, the right gradients; dashed, those of the mistake; dotted, what each promises."),
  );
  figure.result = () => ({numbers, gradients, curves});
  figure.step = (times) => { for (let i = 0; i < times; i++) compute(); };
  figure.changed("address");
});
