/* Live figures: runs the library's own kernels, compiled to WebAssembly, and finds the figures of a page.

   A figure is a file beside this one that calls  live.figure(name, start).  The book's build writes a second file,
   <name>.data.js, which calls  live.supply(name, {code, kernels, data}).  start(figure) draws, asks and calls kernels;
   it never computes what the library computes. The first part of this file also runs in Node, for the tests. */
"use strict";

globalThis.live = (() => {
  const starts = {}, supplies = {};

  /* ---- kernels ------------------------------------------------------------------------------------------------ */

  /* The words of nnlib/book/wasm/abi.py: how many axes, and which typed array if not of float64. */
  const AXES = {number: 0, integer: 0, flag: 0, pair: 0, vector: 1, matrix: 2, cube: 3, images: 4, labels: 1, places: 4};
  const VIEWS = {labels: BigInt64Array, places: Int32Array};
  const MATHEMATICS = {
    exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, log2: Math.log2, tanh: Math.tanh,
    sin: Math.sin, cos: Math.cos, pow: Math.pow,
  };

  /* An array in the memory of a module: `data` is a view, good until the scope that made it ends. */
  class Tensor {
    constructor(memory, address, shape, View = Float64Array) {
      Object.assign(this, {memory, address, shape, View});
    }
    get size() { return this.shape.reduce((a, b) => a * b, 1); }
    get data() { return new this.View(this.memory.buffer, this.address, this.size); }
    /* The i-th part along the first axis, where it lies. */
    part(i) {
      const shape = this.shape.slice(1), size = shape.reduce((a, b) => a * b, 1);
      return new Tensor(this.memory, this.address + i * size * this.View.BYTES_PER_ELEMENT, shape, this.View);
    }
    /* The same numbers under another shape. */
    as(...shape) { return new Tensor(this.memory, this.address, shape, this.View); }
    get flat() { return this.as(this.size); }
  }

  /* Bytes of a text in base 64. */
  const decode = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  /* The kernels of a module as functions of arrays and numbers: kernels.affine_forward(x, w, b). */
  async function load(code, manifest) {
    const module = new Blob([decode(code)]).stream().pipeThrough(new DecompressionStream("deflate"));
    const {instance} = await WebAssembly.instantiate(await new Response(module).arrayBuffer(), {env: MATHEMATICS});
    const {memory, arena_get, arena_set, arena_take} = instance.exports;

    function take(bytes, what) {
      const address = arena_take(bytes) >>> 0;
      if (!address) throw new Error(`${what}: the figure's memory is used up. Use smaller sizes, or live's scope().`);
      return address;
    }
    const frame = new Float64Array(memory.buffer, take(64 * 8, "frame"), 64), bottom = arena_get();

    function tensor(values, ...shape) {
      const made = new Tensor(memory, take(8 * shape.reduce((a, b) => a * b, 1), "tensor"), shape);
      if (typeof values === "number") made.data.fill(values); else made.data.set(values);
      return made;
    }

    /* Runs the function; then takes back all memory that arrays took in it. Results must be numbers or copies. */
    function scope(work) {
      const top = arena_get();
      try { return work(); } finally { arena_set(top); }
    }

    /* Takes back the memory of all arrays. */
    function restart() { arena_set(bottom); }

    const kernels = {tensor, scope, restart};
    for (const [name, {takes, gives}] of Object.entries(manifest)) {
      kernels[name] = (...args) => {
        if (args.length !== takes.length) throw new Error(`${name}: ${args.length} arguments, expected ${takes.length}.`);
        let slot = 0;
        takes.forEach((word, i) => {
          const axes = args[i] instanceof Tensor ? args[i].shape.length : 0;
          if (axes !== AXES[word]) throw new Error(`${name}: argument ${i} has ${axes} axes, expected a ${word}.`);
          if (axes) { frame[slot++] = args[i].address; for (const size of args[i].shape) frame[slot++] = size; }
          else for (const value of [args[i]].flat()) frame[slot++] = Number(value);
        });
        if (instance.exports[name](frame.byteOffset)) throw new Error(`${name}: sizes do not match, or no memory is left.`);
        slot = 0;
        const results = gives.map((word) => {
          if (!AXES[word]) return frame[slot++];
          const address = frame[slot++], shape = Array.from({length: AXES[word]}, () => frame[slot++]);
          return new Tensor(memory, address, shape, VIEWS[word]);
        });
        return results.length === 1 ? results[0] : results;
      };
    }
    return kernels;
  }

  /* Numbers that the build packed as 16-bit integers: {packed, scale} -> Float64Array. */
  function unpack({packed, scale}) {
    return Float64Array.from(new Int16Array(decode(packed).buffer), (v) => v / scale);
  }

  /* ---- figures ------------------------------------------------------------------------------------------------ */

  /* An element: make("button", {type: "button", class: "x", onclick: f}, "text", child, ...). */
  function make(tag, attributes = {}, ...children) {
    const element = tag.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
                                           : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  /* A number as the reader writes it: a true minus, no negative zero, no trailing zeros. */
  function text(value, digits = 4) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
    return String(Number(value.toPrecision(digits)) + 0).replace("-", "−");
  }

  /* What a figure's start() works with: its kernels, its data, its state, and the parts that it asks for. */
  class Figure {
    constructor(element, name, kernels, data) {
      Object.assign(this, {element, name, kernels, data, state: {}, defaults: {}, settings: {}, canvases: []});
      this.id = element.closest("figure[id]")?.id || element.id;
      this.still = matchMedia("(prefers-reduced-motion: reduce)");
      this.status = make("p", {class: "live-status", role: "status"});
    }

    /* Settings that the reader may change, which the address of the page keeps. `settings` maps a name to
       {value, label, choices: [[value, text], ...]} for a list, {value, label, min, max, step} for a number, and
       {value} for what other controls change. Numbers and texts only. */
    keep(settings) {
      this.settings = settings;
      for (const [name, {value}] of Object.entries(settings)) this.defaults[name] = this.state[name] = value;
      this.read(this.element.dataset.state || "");
      Object.assign(this.defaults, this.state);
      const written = this.written();
      if (written !== null) this.read(written);
      addEventListener("hashchange", () => {
        const changed = this.written();
        if (changed === null || changed === this.query()) return;
        Object.assign(this.state, this.defaults);
        this.read(changed);
        for (const [name, control] of Object.entries(this.inputs || {})) {
          control.value = this.state[name];
          control.removeAttribute("aria-invalid");
        }
        this.changed("address");
        this.remember();
        this.element.closest("figure").scrollIntoView();
      });
    }

    /* What the address says about this figure, or null. */
    written() {
      const [id, query] = location.hash.slice(1).split("?");
      return id === this.id && query !== undefined ? query : null;
    }

    read(query) {
      for (const [name, text] of new URLSearchParams(query)) {
        const setting = this.settings[name];
        if (!setting) continue;
        const value = typeof setting.value === "number" ? Number(text) : text;
        const allowed = setting.choices ? setting.choices.some(([choice]) => String(choice) === text)
          : typeof value === "string" ? !setting.pattern || setting.pattern.test(value)
          : Number.isFinite(value) && value >= (setting.min ?? -Infinity) && value <= (setting.max ?? Infinity);
        if (allowed) this.state[name] = value;
      }
    }

    /* The part of the state that differs from the figure's beginning, as the address keeps it. */
    query() {
      const changed = Object.entries(this.state).filter(([name, value]) => value !== this.defaults[name]);
      return new URLSearchParams(changed).toString().replaceAll("%2C", ",");
    }

    /* Call after every change of the state by the reader. Browsers allow few changes of an address in a second: while the
       reader drags, only the link follows. */
    remember() {
      const hash = `#${this.id}?${this.query()}`;
      this.late = this.dragging;
      if (!this.dragging) history.replaceState(null, "", hash);
      this.link?.setAttribute("href", hash);
    }

    /* Set a state from code, and show it in its control. */
    set(name, value) {
      if (this.inputs?.[name]) this.inputs[name].value = value;
      if (this.state[name] === value) return;
      this.state[name] = value;
      this.remember();
    }

    /* Labelled controls for these settings, in one row that wraps. */
    controls(legend, ...names) {
      this.inputs ||= {};
      const fields = names.map((name) => {
        const {label, choices, min, max, step} = this.settings[name];
        const onchange = () => {
          const value = typeof this.settings[name].value === "number" ? Number(input.value) : input.value;
          const fits = Number.isFinite(value) && input.value !== "" && value >= (input.min || -Infinity) && value <= (input.max || Infinity);
          if (typeof value === "number" && !fits) {
            input.setAttribute("aria-invalid", "true");
            return this.say(`${label}: expected a number${input.max ? ` from ${input.min} to ${input.max}` : ""}.`);
          }
          input.removeAttribute("aria-invalid");
          this.state[name] = value;
          this.remember();
          this.changed(name);
        };
        const id = `${this.id}-${name}`;
        const input = choices
          ? make("select", {id, onchange}, ...choices.map(([value, text]) => make("option", {value}, text)))
          : make("input", {id, type: "number", min, max, step: step ?? "any", onchange});
        input.value = this.state[name];
        this.inputs[name] = input;
        return make("div", {class: "live-field"}, make("label", {for: id}, label), input);
      });
      return make("fieldset", {class: "live-controls"}, make("legend", {}, legend), ...fields);
    }

    button(label, onclick, attributes = {}) {
      return make("button", {type: "button", class: "live-button", onclick, ...attributes}, label);
    }

    /* A drawing of `aspect` = height / width with a name; draw(context, width, height) runs on redraw and on resize. */
    canvas(label, aspect, draw) {
      const canvas = make("canvas", {role: "img", "aria-label": label});
      canvas.style.aspectRatio = `1 / ${aspect}`;
      const paint = () => {
        const width = canvas.clientWidth, height = Math.round(width * aspect), ratio = devicePixelRatio || 1;
        if (!width) return;
        if (canvas.width !== Math.round(width * ratio)) {
          canvas.width = Math.round(width * ratio);
          canvas.height = Math.round(height * ratio);
        }
        const context = canvas.getContext("2d");
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.clearRect(0, 0, width, height);
        context.font = `13px ${this.font}`;
        draw(context, width, height);
      };
      this.canvases.push(paint);
      new ResizeObserver(paint).observe(canvas);
      return canvas;
    }

    /* What the reader drags on a canvas: move(across, down), shares of its width and height; then end(). */
    drag(canvas, move, end) {
      const point = ({clientX, clientY}) => {
        const {left, top, width, height} = canvas.getBoundingClientRect();
        move((clientX - left) / width, (clientY - top) / height);
      };
      const on = (type, act) => canvas.addEventListener(type, act);
      const stop = () => { this.dragging = false; if (this.late) this.remember(); };
      on("pointerdown", (event) => { this.dragging = true; canvas.setPointerCapture(event.pointerId); point(event); });
      on("pointermove", (event) => { if (this.dragging) point(event); });
      on("pointerup", () => { if (this.dragging) { stop(); end(); } });
      on("pointercancel", stop);
      canvas.classList.add("live-drag");
    }

    /* A drawing and what belongs to it, under a title. */
    panel(title, ...parts) { return make("div", {class: "live-panel"}, make("p", {class: "live-title"}, title), ...parts); }

    paint() { for (const paint of this.canvases) paint(); }

    /* A colour of live.css, by its name there, for canvas. */
    colour(name) { return (this.palette ||= getComputedStyle(this.element)).getPropertyValue(`--live-${name}`).trim(); }

    /* The line that says what is to be seen; screen readers speak it, unless it changes in every frame. */
    say(words, silently = false) {
      this.status.setAttribute("aria-live", silently ? "off" : "polite");
      if (this.status.textContent !== words) this.status.textContent = words;
    }

    /* Put the parts, among them figure.status, into the page in the place of the static picture. */
    show(...parts) {
      this.link = make("a", {class: "live-link", href: `#${this.id}?${this.query()}`}, "Link to this state");
      this.element.replaceChildren(...parts, make("p", {class: "live-foot"}, this.link));
      this.element.hidden = false;
      this.element.closest("figure")?.classList.add("live-runs");
      this.font = getComputedStyle(this.element).fontFamily;
      new MutationObserver(() => this.paint()).observe(document.documentElement, {attributeFilter: ["data-theme"]});
      if (this.written() !== null) this.element.closest("figure").scrollIntoView();
    }

    /* Call step() in every frame until it returns false. */
    animate(step) {
      const frame = () => { if (this.running && step() !== false) requestAnimationFrame(frame); else this.running = false; };
      this.running = true;
      requestAnimationFrame(frame);
    }

    changed() {}
  }

  async function begin(element) {
    if (!globalThis.WebAssembly) return;                 // the static picture stays
    const name = element.dataset.figure, {code, kernels, data} = supplies[name];
    const figure = new Figure(element, name, await load(code, kernels), data);
    starts[name](figure);
    running[figure.id] = figure;
  }

  const running = {};
  if (globalThis.document) {
    document.addEventListener("DOMContentLoaded", () => {
      for (const element of document.querySelectorAll(".live[data-figure]")) begin(element);
    });
  }

  return {
    load, unpack, make, text, running,
    figure(name, start) { starts[name] = start; },
    supply(name, supplied) { supplies[name] = supplied; },
  };
})();
