"""Read a student's notebook file: its code cells, its lesson, its version. Nothing is run here."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_BYTES = 20 << 20
MAX_CELLS = 400
MAX_NAME = 80  # characters of a lesson's name, or of a version


class NotebookError(Exception):
    """A notebook that cannot be read; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class NotebookFile:
    lesson: str | None
    version: str | None
    cells: tuple[str, ...]


def read_notebook(
    path: Path, max_bytes: int = MAX_BYTES, max_cells: int = MAX_CELLS
) -> NotebookFile:
    """The code cells of a notebook, as they stand.

    Raises NotebookError for anything that is not a notebook of moderate size.
    """
    try:
        return parse_notebook(read_bytes(path, max_bytes), max_cells)
    except NotebookError as error:
        raise NotebookError(f"{path}: {error}") from None


def read_bytes(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file of at most max_bytes; NotebookError for anything else."""
    try:
        if path.is_dir():
            raise NotebookError("is a folder. Name a notebook (.ipynb).")
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would never end
            raise NotebookError("is no regular file. Name a notebook (.ipynb).")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise NotebookError("there is no such file. Name a notebook (.ipynb).") from None
    except OSError as error:
        raise NotebookError(f"cannot be read ({error.strerror}).") from None
    if len(data) > max_bytes:
        raise NotebookError(
            f"is larger than {max_bytes / (1 << 20):.3g} MB, the most that is read. "
            "Clear its outputs and save it."
        )
    return data


def parse_notebook(data: bytes, max_cells: int = MAX_CELLS) -> NotebookFile:
    """The notebook in these bytes; NotebookError for anything else.

    It is read as the JSON that it is: nbformat takes ten times as long, refuses a notebook for a
    fault in its metadata or its outputs, and converts an old one of 20 MB for minutes.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotebookError("is not text. Name a notebook (.ipynb).") from None
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        if "<<<<<<<" in text and ">>>>>>>" in text:
            raise NotebookError("holds git's merge-conflict marks. Resolve them first.") from None
        raise NotebookError(
            "cannot be read as a notebook: it is not JSON. Save it again from JupyterLab."
        ) from None
    try:
        cells = _cells(notebook)
        if len(cells) > max_cells:
            raise NotebookError(f"{len(cells):,} cells; a notebook of at most {max_cells} is read.")
        sources = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
        course = notebook.get("metadata", {}).get("course")
    except NotebookError:
        raise
    except Exception:  # whatever a wrong type or a missing key raises
        raise NotebookError(
            "cannot be read as a notebook: its JSON is not a notebook's. "
            "Save it again from JupyterLab."
        ) from None
    course = course if isinstance(course, dict) else {}
    return NotebookFile(
        lesson=_text(course.get("lesson")),
        version=_text(course.get("version")),
        cells=tuple(sources),
    )


def _cells(notebook: dict) -> list[dict]:
    """The cells of format 4, or of 2 and 3 (IPython before 2015), which had them on worksheets."""
    if notebook["nbformat"] == 4:
        return notebook["cells"]
    if notebook["nbformat"] not in (2, 3):
        raise ValueError
    return [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]


def _source(cell: dict) -> str:
    source = cell["source"] if "source" in cell else cell["input"]  # `input` before format 4
    text = source if isinstance(source, str) else "".join(source)
    return text.encode("utf-8", "replace").decode("utf-8")  # half of a surrogate pair is no text


def _text(value: Any) -> str | None:
    return value[:MAX_NAME] if isinstance(value, str) else None
