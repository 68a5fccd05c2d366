"""Explorer of lesson 03: where gradient descent ends, by where it starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_lib.descent import Path, descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, player, slider
from course_lib.optimizers import GD
from course_lib.plots import COLORS, contours
from course_lib.problems import Problem, Saddle, double_well, quadratic

_BLUE, _VERMILLION = COLORS[:2]
_BOX = ((-2.0, 2.0), (-1.5, 1.5))
_STEPS = 200
_STILL = 1e-3  # a gradient below this has arrived, or is stuck


class _WideSaddle(Saddle):
    box = _BOX  # that of the other two, so that a start means the same place on all three


@dataclass(frozen=True, eq=False)
class Surface:
    """A landscape to start on.

    flat:   the points without slope, (point, what it is).
    ridge:  (coordinate, its value) of the line that divides the starts, None if there is none.
    spell:  the landscape as Python.
    """

    name: str
    problem: Problem
    flat: tuple[tuple[tuple[float, float], str], ...]
    ridge: tuple[int, float] | None
    spell: str


SURFACES = (
    Surface("a saddle", _WideSaddle(), (((0.0, 0.0), "the saddle"),), (1, 0.0), "saddle"),
    Surface(
        "a valley",
        replace(quadratic((0.05, 1.0)), box=_BOX),
        (((0.0, 0.0), "the minimum"),),
        None,
        "quadratic((0.05, 1))",
    ),
    Surface(
        "a double well",
        double_well,
        (
            ((-1.0, 0.0), "the lower minimum"),
            ((1.0, 0.0), "the higher minimum"),
            ((0.25, 0.0), "the saddle between the wells"),
        ),
        (0, 0.25),
        "double_well",
    ),
)


@dataclass(frozen=True, eq=False)
class Walk:
    """Gradient descent from one start, as arrays and words.

    points (m+1, 2):  the path, up to the first point outside the picture.
    slope (n+1,):     the length of the gradient before the first and after each step.
    slowest:          the step at which the gradient was smallest on the way.
    """

    surface: Surface
    points: np.ndarray
    slope: np.ndarray
    slowest: int
    headline: str
    finding: str
    code: str


def look(surface: int, x: float, y: float, lr: float, steps: int) -> Walk:
    """`steps` steps of GD(lr) from (x, y) on the surface of that number, counted from 1."""
    ground = SURFACES[surface - 1]
    x, y, lr = (float(f"{value:.4g}") for value in (x, y, lr))
    path = descend(GD(lr), ground.problem, start=(x, y), steps=steps)
    with np.errstate(over="ignore", invalid="ignore"):
        slope = np.linalg.norm(ground.problem.grad(path.points), axis=-1)
    slope = np.nan_to_num(slope, nan=np.inf)
    slowest = int(np.argmin(slope))
    headline, ends = _end(ground, path, slope)
    waits = (
        f" The slope was least at step {slowest}: {number(slope[slowest])}."
        if 0 < slowest < steps and slope[-1] > 2 * slope[slowest]
        else ""
    )
    return Walk(
        surface=ground,
        points=_inside(path.points),
        slope=slope,
        slowest=slowest,
        headline=headline,
        finding=(
            f"On {ground.name}, from ({x:g}, {y:g}) with lr = {number(lr)}, {steps} steps: {ends} "
            f"The slope at the start is {number(slope[0])}, at the end "
            f"{number(slope[-1]) if slope[-1] < 1e9 else 'huge'}."
            f"{waits}"
        ),
        code=f"descend(GD(lr={lr:g}), {ground.spell}, start=({x:g}, {y:g}), steps={steps})",
    )


def _end(ground: Surface, path: Path, slope: np.ndarray) -> tuple[str, str]:
    """A headline, and a sentence on where the walk ended."""
    end = path.points[-1]
    if not np.all(np.abs(end) <= np.array(_BOX)[:, 1]):  # nan counts as outside
        gone = len(_inside(path.points)) - 1
        count = f"{gone} step{'s' * (gone != 1)}"
        return f"Gone after {count}", f"it is gone, out of the picture after {count}."
    where = f"({end[0]:.2f}, {end[1]:.2f})".replace("-0.00", "0.00")
    if slope[-1] > _STILL:
        return "Still on its way", f"it is still on its way, at {where}."
    near = min(ground.flat, key=lambda place: float(np.linalg.norm(end - place[0])))[1]
    if "saddle" not in near:
        return f"It ends at {near}", f"it ends at {near}, {where}."
    if ground.ridge and path.points[0][ground.ridge[0]] == ground.ridge[1]:
        return f"Exactly on the ridge: it ends at {near}", (
            f"it ends at {near}, {where}. Exactly on the ridge no slope leads off it."
        )
    return f"Held up near {near}", f"it is held up near {near}, {where}, and will leave."


def _inside(points: np.ndarray) -> np.ndarray:
    """The points up to the first outside the picture: what follows would only paint it over."""
    low, high = np.array(_BOX).T
    out = ~np.all((low <= points) & (points <= high), axis=1)  # nan counts as outside
    return points[: int(np.argmax(out)) + 1] if out.any() else points


def choose_start(surface: int = 1, x: float = 1.5, y: float = 0.01) -> Explorer:
    """Explore where gradient descent ends on a saddle (1), in a valley (2), on a double well (3).

    The reader moves the start (x, y), the learning rate and the number of steps. Raises ValueError
    for another surface, and for a start outside of -2 .. 2 and -1.5 .. 1.5.
    """
    if surface not in range(1, len(SURFACES) + 1):
        raise ValueError(f"surface must be 1 .. {len(SURFACES)}, got {surface}")
    if abs(x) > 2 or abs(y) > 1.5:
        raise ValueError(f"start must be within -2 .. 2 and -1.5 .. 1.5, got ({x}, {y})")
    ground = slider(widgets.IntSlider, "landscape", value=surface, min=1, max=len(SURFACES))
    place = {
        name: slider(
            widgets.FloatSlider,
            f"start, {name}",
            value=value,
            min=low,
            max=high,
            step=0.001,
            readout_format=".3f",
        )
        for name, value, (low, high) in zip("xy", (x, y), _BOX, strict=True)
    }
    lr = slider(widgets.FloatSlider, "learning rate lr", value=0.1, min=0.01, max=2.2, step=0.01)
    steps = slider(widgets.IntSlider, "steps", value=100, min=0, max=_STEPS)

    def choose(which: int) -> None:
        ground.value = which

    def beside(distance: float) -> None:
        ridge = SURFACES[ground.value - 1].ridge
        if ridge:
            place["xy"[ridge[0]]].value = ridge[1] + distance

    names = [
        button(f"{i}: {s.name}", f"walk on {s.name}", partial(choose, i))
        for i, s in enumerate(SURFACES, start=1)
    ]
    put = "put the start {} the ridge, if there is one"
    on = button("on the ridge", put.format("exactly on"), partial(beside, 0.0))
    off = button("0.001 beside it", put.format("0.001 beside"), partial(beside, 0.001))
    picture = _Picture()
    return Explorer(
        title="where gradient descent ends, by where it starts",
        controls={"surface": ground, **place, "lr": lr, "steps": steps},
        rows=[[ground, *names], [place["x"], on, off], [place["y"]], [lr], player(steps)],
        look=look,
        draw=picture,
        grabs=[Grab(picture.map, lambda x, y: {"x": x, "y": y}, "drag the start on the map")],
    )


class _Picture:
    """The path over the level lines, left; the length of the gradient at each step, right."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9, 4.2), dpi=100, layout="constrained")
        self.map, self.curve = fig.subplots(1, 2, width_ratios=(1.15, 1))
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
            ax.set_title(" ")
        self.map.set(xlabel="x", ylabel="y", aspect="equal")
        (self.path,) = self.map.plot([], [], "o-", color=_BLUE, markersize=3, linewidth=1.3)
        (self.start,) = self.map.plot([], [], "D", color=_VERMILLION, markersize=8)
        for line in (self.path, self.start):
            line.set_zorder(5)
        self.curve.set(yscale="log", xlim=(0, _STEPS), ylim=(1e-6, 10))
        self.curve.set(xlabel="step", ylabel="length of the gradient")
        self.curve.axhline(_STILL, color="0.6", linestyle=":", linewidth=1)
        self.curve.text(_STEPS, 1.3 * _STILL, "hardly any slope", ha="right", color="0.4")
        (self.slope,) = self.curve.plot([], [], color=_BLUE, linewidth=1.8)
        (self.least,) = self.curve.plot([], [], "o", color=_VERMILLION, markersize=7)
        moving = [self.path, self.start, self.slope, self.least]
        self.canvas = Canvas(fig, [*moving, self.map.title, self.curve.title])
        self.shown: Surface | None = None
        self.ground: list[Artist] = []

    def __call__(self, view: Walk) -> bytes:
        if view.surface is not self.shown:
            self._draw_ground(view.surface)
        self.path.set_data(*view.points.T)
        self.start.set_data(*view.points[:1].T)
        with np.errstate(invalid="ignore"):
            seen = np.where(np.isfinite(view.slope) & (view.slope > 0), view.slope, np.nan)
        self.slope.set_data(np.arange(len(seen)), seen)
        self.least.set_data([view.slowest], seen[[view.slowest]])
        self.map.title.set_text(view.headline)
        self.curve.title.set_text(f"Least slope {number(view.slope[view.slowest])} (dot)")
        return self.canvas.png()

    def _draw_ground(self, surface: Surface) -> None:
        for artist in self.ground:
            artist.remove()
        self.ground = list(contours(self.map, surface.problem))
        if surface.ridge:
            along, at = surface.ridge
            line = self.map.axvline if along == 0 else self.map.axhline
            self.ground.append(line(at, color="0.35", linestyle="--", linewidth=1))
        for point, name in surface.flat:
            if "saddle" in name:
                (cross,) = self.map.plot(*point, "kx", markersize=9, markeredgewidth=2)
                self.ground.append(cross)
        self.shown = surface
        self.canvas.seldom_changed(self.ground)
