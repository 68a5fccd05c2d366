"""Explorer of lesson 02: what the learning rate does to gradient descent in a valley."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_lib.descent import descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, place, player, slider
from course_lib.optimizers import GD
from course_lib.plots import COLORS, HALO, contours
from course_lib.problems import Quadratic, quadratic, valley

_BLUE, _VERMILLION = COLORS[:2]


@dataclass(frozen=True, eq=False)
class Descent:
    """Gradient descent with one learning rate on one valley, as arrays and words.

    lr, best, limit:  the learning rate, the best constant one 2/(L + mu), and the limit 2/L.
    flat, steep:      the curvatures mu and L.
    points (m+1, 2):  the path, up to the first point outside the box.
    loss (n+1,):      loss over loss at the start, after each step.
    """

    problem: Quadratic
    lr: float
    best: float
    limit: float
    flat: float
    steep: float
    points: np.ndarray
    loss: np.ndarray
    headline: str
    finding: str
    code: str


def look(
    lr: float,
    k: int,
    steps: int,
    problem: Quadratic = valley,
    x: float | None = None,
    y: float | None = None,
) -> Descent:
    """`steps` steps of GD(lr) on `problem`, its flat curvature changed so that L/mu = k.

    The path starts at (x, y), where the problem says unless given.

    With curvatures mu <= L one step multiplies the distance to the minimum by

        1 - lr L  along the steep axis,    1 - lr mu  along the flat one,

    so the path converges for 0 < lr < 2/L, and fastest for lr = 2/(L + mu).
    """
    lr = _short(lr)
    changed = _with_condition(problem, k)
    flat, steep = (float(curvature) for curvature in np.linalg.eigvalsh(changed.hessian))
    best, limit = 2 / (steep + flat), 2 / steep
    start = _start(changed, x, y)
    path = descend(GD(lr), changed, start=start, steps=steps)
    with np.errstate(over="ignore", invalid="ignore"):
        loss = path.values / (path.values[0] or 1.0)
    headline, why = _why(lr, flat, steep)
    begin = "({:.4g}, {:.4g})".format(*path.points[0])
    if not path.values[0]:
        headline, why = "You start at the minimum", "There the gradient is 0: nothing moves."
    return Descent(
        problem=changed,
        lr=lr,
        best=best,
        limit=limit,
        flat=flat,
        steep=steep,
        points=_inside(path.points, changed),
        loss=loss,
        headline=headline,
        finding=(
            f"lr = {number(lr)} is {number(lr / limit)} times the limit 2/L = {number(limit)}: one "
            f"step multiplies the distance to the minimum by {number(1 - lr * steep)} along the "
            f"steep axis and by {number(1 - lr * flat)} along the flat one. {why} "
            f"Loss after {steps} steps from {begin}: {_times_start(loss[-1])}."
        ),
        code=f"descend(GD(lr={lr:.4g}), {_spell(changed)}{_spell_start(start)}, steps={steps})",
    )


def _why(lr: float, flat: float, steep: float) -> tuple[str, str]:
    """A headline, and a sentence on which axis is to blame."""
    at_limit, at_best = (np.isclose(lr, 2 / (steep + c), rtol=1e-3) for c in (0, flat))
    if at_limit:
        return "At the limit: it never settles", (
            "Along the steep axis it jumps from wall to wall and comes no closer."
        )
    if lr > 2 / steep:
        return "Too large: it diverges", (
            "Along the steep axis each step overshoots by more than it came, so it diverges."
        )
    if at_best and np.isclose(flat, steep):
        return "A round valley: the first step arrives", "No axis is slower than the other."
    if at_best:
        return "The best constant lr: both axes are equally slow", (
            "Both are equally far from 0: no other constant lr is faster in the end."
        )
    if lr > 2 / (steep + flat):
        return "Past the best: bouncing takes longest now", "The steep axis is the slow one."
    if lr * steep > 1:
        return "It zigzags across, and crawls along the floor", (
            "It crosses the floor at every step, and the flat axis is the slow one."
        )
    return "No zigzag, but it crawls along the floor", "The flat axis is the slow one."


def _times_start(loss: float) -> str:
    return f"{number(loss)} times the start" if np.isfinite(loss) else "too large for the computer"


def _short(value: float) -> float:
    """Four significant digits, so that the line to copy gives exactly the picture's path."""
    return float(f"{value:.4g}")


