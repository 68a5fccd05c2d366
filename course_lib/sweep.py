"""Fair comparison: every method tuned on a grid, all settings run at once by broadcasting."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_lib import optimizers
from course_lib.descent import Path, descend
from course_lib.problems import Problem


class Sweep(NamedTuple):
    """All settings of a grid, K of them, and the best.

    settings: name -> (K,), the hyperparameters. losses (K,): the loss after the last step, inf for
    a run that diverged. best: name -> the setting with the lowest loss (of equals, the first).
    path: the run of the best setting, points (steps+1, d).
    """

    settings: dict[str, np.ndarray]
    losses: np.ndarray
    best: dict[str, float]
    path: Path


def sweep(
    rule: Callable[..., optimizers.Optimizer],
    problem: Problem,
    steps: int = 100,
    start: ArrayLike | None = None,
    **grid: Sequence[float] | np.ndarray,
) -> Sweep:
    """Run every combination of a grid of hyperparameters, as one broadcast computation.

        sweep(Momentum, valley, lr=np.geomspace(0.01, 4, 50), beta=[0.5, 0.9])   100 runs

    rule: an optimizer's class. grid: name of a hyperparameter -> its values. Raises ValueError for
    an empty grid.
    """
    if not grid or any(len(values) == 0 for values in grid.values()):
        raise ValueError("a sweep needs values to try, such as lr=[0.1, 1.0]")
    mesh = np.meshgrid(*grid.values(), indexing="ij")
    columns = {name: values.reshape(-1, 1) for name, values in zip(grid, mesh, strict=True)}
    w = np.asarray(problem.start if start is None else start, dtype=float)
    count = mesh[0].size
    run = descend(rule(**columns), problem, start=np.tile(w, (count, 1)), steps=steps)
    losses = np.where(np.isfinite(run.values[-1]), run.values[-1], np.inf)
    k = int(np.argmin(losses))
    return Sweep(
        settings={name: values[:, 0] for name, values in columns.items()},
        losses=losses,
        best={name: float(values[k, 0]) for name, values in columns.items()},
        path=Path(run.points[:, k], run.values[:, k]),
    )


LRS = np.geomspace(1e-3, 10, 81)  # twenty to a power of ten
BETAS = np.array([0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99])
RHOS = np.array([0.5, 0.9, 0.95, 0.99])
MEMORIES = np.array([0.9, 0.99, 0.999])

# The methods of the course in its order: name -> (rule, the grid it is tuned on). Each has about
# the same freedom: its learning rate and, if it has a memory, that memory's length. Muon is not
# here: it steps matrices, and these problems have vectors.
FAMILY: dict[str, tuple[Callable[..., Any], dict[str, np.ndarray]]] = {
    "gradient descent": (optimizers.GD, {"lr": LRS}),
    "momentum": (optimizers.Momentum, {"lr": LRS, "beta": BETAS}),
    "Nesterov": (optimizers.Nesterov, {"lr": LRS, "beta": BETAS}),
    "Adagrad": (optimizers.Adagrad, {"lr": LRS}),
    "Adadelta": (optimizers.Adadelta, {"eps": np.geomspace(1e-8, 1, 33), "rho": RHOS}),
    "RMSprop": (optimizers.RMSprop, {"lr": LRS, "rho": RHOS}),
    "Adam": (
        optimizers.Adam,
        {"lr": LRS, "beta1": BETAS[:-1], "beta2": MEMORIES},
    ),
    "AMSGrad": (optimizers.AMSGrad, {"lr": LRS, "beta1": BETAS[:-1], "beta2": MEMORIES}),
    "Nadam": (optimizers.Nadam, {"lr": LRS, "beta1": BETAS[:-1], "beta2": MEMORIES}),
    "Lion": (optimizers.Lion, {"lr": LRS, "beta1": BETAS[:-1], "beta2": MEMORIES}),
}


def contest(last: str, problem: Problem, steps: int = 100) -> Mapping[str, Sweep]:
    """Every method of the course up to `last`, each at its best on one problem.

    Raises ValueError for a method that is not in FAMILY.
    """
    if last not in FAMILY:
        raise ValueError(f"no method {last!r} in the family; there are {', '.join(FAMILY)}")
    names = list(FAMILY)[: list(FAMILY).index(last) + 1]
    return {n: sweep(FAMILY[n][0], problem, steps, **FAMILY[n][1]) for n in names}
