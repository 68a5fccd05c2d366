"""What an exercise is: data. The judge, the notebook and the grader all read these declarations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]
Observe = Callable[..., Iterator["Case"]]

ID_PATTERN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong function that students write, and what to tell the one who wrote it.

    `says` is one or two sentences: what the code does, and what to look at. Never the answer.
    `rtol` replaces the exercise's tolerance where the mistake leaves noise (a step that is far
    too small returns rounding errors, which no two programs share).
    """

    id: str
    says: str
    fn: Function
    rtol: float | None = None


@dataclass(frozen=True, eq=False)
class Variant:
    """Another published form of the rule: it earns no points here, and is not called wrong.

    `says` completes "a fair form used by ...; here ...".
    """

    id: str
    says: str
    fn: Function


@dataclass(frozen=True, eq=False)
class Case:
    """One thing a function was seen to do: what it was given, and what came of it.

    Both map a name that the student knows ("w0", "path") to a value. A judge compares `seen`
    name by name; `given` is shown when they differ.
    """

    given: dict[str, Any]
    seen: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Exercise:
    """An exercise: the right function, how to watch one, and the mistakes to recognise.

    observe(call, rng) yields a `Case` for everything it tries. It knows only a callable, so it
    watches a student's function, a reference and a mistake alike. Two functions are the same when
    all their cases agree to `rtol` (relative to the wanted number; an entry that should be zero
    may be off by rtol/10000 of its array's largest).
    """

    id: str
    title: str
    points: int
    reference: Function
    observe: Observe
    hints: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    variants: tuple[Variant, ...] = ()
    rtol: float = 1e-9
    calls: int = 500  # at most so many calls of the function in one judgement

    def __post_init__(self) -> None:
        if not ID_PATTERN.fullmatch(self.id):
            raise ValueError(f"exercise id {self.id!r}: use a-z, 0-9 and single hyphens")
        if self.reference.__name__ != self.function:
            raise ValueError(f"exercise {self.id!r}: its reference must be named {self.function}")

    @property
    def function(self) -> str:
        """The name of the student's function: the id with underscores."""
        return self.id.replace("-", "_")
