"""A picture that is drawn again and again, quickly.

Drawing a figure from nothing takes about a tenth of a second, too slow to follow a slider. A
`Canvas` keeps one figure in three layers, by how often they change:

    still      axes, ticks, labels             drawn once
    seldom     level lines of a problem, ...   drawn when the problem changes
    moving     lines, markers, words           drawn for each picture

Each layer is drawn over the remembered pixels of those below it, and the result is written as PNG.
Matplotlib's manual calls this blitting.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class Canvas:
    """One figure, its moving artists, and the remembered pixels of everything else.

    figure:  a `matplotlib.figure.Figure` made without pyplot, so that no figure manager keeps it.
    moving:  the artists that change from one picture to the next, drawn in this order. Change them
             with their own `set_data`, `set_text`, ...
    seldom:  artists below them that change now and then. Say so with `seldom_changed`.
    """

    def __init__(
        self, figure: Figure, moving: Sequence[Artist], seldom: Sequence[Artist] = ()
    ) -> None:
        self.figure = figure
        self.moving = tuple(moving)
        self._agg = FigureCanvasAgg(figure)
        self._still: Any = None
        self._shown: object = None
        self._stills: dict[object, Any] = {}
        self._below: Any = None  # still and seldom together
        self.seldom_changed(seldom)
        _leave_out(self.moving)

    def still_changed(self, shown: object) -> None:
        """Say that the still parts show something else now: they are drawn once for each."""
        self._shown, self._still, self._below = shown, self._stills.get(shown), None

    def seldom_changed(self, seldom: Sequence[Artist]) -> None:
        """Say which artists lie below the moving ones now, and that they are to be drawn."""
        self.seldom = (*seldom, *_frames(seldom))
        _leave_out(self.seldom)
        self._below = None

    def png(self) -> bytes:
        """The picture as it is now, as the bytes of a PNG file."""
        if self._still is None:
            self._draw_still()
        if self._below is None:
            self._agg.restore_region(self._still)
            self._draw(self.seldom)
            self._below = self._agg.copy_from_bbox(self.figure.bbox)
        self._agg.restore_region(self._below)
        self._draw(self.moving)
        return _encode(self._agg)

    def _draw_still(self) -> None:
        self._agg.draw()
        # The layout is solved once: solving it again costs time and makes the axes tremble.
        self.figure.set_layout_engine("none")
        self._still = self._stills[self._shown] = self._agg.copy_from_bbox(self.figure.bbox)

    def _draw(self, artists: Sequence[Artist]) -> None:
        for artist in artists:
            self.figure.draw_artist(artist)


def _leave_out(artists: Sequence[Artist]) -> None:
    for artist in artists:
        artist.set_animated(True)  # then it is not drawn with the still parts


def _frames(artists: Sequence[Artist]) -> list[Artist]:
    """Spines and legends of their axes, which stand above what the axes hold."""
    found: list[Artist] = []
    for ax in dict.fromkeys(a.axes for a in artists if a.axes and a.axes.axison):
        legend = ax.get_legend()
        found += [*ax.spines.values(), *([legend] if legend else [])]
    return found


def _encode(agg: FigureCanvasAgg) -> bytes:
    """The pixels as a PNG file.

    Written here and not by Pillow, which tries five filters on every row: for flat colours and thin
    lines they win a few percent of the bytes, and took a third of the time of a whole update. Alpha
    stays, though it is opaque everywhere: to leave it out takes longer than to compress it. The
    bytes travel no further than to a browser on the same machine.
    """
    pixels = np.asarray(agg.buffer_rgba())
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 4 * width), dtype=np.uint8)  # each begins with 0: no filter
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits of red, ..., alpha
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
