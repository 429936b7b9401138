"""The picture of a computation graph: columns of boxes from the inputs to the result, as SVG."""
import html

WIDTH, HEIGHT = 104, 62                         # of a box, in pixels
GAP_X, GAP_Y = 52, 18                           # between columns, and between the boxes of one
MOST_NODES = 100
SIGNS = {"*": "×", "-": "−", "/": "÷"}
STYLE = ("font-family='system-ui,sans-serif' font-size='13' text-anchor='middle' "
         "style='max-width:100%;height:auto'")


class Drawing:
    """The graph of a Value as SVG; drawn by itself at the end of a notebook cell."""

    def __init__(self, root):
        nodes = root.graph()
        if len(nodes) > MOST_NODES:
            raise ValueError(f"draw: the graph has {len(nodes)} nodes, expected at most {MOST_NODES}.\n"
                             "Draw the graph of a smaller expression.")
        self.text = f"Drawing of {len(nodes)} nodes, the last of them {root!r}"
        self.svg = picture(root, nodes)

    def __repr__(self):
        return self.text

    def _repr_svg_(self):
        return self.svg


def picture(root, nodes):
    """SVG of the nodes, given each after its parents."""
    columns, chains = in_columns(nodes)
    place = places(columns, chains)
    gradients = any(node.grad for node in nodes)
    height = max(y for _, y in place.values()) + HEIGHT / 2 + 2
    width = max(x for x, _ in place.values()) + WIDTH / 2 + 2
    words = [in_words(node, gradients) for node in nodes]
    return "\n".join([
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 {width:g} {height:.0f}' "
        f"width='{width:g}' height='{height:.0f}' {STYLE}>",
        f"<title>Computation graph of {len(nodes)} nodes, the last of them {html.escape(words[-1])}</title>",
        f"<desc>{html.escape('; '.join(words))}</desc>",
        *(arrow(chain, place, node, position) for node, position, chain in chains),
        *(box(node, *place[id(node)], node is root, gradients) for node in nodes),
        "</svg>"])


def in_columns(nodes):
    """Columns of keys, inputs first, and for every edge the keys that it passes through.

    A node is as many columns from the right as its longest way to the result has steps. An edge over
    more than one column passes through an empty place in each column between.
    """
    steps = {id(node): 0 for node in nodes}
    for node in reversed(nodes):
        for parent in node.parents:
            steps[id(parent)] = max(steps[id(parent)], steps[id(node)] + 1)
    last = max(steps.values())
    columns, chains = [[] for _ in range(last + 1)], []
    for node in nodes:
        columns[last - steps[id(node)]].append(id(node))
    for node in nodes:
        for position, parent in enumerate(node.parents):
            between = [(id(parent), id(node), position, step) for step in range(steps[id(parent)] - 1, steps[id(node)], -1)]
            for key in between:
                columns[last - key[-1]].append(key)
            chains.append((node, position, [id(parent), *between, id(node)]))
    return columns, chains


def places(columns, chains):
    """{key: (x, y)} of the centres: operands in their order, and neighbours at similar heights."""
    after = {key: [] for column in columns for key in column}
    before = {key: [] for column in columns for key in column}
    for node, position, chain in chains:
        for a, b in zip(chain, chain[1:]):
            end = port(node, position) if b is chain[-1] else 0.0
            after[a].append((b, end))
            before[b].append((a, -end))

    y = dict.fromkeys(after, 0.0)
    for column in reversed(columns):
        wish = {key: mean(y, after[key]) for key in column}
        column.sort(key=wish.get)
        y.update(apart(column, wish))
    for _ in range(12):
        for column in [*columns, *reversed(columns)]:
            y.update(apart(column, {key: mean(y, before[key] + after[key]) for key in column}))
    top = min(y[key] - tall(key) / 2 for key in y) - 2
    return {key: (2 + WIDTH / 2 + place * (WIDTH + GAP_X), y[key] - top)
            for place, column in enumerate(columns) for key in column}


