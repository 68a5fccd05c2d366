"""The depth explorer: factors a layer from closed forms, its words, and its line to copy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib.data import digits
from course_lib.depth import deep, signals
from course_lib.explorers.depth_signals import depth_signals, look

SIGMOID, TANH, RELU = 1, 2, 3


def factor(view):
    hidden = view.spread[:-1]
    return (hidden[-1] / hidden[0]) ** (1 / (len(hidden) - 1))


@pytest.mark.parametrize(
    ("kind", "gain", "a_layer"),
    [
        # Small signals meet the slope at 0, 1/4 or 1: a layer multiplies them by gain times that.
        (SIGMOID, 0.1, 0.1 / 4),
        (SIGMOID, 0.5, 0.5 / 4),
        (TANH, 0.05, 0.05),
        (TANH, 0.3, 0.3),
        (RELU, 0.5, 0.5 / math.sqrt(2)),
        (RELU, 2.0, 2.0 / math.sqrt(2)),
    ],
)
def test_a_layer_multiplies_by_gain_times_slope(kind, gain, a_layer):
    # 32 units are few: one draw of ten layers is off by some per cent a layer.
    assert factor(look(kind, gain, 10)) == pytest.approx(a_layer, rel=0.15)


@pytest.mark.parametrize(("kind", "gain", "layers"), [(SIGMOID, 1.0, 10), (RELU, 1.41, 20)])
def test_weights_scale_a_relu_exactly_and_ratios_are_ratios(kind, gain, layers):
    view = look(kind, gain, layers)
    assert view.ratio == view.gradients[0] / view.gradients[-1]
    assert len(view.spread) == len(view.activations) == len(view.gradients) == layers
    assert np.all(view.spread <= view.activations)


def test_doubling_the_gain_of_relu_doubles_every_layer():
    one, two = look(RELU, 0.5, 10), look(RELU, 1.0, 10)
    layer = np.arange(1, 11)
    np.testing.assert_allclose(two.spread, 2.0**layer * one.spread, rtol=1e-9)
    np.testing.assert_allclose(two.activations, 2.0**layer * one.activations, rtol=1e-9)


@pytest.mark.parametrize(
    ("kind", "gain", "layers", "headline", "finding"),
    [
        (SIGMOID, 1.0, 10, "layer 1 gets 2.05e-06 of layer 10", "it vanishes"),
        (TANH, 0.06, 10, "no layer gets anything", "none of them gets anything"),
        (TANH, 1.0, 10, "every layer is reached", "tanh, gain 1, 10 layers"),
        (RELU, 1.41, 20, "every layer is reached", "ReLU, gain 1.41, 20 layers"),
        (RELU, 3.0, 20, "it explodes", "leaps too far"),
        (TANH, 1.0, 2, "Backward: every layer is reached", "after layer 1 and 0.2"),
    ],
)
def test_words_say_what_the_numbers_say(kind, gain, layers, headline, finding):
    view = look(kind, gain, layers)
    assert headline in view.headlines[1]
    assert finding in view.finding


def test_two_layers_have_no_factor_a_layer():
    assert look(TANH, 1.0, 2).headlines[0] == "Forward: one hidden layer"


def test_the_line_to_copy_gives_the_sizes_in_the_picture():
    view = look(TANH, 1.23, 7)
    X, y = digits().train
    known = {"signals": signals, "deep": deep, "np": np, "X": X, "y": y}
    sizes = eval(view.code, known)
    for mine, shown in zip(sizes, (view.activations, view.spread, view.gradients), strict=True):
        np.testing.assert_array_equal(mine, shown)


@pytest.mark.parametrize(
    ("label", "setting", "value"),
    [("3: ReLU", "kind", 3), ("He", "gain", 1.41), ("0.01 for all", "gain", 0.06)],
)
def test_the_buttons_go_to_the_settings(label, setting, value):
    explorer = depth_signals()
    buttons = [w for row in explorer.panel.children[:2] for w in row.children]
    (button,) = (w for w in buttons if w.description == label)
    button.click()
    assert explorer.settings[setting] == value


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"activation": "swish"}, "sigmoid, tanh, relu, got 'swish'"),
        ({"gain": 0.0}, "gain must be from 0.05 to 3, got 0.0"),
        ({"layers": 21}, "layers must be from 2 to 20, got 21"),
    ],
)
def test_what_no_slider_can_reach_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        depth_signals(**arguments)
