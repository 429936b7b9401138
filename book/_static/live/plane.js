/* A plane with two axes on a canvas: what the drawings of several figures share. Numbers go in, pixels stay inside. */
"use strict";

live.Plane = class {
  /* For draw(context, width, height). x and y: {name, low, high}, and `ticks`, pairs of a number and its label, if wanted. */
  constructor(figure, context, width, height, x, y) {
    const room = (axis) => axis.ticks ? 14 : 0;
    Object.assign(this, {figure, context, x, y, width, height});
    this.box = {left: 26 + 2 * room(y), top: 6, right: width - 6, bottom: height - 24 - room(x)};
    const {left, top, right, bottom} = this.box;
    context.fillStyle = figure.colour("ink");
    context.textAlign = "center";
    context.fillText(x.name, (left + right) / 2, height - 6);
    context.save();
    context.translate(14, (top + bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(y.name, 0, 0);
    context.restore();
    for (const [value, label] of x.ticks ?? []) {
      this.line([[value, y.low], [value, y.high]], "grid", 1);
      context.fillText(label, Math.min(this.at(value, 0)[0], width - 4 * label.length), bottom + 15);
    }
    context.textAlign = "right";
    for (const [value, label] of y.ticks ?? []) {
      this.line([[x.low, value], [x.high, value]], "grid", 1);
      context.fillText(label, left - 4, Math.max(top + 10, this.at(0, value)[1] + 4));
    }
  }

  /* Where a pair of numbers lies on the canvas. */
  at(i, j) {
    const {x, y, box} = this;
    return [box.left + (i - x.low) / (x.high - x.low) * (box.right - box.left),
            box.bottom - (j - y.low) / (y.high - y.low) * (box.bottom - box.top)];
  }

  /* The pair of numbers at shares of the canvas's width and height, as figure.drag gives them; on the plane at least. */
  from(across, down) {
    const {x, y, box, width, height} = this, inside = (part) => Math.max(0, Math.min(1, part));
    return [x.low + (x.high - x.low) * inside((across * width - box.left) / (box.right - box.left)),
            y.low + (y.high - y.low) * inside((box.bottom - down * height) / (box.bottom - box.top))];
  }

  /* Draw only on the plane what work() draws. */
  clip(work) {
    const {context, box} = this;
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    context.clip();
    work();
    context.restore();
  }

  stroke(colour, width, dash = []) {
    const {context, figure} = this;
    context.strokeStyle = figure.colour(colour);
    context.lineWidth = width;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  /* A line through pairs of numbers. */
  line(pairs, colour, width, dash) {
    this.context.beginPath();
    for (const [i, j] of pairs) this.context.lineTo(...this.at(i, j));
    this.stroke(colour, width, dash);
  }

  /* A circle for class 0, a square for class 1; a cross over what is on the wrong side. */
  mark(i, j, label, wrong = false, size = 3.6) {
    const {context, figure} = this, [cx, cy] = this.at(i, j);
    context.fillStyle = figure.colour(label ? "b" : "a");
    context.beginPath();
    if (label) context.rect(cx - size, cy - size, 2 * size, 2 * size); else context.arc(cx, cy, size + 0.4, 0, 7);
    context.fill();
    this.stroke("paper", 1.2);
    if (!wrong) return;
    context.beginPath();
    context.moveTo(cx - 5, cy - 5); context.lineTo(cx + 5, cy + 5); context.moveTo(cx - 5, cy + 5); context.lineTo(cx + 5, cy - 5);
    this.stroke("ink", 1.6);
  }

  /* What the reader can drag: a ring. */
  handle(i, j, colour) {
    this.context.beginPath();
    this.context.arc(...this.at(i, j), 8, 0, 7);
    this.stroke("paper", 7);
    this.stroke(colour, 4);
  }

  /* Where numbers that are given on a grid over the plane, row by row from below, have this value. */
  contour(numbers, columns, value, colour, width) {
    const {context, x, y} = this, rows = numbers.length / columns;
    const cell = [(x.high - x.low) / (columns - 1), (y.high - y.low) / (rows - 1)], CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];
    context.beginPath();
    for (let up = 0; up < rows - 1; up++) for (let across = 0; across < columns - 1; across++) {
      const at = up * columns + across, here = numbers[at] > value, beyond = (n) => numbers[n] > value !== here;
      if (!beyond(at + 1) && !beyond(at + columns) && !beyond(at + columns + 1)) continue;
      const above = CORNERS.map(([i, j]) => numbers[at + j * columns + i] - value);
      const cuts = [];
      for (let k = 0; k < 4; k++) {
        const from = above[k], to = above[(k + 1) % 4], [i, j] = CORNERS[k], [p, q] = CORNERS[(k + 1) % 4];
        if (from > 0 === to > 0) continue;
        const part = from / (from - to);
        cuts.push(this.at(x.low + (across + i + part * (p - i)) * cell[0], y.low + (up + j + part * (q - j)) * cell[1]));
      }
      for (let k = 0; k + 1 < cuts.length; k += 2) { context.moveTo(...cuts[k]); context.lineTo(...cuts[k + 1]); }
    }
    this.stroke(colour, width);
  }

  /* A line around the plane; the last thing to draw. */
  border() {
    const {left, top, right, bottom} = this.box;
    this.context.beginPath();
    this.context.rect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
    this.stroke("line", 1);
  }
};
