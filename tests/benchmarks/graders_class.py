"""The class that all graders grade: the same files, with the same tests, for the same functions.

The students are those of tests/grading/classes.py. Each of their notebooks gets, after each answer,
an nbgrader cell of assertions: the arguments and results that the course's own judge uses for its
seed, written out. Otter gets the same assertions as its test files. The course's grader finds
these cells in the notebooks, too, and takes them for the student's.
"""

import json
import sys
from pathlib import Path
from textwrap import indent

import nbformat
import numpy as np

from course_lib.checking.judge import known_behaviour
from course_lib.exercises import LESSONS

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
from classes import ANSWERS, LESSON, write_class

SEED = 7
EXERCISES = LESSONS[LESSON]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

# What every test does: nearly equal numbers of the same shape, and arguments left as they were.
HELP = """\
import copy
import numpy as np
inf = np.inf
def same(got, wanted):
    if isinstance(wanted, list):
        assert isinstance(got, (tuple, list)) and len(got) == len(wanted)
        for one, other in zip(got, wanted):
            same(one, other)
    else:
        assert np.shape(got) == np.shape(wanted)
        np.testing.assert_allclose(got, wanted, rtol={rtol}, atol=1e-12)
"""
PLAIN = """\
for given, wanted in [
{cases}]:
    kept = copy.deepcopy(given)
    same({function}(*given), wanted)
    same(given, kept)
"""
WITH_GRADIENT = """\
for grad, w0, lr, n, path, points in [
{cases}]:
    asked, kept = [], w0.copy()
    def watched(w):
        asked.append(np.array(w, dtype=float))
        return grad(w)
    same({function}(watched, w0, lr, n), path)
    same(np.array(asked), points)
    same(w0, kept)
"""


def literal(value):
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def assertions(exercise):
    """The test of an exercise, for a kernel that has NumPy and not the course."""
    template, lines = PLAIN, []
    for case in known_behaviour(exercise, exercise.reference, SEED).cases:
        given, seen = dict(case.given), list(case.seen.values())
        if "grad(w)" in given:
            template = WITH_GRADIENT
            gradient = f"lambda w: np.array({given.pop('grad(w)')})"
            row = ", ".join([gradient, *map(literal, [*given.values(), *seen])])
        else:
            row = f"{literal(list(given.values()))}, {literal(seen[0])}"
        lines.append(f"    ({row}),\n")
    return HELP.format(rtol=exercise.rtol) + template.format(
        cases="".join(lines), function=exercise.function
    )


def otter_test(exercise):
    """The same test as a file for otter, which hands the function in by its name."""
    return (
        "from otter.test_files import test_case\n"
        f"OK_FORMAT = False\nname = '{exercise.id}'\npoints = {exercise.points}\n"
        f"@test_case()\ndef test({exercise.function}):\n{indent(assertions(exercise), '    ')}"
    )


def _cell(source, name, **kind):
    fields = {"grade": False, "solution": False, "locked": False, "task": False, **kind}
    nbgrader = {"grade_id": name, "schema_version": 3, **fields}
    return nbformat.v4.new_code_cell(source, id=name, metadata={"nbgrader": nbgrader})


def answer(exercise, source):
    """A student's cell and the locked one with its test."""
    test = _cell(
        assertions(exercise), f"{exercise.id}-test", grade=True, locked=True, points=exercise.points
    )
    return [_cell(source, exercise.id, solution=True), test]


def save(path, cells):
    metadata = {"kernelspec": KERNEL, "course": {"lesson": LESSON}}
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not nbformat.write: it repairs what a student may well hand in, such as two cells of one id.
    path.write_text(json.dumps(nbformat.v4.new_notebook(cells=cells, metadata=metadata)), "utf-8")


def save_source(path):
    """The teacher's notebook, from which nbgrader makes the assignment."""
    cells = [nbformat.v4.new_code_cell("import numpy as np", id="imports")]
    for exercise in EXERCISES:
        source = f"### BEGIN SOLUTION\n{exercise.function} = None\n### END SOLUTION"
        cells += answer(exercise, source)
    save(path, cells)


def save_whole_class(folder, size):
    """A class of the same answers, each in the whole lesson as students get it."""
    wanted = write_class(folder, size)
    lesson = json.loads((Path(__file__).parents[2] / "notebooks" / f"{LESSON}.ipynb").read_text())
    names = [exercise.id for exercise in EXERCISES]
    of = {source: name for name, answers in ANSWERS.items() for source, _ in answers}
    for student in wanted:
        path = folder / student / f"{LESSON}.ipynb"
        found = {of.get(cell.source): cell.source for cell in nbformat.read(path, 4).cells}
        for cell in lesson["cells"]:
            if cell["id"] in names:
                cell["source"] = found[cell["id"]]
        path.write_text(json.dumps(lesson), "utf-8")
    return _right(wanted)


def _right(wanted):
    return {
        student: {name: status == "passed" for name, status in row.items()}
        for student, row in wanted.items()
    }


def save_class(folder, size):
    """Write the class, a folder a student; returns student -> exercise -> whether it is right."""
    wanted = write_class(folder, size)
    of = {source: name for name, answers in ANSWERS.items() for source, _ in answers}
    exercises = {exercise.id: exercise for exercise in EXERCISES}
    for student in wanted:
        path = folder / student / f"{LESSON}.ipynb"
        cells = []
        for cell in nbformat.read(path, as_version=4).cells:
            known = of.get(cell.source)
            cells += answer(exercises[known], cell.source) if known else [cell]
        save(path, cells)
    return _right(wanted)
