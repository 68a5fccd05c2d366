"""`course export gradescope`: an autograder that grades one lesson.

Source: "Autograder Specifications", "Base Images" (gradescope-autograders.readthedocs.io). The
archive lies unpacked in /autograder/source; setup.sh is run once, as root, and run_autograder for
each submission.
"""

from __future__ import annotations

from pathlib import Path

from course_lib.exercises import LESSONS
from course_lib.grading.files import to_json
from course_lib.grading.text import lesson_name, number
from course_lib.kits.autograder import SETTINGS
from course_lib.kits.contents import library, text
from course_lib.kits.files import Kit

PROGRAMS = ("setup.sh", "run_autograder")


def gradescope_kit(root: Path, lesson: str, seed: int, sandbox: bool) -> Kit:
    """The autograder of a lesson. Raises KitError if the course there is not whole."""
    points = number(sum(one.points for one in LESSONS[lesson]))
    settings = {"lesson": lesson, "seed": seed, "sandbox": sandbox}
    own = {
        **{name: text(name) for name in PROGRAMS},
        SETTINGS: to_json(settings),
        "README.md": text("gradescope.md", lesson=lesson_name(lesson), points=points, stem=lesson),
    }
    return Kit({**library(root), **own}, frozenset(PROGRAMS))
