"""What every explorer is made of: controls, a picture, a sentence that reads it, a line to copy.

    settings --look--> view (plain data and words) --draw--> PNG bytes

`look` is pure and knows no widget; `draw` is a function over one `Canvas`; `Explorer` joins the two
to ipywidgets. The picture goes to an `ipywidgets.Image`: an Output widget would carry a new output
for every update, and flicker.

Held keys build no queue. While the kernel works on a slider's value, the front end sends no other:
it keeps only the newest, and sends that when the kernel is done (ipywidgets calls this message
throttling). What is left to do here is to be quick, and to do nothing when nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Protocol

import ipywidgets as widgets
from traitlets import Unicode

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class View(Protocol):
    """What `look` returns: arrays for `draw`, and these words."""

    @property
    def finding(self) -> str:
        """What the picture shows, in a sentence or two with numbers: its text alternative."""

    @property
    def code(self) -> str:
        """The setting as a line of code."""


class _Image(widgets.Image):
    """An Image with a name for screen readers.

    ipywidgets gives its <img> no alt, but its tooltip becomes a title, which names the picture too.
    The front end of ipywidgets 8 wants to read a description before it sets one, and an Image has
    none: without this trait it shows an error in place of the picture.
    """

    description = Unicode("").tag(sync=True)


class Explorer:
    """A picture that follows its controls. Make it the last expression of a cell to see it.

    title:     what is explored, in a few words.
    controls:  setting's name -> widget with a `value`. A change of any value redraws the picture.
    rows:      the controls and buttons, row by row, as they are laid out above the picture.
    look:      look(**settings) -> View, pure.
    draw:      draw(view) -> the bytes of a PNG file.

    A page without a kernel (GitHub, a printed notebook) shows a still picture, a terminal the text.
    """

    def __init__(
        self,
        title: str,
        controls: Mapping[str, Any],
        rows: Sequence[Sequence[Any]],
        look: Callable[..., Any],
        draw: Callable[[Any], bytes],
    ) -> None:
        self.title = title
        self.controls = dict(controls)
        self._look, self._draw = look, draw
        self._settings: dict[str, Any] = {}
        self.image = _Image(
            format="png",
            tooltip=f"Picture: {title}. The sentence below it says what it shows.",
            layout=widgets.Layout(max_width="100%", object_fit="contain"),
        )
        self.reading = widgets.HTML()
        self.code = widgets.HTML()
        wrap = widgets.Layout(flex_flow="row wrap")
        self.panel = widgets.VBox(
            [
                *(widgets.HBox(list(row), layout=wrap) for row in rows),
                self.image,
                self.reading,
                self.code,
            ]
        )
        for control in self.controls.values():
            control.observe(self._refresh, names="value")
        self._refresh()

    @property
    def settings(self) -> dict[str, Any]:
        """The values that the controls stand at."""
        return {name: control.value for name, control in self.controls.items()}

    def _refresh(self, _change: object = None) -> None:
        settings = self.settings
        if settings == self._settings:
            return
        self._settings = settings
        self.view: View = self._look(**settings)
        self.image.value = self._draw(self.view)
        self.reading.value = (
            f'<div role="status" aria-live="polite">{escape(self.view.finding)}</div>'
        )
        self.code.value = _line_to_copy(self.view.code)

    def __repr__(self) -> str:
        return f"[explorer] {self.title}. {self.view.finding}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data = {
            _WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": self.panel.model_id},
            "image/png": bytes(self.image.value),
            "text/plain": repr(self),
        }
        return data, {"image/png": {"alt": self.view.finding}}


def slider(kind: type, label: str, **settings: Any) -> Any:
    """A slider of ipywidgets, wide enough for a label in plain words; it reports while it moves."""
    return kind(
        description=label,
        continuous_update=True,
        style={"description_width": "11.5em"},
        layout=widgets.Layout(width="32em"),
        **settings,
    )


def button(label: str, tooltip: str, press: Callable[[], None]) -> widgets.Button:
    """A button that calls press()."""
    made = widgets.Button(description=label, tooltip=tooltip, layout=widgets.Layout(width="auto"))
    made.on_click(lambda _button: press())
    return made


def number(value: float) -> str:
    """A number with at most three significant digits, as text: 0.0198, 1e+06, 5.62e-06."""
    return f"{value:.3g}"


def _line_to_copy(code: str) -> str:
    # A read-only field, not plain text: Tab reaches it and Ctrl+A selects exactly the line.
    return (
        '<label style="display:flex; gap:0.6em; align-items:baseline">'
        '<span style="white-space:nowrap">Copy this</span>'
        # As wide as the line, but no wider than the page: then it scrolls inside.
        f'<input readonly value="{escape(code)}" style="flex:1; width:0; '
        f"max-width:calc({len(code) + 1}ch + 1em); "
        "font-family:var(--jp-code-font-family, monospace); color:inherit; background:transparent; "
        "line-height:1.5; height:auto; "
        'border:1px solid currentColor; border-radius:2px; padding:0.25em 0.4em"></label>'
    )
