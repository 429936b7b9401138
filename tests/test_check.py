"""Self-checks: the right answer passes in any form, and each mistake is called by its name."""
import json
import re
import signal
import types

import numpy as np
import pytest

from nnlib import check
from nnlib.check import calls, known, progress

X = np.random.default_rng(1).normal(size=(5, 3))
W = np.array([0.4, -1.2, 0.7])
Y = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
LAYER_X = np.random.default_rng(2).normal(size=(4, 3))
LAYER_W = np.random.default_rng(3).normal(size=(2, 3))


def squares(x, w, b, y):
    return np.mean((x @ w + b - y) ** 2) / 2


def right(x, w, b, y):
    error = x @ w + b - y
    return error @ x / len(y), error.mean()


def affine(x, w, b):
    return x @ w.T + b


def affine_backward(dy, x, w, b):
    return dy @ w, dy.T @ x, dy.sum(axis=0)


def of_squares(function, x=X, w=W, b=0.3, y=Y):
    return check.gradient(squares, function, x, w, b, y, of="w b")


def of_affine(function, x=LAYER_X, w=LAYER_W):
    return check.backward(affine, function, x, w, np.array([0.5, -0.5]))


# the right answer

def with_loops(x, w, b, y):
    dw, db = np.zeros(len(w)), 0.0
    for n in range(len(y)):
        error = np.dot(x[n], w) + b - y[n]
        dw += error * x[n] / len(y)
        db += error / len(y)
    return dw, db


def with_einsum(x, w, b, y):
    error = np.einsum("ij,j->i", x, w) + b - y
    return np.einsum("ij,i->j", x, error) / len(y), np.einsum("i->", error) / len(y)


@pytest.mark.parametrize("function", [right, with_loops, with_einsum], ids=["NumPy", "loops", "einsum"])
def test_the_right_gradient_passes_however_it_is_written(function):
    report = of_squares(function)
    assert report
    assert [finding.name for finding in report.findings] == ["dw", "db"]


@pytest.mark.compiled
def test_the_right_gradient_passes_compiled(njit):
    assert of_squares(njit(with_loops))


def test_the_right_backward_passes():
    assert of_affine(affine_backward)


@pytest.mark.parametrize("N", [1, 3])
def test_the_right_gradient_passes_for_one_example_and_for_equal_sizes(N):
    assert of_squares(right, X[:N], W, 0.3, Y[:N])


def test_parameters_given_as_whole_numbers_are_checked():
    assert of_squares(right, w=np.array([1, 0, -1]), b=0)


# mistakes with a name

def scaled(factor):
    return lambda x, w, b, y: tuple(factor * g for g in right(x, w, b, y))


