"""The launcher, run as a reader runs it, in a folder of its own.

The network is the one thing that is not there: a stand-in for uv notes each call, makes a .venv
whose python is this one, and fails or dies when told to. CI runs the real installation.
"""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("course.py", "pyproject.toml", "requirements.lock", "requirements-dev.lock")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for uv is a POSIX script")

UV = """\
#!{python}
import os, pathlib, signal, sys, time
here = pathlib.Path(__file__).parent
with open(here / "calls", "a") as calls:
    print(*sys.argv[1:], file=calls)
if sys.argv[1] == "venv":
    python = pathlib.Path(sys.argv[-1], "bin", "python")
    python.parent.mkdir(parents=True, exist_ok=True)
    if not python.exists():
        python.symlink_to({python!r})
elif (here / "trouble").exists():
    trouble = (here / "trouble").read_text()
    (here / "trouble").unlink()
    if trouble == "no network":
        print("noise\\n" * 50 + "error: dns lookup failed")
        sys.exit(1)
    os.kill(os.getppid(), getattr(signal, trouble))
    time.sleep(1)
"""


class Course:
    """A copy of the course in a folder with a space, and a PATH on which only our uv is."""

    def __init__(self, tmp_path: Path):
        self.folder, self.bin = tmp_path / "my course", tmp_path / "bin"
        for folder in (self.folder / "course_lib", self.bin):
            folder.mkdir(parents=True)
        for name in COPIED:
            shutil.copy(ROOT / name, self.folder)
        for path in (ROOT / "course_lib").glob("*.py"):
            shutil.copy(path, self.folder / "course_lib")
        self.venv, self.stamp = self.folder / ".venv", self.folder / ".venv/course-stamp.json"
        uv = self.bin / "uv"
        uv.write_text(UV.format(python=os.path.realpath(sys.executable)), encoding="utf-8")
        uv.chmod(0o755)

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COURSE"))}
        return kept | {"PATH": str(self.bin)} | more

    def run(self, *arguments: str, trouble: str = "", **options) -> subprocess.CompletedProcess:
        if trouble:
            (self.bin / "trouble").write_text(trouble, encoding="utf-8")
        options.setdefault("env", self.environment())
        return subprocess.run(
            [sys.executable, "course.py", *(arguments or ("--help",))],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            **options,
        )

    def calls(self) -> list[str]:
        """What uv was asked for since the last time, by its first two words."""
        try:
            lines = (self.bin / "calls").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        (self.bin / "calls").unlink()
        return lines


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


def works(result: subprocess.CompletedProcess) -> bool:
    return result.returncode == 0 and result.stdout.startswith("usage: course")


def one_line(result: subprocess.CompletedProcess, code: int = 2) -> str:
    """The line with which the launcher gave up; there is one, and no traceback."""
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("course.py: ")]
    return line


def test_the_first_run_installs_with_hashes_and_the_second_installs_nothing(course):
    assert works(course.run())
    venv, lock, project = course.calls()
    assert venv.startswith("venv ")
    assert "--require-hashes -r" in lock
    assert lock.endswith("requirements.lock")
    assert project.endswith(f"--no-deps --no-build-isolation -e {course.folder}")
    second = course.run()
    assert works(second)
    assert (second.stderr, course.calls()) == ("", [])


def test_packages_in_a_folder_are_installed_without_a_network(course):
    (course.folder / "wheels").mkdir()
    assert works(course.run())
    _, *installs = course.calls()
    assert len(installs) == 2
    assert all(f"--no-index --find-links {course.folder / 'wheels'} " in one for one in installs)
    assert "--require-hashes" in installs[0]


def test_the_exit_code_and_the_arguments_are_those_of_the_command(course):
    course.run()
    result = course.run("lab", "--nonsense")
    assert result.returncode == 2
    assert "--nonsense" in result.stderr