def _with_condition(problem: Quadratic, k: int) -> Quadratic:
    """The problem with condition number k: same steep axis and start, another flat curvature."""
    flat, steep = np.linalg.eigvalsh(problem.hessian)
    if k == round(steep / flat):
        return problem
    return quadratic((_short(steep / k), _short(steep)), _rotation(problem), start=problem.start)


def _start(problem: Quadratic, x: float | None, y: float | None) -> tuple[float, float] | None:
    """Where to start; None for the problem's own start, as `descend` has it."""
    own = tuple(_short(c) for c in problem.start)
    start = own[0] if x is None else _short(x), own[1] if y is None else _short(y)
    return None if start == own else start


def _spell_start(start: tuple[float, float] | None) -> str:
    return "" if start is None else f", start=({start[0]:.4g}, {start[1]:.4g})"


def _rotation(problem: Quadratic) -> float:
    """The angle of the flat axis; 0 for a valley along x."""
    x, y = np.linalg.eigh(problem.hessian)[1][:, 0]
    return _short(np.arctan(y / x)) if abs(x) > 1e-12 else _short(np.pi / 2)


def _spell(problem: Quadratic) -> str:
    """The problem as Python."""
    if problem is valley:
        return "valley"
    flat, steep = np.linalg.eigvalsh(problem.hessian)
    angle = _rotation(problem)
    turn = f", rotation={angle:.4g}" if abs(angle) > 1e-6 else ""
    start = ", ".join(f"{x:.4g}" for x in problem.start)
    return f"quadratic(({flat:.4g}, {steep:.4g}){turn}, start=({start}))"


def _inside(points: np.ndarray, problem: Quadratic) -> np.ndarray:
    """The points up to the first outside the box: what follows would only paint it over."""
    low, high = np.array(problem.box).T
    out = ~np.all((low <= points) & (points <= high), axis=1)  # nan counts as outside
    return points[: int(np.argmax(out)) + 1] if out.any() else points


def step_size(problem: Quadratic = valley, steps: int = 100) -> Explorer:
    """Explore the learning rate of gradient descent on a quadratic in two dimensions.

    steps is the most that the path can have. The reader moves the learning rate, the number of
    steps, the condition number k and the start. Raises TypeError for another kind of problem,
    ValueError for another dimension or for steps < 1.
    """
    if not isinstance(problem, Quadratic):
        raise TypeError(
            f"step_size needs a quadratic, got {problem!r}; try valley or quadratic((0.1, 1))"
        )
    if problem.start.shape != (2,):
        raise ValueError(
            f"step_size draws two coordinates, this problem has {problem.start.size}; "
            "try quadratic((0.1, 1))"
        )
    if steps < 1:
        raise ValueError(f"steps must be 1 or more, got {steps}")
    flat, steep = np.linalg.eigvalsh(problem.hessian)
    lr = slider(
        widgets.FloatSlider,
        "learning rate lr",
        value=_short(1.9 / steep),
        min=_short(0.01 / steep),
        max=_short(2.2 / steep),
        step=_short(0.01 / steep),
        readout_format=".4g",
    )
    most = max(100, round(steep / flat))
    k = slider(widgets.IntSlider, "condition number k", value=round(steep / flat), min=1, max=most)
    taken = slider(widgets.IntSlider, "steps taken", value=steps, min=0, max=steps)
    start = place(problem.start, problem.box)

    def go_to(name: str) -> None:
        mu = steep / k.value
        lr.value = _short({"1/L": 1 / steep, "2/(L+mu)": 2 / (steep + mu), "2/L": 2 / steep}[name])

    marks = {
        "1/L": "no zigzag below this learning rate",
        "2/(L+mu)": "the best constant learning rate",
        "2/L": "the limit",
    }
    buttons = [button(f"lr = {mark}", says, partial(go_to, mark)) for mark, says in marks.items()]
    picture = _Picture(steps, problem)
    return Explorer(
        title="gradient descent with one learning rate",
        controls={"lr": lr, "k": k, "steps": taken, **start},
        rows=[[lr, *buttons], player(taken), [*start.values()], [k]],
        look=partial(look, problem=problem),
        draw=picture,
        grabs=[
            Grab(picture.valley, lambda x, y: {"x": x, "y": y}, "drag the start in the valley"),
            Grab(picture.rate, lambda x, y: {"lr": x}, "drag the learning rate along its axis"),
        ],
    )


