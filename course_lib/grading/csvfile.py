"""Tables that other programs wrote: CSV in the dialects of Excel, Canvas, Moodle and GitHub."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course_lib.grading.text import listed

MAX_BYTES = 20 << 20


class TableError(Exception):
    """A file that is no table as it must be: a line that names it, or one for each bad row."""


@dataclass(frozen=True)
class Table:
    """The header, and the rows below it, each with the line that it ends in; empty ones left out.

    Every row is as long as the header: what is missing is empty.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(path: Path) -> Table:
    """The table in a CSV file: UTF-8, columns parted by commas, semicolons or tabs.

    Raises TableError for a file that is not there, is too large, or is no such table.
    """
    try:
        if not path.is_file():  # a pipe would never end
            raise TableError(f"there is no file '{path}'; give a CSV file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise TableError(f"{path}: {error.strerror or error}") from None
    if len(raw) > MAX_BYTES:
        raise TableError(f"{path}: is larger than {MAX_BYTES >> 20} MB, the most that is read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise TableError(f"{path}, line {line}: is not UTF-8; save it as 'CSV UTF-8'") from None
    first = text.split("\n", 1)[0].rstrip("\r")
    delimiter = max(",;\t", key=lambda d: len(next(csv.reader([first], delimiter=d), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    wrong: list[str] = []
    try:
        header = tuple(map(str.strip, next(reader, [])))
        for cells in reader:
            if not any(map(str.strip, cells)):
                continue
            row = _as_long_as(header, cells)
            if len(row) > len(header):
                wrong.append(
                    f"{path}, line {reader.line_num}: has more cells than the header has columns "
                    '(text with commas stands in "double quotes")'
                )
            rows.append((reader.line_num, row))
    except csv.Error as error:  # what follows cannot be told into rows
        wrong.append(
            f"{path}, line {reader.line_num}: not a row of a CSV file ({error}); look at its quotes"
        )
    if wrong:
        raise TableError(listed(wrong))
    if not any(header):
        raise TableError(f"{path}: is empty; the first line must name the columns")
    return Table(path, header, tuple(rows))


def _as_long_as(header: Sequence[str], cells: list[str]) -> tuple[str, ...]:
    """The cells, with empty ones put on or taken off at the end; longer if others are too many."""
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    return (*cells, *[""] * (len(header) - len(cells)))
