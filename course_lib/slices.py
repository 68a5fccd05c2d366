"""A landscape that can be seen: two knobs of a model that reads handwriting."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from course_lib.data import digits
from course_lib.models import log_softmax


@dataclass(frozen=True, eq=False)
class Slice:
    """The loss on the plane of parameters x * u + y * v of a model with linear scores.

        value((x, y)) = -mean log softmax(x * left + y * right)[label]

    left, right (n, classes):  the scores that u and v alone give to n examples. Scores are linear
                               in the parameters, so a point of the plane needs no more than these.
    labels (n,).  minimum (2,) is the lowest point, start (2,) where a search begins, box what a
    picture shows.
    """

    left: np.ndarray
    right: np.ndarray
    labels: np.ndarray
    minimum: np.ndarray
    start: np.ndarray
    box: tuple[tuple[float, float], tuple[float, float]]

    def value(self, w: ArrayLike) -> np.ndarray:
        """The mean cross-entropy in nats, w (..., 2) -> (...)."""
        log_p = log_softmax(self._scores(w))
        return -np.mean(log_p[..., np.arange(len(self.labels)), self.labels], axis=-1)

    def accuracy(self, w: ArrayLike) -> np.ndarray:
        """The share of examples whose largest score is at the label, w (..., 2) -> (...)."""
        return np.mean(self._scores(w).argmax(axis=-1) == self.labels, axis=-1)

    def _scores(self, w: ArrayLike) -> np.ndarray:
        w = np.asarray(w, dtype=float)[..., None, None]
        return w[..., 0, :, :] * self.left + w[..., 1, :, :] * self.right


def digits_slice(n: int = 300) -> Slice:
    """The loss of a reader of digits with two knobs, on the first n training images.

    The score of a digit is how well the image agrees with that digit's average picture (minus the
    average of all ten); x says how much the left half of the picture counts, y the right half. At
    (0, 0) it knows nothing, and the loss is log 10. Raises ValueError unless n is from 1 to 1347.
    """
    X, y = digits().train
    if not 1 <= n <= len(y):
        raise ValueError(f"n must be between 1 and the {len(y)} training images, got {n}")
    pictures = np.stack([X[y == digit].mean(axis=0) for digit in range(10)])
    pictures -= pictures.mean(axis=0)
    on_the_left = np.arange(64) % 8 < 4
    X, y = X[:n], y[:n]
    left = X[:, on_the_left] @ pictures[:, on_the_left].T
    right = X[:, ~on_the_left] @ pictures[:, ~on_the_left].T
    box = ((-4.0, 16.0), (-4.0, 16.0))
    plane = Slice(left, right, y, minimum=np.zeros(2), start=np.zeros(2), box=box)
    return replace(plane, minimum=_lowest(plane))


def _lowest(plane: Slice) -> np.ndarray:
    """The lowest point of the box. The loss is convex, so a grid may close in on its best point."""
    low, high = np.array(plane.box).T
    centre, half = (low + high) / 2, (high - low) / 2
    steps = np.stack(np.meshgrid(*[np.linspace(-1, 1, 11)] * 2), axis=-1).reshape(-1, 2)
    for _ in range(12):
        grid = np.clip(centre + half * steps, low, high)
        centre, half = grid[np.argmin(plane.value(grid))], half * 0.4  # two cells to each side
    return centre
