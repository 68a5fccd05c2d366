"""The gradient cloud explorer against the noise of a sample mean, and its words."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.batches import example_gradients, gradient_noise, patients, squared_error_grad
from course_lib.explorers.gradient_cloud import gradient_cloud, look
from course_lib.problems import least_squares

PATIENTS = least_squares(*patients())


@pytest.mark.parametrize(("power", "B"), [(0, 1), (2, 4), (6, 64), (8, 256)])
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_the_ring_is_as_large_as_the_cloud(power, B, place):
    view = look(power, place, PATIENTS)
    assert view.B == B
    # The gradient of mean((X w - y)^2) is 2/N X^T (X w - y).
    X, y = patients()
    whole = 2 / 442 * X.T @ (X @ view.w - y)
    np.testing.assert_allclose(view.whole, whole, atol=1e-12)
    spread = np.sqrt(np.mean(np.sum((view.batches - whole) ** 2, axis=1)))
    assert view.typical == pytest.approx(spread, rel=0.12)  # 300 batches: one sigma is 4 %


@pytest.mark.parametrize("place", [0.2, 1.0])
def test_four_times_the_batch_is_half_the_noise(place):
    view = look(0, place, PATIENTS)
    at = dict(zip(view.sizes.tolist(), view.drawn_anew, strict=True))
    cut = dict(zip(view.sizes.tolist(), view.shuffled, strict=True))
    assert at[1] == pytest.approx(2 * at[4], rel=1e-12)
    assert cut[4] / at[4] == pytest.approx((438 / 441) ** 0.5, rel=1e-12)
    assert cut[442] == 0


WORDS = [
    # power, place, in the headline, in the finding
    (0, 1.0, "More noise than signal", "1 of 442 patients in a batch"),
    (2, 1.0, "More signal than noise", "which is 1.63 long"),
    (6, 1.0, "Every batch points downhill", "None of 300 batches points uphill"),
    (9, 0.4, "no noise", "All 442 patients in a batch: its gradient is typically 0 away"),
    (5, 0.0, "At the minimum", "which is 0 long"),
    (6, 0.05, "More noise than signal", "64 of 442"),
]


@pytest.mark.parametrize(("power", "place", "headline", "finding"), WORDS)
def test_words_say_what_the_numbers_say(power, place, headline, finding):
    view = look(power, place, PATIENTS)
    assert headline in view.headline
    assert finding in view.finding


@pytest.mark.parametrize(("power", "place"), [(0, 1.0), (3, 0.35), (7, 0.0), (9, 1.0)])
def test_the_line_to_copy_gives_the_number_in_the_sentence(power, place):
    view = look(power, place, PATIENTS)
    names = {
        "gradient_noise": gradient_noise,
        "example_gradients": example_gradients,
        "squared_error_grad": squared_error_grad,
        "patients": patients,
    }
    assert eval(view.code, names) == pytest.approx(view.typical, rel=1e-12)


@pytest.mark.parametrize(
    ("label", "B"), [("B = 1", 1), ("B = 16", 16), ("B = 64", 64), ("all", 442)]
)
def test_the_buttons_go_to_the_batch_sizes(label, B):
    explorer = gradient_cloud()
    (row, *_) = explorer.panel.children
    (button,) = (widget for widget in row.children if widget.description == label)
    button.click()
    assert explorer.view.B == B
