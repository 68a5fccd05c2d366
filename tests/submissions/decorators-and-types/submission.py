# %%
from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


# %%
@dataclass
class Valley:
    H: npt.NDArray

    @functools.cached_property
    def steepest(self) -> float:
        return np.linalg.eigvalsh(self.H)[-1]


# %%
def noisy(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(args)
        return function(*args, **kwargs)

    return wrapper


@noisy
def critical_lr(H: npt.NDArray, *, two: float = 2) -> float:
    return two / Valley(H).steepest
