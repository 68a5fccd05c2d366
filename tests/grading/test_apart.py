"""A grading process of its own gives the records of the pool, and takes nothing with it."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from classes import LESSON, RIGHT, write_notebook

from course_lib.grading import apart
from course_lib.grading.apart import Job, Sent, difference, fingerprint
from course_lib.grading.collect import Submission
from course_lib.grading.grader import Settings, close_jail, grade, grade_to_text

SETTINGS = Settings(7, notebook=10_000)


def submission(folder: Path, cells=("import numpy as np", RIGHT)) -> Submission:
    path = folder / f"{LESSON}.ipynb"
    write_notebook(path, list(cells), lesson=LESSON)
    return Submission("ada", path, f"ada/{path.name}", 5.0)


@pytest.fixture
def processes():
    yield
    apart.close_idle()
    close_jail()


class Ends:
    """Ends the process that reads it."""

    def __reduce__(self):
        return os._exit, (9,)


def test_it_grades_as_here_and_is_kept_until_it_ends(jail_needed, processes, tmp_path):
    one = submission(tmp_path)
    job = Job(fingerprint(), SETTINGS, Sent.pack(one, SETTINGS))
    one.path.unlink()  # its bytes are in the job
    assert apart.ask(replace(job, sent=None)) == ("ready", "")
    (first,) = apart._idle.queue
    kind, text = apart.ask(job)
    assert list(apart._idle.queue) == [first]
    assert (kind, json.loads(text)["outcome"]) == ("record", "graded")
    assert text == grade_to_text(one, SETTINGS, job.sent.data)

    kind, text = apart.ask(replace(job, course={"the course": Ends()}))
    assert (kind, json.loads(text)["outcome"]) == ("record", "unreadable")
    assert "ended on this notebook" in json.loads(text)["message"]
    assert not first.alive()
    assert apart._idle.empty()


def test_a_process_with_another_course_refuses(processes):
    job = Job(fingerprint() | {"NumPy": "0.1"}, SETTINGS)
    kind, why = apart.ask(job)
    assert kind == "differs"
    assert why.startswith("NumPy is ")
    assert why.endswith(" there, and 0.1 here")


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ({"a": "1", "b": "2"}, ""),
        ({"a": "1", "b": "2", "c": "3"}, ""),
        ({"a": "0", "b": "2"}, "a is 0 there, and 1 here"),
        ({"a": "0", "b": "0"}, "a is 0 there, and 1 here"),
        ({"a": "1"}, "b is None there, and 2 here"),
    ],
)
def test_what_differs_is_named(there, words):
    assert difference(there, {"a": "1", "b": "2"}) == words


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda one: replace(one, problem="is a link."), "is a link."),
        (lambda one: replace(one, path=one.path.parent), "is a folder"),
        (lambda one: replace(one, path=one.path.with_name("gone")), "there is no such file"),
        (lambda one: one.path.write_bytes(bytes(10_001)) and one, "is larger than"),
        (lambda one: one.path.write_bytes(b"{}") and one, "cannot be read as a notebook"),
    ],
)
def test_what_cannot_be_read_says_so_there_as_here(tmp_path, spoil, words):
    one = spoil(submission(tmp_path))
    sent = Sent.pack(one, SETTINGS)
    record = grade(sent.unpack(), SETTINGS, sent.data)
    assert words in record.message
    assert record.to_json() == grade(one, SETTINGS).to_json()
