"""Tables that other programs wrote: CSV in the dialects of Excel, Canvas, Moodle and GitHub."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 20 << 20


class TableError(Exception):
    """A file that is no table as it must be; the message is one line that names the file."""


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
    try:
        header = tuple(map(str.strip, next(reader, [])))
        for cells in reader:
            if any(map(str.strip, cells)):
                rows.append((reader.line_num, _as_long_as(header, cells)))
    except ValueError:
        raise TableError(
            f"{path}, line {reader.line_num}: has more cells than the header has columns "
            '(text with commas stands in "double quotes")'
        ) from None
    except csv.Error as error:
        raise TableError(
            f"{path}, line {reader.line_num}: not a row of a CSV file ({error}); look at its quotes"
        ) from None
    if not any(header):
        raise TableError(f"{path}: is empty; the first line must name the columns")
    return Table(path, header, tuple(rows))


def _as_long_as(header: Sequence[str], cells: list[str]) -> tuple[str, ...]:
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    if len(cells) > len(header):
        raise ValueError
    return (*cells, *[""] * (len(header) - len(cells)))
