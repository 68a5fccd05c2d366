"""Explorer of lesson 09: a burst of large gradients, and who gets over it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, slider
from course_lib.optimizers import Adagrad, RMSprop
from course_lib.plots import COLORS, HALO
from course_lib.streams import burst, remember

_BLUE, _VERMILLION = COLORS[:2]
STEPS, CALM = 400, 50  # all steps, and those before the burst


@dataclass(frozen=True, eq=False)
class Burst:
    """What RMSprop and Adagrad make of one burst, as arrays and words.

    gradients (T,):            1, and the burst.
    memory, memory_adagrad:    (T,), the roots of s and of G, after each step.
    step, step_adagrad:        (T,), the sizes of the steps, in units of lr.
    last:                      the index of the last step of the burst.
    recovery:                  steps after the burst until RMSprop's is lr/2 again.
    """

    gradients: np.ndarray
    memory: np.ndarray
    memory_adagrad: np.ndarray
    step: np.ndarray
    step_adagrad: np.ndarray
    last: int
    recovery: int
    headline: str
    finding: str
    code: str


def look(size: int, length: int, rho: float) -> Burst:
    """Gradients of 1, then `size` for `length` steps, then 1 again, for RMSprop and for Adagrad.

    With s_b the memory after the burst, n gradients of 1 leave s_b - 1 times rho^n of it above 1:

        s = 1 + (s_b - 1) rho^n,    so the step 1/sqrt(s) is 1/2 when rho^n = 3 / (s_b - 1)
    """
    rho = float(f"{rho:.4g}")
    g = burst(STEPS, CALM, size, length)
    path, states = remember(RMSprop(lr=1.0, rho=rho), g)
    path_adagrad, states_adagrad = remember(Adagrad(lr=1.0), g)
    memory, memory_adagrad = np.sqrt(states), np.sqrt(states_adagrad)
    last = CALM + length - 1
    recovery = _recovery(float(memory[last]) ** 2, rho)
    step, step_adagrad = -np.diff(path), -np.diff(path_adagrad)
    headline, why = _words(recovery, last)
    return Burst(
        gradients=g,
        memory=memory,
        memory_adagrad=memory_adagrad,
        step=step,
        step_adagrad=step_adagrad,
        last=last,
        recovery=recovery,
        headline=headline,
        finding=(
            f"{length} gradients of {size}, after {CALM} of 1. RMSprop with rho = {number(rho)} "
            f"remembers about {number(1 / (1 - rho))} steps; right after the burst its step is "
            f"{number(step[last + 1])} lr. {why} Adagrad's step was "
            f"{number(step_adagrad[CALM - 1])} lr before the burst and is "
            f"{number(step_adagrad[last + 1])} lr after it; at step {STEPS} it is "
            f"{number(step_adagrad[-1])} lr, and it never grows again."
        ),
        code=(
            f"remember(RMSprop(lr=1.0, rho={rho:.4g}), "
            f"burst(steps={STEPS}, at={CALM}, size={size}, length={length}))"
        ),
    )


def _recovery(s: float, rho: float) -> int:
    """The smallest n with 1 + (s - 1) rho^n <= 4; 0 if s is at most 4 already."""
    return max(0, math.ceil(math.log(3 / (s - 1)) / math.log(rho))) if s > 4 else 0


def _words(recovery: int, last: int) -> tuple[str, str]:
    if recovery == 0:
        return "So small a burst does no harm", "Its step never falls below lr/2."
    why = f"It is back at lr/2 after {recovery} more steps."
    if last + recovery >= STEPS:
        return f"Back at lr/2 after {number(recovery)} steps, beyond the picture", why
    return f"RMSprop is back at lr/2 after {recovery} steps", why


def gradient_burst(size: int = 100, length: int = 50, rho: float = 0.9) -> Explorer:
    """Explore how RMSprop and Adagrad get over a burst of large gradients.

    The reader moves the size of the burst, its length in steps, and rho. Raises ValueError for a
    starting value outside of the sliders: size 1 to 200, length 1 to 100, rho 0.5 to 0.99.
    """
    given = {"size": (size, 1, 200), "length": (length, 1, 100), "rho": (rho, 0.5, 0.99)}
    for name, (value, low, high) in given.items():
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low} to {high}, got {value}")
    sizes = slider(widgets.IntSlider, "size of the burst", value=size, min=1, max=200)
    lengths = slider(widgets.IntSlider, "length of the burst", value=length, min=1, max=100)
    rhos = slider(
        widgets.FloatSlider,
        "memory rho",
        value=rho,
        min=0.5,
        max=0.99,
        step=0.01,
        readout_format=".2f",
    )

    def long_enough() -> None:
        lengths.value = 100

    def single() -> None:
        lengths.value = 1

    picture = _Picture()
    return Explorer(
        title="a burst of large gradients, for RMSprop and Adagrad",
        controls={"size": sizes, "length": lengths, "rho": rhos},
        rows=[
            [rhos],
            [sizes],
            [
                lengths,
                button("one step", "a single large gradient", single),
                button("100 steps", "long enough to fill the memory", long_enough),
            ],
        ],
        look=look,
        draw=picture,
        grabs=[
            Grab(
                picture.left,
                lambda x, y: {"length": x - CALM, "size": y},
                "drag the end of the burst, to make it longer or larger",
            )
        ],
    )


class _Picture:
    """Left what the two remember, right the steps they take; the burst is shaded."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9, 4.2), dpi=100, layout="constrained")
        left, right = fig.subplots(1, 2)
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
            ax.set(xlim=(0, STEPS), yscale="log", xlabel="step", title=" ")
        self.t = np.arange(1, STEPS + 1)

        left.set(ylim=(0.2, 1e5), ylabel="size of a gradient")
        (self.gradients,) = left.plot([], [], color="0.6", linewidth=3, label="gradient")
        (self.memory,) = left.plot([], [], color=_BLUE, label="RMSprop: root of s")
        (self.memory_adagrad,) = left.plot([], [], color=_VERMILLION, label="Adagrad: root of G")
        left.legend(loc="upper right", frameon=False)
        left.set_title("What the two remember")

        right.set(ylim=(3e-4, 10), ylabel="size of the step, in units of lr")
        (self.step,) = right.plot([], [], color=_BLUE)
        (self.step_adagrad,) = right.plot([], [], color=_VERMILLION)
        right.axhline(0.5, color="0.4", linestyle="--", linewidth=0.9)
        right.text(STEPS, 0.55, "lr/2", color="0.4", ha="right")
        (self.mark,) = right.plot([], [], "o", color=_BLUE, markersize=8)
        words = {"ha": "right", "bbox": HALO}
        self.word = right.text(STEPS, 1.3, "RMSprop", color=_BLUE, **words)
        self.word_adagrad = right.text(STEPS, 0.1, "", color=_VERMILLION, **words)
        self.left, self.right = left, right
        self.shades = [
            ax.add_patch(Rectangle((CALM + 0.5, low), 1, 1e6, color="0.93", zorder=0))
            for ax, low in ((left, 0.2), (right, 3e-4))
        ]
        lines = [self.gradients, self.memory, self.memory_adagrad, self.step, self.step_adagrad]
        words_too = [self.mark, self.word, self.word_adagrad, right.title]
        self.canvas = Canvas(fig, [*self.shades, *lines, *words_too])

    def __call__(self, view: Burst) -> bytes:
        self.gradients.set_data(self.t, view.gradients)
        self.memory.set_data(self.t, view.memory)
        self.memory_adagrad.set_data(self.t, view.memory_adagrad)
        self.step.set_data(self.t, view.step)
        self.step_adagrad.set_data(self.t, view.step_adagrad)
        back = view.last + view.recovery
        shown = view.recovery > 0 and back < STEPS
        self.mark.set_data([self.t[back]] if shown else [], [view.step[back]] if shown else [])
        self.word_adagrad.set_text("Adagrad")
        self.word_adagrad.set_y(1.6 * view.step_adagrad[-1])
        for shade in self.shades:
            shade.set_width(view.last + 1 - CALM)
        self.right.title.set_text(view.headline)
        return self.canvas.png()
