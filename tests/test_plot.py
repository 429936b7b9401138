"""Pictures: what they show, that they show it by more than colour, and that they can be read."""
import itertools
import warnings

import matplotlib.colors
import matplotlib.pyplot as plt
import numpy as np
import pytest

import nnlib as nn
from nnlib import plot


@pytest.fixture(autouse=True)
def closed_and_silent():
    """No figure is or stays open, and no warning is given: the book fails on one."""
    plt.close("all")                                     # notebooks that other tests ran leave theirs
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    plt.close("all")


@pytest.fixture
def points(rng):
    return nn.data.blobs(30, classes=3, rng=rng)


@pytest.fixture
def net(rng):
    return nn.Sequential(nn.Affine(2, 4, rng=rng), nn.Tanh(), nn.Affine(4, 2, rng=rng), nn.Tanh(), nn.Affine(2, 3, rng=rng))


@pytest.fixture
def history():
    return nn.History(loss=[3.0, 2.0, 1.0], accuracy=[0.2, 0.5, 0.6], validation_loss=[3.0, 1.5, 1.75],
                      validation_accuracy=[0.1, 0.4, 0.3], steps=3)


def pictures(net, points, history):
    """One call of every public function, by name."""
    x, y = points
    net.backward(net.forward(x))
    return {
        "decision_boundary": lambda **k: plot.decision_boundary(net, x, y, **k),
        "hidden_space": lambda **k: plot.hidden_space(net, x, y, **k),
        "learning_curves": lambda **k: plot.learning_curves(history, **k),
        "images": lambda **k: plot.images(np.random.default_rng(0).random((7, 5, 4)), labels=range(7), columns=3, **k),
        "filters": lambda **k: plot.filters(nn.Affine(9, 4, rng=np.random.default_rng(0)), **k),
        "confusion_matrix": lambda **k: plot.confusion_matrix(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1]), **k),
        "gradient_flow": lambda **k: plot.gradient_flow(net, **k),
    }


NAMES = list(pictures(nn.Sequential(nn.Affine(2, 2)), (np.ones((1, 2)), np.zeros(1, int)), None))


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_drawn_into_the_given_axes_or_new_ones(name, net, points, history):
    draw = pictures(net, points, history)[name]
    ax = plt.subplots()[1]
    assert draw(ax=ax) is ax
    assert draw().figure is not ax.figure
    ax.figure.canvas.draw()


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_with_axes_labels_both_of_them(name, net, points, history):
    ax = pictures(net, points, history)[name]()
    assert not ax.axison or (ax.get_xlabel() and ax.get_ylabel())


@pytest.mark.parametrize("name", NAMES)
def test_no_picture_changes_the_readers_own_settings(name, net, points, history):
    before = dict(plt.rcParams)
    pictures(net, points, history)[name]()
    assert dict(plt.rcParams) == before


def luminance(color):
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in matplotlib.colors.to_rgb(color))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_has_a_contrast_of_at_least_4_5_on_a_ground_of_the_figures_own(name, net, points, history):
    ax = pictures(net, points, history)[name]()
    assert ax.figure.get_facecolor()[3] == 1
    ax.figure.canvas.draw()
    words = [text for text in ax.figure.findobj(plt.Text) if text.get_text() and text not in ax.texts]
    assert all(contrast(text.get_color(), ax.figure.get_facecolor()) >= 4.5 for text in words)


def test_numbers_in_a_confusion_matrix_stand_out_from_their_cell():
    y, predicted = map(np.array, zip(*itertools.chain.from_iterable(
        [(row, column)] * (1 + row * (row == column) * column) for row in range(5) for column in range(5))))
    ax = plot.confusion_matrix(y, predicted)
    image = ax.images[0]
    for text in ax.texts:
        column, row = map(int, text.get_position())
        cell = image.cmap(image.norm(image.get_array()[row, column]))
        assert contrast(text.get_color(), cell) >= 4.5, (row, column)


def test_classes_differ_in_shape_as_well_as_in_colour(net, points):
    drawn = plot.decision_boundary(net, *points).collections
    shapes = {tuple(map(tuple, each.get_paths()[0].vertices)) for each in drawn if each.get_label().startswith("class")}
    assert len(shapes) == 3


def test_a_class_looks_the_same_when_another_one_is_missing(net, points):
    x, y = points
    looks = [{each.get_label(): matplotlib.colors.to_hex(each.get_facecolor()[0]) for each in ax.collections
              if each.get_label().startswith("class")}
             for ax in (plot.decision_boundary(net, x, y), plot.decision_boundary(net, x[y != 0], y[y != 0]))]
    assert looks[0].items() >= looks[1].items() and len(looks[1]) == 2


