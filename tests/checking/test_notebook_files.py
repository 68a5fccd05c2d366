"""Notebooks from disk: what is read, what is refused, and how their functions are found and run."""

import json

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course_lib.checking import Exercise, NotebookError, cases, grade_notebook
from course_lib.checking.notebookfile import parse_notebook, read_notebook
from course_lib.checking.process import PlainProcess
from course_lib.checking.session import Limits, judge_cells


def halve(w):
    return w / 2


def thirds(w):
    return w / 3


def exercise(function):
    return Exercise(
        id=function.__name__,
        title=function.__name__,
        points=1,
        reference=function,
        observe=cases(lambda rng: [(3.0,), (rng.random(),)], ("w",)),
        hints=("a", "b"),
        mistakes=(),
    )


LESSONS = {"00_small": (exercise(halve), exercise(thirds))}
RIGHT = "def halve(w):\n    return w / 2\ndef thirds(w):\n    return w / 3"


def notebook(path, *cells, **course):
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"course": course}
    )
    path.write_text(nbformat.writes(made), "utf-8")
    return path


# name -> (cells, statuses of halve and thirds)
CELLS = {
    "both right": ([RIGHT], "passed|passed"),
    "a scratch cell that raises": (["1 / 0\nx = 1", RIGHT], "passed|passed"),
    "a statement that raises spoils itself only": (["1 / 0\n" + RIGHT], "passed|passed"),
    "a syntax error in another cell": (["def oops(:", RIGHT], "passed|passed"),
    "magics, shell lines and help": (
        ["%matplotlib inline\n!ls\nhalve?", "%%time\n" + RIGHT, "%%bash\nls"],
        "passed|passed",
    ),
    "the course, pictures and widgets": (
        [
            "import matplotlib.pyplot as plt\nfrom course_lib.plots import figure, show\n"
            "from course_lib.exercises import check, ready\nimport ipywidgets as w\n"
            "fig, ax = figure()\nax.plot([1])\nshow(fig, alt='x')\nw.interact(print)",
            RIGHT,
            "check('halve', halve)\nstep = ready('halve', halve)\nstep(3)",
        ],
        "passed|passed",
    ),
    "a helper and a constant in other cells": (
        ["TWO = 2", "def over(a, b):\n    return a / b", "def halve(w):\n    return over(w, TWO)"],
        "passed|not found",
    ),
    "an import after use": (
        ["def halve(w):\n    return float(np.divide(w, 2))", "import numpy as np"],
        "passed|not found",
    ),
    "the last definition wins": (
        ["def halve(w):\n    return w", "def halve(w):\n    return w / 2"],
        "passed|not found",
    ),
    "a placeholder": (
        ["def halve(w):\n    raise NotImplementedError()"],
        "not attempted|not found",
    ),
    "no cell at all": ([], "not found|not found"),
    "the course's own answer": (
        ["from course_lib.exercises import ready\nhalve = ready('halve', None)"],
        "used the course's own answer|not found",
    ),
    "the course's own answer, wrapped": (
        [
            "from course_lib.exercises import ready",
            "def halve(w):\n    return ready('halve', 0)(w)",
        ],
        "used the course's own answer|not found",
    ),
    "an exit at top level": ([RIGHT, "import sys; sys.exit(3)"], "passed|passed"),
    "the process ends at top level": ([RIGHT, "import os; os._exit(0)"], "passed|passed"),
    "the process ends in a function": (
        ["import os\ndef halve(w):\n    os._exit(0)\ndef thirds(w):\n    return w / 3"],
        "crashed|passed",
    ),
    "output of its own": (
        ["import os, sys\nprint('x' * 10**6)\nos.write(1, b'abc')\nos.write(2, b'abc')", RIGHT],
        "passed|passed",
    ),
    "input is empty": (["try:\n    input()\nexcept EOFError:\n    pass", RIGHT], "passed|passed"),
    "a script's guard": (
        ["if __name__ == '__main__':\n    " + RIGHT.replace("\n", "\n    ")],
        "passed|passed",
    ),
}


@pytest.mark.parametrize(("cells", "statuses"), CELLS.values(), ids=CELLS.keys())
def test_cells(tmp_path, cells, statuses):
    path = notebook(tmp_path / "a.ipynb", *cells, lesson="00_small")
    seen = [verdict.status for verdict in grade_notebook(path, LESSONS)]
    assert seen == statuses.split("|")


