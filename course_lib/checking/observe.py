"""Ways to watch a function. Each makes an Exercise's `observe`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from course_lib.checking.calling import Call, Failure, refusal
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


STEPS, DROP = 60, 30  # at update 30 the learning rate falls to a tenth

# What the gradients of one coordinate do over the steps, and where w starts. Each is a way for a
# wrong rule to give itself away.
PATTERNS: tuple[tuple[str, float, Callable[[np.ndarray, np.ndarray], np.ndarray]], ...] = (
    ("changing at random", 1.0, lambda t, noise: noise),
    ("zero at most steps", -2.0, lambda t, noise: np.where(t % 7 == 3, noise, 0.0)),
    ("tiny", 1e-9, lambda t, noise: 1e-9 * noise),
    ("of changing sign", 0.5, lambda t, noise: np.where(t % 2 == 0, 1.5, -1.0)),
    ("constant", 10.0, lambda t, noise: np.full(len(t), 0.3)),
    ("large, then turned", 1e4, lambda t, noise: 1e3 * (1 + noise**2) * np.where(t < 40, 1, -1)),
)


def trajectory(
    arguments: Sequence[str], states: Sequence[str], settings: Sequence[dict[str, float]]
) -> Observe:
    """Drive one step of an update rule over many steps, feeding its own state back.

    arguments: the step's arguments in order: "w", then "g" (a gradient) or "grad" (a function that
    gives it), the states, "t" if the rule counts its updates (from 1), and the hyperparameters.
    The step returns w, then the states in the order of `states`, which start at zero.
    settings: the hyperparameters of each run; lr, if there is one, falls to a tenth half-way.

    The first case is the one that is worked by hand: the gradients 1, 1, -1, 0. Then come 60 steps
    for w of shape (3,) and of shape (2, 3), for every setting. What is seen is each coordinate's
    own path, since one tolerance cannot serve a coordinate of 1e4 and one of 1e-9. With "grad", the
    points where it is asked are seen, too.
    """

    def observe(call: Call, rng: np.random.Generator) -> Iterator[Case]:
        by_hand = np.array([[1.0], [1.0], [-1.0], [0.0]])
        setting = settings[0]
        path, asked = _drive(
            call, arguments, states, setting, np.zeros(1), by_hand, drop=len(by_hand)
        )
        seen = {
            **({"asked at": asked[:, 0]} if asked.size else {}),
            "w after each step": path[:, 0],
        }
        yield Case({"w at first": 0.0, "gradients": by_hand[:, 0], **setting}, seen)
        for setting in settings:
            for shape in ((3,), (2, 3)):
                size = int(np.prod(shape))
                noise = rng.normal(size=(size, STEPS))
                t = np.arange(STEPS)
                chosen = PATTERNS[:size]
                grads = np.stack([g(t, n) for (_, _, g), n in zip(chosen, noise, strict=True)], -1)
                start = np.array([w for _, w, _ in chosen]).reshape(shape)
                grads = grads.reshape(STEPS, *shape)
                path, asked = _drive(call, arguments, states, setting, start, grads, DROP)
                path = path.reshape(STEPS + 1, size)
                asked = asked.reshape(len(asked), size) if asked.size else asked
                given = {
                    "w of shape": shape,
                    "steps": STEPS,
                    **setting,
                    **({"lr / 10 at step": DROP + 1} if "lr" in setting else {}),
                }
                seen = {f"asked at w[{i}]": asked[:, i] for i in range(size) if asked.size}
                seen |= {
                    f"w[{i}] (gradients {name}) after each step": path[:, i]
                    for i, (name, _, _) in enumerate(chosen)
                }
                yield Case(given, seen)

    return observe


def _drive(
    call: Call,
    arguments: Sequence[str],
    states: Sequence[str],
    setting: dict[str, float],
    start: np.ndarray,
    grads: np.ndarray,
    drop: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The path, (steps + 1, *shape), and the points where a gradient function was asked."""
    values: dict[str, Any] = {
        **setting,
        "w": start,
        **{name: np.zeros_like(start) for name in states},
    }
    path, asked_at = [start], []
    for k, g in enumerate(grads):
        # A gradient function that depends on w, or it would not matter where it is asked.
        asked = Asked(lambda w, g=g: g + 0.1 * np.asarray(w), "grad")
        values |= {"g": g, "grad": asked, "t": k + 1}
        if "lr" in setting:  # Adadelta has none
            values["lr"] = setting["lr"] * (0.1 if k >= drop else 1.0)
        result = call(*(values[name] for name in arguments))
        values |= zip(("w", *states), _unpack(result, ("w", *states)), strict=True)
        w = values["w"]
        if np.shape(w) != start.shape:
            raise Failure(
                "failed",
                f"After step {k + 1}, the new w is {kind(w)}; it should have the shape of w, "
                f"{start.shape}.",
            )
        path.append(np.asarray(w, dtype=float))
        if "grad" in arguments:
            if len(asked.points) != 1:
                raise Failure(
                    "failed",
                    f"One step asks for {len(asked.points)} gradients; it should ask for one. A "
                    "gradient is what costs time.",
                )
            asked_at.append(asked.points[0])
    return np.array(path), np.array(asked_at)


def _unpack(result: Any, names: Sequence[str]) -> Sequence[Any]:
    """The values of a step's result, by name; a Failure in words if it is not that many."""
    if len(names) == 1:
        return [result]
    wanted = f"{len(names)} values: {', '.join(names)}"
    if isinstance(result, list) and len(result) == len(names):
        return result
    found = f"{len(result)} values" if isinstance(result, list) else kind(result)
    line = f"`return {', '.join(names)}`"
    raise Failure("failed", f"A step returns {wanted}. Yours returns {found}. End it with {line}.")
