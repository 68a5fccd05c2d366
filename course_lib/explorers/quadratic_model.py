"""Explorer of lesson 14: the quadratic model of a loss, and the step that damping makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, slider
from course_lib.plots import COLORS, contours
from course_lib.problems import himmelblau
from course_lib.second_order import numerical_hessian

_BLUE, _VERMILLION, _GREEN = COLORS[:3]
_SHARES = np.linspace(0, 1.5, 76)  # of the step, for the cut along it
_ANGLES = np.linspace(0, 2 * np.pi, 721)
_FLAT = 1e-6  # a curvature nearer to 0 than this is no curvature to divide by


@dataclass(frozen=True, eq=False)
class Model:
    """The model of Himmelblau's function at w, damped, and the step to where it is flat.

    curvatures (2,):   eigenvalues of H, rising; damped is the same with the damping added.
    new (2,):          where the step ends.
    lines (m, 2):      three level lines of the model, with nan between them.
    trail (k, 2):      the ends of the steps for every damping that makes the model a bowl.
    promised, got:     by how much model and loss change along the whole step.
    loss_cut, model_cut (76,):  change of both along the step, for 0 .. 1.5 of it, in units of the
                       size of what was promised.
    """

    w: np.ndarray
    curvatures: np.ndarray
    damped: np.ndarray
    new: np.ndarray
    lines: np.ndarray
    trail: np.ndarray
    promised: float
    got: float
    loss_cut: np.ndarray
    model_cut: np.ndarray
    headline: str
    finding: str
    code: str


def look(x: float, y: float, damping: float) -> Model:
    """The step of Newton with damping, from (x, y) on Himmelblau's function.

        m(p) = f + g.p + p^T (H + damping I) p / 2,    flat where (H + damping I) p = -g

    That is its bottom if both damped curvatures are positive, its saddle if one is, else its top.
    """
    x, y, damping = (float(f"{value:.4g}") for value in (x, y, damping))
    w = np.array([x, y])
    f, g = float(himmelblau.value(w)), himmelblau.grad(w)
    curvatures, axes = np.linalg.eigh(numerical_hessian(himmelblau.grad, w))
    damped = curvatures + damping
    damped = np.where(np.abs(damped) < _FLAT, _FLAT, damped)
    along = axes.T @ g  # the slope along each eigenvector
    p = -axes @ (along / damped)
    promised, new = float(-np.sum(along**2 / damped) / 2), w + p
    got = float(himmelblau.value(new)) - f
    unit = abs(promised) or 1.0
    loss_cut = (himmelblau.value(w + _SHARES[:, None] * p) - f) / unit
    positive = int(np.sum(damped > 0))
    kind, goal = (("hill", "top"), ("saddle", "saddle point"), ("bowl", "bottom"))[positive]
    enough = max(0.0, -curvatures[0])
    trail = -axes @ (along[:, None] / (curvatures[:, None] + enough + np.geomspace(0.3, 1e5, 200)))
    what = f"the model is a {kind}"
    damps = f", {_pair(damped)} with a damping of {number(damping)}" if damping else ""
    return Model(
        w=w,
        curvatures=curvatures,
        damped=damped,
        new=new,
        lines=_level_lines(new, axes, damped, abs(promised)),
        trail=w + trail.T,
        promised=promised,
        got=got,
        loss_cut=loss_cut,
        model_cut=np.sign(promised) * (2 * _SHARES - _SHARES**2),
        headline=f"A {kind}: the step goes to its {goal}",
        finding=(
            f"At ({number(x)}, {number(y)}) the loss is {number(f)}. The curvatures are "
            f"{_pair(curvatures)}{damps}: {what}. The step goes to its {goal}, to "
            f"({number(new[0])}, {number(new[1])}). {_outcome(promised, got)}"
        ),
        code=(
            "minimise(Newton(lambda w: numerical_hessian(himmelblau.grad, w), "
            f"damping={damping:.4g}), himmelblau, start=({x:.4g}, {y:.4g}), "
            "search=full_step, most=1)"
        ),
    )


def _pair(values: np.ndarray) -> str:
    return " and ".join(number(float(value)) for value in values)


def _outcome(promised: float, got: float) -> str:
    """What the model said about the loss, and what the loss did."""
    if abs(promised) < 1e-12:
        return "There is no slope here, so there is no step."
    said = f"There the model says that the loss {_moves(promised)}"
    return f"{said}; it {_moves(got)}."


def _moves(change: float) -> str:
    return f"{'falls' if change < 0 else 'rises'} by {number(abs(change))}"


def _level_lines(
    centre: np.ndarray, axes: np.ndarray, curvatures: np.ndarray, depth: float
) -> np.ndarray:
    """The model's level lines at 1/9, 4/9 and all of `depth` from its flat point: (m, 2).

    With u along the eigenvectors they are c1 u1^2 + c2 u2^2 = +-2 depth: ellipses around a bottom
    or a top, hyperbolas of both signs around a saddle. Measured in units of 1/sqrt|c|, a ray at
    each angle meets each line once or never.
    """
    ray = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
    bend = ray**2 @ np.sign(curvatures)
    lines = []
    for side in (1.0, -1.0):
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.sqrt(2 * depth * side / bend)[:, None]  # nan where the ray never meets it
        for share in (1 / 3, 2 / 3, 1.0):
            u = np.where(reach < 1e3, share * reach, np.nan) * ray / np.sqrt(np.abs(curvatures))
            lines += [centre + u @ axes.T, np.full((1, 2), np.nan)]
    return np.concatenate(lines)


def quadratic_model() -> Explorer:
    """Explore the quadratic model of Himmelblau's function, and Newton's step with damping.

    The reader moves the point and the damping.
    """
    place: dict[str, Any] = {"min": -5.0, "max": 5.0, "step": 0.1, "readout_format": ".4g"}
    x = slider(widgets.FloatSlider, "point, x", value=4.4, **place)
    y = slider(widgets.FloatSlider, "point, y", value=3.6, **place)
    damping = slider(widgets.IntSlider, "damping", value=0, min=0, max=100)

    def go_to(new_x: float, new_y: float) -> None:
        x.value, y.value, damping.value = new_x, new_y, 0

    def damp() -> None:
        lowest = look(x.value, y.value, 0).curvatures[0]
        damping.value = int(np.ceil(max(0.0, -lowest) + 5))

    marks = {
        "near a bottom": (4.4, 3.6, "both curvatures are positive"),
        "near a saddle": (0.8, 2.6, "one curvature is positive, one negative"),
        "on the hill": (0.4, -0.4, "both curvatures are negative"),
    }
    buttons = [button(name, says, partial(go_to, a, b)) for name, (a, b, says) in marks.items()]
    enough = button("enough damping", "5 more than makes every curvature positive", damp)
    picture = _Picture()
    return Explorer(
        title="the quadratic model of a loss, and Newton's step with damping",
        controls={"x": x, "y": y, "damping": damping},
        rows=[[x, *buttons], [y], [damping, enough]],
        look=look,
        draw=picture,
        grabs=[Grab(picture.map, lambda x, y: {"x": x, "y": y}, "drag the point on the map")],
    )


class _Picture:
    """The loss with the model's level lines over it, and a cut through both along the step."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9.8, 4.6), dpi=100, layout="constrained")
        self.map, self.cut = fig.subplots(1, 2, width_ratios=(1.1, 1))
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
        contours(self.map, himmelblau)
        self.map.set(xlabel="x", ylabel="y", title=" ", aspect="equal")
        (self.lines,) = self.map.plot([], [], color=_VERMILLION, label="model, level lines")
        (self.trail,) = self.map.plot([], [], ":", color="black", label="every damping")
        (self.step,) = self.map.plot([], [], "-", color=_BLUE, linewidth=2.5, label="step")
        (self.here,) = self.map.plot([], [], "o", color=_BLUE, markersize=9)
        (self.there,) = self.map.plot([], [], "D", color=_BLUE, markersize=7)
        for marker in (self.here, self.there):
            marker.set_markeredgecolor("white")
            marker.set_zorder(6)
        self.map.legend(loc="lower center", fontsize=9)

        self.cut.axhline(0, color="0.7", linewidth=0.8)
        self.cut.axvline(1, color="0.7", linewidth=0.8)
        style: dict[str, Any] = {"color": _VERMILLION, "linewidth": 1.8}
        (self.model,) = self.cut.plot([], [], "--", label="model", **style)
        (self.loss,) = self.cut.plot([], [], color=_GREEN, linewidth=1.8, label="loss")
        (self.end,) = self.cut.plot([], [], "D", color=_BLUE, markersize=7)
        self.cut.set(xlim=(0, 1.5), ylim=(-2.6, 2.6), title=" ")
        self.cut.set(xlabel="share of the step", ylabel="change, in units of the promised one")
        self.cut.legend(loc="lower left", frameon=False)
        moving = [self.lines, self.trail, self.step, self.here, self.there]
        moving += [self.model, self.loss, self.end]
        self.canvas = Canvas(fig, [*moving, self.map.title, self.cut.title])

    def __call__(self, view: Model) -> bytes:
        self.lines.set_data(*view.lines.T)
        self.trail.set_data(*view.trail.T)
        self.step.set_data(*np.stack([view.w, view.new]).T)
        self.here.set_data(*view.w[:, None])
        self.there.set_data(*view.new[:, None])
        self.model.set_data(_SHARES, view.model_cut)
        self.loss.set_data(_SHARES, np.clip(view.loss_cut, -1e3, 1e3))
        self.end.set_data([1.0], [view.loss_cut[50]])
        self.map.title.set_text(view.headline)
        self.cut.title.set_text(f"Promised {number(view.promised)}, got {number(view.got)}")
        return self.canvas.png()
