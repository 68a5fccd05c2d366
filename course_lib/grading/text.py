"""Text that a student controls, made fit for files, pages and the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# Control characters, line separators, and the marks that turn the direction of all text after
# them. Joiners stay: emoji and Persian names are made with them.
COMMANDS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)

# A spreadsheet computes a cell that begins like this, also after white space and invisible
# characters, and in the wide letters of East Asia; where columns are parted by semicolons, also
# what follows one.
_FORMULA = re.compile(
    r"(?:^|(?<=;))(?=[\s\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]*[=+\-@＝＋－＠])"
)


def readable(text: str, longest: int | None = None) -> str:
    """The text without characters that command a program; spaces, tabs and newlines stay.

    A file name that is not UTF-8 reaches Python with lone surrogates, which no file can hold:
    they become their escapes (\\udcff), so that two such names stay apart. Text beyond `longest`
    characters is cut off, with a mark.
    """
    if longest is not None and len(text) > longest:
        text = text[:longest] + " […]"
    text = text.replace("\r\n", "\n").encode("utf-8", "backslashreplace").decode("utf-8")
    return COMMANDS.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str, longest: int | None = 1000) -> str:
    """The text as one readable line, for a cell of a table or a line of the terminal."""
    return readable(" ".join(text.split()), longest)


def cell(text: str, longest: int | None = 1000) -> str:
    """One line that no spreadsheet takes for a formula: an apostrophe stands before one."""
    return _FORMULA.sub("'", one_line(text, longest))


def listed(lines: Sequence[str], most: int = 10) -> str:
    """The lines, one below the other: at most ten, then how many more there are."""
    more = len(lines) - most
    return "\n".join([*lines[:most], *([f"and {more} more"] if more > 0 else [])])


def number(points: float) -> str:
    """2 for 2.0, 1.5 for 1.5."""
    return f"{points:g}"


def lesson_meant(given: str, stems: Iterable[str]) -> str | None:
    """The stem that 02_gradient_descent, 02 or 2 means; None if it means none."""
    number = given.zfill(2) if given.isdigit() else ""
    return next((stem for stem in stems if stem == given or stem[:2] == number), None)


def lesson_name(stem: str) -> str:
    """The stem of a lesson as a reader says it: "Lesson 05: momentum"."""
    digits, _, topic = stem.partition("_")
    return f"Lesson {digits}: {topic.replace('_', ' ')}" if digits.isdigit() and topic else stem
