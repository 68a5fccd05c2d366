"""Outputs as they are committed: the same after every rebuild, and fit for a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from nbformat.v4 import new_output

from .editions import TIMING
from .pictures import quantise

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MAX_DIGITS = 4
MIN_ALT = 20

# A number with a point or an exponent, not part of a word, a version (0.1.0) or a date.
_NUMBER = re.compile(
    r"(?<![\w.])[-+−]?(?P<whole>\d+(?:,\d{3})*)(?:\.(?P<part>\d*))?(?P<power>[eE][-+]?\d+)?"
    r"(?!\.?\d)"
)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
_PLACE = re.compile(r"(?:/tmp/|/home/|/root/|/Users/|[A-Z]:\\\\?Users)\S*|ipykernel_\d+")


def tidy(notebook: Any) -> None:
    """Drop, in place, what changes from one run to the next: nothing that a reader sees.

    Widget views go (an explorer's picture stays as its still), streams are joined, pictures get a
    palette, counts run 1, 2, 3, ... and cells tagged `timing` lose their outputs.
    """
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        kept = [] if TIMING in cell.metadata.get("tags", ()) else list(_tidied(cell.outputs))
        for output in kept:
            if output.output_type == "execute_result":
                output.execution_count = count
        cell.outputs = kept


def _tidied(outputs: list[Any]) -> Iterator[Any]:
    streams: dict[str, Any] = {}
    for output in outputs:
        if output.output_type == "stream":
            # How a text is cut into messages depends on the clock, so each stream is one output.
            if output.name in streams:
                streams[output.name].text += output.text
            else:
                streams[output.name] = new_output("stream", name=output.name, text=output.text)
                yield streams[output.name]
            continue
        data = {mime: value for mime, value in output.data.items() if mime != WIDGET_VIEW}
        if "image/png" in data:
            data["image/png"] = quantise(data["image/png"])
        if data:
            yield new_output(output.output_type, data=data, metadata=output.metadata)


def output_problems(cell: Any) -> list[str]:
    """What is wrong with the (tidied) outputs of a code cell, in words."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            found.append(f"writes to stderr: {_first_line(output.text)!r}; repair what warns")
        alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        if "image/png" in output.get("data", {}) and len(alt) < MIN_ALT:
            found.append(
                "shows a picture without a text alternative; use show(fig, alt=...) of "
                "course_lib.plots"
            )
        for text in texts(output):
            for address in _ADDRESS.findall(text)[:1]:
                found.append(f"prints a memory address, {address}; it changes with every run")
            for place in _PLACE.findall(text)[:1]:
                found.append(f"prints {place!r}, a place on this machine; leave it out")
            for number in long_numbers(text)[:1]:
                found.append(
                    f"prints {number}; at most {MAX_DIGITS} significant digits, as in "
                    "f'{x:.4g}' or np.set_printoptions(precision=...)"
                )
    return list(dict.fromkeys(found))


def long_numbers(text: str) -> list[str]:
    """The numbers with more than MAX_DIGITS significant digits.

    An integer may be as long as it likes, and so may a float that is one ("250000.", "100.0").
    """
    return [match[0] for match in _NUMBER.finditer(text) if _digits(match) > MAX_DIGITS]


def _digits(number: re.Match[str]) -> int:
    whole, part, power = number["whole"].replace(",", ""), number["part"] or "", number["power"]
    if not power and not part.strip("0"):
        return 0
    return len((whole + part).lstrip("0"))


def texts(output: Any) -> list[str]:
    """What an output says to a reader, as plain text: a stream's text, or each textual form."""
    if output.output_type == "stream":
        return [output.text]
    said = []
    for mime, value in output.get("data", {}).items():
        if mime == "text/html":
            reader = _Words()
            reader.feed(value)
            said.append(" ".join(reader.words))
        elif mime.startswith("text/"):
            said.append(value)
    return said


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")


class _Words(HTMLParser):
    """The words of an HTML fragment: style sheets and scripts are not for readers."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