@pytest.mark.parametrize("function, sentence", [
    (scaled(5.0), "5 times too large. 5 is the number of examples"),
    (scaled(1 / 5), "5 times too small. 5 is the number of examples"),
    (scaled(2.0), "twice what it should be"),
    (scaled(0.5), "half of what it should be"),
    (scaled(-1.0), "The sign is wrong: every entry is -1 times"),
    (scaled(-5.0), "The sign is wrong, and every entry is 5 times too large"),
    (scaled(5 / 3), "divided by 3 instead of 5"),
    (scaled(1 / 3), "3 times too small. 3 is a size, but no number of examples: do not divide by it"),
    (scaled(1.7), "1.7 times what it should be"),
    (scaled(0.0), "It is 0 everywhere"),
    (lambda x, w, b, y: ((x @ w + b - y)[:, None] * x / 5, 0.0), "The sum over the 5 examples is missing"),
    (lambda x, w, b, y: (right(x, w, b, y)[0] + 0.1, 0.0), "off by the same 0.1"),
    (lambda x, w, b, y: (right(x, w, b, y)[0] + 0.1 * w, 0.0), "off by 0.1 times w: a term with w"),
    (lambda x, w, b, y: ((x[-1] @ w + b - y[-1]) * x[-1] / 5, 0.0), "Only the last example counts"),
    (lambda x, w, b, y: ((x[0] @ w + b - y[0]) * x[0], 0.0), "Only the first example counts"),
    (lambda x, w, b, y: (right(x, w, b, y)[0] * np.array([1, np.nan, 1]), 0.0),
     "1 of 3 entries are NaN or infinite, first at [1]"),
    (lambda x, w, b, y: (right(x, w, b, y)[0][:2], 0.0), "has shape (2,), expected (3,)"),
    (lambda x, w, b, y: (right(x, w, b, y)[0][:, None], 0.0), "an axis too many or too few"),
    (lambda x, w, b, y: (np.rint(right(x, w, b, y)[0]).astype(int), 0.0), "has dtype int64, expected floats"),
    (lambda x, w, b, y: (right(x, w, b, y)[0].astype(np.float16), 0.0), "has dtype float16, expected float64"),
    (lambda x, w, b, y: (np.array(["a", "b", "c"]), 0.0), "expected numbers"),
    (lambda x, w, b, y: (right(x, w, b, y)[0] * np.array([1, 1, 1.3]), 0.0), "1 of 3 entries are wrong, worst at [2]"),
])
def test_a_wrong_dw_is_told_what_is_wrong_with_it(function, sentence):
    finding = of_squares(function).findings[0]
    assert not finding.right
    assert sentence in finding.text


@pytest.mark.parametrize("function, sentence", [
    (lambda x, w, b, y: None, "returns None"),
    (lambda x, w, b, y: right(x, w, b, y)[0], "returns 1 output, expected 2: dw, db"),
    (lambda x, w, b, y: right(x, w, b)[0], "TypeError"),
    (lambda x, w, b, y: ([[1.0], [2.0, 3.0]], 0.0), "different lengths"),
    (lambda x, w, b, y: (x @ (x @ w + b - y) / len(y), 0.0), "the two sides of @ meet with sizes 3 and 5"),
])
def test_a_call_that_gives_nothing_to_compare_is_explained(function, sentence):
    report = of_squares(function)
    assert not report
    assert sentence in report.findings[0].text


def test_an_unwritten_function_is_called_that():
    def gradient(x, w, b, y):
        raise NotImplementedError()

    assert "gradient is not written yet" in of_squares(gradient).findings[0].text


def test_an_unwritten_loss_is_reported_and_not_raised():
    def loss(x, w, b, y):
        raise NotImplementedError()

    assert "loss is not written yet" in str(check.gradient(loss, right, X, W, 0.3, Y, of="w b"))


def test_a_loss_that_is_no_number_is_reported_and_not_raised():
    def loss(x, w, b, y):
        return (x @ w + b - y) ** 2

    assert "loss returns shape (5,), expected one number" in str(check.gradient(loss, right, X, W, 0.3, Y, of="w b"))


def test_a_loss_of_nan_is_not_blamed_on_the_gradient():
    def loss(x, w, b, y):
        return np.nan

    assert "Repair the loss first" in str(check.gradient(loss, right, X, W, 0.3, Y, of="w b"))


def test_a_changed_argument_is_named():
    def gradient(x, w, b, y):
        w -= 1.0
        return right(x, w + 1.0, b, y)

    assert "gradient changes its argument w" in str(of_squares(gradient))


def test_a_function_that_is_right_for_equal_sizes_only_is_told_so():
    def gradient(x, w, b, y):
        dw = np.zeros(len(w))
        for d in range(len(y)):                      # the wrong size
            dw[d % len(w)] += (x @ w + b - y) @ x[:, d % len(w)] / len(y)
        return dw, right(x, w, b, y)[1]

    assert "right when all sizes are equal" in of_squares(gradient).findings[0].text


