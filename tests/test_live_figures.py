"""Every live figure, driven in Chromium from file://, against Python; and what remains of it without JavaScript."""
import re
from pathlib import Path
from urllib.parse import parse_qsl

import live_book
import numpy as np
import pytest
from accessibility import axe_faults_but_colours, axe_faults_of_colours, in_both_modes
from bs4 import BeautifulSoup
from live_cases import LIVE, ROOT, RUNS, STEPS, all_cases, as_json, error, largest_error, supplied, train_in_python

from nnlib import kernels
from nnlib.book.figures import FIGURES
from nnlib.book.wasm import missing_tool

TOLERANCE = 1e-12
PLAIN = "\nextensions, html_theme, html_theme_options = ['myst_parser', 'live'], 'basic', {}\n"      # quick to build
pytestmark = pytest.mark.skipif(missing_tool() is not None, reason=missing_tool() or "")


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """The folder of a small book with a page for each figure."""
    folder = tmp_path_factory.mktemp("book")
    live_book.build(folder)
    return folder / "_build" / "html"


@pytest.fixture
def visit(browser, html):
    """visit(figure, state="", width=1280, ...) opens a page; every page must stay free of errors and requests."""
    contexts, problems = [], []

    def open_page(name, state="", width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: problems.append(str(e)))
        page.on("request", lambda r: problems.append(r.url) if not r.url.startswith(("file:", "data:", "blob:")) else None)
        page.goto((html / f"{name}.html").as_uri() + (f"#live-{name}?{state}" if state else ""))
        if options.get("java_script_enabled", True):
            page.wait_for_function("Object.keys(live.running).length > 0")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def status(page):
    return page.locator(".live-status").inner_text()


def running(page, expression):
    """What an expression gives for the page's figure `f`."""
    return page.evaluate(f"() => {{ const f = Object.values(live.running)[0]; return {expression}; }}")


# ---- parity ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", FIGURES)
def test_every_kernel_gives_in_chromium_what_it_gives_in_python(visit, figure):
    page, cases = visit(figure), [case for case in all_cases() if case[0] == figure]
    page.add_script_tag(path=ROOT / "tests" / "live_kernels.js")
    outcomes = page.evaluate("runKernels", {**supplied(figure), "cases": [
        [path.rpartition(".")[2], [as_json(a) for a in args]] for _, path, args in cases]})
    errors = {f"{case[1]}, case {i}": largest_error(case, outcome)
              for i, (case, outcome) in enumerate(zip(cases, outcomes, strict=True))}
    assert {name: e for name, e in errors.items() if not e <= TOLERANCE} == {}


@pytest.mark.parametrize("name", RUNS)
def test_training_in_the_figure_is_nnlib_fit(visit, name):
    run = RUNS[name]
    units = "".join(f"&units{i}={n}" for i, n in enumerate(run["hidden"], 1))
    page = visit("train-network", f"data={run['sets']}&layers={len(run['hidden'])}{units}&activation={run['activation']}"
                                  f"&optimiser={run['optimiser']}&rate={run['rate']}&start={run['start']}&steps={STEPS}")
    losses, parameters = train_in_python(run)
    assert error(running(page, "f.losses()"), losses) <= TOLERANCE
    assert max(error(g, w) for g, w in zip(running(page, "f.parameters()"), parameters, strict=True)) <= TOLERANCE


# ---- tours -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", FIGURES)
def test_a_tour_sets_all_that_its_link_says(visit, figure):
    page = visit(figure)
    tours = page.locator(".live-tours a").all()
    assert 2 <= len(tours) <= 4
    for tour in tours:
        tour.click()
        address = tour.get_attribute("href")
        page.wait_for_function("(href) => Object.values(live.running)[0].link.getAttribute('href') === href", arg=address)
        wanted = dict(parse_qsl(address.partition("?")[2], strict_parsing=True))
        assert {name: str(value) for name, value in running(page, "f.state").items() if name in wanted} == wanted


