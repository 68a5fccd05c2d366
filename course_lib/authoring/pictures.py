"""Pictures small enough for git, and the question whether two of them look the same."""

from __future__ import annotations

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
from PIL import Image

COLOURS = 256
# Another processor rounds the last bit of a float otherwise, which moves an edge's grey by a few
# of 255 levels; a line that moved by a fifth of a pixel, or a changed digit, moves it by far more.
SAME_WITHIN = 24


def quantise(png: str) -> str:
    """A PNG (base64) with a palette of at most 256 colours, without metadata.

    One that has a palette already is left as it is. The same pixels give the same bytes.
    """
    image = Image.open(BytesIO(b64decode(png)))
    if image.mode == "P":
        return png.replace("\n", "")
    solid = Image.new("RGBA", image.size, "white")
    solid.alpha_composite(image.convert("RGBA"))
    palette = solid.convert("RGB").quantize(
        COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    out = BytesIO()
    palette.save(out, format="png", optimize=True)
    return b64encode(out.getvalue()).decode("ascii")


def look_alike(png: str, other: str) -> bool:
    """True if two PNGs (base64) have one size and no pixel differs visibly."""
    if png == other:
        return True
    ours, theirs = (_pixels(each) for each in (png, other))
    return ours.shape == theirs.shape and int(np.abs(ours - theirs).max()) <= SAME_WITHIN


def _pixels(png: str) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(b64decode(png))).convert("RGB"), dtype=np.int16)
