"""A network of two inputs, two tanh units and one output, forward and backward one number at a time; and three mistakes."""
import numpy as np

from nnlib import kernels, plot

from . import signatures

PARTS = ("plane",)
KERNELS = signatures.of(
    "affine_forward", "affine_backward", "tanh_forward", "tanh_backward", "mean_squared_error_forward",
    "mean_squared_error_backward",
)
N = 4                                    # examples of the batch; the other three are predicted exactly
BEGIN = {                                # the numbers with which the page begins
    "x": [[0.5, 1.5]],
    "w1": [[0.8, -0.6], [-0.5, 0.9]],
    "b1": [0.2, -0.4],
    "w2": [[1.2, -0.7]],
    "b2": [0.3],
    "y": [0.8],
}
PARAMETERS = ("w1", "b1", "w2", "b2")
MISTAKES = ("none", "slope", "mean", "transpose")
TITLE = "Backward, step by step"
SENTENCE = ("On the page every click multiplies two numbers or adds some, forward and then backward; you change any "
            "weight, and make three common mistakes. Here: all numbers, and the loss along a step that forgets the slope "
            "of tanh.")
ALT = ("Left, the matrices of a network with two inputs, two units and one output, each number with its gradient below it. "
       "Right, the loss over the length of a step. The curve of the right gradient leaves along the line that its "
       "gradients promise. The curve of the mistake falls too, but leaves its own line at once.")


def data():
    return {"begin": BEGIN, "N": N}


def batch(number):
    """The prediction or the target of this example among those of the other three, which are 0: (N,)."""
    return np.array([number, *[0.0] * (N - 1)])


def forward(p):
    """Scores, outputs, prediction and loss of the parameters and numbers in p, named as in BEGIN."""
    a = kernels.affine_forward(p["x"], p["w1"], p["b1"])
    h = kernels.tanh_forward(a)
    y_hat = kernels.affine_forward(h, p["w2"], p["b2"])[0, 0]
    return {"a": a, "h": h, "y_hat": y_hat, "loss": kernels.mean_squared_error_forward(batch(y_hat), batch(p["y"][0]))}


def backward(p, mistake="none"):
    """The gradients with one of the mistakes, or with none."""
    f, B = forward(p), 1 if mistake == "mean" else N
    dy_hat = kernels.mean_squared_error_backward(batch(f["y_hat"])[:B], batch(p["y"][0])[:B])[:1].reshape(1, 1)
    dh, dw2, db2 = kernels.affine_backward(dy_hat, f["h"], p["w2"], p["b2"])
    da = dh if mistake == "slope" else kernels.tanh_backward(dh, f["h"])
    _, dw1, db1 = kernels.affine_backward(da, p["x"], p["w1"], p["b1"])
    if mistake == "transpose":
        dw1 = kernels.affine_backward(p["x"], da, p["w1"], p["b1"])[1]
    return {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2, "y_hat": dy_hat, "h": dh, "a": da}


def along(p, mistake, lengths):
    """The loss after steps of these lengths against the gradients."""
    g = backward(p, mistake)
    steps = [{name: p[name] - length * g[name] for name in PARAMETERS} for length in lengths]
    return [forward(p | moved)["loss"] for moved in steps]


def arrays():
    """The numbers with which the page begins."""
    return {name: np.array(values) for name, values in BEGIN.items()}


def picture():
    """All numbers with their gradients, and the loss along the right and a wrong step."""
    from matplotlib import pyplot as plt

    p, lengths = arrays(), np.linspace(0, 1, 41)
    numbers, gradients = p | forward(p), backward(p)
    figure, (table, curve) = plt.subplots(1, 2, figsize=(10, 3.6), width_ratios=(1.5, 1), layout="constrained")
    places = {"x": 0, "w1": 1.1, "b1": 3.2, "a": 4.4, "h": 5.6, "w2": 6.7, "b2": 8.6, "y_hat": 9.6}
    for name, left in places.items():
        title = name if name != "y_hat" else "ŷ"
        table.text(left + (0.45 if name in ("w1", "w2") else 0), 0.9, title, ha="center", color=plot.INK, fontweight="bold")
        values = np.atleast_2d(numbers[name]) if name in ("w1", "w2") else np.reshape(numbers[name], (-1, 1))
        for (i, j), value in np.ndenumerate(values):
            table.text(left + 0.95 * j, 0.65 - 0.5 * i, f"{value:.3g}".replace("-", "−"), ha="center", fontsize=9)
            if name in gradients:
                words = f"{gradients[name].reshape(values.shape)[i, j]:.3f}".replace("-", "−")
                table.text(left + 0.95 * j, 0.48 - 0.5 * i, words, ha="center", fontsize=9, color="#8a3200")
    table.set(xlim=(-0.6, 10.2), ylim=(-0.35, 1.1))
    table.axis("off")
    for mistake, line, label in (("none", "-", "right gradient"), ("slope", "--", "slope forgotten")):
        losses, g = along(p, mistake, lengths), backward(p, mistake)
        believed = sum(np.sum(g[name] ** 2) for name in PARAMETERS)
        [drawn] = curve.plot(lengths, losses, line, label=label)
        curve.plot(lengths, losses[0] - believed * lengths, ":", color=drawn.get_color())
    curve.set(xlabel="length of the step", ylabel="loss", ylim=(0, None))
    curve.legend()
    return figure
