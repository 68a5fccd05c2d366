"""The race: any update rules on any surface, each with the learning rate that suits it best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from course_lib.descent import Path, descend
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import (
    Explorer,
    Grab,
    button,
    number,
    place,
    place_anew,
    player,
    slider,
)
from course_lib.explorers.turning import TurningSurface, turn_about
from course_lib.optimizers import Optimizer
from course_lib.plots import COLORS
from course_lib.problems import Problem, Turned, beale, himmelblau, rosenbrock, turned, valley

Rule = Callable[..., Optimizer]  # an optimizer's class, or what `own` makes: it takes lr

SURFACES: tuple[Problem, ...] = (valley, rosenbrock, beale, himmelblau)
LRS = np.array([float(f"{10**e:.4g}") for e in np.arange(-40, 11) / 10])
_MARKERS = "osD^vPX"
_FLOOR, _TOP = 1e-10, 1e2  # the losses that the picture shows, relative to the start
_LEVEL = 1e-6  # two losses this close, relatively, are a tie
_KEPT = 2000  # runs that are remembered, about 3 kB each: of the latest surfaces, turns and starts


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

    start: where all begin, turned with the surface. runs: name -> Run, of all steps there are.
    steps: how many of them are shown.
    """

    problem: Turned
    start: np.ndarray
    runs: dict[str, Run]
    steps: int
    headline: str
    finding: str
    code: str


class Stadium:
    """Runs every rule on a surface, at an angle, from a start; the latest runs are remembered."""

    def __init__(self, rules: Mapping[str, Rule], problems: Sequence[Problem], steps: int) -> None:
        self.rules, self.steps = dict(rules), steps
        self.problems = {problem.name: problem for problem in problems}
        self._run = lru_cache(_KEPT)(self._new_run)
        self._compared: set[tuple[str, str]] = set()

    def run(self, name: str, surface: str, angle: int, start: np.ndarray) -> Run:
        """One competitor at its best learning rate."""
        return self._run(name, surface, angle, *start.tolist())

    def _new_run(self, name: str, surface: str, angle: int, x: float, y: float) -> Run:
        rule, problem = self.rules[name], turned(self.problems[surface], angle)
        start = np.array([x, y])
        try:
            run = _all_at_once(rule, problem, start, self.steps)
            if (name, surface) not in self._compared:  # once: it is a third of the time
                alone = _descend(rule(lr=run.lr), problem, start, self.steps)
                np.testing.assert_allclose(alone.points, run.points, rtol=1e-6, atol=1e-6)
                self._compared.add((name, surface))
            return run
        except Exception:  # a function of the reader's may know single points only
            return _one_by_one(rule, problem, start, self.steps)


def _all_at_once(rule: Rule, problem: Turned, start: np.ndarray, steps: int) -> Run:
    """The best run: all learning rates as one broadcast computation."""
    starts = np.tile(start, (len(LRS), 1))
    return _best(problem, *_descend(rule(lr=LRS[:, None]), problem, starts, steps))


def _one_by_one(rule: Rule, problem: Turned, start: np.ndarray, steps: int) -> Run:
    """The same, learning rate by learning rate."""
    paths = [_descend(rule(lr=float(lr)), problem, start, steps) for lr in LRS]
    points, values = (np.stack(rows, axis=1) for rows in zip(*paths, strict=True))
    return _best(problem, points, values)


def _descend(optimizer: Optimizer, problem: Turned, start: np.ndarray, steps: int) -> Path:
    with np.errstate(all="ignore"):  # a run that diverges is data
        return descend(optimizer, problem, start, steps)


def _best(problem: Turned, points: np.ndarray, values: np.ndarray) -> Run:
    """Of LRS the one with the lowest loss after all steps; of equals, the smallest."""
    k = int(np.argmin(np.where(np.isfinite(values[-1]), values[-1], np.inf)))
    above = np.maximum(values[:, k] - np.min(problem.value(problem.minimum)), 0)  # nan stays nan
    return Run(float(LRS[k]), points[:, k].copy(), above / (above[0] or 1.0))


def look(surface: str, turn: int, x: float, y: float, steps: int, stadium: Stadium) -> Race:
    """The race after `steps` steps on a surface that is turned by `turn` degrees.

    All start at (x, y), a place of the surface before it is turned. Each rule has the learning
    rate, of 51 from 1e-4 to 10, with which its loss after the whole race is lowest. Losses are
    taken above the minimum, and over that at the start.
    """
    problem = turned(stadium.problems[surface], turn)
    start, said = _start(problem, x, y)
    runs = {name: stadium.run(name, surface, turn, start) for name in stadium.rules}
    ranking = sorted(runs, key=lambda name: runs[name].after(steps))
    first = runs[ranking[0]].after(steps)
    leaders = [name for name in runs if runs[name].after(steps) <= first * (1 + _LEVEL)]
    where = f"{surface} turned by {turn} degrees" if turn else surface
    where += f", from {said}" if said else ""
    results = [
        f"{name} {_times(runs[name].after(steps))} (lr {runs[name].lr:.3g})" for name in ranking
    ]
    return Race(
        problem=problem,
        start=start,
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
            f"turned({surface.lower().replace(' ', '_')}, {turn}), "
            f"{f'start={said}, ' if said else ''}steps={steps})"
        ),
    )


