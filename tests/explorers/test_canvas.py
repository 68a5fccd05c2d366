"""A canvas draws what plain matplotlib draws, and leaves no trace of the picture before."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from course_lib.explorers.canvas import Canvas


def scene(height: float = 0.5, title: str = "first"):
    """A figure with one still and two moving artists."""
    fig = Figure(figsize=(3, 2), dpi=80, layout="constrained")
    ax = fig.add_subplot()
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="x", ylabel="y")
    ax.plot([0.1, 0.9], [0.1, 0.9], color="black")
    (line,) = ax.plot([0.2, 0.8], [height, height], color="red")
    return fig, line, ax.set_title(title)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def drawn_from_nothing(**settings) -> np.ndarray:
    fig = scene(**settings)[0]
    out = io.BytesIO()
    fig.savefig(out, format="png", dpi=80)
    return pixels(out.getvalue())


# Titles as high as each other, for the layout is solved once, with the first of them.
@pytest.mark.parametrize(("height", "title"), [(0.3, "first"), (0.9, "the first"), (0.5, "f")])
def test_an_update_equals_a_drawing_from_nothing(height, title):
    fig, line, words = scene(height=0.7, title="the very first of all")
    canvas = Canvas(fig, [line, words])
    canvas.png()
    line.set_ydata([height, height])
    words.set_text(title)
    got = pixels(canvas.png())
    assert got.shape == (160, 240, 3)
    np.testing.assert_array_equal(got, drawn_from_nothing(height=height, title=title))


def test_still_parts_are_drawn_again_only_when_told():
    fig, line, words = scene()
    canvas = Canvas(fig, [line, words])
    before = canvas.png()
    fig.axes[0].set_xlabel("another label")
    assert canvas.png() == before
    canvas.still_changed("another")
    assert canvas.png() != before


def test_what_changes_seldom_lies_below_the_frame_the_legend_and_what_moves():
    fig, line, words = scene()
    ax = fig.axes[0]
    (band,) = ax.plot([0, 1], [0.5, 0.5], color="green", linewidth=30, label="band")
    ax.legend(loc="center", frameon=True, framealpha=1)
    canvas = Canvas(fig, [line, words], [band])
    np.testing.assert_array_equal(pixels(canvas.png()), expected_with_band(0.5))
    band.set_ydata([0.3, 0.3])
    before = canvas.png()
    canvas.seldom_changed([band])
    assert canvas.png() != before
    np.testing.assert_array_equal(pixels(canvas.png()), expected_with_band(0.3))


def expected_with_band(height: float) -> np.ndarray:
    fig, line, _ = scene()
    ax = fig.axes[0]
    ax.plot([0, 1], [height] * 2, color="green", linewidth=30, label="band", zorder=2.3)
    line.set_zorder(9)  # the canvas draws what moves last, over the legend
    ax.legend(loc="center", frameon=True, framealpha=1)
    out = io.BytesIO()
    fig.savefig(out, format="png", dpi=80)
    return pixels(out.getvalue())