class _Picture:
    """The path above; the loss, and the share of the distance that a step leaves, below."""

    def __init__(self, steps: int, problem: Quadratic) -> None:
        steep = float(np.linalg.eigvalsh(problem.hessian)[-1])
        fig = Figure(figsize=(9, 5.4), dpi=100, layout="constrained")
        grid = fig.add_gridspec(2, 2, height_ratios=(1.0, 1.15))
        self.valley = fig.add_subplot(grid[0, :])
        self.loss = fig.add_subplot(grid[1, 0])
        self.rate = fig.add_subplot(grid[1, 1])
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)

        # Equal scales, or the steps would not look perpendicular to the level lines, as they are.
        self.valley.set(xlabel="x", ylabel="y", aspect="equal", title=" ")
        self.valley.set(xlim=problem.box[0], ylim=problem.box[1])
        (self.path,) = self.valley.plot([], [], "o-", color=_BLUE, markersize=3, linewidth=1.3)
        (self.start,) = self.valley.plot([], [], "o", color=_BLUE, markersize=9)
        self.start.set(markerfacecolor="white", markeredgewidth=2)
        word: dict[str, Any] = {"ha": "center", "va": "top", "bbox": HALO, "color": _VERMILLION}
        self.word = self.valley.text(0.5, 0.9, "", transform=self.valley.transAxes, **word)

        self.loss.set(yscale="log", xlim=(0, steps), ylim=(1e-6, 1e3), title=" ")
        self.loss.set(xlabel="step", ylabel="loss / loss at the start")
        (self.curve,) = self.loss.plot([], [], color=_BLUE, linewidth=1.8)

        self.rate.set(xlabel="learning rate lr", ylabel="distance left by a step", title=" ")
        limit = 2 / steep
        self.lr = np.linspace(0, 1.1 * limit, 221)
        self.rate.axhspan(1, 1.3, color="0.9", zorder=0)
        self.rate.text(0.02, 1.1, "diverges", transform=self.rate.get_yaxis_transform())
        self.rate.set(xlim=(0, 1.1 * limit), ylim=(0, 1.25))
        self.rate.set_xticks([0, limit / 2, limit], ["0", "1/L", "2/L"])
        (self.flat,) = self.rate.plot([], [], color=_VERMILLION, label="flat axis")
        (self.steep,) = self.rate.plot([], [], color=_BLUE, label="steep axis")
        (self.best,) = self.rate.plot([], [], "k*", markersize=12, label="best lr")
        self.rate.legend(loc="lower left", frameon=False)
        (self.at_flat,) = self.rate.plot([], [], "o", color=_VERMILLION, markersize=8)
        (self.at_steep,) = self.rate.plot([], [], "o", color=_BLUE, markersize=8)
        moving = [self.path, self.start, self.word, self.curve]
        moving += [self.flat, self.steep, self.best, self.at_flat, self.at_steep]
        self.canvas = Canvas(fig, [*moving, *(ax.title for ax in fig.axes)])
        self.shown: float | None = None
        self.level_lines: list[Artist] = []

    def __call__(self, view: Descent) -> bytes:
        if view.flat != self.shown:
            self._draw_seldom(view)
        on_flat, on_steep = abs(1 - view.lr * view.flat), abs(1 - view.lr * view.steep)
        self.path.set_data(*view.points.T)
        self.start.set_data(*view.points[:1].T)
        self.curve.set_data(np.arange(len(view.loss)), view.loss)
        self.at_flat.set_data([view.lr], [on_flat])
        self.at_steep.set_data([view.lr], [on_steep])
        self.word.set_text("diverges" if view.lr > view.limit else "")
        self.valley.title.set_text(view.headline)
        self.loss.title.set_text(f"Loss: {_times_start(view.loss[-1])}")
        self.rate.title.set_text(f"Slower axis: distance x {number(max(on_flat, on_steep))} a step")
        return self.canvas.png()

    def _draw_seldom(self, view: Descent) -> None:
        for artist in self.level_lines:
            artist.remove()
        self.level_lines = contours(self.valley, view.problem, grid=81)
        self.flat.set_data(self.lr, np.abs(1 - self.lr * view.flat))
        self.steep.set_data(self.lr, np.abs(1 - self.lr * view.steep))
        self.best.set_data([view.best], [1 - view.best * view.flat])
        self.canvas.seldom_changed(self.level_lines)
        self.shown = view.flat
