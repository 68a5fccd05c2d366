"""A notebook in a process of its own: run its cells, then judge its functions, within limits."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from course_lib.checking.calling import Call, Channel, Failure
from course_lib.checking.deadline import timed_out
from course_lib.checking.exercise import Exercise
from course_lib.checking.judge import judge
from course_lib.checking.verdict import Verdict, verdict
from course_lib.sandbox.fence import SandboxError
from course_lib.sandbox.server import Ask

MAX_ASKS = 20_000  # call-backs within one call
MAX_ASKED = 16 << 20  # bytes handed to them within one call: an exercise may keep them all


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times are in seconds, sizes in bytes.

    memory and cpu are those of one process, held by the operating system; cell, call and exercise
    are the times that each of these may take, submission the time of everything together.
    """

    memory: int = 1 << 30
    cpu: float = 10.0
    cell: float = 5.0
    call: float = 2.0
    exercise: float = 5.0
    submission: float = 40.0
    reply: int = 1 << 20


class Ended(Exception):
    """The process ended by itself; the message says how, in words that complete "Python ..."."""


class Process(Protocol):
    """A worker (see sandbox.worker) and the two streams to it."""

    def send(self, message: list) -> None:
        """Raises Ended if it is not there any more."""

    def receive(self, seconds: float) -> list[Any]:
        """The next message. Raises TimeoutError or Ended; the process is then no longer there."""

    def close(self) -> None:
        """End it, whatever it is doing; nothing of it is left."""


class Session:
    """A process that has run a notebook's cells and can be asked for its functions."""

    def __init__(self, process: Process, limits: Limits, left: float) -> None:
        self._process, self._limits = process, limits
        self.left = left  # seconds of the submission's time
        self.alive = True

    def load(self, cells: Sequence[str], definitions_only: bool) -> None:
        """Run the cells. Raises TimeoutError or Ended."""
        for source in cells:
            self._start("cell", source, definitions_only)
            self._next(("ran",), self._limits.cell)

    def channel(self, name: str) -> Channel:
        """A channel to the notebook's function; `left` counts down over all its calls."""
        left = self._limits.exercise

        def send(arguments: bytes, ask: Ask) -> dict:
            nonlocal left
            limit = min(self._limits.call, left)
            try:
                reply, seconds = self._call(name, arguments, ask, limit)
            except TimeoutError:
                raise self._too_slow(limit) from None
            except Ended as how:
                raise Failure("crashed", f"Python {how} while your function ran.") from None
            left -= seconds
            return reply

        return send

    def _call(self, name: str, arguments: bytes, ask: Ask, limit: float) -> tuple[dict, float]:
        """The reply, and how long the function took.

        Call-backs are the grader's own time: not the function's, but the submission's, or asking
        on and on would cost nothing.
        """
        used, asked = 0.0, 0
        self._start("call", name, arguments)
        for _ in range(MAX_ASKS):
            frame, seconds = self._next(("reply", "ask"), limit - used)
            used += seconds
            match frame:
                case ["reply", _, dict() as reply]:
                    return reply, used
                case ["ask", number, int() as function, bytes() as values]:
                    asked += len(values)
                    if asked > MAX_ASKED:
                        break
                    start = time.monotonic()
                    answer = ask(function, values)
                    self.left -= time.monotonic() - start
                    used += self._send(["answer", number, answer])
                case _:
                    self._end()
                    raise Ended("wrote to the grader's line")
            if self.left <= 0:
                self._end()
                raise TimeoutError
        self._end()
        raise Failure(
            "timed out",
            "Your function asked for more than one call may ask, and was stopped "
            f"({MAX_ASKS:,} times, {MAX_ASKED >> 20} MB). Look for a loop that never ends.",
        )

    def _start(self, kind: str, *rest: Any) -> None:
        self._number = secrets.randbits(62)  # or a reply could be written ahead
        self._send([kind, self._number, *rest])

    def _send(self, message: list) -> float:
        """Seconds that it took: a worker that does not read makes the sender wait."""
        start = time.monotonic()
        try:
            self._process.send(message)
        except (TimeoutError, Ended):
            self.alive = False
            raise
        took = time.monotonic() - start
        self.left -= took
        return took

    def _next(self, kinds: Sequence[str], seconds: float) -> tuple[list[Any], float]:
        """The next message, of one of these kinds, and how long it took."""
        limit = max(min(seconds, self.left), 0)
        start = time.monotonic()
        try:
            frame = self._process.receive(limit)
        except (TimeoutError, Ended):
            self.alive = False
            raise
        finally:
            took = min(time.monotonic() - start, limit)
            self.left -= took
        if frame[0] not in kinds or frame[1] != self._number:
            self._end()
            raise Ended("wrote to the grader's line")
        return frame, took

    def _too_slow(self, limit: float) -> Failure:
        if self.left > 0:
            return timed_out(limit)
        return out_of_time(self._limits)

    def _end(self) -> None:
        self.alive = False
        self._process.close()