ENDLESS = "while True:\n    pass"
ENDLESS_HALVE = "def halve(w):\n    while True:\n        pass\ndef thirds(w):\n    return w / 3"


@pytest.mark.parametrize(
    ("cells", "limits", "statuses"),
    [
        pytest.param([RIGHT, ENDLESS], {"cell": 1.5}, "passed|passed", id="definitions are kept"),
        pytest.param([ENDLESS_HALVE], {"call": 0.4}, "timed out|passed", id="the next is tried"),
        pytest.param(
            [ENDLESS_HALVE],
            {"call": 2.5, "submission": 2.0},
            "timed out|timed out",
            id="no time is left",
        ),
    ],
)
def test_endless(cells, limits, statuses):
    verdicts = judge_cells(cells, LESSONS["00_small"], 0, PlainProcess, Limits(**limits))
    assert [v.status for v in verdicts] == statuses.split("|")


def test_the_lesson_is_told_by_the_file_name_if_by_nothing_else(tmp_path):
    assert len(grade_notebook(notebook(tmp_path / "00_small.ipynb", RIGHT), LESSONS)) == 2
    with pytest.raises(NotebookError, match="belongs to no lesson of the course"):
        grade_notebook(notebook(tmp_path / "mine.ipynb", RIGHT), LESSONS)


def test_the_version_is_read(tmp_path):
    assert read_notebook(notebook(tmp_path / "a.ipynb", version="9.9")).version == "9.9"


CONFLICT = '{"cells": [\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> theirs\n]}'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is not JSON"),
        (b"not json", "it is not JSON"),
        (b"{}", "not a notebook's"),
        (b"[]", "not a notebook's"),
        (b'{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "not a notebook's"),
        (b"\xff\xfe\x00", "is not text"),
        (CONFLICT.encode(), "merge-conflict"),
        (b"[" * 100_000, "it is not JSON"),
        (b" " * (21 << 20), "larger than 20 MB"),
    ],
)
def test_a_file_that_is_no_notebook(tmp_path, content, words):
    path = tmp_path / "a.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError, match=words) as raised:
        read_notebook(path)
    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith(str(path))


def test_too_many_cells(tmp_path):
    with pytest.raises(NotebookError, match="501 cells"):
        read_notebook(notebook(tmp_path / "a.ipynb", *["1"] * 501))


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(NotebookError, match="no such file"):
        read_notebook(tmp_path / "none.ipynb")
    with pytest.raises(NotebookError, match="is a folder"):
        read_notebook(tmp_path)


def test_an_old_format_is_read(tmp_path):
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {"cells": [{"cell_type": "code", "input": RIGHT, "language": "python", "outputs": []}]}
        ],
    }
    path = tmp_path / "00_small.ipynb"
    path.write_text(json.dumps(old))
    assert [v.status for v in grade_notebook(path, LESSONS)] == ["passed", "passed"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
CELL = st.fixed_dictionaries(
    {}, optional={"cell_type": st.sampled_from(["code", "markdown", 3]), "source": JSON}
)
NEARLY = st.fixed_dictionaries(
    {"cells": st.lists(CELL | JSON, max_size=3)},
    optional={
        "nbformat": st.sampled_from([1, 2, 3, 4, 5, "4", None, 1e300]),
        "nbformat_minor": st.integers(-1, 9),
        "metadata": JSON,
        "worksheets": JSON,
    },
)


@settings(deadline=None)
@given(
    st.binary(max_size=300)
    | JSON.map(lambda value: json.dumps(value).encode())
    | NEARLY.map(lambda value: json.dumps(value).encode())
)
@example(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\\ud800"}]}')
@example(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", 3]}]}')
@example(b'{"nbformat": 3, "worksheets": 3}')
@example(b'{"nbformat": NaN, "cells": []}')
@example(b"1" * 5000)
@example(b'{"a":' * 2000)
def test_any_bytes_are_a_notebook_or_refused(data):
    try:
        notebook = parse_notebook(data)
    except NotebookError as error:
        complaint = str(error)
    else:
        complaint = ""
        for cell in notebook.cells:
            cell.encode("utf-8")  # half of a surrogate pair could not be sent to a worker
    assert "\n" not in complaint
