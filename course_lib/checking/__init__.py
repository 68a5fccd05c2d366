"""Exercises as data, one judge, and its verdicts, in the notebook and everywhere else."""

from course_lib.checking.calling import Call, Failure, local, refusal
from course_lib.checking.desk import Desk
from course_lib.checking.exercise import Case, Exercise, Mistake, Variant
from course_lib.checking.judge import judge
from course_lib.checking.notebookfile import NotebookError, read_notebook
from course_lib.checking.observe import Asked, cases, trajectory
from course_lib.checking.process import grade_notebook
from course_lib.checking.verdict import Status, Verdict

__all__ = [
    "Asked",
    "Call",
    "Case",
    "Desk",
    "Exercise",
    "Failure",
    "Mistake",
    "NotebookError",
    "Status",
    "Variant",
    "Verdict",
    "cases",
    "grade_notebook",
    "judge",
    "local",
    "read_notebook",
    "refusal",
    "trajectory",
]
