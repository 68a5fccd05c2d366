"""Two rules for one network: one for its hidden matrices, another for everything else."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from course_lib.descent import with_lr
from course_lib.models import Network
from course_lib.optimizers import Optimizer


class Parts(NamedTuple):
    """The state of `hidden` for each hidden matrix, and that of `rest` for the whole vector."""

    hidden: list[Any]
    rest: Any


@dataclass(frozen=True, eq=False)
class Layerwise:
    """Step the hidden weight matrices of a network with one rule, all else with another.

        W_1 ... W_{L-1}             hidden, each a matrix (in, out) with a state of its own
        the last W, and all biases  rest

    w is the flat vector of the network, and so is the gradient. Muon needs this: it acts on
    matrices. lr is a factor on the learning rates of both, so that one schedule serves both. No
    rule may look ahead. Raises ValueError for a network without a hidden layer.

    Source: Jordan et al. 2024 (post on Muon): Muon for hidden matrices, AdamW for embeddings, the
    last layer and biases. PyTorch leaves the choice to two optimizers, Optax and Keras to labels.
    """

    network: Network
    hidden: Optimizer
    rest: Optimizer
    lr: float | np.ndarray = 1.0

    def __post_init__(self) -> None:
        if len(self.network.layers) < 3:
            raise ValueError(
                f"Layerwise needs a hidden layer, such as (64, 32, 10), got {self.network.layers}"
            )

    def _matrices(self, w: np.ndarray) -> list[np.ndarray]:
        return [W for W, _ in self.network.unpack(w)[:-1]]

    def init(self, w: np.ndarray) -> Parts:
        return Parts([self.hidden.init(W) for W in self._matrices(w)], self.rest.init(w))

    def step(self, w: np.ndarray, g: np.ndarray, state: Parts) -> tuple[np.ndarray, Parts]:
        scaled = with_lr(self.hidden, self.lr * self.hidden.lr)
        # All by `rest`, and then the matrices over it.
        new, rest = with_lr(self.rest, self.lr * self.rest.lr).step(w, g, state.rest)
        hidden = []
        views = (self._matrices(vector) for vector in (new, w, g))
        for target, W, dW, one in zip(*views, state.hidden, strict=True):
            target[:], memory = scaled.step(W, dW, one)
            hidden.append(memory)
        return new, Parts(hidden, rest)

    def lookahead(self, w: np.ndarray, state: Parts) -> np.ndarray:
        return w
