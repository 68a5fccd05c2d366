"""Run a notebook in a kernel whose surroundings are the same on every machine and day."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib.font_manager  # noqa: F401  builds its cache here, not with a notice in a cell
from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from .source import AuthoringError, Cell, Lesson

SECONDS_PER_CELL = 60

_SET = {
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TQDM_DISABLE": "1",
    "COLUMNS": "80",
}
# Would change what is printed, or whether a warning is.
_UNSET = ("FORCE_COLOR", "NO_COLOR", "PYTHONWARNINGS", "PYTHONSTARTUP", "NBGRADER_EXECUTION")


def environment(home: Path) -> dict[str, str]:
    """The environment variables of a kernel that builds or checks a notebook.

    `home` is an empty folder: the reader's progress (COURSE_HOME) and their IPython start-up
    files (IPYTHONDIR) must not be seen. matplotlib's settings and its list of fonts are this
    environment's own (MPLCONFIGDIR): one that another program left half-made would be read as well.
    """
    matplotlib = {"MPLCONFIGDIR": str(Path(sys.prefix) / "var" / "matplotlib")}
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    return {
        **kept,
        **_SET,
        **matplotlib,
        "COURSE_HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
    }


class _ThisInterpreter(AsyncKernelManager):
    """Starts the interpreter that builds, whatever kernels a user has registered."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


def execute(notebook: Any, lesson: Lesson, folder: Path) -> None:
    """Run all cells, in place, with `folder` as the working directory.

    Raises AuthoringError, which names the line in the source, if a cell raises, takes longer than
    SECONDS_PER_CELL, or loses the kernel.
    """
    started: list[int] = []
    client = NotebookClient(
        notebook,
        kernel_manager_class=_ThisInterpreter,
        resources={"metadata": {"path": str(folder)}},
        timeout=SECONDS_PER_CELL,
        # The kernel's own notices (it speaks over TCP on this machine) are no output of a lesson.
        extra_arguments=["--log-level=ERROR"],
        record_timing=False,
        store_widget_state=False,
        on_cell_start=lambda cell, cell_index: started.append(cell_index),
    )
    with TemporaryDirectory(prefix="course-build-", ignore_cleanup_errors=True) as home:
        try:
            client.execute(env=environment(Path(home)))
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            where = started[-1] if started else 0
            raise AuthoringError(
                _explain(error, notebook.cells[where], lesson.cells[where], notebook, lesson)
            ) from None


def _explain(error: Exception, cell: Any, source: Cell, notebook: Any, lesson: Lesson) -> str:
    """Where in the source, which cell, which edition, and what was raised."""
    line = source.line
    if isinstance(error, CellTimeoutError):
        what = f"takes longer than {SECONDS_PER_CELL} s"
    elif isinstance(error, DeadKernelError):
        what = "ended the kernel (out of memory, or a crash in compiled code?)"
    else:
        raised = next(output for output in cell.outputs if output.output_type == "error")
        what = f"raises {raised.ename}: {raised.evalue}"
        at = re.search(r"line (\d+)", "\n".join(raised.traceback))
        if at and cell.source == source.text and int(at[1]) <= source.text.count("\n") + 1:
            line += int(at[1]) - 1
    edition = notebook.metadata["course"]["edition"]
    return f"{lesson.path}:{line}: cell {cell.id!r} of the {edition} edition {what}"