def mean(y, neighbours):
    """Height at which the edges to the neighbours would be level."""
    return sum(y[key] + end for key, end in neighbours) / max(len(neighbours), 1)


def apart(column, wish):
    """Heights near the wished ones, in the column's order and with room for every box."""
    heights, lowest = {}, float("-inf")
    for before, key in zip([None, *column], column):
        room = (tall(before) + tall(key)) / 2 + GAP_Y if before is not None else 0
        heights[key] = lowest = max(wish[key], lowest + room)
    surplus = sum(heights[key] - wish[key] for key in column) / len(column)
    return {key: height - surplus for key, height in heights.items()}


def tall(key):
    """Height of a box; the empty places that edges pass through are lower."""
    return 6 if isinstance(key, tuple) else HEIGHT


def port(node, position):
    """How far below the middle of its box an operation takes the operand of this position: the first on top."""
    return 0.35 * HEIGHT * ((2 * position + 1) / len(node.parents) - 1)


def arrow(chain, place, node, position):
    """The edge from an operand to the operation, which it reaches at the height of its position."""
    (x, y), *between, (end_x, end_y) = (place[key] for key in chain)
    end_y += port(node, position)
    x, end_x = x + WIDTH / 2, end_x - WIDTH / 2 - 7
    path = [f"M{x:g} {y:.1f}"]
    for stop_x, stop_y in [(p - WIDTH / 2, q) for p, q in between] + [(end_x, end_y)]:
        bend = (x + stop_x) / 2
        path.append(f"C{bend:g} {y:.1f} {bend:g} {stop_y:.1f} {stop_x:g} {stop_y:.1f}")
        x, y = stop_x, stop_y
        if (stop_x, stop_y) != (end_x, end_y):
            x += WIDTH
            path.append(f"H{x:g}")
    return (f"<path d='{''.join(path)}' fill='none' stroke='#767676' stroke-width='1.5'/>"
            f"<path d='M{end_x + 7:g} {end_y:.1f}l-9 -4v8z' fill='#767676'/>")


def box(node, x, y, is_root, gradients):
    """One node: what it is, its value, its gradient. Inputs have square corners, operations round ones."""
    lines = [(heading(node), "font-weight='bold' fill='#1a1a1a'")] if heading(node) else []
    lines.append((in_digits(node.data), "fill='#1a1a1a'"))
    if gradients and not is_constant(node):
        lines.append((f"grad {in_digits(node.grad)}", "fill='#a03000'"))
    first = y + 4.5 - 9 * (len(lines) - 1)
    fill, radius = ("#ffffff", 14) if node.parents else ("#e3eef7", 0)
    return (f"<rect x='{x - WIDTH / 2:g}' y='{y - HEIGHT / 2:.1f}' width='{WIDTH}' height='{HEIGHT}' rx='{radius}' "
            f"fill='{fill}' stroke='#555555' stroke-width='{2.5 if is_root else 1.2}'/>"
            + "".join(f"<text x='{x:g}' y='{first + 18 * row:.1f}' {look}>{html.escape(text)}</text>"
                      for row, (text, look) in enumerate(lines)))


def heading(node):
    """Label and operation, as far as the node has them."""
    operation = SIGNS.get(node.operation, node.operation.replace("**", "^"))
    return " = ".join([node.label] * bool(node.label) + [operation] * bool(operation))


def in_words(node, gradients):
    """A node as a screen reader says it."""
    gradient = f" (gradient {in_digits(node.grad)})" if gradients and not is_constant(node) else ""
    return f"{heading(node) or 'constant'}: {in_digits(node.data)}{gradient}"


def is_constant(node):
    """Whether the node is a plain number: nobody asks for its gradient."""
    return not node.parents and not node.label


def in_digits(x):
    """Four significant digits, with a true minus sign and no negative zero."""
    return f"{x + 0.0:.4g}".replace("-", "−")
