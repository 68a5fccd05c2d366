"""The explorer of Adam's means against closed forms of constant and alternating gradients."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.explorers.moments import STEPS, adam_moments, look
from course_lib.optimizers import Adam
from course_lib.streams import STREAMS, remember

T = np.arange(1, STEPS + 1)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.5, 0.95), (0.0, 0.9)])
def test_constant_gradients(beta1, beta2):
    view = look(1, beta1, beta2)
    assert view.name == "constant"
    np.testing.assert_allclose(view.m, 1 - beta1**T, rtol=1e-9)
    np.testing.assert_allclose(view.root_v, np.sqrt(1 - beta2**T), rtol=1e-9)
    for flat in (view.m_hat, view.root_v_hat, view.step):
        np.testing.assert_allclose(flat, 1, rtol=1e-6)
    raw = (1 - beta1**T) / np.sqrt(1 - beta2**T)
    np.testing.assert_allclose(view.step_raw, raw, rtol=1e-5)


@pytest.mark.parametrize("beta1", [0.9, 0.5])
def test_gradients_that_change_sign(beta1):
    view = look(2, beta1, 0.999)
    # m = (1 - beta1) sum of (-beta1)^k, with the sign of the newest gradient
    m = (1 - beta1) * (1 - (-beta1) ** T) / (1 + beta1) * view.gradients
    np.testing.assert_allclose(view.m, m, rtol=1e-9)
    np.testing.assert_allclose(view.step, m / (1 - beta1**T), rtol=1e-6)


@pytest.mark.parametrize(
    ("pattern", "headline", "finding"),
    [
        (1, "no step is larger than lr", "of 1 lr with correction and of 3.16 lr without"),
        (2, "no step is larger than lr", "The largest corrected step is 1 lr, at step 1."),
        # The mean of 1 in 10, over its root: 0.1 / sqrt(0.1), and a little more at the gradient
        (5, "no step is larger than 0.484 lr", "of 0.484 lr with correction"),
        (6, "a step reaches 2.15 lr", "at step 114"),
        (7, "a step reaches 3.1 lr", "The largest corrected step is 3.1 lr, at step 200."),
    ],
)
def test_words_say_what_the_numbers_say(pattern, headline, finding):
    view = look(pattern, 0.9, 0.999)
    assert headline in view.headline
    assert finding in view.finding


@pytest.mark.parametrize("pattern", range(1, len(STREAMS) + 1))
def test_the_line_to_copy_gives_the_steps_in_the_picture(pattern):
    view = look(pattern, 0.8, 0.99)
    path, _ = eval(view.code, {"remember": remember, "Adam": Adam, "STREAMS": STREAMS})
    np.testing.assert_array_equal(-np.diff(path), view.step)
    assert np.abs(view.gradients).max() == 1


@pytest.mark.parametrize(("number", "name"), list(enumerate(STREAMS, start=1)))
def test_a_button_for_every_stream(number, name):
    explorer = adam_moments()
    buttons = {w.description: w for w in explorer.panel.children[1].children}
    explorer.controls["pattern"].value = 1 + number % len(STREAMS)
    buttons[f"{number}: {name}"].click()
    assert explorer.view.name == name


@pytest.mark.parametrize("betas", [(1.0, 0.999), (-0.1, 0.999), (0.9, 0.5), (0.9, 0.9999)])
def test_what_no_slider_can_reach_is_refused(betas):
    with pytest.raises(ValueError, match=r"beta1 must be from 0 to 0\.99 and beta2 from 0\.9"):
        adam_moments(*betas)
