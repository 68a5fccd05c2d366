"""What every explorer is made of: controls, a picture, a sentence that reads it, a line to copy.

    settings --look--> view (plain data and words) --draw--> PNG bytes

`look` is pure and knows no widget; `draw` is a function over one `Canvas`; `Explorer` joins the two
to widgets. The controls are ipywidgets; the picture and its words are a small widget of our own,
`Screen`, since an Output widget would flicker, and an ipywidgets.Image has neither an alternative
text nor a mouse.

Held keys build no queue. While the kernel works on a slider's value, the front end sends no other:
it keeps only the newest, and sends that when the kernel is done (ipywidgets calls this message
throttling). What is left to do here is to be quick, and to do nothing when nothing changed.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import anywidget
import ipywidgets as widgets
import numpy as np
from matplotlib.axes import Axes
from traitlets import Bytes, List, Unicode, link

from course_lib.problems import Box

# JupyterLab hands what the page sends to one thread of the kernel or to another. Two that draw at
# once would spoil each other's pictures, and matplotlib is not made for two at all.
_ONE_AT_A_TIME = threading.RLock()
_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class View(Protocol):
    """What `look` returns: arrays for `draw`, and these words."""

    @property
    def finding(self) -> str:
        """What the picture shows, in a sentence or two with numbers: its text alternative."""

    @property
    def code(self) -> str:
        """The setting as a line of code."""


@dataclass(frozen=True)
class Grab:
    """A part of the picture in which the reader can drag.

    ax:     the axes; it keeps its place and its limits while the explorer lives.
    moves:  moves(x, y), in the units of the axes -> settings by name. Each setting goes to the
            nearest value that its control allows.
    hint:   what to do, in a few words: "drag the start".
    """

    ax: Axes
    moves: Callable[[float, float], Mapping[str, float]]
    hint: str


class Screen(anywidget.AnyWidget):
    """The picture, its words and the line to copy, in the page. What it does there: screen.js."""

    _esm = Path(__file__).with_name("screen.js")
    _css = Path(__file__).with_name("screen.css")
    title = Unicode().tag(sync=True)
    png = Bytes().tag(sync=True)
    finding = Unicode().tag(sync=True)
    code = Unicode().tag(sync=True)
    # [{"box": [left, top, width, height], "hint": ...}], in shares of the picture, from above
    grabs: Any = List().tag(sync=True)
    # [number, x, y]: where the pointer is in one of these boxes, in its shares, from below
    grab: Any = List().tag(sync=True)


class Explorer:
    """A picture that follows its controls. Make it the last expression of a cell to see it.

    title:     what is explored, in a few words.
    controls:  setting's name -> widget with a `value`. A change of any value redraws the picture.
    rows:      the controls and buttons, row by row, as they are laid out above the picture. A
               button that brings all settings back to where they began is added to the last.
    look:      look(**settings) -> View, pure.
    draw:      draw(view) -> the bytes of a PNG file.
    grabs:     where the reader can drag.

    A page without a kernel (GitHub, a printed notebook) shows a still picture, a terminal the text.
    """

    def __init__(
        self,
        title: str,
        controls: Mapping[str, Any],
        rows: Sequence[Sequence[Any]],
        look: Callable[..., Any],
        draw: Callable[[Any], bytes],
        grabs: Sequence[Grab] = (),
    ) -> None:
        self.title = title
        self.controls = dict(controls)
        self._look, self._draw, self._grabs = look, draw, tuple(grabs)
        self._settings: dict[str, Any] = {}
        self._beginning = self.settings
        self._moving = False
        self.screen = Screen(title=title)
        reset = button("reset", "everything back to where it began", self.reset)
        wrap = widgets.Layout(flex_flow="row wrap", align_items="center")
        *upper, last = [list(row) for row in rows]
        self.panel = widgets.VBox(
            [*(widgets.HBox(row, layout=wrap) for row in (*upper, [*last, reset])), self.screen]
        )
        self.panel.add_class("course-explorer")
        for control in self.controls.values():
            control.observe(self._refresh, names="value")
        self._refresh()
        self.screen.grabs = [{"box": _box(grab.ax), "hint": grab.hint} for grab in self._grabs]
        self.screen.observe(self._grabbed, names="grab")

    @property
    def settings(self) -> dict[str, Any]:
        """The values that the controls stand at."""
        return {name: control.value for name, control in self.controls.items()}

    @contextmanager
    def together(self) -> Iterator[None]:
        """Whatever moves in the `with` block is drawn once, at its end."""
        with _ONE_AT_A_TIME:
            outermost, self._moving = not self._moving, True
            try:
                yield
            finally:
                self._moving = not outermost
            self._refresh()

    def move(self, **settings: Any) -> None:
        """Move several controls at once, and draw once."""
        with self.together():
            for name, value in settings.items():
                self.controls[name].value = value

    def reset(self) -> None:
        """Bring all controls back to where they began."""
        self.move(**self._beginning)

    def _grabbed(self, change: Any) -> None:
        number, *place = change["new"]
        grab = self._grabs[number]
        point = grab.ax.transData.inverted().transform(grab.ax.transAxes.transform(place))
        wanted = grab.moves(*(float(x) for x in point))
        self.move(**{name: _allowed(self.controls[name], x) for name, x in wanted.items()})

    def _refresh(self, _change: object = None) -> None:
        with _ONE_AT_A_TIME:
            settings = self.settings
            if self._moving or settings == self._settings:
                return
            self._settings = settings
            self.view: View = self._look(**settings)
            png = self._draw(self.view)
            with self.screen.hold_sync():  # one message, so that picture and words change together
                self.screen.png, self.screen.finding = png, self.view.finding
                self.screen.code = self.view.code

    def __repr__(self) -> str:
        return f"[explorer] {self.title}. {self.view.finding}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data = {
            _WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.panel.model_id},
            "image/png": self.screen.png,
            "text/plain": repr(self),
        }
        return data, {"image/png": {"alt": self.view.finding}}


def _box(ax: Axes) -> list[float]:
    """Where the axes stand in the picture: left, top, width, height, in shares, from above."""
    box = ax.get_position()
    return [float(x) for x in (box.x0, 1 - box.y1, box.width, box.height)]


def _allowed(control: Any, value: float) -> float:
    """The nearest value that a slider allows: it has ends and steps."""
    steps = round((min(max(value, control.min), control.max) - control.min) / control.step)
    moved = type(control.value)(float(f"{control.min + steps * control.step:.10g}"))
    return min(moved, control.max)


def slider(kind: type, label: str, **settings: Any) -> Any:
    """A slider of ipywidgets, wide enough for a label in plain words; it reports while it moves."""
    return kind(
        description=label,
        tooltip=label,
        continuous_update=True,
        style={"description_width": "11.5em"},
        layout=widgets.Layout(width="32em"),
        **settings,
    )


def place(start: np.ndarray, box: Box) -> dict[str, Any]:
    """Sliders for a place in a box, by coordinate. They begin at start, with four digits."""
    reaches = zip("xy", start, box, strict=True)
    return {
        axis: slider(widgets.FloatSlider, f"start {axis}", **_reach(value, ends))
        for axis, value, ends in reaches
    }


def place_anew(sliders: Mapping[str, Any], start: np.ndarray, box: Box) -> None:
    """Give the sliders that `place` made another box, and put them to its start."""
    for axis, value, ends in zip("xy", start, box, strict=True):
        # One message to the page, and no moment at which the least is above the most.
        with sliders[axis].hold_sync(), sliders[axis].hold_trait_notifications():
            for name, wanted in _reach(value, ends).items():
                setattr(sliders[axis], name, wanted)


def _reach(value: float, ends: tuple[float, float]) -> dict[str, Any]:
    """Where a slider begins and ends, and how its number is shown.

    Its steps are counted from its beginning: in the page a slider goes to the nearest of its steps,
    and tells the kernel, so one that began between two of them would move by itself.
    """
    low, high = ends
    begin, step = float(f"{value:.4g}"), float(f"{(high - low) / 120:.1g}")
    return {
        "value": begin,
        "min": begin - step * int((begin - low) / step),
        "max": begin + step * int((high - begin) / step),
        "step": step,
        # As many places as tell two steps apart and one more, or a 0 would be shown as 8.882e-16.
        "readout_format": f".{max(1 - math.floor(math.log10(step)), 0)}f",
    }


def button(label: str, tooltip: str, press: Callable[[], None]) -> widgets.Button:
    """A button that calls press()."""
    made = widgets.Button(description=label, tooltip=tooltip, layout=widgets.Layout(width="auto"))
    made.on_click(lambda _button: press())
    return made


def player(steps: Any, interval: int = 100) -> list[Any]:
    """A slider of steps, and what plays it: play, pause and stop; a step of it back, and one on."""
    play = widgets.Play(
        value=steps.value,
        min=steps.min,
        max=steps.max,
        step=steps.step,
        interval=interval,
        show_repeat=False,
    )
    # In the kernel and not in the page (jslink): there a value on its way back from the kernel can
    # overtake one that was set since, and the two chase each other.
    link((play, "value"), (steps, "value"))

    def go(count: int) -> None:
        steps.value = min(max(steps.value + count * steps.step, steps.min), steps.max)

    return [
        steps,
        play,
        button(f"\N{MINUS SIGN}{steps.step}", "a little back", lambda: go(-1)),
        button(f"+{steps.step}", "a little on", lambda: go(1)),
    ]


def number(value: float) -> str:
    """A number with at most three significant digits, as text: 0.0198, 1e+06, 5.62e-06."""
    return f"{value:.3g}"
