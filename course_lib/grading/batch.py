"""Grade a class: many submissions, in processes side by side, each record kept as it is made.

A folder `out` holds one batch. Its seed is drawn once and kept there, so that grading again gives
the same grades; the records in it say what has been graded already.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path

from course_lib import __version__
from course_lib.checking import NotebookError, Status
from course_lib.checking.notebookfile import read_bytes
from course_lib.exercises import EXERCISES
from course_lib.grading.collect import Submission
from course_lib.grading.files import to_json, write
from course_lib.grading.grader import Settings, grade_to_text, not_judged, prepare, unread
from course_lib.grading.record import Outcome, Record

Grade = Callable[[Submission, Settings], str]


class BatchError(Exception):
    """A batch that cannot be graded as asked; the message is one line."""


@dataclass(frozen=True)
class Batch:
    """The folder of a batch: its seed and the records made so far."""

    out: Path
    seed: int

    @classmethod
    def open(cls, out: Path, seed: int | None) -> Batch:
        """The batch in this folder, made if it is not there. Raises BatchError for another seed."""
        file = out / "batch.json"
        if out.exists() and not out.is_dir():
            raise BatchError(f"'{out}' is a file; give --out a folder")
        if not file.exists():
            if out.is_dir() and any(path.name != "overrides.csv" for path in out.iterdir()):
                raise BatchError(
                    f"the folder '{out}' holds something else than a batch; give --out a new folder"
                )
            seed = secrets.randbits(31) if seed is None else seed
            (out / "records").mkdir(parents=True, exist_ok=True)
            write(file, to_json({"seed": seed}))
        try:
            kept = json.loads(file.read_text("utf-8"))["seed"]
            if type(kept) is not int:
                raise TypeError
        except (ValueError, KeyError, TypeError):
            raise BatchError(f"{file}: is damaged; give --out a new folder") from None
        if seed not in (None, kept):
            raise BatchError(
                f"'{out}' was graded with seed {kept}, not {seed}; leave --seed away, "
                "or give --out a new folder"
            )
        return cls(out, kept)

    def _place(self, submission: Submission) -> Path:
        name = hashlib.sha256(submission.file.encode("utf-8", "surrogateescape")).hexdigest()
        return self.out / "records" / f"{name[:24]}.json"

    def keep(self, submission: Submission, settings: Settings, record: str) -> None:
        """Keep a record (as JSON) with all that it depends on."""
        content = {"depends on": _dependence(submission, settings), "record": json.loads(record)}
        write(self._place(submission), to_json(content))

    def recall(self, submission: Submission, settings: Settings) -> Record | None:
        """The record of this very submission, if it is here and nothing has changed since."""
        try:
            content = json.loads(self._place(submission).read_text("utf-8"))
            if content["depends on"] != _dependence(submission, settings):
                return None
            return Record.from_json(json.dumps(content["record"]), EXERCISES)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _dependence(submission: Submission, settings: Settings) -> dict:
    """All that a record depends on, as JSON gives it back."""
    try:
        if submission.problem:  # a pipe, say: it is never opened
            raise NotebookError(submission.problem)
        content = hashlib.sha256(read_bytes(submission.path, settings.notebook)).hexdigest()
    except NotebookError as error:
        content = str(error)
    who = {"student": submission.student, "submitted": submission.submitted, "content": content}
    return json.loads(json.dumps({"course": __version__, **asdict(settings), **who}))


def pool(jobs: int) -> ProcessPoolExecutor:
    """Grading processes. They come from a server that has imported the course and nothing else."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([prepare.__module__])
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=prepare)


def grade_all(
    submissions: Iterable[Submission],
    settings: Settings,
    jobs: int,
    grade: Grade = grade_to_text,
) -> Iterator[tuple[Submission, str]]:
    """Grade every submission; yields each with its record (JSON) as it is done, in any order.

    A grading process that ends takes its submission with it, and no other: those that were under
    way are tried once more, each alone. Raises SandboxError where no jail can be closed.
    """
    waiting = list(reversed(list(submissions)))
    while waiting:
        under_way: dict[Future[str], Submission] = {}
        executor = pool(jobs)
        try:
            while waiting or under_way:
                while waiting and len(under_way) < 2 * jobs:
                    under_way[executor.submit(grade, waiting[-1], settings)] = waiting[-1]
                    waiting.pop()
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    record = future.result()
                    yield under_way.pop(future), record
        except BrokenProcessPool:
            suspects = list(under_way.values())
        else:
            return
        finally:
            stop(executor)
        for suspect in suspects:
            yield suspect, _alone(suspect, settings, grade)


def _alone(submission: Submission, settings: Settings, grade: Grade) -> str:
    executor = pool(1)
    try:
        return executor.submit(grade, submission, settings).result()
    except BrokenProcessPool:
        return gave_up(submission, settings).to_json()
    finally:
        stop(executor)


def stop(executor: ProcessPoolExecutor) -> None:
    """End the grading processes at once; their jails end with them."""
    for process in multiprocessing.active_children():
        process.kill()
    executor.shutdown(wait=True, cancel_futures=True)  # only the first call to shutdown can wait


def gave_up(submission: Submission, settings: Settings) -> Record:
    """The record of a submission that ended the grading process itself."""
    message = "The grader itself ended on this notebook; look at it by hand, with care."
    return not_judged(unread(submission, settings), Status.CRASHED, message)


def latest(records: Sequence[Record]) -> list[Record]:
    """One record for each student and lesson: the later submission replaces the earlier.

    A file that cannot be read replaces none that can. Sorted by student, lesson and file.
    """
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        groups[record.student, record.lesson or record.file].append(record)
    chosen = []
    for group in groups.values():
        # Of one time, x (1).ipynb is later than x.ipynb.
        group.sort(
            key=lambda r: (r.outcome == Outcome.GRADED, r.submitted, r.file.removesuffix(".ipynb"))
        )
        *others, last = group
        if others:
            names = ", ".join(sorted(record.file for record in others))
            last = last.but(notes=(*last.notes, f"counts instead of {names}"))
        chosen.append(last)
    return sorted(chosen, key=lambda r: (r.student, r.lesson or "", r.file))