def test_the_page_of_all_figures_has_of_each_a_picture_and_links_to_its_states(html):
    page = BeautifulSoup((html / "all.html").read_text(), "html.parser")
    for name in FIGURES:
        entry = page.find("figure", id=f"of-live-{name}")
        assert entry.img["src"] == f"_images/{name}.svg" and entry.img["alt"] == FIGURES[name].ALT
        chapter = BeautifulSoup((html / f"{name}.html").read_text(), "html.parser")
        tours = [a["href"] for a in chapter.select(".live-tours a")]
        assert [a["href"] for a in entry.select(".live-tours a")] == [f"{name}.html{tour}" for tour in tours]
    assert not page.select("script[src*=live]") and page.select("link[href*='live.css']")


# ---- computation graph -----------------------------------------------------------------------------------------------


def test_the_third_graph_steps_forward_to_8_and_backward_to_the_gradients_of_the_lecture(visit):
    page = visit("computation-graph")
    step = page.get_by_role("button", name=re.compile("^Step"))
    for _ in range(6):
        step.press("Enter")
    assert "L = ((a + b)w − t)² + w² = 8" in status(page)
    for _ in range(6):
        step.press("Enter")
    assert "dL/da = 8" in status(page) and "Backward is complete" in status(page)
    picture = page.locator(".live-drawing svg").get_attribute("aria-label")
    assert all(words in picture for words in ("dL/da is 8", "dL/db is 8", "dL/dw is 16", "dL/dt is −4"))
    assert page.get_by_role("button", name="All steps made").is_disabled()


def test_an_unfinished_gradient_is_marked_until_all_its_parts_have_come(visit):
    page = visit("computation-graph", "step=11")
    assert "grad 16" in page.locator(".live-drawing").inner_text()
    page.get_by_role("button", name="Undo step").click()
    assert "grad 4 …" in page.locator(".live-drawing").inner_text()


@pytest.mark.parametrize("name", "zJL")
def test_values_typed_into_the_leaves_give_the_gradients_of_python(visit, name, rng):
    page = visit("computation-graph", f"graph={name}")
    numbers = np.round(rng.standard_normal(len(FIGURES["computation-graph"].LEAVES[name])), 3)
    for label, value in zip(FIGURES["computation-graph"].LEAVES[name], numbers):
        page.get_by_label(label, exact=True).fill(str(value))
    page.get_by_role("button", name="All backward").click()
    data, local, gradient = FIGURES["computation-graph"].KERNEL_OF[name](numbers)
    got = running(page, "f.result()")
    assert max(error(got["data"], data), error(got["local"], local), error(got["gradient"], gradient)) <= TOLERANCE


def test_a_leaf_that_is_no_number_is_named_and_the_graph_stays(visit):
    page = visit("computation-graph")
    page.get_by_label("w", exact=True).fill("")
    assert status(page) == "w: expected a number."
    assert page.get_by_label("w", exact=True).get_attribute("aria-invalid") == "true"


# ---- train a network -------------------------------------------------------------------------------------------------


def test_the_button_trains_until_it_is_pressed_again(visit):
    page = visit("train-network")
    page.get_by_role("button", name="Train").press("Enter")
    page.wait_for_function("Object.values(live.running)[0].losses().length > 20")
    page.get_by_role("button", name="Pause").press("Enter")
    steps = running(page, "f.losses().length")
    assert status(page).startswith(f"After {steps} steps: loss ")
    assert f"steps={steps}" in page.url


def test_a_reader_who_wants_no_motion_gets_200_steps_at_once(visit):
    page = visit("train-network", reduced_motion="reduce")
    page.get_by_role("button", name="Train").press("Enter")
    assert status(page).startswith("After 200 steps")


