"""Explorer of lesson 10: the two means of Adam, raw and corrected, and the steps they make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, button, number, slider
from course_lib.optimizers import Adam
from course_lib.plots import COLORS
from course_lib.streams import STREAMS, remember

_BLUE, _VERMILLION = COLORS[:2]
_NAMES = tuple(STREAMS)
STEPS = 200


@dataclass(frozen=True, eq=False)
class Moments:
    """Adam's means under one stream of gradients, as arrays (T,) and words.

    Gradients, m, m_hat, root_v and root_v_hat are in units of the largest gradient; step and
    step_raw, with the correction and without, in units of lr.
    """

    gradients: np.ndarray
    m: np.ndarray
    m_hat: np.ndarray
    root_v: np.ndarray
    root_v_hat: np.ndarray
    step: np.ndarray
    step_raw: np.ndarray
    name: str
    headline: str
    finding: str
    code: str


def look(pattern: int, beta1: float, beta2: float) -> Moments:
    """Adam(lr=1, beta1, beta2) on stream number `pattern`, counted from 1.

    Under a constant gradient g, m = (1 - beta1^t) g and v = (1 - beta2^t) g^2: the hats are g and
    g^2 at once. The raw ratio m / sqrt(v) begins at (1 - beta1) / sqrt(1 - beta2).
    """
    beta1, beta2 = float(f"{beta1:.4g}"), float(f"{beta2:.4g}")
    name = _NAMES[pattern - 1]
    g = STREAMS[name](STEPS)
    adam = Adam(lr=1.0, beta1=beta1, beta2=beta2)
    path, states = remember(adam, g)
    m, v = np.array([s.m for s in states]), np.array([s.v for s in states])
    t, unit = np.arange(1, STEPS + 1), np.abs(g).max()
    step, step_raw = -np.diff(path), m / (np.sqrt(v) + adam.eps)
    first = int(np.argmax(g != 0))
    top, end = np.abs(step).max(), m[-1] / (1 - beta1 ** t[-1]) / unit
    largest = int(np.argmax(np.abs(step) > (1 - 1e-6) * top))  # the first of equals
    return Moments(
        gradients=g / unit,
        m=m / unit,
        m_hat=m / (1 - beta1**t) / unit,
        root_v=np.sqrt(v) / unit,
        root_v_hat=np.sqrt(v / (1 - beta2**t)) / unit,
        step=step,
        step_raw=step_raw,
        name=name,
        headline=_headline(top),
        finding=(
            f"Gradients: {name}. With beta1 = {number(beta1)} and beta2 = {number(beta2)}, the "
            f"first gradient makes a step of {number(abs(step[first]))} lr with correction and of "
            f"{number(abs(step_raw[first]))} lr without. The largest corrected step is "
            f"{number(top)} lr, at step {largest + 1}. At the end m_hat is {number(end)} of the "
            f"largest gradient, and the step {number(abs(step[-1]))} lr."
        ),
        code=(
            f"remember(Adam(lr=1.0, beta1={beta1:.4g}, beta2={beta2:.4g}), "
            f'STREAMS["{name}"]({STEPS}))'
        ),
    )


def _headline(top: float) -> str:
    if top > 1.005:
        return f"With correction, a step reaches {number(top)} lr"
    if top > 0.995:
        return "With correction, no step is larger than lr"
    return f"With correction, no step is larger than {number(top)} lr"


def adam_moments(beta1: float = 0.9, beta2: float = 0.999) -> Explorer:
    """Explore the means m and v of Adam, their corrections, and the steps, under seven streams.

    The reader moves the pattern of the gradients and both betas. Raises ValueError for a beta
    outside of its slider: beta1 0 to 0.99, beta2 0.9 to 0.999.
    """
    if not (0 <= beta1 <= 0.99 and 0.9 <= beta2 <= 0.999):
        raise ValueError(
            f"beta1 must be from 0 to 0.99 and beta2 from 0.9 to 0.999, got {beta1} and {beta2}"
        )
    pattern = slider(widgets.IntSlider, "pattern of gradients", value=1, min=1, max=len(_NAMES))
    first = slider(widgets.FloatSlider, "memory beta1", value=beta1, min=0.0, max=0.99, step=0.01)
    second = slider(
        widgets.FloatSlider,
        "memory beta2",
        value=beta2,
        min=0.9,
        max=0.999,
        step=0.001,
        readout_format=".3f",
    )

    def choose(number: int) -> None:
        pattern.value = number

    names = [
        button(f"{i}: {name}", f"gradients: {name}", partial(choose, i))
        for i, name in enumerate(_NAMES, start=1)
    ]
    return Explorer(
        title="the two means of Adam",
        controls={"pattern": pattern, "beta1": first, "beta2": second},
        rows=[[pattern], names, [first], [second]],
        look=look,
        draw=_Picture(),
    )


class _Picture:
    """Left the means, raw and corrected, over the gradients; right the steps."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9, 4.4), dpi=100, layout="constrained")
        left, right = fig.subplots(1, 2)
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
            ax.axhline(0, color="0.85", linewidth=0.8, zorder=0)
            ax.set(xlim=(0, STEPS), xlabel="step t", title=" ")
        self.t = np.arange(1, STEPS + 1)

        left.set(ylim=(-1.1, 1.75), ylabel="in units of the largest gradient")
        left.set_yticks([-1, -0.5, 0, 0.5, 1])
        (self.gradients,) = left.plot([], [], ".", color="0.7", markersize=3, label="gradient")
        styles = {"m": (_BLUE, ":"), "m_hat": (_BLUE, "-")}
        styles |= {"root_v": (_VERMILLION, ":"), "root_v_hat": (_VERMILLION, "-")}
        labels = {"m": "m", "m_hat": "m_hat", "root_v": "root of v", "root_v_hat": "root of v_hat"}
        self.means = {
            name: left.plot([], [], line, color=color, label=labels[name], linewidth=1.6)[0]
            for name, (color, line) in styles.items()
        }
        left.legend(loc="upper right", ncols=2, frameon=False)

        right.set(ylim=(-5, 9.2), ylabel="step, in units of lr")
        right.set_yticks(range(-4, 9, 2))
        for height in (-1, 1):
            right.axhline(height, color="0.5", linestyle="--", linewidth=0.8)
        (self.raw,) = right.plot([], [], ":", color="0.3", label="without correction")
        (self.step,) = right.plot([], [], color=COLORS[2], label="with correction")
        right.legend(loc="upper right", ncols=2, frameon=False)
        self.left, self.right = left, right
        moving = [self.gradients, *self.means.values(), self.raw, self.step]
        self.canvas = Canvas(fig, [*moving, left.title, right.title])

    def __call__(self, view: Moments) -> bytes:
        self.gradients.set_data(self.t, view.gradients)
        for name, line in self.means.items():
            line.set_data(self.t, getattr(view, name))
        self.raw.set_data(self.t, view.step_raw)
        self.step.set_data(self.t, view.step)
        self.left.title.set_text(f"Gradients: {view.name}")
        self.right.title.set_text(view.headline)
        return self.canvas.png()
