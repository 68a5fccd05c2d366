"""Grade one submission. This runs in a process of the batch; it gets and gives plain data."""

from __future__ import annotations

import contextlib
import hashlib
import signal
import sys
import warnings
from dataclasses import dataclass

from course_lib import __version__
from course_lib.checking import NotebookError, Status
from course_lib.checking.notebookfile import MAX_BYTES, MAX_CELLS, parse_notebook, read_bytes
from course_lib.checking.process import PlainProcess
from course_lib.checking.session import Limits, judge_cells
from course_lib.checking.verdict import verdict
from course_lib.exercises import LESSONS
from course_lib.grading.collect import Submission, lesson_of
from course_lib.grading.jail import Jail
from course_lib.grading.record import Outcome, Record
from course_lib.sandbox.fence import SandboxError

DEFAULTS = Limits()
OWN_MEMORY = 6 << 30  # of a grading process, should a submission find a way to make it grow


@dataclass(frozen=True)
class Settings:
    """What a grade depends on besides the submission: the same settings, the same grade.

    lesson is for notebooks that name none themselves.
    """

    seed: int
    lesson: str | None = None
    limits: Limits = DEFAULTS
    notebook: int = MAX_BYTES
    cells: int = MAX_CELLS
    sandbox: bool = True


_jail: Jail | None = None


def prepare() -> None:
    """Make this a grading process of the pool: besides, it ends with its parent."""
    settle()
    if sys.platform.startswith("linux"):
        import ctypes

        from course_lib.sandbox.nursery import PR_SET_PDEATHSIG

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def settle() -> None:
    """Make this a grading process: Ctrl-C is its parent's business, and its memory has an end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")  # student values may overflow; that is what is judged
    if sys.platform.startswith("linux"):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if most == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (OWN_MEMORY, most))


def jail() -> Jail:
    """This process's jail, made when it is first needed. Raises SandboxError."""
    global _jail
    if _jail is None:
        _jail = Jail()
    return _jail


def close_jail() -> None:
    global _jail
    if _jail is not None:
        _jail.close()
        _jail = None


def grade(submission: Submission, settings: Settings, data: bytes | None = None) -> Record:
    """The record of one submission, whatever it contains; `data` if its file lies elsewhere.

    Raises SandboxError only: if the jail cannot be closed, no student code runs.
    """
    record = unread(submission, settings)
    try:
        if submission.problem:
            raise NotebookError(submission.problem)
        if data is None:
            data = read_bytes(submission.path, settings.notebook)
        record = record.but(digest=hashlib.sha256(data).hexdigest())
        notebook = parse_notebook(data, settings.cells)
    except NotebookError as error:
        return unreadable(record, str(error))
    lesson = notebook.lesson if notebook.lesson in LESSONS else record.lesson
    if lesson and lesson not in (notebook.lesson, lesson_of(submission.file, LESSONS)):
        record = record.but(notes=(f"names no lesson; it is taken as one of {lesson}",))
    record = record.but(lesson=lesson, version=notebook.version)
    if lesson is None:
        return record.but(
            outcome=Outcome.NO_LESSON,
            message="Neither the notebook nor its name says which lesson it is; name the file "
            "after the lesson, or grade it with --lesson.",
        )
    if notebook.version not in (None, __version__):
        other = f"from version {notebook.version} of the course; this is {__version__}"
        record = record.but(notes=(*record.notes, other))
    return record.but(outcome=Outcome.GRADED, verdicts=_judge(notebook.cells, lesson, settings))


def _judge(cells: tuple[str, ...], lesson: str, settings: Settings) -> tuple:
    def judged(start) -> tuple:
        exercises = LESSONS[lesson]
        return tuple(judge_cells(cells, exercises, settings.seed, start, settings.limits))

    if not settings.sandbox:
        return judged(PlainProcess)
    with contextlib.suppress(SandboxError):
        return judged(jail().start)
    close_jail()  # its nursery may have been killed; once more with another
    return judged(jail().start)


def unread(submission: Submission, settings: Settings) -> Record:
    """The record of a submission before it is read: its lesson is what the file's name says."""
    return Record(
        submission.student,
        submission.file,
        lesson_of(submission.file, LESSONS) or settings.lesson,
        Outcome.UNREADABLE,
        submitted=submission.submitted,
        sandboxed=settings.sandbox,
    )


def not_judged(record: Record, status: Status, message: str) -> Record:
    """The record of a file that gives nothing to judge; so says each exercise of a known lesson."""
    exercises = LESSONS[record.lesson] if record.lesson else ()
    return record.but(
        message=message, verdicts=tuple(verdict(e, status, message) for e in exercises)
    )


def unreadable(record: Record, why: str) -> Record:
    """The record of a file that is no notebook."""
    return not_judged(record.but(outcome=Outcome.UNREADABLE), Status.UNREADABLE, f"The file {why}")


def grade_to_text(submission: Submission, settings: Settings, data: bytes | None = None) -> str:
    """The record as JSON, which can leave this process; a verdict's functions cannot.

    Should the grader itself hang on a submission, its process ends, and the batch says so.
    """
    if hasattr(signal, "alarm"):
        signal.alarm(2 * round(settings.limits.submission) + 120)
    try:
        return grade(submission, settings, data).to_json()
    finally:
        if hasattr(signal, "alarm"):
            signal.alarm(0)