def test_the_address_of_a_trained_network_brings_it_back(visit):
    page = visit("train-network")
    page.get_by_label("Data", exact=True).select_option("circles")
    page.get_by_label("Units in layer 1").fill("6")
    page.get_by_label("Units in layer 1").press("Tab")
    page.get_by_role("button", name="100 steps").click()
    address = page.get_by_role("link", name="Link to this state").get_attribute("href")
    again = visit("train-network", address.partition("?")[2])
    assert running(again, "f.parameters()") == running(page, "f.parameters()")
    assert again.get_by_label("Units in layer 1").input_value() == "6"


def test_units_out_of_range_are_refused_and_the_network_stays(visit):
    page = visit("train-network")
    page.get_by_label("Units in layer 1").fill("99")
    page.get_by_label("Units in layer 1").press("Tab")
    assert status(page) == "Units in layer 1: expected a number from 1 to 8."
    assert len(running(page, "f.parameters()")[0]) == 8                       # (4, 2) as before


def test_a_damaged_address_leaves_the_figure_as_it_begins(visit):
    page = visit("train-network", "data=nonsense&layers=7&units1=-3&rate=x&steps=1e9&other=1")
    assert status(page).startswith("After 0 steps")
    assert page.get_by_label("Data", exact=True).input_value() == "moons"


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_leaves_the_address_alone_until_the_reader_changes_something(visit, figure):
    assert "#" not in visit(figure).url


# ---- train with points held out --------------------------------------------------------------------------------------


def test_training_with_points_held_out_takes_the_steps_of_the_library(visit):
    page = visit("held-out", "batch=10&decay=0.01&dropped=0.2&steps=60")
    _, history = FIGURES["held-out"].train(60, batch=10, decay=0.01, dropped=0.2)
    assert error(running(page, "f.history()"), history) <= TOLERANCE


def test_a_point_of_the_reader_is_added_with_the_keyboard_and_kept_in_the_address(visit):
    page = visit("held-out")
    page.get_by_label("x₁").fill("1.5")
    page.get_by_label("Kind").select_option("1")
    page.get_by_role("button", name="Add the point").press("Enter")
    assert running(page, "f.seen().scores[0].length") == 41                   # a fifth of 200, and this one
    assert page.url.endswith("own=1.5,0,1")


def test_the_status_says_why_a_training_fails(visit):
    page = visit("held-out", "rate=1&steps=600")
    assert "units are dead: 0 for every point" in status(page)


# ---- convolution -----------------------------------------------------------------------------------------------------


def expected_output(digit, weights, stride, padding):
    image = FIGURES["convolution"].digits()[digit][None, None]
    w = np.array(weights, float).reshape(1, 1, 3, 3)
    return kernels.conv2d_forward(image, w, np.zeros(1), (stride, stride), (padding, padding))


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_an_edited_filter_gives_the_output_of_the_library(visit, stride, padding):
    page = visit("convolution")
    page.get_by_label("Digit", exact=True).select_option("7")
    page.get_by_label("Stride").select_option(str(stride))
    page.get_by_label("Padding", exact=True).select_option(str(padding))
    page.get_by_label("Pooling").select_option("avg")
    page.get_by_label("Weight in row 2, column 3").fill("-2.5")
    y = expected_output(7, [-1, 0, 1, -1, 0, -2.5, -1, 0, 1], stride, padding)
    got = running(page, "f.result()")
    assert error(got["y"]["values"], y) <= TOLERANCE
    assert error(got["pooled"]["values"], kernels.avg_pool2d_forward(y, (2, 2), (2, 2))) <= TOLERANCE
    assert page.get_by_label("Filter", exact=True).input_value() == "own"


def test_the_nine_products_add_up_to_the_output(visit):
    got = running(visit("convolution"), "f.result()")
    products = np.reshape(got["products"]["values"], (9, -1))
    np.testing.assert_allclose(products.sum(axis=0), got["y"]["values"], atol=1e-14)


