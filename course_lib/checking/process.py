"""Check a notebook in a process of its own: `course check`, with the notebook's verdicts."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from course_lib.checking.calling import Call, Channel, Failure
from course_lib.checking.deadline import SECONDS, timed_out
from course_lib.checking.exercise import Exercise
from course_lib.checking.judge import judge
from course_lib.checking.notebookfile import NotebookError, read_notebook
from course_lib.checking.server import Ask
from course_lib.checking.verdict import Verdict
from course_lib.checking.worker import read_frame, write_frame

CELL_SECONDS = 5.0
ALL_CELLS_SECONDS = 40.0


class WorkerDied(Exception):
    """The worker process ended, or gave no answer in time and was stopped."""


class Worker:
    """A process that holds one notebook's functions. Use it in a `with` statement.

    alive is False once it has ended, or was stopped because it gave no answer in time.
    """

    def __enter__(self) -> Worker:
        self.alive = True
        self._folder = tempfile.TemporaryDirectory(prefix="course-")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "course_lib.checking.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
        )
        assert self._process.stdin is not None
        self._in = self._process.stdin
        self._frames: queue.Queue[list | None] = queue.Queue()
        # A thread reads, because a pipe cannot be waited for with a time limit on every system.
        self._reader = threading.Thread(target=self._read_all, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        with contextlib.suppress(OSError):  # the pipe may have broken with a frame in its buffer
            self._in.close()
        self._folder.cleanup()

    def _read_all(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                self._frames.put(read_frame(self._process.stdout))
        except (EOFError, ValueError, OSError):
            self._frames.put(None)

    def _send(self, message: list) -> None:
        try:
            write_frame(self._in, message)
        except OSError:
            self.alive = False
            raise WorkerDied from None

    def _receive(self, until: float) -> list:
        try:
            frame = self._frames.get(timeout=max(until - time.monotonic(), 0))
        except queue.Empty:
            self.alive = False
            self._process.kill()
            raise TimeoutError from None
        if frame is None:
            self.alive = False
            raise WorkerDied
        return frame

    def load(self, cells: Sequence[str], definitions_only: bool) -> None:
        """Run the cells. Raises TimeoutError or WorkerDied."""
        end = time.monotonic() + ALL_CELLS_SECONDS
        for number, source in enumerate(cells, 1):
            self._send(["cell", number, source, definitions_only])
            self._receive(min(time.monotonic() + CELL_SECONDS, end))

    def channel(self, name: str) -> Channel:
        """A channel to the notebook's function; all its calls together have one deadline."""
        until = None

        def send(arguments: bytes, ask: Ask) -> dict:
            nonlocal until
            until = until or time.monotonic() + SECONDS
            try:
                self._send(["call", name, arguments])
                while (frame := self._receive(until))[0] == "ask":
                    self._send(["answer", ask(frame[1], frame[2])])
            except TimeoutError:
                raise timed_out(SECONDS) from None
            except WorkerDied:
                raise Failure(
                    "crashed", "Python itself ended while your function ran (exit, or a crash)."
                ) from None
            return frame[1]

        return send


def start(cells: Sequence[str]) -> Worker:
    """A worker that has run the cells; one restart with definitions only, should they end it."""
    for definitions_only in (False, True):
        worker = Worker().__enter__()
        try:
            worker.load(cells, definitions_only)
        except (TimeoutError, WorkerDied):
            worker.__exit__(None, None, None)
            continue
        return worker
    raise NotebookError("its cells end the Python process, even its definitions alone.")


def grade_notebook(
    path: Path, lessons: Mapping[str, Sequence[Exercise]], seed: int = 0
) -> list[Verdict]:
    """Judge every exercise of the notebook's lesson, in the lesson's order.

    The lesson is the one that the notebook's metadata names, else the one that its file is named
    after. Raises NotebookError (one line) if the file cannot be read or belongs to no lesson.
    """
    path = Path(path)
    notebook = read_notebook(path)
    lesson = notebook.lesson or path.stem
    if lesson not in lessons:
        raise NotebookError(
            f"{path}: belongs to no lesson of the course. Lessons: {', '.join(lessons)}."
        )
    verdicts = []
    worker = start(notebook.cells)
    try:
        for exercise in lessons[lesson]:
            if not worker.alive:  # the exercise before ended it
                worker.__exit__(None, None, None)
                worker = start(notebook.cells)
            verdicts.append(judge(exercise, Call(worker.channel(exercise.function)), seed))
    finally:
        worker.__exit__(None, None, None)
    return verdicts
