"""Explorer of lesson 00: two searches that see only losses, on a slice of the digits' loss."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, place, player, slider
from course_lib.plots import COLORS
from course_lib.search import random_local_search, random_search
from course_lib.slices import Slice, digits_slice

_BLUE, _VERMILLION = COLORS[:2]
_GRID = 61  # points of the map along each side


@dataclass(frozen=True, eq=False)
class Looks:
    """Where two searches looked on a slice, and how low they came, as arrays and words.

    anywhere (n, 2), best_anywhere (n,):    random search: the points, and the lowest loss so far.
    nearby (n+1, 2), best_nearby (n+1,):    local search: start and candidates, the lowest so far.
    path (m+1, 2):                          the start and the m candidates that were kept.
    """

    anywhere: np.ndarray
    best_anywhere: np.ndarray
    nearby: np.ndarray
    best_nearby: np.ndarray
    path: np.ndarray
    headline: str
    finding: str
    code: str


def look(
    looks: int,
    reach: float,
    luck: int,
    plane: Slice,
    x: float | None = None,
    y: float | None = None,
) -> Looks:
    """Spend `looks` losses on each of two searches of a slice, with the random numbers of `luck`.

    Random search draws points evenly from the box. Local search begins at (x, y), plane.start
    unless given, which costs a loss more; its steps are normal numbers of standard deviation
    `reach`.
    """
    start = np.array([plane.start[0] if x is None else x, plane.start[1] if y is None else y])
    low, high = np.array(plane.box).T
    rng = np.random.default_rng(luck)
    anywhere: list[np.ndarray] = []
    best_point, best_anywhere = random_search(
        _noting(plane, anywhere), lambda: rng.uniform(low, high), looks
    )
    rng = np.random.default_rng(luck)
    nearby: list[np.ndarray] = []
    end, best_nearby = random_local_search(
        _noting(plane, nearby), start, lambda: rng.normal(scale=reach, size=2), looks
    )
    kept = np.append(True, np.diff(best_nearby) < 0)
    taken = int(np.sum(kept)) - 1
    lowest = float(plane.value(plane.minimum))
    headline, why = _read(best_anywhere[-1], best_nearby[-1], lowest, taken, looks)
    return Looks(
        anywhere=np.array(anywhere),
        best_anywhere=best_anywhere,
        nearby=np.array(nearby),
        best_nearby=best_nearby,
        path=np.array(nearby)[kept],
        headline=headline,
        finding=(
            f"After {looks} looks, random search has a loss of {number(best_anywhere[-1])} and "
            f"reads {100 * plane.accuracy(best_point):.0f} % of the images; local search with a "
            f"reach of {number(reach)} has {number(best_nearby[-1])} and reads "
            f"{100 * plane.accuracy(end):.0f} %. The lowest loss there is: {number(lowest)}. Local "
            f"search kept {taken} of its steps. {why}"
        ),
        code=(
            f"rng = np.random.default_rng({luck}); random_local_search(plane.value, "
            f"np.array([{start[0]:.4g}, {start[1]:.4g}]), "
            f"lambda: rng.normal(scale={reach:.4g}, size=2), {looks})"
        ),
    )


def _noting(plane: Slice, points: list[np.ndarray]) -> Any:
    """The slice's loss, which writes down where it was asked."""

    def loss(w: np.ndarray) -> float:
        points.append(np.array(w))
        return float(plane.value(w))

    return loss


def _read(anywhere: float, nearby: float, lowest: float, taken: int, looks: int) -> tuple[str, str]:
    """A headline, and a sentence on the length of the steps."""
    lower = "Local" if nearby < anywhere else "Random"
    headline = f"{lower} search is lower after {looks} looks"
    if looks < 10:
        return headline, "That is too few to judge by."
    if nearby < 1.02 * lowest:
        return headline, "It has arrived: from here nearly every step leads up."
    if taken >= 0.4 * looks:
        return headline, "So many because they are short: each is safe, and gains little."
    if taken <= 0.1 * looks:
        return headline, "So few because they are long: most land on the other side."
    return headline, "Neither far too short nor far too long."


def search_in_fog(plane: Slice | None = None, looks: int = 200) -> Explorer:
    """Explore random search and random local search on a slice of the digits' loss.

    plane is a slice, digits_slice() unless given; looks is the most that each search may spend.
    The reader moves the number of looks, the start and the reach of the local search, and the luck
    (the seed). Raises
    TypeError for something else than a slice, ValueError for looks < 1.
    """
    plane = digits_slice() if plane is None else plane
    if not isinstance(plane, Slice):
        raise TypeError(f"search_in_fog needs a slice, got {plane!r}; try digits_slice()")
    if looks < 1:
        raise ValueError(f"looks must be 1 or more, got {looks}")
    spent = slider(widgets.IntSlider, "looks", value=min(20, looks), min=1, max=looks)
    reach = slider(
        widgets.FloatSlider,
        "reach of a local step",
        value=1.0,
        min=0.1,
        max=10.0,
        step=0.1,
        readout_format=".1f",
    )
    luck = slider(widgets.IntSlider, "luck (the seed)", value=0, min=0, max=20)

    def more(count: int) -> None:
        spent.value = min(spent.value + count, spent.max)

    def other() -> None:
        luck.value = (luck.value + 1) % (luck.max + 1)

    start = place(plane.start, plane.box)
    picture = _Picture(plane, looks)
    return Explorer(
        title="two searches that see only losses",
        controls={"looks": spent, "reach": reach, "luck": luck, **start},
        rows=[
            [
                *player(spent, interval=150),
                button("+10", "each search asks for ten losses more", partial(more, 10)),
            ],
            [*start.values()],
            [reach],
            [luck, button("other luck", "the same searches with other random numbers", other)],
        ],
        look=partial(look, plane=plane),
        draw=picture,
        grabs=[
            Grab(
                picture.map,
                lambda x, y: {"x": x, "y": y},
                "click or drag on the map: from there the local search starts",
            )
        ],
    )