def out_of_time(limits: Limits) -> Failure:
    text = f"The notebook has used all of its {limits.submission:g} seconds; this is not tried."
    return Failure("timed out", text)


class Notebook:
    """A notebook's cells, and a process that has run them. Use it in a `with` statement.

    A process that ended is replaced by another that runs the cells again: once with all of them
    and, should they end it too, with their definitions only.
    """

    def __init__(
        self, cells: Sequence[str], start: Callable[[Limits], Process], limits: Limits
    ) -> None:
        self._cells, self._new, self._limits = cells, start, limits
        self._definitions_only = False
        self._process: Process | None = None
        self._session: Session | None = None
        self._left = limits.submission

    def __enter__(self) -> Notebook:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process is not None:
            self._process.close()

    def session(self) -> Session:
        """A living session. Raises Failure if the cells leave none."""
        if self._session is not None:
            self._left = self._session.left
            if self._session.alive:
                return self._session
        while True:
            if self._left <= 0:
                raise out_of_time(self._limits)
            if self._process is not None:
                self._process.close()
            self._process = self._new(self._limits)
            self._session = session = Session(self._process, self._limits, self._left)
            try:
                session.load(self._cells, self._definitions_only)
                return session
            except TimeoutError:
                failure = Failure(
                    "timed out",
                    f"A cell was still running after {self._limits.cell:g} seconds, "
                    "even with its definitions alone.",
                )
            except Ended as how:
                failure = Failure(
                    "crashed", f"Python {how} while a cell ran, even with its definitions alone."
                )
            self._left = session.left
            if self._definitions_only:
                raise failure
            self._definitions_only = True

    def judge(self, exercise: Exercise, seed: int) -> Verdict:
        """The verdict on the notebook's function of this exercise.

        Raises SandboxError only: a jail that cannot be closed is no fault of the notebook's.
        """
        try:
            session = self.session()
        except Failure as failure:
            return verdict(exercise, failure.status, failure.message)
        try:
            return judge(exercise, Call(session.channel(exercise.function)), seed)
        except Failure as failure:  # no function was called
            return verdict(exercise, failure.status, failure.message)
        except SandboxError:
            raise
        except Exception as error:
            # A value that the exercise's own code cannot stand. It costs this exercise, no other.
            message = (
                "What your function gave could not be judged "
                f"({type(error).__name__}). Return what the exercise asks for, as plain numbers "
                "or arrays."
            )
            return verdict(exercise, "crashed", message)


def judge_cells(
    cells: Sequence[str],
    exercises: Sequence[Exercise],
    seed: int,
    start: Callable[[Limits], Process],
    limits: Limits,
) -> list[Verdict]:
    """Judge every exercise, in order, on the functions that the cells define."""
    with Notebook(cells, start, limits) as notebook:
        return [notebook.judge(exercise, seed) for exercise in exercises]
