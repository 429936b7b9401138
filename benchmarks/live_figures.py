"""A training step of the live figure in Python and in the page, measured in turns; and the cost of each figure.

Needs Chromium. One hidden layer of 8 tanh units on 120 points, Adam, all examples in each step. Of each figure: the bytes
that a page loads for it; the time of what it computes when the reader moves something, or of one step where it walks or
trains; and the time to draw it anew.
"""
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

import nnlib as nn
from nnlib.book.figures import FIGURES

from . import record

ROOT = Path(__file__).parents[1]
STEPS, ROUNDS = 500, 15
IN_PAGE = """(steps) => { const figure = Object.values(live.running)[0], begin = performance.now();
                          figure.step(steps); return 1000 * (performance.now() - begin) / steps }"""
PAINT = """(times) => { const figure = Object.values(live.running)[0], begin = performance.now();
                        for (let i = 0; i < times; i++) figure.paint();
                        return 1000 * (performance.now() - begin) / times }"""
FRAMES = """() => new Promise((done) => {                     // milliseconds between pictures while the figure trains
    const times = [], next = (now) => { times.push(now); times.length < 121 ? requestAnimationFrame(next)
                                                         : done(times.slice(1).map((t, i) => t - times[i])) };
    document.querySelector(".live-main").click();
    requestAnimationFrame(next) })"""


def run():
    """The table; numbers are written to benchmarks/results/live_figures.json."""
    sys.path.insert(0, str(ROOT / "tests"))
    import live_book
    import live_cases

    modules = {name: len(live_cases.module(name).code) for name in FIGURES}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        live_book.build(Path(folder))
        html = Path(folder, "_build", "html")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto((html / "train-network.html").as_uri() + "#live-train-network?layers=1&units1=8")
        page.wait_for_function("Object.keys(live.running).length > 0")
        python, in_page = zip(*[(in_python(), page.evaluate(IN_PAGE, STEPS)) for _ in range(ROUNDS)])
        frames = page.evaluate(FRAMES)
        figures = {name: {"bytes": live_book.size(html / f"{name}.html") - (html / f"{name}.html").stat().st_size,
                          **cost(page, html, name)} for name in FIGURES}
        browser.close()
    numbers = {"python": record.summary(python), "page": record.summary(in_page)}
    between = record.summary(frames)
    record.write("live_figures", {"unit": "microseconds per step", **numbers, "milliseconds_between_frames": between,
                                  "module_bytes": modules, "figures": figures})
    steps = [(where, f"{times['median']:.0f}") for where, times in numbers.items()]
    return "\n\n".join([
        record.table([("training step, microseconds", "median"), *steps]),
        record.table([("figure", "bytes", "compute, µs", "draw, µs", "lines of Python", "of JavaScript"),
                      *((name, *(f"{value:,.0f}" for value in costs.values())) for name, costs in figures.items())]),
        record.table([("module", "bytes"), *((name, f"{size:,}") for name, size in modules.items())]),
        f"median time between frames while training: {between['median']:.1f} ms"])


def cost(page, html, name):
    """Microseconds of a figure to compute once and to draw once, and its lines of Python and JavaScript."""
    page.goto((html / f"{name}.html").as_uri())
    page.wait_for_function("Object.keys(live.running).length > 0")
    page.evaluate(IN_PAGE, 20)                                                # until the browser has compiled it
    sources = Path(FIGURES[name].__file__), ROOT / "book" / "_static" / "live" / f"{name}.js"
    return {"compute": page.evaluate(IN_PAGE, 100), "draw": page.evaluate(PAINT, 30),
            **{kind: len(file.read_text("utf-8").splitlines()) for kind, file in zip(("python", "javascript"), sources)}}


def in_python():
    """Microseconds per step of nnlib.fit on the same network."""
    figure = FIGURES["train-network"]
    net, optimizer, examples = figure.network([8], nn.Tanh, 1), nn.Adam(0.03), figure.sets()["moons"]
    nn.fit(net, examples, loss=nn.BinaryCrossEntropy(), optimizer=optimizer, progress=False)
    begin = time.perf_counter()
    nn.fit(net, examples, loss=nn.BinaryCrossEntropy(), optimizer=optimizer, epochs=STEPS, progress=False)
    return 1e6 * (time.perf_counter() - begin) / STEPS
