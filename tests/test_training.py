"""The epoch loop: what it records, when it stops, and what it leaves behind."""
import math
import warnings

import numpy as np
import pytest

import nnlib as nn


@pytest.fixture
def moons():
    rng = np.random.default_rng(3)
    return nn.data.moons(60, rng=rng), nn.data.moons(30, rng=rng)


def train(moons, seed=0, *, learning_rate=0.5, loss=None, **settings):
    rng = np.random.default_rng(seed)
    net = nn.Sequential(nn.Affine(2, 3, rng=rng), nn.Tanh(), nn.Dropout(0.1, rng=rng), nn.Affine(3, 1, rng=rng))
    settings = dict(epochs=3, batch_size=25, rng=rng) | settings
    history = nn.fit(net, moons[0], loss=loss or nn.BinaryCrossEntropy(), optimizer=nn.SGD(learning_rate), **settings)
    return net, history


def weights(net):
    return np.concatenate([w.ravel() for _, w, _ in net.parameters()])


def test_the_history_has_one_figure_per_epoch_and_counts_the_steps(moons):
    _, history = train(moons, validation=moons[1])
    assert [len(figures) for figures in (history.loss, history.accuracy, history.validation_loss,
                                         history.validation_accuracy)] == [3, 3, 3, 3]
    assert history.steps == 3 * math.ceil(60 / 25)


def test_the_loss_of_an_epoch_is_the_mean_over_examples_also_with_a_short_last_batch(moons):
    (x, y), _ = moons
    net = nn.Sequential(nn.Affine(2, 1, rng=np.random.default_rng(0)))
    history = nn.fit(net, (x, y), loss=nn.BinaryCrossEntropy(), optimizer=nn.SGD(0.0), batch_size=25)
    np.testing.assert_allclose([history.loss[0], history.accuracy[0]],
                               nn.evaluate(net, (x, y), loss=nn.BinaryCrossEntropy()), rtol=1e-12)


def test_training_lowers_the_loss(moons):
    _, history = train(moons, epochs=40)
    assert history.loss[-1] < 0.6 * history.loss[0]


def test_the_same_seed_gives_the_same_numbers(moons):
    (first, history), (second, again) = train(moons, 7), train(moons, 7)
    assert history == again
    np.testing.assert_array_equal(weights(first), weights(second))


def test_another_seed_gives_other_numbers(moons):
    assert train(moons, 7)[1] != train(moons, 8)[1]


def test_a_loss_without_classes_leaves_the_accuracies_empty(moons):
    (x, y), (xv, yv) = moons
    _, history = train([(x, y[:, None].astype(float))], loss=nn.MeanSquaredError(),
                       validation=(xv, yv[:, None].astype(float)))
    assert (len(history.validation_loss), history.accuracy, history.validation_accuracy) == (3, [], [])


def test_patience_stops_after_so_many_epochs_without_a_smaller_validation_loss(moons):
    (x, y), _ = moons
    _, history = train(moons, validation=(x, 1 - y), patience=2, epochs=50)
    assert len(history.loss) == history.best_epoch + 1 + 2 < 50


@pytest.mark.parametrize("epochs", [4, 50], ids=["when the epochs run out", "when patience runs out"])
def test_patience_restores_the_parameters_and_statistics_of_the_best_epoch(epochs):
    rng = np.random.default_rng(5)
    x, y = nn.data.blobs(40, rng=rng)
    net = nn.Sequential(nn.Affine(2, 3, rng=rng), nn.BatchNorm(3), nn.Affine(3, 1, rng=rng))
    seen = []
    history = nn.fit(net, (x, y), loss=nn.BinaryCrossEntropy(), optimizer=nn.SGD(0.5), epochs=epochs, batch_size=20,
                     validation=(x, 1 - y), patience=10 if epochs == 4 else 2, rng=rng,
                     callbacks=[lambda net, _: seen.append({name: array.copy() for name, array in net.state().items()})])
    assert history.best_epoch < len(history.loss) - 1
    for name, array in net.state().items():
        np.testing.assert_array_equal(array, seen[history.best_epoch][name])


def test_a_callback_sees_the_network_and_the_history_after_every_epoch(moons):
    seen = []
    net, _ = train(moons, callbacks=[lambda *given: seen.append((given[0], len(given[1].loss)))])
    assert seen == [(net, 1), (net, 2), (net, 3)]


def test_training_stops_when_a_callback_returns_true_after_all_of_them_were_called(moons):
    calls = []
    _, history = train(moons, callbacks=[lambda net, history: len(history.loss) == 2, lambda *_: calls.append(1)])
    assert (len(history.loss), len(calls)) == (2, 2)


