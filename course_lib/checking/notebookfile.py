"""Read a student's notebook file: its code cells, its lesson, its version. Nothing is run here."""

from __future__ import annotations

import json
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_BYTES = 20 << 20
MAX_CELLS = 400


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

    A notebook of format 4 is read as the JSON that it is: nbformat takes ten times as long, and
    refuses a notebook for a fault in its metadata or its outputs. Older formats go through it.
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
        _refuse_many(_count(notebook), max_cells)
        if notebook["nbformat"] != 4:
            notebook = _converted(notebook)
        sources = [_source(c) for c in notebook["cells"] if c["cell_type"] == "code"]
        course = notebook.get("metadata", {}).get("course")
    except NotebookError:
        raise
    except Exception:  # whatever a wrong type, a missing key or nbformat raises
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


def _count(notebook: dict) -> int:
    """The number of cells, before anything is done with them."""
    sheets = notebook.get("worksheets", [notebook])  # the format before 4 had several
    return sum(len(sheet["cells"]) for sheet in sheets)


def _refuse_many(count: int, most: int) -> None:
    if count > most:
        raise NotebookError(f"{count:,} cells; a notebook of at most {most} is read.")


def _converted(notebook: dict) -> dict:
    import nbformat  # slow to import, and needed only here

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about ids, which do not matter here
        return nbformat.convert(nbformat.from_dict(notebook), 4)


def _source(cell: dict) -> str:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return text.encode("utf-8", "replace").decode("utf-8")  # half of a surrogate pair is no text


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