def test_an_error_that_only_unequal_sizes_raise_is_told_so():
    def gradient(x, w, b, y):
        dw = np.array([(x @ w + b - y) @ x[:, d] / len(y) for d in range(len(y))])
        return dw, right(x, w, b, y)[1]

    assert "right when all sizes are equal" in of_squares(gradient).findings[0].text


def test_a_function_that_is_right_for_one_example_only_is_told_so():
    def gradient(x, w, b, y):
        error = x @ w + b - y
        return error.mean() * x.mean(axis=0), error.mean()

    assert "right for a single example" in of_squares(gradient).findings[0].text


def test_a_transposed_gradient_is_told_so():
    def backward(dy, x, w, b):
        dx, dw, db = affine_backward(dy, x, w, b)
        return dx, dw.T, db

    assert "It is transposed. Its transpose is right." in of_affine(backward).findings[1].text


def test_a_transposed_square_gradient_is_told_so():
    def backward(dy, x, w, b):
        dx, dw, db = affine_backward(dy, x, w, b)
        return dx, dw.T, db

    report = of_affine(backward, x=LAYER_X[:, :2], w=LAYER_W[:, :2])
    assert "It is transposed" in report.findings[1].text


def test_errors_in_one_column_are_located():
    def backward(dy, x, w, b):
        dx, dw, db = affine_backward(dy, x, w, b)
        dx[:, 1] += dx[:, 0] * np.arange(len(dx))
        return dx, dw, db

    assert "All wrong entries are in column 1" in of_affine(backward).findings[0].text


def test_a_sum_over_the_batch_that_backward_forgot_is_named():
    def backward(dy, x, w, b):
        dx, dw, _ = affine_backward(dy, x, w, b)
        return dx, dw, dy

    assert "The sum over the 4 examples is missing" in of_affine(backward).findings[2].text


def test_a_gradient_that_is_divided_by_the_time_steps_is_told_to_divide_by_nothing():
    def mean_over_time(dy, x):
        return np.cumsum(dy[:, ::-1], axis=1)[:, ::-1] / x.shape[1]

    text = check.backward(lambda x: np.cumsum(x, axis=1), mean_over_time, np.ones((2, 5, 3))).findings[0].text
    assert "5 times too small. 5 is a size, but no number of examples: do not divide by it." in text


def test_a_backward_that_takes_the_output_is_checked_under_its_own_name():
    def tanh(a):
        return np.tanh(a)

    def tanh_backward(dh, h):
        return dh * (1 - h ** 2)

    def of_scores(dh, a):
        return dh * (1 - np.tanh(a) ** 2)

    assert check.backward(tanh, tanh_backward, LAYER_X, from_output=True)
    report = check.backward(tanh, of_scores, LAYER_X, from_output=True)
    assert str(report).startswith("Check of of_scores\nwrong  da: 12 of 12 entries are wrong")


@pytest.mark.compiled
def test_a_compiled_backward_may_take_the_output_too(njit):
    assert check.backward(np.tanh, njit(lambda dh, h: dh * (1 - h ** 2)), LAYER_X, from_output=True)


def test_an_unwritten_forward_is_reported_by_backward():
    def forward(x, w, b):
        raise NotImplementedError()

    report = check.backward(forward, affine_backward, LAYER_X, LAYER_W, np.zeros(2))
    assert "forward is not written yet" in str(report)


@pytest.mark.compiled
def test_a_typing_error_of_numba_becomes_plain_words_and_the_line(njit):
    @njit
    def gradient(x, w, b, y):
        return x @ "w", 0.0

    text = of_squares(gradient).findings[0].text
    assert text.startswith("Numba cannot compile gradient: it has no version of matmul(array(float64, 2d, C), ")
    assert re.fullmatch(r'Line \d+: return x @ "w", 0.0', text.splitlines()[1])
    assert "Run gradient.py_func(...)" in text