class Interrupting(nn.BinaryCrossEntropy):
    """A loss during whose eighth batch the student presses stop: in the third epoch of three batches."""

    calls = 0

    def forward(self, scores, y):
        self.calls += 1
        if self.calls == 8:
            raise KeyboardInterrupt
        return super().forward(scores, y)


def test_an_interrupt_keeps_the_complete_epochs_and_all_steps(moons, capsys):
    net, history = train(moons, loss=Interrupting(), epochs=9)
    _, two_epochs = train(moons, epochs=2)
    assert (history.loss, history.steps) == (two_epochs.loss, 7)
    assert "interrupted in epoch 3 of 9, after 7 steps" in capsys.readouterr().out
    assert np.isfinite(nn.evaluate(net, moons[1], loss=nn.BinaryCrossEntropy())[0])


def test_a_loss_that_is_not_finite_stops_with_its_step_and_what_to_try(moons):
    (x, y), _ = moons
    targets = 1e200 * (1 + y[:, None])
    with np.errstate(over="ignore"), pytest.raises(
            FloatingPointError, match=r"the loss is inf at step 0 \(epoch 1\)(.|\n)*smaller learning_rate than 0.5"):
        train([(x, targets)], loss=nn.MeanSquaredError())


def test_a_validation_loss_that_is_not_finite_stops_too(moons):
    (x, y), _ = moons
    with np.errstate(over="ignore"), pytest.raises(
            FloatingPointError, match=r"the validation loss is inf at step 3 \(epoch 1\)"):
        train([(x, y[:, None].astype(float))], loss=nn.MeanSquaredError(), validation=(x, np.full((60, 1), 1e200)))


@pytest.mark.parametrize("given, words", [
    (dict(epochs=0), "epochs is 0, expected a whole number of at least 1"),
    (dict(epochs=None), "epochs is None"),
    (dict(batch_size=2.5), "batch_size is 2.5"),
    (dict(patience=0), "patience is 0"),
    (dict(patience=3), "patience needs a validation loss to watch"),
], ids=str)
def test_a_setting_out_of_range_is_refused(moons, given, words):
    with pytest.raises(ValueError, match=f"fit: {words}"):
        train(moons, **given)


def test_a_single_function_for_callbacks_is_refused(moons):
    with pytest.raises(TypeError, match="expected a list of functions"):
        train(moons, callbacks=print)


@pytest.mark.parametrize("examples, words", [
    (np.ones((3, 2)), "examples is ndarray, expected a pair of arrays"),
    ((np.ones((3, 2)), np.ones(4)), "3 inputs and 4 targets"),
    ((np.ones((3, 2)), 1), "a single number as targets"),
    ((np.ones((0, 2)), np.ones(0)), r"shape \(0, 2\), expected at least one example"),
    ((np.array([[1.0, 2.0], [3.0, np.nan]]), np.ones(2)), r"x of examples is nan at \(1, 1\)"),
    ((np.array([[1.0, np.inf]]), np.ones(1)), r"x of examples is inf at \(0, 1\)"),
], ids=["no pair", "lengths", "a number", "empty", "nan", "inf"])
def test_examples_that_cannot_be_trained_on_are_refused_by_the_function_that_got_them(examples, words):
    net = nn.Sequential(nn.Affine(2, 1))
    with pytest.raises(ValueError, match=f"^fit: .*{words}"):
        nn.fit(net, examples, loss=nn.BinaryCrossEntropy(), optimizer=nn.SGD(0.1))
    with pytest.raises(ValueError, match=f"^evaluate: .*{words}"):
        nn.evaluate(net, examples, loss=nn.BinaryCrossEntropy())


def test_integer_inputs_are_left_to_the_layer_that_gets_them():
    x, y = np.array([[0, 1], [2, 3]]), np.array([0, 1])
    with pytest.raises(ValueError, match="Affine.forward: x has dtype int64"):
        nn.fit(nn.Sequential(nn.Affine(2, 1)), (x, y), loss=nn.BinaryCrossEntropy(), optimizer=nn.SGD(0.1))


def test_nothing_is_written_to_stderr(moons, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(moons, validation=moons[1])
    assert capsys.readouterr().err == ""


def test_a_history_prints_in_one_line():
    history = nn.History(loss=[0.5, 0.25], validation_loss=[0.5, 0.75], steps=8)
    assert repr(history) == "History(2 epochs, 8 steps, loss 0.2500, validation_loss 0.7500)"
    assert history.best_epoch == 0