@pytest.mark.parametrize(
    ("commands", "locks"),
    [
        (["--help", "lab --help"], ["requirements.lock"]),
        (["test --help", "build --help"], ["requirements-dev.lock"]),
        (["test --help", "--help"], ["requirements-dev.lock"]),  # serves a student too
        (["--help", "test --help"], ["requirements.lock", "requirements-dev.lock"]),
    ],
)
def test_which_lock_a_command_needs(course, commands, locks):
    assert all(works(course.run(*command.split())) for command in commands)
    installed = [call.split("/")[-1] for call in course.calls() if "--require-hashes" in call]
    assert installed == locks


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10)])
def test_an_old_python_is_told_so(course, version):
    ast.parse((course.folder / "course.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    pretend = f"import sys; sys.version_info = {version}; import runpy; runpy.run_path('course.py')"
    result = subprocess.run(
        [sys.executable, "-c", pretend], cwd=course.folder, capture_output=True, text=True
    )
    line = one_line(result)
    assert "3.11 or newer" in line
    assert f"this is Python {version[0]}.{version[1]}" in line


def fails_to_write() -> None:
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def without_uv(course: Course) -> None:
    (course.bin / "uv").unlink()


def broken_venv(course: Course) -> dict[str, str]:
    """Debian without python3-venv: the module says what to install, and fails."""
    without_uv(course)
    shadow = course.folder.parent / "shadow"
    shadow.mkdir()
    (shadow / "venv.py").write_text("raise SystemExit('ensurepip is not available')")
    return {"env": course.environment(PYTHONPATH=str(shadow))}


def other_wheels(course: Course) -> dict[str, str]:
    (course.folder / "wheels").mkdir()
    return {"trouble": "no network"}


TROUBLES = {
    "no network": (lambda course: {"trouble": "no network"}, "check the internet connection"),
    "wheels of another system": (other_wheels, "are they for this system, and for Python"),
    "no venv module": (broken_venv, "apt install python3-venv"),
    "no lock": (
        lambda course: (course.folder / "requirements.lock").unlink(),
        "requirements.lock is missing",
    ),
    "no pyproject": (
        lambda course: (course.folder / "pyproject.toml").unlink(),
        "pyproject.toml is missing",
    ),
    "cannot write": (lambda course: {"preexec_fn": fails_to_write}, "cannot write in"),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_is_one_line_and_the_next_try_works(course, name):
    cause, said = TROUBLES[name]
    assert said in one_line(course.run(**(cause(course) or {})))
    mended = Course(course.folder.parent / "mended")
    for path in (*COPIED, "uv"):  # put back whatever was taken away
        folder = "bin" if path == "uv" else "folder"
        shutil.copy(getattr(mended, folder) / path, getattr(course, folder) / path)
    assert works(course.run())


def test_an_installers_noise_is_cut_to_its_last_lines(course):
    said = course.run(trouble="no network").stderr.splitlines()
    assert "  | error: dns lookup failed" in said
    assert sum(line.startswith("  | ") for line in said) <= 6


def test_ctrl_c_is_one_line(course):
    assert "run the same command again" in one_line(course.run(trouble="SIGINT"), code=130)
    assert works(course.run())


def test_an_environment_that_was_killed_half_way_is_made_anew(course):
    assert course.run(trouble="SIGKILL").returncode == -signal.SIGKILL
    left_over = course.venv / "left over"
    left_over.touch()
    again = course.run()
    assert works(again)
    assert "was not finished" in again.stderr
    assert not left_over.exists()


def test_an_environment_whose_python_cannot_be_reached_is_made_anew(course):
    """As where somebody else has made it, with a Python in a folder of their own."""
    course.run()
    python = course.venv / "bin" / "python"
    python.unlink()
    python.symlink_to(
        "a" * 300
    )  # asking whether it is there is an error, as it is in a closed folder
    assert works(course.run())


def test_a_failed_update_leaves_what_works(course):
    course.run()
    one_line(course.run("test", "--help", trouble="no network"))
    course.calls()
    assert works(course.run())
    assert course.calls() == []


def new_lock(course: Course) -> None:
    with open(course.folder / "requirements.lock", "a", encoding="utf-8") as lock:
        lock.write("\n# newer\n")


def new_tool_settings(course: Course) -> None:
    with open(course.folder / "pyproject.toml", "a", encoding="utf-8") as project:
        project.write("\n[tool.something]\nsetting = 1\n")


def moved(course: Course) -> None:
    course.folder = course.folder.rename(course.folder.with_name("elsewhere"))


def edit_stamp(**values: object):
    def edit(course: Course) -> None:
        course.stamp.write_text(json.dumps(json.loads(course.stamp.read_text()) | values))

    return edit


def other_python(course: Course) -> None:
    """What `python3.14 course.py` would have left."""
    edit_stamp(python="3.14")(course)
    python = course.venv / "bin/python"
    python.unlink()
    python.write_text("#!/bin/sh\necho 3.14\n")
    python.chmod(0o755)


def lost_python(course: Course) -> None:
    """The interpreter below was uninstalled."""
    python = course.venv / "bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python")


@pytest.mark.parametrize(
    ("change", "says", "anew"),
    [
        (new_lock, "up to date", False),
        (new_tool_settings, "", False),
        (edit_stamp(made_from=["of an older course"]), "up to date", False),
        (lambda course: course.stamp.write_text("{ half a st"), "up to date", False),
        (lambda course: course.stamp.unlink(), "up to date", False),  # made by hand: built on
        (moved, "was moved", True),
        (other_python, "is for Python 3.14", True),
        (lost_python, "was not finished", True),
    ],
)
def test_a_stale_environment_is_repaired(course, change, says, anew):
    course.run()
    theirs = course.venv / "installed by the reader"
    theirs.touch()
    course.calls()
    change(course)
    result = course.run()
    assert works(result)
    assert says in result.stderr
    assert bool(course.calls()) == bool(says)
    assert any(course.folder.glob(".venv/installed*")) != anew


@pytest.mark.parametrize(
    "make",
    [
        lambda venv: venv.mkdir(),
        lambda venv: venv.write_text("a file"),
        lambda venv: venv.symlink_to("/nowhere"),
        lambda venv: (venv / "bin/python").mkdir(parents=True),
    ],
    ids=["empty", "a file", "a dead link", "no python in it"],
)
def test_a_broken_venv_is_replaced(course, make):
    make(course.venv)
    assert works(course.run())


def test_a_second_launcher_waits_for_the_first(course):
    import fcntl

    with open(course.folder / "course.py", "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys.executable, "course.py", "--help"],
            cwd=course.folder,
            env=course.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        assert "waiting" in second.stderr.readline()
        assert not course.venv.exists()
    out, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert out.startswith("usage: course")


def test_without_uv_it_is_venv_and_pip(course):
    """With the real venv and pip: an empty lock needs no network, and then pip has no backend."""
    without_uv(course)
    (course.folder / "requirements.lock").write_text("", encoding="utf-8")
    result = course.run()
    assert "could not be installed into its environment" in one_line(result)
    assert (course.venv / "bin/pip").exists()
