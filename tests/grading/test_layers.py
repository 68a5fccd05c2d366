"""Each layer of the fence matters, and nothing of a student runs where one is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace

import layers
import pytest
from classes import write_notebook

from course_lib import cli
from course_lib.checking.session import Limits
from course_lib.grading import grader, jail
from course_lib.grading.collect import collect
from course_lib.grading.grader import Settings
from course_lib.sandbox.fence import SandboxError

pytestmark = pytest.mark.usefixtures("jail_needed")

ALL = ("resources", "files", "calls")
# What is tried -> the layers that stop it, each of them alone. (Root may fork in spite of limits.)
STOPPED = {
    "read a course file": ("files",),
    "list a folder": ("files",),
    "make a file": ("files", "calls"),
    "make a folder": ("files", "calls"),
    "let a file grow": ("resources",),
    "a pair of sockets": ("calls",),
    "fork": ("calls",) if os.getuid() == 0 else ("resources", "calls"),
    "a signal to itself": ("calls",),
    "a file in memory": ("calls",),
    "another folder": ("calls",),
    "advice that takes pages": ("calls",),
    "two gigabytes": ("resources",),
    "a hundred descriptors": ("resources",),
    "processor time": ("resources",),
}
ROWS = [
    (attempt, combination, wanted)
    for attempt, stopping in STOPPED.items()
    for combination, wanted in (
        (ALL, "refused"),
        (tuple(one for one in ALL if one not in stopping), "done"),
        *(((one,), "refused") for one in stopping),
    )
]


@pytest.fixture(scope="module")
def outcomes(jail_needed):
    """All rows in one process, since importing NumPy takes longer than they do."""
    done = subprocess.run(
        [sys.executable, layers.__file__],
        input=json.dumps([row[:2] for row in ROWS]),
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        pytest.param(i, wanted, id=f"{attempt}, behind {'+'.join(combination) or 'nothing'}")
        for i, (attempt, combination, wanted) in enumerate(ROWS)
    ],
)
def test_layer(outcomes, number, wanted):
    assert outcomes[number] == wanted


def test_every_attempt_is_a_row():
    assert layers.ATTEMPTS.keys() == STOPPED.keys()


# ---------------------------------------------------------------- a fence with a hole


@pytest.fixture
def nursery_after(monkeypatch):
    """Lets the next nurseries run some lines of Python before they begin."""

    def arrange(lines: str) -> None:
        def popen(command, **options):
            *python, _, module, descriptor = command
            code = f"{lines}\nfrom {module} import main\nmain()"
            return subprocess.Popen([*python, "-c", code, descriptor], **options)

        names = {name: getattr(subprocess, name) for name in ("DEVNULL", "TimeoutExpired")}
        monkeypatch.setattr(jail, "subprocess", SimpleNamespace(Popen=popen, **names))

    yield arrange
    grader.close_jail()


LEFT_OUT = "from course_lib.sandbox import fence\nfence.{} = lambda *arguments: None"
HOLES = {
    "files": ("lock_files", "the fence is open: it is possible to read the course's answers"),
    "calls": (
        "filter_calls",
        "the fence (is open: it is possible to|answers oddly to) '?start a process.*",
    ),
    "resources": ("limit_resources", "the fence is open: there is no limit of memory"),
}


@pytest.mark.parametrize(("layer", "says"), HOLES.values(), ids=HOLES)
def test_no_student_code_runs_behind_a_fence_with_a_hole(nursery_after, tmp_path, layer, says):
    nursery_after(LEFT_OUT.format(layer))
    canary = tmp_path / "canary"
    write_notebook(tmp_path / "in/ada/02_gradient_descent.ipynb", [f"open({str(canary)!r}, 'w')"])
    (submission,) = collect(tmp_path / "in", ["02_gradient_descent"])
    with pytest.raises(SandboxError, match=f"^the jail for submissions cannot be closed: {says}$"):
        grader.grade(submission, Settings(1, limits=Limits(memory=512 << 20)))
    assert not canary.exists()


# ---------------------------------------------------------------- a machine without

NO_LANDLOCK = """
import pyseccomp
calls = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
calls.add_rule(pyseccomp.ERRNO({errno}), "landlock_create_ruleset")
calls.load()
"""
MISSING = {
    "pyseccomp": ("import sys\nsys.modules['pyseccomp'] = None", "the package 'pyseccomp' is"),
    "py-landlock": (
        "import sys\nsys.modules['py_landlock'] = None",
        "the package 'py-landlock' is",
    ),
    "libseccomp": (
        "import ctypes.util as util\nfind = util.find_library\n"
        "util.find_library = lambda name: None if name == 'seccomp' else find(name)",
        "the library libseccomp is missing",
    ),
    "a kernel with Landlock": (NO_LANDLOCK.format(errno="38"), "this kernel has no Landlock"),
    "Landlock switched on": (NO_LANDLOCK.format(errno="95"), "this kernel has no Landlock"),
    "the nursery": ("raise SystemExit", "it ended at once"),
}


@pytest.mark.parametrize(("lines", "names"), MISSING.values(), ids=MISSING)
def test_one_line_says_what_is_missing(nursery_after, tmp_path, capfd, lines, names):
    nursery_after(lines)
    write_notebook(tmp_path / "in/ada/02_gradient_descent.ipynb", ["x = 1"])
    assert cli.main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 2
    printed, complained = capfd.readouterr()
    assert printed == ""
    (line,) = complained.splitlines()
    assert line.startswith(f"course: the jail for submissions cannot be closed: {names}")
    assert "--unsafe-no-sandbox" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_the_jail_needs_linux(monkeypatch, system):
    monkeypatch.setattr(jail, "sys", SimpleNamespace(platform=system))
    with pytest.raises(SandboxError, match=f"needs Linux .* and this is {system}$"):
        jail.Jail()


@pytest.mark.parametrize("when", ["between submissions", "in the last call"])
def test_a_nursery_that_ends_is_replaced(tmp_path, when):
    """As when the system ends it for want of memory: no student pays for that."""
    source = (
        "import time\ndef standardize(train, test):\n    time.sleep(0.2)\n"
        "    mean, std = train.mean(0), train.std(0)\n    std[std == 0] = 1\n"
        "    return (train - mean) / std, (test - mean) / std"
    )
    write_notebook(tmp_path / "in/ada/02_gradient_descent.ipynb", [source])
    (submission,) = collect(tmp_path / "in", ["02_gradient_descent"])
    before = grader.grade(submission, Settings(1))
    nursery = grader.jail()._nursery
    killer = threading.Timer(0.1 if when == "in the last call" else 0, nursery.kill)
    killer.start()
    if when == "between submissions":
        nursery.wait()
    after = grader.grade(submission, Settings(1))
    killer.join()
    grader.close_jail()
    assert nursery.returncode == -signal.SIGKILL
    assert before.points == 2
    assert after.to_json() == before.to_json()