def borders(ax):
    return [each for each in ax.collections if type(each).__name__ == "QuadContourSet" and not each.filled]


def test_the_border_lies_where_the_score_of_one_unit_changes_its_sign():
    net = nn.Sequential(nn.Affine(2, 1))
    net.layers[0].w[...], net.layers[0].b[...] = [[1.0, 2.0]], -1.0
    x = np.array([[-1.0, -1.0], [2.0, 2.0]])
    for border in borders(plot.decision_boundary(net, x, np.array([0, 1]))):
        points = np.concatenate([path.vertices for path in border.get_paths()])
        np.testing.assert_allclose(points @ [1, 2], 1, atol=1e-9)


def test_a_network_that_never_changes_its_mind_has_no_border(points):
    net = nn.Sequential(nn.Affine(2, 1))
    net.layers[0].w[...], net.layers[0].b[...] = 0, 1
    assert not borders(plot.decision_boundary(net, *points))


def test_single_precision_networks_are_drawn_too(points):
    net = nn.Sequential(nn.Affine(2, 3, dtype=np.float32))
    plot.decision_boundary(net, points[0].astype(np.float32), points[1])


def test_the_last_hidden_space_has_straight_borders(net, points):
    drawn = borders(plot.hidden_space(net, *points))
    assert drawn
    for border in drawn:
        path = max(border.get_paths(), key=lambda path: len(path.vertices)).to_polygons(closed_only=False)
        for piece in path:
            steps = np.diff(piece, axis=0)
            corners = np.abs(steps[1:, 0] * steps[:-1, 1] - steps[1:, 1] * steps[:-1, 0])
            assert np.sum(corners > 1e-6) <= 2          # three classes meet in one point


@pytest.mark.parametrize("layer, label", [(0, "principal component 1 of layer 0"), (2, "unit 1 of layer 2"),
                                          (4, "principal component 1 of layer 4")])
def test_any_layer_can_be_looked_at(layer, label, net, points):
    assert plot.hidden_space(net, *points, layer=layer).get_xlabel() == label


def test_a_single_unit_is_drawn_along_a_line_for_each_class(points):
    ax = plot.hidden_space(nn.Sequential(nn.Affine(2, 1)), *points, layer=0)
    assert list(ax.get_yticks()) == [0, 1, 2]


@pytest.mark.parametrize("layer", [-1, 5, "last"])
def test_a_layer_that_is_not_there_is_refused(layer, net, points):
    with pytest.raises(ValueError, match="hidden_space: layer is .*, expected a position 0 ... 4"):
        plot.hidden_space(net, *points, layer=layer)


def test_learning_curves_show_every_epoch_and_ring_the_best(history):
    ax = plot.learning_curves(history)
    training, validation, ring = ax.lines
    assert (list(training.get_xdata()), list(training.get_ydata())) == ([1, 2, 3], [3, 2, 1])
    assert training.get_linestyle() != validation.get_linestyle()
    assert (list(ring.get_xdata()), list(ring.get_ydata())) == ([2], [1.5])


def test_several_histories_differ_in_mark_as_well_as_in_colour(history):
    ax = plot.learning_curves({"SGD": history, "Adam": history}, "accuracy")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "SGD, training", "SGD, validation", "Adam, training", "Adam, validation"]
    assert len({line.get_marker() for line in ax.lines if line.get_label().endswith("training")}) == 2


def test_curves_that_do_not_exist_are_refused(history):
    with pytest.raises(ValueError, match="figure is 'steps', expected 'loss' or 'accuracy'"):
        plot.learning_curves(history, "steps")
    with pytest.raises(ValueError, match="no accuracy to draw"):
        plot.learning_curves(nn.History(loss=[1.0]), "accuracy")


@pytest.mark.parametrize("shape", [(7, 5, 4), (7, 1, 5, 4), (7, 16), (1, 9)])
def test_images_come_back_unchanged_from_the_tiles(shape, rng):
    x = rng.random(shape)
    canvas = plot.images(x, columns=3).images[0].get_array()
    assert np.ma.count(np.ma.masked_invalid(canvas)) == x.size
    assert np.nansum(canvas) == pytest.approx(x.sum())


