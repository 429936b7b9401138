"""The scalar graph: the worked examples of the lectures to the last digit, every operation, and the picture."""
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from nnlib import Value
from nnlib.differences import numerical_gradient


def named(**numbers):
    return [Value(number, label=name) for name, number in numbers.items()]


def squares():
    """Row 25 of the curriculum: L = ((a + b) w - t)^2 + w^2."""
    a, b, w, t = named(a=1, b=2, w=2, t=4)
    loss = ((a + b) * w - t) ** 2 + w ** 2
    loss.label = "L"
    return loss, (a, b, w, t)


def log_loss(w):
    """Row 14: the mean log loss of three examples, on Values."""
    rows, labels = [[1, .5, -.35], [1, -.1, .1], [1, -1.2, 1]], [0, 0, 1]
    scores = [sum(weight * x for weight, x in zip(w, row)) for row in rows]
    return sum((1 + a.exp()).log() - y * a for a, y in zip(scores, labels)) / 3


@pytest.mark.parametrize("a, b, c", [(1.0, 2.0, 3.0), (-0.5, 4.0, 0.25)])
def test_row_24_is_exact(a, b, c):
    nodes = named(a=a, b=b, c=c)
    J = 3 * (nodes[0] + nodes[1] * nodes[2])
    J.backward()
    assert [J.data] + [node.grad for node in nodes] == [3 * (a + b * c), 3, 3 * c, 3 * b]

    nodes = named(a=a, b=b, c=c)
    z = 3 * nodes[0] + 2 * nodes[1] * nodes[2]
    z.backward()
    assert [z.data] + [node.grad for node in nodes] == [3 * a + 2 * b * c, 3, 2 * c, 2 * b]


def test_row_25_is_exact():
    loss, inputs = squares()
    loss.backward()
    assert loss.data == 8
    assert [node.grad for node in inputs] == [8, 8, 16, -4]


def test_row_14_agrees_to_every_printed_digit():
    w = [Value(0.0), Value(-1.0), Value(1.0)]
    loss = log_loss(w)
    loss.backward()
    assert f"{loss.data:.4f}" == "0.4197"
    assert [f"{weight.grad:.3f}" for weight in w] == ["0.250", "0.071", "-0.050"]
    after = log_loss([Value(weight.data - 3.0 * weight.grad) for weight in w])
    assert f"{after.data:.4f}" == "0.2577"


@pytest.mark.parametrize("name, f", {
    "sum": lambda u, v: u + v, "sum with a number": lambda u, v: 2 + u + 3, "difference": lambda u, v: u - v,
    "difference from a number": lambda u, v: 2 - u, "product": lambda u, v: u * v, "multiple": lambda u, v: 3 * u * 2,
    "quotient": lambda u, v: u / v, "quotient of a number": lambda u, v: 2 / u, "opposite": lambda u, v: -u,
    "square": lambda u, v: u ** 2, "root": lambda u, v: u ** 0.5, "inverse": lambda u, v: u ** -1,
    "constant": lambda u, v: u ** 0 + v, "exp": lambda u, v: u.exp(), "log": lambda u, v: u.log(),
    "tanh": lambda u, v: u.tanh(), "relu above 0": lambda u, v: u.relu(), "relu below 0": lambda u, v: (-u).relu() + v,
    "all together": lambda u, v: ((u * v).tanh() + (u / v).exp()) ** 1.5 - u.log() * v.relu(),
}.items(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_operation_agrees_with_finite_differences(name, f):
    point = np.array([0.7, 1.3])
    u, v = map(Value, point)
    f(u, v).backward()
    numerical = numerical_gradient(lambda values: f(*map(Value, values)).data, point)
    np.testing.assert_allclose([u.grad, v.grad], numerical, rtol=1e-7, atol=1e-9)


def test_the_slope_of_relu_at_its_kink_is_0():
    x = Value(0.0)
    x.relu().backward()
    assert x.grad == 0


def test_paths_through_a_node_used_twice_add_up():
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7


def test_a_second_backward_does_not_add_to_the_first():
    loss, inputs = squares()
    loss.backward()
    loss.backward()
    assert [node.grad for node in inputs] == [8, 8, 16, -4]


def test_a_sum_of_100_000_terms_needs_no_recursion():
    x = Value(2.0)
    total = Value(0.0)
    for _ in range(100_000):
        total = total + x
    total.backward()
    assert (total.data, x.grad) == (200_000, 100_000)


@pytest.mark.parametrize("wrong, kind, words", [
    (lambda: Value(1) + "2", TypeError, "a str, expected a number or a Value"),
    (lambda: [1] * Value(1), TypeError, "a list, expected a number or a Value"),
    (lambda: Value(2) ** Value(2), TypeError, "power is a Value, expected a number"),
    (lambda: Value(0).log(), ValueError, "the number is 0.0, expected one above 0"),
    (lambda: Value(-8) ** 0.5, ValueError, "-8.0 has no real power 0.5"),
], ids=["text", "list", "variable power", "log of 0", "root below 0"])
def test_what_cannot_be_calculated_is_refused(wrong, kind, words):
    with pytest.raises(kind, match=words):
        wrong()


def texts(drawing, tag="text"):
    return [element.text for element in ET.fromstring(drawing.svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def test_a_picture_shows_labels_operations_values_and_after_backward_gradients():
    loss, _ = squares()
    before = texts(loss.draw())
    loss.backward()
    after = texts(loss.draw())
    assert {"a", "b", "w", "t", "+", "×", "−", "^2", "L = +", "8"} <= set(before)
    assert not any(text.startswith("grad") for text in before)
    assert {"grad 8", "grad 16", "grad −4"} <= set(after)


def test_a_picture_tells_a_screen_reader_all_that_it_shows():
    loss, _ = squares()
    loss.backward()
    assert texts(loss.draw(), "title") == ["Computation graph of 10 nodes, the last of them L = +: 8 (gradient 1)"]
    assert "w: 2 (gradient 16)" in texts(loss.draw(), "desc")[0]


def test_no_two_boxes_of_a_picture_overlap_and_none_is_cut_off():
    loss = log_loss([Value(0.0, label="w0"), Value(-1.0, label="w1"), Value(1.0, label="w2")])
    svg = ET.fromstring(loss.draw().svg)
    width, height = float(svg.get("width")), float(svg.get("height"))
    boxes = [[float(rect.get(key)) for key in ("x", "y", "width", "height")]
             for rect in svg.iter("{http://www.w3.org/2000/svg}rect")]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    assert not any(abs(a[0] - b[0]) < a[2] and abs(a[1] - b[1]) < a[3] for i, a in enumerate(boxes) for b in boxes[:i])


def test_labels_are_text_in_a_picture_and_never_markup():
    x = Value(1, label="<b>&'")
    assert "<b>&'" in texts((2 * x).draw())


def test_a_graph_too_large_for_a_picture_is_refused():
    total = Value(0)
    for _ in range(100):
        total = total + 1
    with pytest.raises(ValueError, match="201 nodes, expected at most 100"):
        total.draw()


def test_a_drawing_in_a_terminal_says_what_it_is_and_is_the_same_every_time():
    loss, _ = squares()
    assert repr(loss.draw()) == repr(loss.draw()) == f"Drawing of 10 nodes, the last of them {loss!r}"
