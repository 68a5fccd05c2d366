"""Two classes for nbgrader, of lessons 02 and 05: what each student hands in, and what we call it.

A submission is the notebook that nbgrader released, with answers in its solution cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat
from classes import ANSWERS as DESCENT_ANSWERS

MOMENTUM = """
def momentum_step(w, g, v, lr, beta):
    v = {velocity}
    return w - lr * v, v
"""
RADIUS = """
def spectral_radius(lr, beta, curvature):
    z = np.roots([1, -(1 + beta - lr * curvature), beta])
    return float({reduced})
"""
HEAVY_BALL = """
def best_heavy_ball(mu, L):
    flat, steep = mu**0.5, L**0.5
    return {pair}
"""
VELOCITY = "def convert_velocity(v, lr_old, lr_new):\n    {}"
LR, BETA = "4 / (steep + flat) ** 2", "((steep - flat) / (steep + flat)) ** 2"

# lesson -> exercise -> (what a student may write, the status it must get)
ANSWERS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "02_gradient_descent": DESCENT_ANSWERS,
    "05_momentum": {
        "momentum-step": [
            (MOMENTUM.format(velocity="g + beta * v"), "passed"),
            (MOMENTUM.format(velocity="v + g"), "failed: beta-missing"),
            (MOMENTUM.format(velocity="beta * (v + g)"), "failed: beta-on-both"),
            (MOMENTUM.format(velocity="beta * v + (1 - beta) * g"), "failed: average-form"),
            (
                "def momentum_step(w, g, v, lr, beta):\n    v *= beta\n    v += g\n"
                "    return w - lr * v, v",
                "failed: writes-input",
            ),
            ("def momentum_step(w, g, v):\n    return w - v, v", "failed"),
        ],
        "spectral-radius": [
            (RADIUS.format(reduced="max(abs(z))"), "passed"),
            (
                "import sys\n"
                + RADIUS.format(reduced="print('!', file=sys.stderr) or max(abs(z))"),
                "passed",
            ),
            (RADIUS.format(reduced="z.real.max()"), "failed: largest-real-part"),
            (RADIUS.format(reduced="min(abs(z))"), "failed: smaller-root"),
            (RADIUS.format(reduced="roots"), "crashed"),
        ],
        "best-heavy-ball": [
            (HEAVY_BALL.format(pair=f"{LR}, {BETA}"), "passed"),
            (HEAVY_BALL.format(pair=f"{BETA}, {LR}"), "failed: order-swapped"),
            (
                "import time\ndef best_heavy_ball(mu, L):\n    while True:\n        time.sleep(1)",
                "timed out",
            ),
        ],
        "convert-velocity": [
            (VELOCITY.format("return v / lr_old * lr_new"), "passed"),
            (VELOCITY.format("return v * (lr_old / lr_new)"), "failed: inverse"),
            (VELOCITY.format("raise SystemExit"), "crashed"),
        ],
    },
}


# All that a check needs. The import cell of a lesson brings matplotlib as well, which takes longer
# than everything else in a notebook that is cut down to its exercises.
IMPORTS = "import numpy as np\nfrom course_lib.exercises import check"
Change = Callable[[Any], None]


@dataclass(frozen=True)
class Handed:
    """A submission: an answer (None: left as it was) for each exercise, and the status of each.

    `whole` keeps the lesson's other cells; `change` is what else the student did to the notebook.
    """

    student: str
    answers: Mapping[str, str | None]
    statuses: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    change: Change = lambda notebook: None

    def notebook(self, released: Any) -> Any:
        made = nbformat.from_dict(released)
        if not self.whole:
            made.cells = [cell for cell in made.cells if "nbgrader" in cell.metadata]
            add(0, IMPORTS)(made)
        for cell in made.cells:
            answer = self.answers.get(cell.id)
            if answer is not None:
                cell.source = answer
        self.change(made)
        return made


def add(position: int, source: str) -> Change:
    """The student writes a cell of their own."""
    return lambda notebook: notebook.cells.insert(position, nbformat.v4.new_code_cell(source))


def rewrite(name: str, source: str) -> Change:
    def change(notebook: Any) -> None:
        next(cell for cell in notebook.cells if cell.id == name).source = source

    return change


def remove(name: str) -> Change:
    def change(notebook: Any) -> None:
        notebook.cells = [cell for cell in notebook.cells if cell.id != name]

    return change


def right(lesson: str) -> dict[str, str]:
    return {name: tried[0][0] for name, tried in ANSWERS[lesson].items()}


def write_class(lesson: str) -> list[Handed]:
    """Right, blank, half; with cells that raise, with a check put aside; and all wrong answers."""
    answers = ANSWERS[lesson]
    all_right, first = right(lesson), next(iter(answers))
    blank = dict.fromkeys(all_right)
    passed, open_ = dict.fromkeys(all_right, "passed"), dict.fromkeys(all_right, "not attempted")
    handed = [
        Handed("right", all_right, passed, whole=True),
        Handed("blank", blank, open_, whole=True),
        Handed("half", {**blank, first: all_right[first]}, {**open_, first: "passed"}),
        Handed("cells-that-raise", all_right, passed, change=add(1, "%matplotlib inline\n1 / 0")),
        Handed("check-rewritten", blank, open_, change=rewrite(f"{first}-check", "'passed'")),
    ]
    for number in range(1, max(map(len, answers.values()))):
        chosen = {name: tried[min(number, len(tried) - 1)] for name, tried in answers.items()}
        handed.append(_of(f"wrong-{number}", chosen))
    for start in (0, 1):  # every second exercise is wrong
        chosen = {
            name: tried[-1 if i % 2 == start else 0]
            for i, (name, tried) in enumerate(answers.items())
        }
        handed.append(_of(f"mixed-{start}", chosen))
    return handed


def _of(student: str, chosen: Mapping[str, tuple[str, str]]) -> Handed:
    return Handed(
        student,
        {name: answer for name, (answer, _) in chosen.items()},
        {name: status for name, (_, status) in chosen.items()},
    )
