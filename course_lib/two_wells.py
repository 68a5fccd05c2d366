"""Many particles in a landscape of two wells, one sharp and one flat, kept moving by noise.

The noise of a mini-batch, without the mini-batch: every particle takes steps of gradient descent on
its own, with a gradient that is off by a normal number of deviation NOISE / sqrt(batch size).
"""

from math import erfc
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

SHARP, FLAT = 10.0, 0.5  # curvatures of the wells, whose bottoms are at -1 and 1, both at loss 0
NOISE = 2.0  # deviation of the gradient of a single example

# The ridge, where both bowls are as high: sqrt(SHARP) (x + 1) = sqrt(FLAT) (1 - x).
EDGE = (np.sqrt(FLAT) - np.sqrt(SHARP)) / (np.sqrt(FLAT) + np.sqrt(SHARP))

_erfc = np.vectorize(erfc, otypes=[float])


def loss(x: ArrayLike) -> np.ndarray:
    """Two bowls, side by side, for x of any shape.

        f(x) = SHARP / 2 (x + 1)^2  left of EDGE,    FLAT / 2 (x - 1)^2  right of it

    The loss is 0 at both bottoms; they meet in a ridge at EDGE = -0.63, of height 0.67. If the
    curve moves sideways by s, the loss at a bottom rises by c s^2 / 2, with c the well's curvature.
    """
    x = np.asarray(x, dtype=float)
    return np.where(x < EDGE, SHARP / 2 * (x + 1) ** 2, FLAT / 2 * (x - 1) ** 2)


def slope(x: ArrayLike) -> np.ndarray:
    """The derivative of `loss`; on the ridge, that of the flat well."""
    x = np.asarray(x, dtype=float)
    return np.where(x < EDGE, SHARP * (x + 1), FLAT * (x - 1))


class Particles(NamedTuple):
    """positions (steps + 1, count), row 0 the start; share (steps + 1,), those in the flat well."""

    positions: np.ndarray
    share: np.ndarray


def particles(batch_size: float, lr: float, noise: np.ndarray) -> Particles:
    """Let particles walk from the bottom of the sharp well.

        x_t = x_{t-1} - lr (f'(x_{t-1}) + NOISE / sqrt(batch_size) z_t)

    noise holds z, shape (steps, count), standard normal numbers: the same ones may serve several
    settings. lr is in units of x squared, since f has none. Raises ValueError for a batch size
    below 1, and for lr <= 0 or >= 2 / SHARP = 0.2, where the sharp well throws everything out.
    Source: noise that scales like 1 / sqrt(B), Robbins and Monro 1951; its escape from
    wells, Kramers 1940, for minima of networks Jastrzebski et al. 2017.
    """
    _refuse(batch_size, lr)
    kicks = lr * NOISE / np.sqrt(batch_size) * noise
    positions = np.empty((len(noise) + 1, *noise.shape[1:]))
    positions[0] = x = -np.ones(noise.shape[1:])
    for t, kick in enumerate(kicks):
        x = x - lr * slope(x) - kick
        positions[t + 1] = x
    return Particles(positions, np.mean(positions > EDGE, axis=1))


def share_in_flat_well(batch_size: float, lr: float, steps: int) -> float:
    """The share of infinitely many particles that is in the flat well after `steps` steps.

    No random numbers: the line is cut into cells of 0.02, and the probability of each moves to all
    others as a step of `particles` moves it. Only the first step is exact: later ones take all of a
    cell to be at its middle, which is off by some percent at most while the kicks, of deviation
    lr NOISE / sqrt(batch_size), are several cells long. Raises ValueError as `particles` does.
    """
    _refuse(batch_size, lr)
    edges = EDGE + 0.02 * np.arange(-150, 311)  # from -3.6 to 5.6; one of them is the ridge
    middles = (edges[1:] + edges[:-1]) / 2
    kick = lr * NOISE / np.sqrt(batch_size)

    def spread(x: np.ndarray) -> np.ndarray:
        """Where one step from x leads: the probability of every cell, in a row for each x."""
        beyond = _erfc((edges - (x - lr * slope(x))[:, None]) / kick / np.sqrt(2)) / 2
        return beyond[:, :-1] - beyond[:, 1:]

    if steps == 0:
        return 0.0
    with threadpool_limits(1, user_api="blas"):  # for matrices this small a second one only waits
        later = np.linalg.matrix_power(spread(middles), steps - 1)
        share = spread(np.array([-1.0])) @ later
    return float(share[0, middles > EDGE].sum())


def _refuse(batch_size: float, lr: float) -> None:
    if not (batch_size >= 1 and 0 < lr < 2 / SHARP):
        raise ValueError(
            f"the batch size must be 1 or more and lr between 0 and {2 / SHARP}, "
            f"got {batch_size} and {lr}"
        )