@pytest.mark.compiled
def test_a_typing_error_without_source_as_in_a_notebook_names_the_line(njit):
    namespace = {"np": np, "njit": njit}
    exec("@njit\ndef sigmoid(a):\n    return np.where(a > 0, 1, 'a')\n"
         "def gradient(x, w, b, y):\n    return sigmoid(x @ w), 0.0\n", namespace)
    text = of_squares(namespace["gradient"]).findings[0].text
    assert text.startswith("Numba cannot compile a function that gradient calls: it has no version of "
                           "where(array(bool, 1d, C), ")
    assert "Line 3" in text and "py_func" not in text


@pytest.mark.compiled
def test_mixed_precision_in_a_kernel_is_told_so(njit):
    @njit
    def gradient(x, w, b, y):
        return x @ w.astype(np.float32), 0.0

    assert "'@' arguments must all have the same dtype" in of_squares(gradient).findings[0].text


def test_an_argument_that_does_not_exist_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="of='v' is not an argument of squares, expected some of: x, w, b, y"):
        check.gradient(squares, right, X, W, 0.3, Y, of="v")


# worked examples

def test_an_example_is_right_within_the_printed_digits():
    assert check.example(right, (X, W, 0.3, Y), {"dw": np.round(right(X, W, 0.3, Y)[0], 3),
                                                 "db": round(right(X, W, 0.3, Y)[1], 3)}, tolerance=5e-4)


@pytest.mark.parametrize("function, right, words", [
    (lambda x: (x - 1, 1), True, "agrees with the worked example."),
    (lambda x: (x, 1), False, "2 of 2 entries are wrong"),
    (lambda x: x, False, "returns 1 output, expected 2: u, v."),
    (lambda x: ([0, 0, 0], x), False, "u needs the shape (2,)."),
])
def test_where_many_outputs_are_right_an_example_looks_at_their_view(function, right, words):
    def view(u, v, x):
        if u.shape != x.shape:
            raise ValueError(f"u needs the shape {x.shape}.")
        return u + v

    report = check.example(function, (np.array([1.0, 2.0]),), {"sum": [1, 2]}, view=view)
    assert bool(report) == right and words in str(report)


@pytest.mark.parametrize("function, sentence", [
    (lambda x, w, b, y: np.sum((x @ w + b - y) ** 2) / 2, "It is 5 times too large"),
    (lambda x, w, b, y: -squares(x, w, b, y), "The sign is wrong"),
    (lambda x, w, b, y: (x @ w + b - y) ** 2 / 2, "The sum over the 5 examples is missing"),
    (lambda x, w, b, y: np.inf, "is NaN or infinite"),
    (lambda x, w, b, y: squares(x, w, b, y) + 0.1, "yours"),
])
def test_a_wrong_worked_example_is_told_what_is_wrong(function, sentence):
    report = check.example(function, (X, W, 0.3, Y), {"loss": squares(X, W, 0.3, Y)})
    assert not report
    assert sentence in report.findings[0].text


# reports

def test_points_go_to_right_outputs_in_proportion_to_their_weights(capsys):
    report = of_squares(lambda x, w, b, y: (right(x, w, b, y)[0], 0.0))
    assert report.points(3) == 1.5
    report.findings[0].weight = 2
    assert report.points(3) == 2.0
    assert "right  dw" in capsys.readouterr().out


def test_points_are_plain_numbers_that_nbgrader_can_read():
    assert type(of_squares(right).points(3)) is float


def test_warnings_and_prints_never_reach_stderr(capfd):
    def gradient(x, w, b, y):
        import sys
        import warnings
        warnings.warn("careful")
        np.exp(np.array([1e4]))
        print("debugging", file=sys.stderr)
        return right(x, w, b, y)

    of_squares(gradient).points(3)
    captured = capfd.readouterr()
    assert captured.err == ""
    assert captured.out.count("debugging") == 1


