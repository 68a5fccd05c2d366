"""Markdown of a lesson as HTML that stands on its own: formulas are drawn, nothing is fetched."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from html import escape
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

with warnings.catch_warnings():
    # It finds its font by a function that only Python 3.11 and 3.12 call deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import ziamath

ziamath.config.svg2 = False  # no ids in the drawings: there are many of them on one page

_SIZE = 24.0
_EM = _SIZE / 1.12  # beside a sans serif the letters of formulas look small
_OPENING = re.compile(r'<svg [^>]*viewBox="(\S+) (\S+) (\S+) (\S+)"[^>]*>')


@lru_cache(maxsize=4096)
def formula(tex: str, display: bool = False) -> str:
    """A formula as an SVG in units of the text around it, on its line, with its TeX as its name."""
    tex = " ".join(tex.split())  # a line break inside \text would be lost, not a space
    drawn = ziamath.Latex(tex, inline=not display, size=_SIZE).svg()
    found = _OPENING.match(drawn)
    if found is None:
        raise ValueError(f"no drawing came of the formula {tex!r}")
    _, top, width, height = (float(number) for number in found.groups())
    box = " ".join(found.groups())
    style = (
        f"width:{width / _EM:.3f}em;height:{height / _EM:.3f}em;"
        f"vertical-align:{-(top + height) / _EM:.3f}em"
    )
    name = escape(tex, quote=True)
    opening = f'<svg class="tex" role="img" aria-label="{name}" viewBox="{box}" style="{style}">'
    return opening + drawn[found.end() :]


class Renderer(IPythonRenderer):
    """Jupyter's own Markdown, except that formulas are drawn and only the web is linked to."""

    def __init__(self, **options: Any) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, **options)

    def inline_math(self, body: str) -> str:
        return formula(body)

    def block_math(self, body: str) -> str:
        return f'<div class="display">{formula(body, display=True)}</div>'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        # The notebooks do not lie beside the kit.
        return super().link(text, url, title) if url.startswith("http") else text


def to_html(text: str) -> str:
    """Markdown with formulas as HTML."""
    return MarkdownWithMath(renderer=Renderer()).render(text)


def line_to_html(text: str) -> str:
    """The same for a text of one line, without a paragraph around it."""
    return re.sub(r"^<p>(.*)</p>$", r"\1", to_html(text).strip(), flags=re.DOTALL)


def plain(text: str) -> str:
    """A heading without marks of Markdown, for places that hold text only."""
    return re.sub(r"[`*$\\]", "", text)