def test_the_filter_is_dragged_with_the_mouse_and_moved_with_the_keyboard(visit):
    page = visit("convolution")
    canvas = page.get_by_role("img", name=re.compile("The digit as numbers"))
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    cell = box["width"] / 8
    page.mouse.move(box["x"] + 2.5 * cell, box["y"] + 3.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 6.5 * cell, box["y"] + 4.5 * cell, steps=4)
    page.mouse.up()
    assert (page.get_by_label("Output row").input_value(), page.get_by_label("Output column").input_value()) == ("4", "6")
    page.get_by_label("Output row").press("ArrowUp")
    page.get_by_label("Output row").press("Tab")
    y = expected_output(4, FIGURES["convolution"].FILTERS["vertical"][1], 1, 0)[0, 0]
    assert "Output at row 5, column 6:" in status(page)
    shown = page.locator(".live-sum").inner_text().removeprefix("Sum: ").replace("−", "-")
    assert float(shown) == pytest.approx(y[4, 5], abs=0.01)


# ---- one head of attention ------------------------------------------------------------------------------------------


def test_a_turned_query_and_a_mask_give_the_weights_and_the_mix_of_the_library(visit):
    page, figure = visit("attention-head", "sentence=ball"), FIGURES["attention-head"]
    page.get_by_label("Word that asks").fill("7")
    page.get_by_label("Word that asks").press("Tab")
    page.get_by_label("Query, second number").fill("3")
    page.get_by_label("Looks at", exact=True).select_option("on")
    qkv, _, _ = figure.head(figure.SENTENCES["ball"].split())
    qkv[6, 1] = 3
    y, p = kernels.attention_forward(qkv[None], 1, True)
    got = running(page, "f.result()")
    assert max(error(got["p"], p), error(got["y"], y)) <= TOLERANCE
    page.get_by_role("button", name="Its own query").click()
    _, y, p = figure.head(figure.SENTENCES["ball"].split(), causal=True)
    assert max(error(running(page, "f.result()")["p"], p), error(running(page, "f.result()")["y"], y)) <= TOLERANCE


def test_a_sentence_of_the_reader_is_kept_in_the_address_and_one_too_long_is_refused(visit):
    page = visit("attention-head", "words=They+ate+snow&sentence=own&asks=1&at=3")
    assert "“They” asks “snow”" in status(page) and "No features are known of “snow”" in status(page)
    assert running(page, "f.inputs.asks.max") == "3"
    page.get_by_label("Sentence in words").fill("one two three four five six seven eight nine")
    page.get_by_label("Sentence in words").press("Tab")
    assert status(page) == "Sentence in words: expected 1 to 8 words of letters."
    page.get_by_label("Sentence in words").fill("he saw it")
    page.get_by_label("Sentence in words").press("Tab")
    assert "words=he+saw+it" in page.url and len(running(page, "f.result()")["p"]) == 9


# ---- a network that reads digits -----------------------------------------------------------------------------------


@pytest.mark.parametrize("digit", [3, 8])
def test_a_drawn_digit_goes_through_the_network_as_in_the_library(visit, digit):
    figure = FIGURES["digit-cnn"]
    got = running(visit("digit-cnn", f"digit={digit}"), "f.result()")
    image = figure.drawn(figure.STROKES[digit])
    maps, p = figure.network(image)
    assert error(got["image"], image) <= TOLERANCE and error(got["p"], p) <= TOLERANCE and p.argmax() == digit
    assert max(error(got["maps"][name], maps[name]) for name in maps) <= TOLERANCE


def test_every_digit_to_begin_with_is_read_rightly():
    figure = FIGURES["digit-cnn"]
    assert [figure.network(figure.drawn(strokes))[1].argmax() for strokes in figure.STROKES] == list(range(10))


@pytest.mark.parametrize(("digit", "change", "read"), [
    (8, lambda image: image.__setitem__((slice(5, 10), slice(7, 12)), 0), 3),
    (9, lambda image: image.__setitem__((slice(3, 8), slice(11, 16)), 0), 4),
    (3, lambda image: image.__setitem__(..., np.pad(image, ((0, 0), (7, 0)))[:, :28]), 2)])
