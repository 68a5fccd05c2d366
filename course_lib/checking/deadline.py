"""One deadline for a student's function, the same in the notebook as everywhere else."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from course_lib.checking.calling import Channel, Failure
from course_lib.sandbox.server import Ask

SECONDS = 5.0


class DeadlinePassed(BaseException):
    """Not an Exception: a student's `except Exception` must not swallow it."""


def timed_out(seconds: float) -> Failure:
    return Failure(
        "timed out",
        f"Your function was still running after {seconds:g} seconds and was stopped. "
        "Look for a loop that never ends, or a condition that never becomes false.",
    )


_STOPPED = (
    "You stopped your function while it was running. Look for a loop that never ends, or a "
    "condition that never becomes false."
)


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise DeadlinePassed in this thread after `seconds`.

    It needs a Unix timer and the main thread. On Windows there is no such timer: a loop that never
    ends is stopped there by the notebook's own stop button.
    """
    main = threading.current_thread() is threading.main_thread()
    if not (hasattr(signal, "setitimer") and main):
        yield
        return

    def ring(*_: Any) -> None:
        raise DeadlinePassed

    previous = signal.signal(signal.SIGALRM, ring)
    # It rings again and again, for code that catches everything once.
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def within(seconds: float, channel: Channel) -> Channel:
    """The channel with a budget: all calls together may take `seconds`."""
    left = seconds

    def timed(arguments: bytes, ask: Ask) -> dict:
        nonlocal left
        start = time.monotonic()
        try:
            with alarm(left):
                return channel(arguments, ask)
        except DeadlinePassed:
            raise timed_out(seconds) from None
        except KeyboardInterrupt:  # the notebook's stop button
            raise Failure("timed out", _STOPPED) from None
        finally:
            left -= time.monotonic() - start

    return timed
