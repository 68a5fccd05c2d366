"""Rules on prose: one idea a cell, links that lead somewhere, pictures with words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .editions import EDITIONS
from .markdown import Target
from .rules import Context, Finding
from .source import AuthoringError, Lesson, read, sources

MAX_CHARACTERS = 1200
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX)\b")


def short_text(context: Context) -> Iterator[Finding]:
    for cell, _ in context.text:
        if len(cell.text) > MAX_CHARACTERS:
            says = f"{len(cell.text)} characters in a cell; at most {MAX_CHARACTERS}"
            yield Finding(cell.line, f"{says}: one idea a cell, so split it")


def images_have_words(context: Context) -> Iterator[Finding]:
    for cell, text in context.text:
        for image in text.images:
            if not image.words.strip():
                line = cell.line + image.line
                yield Finding(line, f"image {image.url!r} has no alternative text; ![words](...)")
            yield from _unresolved(image, cell.line, context)


def links_resolve(context: Context) -> Iterator[Finding]:
    for cell, text in context.text:
        for link in text.links:
            if not link.words.strip():
                yield Finding(cell.line + link.line, f"link to {link.url!r} has no words")
            yield from _unresolved(link, cell.line, context)


def dollars_balance(context: Context) -> Iterator[Finding]:
    for cell, text in context.text:
        for line in text.stray_dollars:
            says = "a dollar sign without its partner; close the formula, or write \\$"
            yield Finding(cell.line + line, says)


def clean_lines(context: Context) -> Iterator[Finding]:
    for number, line in enumerate(context.lesson.text.split("\n"), 1):
        if line != line.rstrip():
            yield Finding(number, "white space at the end of the line; remove it")
        left = LEFT_OVER.search(line)
        if left:
            yield Finding(number, f"{left[0]!r} is left over; do it, or remove it")


def _unresolved(target: Target, cell_line: int, context: Context) -> Iterator[Finding]:
    line = cell_line + target.line
    url = urlsplit(target.url)
    if url.scheme or url.netloc:
        # Not fetched: a course is built and tested without a network.
        if url.scheme not in ("http", "https") or "." not in url.netloc:
            yield Finding(line, f"{target.url!r}: not a web address; use https://host/...")
        return
    lesson: Lesson | None = context.lesson
    if url.path:
        lesson = None
        # A notebook is read in notebooks/, solutions/ and work/, which stand side by side.
        # Without asking the disk: notebooks/ may not be there yet.
        path = Path(os.path.normpath(context.root / EDITIONS["student"] / unquote(url.path)))
        if path.suffix == ".ipynb":
            built = path.parent in {context.root / folder for folder in EDITIONS.values()}
            if not built or path.stem not in sources(context.root):
                known = ", ".join(sources(context.root)) or "none"
                yield Finding(line, f"{target.url!r}: no such lesson; there are {known}")
                return
            lesson = _lesson(context.root / "solutions" / f"{path.stem}.py")
        elif not path.exists():
            yield Finding(line, f"{target.url!r}: no such file, seen from notebooks/")
            return
    if url.fragment and lesson is not None:
        anchors = [
            words.replace(" ", "-") for level in (1, 2, 3) for words in _titles(lesson, level)
        ]
        if unquote(url.fragment) not in anchors:
            says = "no such heading (its words, with - for blanks); there are"
            yield Finding(line, f"'#{unquote(url.fragment)}': {says} {', '.join(anchors)}")


def _lesson(path: Path) -> Lesson | None:
    """Another lesson, for its headings; None if it is itself in disorder (its own lint says so)."""
    try:
        return read(path)
    except AuthoringError:
        return None


def _titles(lesson: Lesson, level: int) -> list[str]:
    return [words for _, words in Context(lesson, (), Path()).headings(level)]
