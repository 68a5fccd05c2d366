"""Explorer of lesson 12: particles that the noise of a mini-batch drives out of a sharp well."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, button, number, player, slider
from course_lib.plots import COLORS
from course_lib.two_wells import EDGE, FLAT, NOISE, SHARP, Particles, loss, particles

_BLUE, _VERMILLION = COLORS[:2]
_COUNT, _STEPS = 200, 3000
_SHOWN = (-2.2, 3.4)


@dataclass(frozen=True, eq=False)
class Wells:
    """200 particles after some steps, as arrays and words.

    now (200,):        where the particles are.
    share (steps+1,):  the share of them in the flat well, after each step so far.
    kick:              the deviation of the random part of a step.
    reach:             how many kicks it is from the bottom of the sharp well to the ridge.
    """

    now: np.ndarray
    share: np.ndarray
    kick: float
    reach: float
    headline: str
    finding: str
    code: str


@lru_cache(maxsize=16)
def _walk(batch_size: int, lr: float) -> Particles:
    """All the steps of one setting; every setting gets the same random numbers."""
    return particles(batch_size, lr, _noise())


@lru_cache(maxsize=1)
def _noise() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((_STEPS, _COUNT))


def look(power: int, lr: float, steps: int) -> Wells:
    """`steps` steps with batches of 2**power, all particles from the bottom of the sharp well."""
    B, lr = 2**power, float(f"{lr:.4g}")
    walk = _walk(B, lr)
    share = walk.share[: steps + 1]
    kick = lr * NOISE / np.sqrt(B)
    reach = (EDGE + 1) / kick
    settle = [kick / np.sqrt(1 - (1 - lr * c) ** 2) for c in (SHARP, FLAT)]
    headline, why = _read(float(share[-1]), reach, steps)
    return Wells(
        now=walk.positions[steps],
        share=share,
        kick=kick,
        reach=reach,
        headline=headline,
        finding=(
            f"Batches of {B}, lr = {number(lr)}: a step is off by {number(kick)} at random. From "
            f"the sharp bottom to the ridge it is {number(EDGE + 1)}, or {number(reach)} such "
            f"kicks. Left alone, they would spread by {number(settle[0])} in the sharp well and "
            f"by {number(settle[1])} in the flat one. After {steps} steps "
            f"{100 * share[-1]:.0f} % of {_COUNT} are in the flat well. {why}"
        ),
        code=f"share_in_flat_well(batch_size={B}, lr={lr:.4g}, steps={steps})",
    )


def _read(share: float, reach: float, steps: int) -> tuple[str, str]:
    """A headline, and a sentence on what the noise does."""
    if steps == 0:
        return "All begin in the sharp well", "Let them go."
    if share == 0:
        return "None has left the sharp well", (
            "That is so rare that you would need more particles, or more time: never is not zero."
        )
    if share < 0.5:
        return "Some have left the sharp well", "It takes time: they are still on their way."
    if reach < 2.2:
        return "Most are in the flat well, and some come back", (
            "With this much noise the flat well is left as well, from time to time."
        )
    return "Most are in the flat well", "Noise threw them out of the sharp one, and seldom back."


def two_well_particles() -> Explorer:
    """Explore how batch size and learning rate drive particles from a sharp well into a flat one.

    The reader moves the batch size, 1 to 64, the learning rate, and the number of steps.
    """
    power = slider(widgets.IntSlider, "batch size, power of 2", value=2, min=0, max=6)
    rate: dict[str, Any] = {"min": 0.01, "max": 0.19, "step": 0.005, "readout_format": ".3f"}
    lr = slider(widgets.FloatSlider, "learning rate lr", value=0.1, **rate)
    taken = slider(widgets.IntSlider, "steps taken", value=_STEPS, min=0, max=_STEPS, step=20)

    def go_to(p: int) -> None:
        power.value = p

    buttons = [
        button(f"B = {2**p}", f"batches of {2**p}, at the lr you have", partial(go_to, p))
        for p in range(4)
    ]
    return Explorer(
        title="particles in a sharp and a flat well",
        controls={"power": power, "lr": lr, "steps": taken},
        rows=[[power, *buttons], [lr], player(taken)],
        look=look,
        draw=_Picture(),
    )


class _Picture:
    """The two wells with the particles in them; their share in the flat one against the step."""

    def __init__(self) -> None:
        fig = Figure(figsize=(9.4, 4.0), dpi=100, layout="constrained")
        self.wells, self.curve = fig.subplots(1, 2, width_ratios=(1.25, 1))
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)
        x = np.linspace(*_SHOWN, 561)
        self.wells.plot(x, loss(x), color="0.35", linewidth=1.8)
        self.wells.axvline(EDGE, color="0.6", linestyle=":", linewidth=1)
        self.wells.text(-1.0, -0.22, "sharp", ha="center")
        self.wells.text(1.0, -0.22, "flat", ha="center")
        self.wells.set(xlim=_SHOWN, ylim=(-0.3, 2.1), xlabel="x", ylabel="loss", title=" ")
        self.heights = np.random.default_rng(1).uniform(0.03, 0.25, size=_COUNT)
        dots: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 3.5}
        (self.sharp,) = self.wells.plot([], [], color=_VERMILLION, alpha=0.5, **dots)
        (self.flat,) = self.wells.plot([], [], color=_BLUE, alpha=0.5, **dots)

        self.curve.set(xlim=(0, _STEPS), ylim=(-0.02, 1.02), title=" ")
        self.curve.set(xlabel="step", ylabel="share in the flat well")
        (self.line,) = self.curve.plot([], [], color=_BLUE, linewidth=1.8)
        titles = [ax.title for ax in fig.axes]
        self.canvas = Canvas(fig, [self.sharp, self.flat, self.line, *titles])

    def __call__(self, view: Wells) -> bytes:
        over = loss(view.now) + self.heights  # a little above the curve, so that each can be seen
        for line, there in ((self.sharp, view.now <= EDGE), (self.flat, view.now > EDGE)):
            line.set_data(view.now[there], over[there])
        self.line.set_data(np.arange(len(view.share)), view.share)
        self.wells.title.set_text(view.headline)
        self.curve.title.set_text(f"{100 * view.share[-1]:.0f} % are in the flat well")
        return self.canvas.png()
