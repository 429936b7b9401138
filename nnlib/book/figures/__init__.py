"""The live figures of the book.

A new figure costs a file here and a drawing. The file here, which enters FIGURES below under the figure's name, says

    PARTS      names of the shared drawings that it uses, such as "plane" for book/_static/live/plane.js
    KERNELS    {dotted name of a kernel: words for its arguments, see abi.WORDS}; signatures.of(...) knows the library's
    TITLE      what screen readers call the figure
    SENTENCE   what a reader on paper learns from the static picture
    ALT        what is to be seen in it
    data()     what the page needs besides kernels, ready for JSON
    picture()  the static picture, a matplotlib figure

The drawing is book/_static/live/<name>.js: one call of live.figure(name, start). start(figure) keeps the reader's settings
(figure.keep), makes labelled controls for them (figure.controls), draws (figure.canvas, or SVG with live.make), says what
is to be seen (figure.say), and computes only with figure.kernels. A chapter then writes ```{live-figure} <name> with a
caption and tours, and tests/live_cases.py gets arguments for kernels that no figure had before: the rest of the tests runs
over FIGURES.
"""
from . import (
    attention_head,
    backward_steps,
    computation_graph,
    convolution,
    digit_cnn,
    held_out,
    logistic_loss,
    optimiser_race,
    signals_depth,
    train_network,
)

FIGURES = {
    "logistic-loss": logistic_loss,
    "computation-graph": computation_graph,
    "backward-steps": backward_steps,
    "optimiser-race": optimiser_race,
    "signals-depth": signals_depth,
    "train-network": train_network,
    "held-out": held_out,
    "convolution": convolution,
    "digit-cnn": digit_cnn,
    "attention-head": attention_head,
}
