"""Nearest neighbours: a way to know without a single parameter, to set beside the models."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class NearestNeighbours:
    """Remember every example; give a new one the label that most of its k nearest have.

        label(x) = the commonest of y_i over the k rows i with the smallest |x - X_i|

    X (n, features), y (n,) with labels 0, 1, 2, ...; distances are Euclidean, so features should
    share their units. Nothing is fitted: all the work is done when it is asked. Of equally common
    labels the smallest is taken, of equally near rows the earlier. Raises ValueError unless
    1 <= k <= n. Source: Fix and Hodges 1951; Cover and Hart 1967. scikit-learn breaks ties between
    labels alike, and may choose otherwise between equally near rows.
    """

    X: np.ndarray
    y: np.ndarray
    k: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.k <= len(self.y):
            raise ValueError(f"k must be between 1 and the {len(self.y)} examples, got {self.k}")

    def nearest(self, X: np.ndarray) -> np.ndarray:
        """The rows of the k nearest examples, nearest first: X (m, features) -> (m, k)."""
        # |a - b|^2 = |a|^2 - 2 a.b + |b|^2; |a|^2 is the same for all neighbours of a.
        distance = np.sum(self.X**2, axis=1) - 2 * X @ self.X.T
        return np.argsort(distance, axis=1, kind="stable")[:, : self.k]

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The labels of new examples, X (m, features) -> (m,)."""
        votes = np.zeros((len(X), self.y.max() + 1), dtype=int)
        rows = np.arange(len(X))
        for neighbour in self.nearest(X).T:
            votes[rows, self.y[neighbour]] += 1
        return votes.argmax(axis=1)

    def accuracy(self, X: np.ndarray, y: np.ndarray) -> float:
        """The share of new examples whose label is right."""
        return float(np.mean(self.predict(X) == y))
