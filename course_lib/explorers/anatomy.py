"""Explorer of lesson 06: one step of Nesterov's method, taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from course_lib.descent import Path, descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, place, player, slider
from course_lib.optimizers import Momentum, Nesterov, Optimizer
from course_lib.plots import COLORS, contours
from course_lib.problems import quadratic

_BLUE, _VERMILLION = COLORS[:2]
_STEPS = 40
bowl = quadratic((0.1, 1.0), name="a valley of condition 10")
_ARROWS = (
    ("the old velocity, for both", "black", "-"),
    ("downhill at w, times lr", _VERMILLION, ":"),
    ("momentum corrects by that", _VERMILLION, "-"),
    ("Nesterov, by downhill ahead, times lr", _BLUE, "-"),
)


@dataclass(frozen=True, eq=False)
class Step:
    """One step from one place, by two rules, as arrays and words.

    w, ahead (2,):           where the step starts, and where its old velocity alone would end.
    momentum, nesterov (2,): where the step ends with the gradient of w, and with that of ahead.
    at_w, at_ahead (2,):     the two gradients.
    path (t, 2):             Nesterov's path up to w.
    loss:                    rule -> (41,), loss over loss at the start, each on its own path.
    """

    t: int
    w: np.ndarray
    ahead: np.ndarray
    momentum: np.ndarray
    nesterov: np.ndarray
    at_w: np.ndarray
    at_ahead: np.ndarray
    path: np.ndarray
    loss: dict[str, np.ndarray]
    headline: str
    finding: str
    code: str


_START = tuple(float(f"{c:.4g}") for c in bowl.start)


def look(lr: float, beta: float, t: int, x: float = _START[0], y: float = _START[1]) -> Step:
    """Step t of Nesterov(lr, beta) from (x, y), and the step of Momentum from the same place.

    Both carry on by -lr beta v, to the same point. Then both correct by -lr g:

        momentum  with g = grad f(w),        Nesterov  with g = grad f(w - lr beta v)

    On a convex function the slope along the way never falls as one goes on, so the gradient of the
    second place pushes forward no harder than that of the first, and brakes no later.
    """
    lr, beta, x, y = (float(f"{value:.4g}") for value in (lr, beta, x, y))
    runs = _runs(lr, beta, x, y)
    points = runs["Nesterov"].points[:t]
    w, before = points[-1], points[max(t - 2, 0)]
    ahead = w + beta * (w - before)  # the last step was -lr v, and the old velocity is beta v
    at_w, at_ahead = bowl.grad(w), bowl.grad(ahead)
    ends = {"momentum": ahead - lr * at_w, "nesterov": ahead - lr * at_ahead}
    # The slopes along the way that the old velocity leads, per unit of way.
    way = ahead - w
    length = float(np.linalg.norm(way))
    slopes = [float(g @ way / length) if length else 0.0 for g in (at_w, at_ahead)]
    headline, why = _why(length, *slopes)
    carried = f"The old velocity carries it on by {number(length)}. " if length else ""
    return Step(
        t=t,
        w=w,
        ahead=ahead,
        at_w=at_w,
        at_ahead=at_ahead,
        path=points,
        loss={name: run.values / (run.values[0] or 1.0) for name, run in runs.items()},
        headline=headline,
        finding=(
            f"Step {t} from ({x:.4g}, {y:.4g}) with lr = {number(lr)} and beta = {number(beta)}. "
            f"{carried}{why} "
            f"Loss after this step: {number(float(bowl.value(ends['nesterov'])))} with Nesterov's "
            f"gradient, {number(float(bowl.value(ends['momentum'])))} with momentum's."
        ),
        code=(
            f"descend(Nesterov(lr={lr:.4g}, beta={beta:.4g}), quadratic((0.1, 1)), "
            f"{'' if (x, y) == _START else f'start=({x:.4g}, {y:.4g}), '}steps={t})"
        ),
        **ends,
    )


@lru_cache(maxsize=64)
def _runs(lr: float, beta: float, x: float, y: float) -> dict[str, Path]:
    rules: dict[str, Optimizer] = {"momentum": Momentum(lr, beta), "Nesterov": Nesterov(lr, beta)}
    start = None if (x, y) == _START else (x, y)  # its own start has more digits than the sliders
    return {name: descend(rule, bowl, start, _STEPS) for name, rule in rules.items()}


def _why(length: float, at_w: float, at_ahead: float) -> tuple[str, str]:
    """A headline, and a sentence on the two slopes along the way."""
    if length == 0:
        return "No velocity yet:\nboth ask at the same place", (
            "Without a velocity the look-ahead point is w itself, and the two rules are one."
        )
    slopes = (
        f"Along that way the slope is {number(at_w)} at w and {number(at_ahead)} at the look-ahead "
        "point"
    )
    if at_w < 0 < at_ahead:
        return "Momentum still pushes,\nNesterov already brakes", (
            f"{slopes}: w still sees downhill, the point ahead sees the other side."
        )
    if at_ahead <= 0:
        return "Downhill at both:\nNesterov pushes a little less", f"{slopes}: both push forward."
    return "Uphill at both:\nNesterov brakes harder", f"{slopes}: both brake."


def step_anatomy() -> Explorer:
    """Explore one step of Nesterov's method beside the step of momentum from the same place.

    The reader moves lr, beta, the start, and which step of the path is taken apart.
    """
    share: dict[str, Any] = {"readout_format": ".4g"}
    lr = slider(
        widgets.FloatSlider, "learning rate lr", value=0.6, min=0.02, max=2.0, step=0.02, **share
    )
    beta = slider(
        widgets.FloatSlider, "memory beta", value=0.8, min=0.0, max=0.98, step=0.02, **share
    )
    t = slider(widgets.IntSlider, "step taken apart", value=3, min=1, max=_STEPS)
    start = place(bowl.start, bowl.box)

    def next_turn() -> None:
        begin = [coordinate.value for coordinate in start.values()]
        later = range(t.value + 1, _STEPS + 1)
        t.value = next((k for k in later if _turns(look(lr.value, beta.value, k, *begin))), 1)

    turn = button("next turn", "the next step at which only Nesterov brakes", next_turn)
    picture = _Picture()
    return Explorer(
        title="one step of Nesterov's method, taken apart",
        controls={"lr": lr, "beta": beta, "t": t, **start},
        rows=[[*player(t, interval=400), turn], [lr, beta], [*start.values()]],
        look=look,
        draw=picture,
        grabs=[
            Grab(picture.valley, lambda x, y: {"x": x, "y": y}, "drag the start in the valley"),
            Grab(picture.loss, lambda x, y: {"t": x}, "drag the step along the loss"),
        ],
    )


def _turns(view: Step) -> bool:
    way = view.ahead - view.w
    return bool(view.at_w @ way < 0 < view.at_ahead @ way)


class _Picture:
    """The path and the step in the valley; the step under a glass; the loss of both methods."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9.6, 6), dpi=100, layout="constrained")
        grid = fig.add_gridspec(2, 2, width_ratios=(1.15, 1))
        self.valley, self.loss = fig.add_subplot(grid[0, 0]), fig.add_subplot(grid[1, 0])
        self.glass = fig.add_subplot(grid[:, 1])
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
        contours(self.valley, bowl)
        self.valley.set(xlabel="x", ylabel="y", title=" ")
        (self.path,) = self.valley.plot([], [], "o-", color="0.35", markersize=3, linewidth=1)
        (self.step,) = self.valley.plot([], [], "o-", color=_BLUE, markersize=4, linewidth=2)
        (self.start,) = self.valley.plot([], [], "o", color="0.35", markersize=9)
        self.start.set(markerfacecolor="white", markeredgewidth=2)

        self.glass.set(xlim=(-1.35, 1.35), ylim=(-2.0, 1.35), aspect="equal", title=" \n ")
        self.glass.set(xlabel="way from w along x, in units of the step")
        self.glass.set(ylabel="way from w along y, in the same units")
        (self.dots,) = self.glass.plot([], [], "o", color="black", markersize=6)
        self.arrows = [self._arrow(*style) for style in _ARROWS]
        self.names = [self.glass.text(0, 0, name) for name in ("w", "look-ahead")]
        self.glass.legend(loc="lower left", fontsize=9)

        self.loss.set(yscale="log", xlim=(0, _STEPS), ylim=(1e-8, 1e2), title=" ")
        self.loss.set(xlabel="step", ylabel="loss / loss at the start")
        self.curve, self.dot = {}, {}
        for name, color in (("momentum", _VERMILLION), ("Nesterov", _BLUE)):
            (self.curve[name],) = self.loss.plot([], [], color=color, linewidth=1.8, label=name)
            (self.dot[name],) = self.loss.plot([], [], "o", color=color, markersize=7)
        self.loss.legend(loc="lower left", frameon=False)
        moving = [self.path, self.start, self.step, *self.arrows, self.dots, *self.names]
        moving += [*self.curve.values(), *self.dot.values(), *(ax.title for ax in fig.axes)]
        self.canvas = Canvas(fig, moving)

    def _arrow(self, label: str, color: str, style: str) -> FancyArrowPatch:
        look: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 14, "linewidth": 2}
        look |= {"color": color, "linestyle": style, "shrinkA": 0, "shrinkB": 0, "zorder": 6}
        arrow = FancyArrowPatch((0, 0), (0, 0), **look)
        self.glass.add_patch(arrow)
        self.glass.plot([], [], color=color, linestyle=style, linewidth=2, label=label)
        return arrow

    def __call__(self, view: Step) -> bytes:
        reach = 20 * np.array(bowl.box)[:, 1]  # huge numbers break the drawing
        self.path.set_data(*np.clip(view.path, -reach, reach).T)
        self.start.set_data(*view.path[:1].T)
        self.step.set_data(*np.clip([view.w, view.nesterov], -reach, reach).T)
        ways = np.array([view.ahead, view.momentum, view.nesterov]) - view.w
        ahead, momentum, nesterov = ways / max(np.abs(ways).max(), np.finfo(float).tiny)
        at_w = momentum - ahead
        ends = (((0, 0), ahead), ((0, 0), at_w), (ahead, momentum), (ahead, nesterov))
        for arrow, (tail, tip) in zip(self.arrows, ends, strict=True):
            arrow.set_positions(tail, tip)
        self.dots.set_data([0, ahead[0]], [0, ahead[1]])
        for text, (x, y) in zip(self.names, ((0, 0), ahead), strict=True):
            text.set_position((x + 0.05, y - 0.17))
        self.names[1].set_text("look-ahead" if np.any(ahead) else "")
        for name, loss in view.loss.items():
            self.curve[name].set_data(np.arange(len(loss)), loss)
            self.dot[name].set_data([view.t], [loss[view.t]])
        last = {name: number(loss[-1]) for name, loss in view.loss.items()}
        self.valley.title.set_text(f"Step {view.t} on the path of Nesterov's method")
        self.glass.title.set_text(view.headline)
        self.loss.title.set_text(
            f"Loss after {_STEPS} steps: {last['momentum']} and {last['Nesterov']}"
        )
        return self.canvas.png()
