"""The difference explorer against the derivatives of sin(x) exp(x), worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_lib.explorers.differences import difference_error, look, wave

X = 1.3
SLOPE = math.exp(X) * (math.sin(X) + math.cos(X))
SECOND = 2 * math.exp(X) * math.cos(X)
THIRD = 2 * math.exp(X) * (math.cos(X) - math.sin(X))


@pytest.mark.parametrize("exponent", [-1.5, -2.0, -3.0])
def test_large_steps_have_the_truncation_error_of_taylor(exponent):
    view = look(exponent)
    h = view.h[view.now]
    forward, central = view.forward[view.now], view.central[view.now]
    assert forward == pytest.approx(abs(h / 2 * SECOND + h**2 / 6 * THIRD) / SLOPE, rel=0.02)
    assert central == pytest.approx(h**2 / 6 * abs(THIRD) / SLOPE, rel=0.02)


def test_tiny_steps_have_rounding_errors_of_eps_over_h():
    view = look(-1.0)
    tiny = view.h < 1e-9
    scale = np.spacing(wave(X)) / view.h[tiny] / SLOPE
    for error in (view.forward[tiny], view.central[tiny]):
        assert np.all(error < 4 * scale)
        assert np.median(error / scale) > 0.05


def test_the_best_steps_are_the_known_ones():
    view = look(-1.0)
    # One place to the left or right is the luck of rounding.
    assert view.h[np.argmin(view.forward)] == pytest.approx(1.8e-8, rel=0.8)
    assert view.h[np.argmin(view.central)] == pytest.approx(5.6e-6, rel=0.8)


@pytest.mark.parametrize(
    ("exponent", "headline", "finding"),
    [
        (-0.5, "h = 0.316 is too large", "Truncation rules both: make h smaller"),
        (-6.5, "between the two best steps", "rounding already the central one"),
        (-12.0, "h = 1e-12 is too small", "Rounding rules both: make h larger"),
    ],
)
def test_words_name_the_regime(exponent, headline, finding):
    view = look(exponent)
    assert headline in view.headline
    assert finding in view.finding


def test_the_glass_shows_the_points_of_the_two_quotients():
    view = look(-1.0)
    h = view.h[view.now]
    assert h == 0.1
    ends = {name: ends[:, 0].tolist() for name, ends in view.secants.items()}
    assert ends == {"forward": [0.0, 1.0], "central": [-1.0, 1.0]}
    for ends in (view.secants["forward"], view.secants["central"]):
        z = X + ends[:, 0] * h
        change = np.sin(z) * np.exp(z) - math.sin(X) * math.exp(X)
        np.testing.assert_allclose(ends[:, 1], change / (h * SLOPE), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("exponent", [-0.5, -2.25, -5.25])
def test_the_line_to_copy_has_the_error_in_the_picture(exponent):
    view = look(exponent)
    setting, quotient = view.code.split("; ")
    names = {"np": np}
    exec(setting, names)
    given = eval(quotient, names)
    error = abs(given / SLOPE - 1)
    assert error == pytest.approx(view.central[view.now], abs=4 * np.finfo(float).eps)


@pytest.mark.parametrize(
    ("f", "at", "says"),
    [
        (np.abs, 1.0, "no complex step at 1.0"),
        (np.cos, 0.0, "derivative of f at 0.0 is 0"),
        (lambda x: np.real(x) ** 2, 2.0, "without abs, max or a comparison"),
    ],
)
def test_a_function_without_an_exact_slope_is_refused(f, at, says):
    with pytest.raises(ValueError, match=says):
        difference_error(f, at)


@pytest.mark.parametrize(("f", "at", "name"), [(np.exp, 0.0, "exp"), (lambda x: 1 / x, -2.0, "f")])
def test_other_functions_are_welcome(f, at, name):
    view = look(-2.0, f, at)
    assert view.slope == (1 if name == "exp" else -1)
    assert view.code.startswith(f"f, x, h = {name}, {at:g}, 0.01; ")
    assert view.central[view.now] < 1e-4
