"""Kits, used in an empty folder with what is in them.

What needs packages from the network runs in CI, where COURSE_KITS=required: they are downloaded
once, by `course export wheels`, and from then on every index is a port at which nobody listens.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml

from course_lib import cli
from course_lib.exercises import LESSONS

ROOT = Path(__file__).resolve().parents[2]
LESSON = "02_gradient_descent"
MAXIMUM = sum(one.points for one in LESSONS[LESSON])
FIRST = LESSONS[LESSON][0]
BASE = getattr(sys, "_base_executable", None) or sys.executable
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the kits' programs are shell scripts")
in_ci = pytest.mark.skipif(
    os.environ.get("COURSE_KITS") != "required",
    reason="downloads every package; COURSE_KITS=required runs it",
)


def export(*words):
    assert cli.main(["export", *map(str, words)]) == 0


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    out = tmp_path_factory.mktemp("packages") / "wheels"
    export("wheels", "--out", out)
    return out


@pytest.fixture
def offline(tmp_path):
    """An environment in which no index answers; its Python is the one that this one is made of."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("python", "python3", *(f"python3.{minor}" for minor in range(11, 15))):
        (tools / name).write_text(f'#!/bin/sh\nexec "{BASE}" "$@"\n')
        (tools / name).chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    nobody = "http://127.0.0.1:9/simple"
    return {
        "PATH": f"{tools}:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(home),
        "COURSE_HOME": str(home),
        **dict.fromkeys(("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), nobody),
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
        "UV_CACHE_DIR": str(home / "uv"),
    }


def with_uv(environment):
    """uv on PATH, if this machine has it: an installation takes seconds then."""
    if uv := shutil.which("uv"):
        (Path(environment["PATH"].split(":")[0]) / "uv").symlink_to(uv)


def run(*words, cwd, env, code=0):
    result = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=300)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout


# Students


@in_ci
def test_the_students_kit_works_without_a_network(tmp_path, wheels, offline):
    export("students", "--lessons", "02", "--out", tmp_path / "kit.zip")
    place = tmp_path / "my course"
    with zipfile.ZipFile(tmp_path / "kit.zip") as file:
        file.extractall(place)
    shutil.copytree(wheels, place / "wheels")
    shutil.copy(ROOT / "solutions" / f"{LESSON}.ipynb", place / "solved.ipynb")
    assert not (Path(offline["PATH"].split(":")[0]) / "uv").exists()  # it is pip that installs

    def course(*words, code=0):
        return run("python", "course.py", *words, cwd=place, env=offline, code=code)

    assert course("--help").startswith("usage: course")
    assert f"0 of {MAXIMUM} points" in course("check", f"notebooks/{LESSON}.ipynb", code=1)
    assert f"{MAXIMUM} of {MAXIMUM} points" in course("check", "solved.ipynb")
    where = "import course_lib, numpy; print(course_lib.__file__); print(numpy.__file__)"
    library, numpy = run(
        place / ".venv/bin/python", "-c", where, cwd=tmp_path, env=offline
    ).splitlines()
    assert Path(library).is_relative_to(place / "course_lib")
    assert Path(numpy).is_relative_to(place / ".venv")


# Gradescope


def submission(kind, folder):
    """What a student hands in, of each kind."""
    folder.mkdir()
    if kind == "unreadable":
        (folder / "hw.ipynb").write_text("{ this was a notebook")
    elif kind == "no notebook":
        (folder / "hw.py").write_text("print(1)")
    elif kind == "another lesson":
        shutil.copy(ROOT / "solutions/05_momentum.ipynb", folder)
    else:
        notebook = nbformat.read(ROOT / "solutions" / f"{LESSON}.ipynb", as_version=4)
        if kind == "wrong":
            for cell in notebook.cells:
                cell.source = cell.source.replace("def gradient_descent(", "def another(")
        nbformat.write(notebook, folder / "my homework.ipynb")


EXPECTED = {
    "right": (MAXIMUM, len(LESSONS[LESSON]), f"{MAXIMUM} of {MAXIMUM} points"),
    "wrong": (MAXIMUM - FIRST.points, len(LESSONS[LESSON]), "points"),
    "unreadable": (0, len(LESSONS[LESSON]), "unreadable"),
    "no notebook": (0, len(LESSONS[LESSON]), "no notebook"),
    "another lesson": (0, 0, f"Not graded: it holds no notebook of this lesson. Hand in {LESSON}"),
}


def expect(result, kind):
    points, tests, said = EXPECTED[kind]
    assert (result["score"], len(result["tests"])) == (points, tests), kind
    assert said in result["output"], kind
    assert "without a sandbox" not in result["output"]


def autograder(root, *options):
    """The kit unpacked, as Gradescope does it."""
    export("gradescope", "--lesson", "02", "--seed", "5", *options, "--out", root / "kit.zip")
    with zipfile.ZipFile(root / "kit.zip") as file:
        file.extractall(root / "source")
    (root / "results").mkdir()
    shutil.copy(root / "source/run_autograder", root)
    (root / "submission_metadata.json").write_text('{"users": [{"name": "Ada"}]}')
    return {**os.environ, "AUTOGRADER_ROOT": str(root)}


def borrow_environment(source):
    """In place of what setup.sh makes: the environment that runs the tests."""
    python = source / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)


