"""`course grade`: a class from its folder of submissions to its reports."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from tqdm import tqdm

from course_lib import __version__
from course_lib.checking.notebookfile import MAX_BYTES, MAX_CELLS
from course_lib.checking.session import Limits
from course_lib.exercises import EXERCISES, LESSONS
from course_lib.grading.absent import absent, with_notes
from course_lib.grading.archive import opened
from course_lib.grading.batch import Batch, BatchError, grade_all, latest
from course_lib.grading.cluster import ClusterError, cluster
from course_lib.grading.collect import CollectError, Submission, few
from course_lib.grading.csvfile import TableError
from course_lib.grading.grader import Settings
from course_lib.grading.jail import Jail
from course_lib.grading.layouts import collect_class, not_read
from course_lib.grading.overrides import OverrideError, read_overrides, write_template
from course_lib.grading.record import Outcome, Record
from course_lib.grading.report import summary_lines, write_reports
from course_lib.grading.roster import join, read_roster
from course_lib.grading.students import write_students
from course_lib.grading.text import one_line
from course_lib.sandbox.fence import SandboxError

MB = 1 << 20


class GradeError(Exception):
    """A class that cannot be graded as asked; the message is a line, or one for each bad row."""


@dataclass(frozen=True)
class Options:
    """What `course grade` is asked for; None and () are the defaults of the grader."""

    jobs: int | None = None
    scheduler: str | None = None
    seed: int | None = None
    lessons: Sequence[str] = ()
    resume: bool = False
    limits: Sequence[str] = ()
    sandbox: bool = True
    layout: str | None = None
    roster: Path | None = None


def grade_class(folder: Path, out: Path, options: Options) -> bool:
    """Grade every submission in `folder`, or a zip archive, and write the reports into `out`.

    Returns whether every file could be graded. Raises GradeError, with nothing graded, for what
    cannot be done as asked; KeyboardInterrupt leaves what is graded so far in `out`.
    """
    if options.jobs is not None and options.jobs < 1:
        raise GradeError(f"--jobs {options.jobs}: give a whole number from 1")
    if options.jobs is not None and options.scheduler is not None:
        raise GradeError("--jobs is for this machine; with --scheduler give --nthreads to a worker")
    try:
        settings = _settings(options)
        roster = read_roster(options.roster) if options.roster else ()
        with opened(folder, settings.notebook) as place:
            layout, found = collect_class(place.folder, LESSONS, options.layout)
            strays = not_read(place.folder, layout, found)
            found = [replace(o, problem=place.refused.get(o.file, o.problem)) for o in found]
            joined = join(found, roster)
            with graders(options) as grade_each:  # before anything is written: can they grade?
                overrides = read_overrides(out / "overrides.csv", LESSONS)
                batch = Batch.open(out, options.seed)
                settings = replace(settings, seed=batch.seed)
                records = _grade(joined.submissions, settings, batch, grade_each, options.resume)
    except (CollectError, TableError, BatchError, OverrideError, ClusterError) as error:
        raise GradeError(str(error)) from None
    except SandboxError as error:
        raise GradeError(
            f"{error} (--unsafe-no-sandbox grades without a jail, on your own risk)"
        ) from None

    counting = with_notes(latest(records), joined)
    wanted = (*options.lessons, None)  # what is of no known lesson may be of any
    chosen = [one for one in counting if not options.lessons or one.lesson in wanted]
    replaced, others = len(records) - len(counting), len(counting) - len(chosen)
    chosen += absent(counting, joined, options.lessons)
    about = {"course": __version__, "layout": layout.name, **asdict(settings)}
    beside = (
        [f"not read: {few(strays)}: neither a notebook nor named after a student and a lesson"]
        if strays
        else []
    )
    for line in (
        *map(one_line, (*beside, *joined.notes)),
        *write_reports(out, chosen, overrides, LESSONS, settings=about),
    ):
        print(f"course: note: {line}", file=sys.stderr)
    write_students(out, joined.students)
    write_template(out / "overrides.csv")
    print(f"Layout: {layout.name} ({layout.says}).")
    if replaced:
        print(f"{len(records)} submissions, of which {len(counting)} count.")
    if others:
        print(f"Left out, since of other lessons: {others}")
    for line in summary_lines(out, chosen, overrides, LESSONS):
        print(line)
    return all(record.outcome in (Outcome.GRADED, Outcome.MISSING) for record in chosen)


GradeEach = Callable[[Sequence[Submission], Settings], Iterator[tuple[Submission, str]]]


@contextmanager
def graders(options: Options) -> Iterator[GradeEach]:
    """What grades: processes of this machine, or a cluster.

    Raises SandboxError or ClusterError if they cannot.
    """
    if options.scheduler is not None:
        with cluster(options.scheduler, options.sandbox) as grade_each:
            yield grade_each
        return
    if options.sandbox:
        Jail().close()
    jobs = options.jobs or os.cpu_count() or 1
    yield lambda each, settings: grade_all(each, settings, min(jobs, len(each) or 1))


def _settings(options: Options) -> Settings:
    """The settings that the options ask for, but for the seed. Raises GradeError."""
    times = {field.name for field in fields(Limits)} - {"memory", "reply"}
    limits, notebook, cells = Limits(), MAX_BYTES, MAX_CELLS
    for text in options.limits:
        name, _, value = text.partition("=")
        try:
            number = float(value)
            if not 0 < number < 1e6:
                raise ValueError
        except ValueError:
            raise GradeError(f"--limit {text}: give NAME=VALUE with a positive number") from None
        if name in times:
            limits = Limits(**{**asdict(limits), name: number})
        elif name == "memory":
            limits = replace(limits, memory=round(number * MB))
        elif name == "notebook":
            notebook = round(number * MB)
        elif name == "cells":
            cells = round(number)
        else:
            names = ", ".join(sorted(times | {"memory", "notebook", "cells"}))
            raise GradeError(f"--limit {text}: there is no such limit; there are {names}")
    lesson = options.lessons[0] if len(options.lessons) == 1 else None
    return Settings(0, lesson, limits, notebook, cells, options.sandbox)


def _grade(
    submissions: Sequence[Submission],
    settings: Settings,
    batch: Batch,
    grade_each: GradeEach,
    resume: bool,
) -> list[Record]:
    kept = [batch.recall(one, settings) if resume else None for one in submissions]
    records = [record for record in kept if record is not None]
    missing = [one for one, record in zip(submissions, kept, strict=True) if record is None]
    bar = tqdm(total=len(submissions), initial=len(records), unit="notebook", file=sys.stderr)
    with bar:
        for submission, text in grade_each(missing, settings):
            batch.keep(submission, settings, text)
            records.append(Record.from_json(text, EXERCISES))
            bar.update()
    return records