def test_a_report_is_drawn_with_its_text_escaped_and_wrong_entries_crossed():
    def gradient(x, w, b, y):
        raise ValueError("<script>")

    assert "&lt;script&gt;" in of_squares(gradient)._repr_html_()
    html = of_squares(lambda x, w, b, y: (right(x, w, b, y)[0] * np.array([1, 1, 2]), 0.0))._repr_html_()
    assert "aria-label='1 of 3 entries wrong'" in html


# settings, and what a forward function saves

def scaled(x, power):
    return x ** power


def running_sum(x, h0):
    """x (N, T), h0 (N,) -> the state after every step, and what backward asks for."""
    h = h0[:, None] + np.cumsum(x, axis=1)
    return np.tanh(h), np.tanh(h)


def running_sum_backward(dy, states, x, h0):
    da = dy * (1 - states ** 2)
    dx = np.cumsum(da[:, ::-1], axis=1)[:, ::-1]
    return dx, dx[:, 0]


def test_a_setting_needs_no_gradient():
    assert check.backward(scaled, lambda dy, x, power: dy * power * x ** (power - 1), LAYER_X, 3, of="x")
    with pytest.raises(ValueError, match="check.backward: of='z' is not an argument of scaled"):
        check.backward(scaled, scaled, LAYER_X, 3, of="z")


def test_backward_gets_what_forward_saves():
    h0 = np.linspace(-0.3, 0.3, len(LAYER_X))
    assert check.backward(running_sum, running_sum_backward, LAYER_X, h0)

    def in_place(dy, states, x, h0):
        dy *= 1 - states ** 2
        return running_sum_backward(dy, 0 * states, x, h0)

    assert "in_place changes its argument dy" in str(check.backward(running_sum, in_place, LAYER_X, h0))


def test_a_filter_that_is_turned_is_named():
    x = np.arange(6.0).reshape(2, 3)
    report = check.backward(lambda x: x ** 2, lambda dy, x: (2 * dy * x)[::-1, ::-1], x)
    assert "It is turned by 180 degrees" in str(report)


def test_a_gradient_that_is_right_at_the_last_step_only_is_named():
    def last_step_only(dy, x, h0):
        return np.concatenate([0 * dy[:, :-1], dy[:, -1:]], axis=1)

    report = check.backward(lambda x, h0: h0 + np.cumsum(x, axis=1), last_step_only, np.ones((2, 4, 3)), 0.0, of="x")
    assert "Only [:, 3] is right: look at what one step hands on to the next." in str(report)


def test_whole_numbers_are_compared_as_numbers_where_whole_numbers_are_expected():
    assert "yours 2, expected 3" in str(check.example(lambda x: 2, (LAYER_X,), {"size": 3}))


# what explains all that is wrong

def test_right_outputs_in_another_order_are_told_their_order():
    report = of_squares(lambda x, w, b, y: right(x, w, b, y)[::-1])
    assert str(report).count("All values are right, but in another order. Return dw, db.") == 1
    assert "The sum over" not in str(report) and "axis" not in str(report)
    example = check.example(lambda x: (x.sum(), 2 * x), (W,), {"double": 2 * W, "sum": W.sum()})
    assert "in another order. Return double, sum." in str(example)


@pytest.mark.parametrize("order, words", [((1, 0, 2), "with .transpose(1, 0, 2) it is right"),
                                          ((2, 1, 0), "with .transpose(2, 1, 0) it is right")])
def test_axes_in_another_order_are_named(order, words):
    x = np.random.default_rng(4).normal(size=(2, 3, 4))
    assert words in str(check.example(lambda x: x.transpose(order), (x,), {"h": x}))
    cube = x[:, :2, :2]
    assert words in str(check.backward(lambda x: x ** 2, lambda dy, x: (2 * dy * x).transpose(order), cube))


