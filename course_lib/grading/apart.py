"""A grading process beside a program that has threads of its own, such as a worker of a cluster.

Nothing of the pool would hold there: such a program must not fork, may be a daemon, to which
multiprocessing allows no children, and gets an alarm in its main thread only. So the process is
begun anew, and kept: it reads jobs from its standard input and writes replies to its standard
output. It ends when its standard input does, also in the midst of a job, or when nothing comes.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast

import numpy as np

import course_lib
from course_lib.checking import NotebookError
from course_lib.checking.notebookfile import read_bytes
from course_lib.grading.batch import gave_up
from course_lib.grading.collect import Submission
from course_lib.grading.grader import Settings, grade_to_text, jail, settle
from course_lib.sandbox.fence import SandboxError

PACKAGE = Path(course_lib.__file__).parent
IDLE_SECONDS = 60.0
RECORD, READY, DIFFERS, OPEN, BROKEN = "record", "ready", "differs", "open", "broken"

Reply = tuple[str, str]  # one of the above, and the record (JSON) or a line that says why not


@dataclass(frozen=True)
class Sent:
    """A submission as it travels: with its bytes, since its path means nothing elsewhere."""

    student: str
    file: str
    submitted: float
    problem: str
    data: bytes

    @classmethod
    def pack(cls, one: Submission, settings: Settings) -> Sent:
        data = b""
        try:
            if not one.problem:
                data = read_bytes(one.path, settings.notebook)
        except NotebookError as error:
            one = replace(one, problem=str(error))
        return cls(one.student, one.file, one.submitted, one.problem, data)

    def unpack(self) -> Submission:
        return Submission(self.student, Path(self.file), self.file, self.submitted, self.problem)


@dataclass(frozen=True)
class Job:
    """What a grading process is asked. Without a submission: whether it could grade one.

    course: the fingerprint of the course that asks.
    """

    course: dict[str, str]
    settings: Settings
    sent: Sent | None = None


@functools.cache
def fingerprint() -> dict[str, str]:
    """What must be the same on two machines that are to give the same grades."""
    digest = hashlib.sha256()
    for path in sorted(p for p in PACKAGE.rglob("*") if p.suffix in (".py", ".npz")):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(PACKAGE).as_posix()} {content}\n".encode())
    return {
        "the course": course_lib.__version__,
        "the digest of its files": digest.hexdigest()[:12],
        "NumPy": np.__version__,
        "Python": "{}.{}".format(*sys.version_info),
    }


def difference(there: dict[str, str], here: dict[str, str]) -> str:
    """The first thing that differs, in words; empty if nothing does."""
    differing = [name for name in here if there.get(name) != here[name]]
    return "".join(
        f"{name} is {there.get(name)} there, and {here[name]} here" for name in differing[:1]
    )


class Ended(Exception):
    """A grading process has ended."""


class GradingProcess:
    """The program's side: asks one job at a time."""

    def __init__(self) -> None:
        where = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from course_lib.grading.apart import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(where)},
        )

        self._jobs = cast(IO[bytes], self._process.stdin)
        self._replies = cast(IO[bytes], self._process.stdout)

    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, job: Job) -> Reply:
        """The reply to a job. Raises Ended if the process ends before it."""
        try:
            pickle.dump(job, self._jobs)
            self._jobs.flush()
            return pickle.load(self._replies)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            raise Ended from None

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._replies.close()
        with contextlib.suppress(BrokenPipeError):  # what it has not read is lost with it
            self._jobs.close()


_idle: queue.LifoQueue[GradingProcess] = queue.LifoQueue()  # the last one first: others may end


def _take() -> GradingProcess:
    with contextlib.suppress(queue.Empty):
        while True:
            process = _idle.get_nowait()
            if process.alive():
                return process
            process.close()
    return GradingProcess()


def ask(job: Job) -> Reply:
    """The reply of one of this program's grading processes; any thread may ask.

    A process that ends takes its job with it: that is tried once more, in a new one.
    """
    for process in (_take(), None):
        process = process or GradingProcess()
        with contextlib.suppress(Ended):
            reply = process.ask(job)
            _idle.put(process)
            return reply
    if job.sent is None:
        return BROKEN, "its grading process ends at once; its log says why"
    return RECORD, gave_up(job.sent.unpack(), job.settings).to_json()


def close_idle() -> None:
    """End the processes that nobody asks."""
    with contextlib.suppress(queue.Empty):
        while True:
            _idle.get_nowait().close()


def answer(job: Job) -> Reply:
    """The process's side of one job."""
    if differs := difference(fingerprint(), job.course):
        return DIFFERS, differs
    try:
        if job.sent is not None:
            return RECORD, grade_to_text(job.sent.unpack(), job.settings, job.sent.data)
        if job.settings.sandbox:
            jail()
        return READY, ""
    except SandboxError as error:
        return OPEN, str(error)


def main() -> None:
    """The life of a grading process."""
    settle()
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes to the log
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, jobs), daemon=True).start()
    with contextlib.suppress(queue.Empty):
        while True:
            job = jobs.get(timeout=IDLE_SECONDS)
            pickle.dump(answer(job), sink)
            sink.flush()
    os._exit(0)  # the thread still reads


def _read(source: IO[bytes], jobs: queue.SimpleQueue[Job]) -> None:
    """Hand on what comes; at the end of it, whatever is under way is wanted by nobody."""
    try:
        while True:
            jobs.put(pickle.load(source))
    except EOFError:
        os._exit(0)
    except Exception:  # a job that cannot be read; whoever asked is told by the end
        traceback.print_exc()
        os._exit(1)