def test_a_digit_that_is_covered_or_moved_is_read_as_its_tour_says(digit, change, read):
    image = FIGURES["digit-cnn"].drawn(FIGURES["digit-cnn"].STROKES[digit])
    change(image)
    p = FIGURES["digit-cnn"].network(image)[1]
    assert p.argmax() == read and p.max() > 0.95


def test_a_unit_sees_the_pixels_in_the_frame_and_no_others(rng):
    figure = FIGURES["digit-cnn"]
    for name, (_, _, side, sees, stride) in figure.LAYERS.items():
        i, j = rng.integers(side, size=2)
        image, other = rng.uniform(size=(2, 28, 28))
        rows, columns = (slice(stride * place, stride * place + sees) for place in (i, j))
        other[rows, columns] = image[rows, columns]
        mine, same = (figure.network(each)[0][name][0, :, i, j] for each in (image, other))
        np.testing.assert_allclose(same, mine, atol=1e-12)
        assert rows.stop <= 28 and np.any(mine > 0)


def test_a_stroke_and_a_patch_come_from_the_pointer_and_are_kept_in_the_address(visit):
    page = visit("digit-cnn")
    page.get_by_role("button", name="Empty paper").click()
    canvas = page.get_by_role("img", name=re.compile("The digit, 28 by 28"))
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    cell = box["width"] / 28
    page.mouse.move(box["x"] + 14.5 * cell, box["y"] + 4.5 * cell)
    page.mouse.down()
    page.mouse.move(box["x"] + 14.5 * cell, box["y"] + 23.5 * cell, steps=5)
    page.mouse.up()
    assert status(page).startswith("Read as 1") and re.search(r"digit=own&strokes=e4e4\w*en", page.url)
    page.get_by_label("The pointer").select_option("cover")
    page.mouse.click(box["x"] + 14.2 * cell, box["y"] + 14.2 * cell)
    assert "patch=7&prow=12&pcol=12" in page.url and sum(running(page, "f.result().image.slice(28 * 13, 28 * 14)")) == 0


# ---- logistic loss ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [16, 120])
def test_steps_on_the_map_are_those_of_the_library(visit, batch):
    page = visit("logistic-loss", f"batch={batch}&steps=30")
    weights, losses = FIGURES["logistic-loss"].descend(3, 30, batch)
    assert error(running(page, "f.path().map((step) => step.w)"), weights) <= TOLERANCE
    assert error(running(page, "f.path().map((step) => step.loss)"), losses) <= TOLERANCE
    assert status(page).startswith("Step 30, w = (")


def test_the_line_that_is_dragged_among_the_beans_moves_the_point_on_the_map(visit):
    page = visit("logistic-loss")
    canvas = page.get_by_role("img", name=re.compile("^Beans with the boundary"))
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 26 + (box["width"] - 32) / 2, box["y"] + 40)              # above the middle of the plane
    page.mouse.down()
    page.mouse.move(box["x"] + 26 + (box["width"] - 32) / 4, box["y"] + 6 + (box["height"] - 30) / 2)     # (-2, 0)
    page.mouse.up()
    w1, w2 = running(page, "f.path().at(-1).w")
    assert w1 == pytest.approx(-np.log(9) / 2, abs=0.05) and w2 == pytest.approx(0, abs=0.05)      # 90 % sure there
    assert float(page.get_by_label("w₁ at the start").input_value()) == w1
    assert "beans on the wrong side" in status(page)


# ---- backward, step by step ------------------------------------------------------------------------------------------


def test_typed_numbers_and_every_mistake_give_the_gradients_of_python(visit):
    figure = FIGURES["backward-steps"]
    page, numbers = visit("backward-steps"), figure.arrays()
    page.get_by_label("W₁[1,0]").fill("1.25")
    numbers["w1"][1, 0] = 1.25
    page.get_by_role("button", name="All backward").click()
    for mistake in figure.MISTAKES:
        page.get_by_label("Mistake").select_option(mistake)
        got, wanted = running(page, "f.result()"), figure.backward(numbers, mistake)
        assert max(error(got["gradients"][name], values) for name, values in wanted.items()) <= TOLERANCE
        losses = figure.along(numbers, mistake, np.linspace(0, 1, 41))
        assert error(got["curves"]["made"]["losses"], losses) <= TOLERANCE


