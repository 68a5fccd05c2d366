"""Your own step function, made an update rule like those in `optimizers`.

def adam_step(w, g, m, v, t, lr, beta1, beta2, eps): ...        returns w, m, v

rule = own(adam_step, memories=2, counts=True, beta1=0.9, beta2=0.999, eps=1e-8)
descend(rule(lr=0.1), valley)
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Own:
    """A step function with its learning rate and its other settings. Made by `own`."""

    function: Callable[..., Any]
    memories: int
    counts: bool
    settings: tuple[Any, ...]
    lr: float | np.ndarray

    def init(self, w: np.ndarray) -> tuple[Any, ...]:
        return (0, *(np.zeros_like(w) for _ in range(self.memories)))

    def step(
        self, w: np.ndarray, g: np.ndarray, state: tuple[Any, ...]
    ) -> tuple[np.ndarray, tuple[Any, ...]]:
        t, *memories = state
        t += 1
        count = (t,) if self.counts else ()
        after = self.function(w, g, *memories, *count, self.lr, *self.settings)
        w, *memories = after if self.memories else (after,)
        return w, (t, *memories)

    def lookahead(self, w: np.ndarray, state: tuple[Any, ...]) -> np.ndarray:
        return w


def own(
    function: Callable[..., Any], memories: int, counts: bool = False, **settings: Any
) -> Callable[..., Own]:
    """A rule that takes its learning rate: own(...)(lr=0.1) has init, step and lookahead.

    function: called as function(w, g, *memories, t, lr, *settings), in this order, and returns the
    new w and the new memories. memories: how many it keeps, each zero at the start and shaped like
    w; with none it returns w alone. counts: whether it takes t, which counts from 1. settings: its
    other hyperparameters, in the order of its signature. Raises ValueError for memories < 0.
    """
    if memories < 0:
        raise ValueError(f"memories must be 0 or more, got {memories}")
    return partial(Own, function, memories, counts, tuple(settings.values()))
