"""Level lines that can be turned without computing them again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.transforms import Affine2D

from course_lib.plots import contours
from course_lib.problems import Problem


def turn_about(middle: np.ndarray, degrees: float, point: np.ndarray) -> np.ndarray:
    """A point, turned counter-clockwise about another."""
    x, y = middle
    return Affine2D().rotate_deg_around(x, y, degrees).transform(point)


class TurningSurface:
    """The level lines of a problem in a square window, at any angle about the window's middle.

    They are computed once, over a square that fills the window at every angle. A turn then is one
    rotation for matplotlib, which takes a sixth of the time.
    """

    def __init__(self, ax: Axes, problem: Problem) -> None:
        self.half = half = max(high - low for low, high in problem.box) / 2
        self.ax, self.middle = ax, np.array(problem.box).mean(axis=1)
        wide: Any = SimpleNamespace(
            name=problem.name,
            start=problem.start,
            minimum=problem.minimum,
            value=problem.value,
            box=tuple((c - half * np.sqrt(2), c + half * np.sqrt(2)) for c in self.middle),
        )
        self.artists: list[Artist] = contours(ax, wide, grid=171)
        self.fill_window()

    def fill_window(self) -> None:
        """Give the axes the limits of this surface."""
        (x, y), half = self.middle, self.half
        self.ax.set(xlim=(x - half, x + half), ylim=(y - half, y + half))

    def turn(self, degrees: float) -> list[Artist]:
        """Turn the level lines to an angle; the artists, to be drawn."""
        x, y = self.middle
        turned = Affine2D().rotate_deg_around(x, y, degrees) + self.ax.transData
        for artist in self.artists:
            artist.set_transform(turned)
        return self.artists
