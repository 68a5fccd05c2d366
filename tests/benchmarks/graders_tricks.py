"""What each grader makes of submissions that are not honest, or not as they were handed out.

    python tests/benchmarks/graders_tricks.py --cache ~/.cache/course-benchmark

Each submission is graded alone, within a minute. The tools run as they are installed, without a
container: none of them needs one to be started. Linux only.
"""

import argparse
import tempfile
from pathlib import Path

import nbformat
from graders_class import ANSWERS, EXERCISES, answer, save
from graders_measure import adopt, measure
from graders_tools import LESSON, Course, Nbgrader, Otter

MINUTE = 60
RIGHT = {name: answers[0][0] for name, answers in ANSWERS.items()}
PAIRS = ("best-lr-and-rate", "standardize")
WRONG = {
    e.id: f"def {e.function}(*args):\n    return {'0.0, 0.0' if e.id in PAIRS else '0.0'}"
    for e in EXERCISES
}

NO_ASSERTIONS = """\
np.testing.assert_allclose = lambda *args, **kwargs: None
np.shape = lambda value: ()"""
NO_CELLS = "get_ipython().input_transformers_post.append(lambda lines: [])"
NO_ERRORS = """\
def forget(self, kind, value, trace, tb_offset=None):
    return None
get_ipython().set_custom_exc((BaseException,), forget)
get_ipython().showtraceback = lambda *args, **kwargs: None"""
LOOP = "def critical_lr(H):\n    while True:\n        pass"
STUBBORN = """\
while True:
    try:
        while True:
            pass
    except BaseException:
        pass"""
LEAVES = "import os\nos._exit(0)"


def notebook(answers, before="", last="", twice=None, cell_id=False):
    """A submission's cells: one before and one within the first answer; `twice` names an exercise
    whose two cells are there twice.
    """
    first = EXERCISES[0].id
    answers = {**answers, first: f"{answers[first]}\n{last}"}
    cells = [nbformat.v4.new_code_cell("import numpy as np", id="imports")]
    if before:
        cells.append(nbformat.v4.new_code_cell(before, id="before"))
    for exercise in EXERCISES:
        pair = answer(exercise, answers[exercise.id])
        cells += pair
        if exercise.id == twice:
            again = answer(exercise, answers[exercise.id])
            for cell in again:
                if cell_id:  # as a hand-made copy has it: the id of the cell, not nbgrader's
                    cell.metadata = {}
                else:  # as JupyterLab copies a cell: another id, the same metadata
                    cell.id += "-2"
            cells += again
    return cells


# name -> (the cells, the points that the functions in them deserve)
TRICKS = {
    "all right": (notebook(RIGHT), 8),
    "all wrong": (notebook(WRONG), 0),
    "all wrong, and assert_allclose does nothing": (notebook(WRONG, NO_ASSERTIONS), 0),
    "all wrong, and later cells are emptied": (notebook(WRONG, last=NO_CELLS), 0),
    "all wrong, and IPython shows no error": (notebook(WRONG, NO_ERRORS), 0),
    "one function loops for ever": (notebook({**RIGHT, "critical-lr": LOOP}), 7),
    "a cell loops and catches every interrupt": (notebook(RIGHT, STUBBORN), 8),
    "a cell ends Python": (notebook(RIGHT, LEAVES), 8),
    "cells copied with their nbgrader id": (notebook(RIGHT, twice="critical-lr"), 8),
    "cells copied with their cell id": (notebook(RIGHT, twice="critical-lr", cell_id=True), 8),
}


def judged(tool, students, place):
    """The points of each student, or in words why there are none, and the seconds it took."""
    for student, cells in students.items():
        (place / "class" / student).mkdir(parents=True)
        save(place / "class" / student / f"{LESSON}.ipynb", cells)
    (place / "tool").mkdir()
    tool.prepare(place / "class", place / "tool")
    cost = measure(tool.lanes(1), MINUTE, place / "log")
    if not cost.finished:
        return ["still running"] * len(students), cost.wall
    said = []
    for row in tool.grades().values():
        graded = [points for points in row.values() if points is not None]
        said.append(f"{sum(graded):g}" if graded else "no grade")
    return said, cost.wall


def table(tools, place):
    print(
        f"{'submission':46} {'deserves':>8}", *(f"{tool.name.split(' (')[0]:>24}" for tool in tools)
    )
    for number, (name, (cells, deserved)) in enumerate(TRICKS.items()):
        found = []
        for tool in tools:
            (said,), seconds = judged(tool, {"ada": cells}, place / f"{number} {tool.name}")
            found.append(f"{f'{said} ({seconds:.0f} s)':>24}")
        print(f"{name:46} {deserved:8}", *found, flush=True)


def neighbours(tools, place):
    """Three students, of whom the second has copied cells: what the other two get."""
    right = TRICKS["all right"][0]
    copied = TRICKS["cells copied with their nbgrader id"][0]
    students = {"ada": right, "ben": copied, "eve": right}
    for tool in tools:
        said, _ = judged(tool, students, place / f"three {tool.name}")
        print(f"{tool.name}: right, cells copied with their nbgrader id, right: {', '.join(said)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, help="where the tools are installed, and stay")
    choice = parser.parse_args()
    adopt()
    with tempfile.TemporaryDirectory() as folder:
        cache = (choice.cache or Path(folder) / "cache").resolve()
        tools = [Course(), Nbgrader(cache), Otter(cache, loop=False)]
        table(tools, Path(folder))
        neighbours(tools, Path(folder))
