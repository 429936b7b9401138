"""Tables as text."""


def text_table(rows, align=None, rules=(1,)):
    """Rows of texts, the first of them the head, as aligned lines.

    ``align`` holds < (left) or > (right) for each column; without it the first is left, and the others, numbers, are
    right. ``rules`` are the positions of the rows with a line of dashes above, as long as the head.
    """
    align = align or "<" + ">" * (len(rows[0]) - 1)
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(f"{text:{side}{width}}" for text, side, width in zip(row, align, widths)).rstrip() for row in rows]
    rule = "-" * len(lines[0])
    return "\n".join(line for position, row in enumerate(lines) for line in ([rule, row] if position in rules else [row]))
