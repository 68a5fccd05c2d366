"""The capstone's arena: five unseen problems, 200 gradients each, and a board of eleven methods.

A competitor is a function step(w, g, state, t) -> (w, state). It is given a gradient and never the
function, the minimum, or the number of the problem; state is None at t = 1, then what it returned.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from course_lib.chained import ChainedRosenbrock
from course_lib.comparison import METHODS
from course_lib.descent import Path
from course_lib.optimizers import Optimizer
from course_lib.problems import Problem, quadratic

Step = Callable[[np.ndarray, np.ndarray, Any, int], tuple[np.ndarray, Any]]

GRADIENTS, DIMENSIONS = 200, 3
MOST, LEAST = 8.0, -2.0  # a score lies between: from a loss 1e-8 of that at the start, to 100 of it


class Fork:
    """f(x, y, z) = x^4/4 - x^2/2 + (y^2 + 5 z^2)/2: a saddle at 0 between two equal minima.

    Along x two ways lead down, to x = -1 and x = 1, both at -1/4.
    """

    name = "saddle"
    minimum = np.array([[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    start = np.array([1e-3, 1.0, 1.0])
    box = ((-1.5, 1.5), (-1.5, 1.5))

    def value(self, w: Any) -> np.ndarray:
        x, y, z = np.moveaxis(np.asarray(w), -1, 0)
        return x**4 / 4 - x**2 / 2 + (y**2 + 5 * z**2) / 2

    def grad(self, w: Any) -> np.ndarray:
        x, y, z = np.moveaxis(np.asarray(w), -1, 0)
        return np.stack([x**3 - x, y, 5 * z], axis=-1)


@dataclass(frozen=True, eq=False)
class Unseen:
    """A problem in disguise: moved, turned, in other units, louder or softer, with noise.

        f(w) = loudness * base(z),    z = (w - shift) @ turn / unit
        gradient t:  loudness * base.grad(z) @ turn^T / unit  +  noise_t

    turn (3, 3) is orthogonal, shift (3,), noise (200, 3) in units of a gradient: the same for
    everyone who comes by. w may have leading axes.
    """

    name: str
    base: Problem
    loudness: float
    unit: float
    turn: np.ndarray
    shift: np.ndarray
    noise: np.ndarray

    @property
    def start(self) -> np.ndarray:
        return self.shift + self.unit * self.base.start @ self.turn.T

    def left(self, w: np.ndarray) -> np.ndarray:
        """The loss above the lowest, over that at the start: 1 at the start, 0 at the minimum."""
        lowest = np.min(self.base.value(self.base.minimum))
        z = (w - self.shift) @ self.turn / self.unit
        return (self.base.value(z) - lowest) / (self.base.value(self.base.start) - lowest)

    def grad(self, w: np.ndarray, t: int) -> np.ndarray:
        """The gradient that is given for update t = 1 .. 200."""
        z = (w - self.shift) @ self.turn / self.unit
        return self.loudness / self.unit * self.base.grad(z) @ self.turn.T + self.noise[t - 1]

    def score(self, w: np.ndarray) -> np.ndarray:
        """Powers of ten by which the loss has fallen: -log10(left), between LEAST and MOST."""
        with np.errstate(all="ignore"):
            left = np.nan_to_num(self.left(w), nan=np.inf)
            return np.clip(-np.log10(np.maximum(left, 1e-300)), LEAST, MOST)


def unseen(rng: np.random.Generator) -> list[Unseen]:
    """Five problems in three dimensions, all drawn anew."""
    mild, harsh = 10 ** rng.uniform(1, 1.5), 10 ** rng.uniform(2.5, 3)
    bases: list[tuple[str, Any, float, bool]] = [  # name, function, noise, turned
        ("a bowl", quadratic([1, mild**0.5, mild], start=rng.normal(size=3)), 0.0, True),
        ("a long valley", quadratic([1, harsh**0.5, harsh], start=(1, 0.3, 0.1)), 0.0, True),
        ("a bent valley", ChainedRosenbrock(DIMENSIONS), 0.0, True),
        ("a saddle, with noise", Fork(), 0.01, True),
        ("odd units, with noise", quadratic([0.1, 1, 10], start=(3, 1, 0.3)), 0.03, False),
    ]
    return [_disguise(rng, *base) for base in bases]


def _disguise(
    rng: np.random.Generator, name: str, base: Problem, noise: float, turned: bool
) -> Unseen:
    turn = np.linalg.qr(rng.normal(size=(DIMENSIONS, DIMENSIONS)))[0]
    loudness, unit = 10 ** rng.uniform(-2, 2), 10 ** rng.uniform(-0.3, 0.3)
    return Unseen(
        name=name,
        base=base,
        loudness=loudness,
        unit=unit,
        turn=turn if turned else np.eye(DIMENSIONS),
        shift=rng.normal(scale=5, size=DIMENSIONS),
        noise=noise * loudness / unit * rng.normal(size=(GRADIENTS, DIMENSIONS)),
    )


def play(step: Step, problems: Sequence[Unseen], order: np.random.Generator) -> np.ndarray:
    """Play all problems at once, their steps interleaved, and return the last points (P, 3).

    For each t = 1 .. 200 every problem gets its step, in an order drawn anew. A run whose point is
    no longer finite stops there.
    """
    points = np.array([problem.start for problem in problems])
    states: list[Any] = [None] * len(problems)
    with np.errstate(all="ignore"):
        for t in range(1, GRADIENTS + 1):
            for k in order.permutation(len(problems)):
                if np.all(np.isfinite(points[k])):
                    g = problems[k].grad(points[k], t)
                    points[k], states[k] = step(points[k].copy(), g, states[k], t)
    return points


def walk(step: Step, problem: Problem, steps: int = 100) -> Path:
    """The path of one step function alone on a problem of the course, without noise."""
    w, state = problem.start.copy(), None
    points = [w]
    for t in range(1, steps + 1):
        w, state = step(w.copy(), problem.grad(w), state, t)
        points.append(w)
    return Path(np.array(points), problem.value(np.array(points)))


def scores(points: np.ndarray, problems: Sequence[Unseen]) -> np.ndarray:
    """The score of each problem, (P,) for points (P, 3), or (P, L) for points (P, L, 3)."""
    return np.array([problem.score(w) for problem, w in zip(problems, points, strict=True)])


def sweep_rule(
    make: Callable[..., Optimizer], lrs: np.ndarray, problems: Sequence[Unseen]
) -> np.ndarray:
    """The scores (P, L) of one rule at L learning rates, as one broadcast computation."""
    rule = make(lr=np.asarray(lrs, dtype=float)[:, None])
    w = np.stack([np.tile(problem.start, (len(lrs), 1)) for problem in problems])
    state = rule.init(w)
    with np.errstate(all="ignore"):
        for t in range(1, GRADIENTS + 1):
            at = rule.lookahead(w, state)
            g = np.stack([problem.grad(p, t) for problem, p in zip(problems, at, strict=True)])
            w, state = rule.step(w, g, state)
    return scores(w, problems)


# Each method with one learning rate for all problems: the best of TRIED for the mean over the
# practice draws of the median score, everything else at its default. A test tunes them again.
PRACTICE = range(1000, 1004)
TRIED = np.array([float(f"{10**e:.2g}") for e in np.arange(-16, 5) / 4])
SETTINGS: Mapping[str, float] = {
    "SGD": 0.00056,
    "momentum": 0.00056,
    "Nesterov": 0.00032,
    "Adagrad": 0.32,
    "Adadelta": 5.6,
    "RMSprop": 0.018,
    "Adam": 0.32,
    "AdamW": 0.1,
    "AMSGrad": 0.32,
    "Nadam": 0.18,
    "Lion": 0.032,
}


def draws(seeds: Iterable[int]) -> list[Unseen]:
    """Five problems for each seed, one draw after the other."""
    return [problem for seed in seeds for problem in unseen(np.random.default_rng(seed))]


def tuned(make: Callable[..., Optimizer]) -> float:
    """The learning rate of TRIED that is best for all practice problems together."""
    result = sweep_rule(make, TRIED, draws(PRACTICE)).reshape(len(PRACTICE), -1, len(TRIED))
    return float(TRIED[np.argmax(np.median(result, axis=1).mean(axis=0))])


@lru_cache
def _references(seeds: tuple[int, ...]) -> dict[str, np.ndarray]:
    problems = draws(seeds)
    return {
        name: sweep_rule(METHODS[name], np.array([lr]), problems).reshape(len(seeds), -1)
        for name, lr in SETTINGS.items()
    }


@dataclass(frozen=True)
class Board:
    """name -> scores (draws, 5), best median first; it shows itself as a table."""

    scores: dict[str, np.ndarray]
    note: str = ""

    def median(self, name: str) -> float:
        """The mean over draws of the median over problems."""
        return float(np.median(self.scores[name], axis=1).mean())

    def __str__(self) -> str:
        kinds = [problem.name for problem in unseen(np.random.default_rng(0))]
        lines = [
            "Powers of ten by which the loss fell: the median of five problems, then each of them:",
            *(f"  ({k}) {name}" for k, name in enumerate(kinds, start=1)),
            f"{'':10}median   |" + "".join(f"{f'({k})':>6}" for k in range(1, len(kinds) + 1)),
        ]
        for name, each in self.scores.items():
            columns = "".join(f"{column:6.1f}" for column in each.mean(axis=0))
            lines.append(f"{name:10}{self.median(name):6.1f}   |{columns}")
        return "\n".join(lines + [self.note] * bool(self.note))


def board(step: Step, seeds: Iterable[int] = range(2000, 2004)) -> Board:
    """Your step beside the eleven, on problems that none of them was tuned on.

    seeds draw the problems, five each. A step that raises gets no row, and a note says so.
    """
    seeds = tuple(seeds)
    rows, note = dict(_references(seeds)), ""
    try:
        played = []
        for seed in seeds:
            problems, order = draws([seed]), np.random.default_rng(seed)
            played.append(scores(play(step, problems, order), problems))
        rows["YOURS"] = np.array(played)
    except NotImplementedError:
        note = "YOURS      comes here once you have written it"
    except Exception as error:  # the reader's own; a lesson goes on
        note = f"YOURS      raised {type(error).__name__}: {error}"
    ranked = sorted(rows, key=lambda name: -np.median(rows[name], axis=1).mean())
    return Board({name: rows[name] for name in ranked}, note)
