"""Ways to watch a function. Each makes an Exercise's `observe`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from course_lib.checking.calling import Call, refusal
from course_lib.checking.compare import kind
from course_lib.checking.exercise import Case, Observe


class Asked:
    """A function that remembers the points at which it was asked. Hand it to a student's function.

    asked = Asked(gradient); call(asked, w0, lr, n); then asked.points is an array, a row a call.
    """

    def __init__(self, function: Callable[..., Any], name: str = "") -> None:
        self._function = function
        self.__name__ = name or getattr(function, "__name__", "a function")
        self._points: list[np.ndarray] = []

    def __call__(self, w: Any) -> Any:
        try:
            point = np.array(w, dtype=float)
        except (ValueError, TypeError):
            raise ValueError(
                f"{self.__name__} takes one point, an array of numbers; it was given {kind(w)}"
            ) from None
        self._points.append(point)
        return self._function(w)

    @property
    def points(self) -> np.ndarray | list:
        """The points, one a row; a list where their shapes differ."""
        shapes = {point.shape for point in self._points}
        return np.array(self._points) if len(shapes) <= 1 else list(self._points)


def cases(
    inputs: Callable[[np.random.Generator], Sequence[tuple]],
    names: Sequence[str],
    returns: str = "the result",
    refused: Sequence[tuple] = (),
) -> Observe:
    """Call the function once for every tuple of arguments that inputs(rng) gives.

    For every tuple of `refused`, what is seen is only whether the function raises an error.
    """

    def observe(call: Call, rng: np.random.Generator) -> Iterator[Case]:
        for args in inputs(rng):
            result = call(*args)
            yield Case(dict(zip(names, args, strict=True)), {returns: result})
        for args in refused:
            with refusal() as raised:
                call(*args)
            yield Case(dict(zip(names, args, strict=True)), {"an error is raised": bool(raised)})

    return observe
