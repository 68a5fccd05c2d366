"""Explorer of lesson 04: the gradients that batches of one size give, at one point."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.batches import example_gradients, gradient_noise, patients, squared_error_grad
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, slider
from course_lib.plots import COLORS, HALO
from course_lib.problems import LeastSquares, least_squares

_BLUE, _VERMILLION = COLORS[:2]
_BATCHES = 300
_REACH = 5.0  # half the width of the picture; a few gradients of single patients lie outside


@dataclass(frozen=True, eq=False)
class Cloud:
    """The gradients of many batches of one size at one point, as arrays and words.

    B, N:              the size of a batch, and the number of all examples.
    w (2,), whole (2,):  the point, and the gradient of all examples there.
    batches (300, 2):  one gradient per batch, drawn without replacement.
    uphill (300,):     whether a small step against it climbs: its product with `whole` is < 0.
    sizes (m,):        batch sizes from 1 to N, and the typical distance of a batch's gradient from
    drawn_anew, shuffled (m,):  the whole one, with and without replacement.
    typical:           the typical distance for this B, without replacement.
    """

    B: int
    N: int
    w: np.ndarray
    whole: np.ndarray
    batches: np.ndarray
    uphill: np.ndarray
    sizes: np.ndarray
    drawn_anew: np.ndarray
    shuffled: np.ndarray
    typical: float
    headline: str
    finding: str
    code: str


def look(power: int, place: float, problem: LeastSquares) -> Cloud:
    """300 batches of B = 2**power examples, or all N, at w = minimum + place (start - minimum).

    The typical distance is the root of gradient_noise: sqrt(S / B) when examples are drawn anew,
    sqrt(S / B * (N - B) / (N - 1)) when a shuffle is cut. The same 300 shuffles serve every B, so
    that a cloud shrinks and does not jump.
    """
    N = len(problem.y)
    B = min(2**power, N)
    w = _short(problem.minimum + place * (problem.start - problem.minimum))
    G = example_gradients(squared_error_grad, w, problem.X, problem.y)
    whole = G.mean(axis=0)
    batches = G[_shuffles(N)[:, :B]].mean(axis=1)
    length = float(np.linalg.norm(whole).round(3))  # w has four digits, and misses the minimum
    uphill = batches @ whole < 0 if length else np.full(_BATCHES, B < N)  # from there all is uphill
    sizes = np.unique(np.geomspace(1, N, 80).round().astype(int))
    drawn_anew, shuffled = (
        np.sqrt([gradient_noise(G, int(b), replace) for b in sizes]) for replace in (True, False)
    )
    typical = gradient_noise(G, B, replace=False) ** 0.5
    headline, why = _why(B, N, typical, length, float(np.mean(uphill)))
    at = ", ".join(f"{x:.4g}" for x in w)
    return Cloud(
        B=B,
        N=N,
        w=w,
        whole=whole,
        batches=batches,
        uphill=uphill,
        sizes=sizes,
        drawn_anew=drawn_anew,
        shuffled=shuffled,
        typical=typical,
        headline=headline,
        finding=(
            f"{'All' if B == N else f'{B} of'} {N} patients in a batch: its gradient is typically "
            f"{number(typical)} away from the whole gradient, which is {number(length)} long. {why}"
        ),
        code=(
            f"gradient_noise(example_gradients(squared_error_grad, [{at}], *patients()), "
            f"{B}, replace=False) ** 0.5"
        ),
    )


def _why(B: int, N: int, typical: float, length: float, uphill: float) -> tuple[str, str]:
    """A headline, and a sentence on what a step with such a batch is worth."""
    share = f"{100 * uphill:.0f} % of {_BATCHES} batches point uphill"
    if B == N:
        return "All patients: no noise, one answer", "There is only one such batch."
    if length == 0:
        return "At the minimum all you see is noise", (
            "The true slope is zero here: every batch still sends you away."
        )
    if typical > length:
        return f"More noise than signal: {100 * uphill:.0f} % uphill", f"{share}."
    if uphill > 0:
        return f"More signal than noise: {100 * uphill:.0f} % uphill", f"{share}."
    return "Every batch points downhill", f"None of {_BATCHES} batches points uphill."


def _short(w: np.ndarray) -> np.ndarray:
    """Four significant digits, so that the line to copy gives exactly the picture's number."""
    return np.array([float(f"{x:.4g}") for x in w])


@lru_cache(maxsize=4)
def _shuffles(N: int) -> np.ndarray:
    return np.random.default_rng(0).permuted(np.tile(np.arange(N), (_BATCHES, 1)), axis=1)