def test_each_click_says_which_numbers_it_multiplies_or_adds(visit):
    page = visit("backward-steps")
    step = page.get_by_role("button", name=re.compile("^Step"))
    step.press("Enter")
    assert status(page) == ("Forward 1 of 6: a[0] = W₁[0,0] × x[0] + W₁[0,1] × x[1] + b₁[0] "
                            "= 0.8 × 0.5 + (−0.6) × 1.5 + 0.2 = −0.3.")
    for _ in range(7):
        step.press("Enter")
    assert status(page) == "Backward 2 of 14: dW₂[0,0] = dŷ × h[0] = (−0.6363) × (−0.2913) = 0.1854."
    assert page.locator(".live-now").count() == 3                                        # what was used, and what was made


# ---- optimisers race -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("land", FIGURES["optimiser-race"].LANDS)
def test_every_racer_takes_the_steps_of_its_optimiser_on_a_turned_land(visit, land):
    figure = FIGURES["optimiser-race"]
    paths = running(visit("optimiser-race", f"land={land}&angle=30&steps=40&x=1.2"), "f.paths()")
    for name in figure.RACERS:
        points, losses = figure.race(name, land, 30, (1.2, 0.9), 40)
        assert error(paths[name], np.column_stack([points, losses])) <= TOLERANCE, name


def test_the_racers_of_the_library_are_those_of_its_optimisers():
    import nnlib as nn

    figure = FIGURES["optimiser-race"]
    optimizers = {"sgd": nn.SGD(0.07), "momentum": nn.SGD(0.03, momentum=0.8), "rmsprop": nn.RMSProp(0.1, alpha=0.9),
                  "nesterov": nn.SGD(0.03, momentum=0.8, nesterov=True), "adam": nn.Adam(0.2, betas=(0.8, 0.99))}
    for name, optimizer in optimizers.items():
        point, path = nn.Affine(2, 1), [np.array(figure.START)]
        point.w[...] = path[0]
        for _ in range(20):
            point.dw = (np.array([1.0, 25.0]) * path[-1])[None]
            optimizer.step(point)
            path.append(point.w[0].copy())
        np.testing.assert_allclose(figure.race(name, steps=20)[0], path, rtol=1e-9, err_msg=name)


# ---- signals through depth -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("activation", "norm", "shortcut"),
                         [("relu", "batch", True), ("tanh", "layer", False), ("sigmoid", "none", True)])
def test_sizes_and_gradients_of_all_layers_are_those_of_the_library(visit, activation, norm, shortcut):
    figure = FIGURES["signals-depth"]
    page = visit("signals-depth", f"scale=1.41&activation={activation}&norm={norm}&shortcut={'yes' if shortcut else 'no'}")
    seen, (outputs, gradients) = running(page, "f.seen()"), figure.signals(1.41, activation, norm, shortcut)
    assert error(seen["sizes"], figure.size(outputs)) <= TOLERANCE
    assert error(seen["cosines"], figure.cosine(outputs)) <= TOLERANCE
    assert error(seen["gradients"], figure.size(gradients)) <= TOLERANCE


# ---- for every reader ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("width", [1280, 390], ids=["desktop", "phone"])        # in one worker, which has built the book
def test_a_figure_is_clean_to_axe_in_light_and_dark_and_never_scrolls_sideways(visit, figure, width):
    page, shown = visit(figure, width=width), []
    assert axe_faults_but_colours(page) == []
    for _ in in_both_modes(page):
        assert axe_faults_of_colours(page) == []
        shown.append(page.evaluate("[...document.querySelectorAll('body *')].map((e) => e.checkVisibility())"))
    assert shown[0] == shown[1], "both modes show the same elements, so that axe is asked once for all but their colours"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("figure", FIGURES)
