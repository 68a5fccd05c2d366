"""Explorer of lesson 07: the learning rate that Adagrad gives to each coordinate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.descent import Path, descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, player, slider
from course_lib.explorers.turning import TurningSurface
from course_lib.optimizers import GD, Adagrad
from course_lib.plots import COLORS, HALO
from course_lib.problems import Quadratic, quadratic, valley

_BLUE, _VERMILLION, _GREEN = COLORS[:3]
_MOST = 100  # steps
_BEST = 1.778  # of twenty lr to a power of ten, gradient descent's best for 100 steps in the valley
_WINDOW = ((-11.5, 11.5), (-11.5, 11.5))  # square, so that the valley can turn in it


@dataclass(frozen=True, eq=False)
class Rates:
    """Adagrad in the valley, turned by some degrees, beside gradient descent at its best.

    points, plain (n+1, 2):  the two paths. loss, plain_loss (n+1,): what they reach.
    rates (n, 2):            lr / (sqrt(G) + eps) per coordinate, at each step.
    """

    problem: Quadratic
    turn: int
    points: np.ndarray
    loss: np.ndarray
    rates: np.ndarray
    plain: np.ndarray
    plain_loss: np.ndarray
    headline: str
    finding: str
    code: str


def look(exponent: float, turn: int, steps: int) -> Rates:
    """`steps` steps of Adagrad(lr = 10**exponent) in the valley, turned by `turn` degrees.

        rate_t = lr / (sqrt(g_1^2 + ... + g_t^2) + eps)    per coordinate

    The paths start at the same height, at the place that is turned with the valley.
    """
    lr = float(f"{10**exponent:.4g}")
    problem = _turned(turn)
    run = descend(Adagrad(lr), problem, steps=steps)
    g = problem.grad(run.points[:-1])
    rates = lr / (np.sqrt(np.cumsum(g**2, axis=0)) + Adagrad(lr).eps)
    plain = _gradient_descent(turn)
    headline, words = _read(lr, turn, steps, rates)
    return Rates(
        problem=problem,
        turn=turn,
        points=run.points,
        loss=run.values,
        rates=rates,
        plain=plain.points[: steps + 1],
        plain_loss=plain.values[: steps + 1],
        headline=headline,
        finding=(
            f"{words} Loss after {steps} steps: {number(run.values[-1])} with Adagrad, "
            f"{number(plain.values[steps])} with gradient descent at its best lr."
        ),
        code=f"descend(Adagrad(lr={lr:.4g}), {_spell(turn)}, steps={steps})",
    )


def _read(lr: float, turn: int, steps: int, rates: np.ndarray) -> tuple[str, str]:
    """A headline, and what the two rates are."""
    where = f"The valley is turned by {turn} degrees." if turn else "The valley lies along w1."
    if not steps:
        return "No step yet, so no rates yet", where
    first, second = rates[-1]
    ratio = f"{number(first / second)} times the rate of w2"
    headline = "Both get about the same rate"
    if not 0.95 < first / second < 1.05:
        headline = f"w1 gets {ratio}"
    return headline, (
        f"{where} lr = {number(lr)} has become {number(first)} for w1 and {number(second)} for w2: "
        f"w1 gets {ratio}."
    )


@cache
def _turned(turn: int) -> Quadratic:
    if not turn:
        return replace(valley, box=_WINDOW)
    return replace(quadratic((0.01, 1.0), rotation=_angle(turn)), box=_WINDOW)


@cache
def _gradient_descent(turn: int) -> Path:
    return descend(GD(_BEST), _turned(turn), steps=_MOST)


def _angle(turn: int) -> float:
    """In radians, with four digits, so that the line to copy gives exactly the picture's path."""
    return float(f"{np.radians(turn):.4g}")


def _spell(turn: int) -> str:
    return f"quadratic((0.01, 1), rotation={_angle(turn):.4g})" if turn else "valley"


