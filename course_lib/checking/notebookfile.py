"""Read a student's notebook file: its code cells, its lesson, its version. Nothing is run here."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_BYTES = 20 << 20
MAX_CELLS = 400

# Cell magics whose body is Python; the body of any other (%%bash, %%html) is not.
PYTHON_CELL_MAGIC = re.compile(r"\A\s*%%(time|timeit|capture|prun)\b.*")


class NotebookError(Exception):
    """A notebook that cannot be read; the message is one line that says why and what to do."""


@dataclass(frozen=True)
class NotebookFile:
    lesson: str | None
    version: str | None
    cells: tuple[str, ...]


def read_notebook(path: Path) -> NotebookFile:
    """The code cells of a notebook, magics turned into Python.

    Raises NotebookError for anything that is not a notebook of moderate size.
    """
    import nbformat  # slow to import, and needed only here

    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            limit = MAX_BYTES >> 20
            raise NotebookError(
                f"{path}: {size / (1 << 20):.0f} MB; a notebook of at most {limit} MB is read. "
                "Clear its outputs and save it."
            )
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise NotebookError(f"{path}: there is no such file. Name a notebook (.ipynb).") from None
    except IsADirectoryError:
        raise NotebookError(f"{path}: is a folder. Name a notebook (.ipynb).") from None
    except UnicodeDecodeError:
        raise NotebookError(f"{path}: is not text. Name a notebook (.ipynb).") from None
    except OSError as error:
        raise NotebookError(f"{path}: cannot be read ({error.strerror}).") from None
    if "<<<<<<<" in text and ">>>>>>>" in text and not _is_json(text):
        raise NotebookError(f"{path}: holds git's merge-conflict marks. Resolve them first.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about ids and old formats, which do not matter here
            notebook = nbformat.reads(text, as_version=4)
        cells = [str(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
        metadata = dict(notebook["metadata"])
    except Exception:  # nbformat raises whatever its reader or its schema meets
        what = "its JSON is not a notebook's" if _is_json(text) else "it is not JSON"
        raise NotebookError(
            f"{path}: cannot be read as a notebook: {what}. Save it again from JupyterLab."
        ) from None
    if len(cells) > MAX_CELLS:
        raise NotebookError(
            f"{path}: {len(cells):,} code cells; a notebook of at most {MAX_CELLS} is read."
        )
    course = metadata.get("course")
    course = course if isinstance(course, dict) else {}
    return NotebookFile(
        lesson=_text(course.get("lesson")),
        version=_text(course.get("version")),
        cells=tuple(map(plain_python, cells)),
    )


def plain_python(source: str) -> str:
    """A cell's source with IPython's magics and shell lines turned into calls."""
    from IPython.core.inputtransformer2 import TransformerManager

    source = PYTHON_CELL_MAGIC.sub("", source)
    try:
        return TransformerManager().transform_cell(source)
    except Exception:  # a cell that cannot even be tokenised is a syntax error later
        return source


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