def test_every_control_of_a_figure_is_reached_with_the_tab_key(visit, figure):
    page = visit(figure)
    controls = "[...f.element.querySelectorAll('select, input, button, a')]"
    wanted = running(page, f"{controls}.filter((e) => e.checkVisibility() && !e.disabled).length")
    page.locator(".live :is(select, input, button)").first.focus()
    reached = 0
    while page.evaluate("document.activeElement.closest('.live') !== null"):
        reached += 1
        page.keyboard.press("Tab")
    assert reached == wanted


@pytest.mark.parametrize("figure", FIGURES)
def test_without_javascript_there_is_the_picture_with_a_sentence(visit, figure):
    page = visit(figure, java_script_enabled=False)
    assert page.locator("figure.live-figure img").is_visible()
    assert page.get_by_text(FIGURES[figure].SENTENCE).is_visible()
    assert page.locator(".live-tours").is_visible()
    assert not page.locator(".live").is_visible()


@pytest.mark.parametrize("figure", FIGURES)
def test_on_paper_the_picture_stands_in_the_place_of_the_running_figure(visit, figure):
    page = visit(figure)
    assert not page.locator("figure.live-figure img").is_visible()
    page.emulate_media(media="print")
    assert page.locator("figure.live-figure img").is_visible()
    assert page.get_by_text(FIGURES[figure].SENTENCE).is_visible()
    assert not page.locator(".live").is_visible()


# ---- the directive ---------------------------------------------------------------------------------------------------


def test_a_page_without_a_figure_loads_no_script_of_theirs(html):
    assert "live.js" not in (html / "index.html").read_text()


def test_an_unknown_figure_or_a_tour_of_another_form_fails_the_build_and_says_what_was_expected(tmp_path):
    page = "# P\n\n```{live-figure} nonsense\n```\n\n```{live-figure} convolution\nCaption.\n\n- [only a link](x=1)\n```\n"
    run = live_book.build(tmp_path, {"page": page}, check=False, conf=PLAIN)
    assert run.returncode != 0
    assert f"there is no figure 'nonsense', expected one of {', '.join(FIGURES)}" in run.stderr
    assert "a tour is '[only a link](x=1)', expected [words of the link](state): what to look for" in run.stderr


def test_a_kernel_that_cannot_be_exported_fails_the_build_by_name(tmp_path):
    wrong = ("\nfrom nnlib.book.figures import FIGURES\n"
             "FIGURES['convolution'].KERNELS = {'nnlib.kernels.no_such': ('vector',)}\n")
    page = {"page": "# Page\n\n```{live-figure} convolution\n```\n"}
    run = live_book.build(tmp_path, page, check=False, conf=PLAIN + wrong)
    assert run.returncode != 0
    assert "nnlib.kernels.no_such: there is no kernel of this name" in run.stderr


def test_without_ziglang_the_book_builds_with_pictures_and_says_so_once(tmp_path):
    missing = "\nimport nnlib.book.wasm\nnnlib.book.wasm.missing_tool = lambda: 'ziglang is not installed'\n"
    run = live_book.build(tmp_path, {"page": f"# Page\n\n{live_book.chapters()['convolution'][1]}\n"}, conf=PLAIN + missing)
    assert run.stdout.count("only their static pictures, because ziglang is not installed") == 1
    page = (tmp_path / "_build/html/page.html").read_text()
    assert "convolution.js" not in page and "_images/convolution.svg" in page


def test_the_scripts_are_plain_and_small_enough_to_read():
    for script in LIVE.glob("*.js"):
        text = Path(script).read_text("utf-8")
        assert len(text.splitlines()) < 400, script.name
        assert not re.search(r"^\s*(import|export)\b|https?:(?!//www.w3.org/2000/svg)", text, re.M), script.name
