"""The race: any update rules on any surface, each with the learning rate that suits it best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.descent import Path, descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, player, slider
from course_lib.explorers.turning import TurningSurface
from course_lib.optimizers import Optimizer
from course_lib.plots import COLORS
from course_lib.problems import Problem, Turned, beale, himmelblau, rosenbrock, turned, valley

Rule = Callable[..., Optimizer]  # an optimizer's class, or what `own` makes: it takes lr

SURFACES: tuple[Problem, ...] = (valley, rosenbrock, beale, himmelblau)
LRS = np.array([float(f"{10**e:.4g}") for e in np.arange(-40, 11) / 10])
ANGLES = np.arange(0, 91, 5)
_MARKERS = "osD^vPX"
_FLOOR, _TOP = 1e-10, 1e2  # the losses that the picture shows, relative to the start
_LEVEL = 1e-6  # two losses this close, relatively, are a tie


@dataclass(frozen=True, eq=False)
class Run:
    """One competitor: its learning rate, where it went, and its loss over that at the start."""

    lr: float
    points: np.ndarray  # (steps+1, 2)
    loss: np.ndarray  # (steps+1,), above the minimum

    def after(self, steps: int) -> float:
        loss = float(self.loss[steps])
        return loss if np.isfinite(loss) else np.inf


@dataclass(frozen=True, eq=False)
class Race:
    """The race after some steps, as arrays and words.

    runs: name -> Run, of all steps there are. steps: how many of them are shown.
    """

    problem: Turned
    runs: dict[str, Run]
    steps: int
    headline: str
    finding: str
    code: str


class Stadium:
    """Runs every rule on every surface at every angle, each once, when it is asked for."""

    def __init__(self, rules: Mapping[str, Rule], problems: Sequence[Problem], steps: int) -> None:
        self.rules, self.steps = dict(rules), steps
        self.problems = {problem.name: problem for problem in problems}
        self._runs: dict[tuple[str, str, int], Run] = {}

    def run(self, name: str, surface: str, angle: int) -> Run:
        """One competitor at its best learning rate."""
        if (name, surface, angle) not in self._runs:
            rule, problem = self.rules[name], self.problems[surface]
            try:
                all_runs = _at_all_angles(rule, problem, self.steps)
                found = dict(zip(ANGLES.tolist(), all_runs, strict=True))
            except Exception:  # a function of the reader's may know single points only
                found = {angle: _at_one_angle(rule, turned(problem, angle), self.steps)}
            self._runs |= {(name, surface, degrees): run for degrees, run in found.items()}
        return self._runs[name, surface, angle]


def _at_all_angles(rule: Rule, problem: Problem, steps: int) -> list[Run]:
    """The best run at every angle: all angles and learning rates as one broadcast computation."""
    degrees, lr = (v.ravel() for v in np.meshgrid(ANGLES, LRS, indexing="ij"))
    everywhere = Turned(problem, degrees)
    path = _descend(rule(lr=lr[:, None]), everywhere, steps)
    points = path.points.reshape(steps + 1, len(ANGLES), len(LRS), 2)
    values = path.values.reshape(steps + 1, len(ANGLES), len(LRS))
    runs = [_best(problem, points[:, k], values[:, k]) for k in range(len(ANGLES))]
    alone = _descend(rule(lr=runs[-1].lr), turned(problem, float(ANGLES[-1])), steps)
    np.testing.assert_allclose(alone.points, runs[-1].points, rtol=1e-6, atol=1e-6)
    return runs


def _at_one_angle(rule: Rule, problem: Turned, steps: int) -> Run:
    """The same, learning rate by learning rate."""
    paths = [_descend(rule(lr=float(lr)), problem, steps) for lr in LRS]
    points, values = (np.stack(rows, axis=1) for rows in zip(*paths, strict=True))
    return _best(problem, points, values)


def _descend(optimizer: Optimizer, problem: Turned, steps: int) -> Path:
    with np.errstate(all="ignore"):  # a run that diverges is data
        return descend(optimizer, problem, problem.start, steps)


def _best(problem: Problem, points: np.ndarray, values: np.ndarray) -> Run:
    """Of LRS the one with the lowest loss after all steps; of equals, the smallest."""
    k = int(np.argmin(np.where(np.isfinite(values[-1]), values[-1], np.inf)))
    # The lowest value does not change when a problem is turned.
    above = np.maximum(values[:, k] - np.min(problem.value(problem.minimum)), 0)  # nan stays nan
    return Run(float(LRS[k]), points[:, k].copy(), above / (above[0] or 1.0))


def look(surface: str, turn: int, steps: int, stadium: Stadium) -> Race:
    """The race after `steps` steps on a surface that is turned by `turn` degrees.

    Each rule has the learning rate, of 51 from 1e-4 to 10, with which its loss after the whole race
    is lowest. Losses are taken above the minimum, and over that at the start.
    """
    runs = {name: stadium.run(name, surface, turn) for name in stadium.rules}
    ranking = sorted(runs, key=lambda name: runs[name].after(steps))
    first = runs[ranking[0]].after(steps)
    leaders = [name for name in runs if runs[name].after(steps) <= first * (1 + _LEVEL)]
    where = f"{surface} turned by {turn} degrees" if turn else surface
    results = [
        f"{name} {_times(runs[name].after(steps))} (lr {runs[name].lr:.3g})" for name in ranking
    ]
    return Race(
        problem=turned(stadium.problems[surface], turn),
        runs=runs,
        steps=steps,
        headline=_headline(leaders, len(runs), steps),
        finding=(
            f"On {where}, after {steps} of {stadium.steps} steps, the loss over that at the start: "
            f"{', '.join(results)}. Each has the best of {len(LRS)} learning rates for all "
            f"{stadium.steps} steps."
        ),
        code=(
            f'descend(rules["{ranking[0]}"](lr={runs[ranking[0]].lr:.4g}), '
            f"turned({surface.lower().replace(' ', '_')}, {turn}), steps={steps})"
        ),
    )


def _headline(leaders: list[str], many: int, steps: int) -> str:
    after = f"after {steps} step{'' if steps == 1 else 's'}"
    if steps == 0:
        return "All at the start"
    if len(leaders) == many > 1:
        return f"All are level {after}"
    if len(leaders) > 2:
        return f"{len(leaders)} are level in front, {after}"
    return f"{' and '.join(leaders)} lead{'' if len(leaders) > 1 else 's'} {after}"


def _times(loss: float) -> str:
    return number(loss) if np.isfinite(loss) else "diverges"


def race(
    rules: Mapping[str, Rule], problems: Sequence[Problem] = SURFACES, steps: int = 100
) -> Explorer:
    """Let update rules race, on surfaces that can be turned, each with its own best learning rate.

        race({"momentum": Momentum, "Adam": Adam, "yours": own(adam_step, 2, True, ...)})

    rules: name -> what makes the rule from lr=...: an optimizer's class, a partial of it, or what
    `own` makes of your step function; one to seven. problems: in two dimensions, with a minimum.
    The reader moves the surface, its angle, and the number of steps. Raises ValueError for no rule
    or more than seven, for no problem or one that has no minimum, and for steps < 1.
    """
    if not 1 <= len(rules) <= len(COLORS):
        raise ValueError(f"a race is for 1 to {len(COLORS)} rules, got {len(rules)}")
    if not problems:
        raise ValueError("a race needs a problem, such as problems=[valley]")
    for problem in problems:
        turned(problem, 0)  # refuses another dimension than two
        if not problem.minimum.size:
            raise ValueError(f"{problem.name} has no minimum: nobody can arrive; try valley")
    if steps < 1:
        raise ValueError(f"steps must be 1 or more, got {steps}")
    stadium = Stadium(rules, problems, steps)
    surface = widgets.Dropdown(
        options=list(stadium.problems),
        description="surface",
        style={"description_width": "11.5em"},
        layout=widgets.Layout(width="32em"),
    )
    turn = slider(widgets.IntSlider, "turned, degrees", value=0, min=0, max=90, step=5)
    taken = slider(widgets.IntSlider, "steps taken", value=steps, min=0, max=steps)

    def turn_to(degrees: int) -> None:
        turn.value = degrees

    picture = _Picture(tuple(rules), steps)
    return Explorer(
        title="a race of optimizers",
        controls={"surface": surface, "turn": turn, "steps": taken},
        rows=[
            [surface],
            [turn, *(button(f"{d} degrees", "", partial(turn_to, d)) for d in (0, 30, 45))],
            player(taken),
        ],
        look=partial(look, stadium=stadium),
        draw=picture,
        grabs=[
            Grab(picture.map, picture.turn_towards, "drag around the middle to turn the surface"),
            Grab(picture.loss, lambda x, y: {"steps": x}, "drag the step along the losses"),
        ],
    )


class _Picture:
    """The surface with the paths on the left; the losses, and who is who, on the right."""

    def __init__(self, names: tuple[str, ...], steps: int) -> None:
        rows = (len(names) + 1) // 2
        fig = Figure(figsize=(9.8, 5), dpi=100, layout="constrained")
        grid = fig.add_gridspec(2, 2, width_ratios=(1.12, 1), height_ratios=(1, 0.08 * rows))
        self.map, self.loss = fig.add_subplot(grid[:, 0]), fig.add_subplot(grid[0, 1])
        for ax in (self.map, self.loss):
            ax.spines[["top", "right"]].set_visible(False)
        self.map.set(xlabel="x", ylabel="y", aspect="equal", anchor="N", title=" ")
        self.loss.set(yscale="log", xlim=(0, steps), ylim=(_FLOOR, _TOP), title=" ")
        self.loss.set(xlabel="step", ylabel="loss / loss at the start")
        who = fig.add_subplot(grid[1, 1], xlim=(0, 1), ylim=(rows - 0.5, -0.5))
        who.axis("off")

        self.paths, self.heads, self.curves, self.dots, self.names = {}, {}, {}, {}, {}
        for k, (name, color, marker) in enumerate(zip(names, COLORS, _MARKERS, strict=False)):
            line: dict[str, Any] = {"color": color, "linewidth": 1.6}
            head: dict[str, Any] = {"color": color, "marker": marker, "markeredgecolor": "white"}
            (self.paths[name],) = self.map.plot([], [], marker=".", markersize=3.5, **line)
            (self.heads[name],) = self.map.plot([], [], markersize=10, **head)
            (self.curves[name],) = self.loss.plot([], [], **line)
            (self.dots[name],) = self.loss.plot([], [], markersize=9, clip_on=False, **head)
            x, y = 0.52 * (k % 2), k // 2
            who.plot([x, x + 0.06], [y, y], clip_on=False, **line)
            who.plot([x + 0.03], [y], markersize=9, clip_on=False, **head)
            self.names[name] = who.text(x + 0.08, y, name, va="center", fontsize=9)
        (self.start,) = self.map.plot([], [], "o", color="black", markersize=9)
        self.start.set(markerfacecolor="white", markeredgewidth=1.5)
        moving = [*self.paths.values(), self.start, *self.heads.values()]
        moving += [*self.curves.values(), *self.dots.values()]
        self.canvas = Canvas(fig, [*moving, self.map.title, self.loss.title])
        self.shown: Problem | None = None
        self.turn: float | None = None
        self.surface: TurningSurface | None = None

    def turn_towards(self, x: float, y: float) -> dict[str, float]:
        """The turn that lays what was along the x-axis through a point."""
        (x0, x1), (y0, y1) = self.map.get_xlim(), self.map.get_ylim()
        return {"turn": float(np.degrees(np.arctan2(y - (y0 + y1) / 2, x - (x0 + x1) / 2)))}

    def __call__(self, view: Race) -> bytes:
        problem = view.problem
        if problem.problem is not self.shown or problem.degrees != self.turn:
            self._draw_seldom(view)
        reach = 20 * float(np.abs(problem.box).max())  # huge numbers break the drawing
        for name, run in view.runs.items():
            points = np.nan_to_num(np.clip(run.points[: view.steps + 1], -reach, reach), nan=reach)
            loss = np.nan_to_num(run.loss[: view.steps + 1], nan=np.inf)
            loss = np.clip(loss, _FLOOR / 10, 10 * _TOP)
            self.paths[name].set_data(*points.T)
            self.heads[name].set_data(*points[-1:].T)
            self.curves[name].set_data(np.arange(len(loss)), loss)
            self.dots[name].set_data([view.steps], [np.clip(loss[-1], _FLOOR, _TOP)])
        self.start.set_data(*problem.start[:, None])
        losses = [run.after(view.steps) for run in view.runs.values()]
        self.map.title.set_text(view.headline)
        self.loss.title.set_text(
            f"Losses: {_times(min(losses))} to {_times(max(losses))} times the start"
        )
        return self.canvas.png()

    def _draw_seldom(self, view: Race) -> None:
        problem, turn = view.problem.problem, float(view.problem.degrees)
        if self.surface is None or problem is not self.shown:
            if self.surface is not None:
                self.surface.remove()
            self.surface = TurningSurface(self.map, problem)
            self.canvas.still_changed()  # other limits, other ticks
        for name, text in self.names.items():
            text.set_text(f"{name}, lr {view.runs[name].lr:.3g}")
        self.canvas.seldom_changed([*self.surface.turn(turn), *self.names.values()])
        self.shown, self.turn = problem, turn