def test_a_factor_is_called_constant_only_if_it_is_the_same_for_other_numbers():
    def loss(u):
        return np.tanh(np.sum(u))

    def wrong(u):
        return np.full(len(u), 1 - np.tanh(np.sum(u)))

    text = check.gradient(loss, wrong, np.array([0.2, 0.3]), of="u").findings[0].text
    assert "and not so for other numbers: they share a factor that is wrong" in text and "constant" not in text
    assert "It is 1.5 times what it should be: look for a constant factor" in str(
        check.gradient(lambda u: u ** 2, lambda u: 3 * u, 0.4, of="u"))


def test_two_rows_that_are_no_examples_are_not_called_examples():
    def clip(dw, db):
        return dw, db

    report = check.example(clip, (np.array([[3.2, 0], [0, 4.2]]), np.ones(2)), {"dw": [[1.6, 0], [0, 2.1]], "db": [1, 1]})
    assert "examples" not in str(report)
    images = np.ones((2, 5, 4))
    assert "examples" not in str(check.example(lambda x: (4, 2), (images,), {"OH": 2, "OW": 1}))


def test_a_step_is_looked_for_only_where_there_is_time():
    def last_only(dy, x):
        return np.concatenate([0 * dy[:, :-1], dy[:, -1:]], axis=1)

    assert "step" not in str(check.backward(lambda x: np.cumsum(x, axis=1), last_only, np.ones((2, 4, 3))))


def test_a_loop_that_overwrites_some_entries_is_right_for_each_example_alone():
    def overwritten(w, x):
        dw = np.zeros(x.shape[1])
        for x_n in x:
            dw = np.where(x_n > 0, x_n, dw)
        return dw

    x = np.abs(LAYER_X) * np.array([[1, 0, 0], [0, 1, 0], [1, 0, 1], [0, 0, 1]])
    report = check.gradient(lambda w, x: np.sum(np.maximum(x, 0) @ w), overwritten, np.ones(3), x, of="w")
    assert "right for a single example" in str(report)


# a right answer in any form

@pytest.mark.parametrize("convert", [list, tuple, np.float32, lambda a: [np.array(v) for v in a], lambda a: a.tolist()],
                         ids=["list", "tuple", "float32", "0-d arrays", "numbers"])
def test_a_right_answer_is_right_in_any_form(convert):
    h = np.tanh(W)
    assert check.example(lambda a: convert(np.tanh(a)), (W,), {"h": h.round(4)}, tolerance=5e-5)


def test_an_array_may_hold_two_numbers_and_not_two_arrays():
    assert check.example(lambda x: np.array([3, 2]), (LAYER_X,), {"rows": 3, "columns": 2})
    assert "returns 1 output, expected 2" in str(check.example(lambda x: x[:2], (LAYER_X,), {"u": X[0], "v": X[1]}))


# mistakes that are known by their values

@pytest.fixture
def hints(tmp_path, monkeypatch):
    """A table beside the notebook that knows one mistake of ``double``: -> its sentence."""
    write_table(tmp_path, [(W, [], [(3 * W, ["This is three times the input."])])])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(known, "possible", {})
    return "This is three times the input."


def write_table(folder, calls):
    """A table of the task ``double``: for each call its argument, the hints of right answers, and [(output, hints)]."""
    calls = [{"arguments": known.prints([x]), "right": right,
              "answers": [{"outputs": known.prints([y]), "hints": said} for y, said in answers]}
             for x, right, answers in calls]
    (folder / known.NAME).write_text(json.dumps({"tasks": {"double": {"calls": calls}}}))


def test_mistakes_with_the_same_values_share_a_sentence_until_another_call_tells_them_apart(hints, tmp_path):
    write_table(tmp_path, [(np.ones(2), [], [(np.full(2, 3.0), ["a", "b"])]),
                           (np.zeros(2), ["b"], [(np.ones(2), ["a", "c"])]),
                           (np.full(2, 5.0), [], [(np.full(2, 15.0), ["a", "b", "c"])])])

    def said(function, *inputs):
        function.__name__ = "double"
        return [str(check.example(function, (np.full(2, x),), {"y": [2 * x] * 2})).partition("\n")[2].partition("\n")[2]
                for x in inputs]

    assert said(lambda x: 3.0 * x, 1.0) == ["Either: a\nOr: b"]
    assert said(lambda x: 3.0 * x, 1.0, 0.0, 5.0) == ["Either: a\nOr: b", "", "b"]
    assert said(lambda x: 2.0 * x + 1, 1.0, 0.0) == ["Either: a\nOr: b", "a"]
    assert said(lambda x: 3.0 * x, 5.0) == [""], "three mistakes are too many"


