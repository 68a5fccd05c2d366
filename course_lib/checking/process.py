"""Check a notebook in a process of its own: `course check`, with the notebook's verdicts.

The process is a plain one, on any system. The grader's are fenced (see grading.jail).
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from course_lib.checking.deadline import SECONDS
from course_lib.checking.exercise import Exercise
from course_lib.checking.notebookfile import NotebookError, read_notebook
from course_lib.checking.session import Ended, Limits, judge_cells
from course_lib.checking.verdict import Verdict
from course_lib.sandbox.frames import FrameError, read_frame, write_frame


class PlainProcess:
    """A worker without a fence."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._folder = tempfile.TemporaryDirectory(prefix="course-")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-m", "course_lib.sandbox.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._frames: queue.Queue[list | None] = queue.Queue()
        # A thread reads, because a pipe cannot be waited for with a time limit on every system.
        self._reader = threading.Thread(target=self._read_all, daemon=True)
        self._reader.start()

    def _read_all(self) -> None:
        try:
            while True:
                self._frames.put(read_frame(self._out, 2 * self._limits.reply))
        except (EOFError, FrameError, OSError):
            self._frames.put(None)

    def send(self, message: list) -> None:
        try:
            write_frame(self._in, message)
        except OSError:
            raise Ended("itself ended (exit, or a crash)") from None

    def receive(self, seconds: float) -> list[Any]:
        try:
            frame = self._frames.get(timeout=seconds)
        except queue.Empty:
            self.close()
            raise TimeoutError from None
        if frame is None:
            self.close()
            raise Ended("itself ended (exit, or a crash)")
        return frame

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._out.close()
        with contextlib.suppress(OSError):  # the pipe may have broken with a frame in its buffer
            self._in.close()
        self._folder.cleanup()


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
    # A student's machine may be slow: one call may take all of its exercise's time, as in Jupyter.
    limits = Limits(call=SECONDS, exercise=SECONDS)
    return judge_cells(notebook.cells, lessons[lesson], seed, PlainProcess, limits)
