/* One head of attention: choose or type a sentence, turn the query of a word, see scores, weights and the mixed value. */
"use strict";

live.figure("attention-head", (figure) => {
  const {make, text} = live, {kernels, data, state} = figure, {cells, frame} = live.grid, {min, max, round, floor} = Math;
  const LONGEST = 8, REACH = 4, E = 2, D = data.features.length;     // words; how far a query goes; numbers in a query
  const MARGIN = 66;                                                 // of the words beside the weights

  figure.keep({
    sentence: {value: "milk", label: "Sentence", choices: [...Object.entries(data.sentences), ["own", "your own"]]},
    words: {value: "", pattern: /^[\p{L}' ]{0,90}$/u},                // of your own sentence
    asks: {value: 3, label: "Word that asks", min: 1, max: LONGEST, step: 1},
    at: {value: 4, label: "Word that it looks at", min: 1, max: LONGEST, step: 1},
    scale: {value: "on", label: "Scores", choices: [["on", "divided by √2"], ["off", "not divided"]]},
    mask: {value: "off", label: "Looks at", choices: [["off", "all words"], ["on", "no later word"]]},
    query: {value: "", pattern: /^(-?[\d.]+,-?[\d.]+)?$/},            // where the reader has turned it
  });

  let words, seen, keyPlane;

  /* The layer of the library on these words; the query of one word may be the reader's. */
  function compute() {
    kernels.restart();
    const T = words.length, t = state.asks - 1;
    const x = kernels.tensor(words.flatMap((word) => data.words[word.toLowerCase()] ?? Array(D).fill(0)), T, D);
    const qkv = kernels.affine_forward(x, kernels.tensor(data.w.flat(), 3 * E, D), kernels.tensor(0, 3 * E));
    if (state.query) qkv.data.set(state.query.split(",").map(Number), 3 * E * t);
    const [q, k, v] = [0, 1, 2].map((part) => words.map((_, n) => Array.from(qkv.data.slice(3 * E * n + E * part, 3 * E * n + E * (part + 1)))));
    const dots = kernels.affine_forward(kernels.tensor(q.flat(), T, E), kernels.tensor(k.flat(), T, E), kernels.tensor(0, T));
    const scores = dots.data.slice();
    if (state.scale === "off") {                                     // the kernel divides, so multiply before
      for (let n = 0; n < T; n++) for (let e = 0; e < E; e++) qkv.data[3 * E * n + e] *= Math.sqrt(E);
    }
    const [y, p] = kernels.attention_forward(qkv.as(1, T, 3 * E), 1, state.mask === "on");
    seen = {q, k, v, scores, y: Array.from(y.data), p: Array.from(p.data)};
  }

  const place = () => [state.asks - 1, state.at - 1];
  const share = (t, u) => seen.p[t * words.length + u];
  const quoted = (word) => `“${word}”`;
  const factor = (value) => value < 0 ? `(${text(value, 3)})` : text(value, 3);
  const hundredths = (value) => text(round(100 * value) / 100, 3);

  function describe() {
    const [t, u] = place(), q = seen.q[t], k = seen.k[u], dot = seen.scores[t * words.length + u];
    const sum = q.map((value, e) => `${text(value, 3)} × ${factor(k[e])}`).join(" + ");
    const divided = state.scale === "on" ? `, divided by √2: ${text(dot / Math.sqrt(E), 3)}` : "";
    const masked = state.mask === "on" && u > t;
    const unknown = [...new Set(words)].filter((word) => !(word.toLowerCase() in data.words));
    const strange = state.sentence === "own" && unknown.length
      ? ` No features are known of ${unknown.map(quoted).join(", ")}: query, key and value are 0.` : "";
    return `${quoted(words[t])} asks ${quoted(words[u])}: q · k = ${sum} = ${text(dot, 3)}${divided}. ` +
      (masked ? "It comes later and is masked: weight 0. " : `Weight ${hundredths(share(t, u))} of 1. `) +
      `${quoted(words[t])} takes the mix (${seen.y.slice(E * t, E * t + E).map(hundredths).join(", ")}).${strange}`;
  }

  /* ---- pictures ---- */

  /* Words that lie at the same place, by that place. */
  function gathered(points) {
    const groups = new Map();
    points.forEach((point, n) => groups.set(String(point), [...groups.get(String(point)) ?? [], n]));
    return [...groups.values()];
  }

  function label(plane, [i, j], numbers) {
    const c = plane.context, [x, y] = plane.at(i, j), left = x > 0.7 * plane.width;
    const names = [...new Set(numbers.map((n) => words[n]))];
    c.fillStyle = figure.colour("ink");
    c.textAlign = left ? "right" : "left";
    const several = names.length > 2;                                // below the axis that they lie on
    c.fillText(several ? `${names.length} other words` : names.join(", "), x + (left ? -9 : 9), y + (several ? 17 : -7));
  }

  function drawKeys(c, width, height) {
    const axis = (name) => ({name, low: -REACH, high: REACH, ticks: [[0, "0"]]});
    const plane = keyPlane = new live.Plane(figure, c, width, height, axis("first number"), axis("second number"));
    const query = seen.q[state.asks - 1];
    plane.line([[0, 0], query], "b", 3);
    for (const numbers of gathered(seen.k)) {
      plane.mark(...seen.k[numbers[0]], 0, false, numbers.includes(state.at - 1) ? 6 : 3.6);
      label(plane, seen.k[numbers[0]], numbers);
    }
    plane.handle(...query, "b");
    plane.border();
  }

  function drawWeights(c, width) {
    const T = words.length, [t, u] = place();
    c.fillStyle = figure.colour("ink");
    words.forEach((word, n) => {
      const size = (width - MARGIN) / T, middle = MARGIN + (n + 0.5) * size;
      c.textAlign = "right";
      c.textBaseline = "middle";
      c.fillText(word, MARGIN - 6, middle);
      c.save();
      c.translate(middle, MARGIN - 6);
      c.rotate(-Math.PI / 2.4);
      c.textAlign = "left";
      c.fillText(word, 0, 0);
      c.restore();
    });
    c.translate(MARGIN, MARGIN);
    const number = (v) => v < 0.005 ? "0" : text(round(100 * v) / 100, 2).replace(/^0\./, ".");
    const size = cells(figure, c, width - MARGIN, T, T, share, (v) => ["a", 0.75 * v, "ink"], number);
    frame(figure, c, size, t, 0, 1, T);
    c.strokeStyle = figure.colour("ink");
    c.lineWidth = 3;
    c.strokeRect(u * size + 5, t * size + 5, size - 10, size - 10);
  }

  function drawValues(c, width, height) {
    const axis = (name) => ({name, low: -1.2, high: 1.2, ticks: [[0, "0"]]});
    const plane = new live.Plane(figure, c, width, height, axis("small … large"), axis("lifeless … alive"));
    const t = state.asks - 1, mix = seen.y.slice(E * t, E * t + E);
    for (const numbers of gathered(seen.v)) {
      const point = seen.v[numbers[0]], weight = numbers.reduce((sum, n) => sum + share(t, n), 0);
      plane.line([point, mix], "quiet", 7 * weight);
      plane.mark(...point, 0);
      label(plane, point, numbers);
    }
    plane.handle(...mix, "b");
    plane.border();
  }

  /* ---- controls ---- */

  function update() {
    for (const name of ["asks", "at"]) {
      figure.inputs[name].max = words.length;
      figure.set(name, min(state[name], words.length));
    }
    compute();
    query.forEach((input, e) => {
      input.value = text(seen.q[state.asks - 1][e], 3).replace("−", "-");
      input.removeAttribute("aria-invalid");
    });
    figure.paint();
    figure.say(describe());
  }

  /* The words of a text; null if there are none or too many. */
  function parse(sentence) {
    const found = sentence.trim().split(/\s+/).filter(Boolean);
    return found.length >= 1 && found.length <= LONGEST ? found : null;
  }

  figure.changed = (name) => {
    if (["sentence", "asks"].includes(name)) figure.set("query", "");
    words = state.sentence === "own" ? parse(state.words) : data.sentences[state.sentence].split(" ");
    if (!words) {
      words ??= data.sentences.milk.split(" ");
      figure.set("words", words.join(" "));
    }
    sentence.value = words.join(" ");
    sentence.removeAttribute("aria-invalid");
    update();
  };

  const sentence = make("input", {type: "text", class: "live-sentence", id: `${figure.id}-own`, maxlength: 90, onchange: () => {
    const fits = figure.settings.words.pattern.test(sentence.value) && parse(sentence.value);
    if (!fits) {
      sentence.setAttribute("aria-invalid", "true");
      return figure.say(`Sentence in words: expected 1 to ${LONGEST} words of letters.`);
    }
    figure.set("words", fits.join(" "));
    figure.set("sentence", "own");
    figure.changed("sentence");
  }});
  const query = ["first", "second"].map((which, e) => {
    const input = make("input", {type: "number", step: 0.1, min: -REACH, max: REACH, "aria-label": `Query, ${which} number`});
    input.addEventListener("input", () => {
      const value = Number(input.value);
      if (input.value.trim() === "" || !(Math.abs(value) <= REACH)) {
        input.setAttribute("aria-invalid", "true");
        return figure.say(`Query, ${which} number: expected a number from −${REACH} to ${REACH}.`);
      }
      turn(seen.q[state.asks - 1].map((old, i) => i === e ? value : old));
    });
    return input;
  });

  function turn(numbers) {
    figure.set("query", numbers.map((v) => round(20 * v) / 20).join(","));
    compute();
    figure.paint();
    figure.say(describe(), true);
  }

  const keys = figure.canvas("Keys of the words and the query that asks, as an arrow; drag its end", 0.9, drawKeys);
  const weights = figure.canvas("The weights of every word on every word; choose one", 1, drawWeights);
  const values = figure.canvas("Values of the words, and their mix", 0.9, drawValues);
  figure.drag(keys, (across, down) => turn(keyPlane.from(across, down)), update);
  figure.drag(weights, (across, down) => {
    const part = (share) => floor((share * weights.clientWidth - MARGIN) / (weights.clientWidth - MARGIN) * words.length) + 1;
    const [t, u] = [down, across].map((share) => max(1, min(words.length, part(share))));
    if (t !== state.asks) figure.set("query", "");
    figure.set("asks", t);
    figure.set("at", u);
    update();
  }, () => {});

  figure.show(
    figure.controls("Sentence and layer", "sentence", "mask", "scale"),
    make("div", {class: "live-field"}, make("label", {for: sentence.id}, `Sentence in words, up to ${LONGEST}`), sentence),
    figure.controls("Words, by their numbers: choose a weight below, or type", "asks", "at"),
    make("fieldset", {class: "live-controls"}, make("legend", {}, "Query of the word that asks: drag the ring, or type"), ...query,
      figure.button("Its own query", () => { figure.set("query", ""); update(); })),
    figure.status,
    make("div", {class: "live-panels live-pairs"},
      figure.panel("Keys, and the query (orange)", keys),
      figure.panel("Weights: each row adds up to 1", weights),
      figure.panel("Values, and their mix (orange)", values)),
    make("p", {class: "live-legend"}, "Orange frame: the row of the word that asks. Black frame: the weight that is spelt out. " +
      `Words with vectors: ${Object.keys(data.words).join(", ")}. All others have zeros, and so a key that fits nothing.`),
  );
  figure.result = () => seen;
  figure.step = (times) => { for (let i = 0; i < times; i++) compute(); };
  figure.changed("address");
});