def checked(value, x=W):
    def double(x):
        return value

    return str(check.example(double, (x,), {"y": 2 * x}))


@pytest.mark.parametrize("value", [3 * W, list(3 * W), (3 * W).astype(np.float32), 3 * W * (1 + 1e-7)])
def test_a_known_mistake_gets_its_sentence_in_any_form(hints, value):
    assert checked(value).endswith(f"expected -2.4.\n{hints}")


@pytest.mark.parametrize("value", [2 * W, 2.99 * W, -3 * W, 3 * W[::-1], [3 * W], 0 * W, np.full(3, np.nan), 3 * W[:2]])
def test_no_other_answer_gets_its_sentence(hints, value):
    assert hints not in checked(value)


def test_a_known_mistake_is_known_for_its_own_arguments_only(hints):
    assert hints not in checked(3 * W, x=W[::-1])


@pytest.mark.parametrize("content", ["", "[]", "{}", "no table"])
def test_without_a_table_the_check_says_what_it_finds_itself(hints, tmp_path, content):
    (tmp_path / known.NAME).write_text(content)
    assert "wrong  y: 3 of 3 entries" in checked(3 * W)


def test_not_a_number_has_a_print_of_its_own():
    one, other = known.prints([np.array([np.nan, 1.0])]), known.prints([np.array([np.inf, 1.0])])
    assert known.alike(one, one) and not known.alike(one, other) and not known.alike(one, known.prints([np.array([0, 1.0])]))


# calls that do not end

def test_a_function_that_does_not_end_is_stopped_once_and_tried_again_when_something_is_defined_anew(monkeypatch):
    monkeypatch.setattr(calls, "SECONDS", 0.05)
    monkeypatch.setattr(calls, "endless", [])
    made = []
    namespace = {"made": made}
    exec("def forever(x):\n    made.append(x)\n    while again():\n        try:\n            pass\n"
         "        except Exception:\n            pass\n    return x\ndef again():\n    return True\n", namespace)
    forever = namespace["forever"]
    assert "forever does not end within 0.05 seconds.\nLook at your loops" in str(check.example(forever, (1,), {"y": 1}))
    assert "forever does not end" in str(check.example(forever, (1,), {"y": 1}))
    assert made == [1]
    exec("def again():\n    return False\n", namespace)
    assert check.example(forever, (1,), {"y": 1})


@pytest.mark.compiled
def test_a_compiled_function_that_does_not_end_is_stopped_too(njit, monkeypatch):
    monkeypatch.setattr(calls, "SECONDS", 0.5)
    monkeypatch.setattr(calls, "endless", [])

    @njit
    def forever(x):
        while x[0] > 0:
            x[0] += 1
        return x

    @njit
    def soon(x):
        return 2 * x

    assert "forever does not end within 0.5 seconds" in str(check.example(forever, (np.ones(2),), {"y": [1, 1]}))
    assert check.example(soon, (np.ones(2),), {"y": [2, 2]})


def test_a_backward_that_does_not_end_is_stopped_behind_a_forward_that_saves_something(monkeypatch):
    monkeypatch.setattr(calls, "SECONDS", 0.05)
    monkeypatch.setattr(calls, "endless", [])

    def forward(x):
        return 2 * x, x

    def backward(dy, saved, x):
        for _ in range(10 ** 8):
            pass
        return 2 * dy

    assert "backward does not end within 0.05 seconds" in str(check.backward(forward, backward, np.ones(2)))


