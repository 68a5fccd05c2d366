"""The learning rate as a function of the update: plain functions k -> lr, for descend and train.

    descend(GD(1.0), valley, steps=100, schedule=WarmUp(10, Cosine(1.9, 90)))

k counts updates from 0. A rule knows nothing of schedules; the loop gives it another lr each time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sqrt

Schedule = Callable[[int], float]


@dataclass(frozen=True)
class Constant:
    """lr_k = base."""

    base: float

    def __call__(self, k: int) -> float:
        return self.base


@dataclass(frozen=True)
class Step:
    """lr_k = base * factor^(how many of the marks at_i * T are reached: k >= at_i * T).

    T is the number of updates planned, at are shares of it. The drops by 10 after a half and three
    quarters are those of He et al. 2016. PyTorch's MultiStepLR counts epochs unless told otherwise.
    """

    base: float
    T: int
    at: Sequence[float] = (0.5, 0.75)
    factor: float = 0.1

    def __call__(self, k: int) -> float:
        return self.base * self.factor ** sum(k >= share * self.T for share in self.at)


@dataclass(frozen=True)
class Inverse:
    """lr_k = base * t1 / (k + t1): 1/t for t1 = 1, the t0/(t + t1) of the textbooks for any other.

    t1 > 0 is the update by which lr has halved; t0 = base * t1. The sum of all lr grows without
    bound, that of their squares does not: Robbins and Monro's (1951) two conditions for noise to
    be averaged away. On curvature c a base * t1 below 1/(2 c) makes it crawl (Chung 1954).
    """

    base: float
    t1: float = 1.0

    def __call__(self, k: int) -> float:
        return self.base * self.t1 / (k + self.t1)


@dataclass(frozen=True)
class InverseRoot:
    """lr_k = base * sqrt(t1 / (k + t1)): 1/sqrt(t) for t1 = 1.

    The rate of online learning (Zinkevich 2003). Vaswani et al. 2017 have t1 = the steps of
    warm-up.
    """

    base: float
    t1: float = 1.0

    def __call__(self, k: int) -> float:
        return self.base * sqrt(self.t1 / (k + self.t1))


@dataclass(frozen=True)
class Linear:
    """lr_k = base * (1 - k / T), and 0 from update T on."""

    base: float
    T: int

    def __call__(self, k: int) -> float:
        return self.base * (1 - min(k, self.T) / self.T)


@dataclass(frozen=True)
class Cosine:
    """lr_k = base * (1 + cos(pi k / T)) / 2: half a period, from base to 0; 0 from update T on.

    Source: Loshchilov and Hutter 2017, there with restarts. PyTorch's CosineAnnealingLR climbs
    again after T.
    """

    base: float
    T: int

    def __call__(self, k: int) -> float:
        return self.base * (1 + cos(pi * min(k, self.T) / self.T)) / 2


@dataclass(frozen=True)
class WarmUp:
    """lr_k = after(0) * (k + 1) / steps for k < steps, then after(k - steps).

    A straight line up to where any other schedule begins, and that schedule from its beginning: no
    jump, and no update at lr 0. With steps = 0 it is `after` itself. Source: Goyal et al. 2017.
    Transformers' get_linear_schedule_with_warmup has k / steps: its first update does not move.
    """

    steps: int
    after: Schedule

    def __call__(self, k: int) -> float:
        if k < self.steps:
            return self.after(0) * (k + 1) / self.steps
        return self.after(k - self.steps)


# name -> (base, T) to schedule, as the exercise of lesson 11 has them: all begin at base.
KINDS: dict[str, Callable[[float, int], Schedule]] = {
    "step": Step,
    "inverse": lambda base, T: Inverse(base),
    "inverse_root": lambda base, T: InverseRoot(base),
    "linear": Linear,
    "cosine": Cosine,
}


def named(kind: str, base: float, T: int, warmup: int = 0) -> Schedule:
    """A schedule by its name, over T updates of which the first `warmup` warm up.

    Raises ValueError for a kind that is not in KINDS, and unless 0 <= warmup < T.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if not 0 <= warmup < T:
        raise ValueError(f"warmup must be from 0 to T - 1 = {T - 1}, got {warmup}")
    return WarmUp(warmup, KINDS[kind](base, T - warmup))


def scaled_lr(lr: float, B: int, B_new: int, rule: str) -> float:
    """The learning rate for batches of B_new, by a rule of thumb, if lr suits batches of B.

        "linear": lr * B_new / B          one step in place of B_new / B steps; keeps lr / B
        "root":   lr * sqrt(B_new / B)    keeps the spread of a step, lr^2 / B

    Raises ValueError for another rule, or a batch size below 1. Source: Krizhevsky 2014 has both;
    Goyal et al. 2017 the linear one, with warm-up; Hoffer et al. 2017 the root. Both fail beyond
    some batch (Shallue et al. 2019).
    """
    if min(B, B_new) < 1:
        raise ValueError(f"batch sizes must be 1 or more, got {B} and {B_new}")
    if rule not in ("linear", "root"):
        raise ValueError(f"rule must be 'linear' or 'root', got {rule!r}")
    ratio = B_new / B
    return lr * (ratio if rule == "linear" else sqrt(ratio))
