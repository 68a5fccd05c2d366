"""Which student handed in which file, whatever lies in the folder."""

import os
import sys

import pytest

from course_lib.exercises import LESSONS
from course_lib.grading.collect import CollectError, collect, lesson_of, student_of


def lay(folder, *files):
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")


LAYOUTS = {
    "a folder each": (["ada/a.ipynb", "bo/b.ipynb"], {"ada": "ada/a.ipynb", "bo": "bo/b.ipynb"}),
    "deeper": (["ada/week 1/x/a.ipynb"], {"ada": "ada/week 1/x/a.ipynb"}),
    "all in one": (["ada_10_adam.ipynb"], {"ada": "ada_10_adam.ipynb"}),
    "lesson first": (["10_adam-bo.ipynb"], {"bo": "10_adam-bo.ipynb"}),
    "no student in the name": (["10_adam.ipynb"], {"10_adam": "10_adam.ipynb"}),
    "capital letters": (["ada/a.IPYNB"], {"ada": "ada/a.IPYNB"}),
    "litter": (
        ["ada/a.ipynb", "ada/.ipynb_checkpoints/a.ipynb", "__MACOSX/._a.ipynb", "ada/._a.ipynb"],
        {"ada": "ada/a.ipynb"},
    ),
    "no notebook": (["ada/report.pdf"], {"ada": "ada"}),
    "twice, says the browser": (["ada_10_adam (1).ipynb"], {"ada": "ada_10_adam (1).ipynb"}),
    "twice, says Jupyter": (["ada_10_adam-Copy1.ipynb"], {"ada": "ada_10_adam-Copy1.ipynb"}),
    "two of one lesson alone": (["10_adam (1).ipynb"], {"10_adam (1)": "10_adam (1).ipynb"}),
    "a page": (["ada_10_adam.html"], {"ada": "ada_10_adam.html"}),
    "a notebook that Windows calls a text": (
        ["ada_10_adam.ipynb.txt"],
        {"ada": "ada_10_adam.ipynb.txt"},
    ),
    "a file beside": (["ada/a.ipynb", "readme.txt"], {"ada": "ada/a.ipynb"}),
}


@pytest.mark.parametrize(("files", "found"), LAYOUTS.values(), ids=LAYOUTS)
def test_layouts(tmp_path, files, found):
    lay(tmp_path, *files)
    assert {one.student: one.file for one in collect(tmp_path, LESSONS)} == found


def test_what_cannot_be_a_notebook_is_said(tmp_path):
    lay(tmp_path, "ada/report.pdf", "bo/real.ipynb")
    (tmp_path / "empty").mkdir()
    try:
        (tmp_path / "bo/link.ipynb").symlink_to(tmp_path / "bo/real.ipynb")
        (tmp_path / "outside").symlink_to(tmp_path.parent)
    except OSError:
        pytest.skip("this system makes no links")
    problems = {one.file: one.problem for one in collect(tmp_path, LESSONS)}
    assert problems.keys() == {"ada", "bo/real.ipynb", "bo/link.ipynb", "empty"}
    assert "holds no notebook (.ipynb), only report.pdf" in problems["ada"]
    assert "is a link" in problems["bo/link.ipynb"]
    assert problems["empty"] == "is missing: the folder is empty."
    assert problems["bo/real.ipynb"] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_never_opened(tmp_path):
    (tmp_path / "ada").mkdir()
    os.mkfifo(tmp_path / "ada/a.ipynb")
    (one,) = collect(tmp_path, LESSONS)
    assert "no regular file" in one.problem


def test_very_deep_folders_end(tmp_path):
    deep = tmp_path / "ada" / "/".join(["d"] * 500)
    deep.mkdir(parents=True)
    (one,) = collect(tmp_path, LESSONS)
    assert one.problem == "is missing: the folder is empty."


@pytest.mark.parametrize("name", ["none", "file"])
def test_nothing_to_collect(tmp_path, name):
    (tmp_path / "file").write_text("")
    with pytest.raises(CollectError, match="there is no folder"):
        collect(tmp_path / name, LESSONS)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "in '{}'; it should"),
        (["hw2.zip"], "in '{}', only hw2.zip (unpack it); it should"),
        (["a.txt", "b.txt", "c.txt", "d.txt"], "in '{}', only a.txt, b.txt, c.txt and 1 more; it"),
    ],
)
def test_what_is_there_in_place_of_submissions_is_named(tmp_path, files, said):
    lay(tmp_path, *files)
    with pytest.raises(CollectError) as error:
        collect(tmp_path, LESSONS)
    assert said.format(tmp_path) in str(error.value)


@pytest.mark.parametrize(
    ("file", "lesson"),
    [
        ("ada/10_adam.ipynb", "10_adam"),
        ("ada/10_adam (1).ipynb", "10_adam"),
        ("ada/homework-05.ipynb", "05_momentum"),
        ("ada/2026_notes.ipynb", None),
        ("102.ipynb", None),
        ("hw2-kim12", None),
        ("hw2-kim12/notes-12.pdf", None),
        ("10_adam-kim12.html", "10_adam"),
    ],
)
def test_the_lesson_in_a_name(file, lesson):
    assert lesson_of(file, LESSONS) == lesson


def test_the_student_in_a_name():
    assert student_of("Ada Lovelace_05_momentum", LESSONS) == "Ada Lovelace"
