"""The caller's side: a proxy that looks like the student's function to whoever observes it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np

from course_lib.sandbox.codec import CALLABLE, GENERATOR, CodecError, Token, decode, encode
from course_lib.sandbox.server import MAX_TEXT, Ask, serve

MAX_WARNED = 5


class Failure(Exception):
    """The student's function did not give a value; `status` is the verdict's."""

    def __init__(self, status: str, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.kind = status, message, kind


class Channel(Protocol):
    """Takes encoded arguments to a function and brings its reply (see server.serve) back."""

    def __call__(self, arguments: bytes, ask: Ask) -> dict: ...


def local(function: Any) -> Channel:
    """A channel to a function in this process."""
    generators: dict[int, np.random.Generator] = {}
    return lambda arguments, ask: serve(function, arguments, ask, generators)


def checked(reply: dict, count: int) -> dict:
    """The reply of another process to a call with `count` arguments, every part as it should be.

    Raises Failure for a reply that serve() cannot have made. Texts are cut to their length.
    """

    def text(name: str) -> str:
        value = reply.get(name, "")
        if not isinstance(value, str):
            raise TypeError
        return value[:MAX_TEXT]

    try:
        changed, warned = reply.get("changed", []), reply.get("warned", [])
        value = reply.get("value", b"")
        if not (
            isinstance(changed, list) and isinstance(warned, list) and isinstance(value, bytes)
        ):
            raise TypeError
        if not all(type(i) is int and 0 <= i < count for i in changed):
            raise TypeError
        if not all(isinstance(line, str) for line in warned):
            raise TypeError
        texts = {name: text(name) for name in ("kind", "type", "message", "line", "printed")}
    except TypeError:
        raise Failure("crashed", "Your code wrote to the grader's line.") from None
    return {
        **texts,
        "value": value,
        "changed": changed[:count],
        "warned": [line[:200] for line in warned[:3]],
    }


class Call:
    """Calls a function through a channel: call(*values) -> value, or a Failure is raised.

    Arguments may hold callables (the function gets call-backs; from one with the attribute
    `reuses_its_array` it gets one array, filled anew each time) and generators made by
    call.rng(seed). What the function did besides is kept: `changed` (positions of arguments it
    wrote to), `printed`, `warned`, and `last`, the arguments of the latest call.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._numbers = itertools.count()
        self._calls = 0
        self.most = 500  # an exercise may set another bound
        self.changed: set[int] = set()
        self.printed = ""
        self.warned: list[str] = []
        self.last: tuple = ()

    def rng(self, seed: int) -> Token:
        """A random generator for the function: numpy.random.default_rng(seed) on its side."""
        return Token(GENERATOR, next(self._numbers), seed)

    def __call__(self, *args: Any) -> Any:
        self._calls += 1
        if self._calls > self.most:
            raise RuntimeError(f"an exercise may make {self.most} calls at most")
        self.last = args
        callables: dict[int, Callable] = {}

        def token(value: Any) -> Token | None:
            if isinstance(value, Token):
                return value
            if callable(value):
                number = next(self._numbers)
                callables[number] = value
                return Token(CALLABLE, number, int(getattr(value, "reuses_its_array", False)))
            return None

        def ask(number: int, arguments: bytes) -> bytes:
            try:
                if number not in callables:
                    raise CodecError("a call-back that was never given")
                with np.errstate(all="ignore"):
                    return encode({"value": callables[number](*decode(arguments))})
            except Exception as error:  # whatever comes of arguments that the student chose
                return encode({"refused": str(error)[:MAX_TEXT]})

        return self._read(checked(self._channel(encode(args, token), ask), len(args)))

    def _read(self, reply: dict) -> Any:
        self.changed.update(reply["changed"])
        self.printed = self.printed or reply["printed"]
        for text in reply["warned"]:
            if text not in self.warned and len(self.warned) < MAX_WARNED:
                self.warned.append(text)
        kind = reply["kind"]
        if kind == "value":
            try:
                return decode(reply["value"])
            except CodecError as error:
                raise Failure("failed", f"Your function returned {error}.") from None
        if kind == "error" and reply["type"] == "NotImplementedError":
            raise Failure(
                "not attempted",
                "Nothing here yet: write your code in place of `raise NotImplementedError()`, then "
                "run its cell. (If that cell shows an error, mend it first.)",
            )
        if kind == "error" and reply["type"] == "CourseAnswerUsed":
            raise Failure("used the course's own answer", "This hands on the course's own answer.")
        if kind == "error":
            at = f" at `{reply['line']}`" if reply["line"] else ""
            text = f"Your function raised {reply['type']}{at}: {reply['message'] or '(no text)'}"
            raise Failure("crashed", text, reply["type"])
        if kind == "signature":
            raise Failure("failed", f"Your function has other arguments: {reply['message']}.")
        if kind == "unsendable":
            raise Failure("failed", f"Your function returned {reply['message']}.")
        if kind == "not found" and reply["message"]:
            text = f"Python cannot read the cell that defines it. {reply['message']}"
            raise Failure("not found", text, "unread")
        if kind == "not found":
            raise Failure("not found", "The notebook defines no function of this name.")
        what = f"this is of type {reply['type']}"
        raise Failure(
            "not a function",
            f"A check takes the function itself, and {what}. Leave its brackets away.",
        )


@contextmanager
def refusal() -> Iterator[list[str]]:
    """Watch for a refusal: the list gets the name of the error that the function raised, if any.

    An exercise may ask that bad input be refused; then raising is what the function should do.
    """
    names: list[str] = []
    try:
        yield names
    except Failure as failure:
        if failure.status != "crashed":
            raise
        names.append(failure.kind)