@pytest.mark.parametrize("shape", [(7,), (7, 15), (7, 3, 5, 4), (0, 5, 4)])
def test_arrays_that_hold_no_grey_images_are_refused(shape):
    with pytest.raises(ValueError, match=r"plot.images: the array has shape .*, expected \(N, H, W\)"):
        plot.images(np.ones(shape))


def test_weights_of_opposite_sign_lie_on_opposite_sides_of_the_middle_and_differ_in_grey_too():
    layer = nn.Affine(4, 1)
    layer.w[...] = [[-2.0, -1.0, 0.0, 1.0]]
    ax = plot.filters(layer)
    assert ax.images[0].get_clim() == (-2, 2)
    greys = [luminance(color) for color in ax.images[0].cmap(np.linspace(0, 1, 9))]
    assert greys == sorted(greys)
    assert ax.figure.axes[1].get_ylabel() == "weight"


def test_filters_of_a_convolution_are_one_picture_for_each_filter_and_channel(rng):
    layer = nn.Conv2d(2, 3, (4, 5), rng=rng)
    canvas = plot.filters(layer).images[0].get_array()
    assert np.nansum(canvas) == pytest.approx(layer.w.sum())


def test_feature_maps_are_the_outputs_for_the_first_image(rng):
    net = nn.Sequential(nn.Conv2d(1, 3, 3, rng=rng), nn.ReLU(), nn.Flatten(), nn.Affine(48, 2, rng=rng))
    x = rng.standard_normal((5, 1, 6, 6))
    ax = plot.feature_maps(net, x, layer=0)
    assert np.nansum(ax.images[0].get_array()) == pytest.approx(net.layers[0].forward(x)[0].sum())
    assert ax.figure.axes[1].get_ylabel() == "output"


def test_feature_maps_of_a_layer_without_channels_are_refused(rng):
    net = nn.Sequential(nn.Flatten(), nn.Affine(36, 2, rng=rng))
    with pytest.raises(ValueError, match=r"layer 1 gives shape \(1, 2\), expected \(N, F, H, W\)"):
        plot.feature_maps(net, rng.standard_normal((5, 1, 6, 6)), layer=1)


def test_a_confusion_matrix_has_true_classes_in_rows():
    ax = plot.confusion_matrix(np.array([0, 0, 1]), np.array([1, 1, 1]))
    counts = {text.get_position(): text.get_text() for text in ax.texts}
    assert counts == {(0, 0): "0", (1, 0): "2", (0, 1): "0", (1, 1): "1"}


def test_gradient_bars_have_the_root_mean_square_of_each_gradient(net, points):
    net.backward(net.forward(points[0]))
    bars = plot.gradient_flow(net).patches
    np.testing.assert_allclose([bar.get_width() for bar in bars],
                               [np.sqrt(np.mean(dw ** 2)) for _, _, dw in net.parameters()])


def test_gradient_bars_before_any_backward_are_refused(net):
    with pytest.raises(ValueError, match="every gradient is 0.\nCall forward, then backward"):
        plot.gradient_flow(net)


# drawings

def test_a_canvas_is_as_large_as_it_says_and_has_one_unit_both_ways():
    ax = plot.canvas(8, 3, unit=0.5)
    assert list(ax.figure.get_size_inches()) == [4, 1.5]
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_aspect()) == ((0, 8), (0, 3), 1)
    assert not ax.axison


def test_a_box_has_its_middle_and_its_text_where_it_is_placed():
    ax = plot.canvas(8, 3)
    plot.box(ax, 4, 1.5, "tanh", width=2, height=1)
    patch, = ax.patches
    np.testing.assert_allclose(patch.get_path().get_extents().get_points(), [[3, 1], [5, 2]])
    text, = ax.texts
    assert (text.get_text(), text.get_position()) == ("tanh", (4, 1.5))
    ground = (1 - patch.get_facecolor()[3]) + patch.get_facecolor()[3] * np.array(patch.get_facecolor()[:3])
    assert contrast(text.get_color(), ground) >= 4.5


def test_an_arrow_leads_from_its_start_to_its_end_with_its_text_above_the_middle():
    ax = plot.canvas(8, 3)
    plot.arrow(ax, (1, 1), (5, 1), "6", line="--")
    drawn, text = ax.texts
    assert (drawn.xyann, drawn.xy) == ((1, 1), (5, 1))
    assert drawn.arrow_patch.get_linestyle() == "--"
    assert text.get_text() == "6" and text.get_position()[0] == 3 and text.get_position()[1] > 1
