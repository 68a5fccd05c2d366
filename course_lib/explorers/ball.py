"""Explorer of lesson 12: where a loss meets the ball of a penalty, in two weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, button, number, slider
from course_lib.plots import COLORS
from course_lib.problems import Quadratic, quadratic
from course_lib.regularization import penalised_minimum

_BLUE, _VERMILLION, _GREEN = COLORS[:3]
_CURVATURES = (1.5, 0.5)  # along the diagonals: the two weights say partly the same
_LENGTH = 2.0  # how far the minimum of the loss is from 0
_STRENGTHS = np.geomspace(1e-2, 10, 61)
_ROUND = np.linspace(0, 2 * np.pi, 161)
_TURN = np.sqrt(0.5) * np.array([[1, -1], [1, 1]])


@dataclass(frozen=True, eq=False)
class Meeting:
    """A loss and an elastic net in two weights, as arrays and words.

    best (2,):     the minimum of the loss.    solution (2,): that of loss plus penalty.
    paths (61, 2): the solution for every strength from 0.01 to 10.
    ball (161, 2): the line of all weights whose penalty is that of the solution.
    rings (n, 2):  level lines of the loss around its minimum, nan between two of them; the last
                   goes through the solution.
    """

    strength: float
    best: np.ndarray
    solution: np.ndarray
    paths: np.ndarray
    ball: np.ndarray
    rings: np.ndarray
    headline: str
    finding: str
    code: str


def bowl(angle: float) -> Quadratic:
    """The loss without its minimum moved: curvatures 1.5 and 0.5 along the two diagonals.

    `quadratic` has its minimum at 0; here it stands at 2 (cos angle, sin angle), angle in degrees.
    """
    here = quadratic(_CURVATURES, rotation=np.pi / 4)
    minimum = _LENGTH * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    return Quadratic(here.hessian, minimum, here.start, here.box, "two weights")


def look(exponent: float, mix: float, angle: float) -> Meeting:
    """The minimum of loss + strength (mix |w|_1 + (1 - mix) |w|_2^2), strength = 10**exponent."""
    strength, mix = float(f"{10**exponent:.3g}"), float(f"{mix:.3g}")
    problem = bowl(angle)
    strengths = np.append(_STRENGTHS, strength)
    *paths, solution = penalised_minimum(problem, strengths * mix, strengths * (1 - mix), steps=200)
    solution = np.where(np.abs(solution) < 1e-9, 0.0, solution)
    zeros = int(np.sum(solution == 0))
    headline, why = _read(mix, zeros)
    one, two = solution
    return Meeting(
        strength=strength,
        best=problem.minimum,
        solution=solution,
        paths=np.array(paths),
        ball=_ball(solution, mix),
        rings=_rings(problem, solution),
        headline=headline,
        finding=(
            f"Strength {number(strength)}, {number(mix)} of it L1 and {number(1 - mix)} L2: "
            f"the loss alone has its minimum at ({number(problem.minimum[0])}, "
            f"{number(problem.minimum[1])}), with the penalty it is at ({number(one)}, "
            f"{number(two)}). {why}"
        ),
        code=(
            f"penalised_minimum(bowl({angle:g}), l1={strength * mix:.4g}, "
            f"l2={strength * (1 - mix):.4g}, steps=200)"
        ),
    )


def _read(mix: float, zeros: int) -> tuple[str, str]:
    """A headline, and a sentence on the corner of the ball."""
    if zeros == 2:
        return (
            "Both weights are 0",
            "The penalty is steeper at 0 than the loss: nothing is learned.",
        )
    if zeros == 1:
        return "The corner holds: one weight is 0", (
            "The level line touches the ball at a corner, and stays there for a while as you turn "
            "the minimum or the strength."
        )
    if mix == 0:
        return "A round ball: both weights are smaller, none is 0", (
            "A circle has no corner, so the level line touches it anywhere."
        )
    return "The level line touches an edge: no weight is 0", (
        "Make the penalty stronger, or turn the minimum towards an axis, and it slips to a corner."
    )


def _ball(w: np.ndarray, mix: float) -> np.ndarray:
    """All points with the penalty of w, one on each ray: mix a r + (1 - mix) r^2 = penalty."""
    penalty = mix * np.sum(np.abs(w)) + (1 - mix) * np.sum(w**2)
    rays = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=-1)
    a, b = mix * np.sum(np.abs(rays), axis=-1), 1 - mix
    root = np.sqrt(a**2 + 4 * b * penalty)
    length = 2 * penalty / (a + root) if penalty > 0 else 0 * a
    return rays * length[:, None]


def _rings(problem: Quadratic, w: np.ndarray) -> np.ndarray:
    """Level lines: ellipses around the minimum, the last one through w."""
    away = w - problem.minimum
    level = np.sqrt(away @ problem.hessian @ away)
    ellipse = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=-1) / np.sqrt(_CURVATURES) @ _TURN.T
    gap = np.full((1, 2), np.nan)
    lines = [problem.minimum + share * level * ellipse for share in (0.25, 0.5, 0.75, 1.0)]
    return np.vstack([part for line in lines for part in (line, gap)])


def penalty_ball() -> Explorer:
    """Explore where the level lines of a loss meet the ball of L1, of L2, and of a mix.

    The reader moves the strength, the share of L1, and the direction of the loss's minimum.
    """
    exponent = slider(
        widgets.FloatSlider, "strength, 10 to the", value=-0.2, min=-2.0, max=1.0, step=0.05
    )
    mix = slider(widgets.FloatSlider, "share of L1", value=0.0, min=0.0, max=1.0, step=0.05)
    angle = slider(widgets.IntSlider, "angle of the minimum", value=20, min=-90, max=90)

    def go_to(share: float) -> None:
        mix.value = share

    marks = {"L2": 0.0, "half and half": 0.5, "L1": 1.0}
    buttons = [
        button(name, f"{name}, at this strength", partial(go_to, m)) for name, m in marks.items()
    ]
    return Explorer(
        title="a loss and a penalty in two weights",
        controls={"exponent": exponent, "mix": mix, "angle": angle},
        rows=[[mix, *buttons], [exponent], [angle]],
        look=look,
        draw=_Picture(),
    )


class _Picture:
    """The ball and the level lines on the left; both weights against the strength on the right."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9.4, 4.2), dpi=100, layout="constrained")
        self.plane, self.paths = fig.subplots(1, 2, width_ratios=(1, 1.2))
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
        for line in (self.plane.axhline, self.plane.axvline):
            line(0, color="0.8", linewidth=0.8)
        self.plane.set(xlim=(-2.2, 3.2), ylim=(-2.7, 2.7), aspect="equal", title=" ")
        self.plane.set(xlabel="$w_1$", ylabel="$w_2$")
        (self.rings,) = self.plane.plot([], [], color="0.6", linewidth=0.9)
        (self.ball,) = self.plane.plot([], [], color=_GREEN, linewidth=2.2)
        (self.best,) = self.plane.plot([], [], "k*", markersize=12)
        (self.here,) = self.plane.plot([], [], "o", color=_VERMILLION, markersize=9)

        self.paths.set(xscale="log", xlim=(0.01, 10), ylim=(-2.1, 2.1), title=" ")
        self.paths.set(xlabel="strength of the penalty", ylabel="weight")
        self.paths.axhline(0, color="0.8", linewidth=0.8)
        (self.one,) = self.paths.plot([], [], color=_BLUE, linewidth=2, label="$w_1$")
        (self.two,) = self.paths.plot([], [], "--", color=_VERMILLION, linewidth=2, label="$w_2$")
        (self.mark,) = self.paths.plot([], [], ":", color="0.4", linewidth=1)
        self.paths.legend(loc="lower right", frameon=False)
        moving = [self.rings, self.ball, self.best, self.here, self.one, self.two, self.mark]
        self.canvas = Canvas(fig, [*moving, *(ax.title for ax in fig.axes)])

    def __call__(self, view: Meeting) -> bytes:
        self.rings.set_data(*view.rings.T)
        self.ball.set_data(*view.ball.T)
        self.best.set_data(*view.best[:, None])
        self.here.set_data(*view.solution[:, None])
        for line, path in zip((self.one, self.two), view.paths.T, strict=True):
            line.set_data(_STRENGTHS, path)
        self.mark.set_data([view.strength, view.strength], [-2.1, 2.1])
        self.plane.title.set_text(f"({number(view.solution[0])}, {number(view.solution[1])})")
        self.paths.title.set_text(view.headline)
        return self.canvas.png()