def coordinate_lr() -> Explorer:
    """Explore the learning rate per coordinate that Adagrad finds in the valley.

    The reader moves lr, turns the valley against the axes, and chooses the number of steps.
    """
    exponent = slider(
        widgets.FloatSlider,
        "power of ten of lr",
        value=0.5,
        min=-2.0,
        max=1.0,
        step=0.05,
        readout_format=".2f",
    )
    turn = slider(widgets.IntSlider, "valley turned, degrees", value=0, min=0, max=45)
    steps = slider(widgets.IntSlider, "steps taken", value=_MOST, min=0, max=_MOST)

    def turn_to(degrees: int) -> None:
        turn.value = degrees

    buttons = [
        button("along the axes", "each axis has its own curvature", lambda: turn_to(0)),
        button("30 degrees", "the axes mix both curvatures", lambda: turn_to(30)),
        button("45 degrees", "no axis knows more than the other", lambda: turn_to(45)),
    ]
    picture = _Picture()
    return Explorer(
        title="the learning rate of each coordinate, in a valley that turns",
        controls={"exponent": exponent, "turn": turn, "steps": steps},
        rows=[[exponent], [turn, *buttons], player(steps)],
        look=look,
        draw=picture,
        grabs=[
            Grab(picture.valley, _turn_towards, "drag in the valley to turn it"),
            Grab(picture.loss, lambda x, y: {"steps": x}, "drag the step along the loss"),
        ],
    )


def _turn_towards(x: float, y: float) -> dict[str, float]:
    """The turn that lays the floor of the valley, on the side of its start, through a point."""
    return {"turn": np.degrees(np.arctan2(y, x))}


class _Picture:
    """The two paths; the rate of each coordinate, and the loss, against the step."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9, 5), dpi=100, layout="constrained")
        grid = fig.add_gridspec(2, 2, width_ratios=(1.1, 1.0))
        self.valley = fig.add_subplot(grid[:, 0])
        self.rate, self.loss = fig.add_subplot(grid[0, 1]), fig.add_subplot(grid[1, 1])
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)

        self.valley.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal", title=" ")
        self.surface = TurningSurface(self.valley, _turned(0))
        (self.plain,) = self.valley.plot(
            [], [], "o-", color="0.45", markersize=2, linewidth=0.8, label="gradient descent"
        )
        (self.path,) = self.valley.plot(
            [], [], "o-", color=_GREEN, markersize=3.5, linewidth=1.4, label="Adagrad"
        )
        self.valley.legend(loc="lower left", frameon=True)

        self.rate.set(yscale="log", xlim=(1, _MOST), ylim=(1e-3, 1e3), title=" ")
        self.rate.set(xlabel="step", ylabel="lr / (root of G + eps)")
        (self.first,) = self.rate.plot([], [], color=_VERMILLION, linewidth=2, label="for $w_1$")
        (self.second,) = self.rate.plot([], [], color=_BLUE, linewidth=2, label="for $w_2$")
        self.rate.legend(loc="upper right", frameon=False, ncols=2)

        self.loss.set(yscale="log", xlim=(0, _MOST), ylim=(1e-12, 1e2), title=" ")
        self.loss.set(xlabel="step", ylabel="loss")
        (self.plain_curve,) = self.loss.plot([], [], color="0.45", linewidth=1.4)
        (self.curve,) = self.loss.plot([], [], color=_GREEN, linewidth=2)
        word: dict[str, Any] = {"bbox": HALO, "color": "0.3", "va": "bottom", "ha": "left"}
        self.word = self.valley.text(0.03, 0.95, "", transform=self.valley.transAxes, **word)
        self.word.set_verticalalignment("top")
        moving = [self.plain, self.path, self.word, self.first, self.second]
        moving += [self.plain_curve, self.curve, *(ax.title for ax in fig.axes)]
        self.canvas = Canvas(fig, moving, self.surface.artists)
        self.shown: int | None = None

    def __call__(self, view: Rates) -> bytes:
        if view.turn != self.shown:
            self.canvas.seldom_changed(self.surface.turn(view.turn))
            self.shown = view.turn
        steps = np.arange(len(view.points))
        self.plain.set_data(*view.plain.T)
        self.path.set_data(*view.points.T)
        self.first.set_data(steps[1:], view.rates[:, 0])
        self.second.set_data(steps[1:], view.rates[:, 1])
        self.plain_curve.set_data(steps, view.plain_loss)
        self.curve.set_data(steps, np.maximum(view.loss, 1e-300))
        self.word.set_text(f"turned by {view.turn} degrees" if view.turn else "along the axes")
        self.valley.title.set_text("Where they go")
        self.rate.title.set_text(view.headline)
        self.loss.title.set_text(
            f"Loss: Adagrad {number(view.loss[-1])}, GD {number(view.plain_loss[-1])}"
        )
        return self.canvas.png()
