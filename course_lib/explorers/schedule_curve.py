"""Explorer of lesson 11: a schedule, and over it the training curve that it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.descent import descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, slider
from course_lib.noise import Noisy
from course_lib.optimizers import GD
from course_lib.plots import COLORS
from course_lib.problems import quadratic
from course_lib.schedules import (
    Constant,
    Cosine,
    Inverse,
    InverseRoot,
    Linear,
    Schedule,
    Step,
    WarmUp,
)

_BLUE, _VERMILLION = COLORS[:2]
STEPS, RUNS = 200, 64
_FLAT, _STEEP = 0.0625, 1.0  # the start is then (4, 1), with loss 1
_DELAY = 20  # t1 of t0 / (t + t1)

# label, (base, updates after the warm-up) -> schedule
SCHEDULES: tuple[tuple[str, Callable[[float, int], Schedule]], ...] = (
    ("constant", lambda base, T: Constant(base)),
    ("step", Step),
    ("1/t", lambda base, T: Inverse(base)),
    ("t0/(t + t1)", lambda base, T: Inverse(base, _DELAY)),
    ("inverse root", lambda base, T: InverseRoot(base)),
    ("linear", Linear),
    ("cosine", Cosine),
)


@dataclass(frozen=True, eq=False)
class Trained:
    """64 runs of gradient descent with noise, under one schedule, as arrays and words.

    lrs (steps,):             the learning rate of each update.
    loss (steps+1,):          the mean loss of the runs.
    low, high (steps+1,):     nine runs in ten lie above low, and nine in ten below high.
    constant (steps+1,):      the mean loss at a constant lr = base, with the same noise.
    """

    lrs: np.ndarray
    loss: np.ndarray
    low: np.ndarray
    high: np.ndarray
    constant: np.ndarray
    headline: str
    finding: str
    code: str


def look(kind: int, base: float, warmup: int, noise: float) -> Trained:
    """200 updates on a bowl of curvatures 1/16 and 1, each gradient off by `noise` at random.

    kind counts from 1 in SCHEDULES. On curvature c a constant lr ends on the floor

        lr noise^2 / (2 (2 - lr c))    a coordinate, about lr noise^2 / 4 for small lr,

    so a schedule that falls lowers the floor as it goes; one that falls too soon never arrives.
    """
    label, make = SCHEDULES[kind - 1]
    base, noise = float(f"{base:.4g}"), float(f"{noise:.4g}")
    schedule = WarmUp(warmup, make(base, STEPS - warmup))
    lrs = np.array([schedule(k) for k in range(STEPS)])
    values, constant = (_runs(one, noise) for one in (schedule, Constant(base)))
    loss, flat = values.mean(axis=1), constant.mean(axis=1)
    low, high = np.nanquantile(
        np.nan_to_num(values, nan=np.inf), (0.1, 0.9), axis=1, method="lower"
    )
    headline, why = _why(lrs, loss, noise)
    warm = f" after {warmup} updates of warm-up" if warmup else ""
    return Trained(
        lrs=lrs,
        loss=loss,
        low=low,
        high=high,
        constant=flat,
        headline=headline,
        finding=(
            f"Schedule {label} from {number(base)}{warm}, noise {number(noise)}: after {STEPS} "
            f"updates the loss is {_say(loss[-1])}, a mean of {RUNS} runs; eight in ten of them "
            f"lie between {_say(low[-1])} and {_say(high[-1])}. At a constant {number(base)} it "
            f"is {_say(flat[-1])}. {why}"
        ),
        code=(
            f"descend(GD({base:g}), Noisy(quadratic(({_FLAT}, 1)), {noise:g}, "
            f"np.random.default_rng(0)), np.tile((4, 1), ({RUNS}, 1)), {STEPS}, {schedule})"
        ),
    )


def _runs(schedule: Schedule, noise: float) -> np.ndarray:
    """The losses of all runs, (steps+1, runs), always with the same random numbers."""
    bowl = quadratic((_FLAT, _STEEP))
    rough = Noisy(bowl, noise, np.random.default_rng(0))
    return descend(GD(1.0), rough, np.tile(bowl.start, (RUNS, 1)), STEPS, schedule).values


def _why(lrs: np.ndarray, loss: np.ndarray, noise: float) -> tuple[str, str]:
    """A headline, and a sentence on what holds the loss where it is."""
    if not loss[-1] <= 10 * loss[0]:
        return "It explodes", "The learning rate is above 2/L = 2 for too long."
    # What the mean point, which noise does not move, still is away along the flat axis.
    left = 0.5 * float(np.prod((1 - lrs * _FLAT) ** 2))
    if left > 0.5 * loss[-1]:
        return "It is still on its way", (
            f"The sum of all learning rates is {number(lrs.sum())}: too little for the flat axis, "
            "on which most of the loss is left."
        )
    if noise == 0:
        return "Without noise it goes all the way", "There is no floor."
    if lrs[-1] > 0.2 * lrs.max():
        return "It stands on the floor of its noise", (
            f"The learning rate ends at {number(lrs[-1])}, and noise lifts the loss in proportion."
        )
    return "Fast at first, then down from the floor", (
        f"The learning rate ends at {number(lrs[-1])}, and the floor went down with it."
    )


def _say(loss: float) -> str:
    return number(loss) if loss < 1e9 else "huge"


def schedule_curve(kind: int = 1, base: float = 1.0) -> Explorer:
    """Explore learning rate schedules on a bowl with noisy gradients.

    The reader moves the kind of schedule, its base, the updates of warm-up and the noise. Raises
    ValueError for a kind that is not 1 .. 7, or a base outside of 0.05 .. 2.4.
    """
    if kind not in range(1, len(SCHEDULES) + 1):
        raise ValueError(f"kind must be 1 .. {len(SCHEDULES)}, got {kind}")
    if not 0.05 <= base <= 2.4:
        raise ValueError(f"base must be from 0.05 to 2.4, got {base}")
    which = slider(widgets.IntSlider, "schedule", value=kind, min=1, max=len(SCHEDULES))
    height = slider(widgets.FloatSlider, "base lr", value=base, min=0.05, max=2.4, step=0.05)
    warmup = slider(widgets.IntSlider, "warm-up, updates", value=0, min=0, max=100)
    noise = slider(widgets.FloatSlider, "noise", value=0.5, min=0.0, max=2.0, step=0.1)

    def choose(i: int) -> None:
        which.value = i

    names = [
        button(f"{i}: {name}", f"schedule: {name}", partial(choose, i))
        for i, (name, _) in enumerate(SCHEDULES, start=1)
    ]
    picture = _Picture()
    return Explorer(
        title="a schedule and the training curve over it",
        controls={"kind": which, "base": height, "warmup": warmup, "noise": noise},
        rows=[[which], names, [height], [warmup], [noise]],
        look=look,
        draw=picture,
        grabs=[Grab(picture.bottom, lambda x, y: {"base": y}, "drag the base lr up and down")],
    )


class _Picture:
    """The loss against the update, above; the learning rate below it, on the same axis."""

    def __init__(self) -> None:
        fig = Figure(figsize=(8, 5), dpi=100, layout="constrained")
        self.top, self.bottom = fig.subplots(2, 1, sharex=True, height_ratios=(1.6, 1))
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
        self.top.set(yscale="log", xlim=(0, STEPS), ylim=(1e-4, 10), ylabel="loss", title=" ")
        thin: dict[str, Any] = {"color": _BLUE, "linewidth": 0.8, "linestyle": ":"}
        (self.low,) = self.top.plot([], [], **thin)
        (self.high,) = self.top.plot([], [], **thin, label="nine in ten are below / above")
        (self.constant,) = self.top.plot([], [], color="0.6", label="constant, the same base")
        (self.loss,) = self.top.plot([], [], color=_BLUE, linewidth=2, label="mean of 64 runs")
        self.top.legend(loc="lower left", frameon=False)
        self.bottom.set(ylim=(0, 2.5), xlabel="update", ylabel="learning rate", title=" ")
        self.bottom.axhline(2 / _STEEP, color="0.6", linestyle="--", linewidth=1)
        self.bottom.text(STEPS, 2.05 / _STEEP, "2/L", ha="right", color="0.4")
        (self.lr,) = self.bottom.plot([], [], color=_VERMILLION, linewidth=2)
        moving = [self.low, self.high, self.constant, self.loss, self.lr]
        self.canvas = Canvas(fig, [*moving, self.top.title, self.bottom.title])

    def __call__(self, view: Trained) -> bytes:
        t = np.arange(STEPS + 1)
        lines = {self.low: view.low, self.high: view.high}
        for line, values in (lines | {self.constant: view.constant, self.loss: view.loss}).items():
            line.set_data(t, np.where(values < 1e6, values, np.nan))
        self.lr.set_data(t[:-1], view.lrs)
        self.top.title.set_text(f"{view.headline}: loss {_say(view.loss[-1])}")
        self.bottom.title.set_text(
            f"Learning rate: from {number(view.lrs[0])} to {number(view.lrs[-1])}, "
            f"in sum {number(view.lrs.sum())}"
        )
        return self.canvas.png()
