/* Optimisers race: from one start, which the reader drags, down a land that the reader turns. Same budget of steps for all. */
"use strict";

live.figure("optimiser-race", (figure) => {
  const {make, text} = live, {kernels, data, state} = figure;
  const VIEW = 2.6, GRID = 49;                             // half of the side of the map; points across at which it is asked
  const LEVELS = {valley: [0.1, 0.5, 1.5, 4, 9, 20, 40, 70], saddle: [0.02, 0.08, 0.16, 0.25, 0.5, 1, 2, 4, 8],
                  plateau: [0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99]};
  const LOOK = [["quiet"], ["a"], ["a", [6, 3]], ["b"], ["go"], ["go", [6, 3]]];           // colour and dashes of the racers
  const NAMES = Object.keys(data.racers), SETS = {all: NAMES, sums: NAMES.slice(0, 3), scales: NAMES.slice(3), adam: NAMES.slice(4)};

  const place = (value, label) => ({value, label, min: -2.5, max: 2.5, step: 0.1});
  figure.keep({
    land: {value: "valley", label: "Land", choices: Object.entries(data.lands)},
    angle: {value: 0, label: "Turned by, in degrees", min: -90, max: 90, step: 5},
    racers: {value: "all", label: "Racers", choices: [["all", "all six"], ["sums", "SGD, momentum, Nesterov"],
                                                       ["scales", "RMSProp and Adam"], ["adam", "Adam, corrected or not"]]},
    scale: {value: 1, label: "Learning rates", choices: [[0.25, "a quarter"], [0.5, "half"], [1, "as in the text"], [2, "double"]]},
    steps: {value: 60, label: "Steps", min: 0, max: 300, step: 1},
    x: place(-2, "Start, θ₁"),
    y: place(0.9, "Start, θ₂"),
  });

  let heights, paths, shown;

  /* Loss and gradient at a point, by the rules of Value. */
  function slope(x, y) {
    const turn = state.angle * Math.PI / 180;
    const [values, , gradients] = kernels[`land_${state.land}`](kernels.tensor([x, y, Math.cos(turn), Math.sin(turn)], 4));
    return {loss: values.data.at(-1), gradient: gradients.part(gradients.shape[0] - 1).data.slice(0, 2)};
  }

  function survey() {
    const at = (i) => VIEW * (2 * i / (GRID - 1) - 1);
    heights = Float64Array.from({length: GRID * GRID}, (_, i) => kernels.scope(() => slope(at(i % GRID), at(Math.floor(i / GRID))).loss));
  }

  function race(name) {
    const {kernel, rate, memories, rest} = data.racers[name];
    return kernels.scope(() => {
      const w = kernels.tensor([state.x, state.y], 2), kept = Array.from({length: memories}, () => kernels.tensor(0, 2)), path = [];
      for (let step = 1; step <= state.steps + 1; step++) {
        kernels.scope(() => {
          const {loss, gradient} = slope(...w.data), count = memories === 2 ? [name === "raw" ? data.late : step] : [];
          path.push([...w.data, loss]);
          kernels[kernel](w, kernels.tensor(gradient, 2), ...kept, ...count, state.scale * rate, ...rest);
        });
      }
      return path;
    });
  }

  function compute() { paths = SETS[state.racers].map((name) => [name, race(name)]); }

  function describe() {
    const order = paths.map(([name, path]) => [path[shown][2], name]).sort(([a], [b]) => a - b);
    const loss = ([value, name]) => `${data.racers[name].label} ${text(value, 2)}`;
    return `Loss after ${shown} steps: ${order.map(loss).join(", ")}.`;
  }

  /* ---- pictures ---- */

  let map;
  const number = (name) => String(NAMES.indexOf(name) + 1);

  /* A line of a racer, with its number at the end. */
  function trace(c, plane, name, pairs) {
    const [colour, dash] = LOOK[NAMES.indexOf(name)], inside = pairs.filter((pair) => pair.every(Number.isFinite));
    plane.line(inside, colour, 1.8, dash);
    const [i, j] = plane.at(...inside.at(-1));
    c.fillStyle = figure.colour("paper");
    c.beginPath();
    c.arc(i, j, 8, 0, 7);
    c.fill();
    plane.stroke(colour, 1.5);
    c.fillStyle = figure.colour("ink");
    c.textAlign = "center";
    c.fillText(number(name), i, j + 4.5);
  }

  function drawMap(c, width, height) {
    const ticks = [-2, -1, 0, 1, 2].map((v) => [v, text(v)]), axis = (name) => ({name, low: -VIEW, high: VIEW, ticks});
    const plane = map = new live.Plane(figure, c, width, height, axis("θ₁"), axis("θ₂"));
    plane.clip(() => {
      for (const level of LEVELS[state.land]) plane.contour(heights, GRID, level, "line", 1);
      for (const [name, path] of paths) trace(c, plane, name, path.slice(0, shown + 1));
      plane.handle(state.x, state.y, "b");
    });
    plane.border();
  }

  function drawLoss(c, width, height) {
    const log = (loss) => Math.log10(Math.max(loss, data.floor)), all = paths.flatMap(([, path]) => path.map(([, , loss]) => log(loss)));
    const low = Math.max(-16, Math.min(-1, Math.floor(Math.min(...all)))), high = Math.min(4, Math.ceil(Math.max(...all.filter(Number.isFinite), 0)));
    const ticks = [0, -2, -4, -8, -12, -16, 2].filter((v) => v >= low && v <= high).map((v) => [v, v ? `10${[...text(v)].map((s) => "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"["0123456789−".indexOf(s)]).join("")}` : "1"]);
    const last = Math.max(1, state.steps);
    const plane = new live.Plane(figure, c, width, height, {name: "steps", low: 0, high: 1.05 * last, ticks: [[0, "0"], [last, text(last)]]}, {name: "loss", low, high, ticks});
    plane.clip(() => {
      for (const [name, path] of paths) trace(c, plane, name, path.slice(0, shown + 1).map(([, , loss], i) => [i, log(loss)]));
    });
    plane.border();
  }

  /* ---- controls ---- */

  function finish() {
    figure.running = false;
    play.textContent = "Race";
    shown = state.steps;
    figure.paint();
    figure.say(describe());
  }

  function toggle() {
    if (figure.running || figure.still.matches) return finish();                          // no motion: the result only
    shown = 0;
    play.textContent = "To the end";
    figure.animate(() => {
      shown++;
      if (shown >= state.steps) { finish(); return false; }
      figure.paint();
      figure.say(describe(), true);
      return true;
    });
  }

  figure.changed = (name) => {
    if (["land", "angle", "address"].includes(name)) survey();
    compute();
    finish();
  };

  const play = figure.button("Race", toggle, {class: "live-button live-main"});
  const canvas = figure.canvas("Map of the land with the paths of the racers; drag the start", 1, drawMap);
  figure.drag(canvas, (across, down) => {
    const limit = (v) => Number(Math.max(-2.5, Math.min(2.5, v)).toFixed(2)), [x, y] = map.from(across, down);
    figure.set("x", limit(x));
    figure.set("y", limit(y));
    figure.running = false;
    shown = state.steps;
    compute();
    figure.paint();
    figure.say(describe(), true);
  }, () => finish());
  figure.show(
    make("div", {class: "live-row"}, figure.controls("Land", "land", "angle", "x", "y"),
      figure.controls("Race", "racers", "scale", "steps")),
    make("div", {class: "live-buttons"}, play),
    figure.status,
    make("div", {class: "live-panels live-pairs"}, figure.panel("Map of the loss: drag the start", canvas),
      figure.panel("Loss over the steps", figure.canvas("Curves of the losses over the steps, on a logarithmic axis", 1, drawLoss))),
    make("p", {class: "live-legend"}, NAMES.map((name) => `${number(name)} ${data.racers[name].label}`).join(" · ")),
  );
  figure.paths = () => Object.fromEntries(paths);
  figure.step = (times) => { for (let i = 0; i < times; i++) compute(); };
  figure.changed("address");
});
