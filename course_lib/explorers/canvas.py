"""A picture that is drawn again and again, quickly.

Drawing a figure from nothing takes about a tenth of a second, too slow to follow a slider. A
`Canvas` keeps one figure: its still parts (axes, ticks, contours) are drawn once and remembered as
pixels. For each update these are put back, the moving parts (lines, markers, words) are drawn over
them, and the result is written as PNG. Matplotlib's manual calls this blitting.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image


class Canvas:
    """One figure, its moving artists, and the remembered pixels of everything else.

    figure:  a `matplotlib.figure.Figure` made without pyplot, so that no figure manager keeps it.
    moving:  the artists that change from one picture to the next, drawn in this order. Change them
             with their own `set_data`, `set_text`, ...; everything else is still.
    """

    def __init__(self, figure: Figure, moving: Sequence[Artist]) -> None:
        self.figure = figure
        self.moving = tuple(moving)
        self._agg = FigureCanvasAgg(figure)
        self._still: Any = None
        for artist in self.moving:
            artist.set_animated(True)  # leaves the artist out when the still parts are drawn

    def still_changed(self) -> None:
        """Say that a still part was changed: the next picture draws all of them anew."""
        self._still = None

    def png(self) -> bytes:
        """The picture as it is now, as the bytes of a PNG file."""
        if self._still is None:
            self._draw_still()
        self._agg.restore_region(self._still)
        for artist in self.moving:
            self.figure.draw_artist(artist)
        return _encode(self._agg)

    def _draw_still(self) -> None:
        self._agg.draw()
        # The layout is solved once: solving it again costs time and makes the axes tremble.
        self.figure.set_layout_engine("none")
        self._still = self._agg.copy_from_bbox(self.figure.bbox)


def _encode(agg: FigureCanvasAgg) -> bytes:
    # Alpha is opaque everywhere, and level 1 is written twice as fast as Pillow's default: the
    # bytes travel no further than to a browser on the same machine.
    out = io.BytesIO()
    pixels = np.asarray(agg.buffer_rgba())[..., :3]
    Image.fromarray(pixels).save(out, format="png", compress_level=1)
    return out.getvalue()
