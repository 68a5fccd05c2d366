"""Building for real: kernels run, and a rebuild leaves no difference."""

import shutil

import nbformat
import pytest
from sample_desk import LESSONS

from course_lib.authoring import AuthoringError, build, execute

EDITIONS = ("notebooks/00_sample.ipynb", "solutions/00_sample.ipynb")


def notebooks(root):
    return {name: (root / name).read_bytes() for name in EDITIONS}


def test_the_files_hold_nothing_that_changes(built):
    for text in notebooks(built).values():
        assert text.endswith(b"}\n")
        for word in (b"widget-view", b"model_id", b"iopub", b"0x7f", b'"stderr"', b"\r"):
            assert word not in text


def test_a_rebuild_elsewhere_gives_the_same_bytes(built, tmp_path, monkeypatch):
    moved = tmp_path / "another place"
    shutil.copytree(built, moved)
    path = moved / EDITIONS[0]
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["double-it-check"].outputs = []
    cells["summary"].source += " Or so."
    nbformat.write(notebook, path)
    (moved / EDITIONS[1]).write_text("<<<<<<< ours", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("PYTHONHASHSEED", "7")

    found = {b.path.as_posix(): b.changes for b in build(["00"], moved, LESSONS)}
    assert found == {
        EDITIONS[0]: ("cell 'double-it-check': outputs differ", "cell 'summary': source differ"),
        EDITIONS[1]: ("the old file is no notebook (a merge left half done?)",),
    }
    assert notebooks(moved) == notebooks(built)


def test_check_tells_and_writes_nothing(built, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(built, copy)
    source = copy / "solutions" / "00_sample.py"
    text = source.read_text(encoding="utf-8")
    changed = text.replace("return result\n", "return 1.0 * result\n")
    source.write_text(changed, encoding="utf-8")
    found = build([], copy, LESSONS, check=True)
    assert [str(b) for b in found] == [
        "solutions/00_sample.ipynb: changed\n  cell 'half-it': source differ"
    ]
    assert notebooks(copy) == notebooks(built)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys\n1 / 0\n", (":13: cell ", "student edition raises ZeroDivisionError: div")),
        ("import os\nos._exit(3)\n", (":12: cell ", "student edition ended the kernel")),
        ("import time\ntime.sleep(60)\n", (":12: cell ", "takes longer than 1 s")),
        ("import sys\nprint(0.123456)\n", (":12: cell ", "student edition prints 0.123456")),
    ],
)
def test_a_lesson_that_does_not_run_is_not_written(root, monkeypatch, code, words):
    if "sleep" in code:
        monkeypatch.setattr(execute, "SECONDS_PER_CELL", 1)
    path = root / "solutions" / "00_sample.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("import sys\n", code, 1), encoding="utf-8")
    with pytest.raises(AuthoringError) as refused:
        build([], root, LESSONS)
    for each in words:
        assert each in str(refused.value)
    assert not any((root / name).exists() for name in EDITIONS)


@pytest.mark.parametrize(
    ("names", "lessons", "words"),
    [
        (["09"], LESSONS, "there is no lesson '09'; the lessons are: 00_sample"),
        (["00_sampl"], LESSONS, "there is no lesson '00_sampl'"),
        ([], {}, "00_sample: no exercises are declared for this lesson"),
        ([], {"00_sample": ()}, "no exercise of this lesson; its ids are none"),
    ],
)
def test_what_cannot_be_built_is_said_in_words(root, names, lessons, words):
    with pytest.raises(AuthoringError) as refused:
        build(names, root, lessons)
    assert words in str(refused.value)