def test_the_time_of_a_call_in_a_call_goes_on_after_compiling():
    event = pytest.importorskip("numba.core.event")
    with calls.time_limit(50), calls.time_limit(40):
        event.start_event("numba:compile")
        assert signal.getitimer(signal.ITIMER_PROF)[0] == 0
        event.end_event("numba:compile")
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0


def test_several_functions_that_do_not_end_leave_time_for_others(monkeypatch):
    monkeypatch.setattr(calls, "SECONDS", 0.1)
    monkeypatch.setattr(calls, "endless", [])

    def forever():
        while True:
            pass

    limits = []
    for _ in range(4):
        function = types.FunctionType(forever.__code__, {}, "forever")
        limits.append(re.search(r"within (\S+) seconds", str(check.example(function, (), {"y": 1})))[1])
    assert limits == ["0.1", "0.025", "0.01", "0.01"]


# where you stand

@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """The names of a notebook with two tasks, and run(source) for its cells."""
    task = {"points": 2, "calls": [], "hints": ["Look at the sizes.", "Twice."]}
    (tmp_path / known.NAME).write_text(json.dumps({"tasks": {"double": task, "half": task | {"hints": []}}}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(progress, "checked", {})
    monkeypatch.setattr(progress, "given", {})
    names = {"check": check, "x": W}
    return lambda source: exec(source, names)


def words_of(name):
    return next(finding.text for finding in check.status().findings if finding.name == name)


def test_calls_that_are_only_recorded_do_not_count_as_work(notebook):
    with known.recording():
        notebook("def double(x):\n    return 3 * x\ncheck.example(double, (x,), {'y': 2 * x})")
    assert words_of("double").startswith("not checked yet")


def test_the_status_follows_a_task_from_unwritten_to_ready(notebook):
    assert words_of("double").startswith("not checked yet") and not check.status()
    notebook("def double(x):\n    return 3 * x")
    notebook("check.example(double, (x,), {'y': 2 * x})")
    assert words_of("double").startswith("the check finds a mistake")
    notebook("def double(x):\n    return 2 * x")
    assert words_of("double").startswith("changed since it was checked")
    notebook("check.backward(double, lambda dy, x: 2 * dy, x)\ncheck.example(double, (x,), {'y': 2 * x})")
    assert words_of("double").startswith("the self-check is right. Run the graded cell")
    notebook("check.example(double, (2 * x,), {'y': 4 * x}).points(2)")
    assert "before you hand in is right" in words_of("double") and not check.status()
    notebook("def half(x):\n    return x / 2\ncheck.example(half, (x,), {'y': x / 2}).points(2)")
    assert check.status()
    assert str(check.status()).startswith("Where you stand in this notebook\nright  double: all that can be seen")


def test_one_right_check_does_not_hide_a_wrong_one(notebook):
    notebook("def half(dy, x):\n    return dy * (1 - x)\ndef square(x):\n    return x * x")
    notebook("check.backward(square, half, x)\ncheck.example(half, (0 * x, x), {'dx': 0 * x}).points(2)")
    assert words_of("half").startswith("the check finds a mistake")


def test_without_a_table_the_status_is_about_what_was_checked(notebook, tmp_path):
    (tmp_path / known.NAME).unlink()
    assert check.status().findings == []
    notebook("def double(x):\n    return 2 * x\ncheck.example(double, (x,), {'y': 2 * x})")
    assert check.status() and [finding.name for finding in check.status().findings] == ["double"]


def test_hints_come_one_after_the_other(notebook):
    assert str(check.hint("double")) == "Help with double\nright  hint 1: Look at the sizes."
    assert str(check.hint("double")).endswith("hint 2: Twice.") and str(check.hint("double")).count("hint") == 2
    assert "there is none" in str(check.hint("half"))
    with pytest.raises(ValueError, match="no task 'dubble' here, expected one of: double, half"):
        check.hint("dubble")
