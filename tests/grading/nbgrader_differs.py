"""Submissions of lesson 02 that nbgrader and `course grade` mark differently, and why.

The first ones are guarantees that nbgrader's way of running loses: student code in one process with
the tests, and with the teacher's rights. The last one holds what the two merely do otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbgrader_class import Handed, add, remove, right

from course_lib.checking import Call, judge, local
from course_lib.checking.desk import SEED
from course_lib.exercises import EXERCISES

LESSON = "02_gradient_descent"
RIGHT = right(LESSON)
BLANK = dict.fromkeys(RIGHT)
FULL = {name: float(EXERCISES[name].points) for name in RIGHT}
NOTHING = dict.fromkeys(RIGHT, 0.0)


@dataclass(frozen=True)
class Differs:
    """A submission, the points that nbgrader gives (None: no grade), and ours."""

    handed: Handed
    theirs: Mapping[str, float | None]
    ours: Mapping[str, float]


def by_heart(name: str) -> str:
    """An answer that knows the values of the notebook's seed, and nothing else."""
    known = {}

    def note(H):
        known[str(H.tolist())] = EXERCISES[name].reference(H)
        return known[str(H.tolist())]

    judge(EXERCISES[name], Call(local(note)), SEED)
    head = f"def {EXERCISES[name].function}(H):"
    return f"known = {known!r}\n{head}\n    return known[str(H.tolist())]"


def only_if(condition: str, answer: str) -> str:
    """The answer of a function that first makes sure of what it may do."""
    head, _, body = answer.strip().partition("\n")
    imports = "import os, subprocess\nfrom pathlib import Path"
    return f"{imports}\n{head}\n    assert {condition}\n{body}"


ABOVE = "Path.cwd().resolve().parents"
TAKEN = {
    # the answer, from the library beside the tests, or from those who ran them before
    "gradient-descent": "from course_lib.exercises import EXERCISES\n"
    "gradient_descent = EXERCISES['gradient-descent'].reference",
    "critical-lr": by_heart("critical-lr"),
    # the grades of the class can be written, what others handed in read, programs started
    "best-lr-and-rate": only_if(
        f"any(os.access(place / 'gradebook.db', os.W_OK) for place in {ABOVE})",
        RIGHT["best-lr-and-rate"],
    ),
    "condition-number": only_if(
        f"any(list(place.glob('submitted/forges-the-check/*/*.ipynb')) for place in {ABOVE})",
        RIGHT["condition-number"],
    ),
    "standardize": only_if("subprocess.run(['true']).returncode == 0", RIGHT["standardize"]),
}
WRONG = "def {}:\n    return 0"


def otherwise(notebook) -> None:
    """A check deleted; a function that is right only later, and one that is right only at first."""
    remove("gradient-descent-check")(notebook)
    add(len(notebook.cells), RIGHT["critical-lr"])(notebook)
    add(len(notebook.cells), WRONG.format("best_lr_and_rate(eigenvalues)"))(notebook)


DIFFERS = (
    Differs(Handed("takes-what-it-can", TAKEN), FULL, NOTHING),
    Differs(
        Handed("forges-the-check", BLANK, change=add(1, "def check(*given):\n    pass")),
        FULL,
        NOTHING,
    ),
    Differs(
        Handed(
            "otherwise",
            {
                **RIGHT,
                "critical-lr": WRONG.format("critical_lr(H)"),
                "condition-number": "1 / 0\n" + RIGHT["condition-number"],  # spoils its cell
            },
            change=otherwise,
        ),
        {**FULL, "gradient-descent": None, "critical-lr": 0.0, "condition-number": 0.0},
        {**FULL, "best-lr-and-rate": 0.0},
    ),
    Differs(
        Handed("ends-python", RIGHT, change=add(3, "import os\nos._exit(0)")),
        dict.fromkeys(RIGHT),
        FULL,
    ),
)
