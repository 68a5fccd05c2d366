"""Explorer of lesson 01: the error of a finite difference, for large steps and for tiny ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure

from course_lib.explorers.canvas import Canvas
from course_lib.explorers.panel import Explorer, Grab, button, number, slider
from course_lib.plots import COLORS, HALO

_BLUE, _VERMILLION = COLORS[:2]
# The steps h: four to a power of ten, with four digits each, so that the line to copy is exact.
_STEPS = np.array([float(f"{10**e:.4g}") for e in np.linspace(-16, 0, 65)])
_GLASS = np.linspace(-2, 2, 801)  # the curve is looked at through a glass that is 4 h wide


def wave(x: Any) -> Any:
    """sin(x) exp(x): smooth, and with no derivative that happens to vanish at 1.3."""
    return np.sin(x) * np.exp(x)


@dataclass(frozen=True, eq=False)
class Errors:
    """Two difference quotients of f at one point, as arrays and words.

    h (n,):                 the steps tried, smallest first, and at each the relative error of
    forward, central (n,):  (f(x+h) - f(x)) / h  and  (f(x+h) - f(x-h)) / (2h).
    now:                    the index of the step that is looked at.
    glass (801, 2):         the curve near x: ((z - x) / h, (f(z) - f(x)) / (h |f'(x)|)).
    secants:                per quotient the two points its line goes through, in the same units.
    slope:                  that of the tangent in these units, 1 or -1.
    """

    h: np.ndarray
    forward: np.ndarray
    central: np.ndarray
    now: int
    glass: np.ndarray
    secants: dict[str, np.ndarray]
    slope: float
    headline: str
    finding: str
    code: str


def look(exponent: float, f: Callable[[Any], Any] = wave, at: float = 1.3) -> Errors:
    """Forward and central differences of f at `at` with the step h = 10**exponent, and all others.

        forward error  ~  h/2 |f''|    + 2 eps |f| / h
        central error  ~  h^2/6 |f'''| +   eps |f| / h

    The first term is truncation, the second is rounding with eps = 1.1e-16 in float64. Relative
    errors are measured against the complex step Im f(x + 1e-20 i) / 1e-20 (Squire and Trapp 1998),
    which subtracts nothing and so rounds only once. f must be analytic and take complex numbers.
    """
    slope = _complex_step(f, at)
    h = _STEPS
    now = int(np.argmin(np.abs(np.log10(h) - exponent)))
    forward = np.abs((f(at + h) - f(at)) / h / slope - 1)
    central = np.abs((f(at + h) - f(at - h)) / (2 * h) / slope - 1)
    scale = h[now] * abs(slope)
    glass = np.stack([_GLASS, (f(at + h[now] * _GLASS) - f(at)) / scale], axis=-1)
    ends = {"forward": (0.0, 1.0), "central": (-1.0, 1.0)}
    secants = {
        name: np.array([(u, (f(at + u * h[now]) - f(at)) / scale) for u in pair])
        for name, pair in ends.items()
    }
    headline, finding = _read(h, forward, central, now)
    return Errors(
        h=h,
        forward=forward,
        central=central,
        now=now,
        glass=glass,
        secants=secants,
        slope=float(np.sign(slope)),
        headline=headline,
        finding=finding,
        code=(f"f, x, h = {_spell(f)}, {at:.4g}, {h[now]:.4g}; (f(x + h) - f(x - h)) / (2 * h)"),
    )


def _spell(f: Callable[[Any], Any]) -> str:
    """The function as Python: a line that runs by itself where that can be known."""
    if f is wave:
        return "lambda x: np.sin(x) * np.exp(x)"
    name = getattr(f, "__name__", "f")
    return name if name.isidentifier() else "f"


def _complex_step(f: Callable[[Any], Any], at: float) -> float:
    slope = float(np.imag(f(at + 1e-20j)) / 1e-20)
    rough = float((f(at + 1e-5) - f(at - 1e-5)) / 2e-5)
    if not np.isclose(slope, rough, rtol=1e-4, atol=1e-8):
        raise ValueError(
            f"f has no complex step at {at}: it gives {slope:.4g}, a central difference "
            f"{rough:.4g}; write f with NumPy functions, without abs, max or a comparison"
        )
    if abs(slope) < 1e-8:
        raise ValueError(
            f"the derivative of f at {at} is 0, so no error is relative to it; move `at`"
        )
    return slope


def _read(h: np.ndarray, forward: np.ndarray, central: np.ndarray, now: int) -> tuple[str, str]:
    """A headline and a sentence on where h stands between truncation and rounding."""
    best_forward, best_central = h[np.argmin(forward)], h[np.argmin(central)]
    if h[now] < best_forward:
        verdict, why = "too small: rounding wins", "Rounding rules both: make h larger."
    elif h[now] > best_central:
        verdict, why = "too large: the curve bends", "Truncation rules both: make h smaller."
    else:
        verdict = "between the two best steps"
        why = "Truncation still rules the forward difference, rounding already the central one."
    return f"h = {number(h[now])} is {verdict}", (
        f"With h = {number(h[now])} the forward difference is off by {number(forward[now])} and "
        f"the central one by {number(central[now])}, relative to the derivative. {why} The best "
        f"steps tried are {number(best_forward)} forward and {number(best_central)} central."
    )


def difference_error(f: Callable[[Any], Any] = wave, at: float = 1.3) -> Explorer:
    """Explore the error of forward and central differences of f at one point against the step h.

    f takes a number, an array of numbers or a complex number, and is written with NumPy functions.
    The reader moves h. Raises ValueError if f has no complex step at the point, or slope 0 there.
    """
    exponent = slider(
        widgets.FloatSlider,
        "power of ten of h",
        value=-0.5,
        min=-16.0,
        max=0.0,
        step=0.25,
        readout_format=".2f",
    )
    view = look(exponent.value, f, at)

    def go_to(errors: np.ndarray) -> None:
        exponent.value = float(np.round(4 * np.log10(view.h[np.argmin(errors)])) / 4)

    picture = _Picture(view, at)
    return Explorer(
        title=f"the error of a finite difference at x = {at:.4g}",
        controls={"exponent": exponent},
        rows=[
            [
                exponent,
                button("best forward", "the best h tried", partial(go_to, view.forward)),
                button("best central", "the best h tried", partial(go_to, view.central)),
            ]
        ],
        look=partial(look, f=f, at=at),
        draw=picture,
        grabs=[
            Grab(picture.errors, lambda x, y: {"exponent": np.log10(x)}, "drag h along its axis")
        ],
    )


class _Picture:
    """The curve through a glass 4 h wide, with tangent and secants; the errors against h."""

    def __init__(self, view: Errors, at: float) -> None:
        fig = Figure(figsize=(9, 4.2), dpi=100, layout="constrained")
        self.near, errors = fig.subplots(1, 2)
        for ax in fig.axes:
            ax.spines[["top", "right"]].set_visible(False)

        self.near.set(xlim=(-2, 2), ylim=(-3, 3), title=" ")
        self.near.set(xlabel=f"distance from x = {at:.4g}, in units of h")
        self.near.set(ylabel="change of f, in units of h |f'(x)|")
        (self.curve,) = self.near.plot([], [], color="0.6", linewidth=3, label="f in float64")
        tangent = [-2 * view.slope, 2 * view.slope]
        self.near.plot([-2, 2], tangent, "--", color="black", linewidth=1, label="tangent")
        self.secant = {
            name: self.near.plot([], [], "o-", color=color, linewidth=1.5, label=name)[0]
            for name, color in (("forward", _VERMILLION), ("central", _BLUE))
        }
        self.near.legend(loc="upper left", frameon=False)

        errors.set(xscale="log", yscale="log", xlim=(5e-17, 2), ylim=(1e-16, 10))
        errors.set(xlabel="step h", ylabel="relative error", title=" ")
        (self.line,) = errors.plot([], [], color="0.4", linewidth=1)
        self.dot = {}
        for name, color in (("forward", _VERMILLION), ("central", _BLUE)):
            error = np.where(getattr(view, name) > 0, getattr(view, name), np.nan)
            errors.plot(view.h, error, color=color, linewidth=1.2, label=name)
            (self.dot[name],) = errors.plot([], [], "o", color=color, markersize=8)
        words = {"ha": "center", "bbox": HALO, "color": "0.25"}
        errors.text(1e-13, 2e-14, "rounding\ngrows as h shrinks", **words)
        errors.text(3e-3, 2e-14, "truncation\nfalls with h", **words)
        errors.legend(loc="upper center", frameon=False)
        self.errors = errors
        moving = [self.curve, *self.secant.values(), self.line, *self.dot.values()]
        self.canvas = Canvas(fig, [*moving, self.near.title, errors.title])

    def __call__(self, view: Errors) -> bytes:
        h = view.h[view.now]
        self.curve.set_data(*view.glass.T)
        for name, secant in self.secant.items():
            a, b = view.secants[name]
            secant.set_data(*np.array([a, b]).T)
            self.dot[name].set_data([h], [getattr(view, name)[view.now]])
        self.line.set_data([h, h], [1e-16, 10])
        self.near.title.set_text(view.headline)
        self.errors.title.set_text(
            f"Off by {view.forward[view.now]:.2g} forward, {view.central[view.now]:.2g} central"
        )
        return self.canvas.png()
