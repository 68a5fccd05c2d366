"""Explorer of lesson 08: eps and rho of Adadelta, which is said to have no learning rate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.descent import descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, slider
from course_lib.optimizers import Adadelta
from course_lib.plots import COLORS, HALO
from course_lib.problems import quadratic

_BLUE, _VERMILLION, _GREEN = COLORS[:3]
_STEPS, _START, _GOAL = 2000, 10.0, 1.0
_BOWL = quadratic((1.0,), start=[_START], name="w^2 / 2")
# eps from 1e-8 to 10, two to a power of ten, with four digits each: the line to copy is exact.
_EPS = np.array([float(f"{10**e:.4g}") for e in np.arange(-8, 1.5, 0.5)])
_RHO = np.arange(50, 100) / 100


@dataclass(frozen=True, eq=False)
class Walk:
    """Adadelta on f(w) = w^2 / 2 from w = 10, for one rho and one eps, as arrays and words.

    w (2001,):       the path. steps (2000,): the size of each step.
    first:           the size of the first step in closed form.
    eps, counts (m,): all eps tried, and the steps to w <= 1 with each; nan for more than 2000.
    now:             the index of the eps that is looked at.
    """

    w: np.ndarray
    steps: np.ndarray
    first: float
    eps: np.ndarray
    counts: np.ndarray
    now: int
    headline: str
    finding: str
    code: str


def look(exponent: float, rho: float) -> Walk:
    """2000 steps of Adadelta(rho, eps = 10**exponent) on f(w) = w^2 / 2 from w = 10.

    Both go to the nearest value that was tried: half powers of ten, and hundredths.

    Both memories start at 0, so with g = 10 the first step is

        d_1 = sqrt(eps) g / sqrt((1 - rho) g^2 + eps)

    which is sqrt(eps / (1 - rho)) while eps is small beside (1 - rho) g^2.
    """
    now = int(np.argmin(np.abs(np.log10(_EPS) - exponent)))
    k = int(np.argmin(np.abs(_RHO - rho)))
    rho = float(_RHO[k])
    all_paths, all_counts = _all_runs()
    paths, counts = all_paths[:, k], all_counts[k]
    eps, w = float(_EPS[now]), paths[:, now]
    steps = np.abs(np.diff(w))
    first = np.sqrt(eps) * _START / np.sqrt((1 - rho) * _START**2 + eps)
    count = f"{counts[now]:.0f}" if np.isfinite(counts[now]) else f"more than {_STEPS}"
    return Walk(
        w=w,
        steps=steps,
        first=float(first),
        eps=_EPS,
        counts=counts,
        now=now,
        headline=f"From 10 to 1 in {count} steps",
        finding=(
            f"With eps = {number(eps)} and rho = {number(rho)} the first step has size "
            f"{number(first)}, and the longest {number(steps.max())}. From 10 to 1 it takes "
            f"{count} steps. {_read(counts, now)}"
        ),
        code=(
            f"descend(Adadelta(rho={rho:.4g}, eps={eps:.4g}), quadratic((1,), start=(10,)), "
            f"steps={_STEPS})"
        ),
    )


def _read(counts: np.ndarray, now: int) -> str:
    """What a hundred times the eps would do."""
    more = now + 4
    if more >= len(counts) or not np.isfinite(counts[more]):
        return "So large an eps leaves plain gradient descent with lr = 1."
    if not np.isfinite(counts[now]):
        return f"With a hundred times the eps it would be {counts[more]:.0f}."
    return (
        f"With a hundred times the eps it would be {counts[more]:.0f}, "
        f"{number(counts[now] / counts[more])} times fewer."
    )


@cache
def _all_runs() -> tuple[np.ndarray, np.ndarray]:
    """Every rho and eps at once: paths (2001, r, m), and the steps to the goal (r, m)."""
    rho, eps = (v.reshape(-1, 1) for v in np.meshgrid(_RHO, _EPS, indexing="ij"))
    run = descend(Adadelta(rho=rho, eps=eps), _BOWL, np.full_like(rho, _START), _STEPS)
    paths = run.points.reshape(_STEPS + 1, len(_RHO), len(_EPS))
    there = paths <= _GOAL
    counts = np.where(there.any(axis=0), there.argmax(axis=0), np.nan)
    return paths, counts


def adadelta_knobs() -> Explorer:
    """Explore the two hyperparameters of Adadelta on a parabola. The reader moves eps and rho."""
    exponent = slider(
        widgets.FloatSlider,
        "power of ten of eps",
        value=-6.0,
        min=-8.0,
        max=1.0,
        step=0.5,
        readout_format=".1f",
    )
    rho = slider(
        widgets.FloatSlider,
        "memory rho",
        value=0.95,
        min=0.5,
        max=0.99,
        step=0.01,
        readout_format=".2f",
    )

    def go_to(power: float) -> None:
        exponent.value = power

    buttons = [
        button(f"eps = 1e{power}", "a usual default" if power == -6 else "", partial(go_to, power))
        for power in (-8, -6, -4, -2)
    ]
    picture = _Picture()
    return Explorer(
        title="Adadelta on a parabola, for every eps and rho",
        controls={"exponent": exponent, "rho": rho},
        rows=[[exponent, *buttons], [rho]],
        look=look,
        draw=picture,
        grabs=[
            Grab(picture.count, lambda x, y: {"exponent": np.log10(x)}, "drag eps along its axis")
        ],
    )


class _Picture:
    """The path, the size of its steps, and the steps to the goal for every eps."""

    def __init__(self) -> None:
        fig = Figure(figsize=(10, 3.8), dpi=100, layout="constrained")
        self.path, self.size, self.count = fig.subplots(1, 3)
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)

        self.path.set(xscale="log", xlim=(0.9, _STEPS), ylim=(-0.5, 10.5), title=" ")
        self.path.set(xlabel="step", ylabel="w")
        self.path.axhline(_GOAL, color="0.6", linewidth=0.8)
        self.path.text(1, _GOAL + 0.15, "w = 1", color="0.35")
        (self.line,) = self.path.plot([], [], color=_GREEN, linewidth=2)

        self.size.set(xscale="log", yscale="log", xlim=(0.9, _STEPS), ylim=(1e-6, 20), title=" ")
        self.size.set(xlabel="step", ylabel="size of the step")
        (self.steps,) = self.size.plot([], [], color=_GREEN, linewidth=2)
        (self.dot,) = self.size.plot([], [], "o", color=_VERMILLION, markersize=8)
        self.word = self.size.text(1.4, 1e-5, "", color=_VERMILLION, bbox=HALO, va="center")

        self.count.set(xscale="log", yscale="log", xlim=(5e-9, 20), ylim=(0.8, 3000), title=" ")
        self.count.set(xlabel="eps", ylabel="steps from 10 to 1")
        (self.curve,) = self.count.plot([], [], "o-", color=_BLUE, markersize=3)
        (self.mark,) = self.count.plot([], [], "o", color=_VERMILLION, markersize=9)
        (self.bar,) = self.count.plot([], [], color=_VERMILLION, linewidth=0.8)
        moving = [self.line, self.steps, self.dot, self.word, self.curve, self.bar, self.mark]
        self.canvas = Canvas(fig, [*moving, *(ax.title for ax in fig.axes)])

    def __call__(self, view: Walk) -> bytes:
        eps, count = view.eps[view.now], view.counts[view.now]
        self.line.set_data(np.arange(1, len(view.w)), view.w[1:])
        self.steps.set_data(np.arange(1, len(view.w)), np.maximum(view.steps, 1e-300))
        self.dot.set_data([1], [view.first])
        self.word.set_text(f"first step {number(view.first)}")
        self.word.set_position((1.3, min(view.first * 4, 8)))
        self.curve.set_data(view.eps, view.counts)
        self.mark.set_data([eps], [count])
        self.bar.set_data([eps, eps], [0.8, 3000])
        self.path.title.set_text(view.headline)
        self.size.title.set_text(f"Longest step {number(view.steps.max())}")
        self.count.title.set_text("A larger eps is faster")
        return self.canvas.png()