def gradient_cloud() -> Explorer:
    """Explore what a batch knows of the gradient: 442 patients, a line through two measurements.

    The reader moves the size of the batch, and the place between the minimum and the start.
    """
    problem = least_squares(*patients())
    most = int(np.ceil(np.log2(len(problem.y))))
    power = slider(widgets.IntSlider, "B is 2 to the power", value=2, min=0, max=most)
    place = slider(
        widgets.FloatSlider, "place: 0 is minimum", value=1.0, min=0.0, max=1.0, step=0.05
    )

    def go_to(value: int) -> None:
        power.value = value

    marks = {"B = 1": 0, "B = 16": 4, "B = 64": 6, "all": most}
    tooltips = ("one example", "sixteen examples", "four times sixteen", "the whole data")
    buttons = [
        button(label, tooltip, partial(go_to, value))
        for (label, value), tooltip in zip(marks.items(), tooltips, strict=True)
    ]
    picture = _Picture(len(problem.y))
    return Explorer(
        title="gradients of batches",
        controls={"power": power, "place": place},
        rows=[[power, *buttons], [place]],
        look=partial(look, problem=problem),
        draw=picture,
        grabs=[Grab(picture.curve, lambda x, y: {"power": np.log2(x)}, "drag B along its axis")],
    )


class _Picture:
    """The cloud of gradients on the left, its typical radius against B on the right."""

    def __init__(self, N: int) -> None:
        fig = Figure(figsize=(9, 4.4), dpi=100, layout="constrained")
        self.plane, self.curve = fig.subplots(1, 2, width_ratios=(1, 1.15))
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)

        plane, curve = self.plane, self.curve
        plane.set(xlim=(-_REACH, _REACH), ylim=(-_REACH, _REACH), aspect="equal", title=" ")
        plane.set(xlabel="slope along bmi", ylabel="slope along ltg")
        plane.axhline(0, color="0.85", linewidth=0.8)
        plane.axvline(0, color="0.85", linewidth=0.8)
        dot: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": 3, "alpha": 0.6}
        (self.down,) = plane.plot([], [], color=_BLUE, label="a batch, downhill", **dot)
        (self.up,) = plane.plot([], [], color=_VERMILLION, label="a batch, uphill", **dot)
        (self.ring,) = plane.plot([], [], color="black", linewidth=1.2, label="typical distance")
        (self.star,) = plane.plot([], [], "*", color="black", markersize=13, label="all patients")
        self.star.set(markeredgecolor="white", zorder=5)
        plane.legend(loc="lower right", fontsize=8, framealpha=0.9)

        curve.set(xscale="log", yscale="log", xlim=(0.9, 1.2 * N), ylim=(0.01, 5), title=" ")
        curve.set(xlabel="batch size B", ylabel="distance from the whole gradient")
        powers = [4**k for k in range(5) if 4**k < N]
        curve.set_xticks([*powers, N], [str(B) for B in (*powers, N)], minor=False)
        curve.minorticks_off()
        (self.anew,) = curve.plot([], [], "--", color="0.45", label="drawn anew (replacement)")
        (self.cut,) = curve.plot([], [], color=_BLUE, linewidth=1.8, label="a shuffle, cut")
        (self.here,) = curve.plot([], [], "o", color=_VERMILLION, markersize=8)
        (self.length,) = curve.plot([], [], ":", color="black", label="length of the gradient")
        curve.legend(loc="lower left", fontsize=8, frameon=False)
        word: dict[str, Any] = {"ha": "right", "va": "top", "bbox": HALO}
        self.word = curve.text(0.98, 0.97, "", transform=curve.transAxes, **word)

        moving = [self.down, self.up, self.ring, self.star, self.anew, self.cut, self.length]
        titles = [ax.title for ax in fig.axes]
        self.canvas = Canvas(fig, [*moving, self.here, self.word, *titles])

    def __call__(self, view: Cloud) -> bytes:
        turn = np.linspace(0, 2 * np.pi, 121)
        circle = view.whole[:, None] + view.typical * np.stack([np.cos(turn), np.sin(turn)])
        self.down.set_data(*view.batches[~view.uphill].T)
        self.up.set_data(*view.batches[view.uphill].T)
        self.ring.set_data(*circle)
        self.star.set_data(view.whole[:1], view.whole[1:])
        self.anew.set_data(view.sizes, view.drawn_anew)
        self.cut.set_data(view.sizes[:-1], view.shuffled[:-1])  # the last is 0: no place on a log
        length = float(np.linalg.norm(view.whole))
        self.length.set_data([0.9, 1.2 * view.N], [max(length, 1e-9)] * 2)
        self.here.set_data([view.B], [max(view.typical, 0.01)])
        outside = int(np.sum(np.any(np.abs(view.batches) > _REACH, axis=1)))
        self.word.set_text(
            f"{outside} of {_BATCHES} lie outside the left picture" if outside else ""
        )
        self.plane.title.set_text(view.headline)
        self.curve.title.set_text(f"B = {view.B}: typical distance {number(view.typical)}")
        return self.canvas.png()