def graded(root, kind, env, before=()):
    shutil.rmtree(root / "submission", ignore_errors=True)
    submission(kind, root / "submission")
    run(*before, "bash", root / "run_autograder", cwd=root, env=env)
    return json.loads((root / "results/results.json").read_text("utf-8"))


@pytest.mark.usefixtures("jail_needed")
def test_an_unreadable_submission_says_so_on_gradescope(tmp_path):
    """The one kind that is cheap to grade; the others run in CI, below."""
    env = autograder(tmp_path)
    borrow_environment(tmp_path / "source")
    expect(graded(tmp_path, "unreadable", env), "unreadable")


# A container whose kernel has no Landlock: the call fails there as it does under this filter.
NO_LANDLOCK = f"""
import os, sys, pyseccomp
calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
calls.add_rule(pyseccomp.ERRNO({errno.ENOSYS}), "landlock_create_ruleset")
calls.load()
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.usefixtures("jail_needed")
def test_where_the_jail_cannot_be_closed_nothing_is_graded(tmp_path):
    env = autograder(tmp_path)
    borrow_environment(tmp_path / "source")
    result = graded(tmp_path, "right", env, before=[sys.executable, "-c", NO_LANDLOCK])
    assert (result["score"], result["tests"]) == (0, [])
    assert result["output"].startswith("Not graded: the jail for submissions cannot be closed: ")
    assert result["output"].endswith("Tell your instructor; it is not your mistake.")
    assert "Landlock" in result["output"]


def test_a_grader_that_is_killed_leaves_no_points(tmp_path):
    env = autograder(tmp_path)
    borrow_environment(tmp_path / "source")
    submission("right", tmp_path / "submission")
    (tmp_path / "source/kit.json").unlink()
    os.mkfifo(tmp_path / "source/kit.json")  # it waits there for ever
    results = tmp_path / "results/results.json"
    with subprocess.Popen(["bash", tmp_path / "run_autograder"], env=env) as grader:
        while not results.exists() and grader.poll() is None:
            time.sleep(0.05)
        grader.kill()
    result = json.loads(results.read_text("utf-8"))
    assert (result["score"], result["tests"]) == (0, [])
    assert "was stopped before it was done" in result["output"]


@in_ci
@pytest.mark.usefixtures("jail_needed")
def test_the_autograder_in_an_empty_folder(tmp_path, wheels, offline):
    """setup.sh with its own environment, and every kind of submission."""
    root = tmp_path / "autograder"
    root.mkdir()
    env = offline | {"AUTOGRADER_ROOT": autograder(root, "--unsafe-no-sandbox")["AUTOGRADER_ROOT"]}
    shutil.copytree(wheels, root / "source/wheels")
    with_uv(env)
    run("bash", root / "source/setup.sh", cwd=root, env=env)
    unsafe = graded(root, "right", env)
    assert unsafe["score"] == MAXIMUM
    assert "graded without a sandbox" in unsafe["output"]
    settings = root / "source/kit.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"sandbox": True}))
    for kind in EXPECTED:
        expect(graded(root, kind, env), kind)


# GitHub Classroom


@in_ci
@pytest.mark.usefixtures("jail_needed")
def test_the_workflow_of_a_template_repository(tmp_path, wheels, offline):
    """Its steps as they stand in the file, in a workspace with a clone and nothing else."""
    place = tmp_path / "workspace"
    clone = place / "homework-1-ada"
    place.mkdir()
    export("github-classroom", "--lessons", "02", "--seed", "5", "--out", clone)
    run("git", "init", "-q", cwd=clone, env=offline)
    shutil.copytree(wheels, clone / ".course/wheels")
    submission("wrong", tmp_path / "answers")
    shutil.copy(tmp_path / "answers/my homework.ipynb", clone / f"{LESSON}.ipynb")
    with_uv(offline)
    env = offline | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    workflow = yaml.safe_load((clone / ".github/workflows/classroom.yml").read_text())
    for step in workflow["jobs"]["grade"]["steps"]:
        if "run" in step:
            run(
                "bash",
                "--noprofile",
                "--norc",
                "-eo",
                "pipefail",
                "-c",
                step["run"],
                cwd=place,
                env=env,
            )
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert f"**{MAXIMUM - FIRST.points} of {MAXIMUM} points**" in summary
    lines = [line for line in summary.splitlines() if line.startswith("| ")]
    assert [line[2] for line in lines[1:]] == ["❌", *"✅" * (len(LESSONS[LESSON]) - 1)]