class _Picture:
    """The slice with every look; the lowest loss so far against the number of looks."""

    def __init__(self, plane: Slice, looks: int) -> None:
        fig = Figure(figsize=(9, 4.2), dpi=100, layout="constrained")
        self.map, self.curves = fig.subplots(1, 2)
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
        self._draw_map(plane)

        few: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 4}
        (self.anywhere,) = self.map.plot([], [], color=_BLUE, label="random", **few)
        (self.nearby,) = self.map.plot([], [], color=_VERMILLION, alpha=0.5, **few)
        (self.path,) = self.map.plot(
            [], [], "o-", color=_VERMILLION, markersize=4, linewidth=1.8, label="local: kept"
        )
        (self.start,) = self.map.plot([], [], "o", color=_VERMILLION, markersize=9)
        self.start.set(markerfacecolor="white", markeredgewidth=2)
        best: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "black", "markersize": 10}
        (self.best_anywhere,) = self.map.plot([], [], "D", color=_BLUE, **best)
        (self.best_nearby,) = self.map.plot([], [], "D", color=_VERMILLION, **best)
        self.map.legend(loc="upper left", fontsize=9)

        start, lowest = (float(plane.value(point)) for point in (plane.start, plane.minimum))
        self.curves.set(xlim=(0, looks), ylim=(0, 1.1 * start), title=" ")
        self.curves.set(xlabel="looks", ylabel="lowest loss so far")
        self.curves.axhline(lowest, color="0.4", linestyle="--", linewidth=1, label="lowest there")
        (self.curve_anywhere,) = self.curves.step(
            [], [], where="post", color=_BLUE, linewidth=1.8, label="random search"
        )
        (self.curve_nearby,) = self.curves.step(
            [], [], where="post", color=_VERMILLION, linewidth=1.8, label="local search"
        )
        self.curves.legend(loc="upper right", frameon=False)
        self.canvas = Canvas(
            fig,
            [
                *(self.anywhere, self.nearby, self.path, self.start),
                *(self.best_anywhere, self.best_nearby),
                *(self.curve_anywhere, self.curve_nearby, self.map.title, self.curves.title),
            ],
        )

    def _draw_map(self, plane: Slice) -> None:
        """Level lines over the box, and the minimum as a star."""
        (x0, x1), (y0, y1) = plane.box
        x, y = np.meshgrid(np.linspace(x0, x1, _GRID), np.linspace(y0, y1, _GRID))
        # Row by row: all at once would fill the memory with scores.
        loss = np.array([plane.value(row) for row in np.stack([x, y], axis=-1)])
        # As in `contours`: the fraction of the box below level i grows like i^2.
        levels = np.unique(np.quantile(loss, np.linspace(0, 1, 13) ** 2))
        greys = [str(grey) for grey in np.linspace(0.82, 0.99, len(levels) - 1)]
        self.map.contourf(x, y, loss, levels=levels, colors=greys)
        lines = self.map.contour(x, y, loss, levels=levels, colors="0.6", linewidths=0.7)
        self.map.clabel(lines, levels[2:-1:3], fmt="%.1f", fontsize=8, colors="0.3")
        self.map.set(xlim=(x0, x1), ylim=(y0, y1), title=" ", aspect="equal")
        self.map.set(xlabel="x: how much the left half counts")
        self.map.set(ylabel="y: how much the right half counts")
        self.map.plot(*plane.minimum, "k*", markersize=12, markeredgecolor="white")

    def __call__(self, view: Looks) -> bytes:
        self.anywhere.set_data(*view.anywhere.T)
        self.nearby.set_data(*view.nearby.T)
        self.path.set_data(*view.path.T)
        self.start.set_data(*view.path[:1].T)
        best = view.anywhere[[int(np.argmin(view.best_anywhere))]]
        self.best_anywhere.set_data(*best.T)
        self.best_nearby.set_data(*view.path[-1:].T)
        self.curve_anywhere.set_data(np.arange(1, len(view.anywhere) + 1), view.best_anywhere)
        self.curve_nearby.set_data(np.arange(len(view.nearby)), view.best_nearby)
        self.map.title.set_text(view.headline)
        self.curves.title.set_text(
            f"Random {number(view.best_anywhere[-1])}, local {number(view.best_nearby[-1])}"
        )
        return self.canvas.png()
