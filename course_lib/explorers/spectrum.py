"""Explorer of lesson 16: what Newton-Schulz makes of the singular values of a matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, button, number, slider
from course_lib.optimizers import CUBIC, QUINTIC
from course_lib.plots import COLORS

ROWS, SEED, LOW, HIGH = 64, 7, 0.68, 1.135
MAPS = {"Jordan's quintic": ("QUINTIC", QUINTIC), "the classical cubic": ("CUBIC", CUBIC)}
GRID = np.geomspace(1e-4, 1, 800)


@dataclass(frozen=True, eq=False)
class SingularValues:
    """Singular values before and after, largest first, and the map that moved them.

    before (64,) are those of the matrix divided by its norm, after (64,) what they became; curve
    (800,) is the map at GRID.
    """

    before: np.ndarray
    after: np.ndarray
    curve: np.ndarray
    headline: str
    finding: str
    code: str


def look(polynomial: int, steps: int, columns: int) -> SingularValues:
    """Newton-Schulz on a random matrix of 64 rows; polynomial counts from 1 in MAPS.

    One round moves each singular value alone, s -> a s + b s^3 + c s^5, and no singular vector.
    """
    words, (name, coefficients) = list(MAPS.items())[polynomial - 1]
    G = np.random.default_rng(SEED).normal(size=(ROWS, columns))
    s = np.linalg.svd(G, compute_uv=False)
    before = s / np.linalg.norm(s)
    after = _follow(before, steps, coefficients)
    inside = int(np.sum((after >= LOW) & (after <= HIGH)))
    rounds = f"{steps} round" + "s" * (steps != 1)
    return SingularValues(
        before=before,
        after=after,
        curve=_follow(GRID, steps, coefficients),
        headline=f"After {rounds}, {inside} of {ROWS} are near 1",
        finding=(
            f"A matrix of {ROWS} rows and {columns} columns, all random, divided by its norm: its "
            f"singular values go from {number(before[-1])} to {number(before[0])}. After {rounds} "
            f"of {words}, {inside} of {ROWS} are between 0.68 and 1.13; the smallest is "
            f"{number(after.min())}, the largest {number(after.max())}."
        ),
        code=(
            f"newton_schulz(np.random.default_rng({SEED}).normal(size=({ROWS}, {columns})), "
            f"{steps}, {name})"
        ),
    )


def _follow(s: np.ndarray, steps: int, coefficients: tuple[float, float, float]) -> np.ndarray:
    """The map on singular values alone; tests hold it against newton_schulz on the matrix."""
    a, b, c = coefficients
    for _ in range(steps):
        s = a * s + b * s**3 + c * s**5
    return s


def singular_values(steps: int = 5, columns: int = 64) -> Explorer:
    """Explore Newton-Schulz: the rounds, the shape of the matrix, and two polynomials.

    Raises ValueError outside of the sliders: steps 0 to 10, columns 64 to 256.
    """
    if not (0 <= steps <= 10 and ROWS <= columns <= 108):
        raise ValueError(
            f"steps must be from 0 to 10 and columns from {ROWS} to 256, got {steps} and {columns}"
        )
    polynomial = slider(widgets.IntSlider, "polynomial", value=1, min=1, max=len(MAPS))
    rounds = slider(widgets.IntSlider, "rounds", value=steps, min=0, max=10)
    wide = slider(widgets.IntSlider, "columns", value=columns, min=ROWS, max=108)

    def choose(which: int) -> None:
        polynomial.value = which

    names = [
        button(f"{i}: {name}", f"use {name}", partial(choose, i))
        for i, name in enumerate(MAPS, start=1)
    ]
    return Explorer(
        title="singular values under Newton-Schulz",
        controls={"polynomial": polynomial, "steps": rounds, "columns": wide},
        rows=[[polynomial], names, [rounds], [wide]],
        look=look,
        draw=_Picture(),
    )


class _Picture:
    """Left the map, with the matrix's values on it; right the values before and after."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9, 4.2), dpi=100, layout="constrained")
        left, right = fig.subplots(1, 2)
        for ax in (left, right):
            ax.spines[["top", "right"]].set_visible(False)
            ax.axhspan(LOW, HIGH, color=COLORS[2], alpha=0.15, linewidth=0)
            ax.set(ylim=(-0.04, 1.3), title=" ")
        left.set(xscale="log", xlim=(GRID[0], 1))
        left.set(xlabel="singular value before", ylabel="singular value after")
        left.annotate("0.68 to 1.13", (1.3e-4, 1.05), color="#005c43")
        (self.curve,) = left.plot([], [], color=COLORS[0], linewidth=1.6)
        (self.dots,) = left.plot([], [], "o", color=COLORS[1], markersize=3)

        right.set(xlim=(0, ROWS + 1), xlabel="number, largest first", ylabel="singular value")
        (self.before,) = right.plot([], [], "o", color="0.6", markersize=3, label="before")
        (self.after,) = right.plot([], [], "o", color=COLORS[1], markersize=3, label="after")
        right.legend(loc="upper right", ncols=2, frameon=False)
        self.left, self.right = left, right
        moving = [self.curve, self.dots, self.before, self.after, left.title, right.title]
        self.canvas = Canvas(fig, moving)

    def __call__(self, view: SingularValues) -> bytes:
        n = np.arange(1, ROWS + 1)
        self.curve.set_data(GRID, view.curve)
        self.dots.set_data(view.before, view.after)
        self.before.set_data(n, view.before)
        self.after.set_data(n, view.after)
        self.left.title.set_text("What the rounds make of each value")
        self.right.title.set_text(view.headline)
        return self.canvas.png()
