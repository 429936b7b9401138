/* Grids of numbers on a canvas: what the drawings of several figures share. */
"use strict";

live.grid = {
  /* Draw value(i, j) in rows and columns over this width; fill gives [colour, opacity, colour of the number]. */
  cells(figure, c, width, rows, columns, value, fill, number) {
    const size = width / columns;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.font = `${Math.max(9, Math.min(15, size * 0.38))}px ${figure.font}`;
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) {
      const v = value(i, j), [colour, alpha, ink] = fill(v, i, j);
      c.globalAlpha = alpha;
      c.fillStyle = figure.colour(colour);
      c.fillRect(j * size, i * size, size, size);
      c.globalAlpha = 1;
      c.strokeStyle = figure.colour("grid");
      c.lineWidth = 1;
      c.strokeRect(j * size + 0.5, i * size + 0.5, size - 1, size - 1);
      c.fillStyle = figure.colour(ink);
      c.fillText(number(v), (j + 0.5) * size, (i + 0.52) * size);
    }
    return size;
  },

  /* A frame around rows x columns cells of this size. */
  frame(figure, c, size, row, column, rows, columns) {
    for (const [colour, line] of [["paper", 6], ["b", 3]]) {
      c.strokeStyle = figure.colour(colour);
      c.lineWidth = line;
      c.strokeRect(column * size + 2, row * size + 2, columns * size - 4, rows * size - 4);
    }
  },

  /* A number of one decimal, without a zero before the point. */
  short(value) { return live.text(Math.round(value * 10) / 10, 3).replace(/^(−?)0\./, "$1."); },
};