def _start(problem: Turned, x: float, y: float) -> tuple[np.ndarray, str]:
    """The start, turned with the surface; and how it is written, "" where it is the problem's own.

    It has four digits, so that the line to copy gives exactly the picture's path.
    """
    box = np.array(problem.box)
    width = float(np.ptp(box, axis=1).max())
    if np.allclose((x, y), problem.problem.start, rtol=0, atol=1e-3 * width):
        return problem.start, ""
    at = turn_about(box.mean(axis=1), float(problem.degrees), np.array([x, y]))
    # A slider's 0 comes from the page as 1e-15.
    said = [float(f"{v:.4g}") if abs(v) > 1e-6 * width else 0.0 for v in at]
    return np.array(said), f"[{', '.join(f'{v:g}' for v in said)}]"


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
    The reader chooses the surface, its angle, the start, and the number of steps. Raises ValueError
    for no rule or more than seven, for no problem or one that has no minimum, and for steps < 1.
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
    # Of the surface as it is before it is turned, or each turn would have to move the start.
    start = place(problems[0].start, turned(problems[0], 0).box)
    taken = slider(widgets.IntSlider, "steps taken", value=steps, min=0, max=steps)

    def turn_to(degrees: int) -> None:
        turn.value = degrees

    def start_anew(_change: object = None) -> None:
        """Another surface has another window, and a start of its own."""
        chosen = stadium.problems[surface.value]
        with explorer.together():
            place_anew(start, chosen.start, turned(chosen, 0).box)

    # Before the explorer observes it, so that one picture comes.
    surface.observe(start_anew, names="value")
    picture = _Picture(tuple(rules), steps)
    explorer = Explorer(
        title="a race of optimizers",
        controls={"surface": surface, "turn": turn, **start, "steps": taken},
        rows=[
            [surface, button("usual start", "back to the start of this surface", start_anew)],
            [turn, *(button(f"{d} degrees", "", partial(turn_to, d)) for d in (0, 30, 45))],
            [*start.values()],
            player(taken),
        ],
        look=partial(look, stadium=stadium),
        draw=picture,
        grabs=[
            Grab(picture.map, picture.start_at, "drag the start; it turns with the surface"),
            Grab(picture.loss, lambda x, y: {"steps": x}, "drag the step along the losses"),
        ],
    )
    return explorer


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
        moving: list[Artist] = [*self.paths.values(), self.start, *self.heads.values()]
        moving += [*self.curves.values(), *self.dots.values(), *self.names.values()]
        self.canvas = Canvas(fig, [*moving, self.map.title, self.loss.title])
        self.surfaces: dict[Problem, TurningSurface] = {}
        self.shown: Problem | None = None
        self.turn = 0.0

    def start_at(self, x: float, y: float) -> dict[str, float]:
        """The start that lies at a point of the picture, on the surface before it is turned."""
        middle = np.array([self.map.get_xlim(), self.map.get_ylim()]).mean(axis=1)
        return dict(zip("xy", turn_about(middle, -self.turn, np.array([x, y])), strict=True))

    def __call__(self, view: Race) -> bytes:
        problem = view.problem
        if problem.problem is not self.shown or problem.degrees != self.turn:
            self._show(problem)
        reach = 20 * float(np.abs(problem.box).max())  # huge numbers break the drawing
        for name, run in view.runs.items():
            points = np.nan_to_num(np.clip(run.points[: view.steps + 1], -reach, reach), nan=reach)
            loss = np.nan_to_num(run.loss[: view.steps + 1], nan=np.inf)
            loss = np.clip(loss, _FLOOR / 10, 10 * _TOP)
            self.paths[name].set_data(*points.T)
            self.heads[name].set_data(*points[-1:].T)
            self.curves[name].set_data(np.arange(len(loss)), loss)
            self.dots[name].set_data([view.steps], [np.clip(loss[-1], _FLOOR, _TOP)])
            self.names[name].set_text(f"{name}, lr {run.lr:.3g}")
        self.start.set_data(*view.start[:, None])
        losses = [run.after(view.steps) for run in view.runs.values()]
        self.map.title.set_text(view.headline)
        self.loss.title.set_text(
            f"Losses: {_times(min(losses))} to {_times(max(losses))} times the start"
        )
        return self.canvas.png()

    def _show(self, turned: Turned) -> None:
        """The level lines of a surface, at an angle. They are kept: to draw them takes longer."""
        problem, turn = turned.problem, float(turned.degrees)
        if problem not in self.surfaces:
            self.surfaces[problem] = TurningSurface(self.map, problem)
        surface = self.surfaces[problem]
        if problem is not self.shown:
            surface.fill_window()
            self.canvas.still_changed(problem)  # other limits, other ticks
        self.canvas.seldom_changed(surface.turn(turn))
        self.shown, self.turn = problem, turn
