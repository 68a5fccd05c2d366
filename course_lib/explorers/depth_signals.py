"""Explorer of lesson 13: what a deep network's layers pass on, forward and backward."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.data import digits
from course_lib.depth import Signals, deep, signals
from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, button, number, slider
from course_lib.plots import COLORS

_BLUE, _VERMILLION = COLORS[:2]
_NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
_KINDS = tuple(_NAMES)
_IMAGES, _DEEPEST = 200, 20
_LOW, _HIGH = 1e-12, 1e4  # the picture's limits; beyond them the words still tell


@dataclass(frozen=True, eq=False)
class Depth:
    """What the layers of a network pass on, each (layers,), and words.

    activations, spread, gradients: as in `signals`, first layer first.
    ratio: the gradient norm of the first layer over that of the last.
    """

    activations: np.ndarray
    spread: np.ndarray
    gradients: np.ndarray
    ratio: float
    headlines: tuple[str, str]
    finding: str
    code: str


def look(kind: int, gain: float, layers: int) -> Depth:
    """Activation function number `kind`, counted from 1, and weights of variance gain^2 / fan_in.

    Each layer multiplies the spread by about gain times a slope, and the gradient on its way back
    alike: with a factor c a layer, layers - 1 layers make c^(layers - 1).
    """
    gain, name = float(f"{gain:.4g}"), _KINDS[kind - 1]
    sizes = _measure(name, gain, layers)
    ratio = float(sizes.gradients[0] / sizes.gradients[-1])
    hidden = sizes.spread[:-1]
    verdict, why = _verdict(sizes, ratio)
    return Depth(
        *sizes,
        ratio=ratio,
        headlines=(f"Forward: {_forward(hidden)}", f"Backward: {verdict}"),
        finding=(
            f"{_NAMES[name]}, gain {number(gain)}, {layers} layers of weights. What tells the "
            f"images apart is {number(hidden[0])} after layer 1 and {number(hidden[-1])} after "
            f"layer {layers - 1}. The gradient has norm {number(sizes.gradients[0])} in layer 1 "
            f"and {number(sizes.gradients[-1])} in layer {layers}, a ratio of {number(ratio)}: "
            f"{why}"
        ),
        code=(
            f'signals(m := deep({layers}, "{name}", {gain:.4g}), '
            f"m.init(np.random.default_rng(0)), X[:{_IMAGES}], y[:{_IMAGES}])"
        ),
    )


def _measure(name: str, gain: float, layers: int) -> Signals:
    model = deep(layers, name, gain)
    return signals(model, model.init(np.random.default_rng(0)), *_images())


@lru_cache(maxsize=1)
def _images() -> tuple[np.ndarray, np.ndarray]:
    X, y = digits().train
    return X[:_IMAGES], y[:_IMAGES]


def _forward(hidden: np.ndarray) -> str:
    if len(hidden) == 1:
        return "one hidden layer"
    return f"the spread times {number((hidden[-1] / hidden[0]) ** (1 / (len(hidden) - 1)))} a layer"


def _verdict(sizes: Signals, ratio: float) -> tuple[str, str]:
    largest, last = sizes.gradients.max(), len(sizes.gradients)
    if largest > 100 or ratio > 1000:
        return "it explodes", "it explodes, and a step of any common size leaps too far."
    if largest < 1e-4:
        return "no layer gets anything", "the layers may be equal, but none of them gets anything."
    if ratio < 1e-3:
        return f"layer 1 gets {number(ratio)} of layer {last}", "it vanishes on its way."
    return "every layer is reached", "every layer is reached."


def depth_signals(activation: str = "sigmoid", gain: float = 1.0, layers: int = 10) -> Explorer:
    """Explore how large activations and gradients are in every layer of a network at its start.

    The reader moves the activation function, the gain of the weights and the number of layers.
    Raises ValueError for a starting value outside of the sliders: activation "sigmoid", "tanh" or
    "relu", gain 0.05 to 3, layers 2 to 20.
    """
    if activation not in _KINDS:
        raise ValueError(f"activation must be one of {', '.join(_KINDS)}, got {activation!r}")
    for label, value, low, high in (("gain", gain, 0.05, 3), ("layers", layers, 2, _DEEPEST)):
        if not low <= value <= high:
            raise ValueError(f"{label} must be from {low} to {high}, got {value}")
    kind = slider(
        widgets.IntSlider,
        "activation function",
        value=_KINDS.index(activation) + 1,
        min=1,
        max=len(_KINDS),
    )
    gains = slider(
        widgets.FloatSlider, "gain of the weights", value=gain, min=0.05, max=3.0, step=0.01
    )
    count = slider(widgets.IntSlider, "layers of weights", value=layers, min=2, max=_DEEPEST)

    def choose(control: Any, value: float) -> None:
        control.value = value

    names = [
        button(f"{i}: {words}", f"the activation function {words}", partial(choose, kind, i))
        for i, words in enumerate(_NAMES.values(), start=1)
    ]
    marks = {"0.01 for all": 0.06, "Xavier": 1.0, "He": 1.41}
    starts = [
        button(label, f"gain {value:g}", partial(choose, gains, value))
        for label, value in marks.items()
    ]
    return Explorer(
        title="the signals in a deep network",
        controls={"kind": kind, "gain": gains, "layers": count},
        rows=[[kind, *names], [gains, *starts], [count]],
        look=look,
        draw=_Picture(),
    )


class _Picture:
    """Left the activations by layer, right the norms of the gradients."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9, 4.2), dpi=100, layout="constrained")
        left, right = fig.subplots(1, 2)
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
            ax.axhline(1, color="0.85", linewidth=0.8, zorder=0)
            ax.set(xlim=(0, _DEEPEST + 1), yscale="log", ylim=(_LOW, _HIGH), title=" ")
            ax.set(xlabel="layer")
        left.set_ylabel("size of what a layer puts out")
        right.set_ylabel("norm of the gradient of its weights")
        (self.activations,) = left.plot([], [], "--", color="0.5", label="root mean square")
        dots: dict[str, Any] = {"marker": "o", "markersize": 4}
        (self.spread,) = left.plot([], [], color=_BLUE, label="spread over the images", **dots)
        (self.gradients,) = right.plot([], [], color=_VERMILLION, **dots)
        left.legend(loc="lower left", frameon=False)
        self.titles = [ax.title for ax in fig.axes]
        moving = [self.activations, self.spread, self.gradients]
        self.canvas = Canvas(fig, [*moving, *self.titles])

    def __call__(self, view: Depth) -> bytes:
        layer = np.arange(1, len(view.spread) + 1)
        self.activations.set_data(layer, view.activations)
        self.spread.set_data(layer, view.spread)
        self.gradients.set_data(layer, view.gradients)
        for title, words in zip(self.titles, view.headlines, strict=True):
            title.set_text(words)
        return self.canvas.png()
