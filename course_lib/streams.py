"""Gradients that come from no problem: patterns to feed to a rule, and what it makes of them.

    path, states = remember(RMSprop(lr=0.1), burst(steps=100, at=20, size=100.0, length=10))

A problem answers every step with a new gradient; a stream does not. So two rules fed with one
stream differ by what they do, not by where they have got to.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course_lib.descent import with_lr
from course_lib.optimizers import Optimizer


def burst(steps: int, at: int, size: float, length: int) -> np.ndarray:
    """Gradients of 1, but `size` for `length` steps from step `at`, counted from 0.

    Shape (steps,). Raises ValueError for a burst that does not fit into the steps.
    """
    if not 0 <= at <= at + length <= steps:
        raise ValueError(
            f"a burst of length {length} from step {at} does not fit into {steps} steps"
        )
    g = np.ones(steps)
    g[at : at + length] = size
    return g


def _noise(steps: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=steps)


# name -> a stream of that many gradients. Each shows another side of a rule with two memories.
STREAMS: dict[str, Callable[[int], np.ndarray]] = {
    "constant": np.ones,
    "changing sign": lambda steps: np.where(np.arange(steps) % 2 == 0, 1.0, -1.0),
    "noise": _noise,
    "noise on a slope": lambda steps: 0.3 + _noise(steps),
    "one in ten": lambda steps: np.where(np.arange(steps) % 10 == 9, 1.0, 0.0),
    "silence, then ones": lambda steps: np.where(np.arange(steps) < steps // 2, 0.0, 1.0),
    "growing by 11 %": lambda steps: 1.11 ** np.arange(steps),
}


def remember(
    optimizer: Optimizer, grads: ArrayLike, start: ArrayLike = 0.0, lrs: ArrayLike | None = None
) -> tuple[np.ndarray, list[Any]]:
    """Feed a rule with gradients, and keep what it remembers.

    grads has shape (T, *S). Returns the path (T + 1, *S), row 0 at start, which broadcasts to S,
    and the T states, one after each step. lrs (T,) gives each update its own learning rate.
    """
    grads = np.asarray(grads, dtype=float)
    w = np.array(np.broadcast_to(start, grads.shape[1:]), dtype=float)
    state = optimizer.init(w)
    path, states = [w], []
    for t, g in enumerate(grads):
        rule = optimizer if lrs is None else with_lr(optimizer, float(np.asarray(lrs)[t]))
        w, state = rule.step(w, g, state)
        path.append(w)
        states.append(state)
    return np.stack(path), states
