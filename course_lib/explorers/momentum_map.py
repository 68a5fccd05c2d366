"""Explorer of lesson 05: which pairs of learning rate and memory roll, creep or explode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.descent import Path, descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, player, slider
from course_lib.optimizers import GD, Momentum
from course_lib.plots import COLORS, HALO, contours
from course_lib.problems import valley

_BLUE, _VERMILLION = COLORS[:2]
_FLAT, _STEEP = 0.01, 1.0  # the curvatures of the valley
_BEST_LR, _BEST_BETA = 4 / (1 + 0.1) ** 2, ((1 - 0.1) / (1 + 0.1)) ** 2
_MOST_LR = 4.2
_LEVELS = (0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 1.0)  # the least factor is 0.818
_SHADES = ("#08306B", "#2171B5", "#6BAED6", "#BDD7E7", "#E1ECF4", "#F5F8FB")  # darker is faster


@dataclass(frozen=True, eq=False)
class Roll:
    """Momentum with one (lr, beta) on the valley, as arrays and words.

    flat, steep:      the factor of one step along each axis, in the long run.
    limit:            the learning rate 2 (1 + beta) / L above which it diverges.
    points (m+1, 2):  the path, up to where it is far outside the picture.
    loss (n+1,):      loss over loss at the start, after each step.
    """

    lr: float
    beta: float
    flat: float
    steep: float
    limit: float
    points: np.ndarray
    loss: np.ndarray
    headline: str
    finding: str
    code: str


def radius(lr: ArrayLike, beta: ArrayLike, curvature: float) -> np.ndarray:
    """The factor by which a step shrinks the distance in the long run, along one axis.

        the larger |z| of the two roots of  z^2 - (1 + beta - lr * curvature) z + beta

    lr and beta are numbers or arrays that broadcast. Complex roots have size sqrt(beta) both.
    Source: Polyak 1964; the form with a 2 x 2 matrix, O'Donoghue and Candes 2015.
    """
    lr, beta = np.asarray(lr, dtype=float), np.asarray(beta, dtype=float)
    half = (1 + beta - lr * curvature) / 2
    inside = half**2 - beta
    real = np.abs(half) + np.sqrt(np.maximum(inside, 0))
    return np.where(inside < 0, np.sqrt(beta), real)


def look(lr: float, beta: float, steps: int) -> Roll:
    """`steps` steps of Momentum(lr, beta) on the valley.

    Each axis, with its curvature c, goes its own way. It swings where the roots of
    z^2 - (1 + beta - lr c) z + beta are complex, creeps where they are positive, and jumps to and
    fro where they are negative. It converges for 0 < lr < 2 (1 + beta) / L.
    """
    lr, beta = float(f"{lr:.4g}"), float(f"{beta:.4g}")
    flat, steep = (float(radius(lr, beta, c)) for c in (_FLAT, _STEEP))
    limit = 2 * (1 + beta) / _STEEP
    path = descend(Momentum(lr, beta), valley, steps=steps)
    with np.errstate(over="ignore", invalid="ignore"):
        loss = path.values / path.values[0]
    headline, why = _why(lr, beta, flat, steep)
    result = (
        f"{number(loss[-1])} times the start"
        if np.isfinite(loss[-1])
        else "too large for the computer"
    )
    return Roll(
        lr=lr,
        beta=beta,
        flat=flat,
        steep=steep,
        limit=limit,
        points=_near(path),
        loss=loss,
        headline=headline,
        finding=(
            f"lr = {number(lr)}, beta = {number(beta)}: in the long run one step multiplies the "
            f"distance by {number(steep)} along the steep axis, which {_way(lr, beta, _STEEP)}, "
            f"and by {number(flat)} along the flat one, which {_way(lr, beta, _FLAT)}. {why} "
            f"The limit 2(1 + beta)/L is {number(limit)}. Loss after {steps} steps: {result}."
        ),
        code=f"descend(Momentum(lr={lr:.4g}, beta={beta:.4g}), valley, steps={steps})",
    )


def _way(lr: float, beta: float, curvature: float) -> str:
    """What one axis does."""
    middle = 1 + beta - lr * curvature
    if np.isclose(lr * curvature, 2 * (1 + beta), rtol=1e-3):
        return "jumps to and fro for ever"
    if lr * curvature > 2 * (1 + beta):
        return "explodes"
    if middle**2 < 4 * beta * (1 - 1e-9):
        return "swings"
    return "creeps" if middle > 0 else "jumps to and fro"


def _why(lr: float, beta: float, flat: float, steep: float) -> tuple[str, str]:
    """A headline, and a sentence on what to change."""
    if np.isclose(lr, 2 * (1 + beta), rtol=1e-3):
        return "At the limit: it never settles", "The steep axis comes no closer."
    if lr > 2 * (1 + beta):
        return "Too large: it diverges", "No memory saves a step as long as this."
    if np.isclose(lr, _BEST_LR, rtol=2e-3) and np.isclose(beta, _BEST_BETA, atol=2e-3):
        return "The best pair: both axes are at the edge of swinging", (
            "No other pair shrinks the slower of the two faster."
        )
    if _way(lr, beta, _FLAT) == _way(lr, beta, _STEEP) == "swings":
        return "Both axes swing: beta alone sets the pace", (
            "Both factors are the root of beta, whatever lr is: less memory would settle sooner."
        )
    slow = "flat" if flat >= steep else "steep"
    what = "No memory: gradient descent" if beta == 0 else f"The {slow} axis is the slow one"
    if slow == "flat":
        return what, "The floor of the valley takes longest: more memory or a larger lr would help."
    return what, "The bouncing takes longest: a smaller lr or more memory would help."


def _near(path: Path) -> np.ndarray:
    """The points up to the first far outside the picture: huge numbers break the drawing."""
    reach = 50 * np.array(valley.box)[:, 1]
    out = ~np.all(np.abs(path.points) <= reach, axis=1)  # nan counts as outside
    return path.points[: int(np.argmax(out)) + 1] if out.any() else path.points


def momentum_map(steps: int = 100) -> Explorer:
    """Explore the learning rate and the memory of momentum on the course's valley.

    steps is the most that the path can have. The reader moves lr, beta and the number of steps.
    Raises ValueError for steps < 1.
    """
    if steps < 1:
        raise ValueError(f"steps must be 1 or more, got {steps}")
    rate: dict[str, Any] = {"min": 0.02, "max": _MOST_LR, "step": 0.005, "readout_format": ".4g"}
    lr = slider(widgets.FloatSlider, "learning rate lr", value=1.9, **rate)
    memory: dict[str, Any] = {"min": 0.0, "max": 0.99, "step": 0.01, "readout_format": ".4g"}
    beta = slider(widgets.FloatSlider, "memory beta", value=0.3, **memory)
    taken = slider(widgets.IntSlider, "steps taken", value=steps, min=0, max=steps)

    def go_to(new_lr: float, new_beta: float) -> None:
        lr.value, beta.value = new_lr, new_beta

    # The best pair is a corner: 3.306 would be a hair too large, and cost .015 of the factor.
    best = 3.305, 0.67
    marks = {
        "gradient descent": (1.98, 0.0, "the best lr without memory"),
        "the best pair": (*best, "the best lr and beta for this valley"),
        "lr = 1, beta = 0.9": (1.0, 0.9, "a common setting"),
    }
    buttons = [button(name, says, partial(go_to, a, b)) for name, (a, b, says) in marks.items()]
    picture = _Picture(steps)
    return Explorer(
        title="momentum with one learning rate and one memory",
        controls={"lr": lr, "beta": beta, "steps": taken},
        rows=[[lr, *buttons], [beta], player(taken)],
        look=look,
        draw=picture,
        grabs=[Grab(picture.map, lambda x, y: {"lr": x, "beta": y}, "drag the dot over the map")],
    )


class _Picture:
    """The map of all pairs on the left; the path and the loss of one of them on the right."""

    def __init__(self, steps: int) -> None:
        fig = Figure(figsize=(9.8, 4.6), dpi=100, layout="constrained")
        grid = fig.add_gridspec(2, 2, width_ratios=(1, 1.15), height_ratios=(1, 1.5))
        self.map = fig.add_subplot(grid[:, 0])
        self.valley = fig.add_subplot(grid[0, 1])
        self.loss = fig.add_subplot(grid[1, 1])
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
        self._draw_map(fig)
        (self.here,) = self.map.plot([], [], "o", color=_VERMILLION, markersize=10)
        self.here.set_markeredgecolor("white")

        contours(self.valley, valley)
        self.valley.set(xlabel="x", ylabel="y", title=" ")
        (self.path,) = self.valley.plot([], [], "o-", color=_BLUE, markersize=2.5, linewidth=1.1)
        self.path.set_zorder(5)
        word: dict[str, Any] = {"ha": "center", "va": "top", "bbox": HALO, "color": _VERMILLION}
        self.word = self.valley.text(0.5, 0.9, "", transform=self.valley.transAxes, **word)

        plain = descend(GD(2 / (_STEEP + _FLAT)), valley, steps=steps).values
        self.loss.plot(plain / plain[0], "--", color="0.5", label="gradient descent at its best")
        self.loss.set(yscale="log", xlim=(0, steps), ylim=(1e-12, 1e3), title=" ")
        self.loss.set(xlabel="step", ylabel="loss / loss at the start")
        (self.curve,) = self.loss.plot([], [], color=_BLUE, linewidth=1.8)
        self.loss.legend(loc="lower left", frameon=False)
        moving = [self.here, self.path, self.word, self.curve]
        self.canvas = Canvas(
            fig, [*moving, *(ax.title for ax in (self.map, self.valley, self.loss))]
        )

    def _draw_map(self, fig: Figure) -> None:
        lr, beta = np.meshgrid(np.linspace(0.001, _MOST_LR, 421), np.linspace(0, 0.999, 201))
        factor = np.maximum(radius(lr, beta, _FLAT), radius(lr, beta, _STEEP))
        filled = self.map.contourf(lr, beta, factor, levels=_LEVELS, colors=_SHADES)
        fig.colorbar(filled, ax=self.map, location="right", label="distance left by a step")
        self.map.plot(2 * (1 + beta[:, 0]) / _STEEP, beta[:, 0], color="black", linewidth=1.5)
        self.map.plot(_BEST_LR, _BEST_BETA, "*", color="black", markersize=13)
        self.map.text(0.98, 0.12, "diverges", transform=self.map.transAxes, ha="right")
        self.map.set(xlabel="learning rate lr", ylabel="memory beta", title=" ")
        self.map.set(xlim=(0, _MOST_LR), ylim=(-0.02, 1.0))

    def __call__(self, view: Roll) -> bytes:
        self.here.set_data([view.lr], [view.beta])
        self.path.set_data(*view.points.T)
        self.curve.set_data(np.arange(len(view.loss)), view.loss)
        self.word.set_text("diverges" if view.lr > view.limit else "")
        self.map.title.set_text(f"A step leaves {number(max(view.flat, view.steep))}")
        self.valley.title.set_text(view.headline)
        self.loss.title.set_text(
            f"Loss: {number(view.loss[-1])} times the start"
            if np.isfinite(view.loss[-1])
            else "Loss: too large for the computer"
        )
        return self.canvas.png()
