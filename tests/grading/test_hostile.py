"""Hostile, broken and odd submissions: what each earns, what is left of them, who else they touch.

tests/submissions holds a folder for each. Its expected.toml says

    why = "..."              what it tries, and what proves that it failed
    outcome = "unreadable"   of the notebook as a whole; "graded" if it is left out
    fence = true             without the fence its verdict would be another (tested)
    [exercises]              the status of each exercise that it is about; the others are "not
    critical-lr = "passed"   found" (in an unreadable notebook, "unreadable")

An attempt to escape is right if every try was refused, so that passing proves the refusal. All are
graded in one batch, with neighbours between them who are right in everything: once as the user who
runs the tests, most of them a second time as an ordinary user (if that was root), and those that
the fence stops a third time without it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import hostile
import numpy as np
import pytest

from course_lib.exercises import EXERCISES, LESSONS
from course_lib.grading.record import Record
from course_lib.grading.report import write_reports

pytestmark = pytest.mark.usefixtures("jail_needed")

NAMES = hostile.all_names()
FENCED = [name for name in NAMES if hostile.expectation(name).get("fence")]
# What ends at its limit only is waited for once.
QUICK = [name for name in NAMES if "timed out" not in str(hostile.expectation(name))]
NOBODY = 65534


# ---------------------------------------------------------------- batches


def batch(names, command=(), owner=None, fence=True):
    """What hostile.py saw; `command` is put before the one that runs it."""
    place = Path(tempfile.mkdtemp(prefix="course-hostile-"))  # which others can reach
    try:
        if owner is not None:
            os.chown(place, owner, owner)
        done = subprocess.run(
            [*command, sys.executable, "-P", "-B", hostile.__file__],
            input=json.dumps({"place": str(place), "names": names, "fence": fence}),
            capture_output=True,
            text=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": str(hostile.PROJECT), "COURSE_HOME": str(place)},
            start_new_session=True,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return json.loads(done.stdout)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def ours(jail_needed):
    return batch(NAMES)


@pytest.fixture(scope="module")
def an_ordinary_user_s(jail_needed):
    """The same by a user without any capability, to whom everything needed is made readable."""
    if os.getuid() != 0:
        pytest.skip("only root can become another user; the tests ran as an ordinary one already")
    become = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups --bounding-set=-all"
    stage = tempfile.mkdtemp(prefix="course-stage-")
    try:
        script = f'{as_seen_by_all(Path(stage))}exec {become} --inh-caps=-all "$@"'
        command = ("unshare", "--mount", "sh", "-ec", script, "-")
        tried = subprocess.run(
            [*command, sys.executable, "-c", "import course_lib, numpy"],
            capture_output=True,
            text=True,
            cwd="/",
        )
        if tried.returncode != 0:
            pytest.skip(f"no ordinary user can run the course here: {tried.stderr[-300:]}")
        return batch(QUICK, command, owner=NOBODY)
    finally:
        shutil.rmtree(stage, ignore_errors=True)  # the mounts were in another namespace


def as_seen_by_all(stage: Path) -> str:
    """Shell lines that put the interpreter and the project within reach of everybody.

    A folder that others cannot search is covered by one that holds nothing but what is needed.
    """
    script = f"chmod 755 {shlex.quote(str(stage))}\n"
    covers = {}
    for need in {Path(sys.base_prefix).resolve(), Path(sys.prefix), hostile.PROJECT}:
        closed = [p for p in need.parents if not p.stat().st_mode & 0o001]
        if closed:
            top = closed[-1]
            cover = covers.setdefault(top, stage / f"{len(covers)}")
            target = shlex.quote(str(cover / need.relative_to(top)))
            script += f"mkdir -p {target}\nmount --bind {shlex.quote(str(need))} {target}\n"
    for top, cover in covers.items():
        script += f"mount --rbind {shlex.quote(str(cover))} {shlex.quote(str(top))}\n"
    return script


@pytest.fixture(scope="module")
def unfenced(jail_needed):
    return batch(FENCED, fence=False)


# ---------------------------------------------------------------- verdicts


def by_name(seen: dict) -> dict[str, list[dict]]:
    """The results of each folder; "" are the neighbours."""
    found: dict[str, list[dict]] = {}
    names = [re.sub(r"^\d+-", "", result["student"]) for result in seen["results"]]
    for name, result in zip(names, seen["results"], strict=True):
        found.setdefault("" if name == "neighbour" else name, []).append(result)
    return found


def statuses(record: dict) -> dict[str, str]:
    return {
        one["exercise"]: f"{one['status']}: {one['mistake']}" if one["mistake"] else one["status"]
        for one in record["verdicts"]
    }


def judge(seen: dict, name: str) -> None:
    expected = hostile.expectation(name)
    (result,) = by_name(seen)[name]
    record = result["record"]
    outcome = expected.get("outcome", "graded")
    said = [record["message"], *(one["message"] for one in record["verdicts"])]
    assert record["outcome"] == outcome, said
    other = "unreadable" if outcome == "unreadable" else "not found"
    ids = [one.id for one in LESSONS[hostile.LESSON]]
    if record["lesson"] is None:
        assert outcome != "graded"
        ids = []
    exercises = expected.get("exercises", {})
    assert exercises.keys() <= set(ids)
    assert statuses(record) == {one: exercises.get(one, other) for one in ids}, said


@pytest.mark.parametrize("name", NAMES)
def test_verdict(ours, name):
    judge(ours, name)


@pytest.mark.parametrize("name", QUICK)
def test_verdict_as_an_ordinary_user(an_ordinary_user_s, name):
    judge(an_ordinary_user_s, name)


@pytest.mark.parametrize("name", FENCED)
def test_without_the_fence_it_would_work(unfenced, name):
    if name == "poisons-installed-files" and not os.access(np.__file__, os.W_OK):
        pytest.skip("this user may not write to what is installed, with or without a fence")
    (result,) = by_name(unfenced)[name]
    expected = hostile.expectation(name)["exercises"]
    assert not expected.items() <= statuses(result["record"]).items()


def test_every_folder_says_what_it_is():
    assert len(NAMES) >= 100
    for name in NAMES:
        files = {file.name for file in (hostile.FOLDERS / name).iterdir()} - {"__pycache__"}
        assert files in ({"expected.toml", "submission.py"}, {"expected.toml", "make.py"})
        assert hostile.expectation(name).keys() <= {"why", "outcome", "fence", "exercises"}
        assert len(hostile.expectation(name)["why"]) > 10


# ---------------------------------------------------------------- everything else


@pytest.fixture(params=["ours", "an_ordinary_user_s"])
def seen(request):
    return request.getfixturevalue(request.param)


def test_neighbours_get_full_marks(seen):
    records = [result["record"] for result in by_name(seen)[""]]
    assert len(records) >= 3
    assert {tuple(statuses(record).values()) for record in records} == {("passed",) * 5}
    first, *others = [without_who(record) for record in records]
    assert all(other == first for other in others)


def without_who(record: dict) -> dict:
    return {k: v for k, v in record.items() if k not in ("student", "file", "submitted")}


def test_nothing_is_left(seen):
    assert seen["children"] == {}
    assert seen["traces"] == []
    assert seen["reached"] == []


def test_the_detectors_detect(unfenced):
    assert len(unfenced["reached"]) == 4
    kinds = {trace.split("/")[1] if trace[0] == "/" else trace[:3] for trace in unfenced["traces"]}
    assert kinds >= {"tmp", "dev", "shm", "sem", "msg"}


def test_the_grading_processes_stay_alive_and_small(seen):
    """Two processes grade everything: none was ended, leaks descriptors or memory."""
    used = [result["used"] for result in seen["results"]]
    assert len({one["process"] for one in used}) == 2
    descriptors = [one["descriptors"] for one in used]
    assert max(descriptors) <= min(descriptors) + 3
    assert max(one["peak"] for one in used) < 400 << 10  # KiB


def test_the_ordinary_user_is_one(an_ordinary_user_s):
    assert an_ordinary_user_s["user"] == NOBODY
    assert an_ordinary_user_s["capabilities"] == 0


def test_records_stay_short(seen):
    for result in seen["results"]:
        assert len(json.dumps(result["record"])) < 60_000, result["student"]


def test_reports_are_written_and_hold_no_commands(ours, tmp_path):
    records = [
        Record.from_json(json.dumps(result["record"]), EXERCISES) for result in ours["results"]
    ]
    write_reports(tmp_path, records, (), LESSONS)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) > len(NAMES)
    for file in files:
        text = file.read_bytes().decode("utf-8")
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", text), file
        assert file.suffix != ".html" or "<script>alert" not in text, file
