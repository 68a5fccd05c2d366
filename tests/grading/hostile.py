"""Builds the submissions of tests/submissions, grades them in one batch, and says what is left.

As a script it reads a plan (JSON) from standard input and writes what it saw to standard output.
It is a process of its own so that orphans of the batch come to it, and so that another user can
run it.

A folder holds expected.toml (see test_hostile.py) and either submission.py, the cells of a notebook
in percent format, or make.py, whose make(folder) writes the files of one student. In both, names
in capitals between two @ stand for places of this run: see `places`.
"""

from __future__ import annotations

import ctypes
import glob
import json
import os
import re
import resource
import secrets
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import course_lib
from course_lib.checking.session import Limits
from course_lib.grading import jail
from course_lib.grading.batch import grade_all
from course_lib.grading.collect import Submission, collect
from course_lib.grading.grader import Settings, grade_to_text
from course_lib.sandbox.nursery import PR_SET_PDEATHSIG

FOLDERS = Path(__file__).resolve().parent.parent / "submissions"
PROJECT = Path(course_lib.__file__).resolve().parent.parent
LESSON = "02_gradient_descent"
LIMITS = Limits(memory=512 << 20, cpu=2, cell=0.4, call=0.3, exercise=0.7, submission=2)
EVERY = 40  # a neighbour, right in everything, after so many of the others

RIGHT = """
# %%
import numpy as np


def gradient_descent(grad, w0, lr, n):
    path = [np.array(w0, dtype=float)]
    for _ in range(n):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


# %%
def critical_lr(H):
    return 2 / np.linalg.eigvalsh(H)[-1]


def best_lr_and_rate(eigenvalues):
    m, L = min(eigenvalues), max(eigenvalues)
    return 2 / (m + L), (L - m) / (L + m)


# %%
def condition_number(H):
    sizes = np.abs(np.linalg.eigvalsh(H))
    return sizes.max() / sizes.min() if sizes.min() else np.inf


def standardize(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[std == 0] = 1
    return (train - mean) / std, (test - mean) / std
"""


# ---------------------------------------------------------------- building


def expectation(name: str) -> dict:
    return tomllib.loads((FOLDERS / name / "expected.toml").read_text("utf-8"))


def all_names() -> list[str]:
    return sorted(file.parent.name for file in FOLDERS.glob("*/expected.toml"))


def students(names: list[str]) -> dict[str, str]:
    """student -> name of the folder, in the order in which they are graded; "" is a neighbour."""
    order = [""]
    for i, name in enumerate(names, 1):
        order += [name, ""] if i % EVERY == 0 or i == len(names) else [name]
    return {f"{i:03d}-{name or 'neighbour'}": name for i, name in enumerate(order)}


def notebook(percent: str) -> str:
    """A notebook (JSON) of cells in percent format."""
    _, *parts = re.split(r"^# %%(.*)\n", percent.lstrip(), flags=re.MULTILINE)
    cells = [
        {
            "cell_type": "markdown" if "[markdown]" in title else "code",
            "metadata": {},
            "source": source.strip("\n"),
        }
        for title, source in zip(parts[::2], parts[1::2], strict=True)
    ]
    about = {"course": {"lesson": LESSON, "edition": "student", "version": course_lib.__version__}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells})


def build(folder: Path, names: list[str], places: dict[str, str]) -> None:
    def filled(text: str) -> str:
        return re.sub(r"@([A-Z]+)@", lambda match: places.get(match[1], match[0]), text)

    for student, name in students(names).items():
        (own := folder / student).mkdir(parents=True)
        if not name:
            (own / f"{LESSON}.ipynb").write_text(notebook(RIGHT), "utf-8")
            (own / "helpers.py").write_text("SECRET = 1\n")
        elif (file := FOLDERS / name / "make.py").exists():
            namespace: dict = {"__name__": "make"}
            exec(compile(filled(file.read_text("utf-8")), file, "exec"), namespace)
            namespace["make"](own)
        else:
            percent = (FOLDERS / name / "submission.py").read_text("utf-8")
            (own / f"{LESSON}.ipynb").write_text(notebook(filled(percent)), "utf-8")


# ---------------------------------------------------------------- grading


def graded(submission: Submission, settings: Settings) -> str:
    """The record, and what the grading process has used so far. It runs in that process."""
    start = time.monotonic()
    record = grade_to_text(submission, settings)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = {
        "process": os.getpid(),
        "peak": usage.ru_maxrss,  # KiB
        "cpu": usage.ru_utime + usage.ru_stime,  # of all its submissions so far
        "seconds": time.monotonic() - start,
        "descriptors": len(os.listdir("/proc/self/fd")),
    }
    return json.dumps({"record": json.loads(record), "used": used})


UNFENCED = """
from course_lib.sandbox import fence, nursery
for name in ("limit_resources", "lock_files", "filter_calls", "prove_closed"):
    setattr(fence, name, lambda *arguments: None)
nursery.main()
"""


def graded_unfenced(submission: Submission, settings: Settings) -> str:
    """The same with a jail that does everything but close its fence."""

    class Popen(subprocess.Popen):
        def __init__(self, command, **options):
            *python, _, _, descriptor = command
            super().__init__([*python, "-c", UNFENCED, descriptor], **options)

    jail.subprocess.Popen = Popen  # this grading process grades nothing else
    return graded(submission, settings)


# ---------------------------------------------------------------- what is left


def children() -> dict[int, str]:
    """The processes below this one, and what they run; not the helpers of multiprocessing."""
    found = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rsplit(")", 1)[1].split()
            command = (file.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        mine = int(fields[1]) == os.getpid() and fields[0] != "Z"
        if mine and "multiprocessing." not in command:
            found[int(file.parent.name)] = command
    return found


def traces(places: dict[str, str]) -> list[str]:
    """Files, keys, sockets and memory that bear the marks of this run."""
    name = places["NAME"]
    found = [
        path for top in ("/tmp", "/var/tmp", "/dev/shm") for path in glob.glob(f"{top}/{name}*")
    ]
    for table in ("/proc/keys", "/proc/net/unix"):
        lines = Path(table).read_text().splitlines() if Path(table).exists() else []
        found += [line for line in lines if name in line]
    for kind in ("shm", "sem", "msg"):
        table = Path("/proc/sysvipc") / kind
        lines = table.read_text().splitlines() if table.exists() else []
        found += [f"{kind} {line}" for line in lines if line.split()[0] == places["KEY"]]
    return found


def remove(found: list[str]) -> None:
    for trace in found:
        kind, _, line = trace.partition(" ")
        if trace.startswith("/"):
            path = Path(trace)
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        elif kind in ("shm", "sem", "msg"):
            number = int(line.split()[1])
            libc = ctypes.CDLL(None)
            remove_it = {"shm": libc.shmctl, "sem": libc.semctl, "msg": libc.msgctl}[kind]
            remove_it(number, 0, 0)  # the command IPC_RMID


def listening(stack: ExitStack, places: dict[str, str]) -> list[socket.socket]:
    """Sockets of ours that a submission may try to reach."""
    addresses = [
        (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int(places["PORT"]))),
        (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int(places["PORT"]))),
        (socket.AF_UNIX, socket.SOCK_STREAM, places["UNIX"]),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + places["ABSTRACT"]),
    ]
    made = []
    for family, kind, address in addresses:
        one = stack.enter_context(socket.socket(family, kind))
        one.bind(address)
        if kind == socket.SOCK_STREAM:
            one.listen()
        one.setblocking(False)
        made.append(one)
    return made


def reached(one: socket.socket) -> bool:
    try:
        one.accept()[0].close() if one.type == socket.SOCK_STREAM else one.recv(1)
    except BlockingIOError:
        return False
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def run(plan: dict) -> Iterator[tuple[str, object]]:
    place, names = Path(plan["place"]), plan["names"]
    mark = f"course-canary-{secrets.token_hex(6)}"
    places = {
        "NAME": mark,
        "CANARY": f"/tmp/{mark}",
        "SECRET": secrets.token_hex(16),
        "KEY": str(secrets.randbits(31)),
        "PORT": str(free_port()),
        "UNIX": str(place / "socket"),
        "ABSTRACT": f"abstract-{secrets.token_hex(6)}",
        "PROJECT": str(PROJECT),
        "SUBMISSIONS": str(place / "in"),
        "OUT": str(place / "out"),
        "NEIGHBOUR": next(iter(students(names))),
    }
    os.environ["COURSE_SECRET"] = places["SECRET"]
    build(place / "in", names, places)
    (place / "out").mkdir()
    (place / "out" / "batch.json").write_text('{"seed": 2026}')
    settings = Settings(2026, limits=LIMITS)
    submissions = collect(place / "in", [LESSON])
    with ExitStack() as stack:
        sockets = listening(stack, places)
        grade = graded if plan["fence"] else graded_unfenced
        results = [
            (submission.student, json.loads(text))
            for submission, text in grade_all(submissions, settings, 2, grade)
        ]
        yield "reached", [str(one.getsockname()) for one in sockets if reached(one)]
    yield "results", [{"student": student, **result} for student, result in results]
    end = time.monotonic() + 5  # a nursery that has been told to end takes a moment
    while (left := children()) and time.monotonic() < end:
        time.sleep(0.02)
    yield "children", left
    yield "traces", (found := traces(places))
    remove(found)
    yield "user", os.getuid()
    (status,) = re.findall(r"CapEff:\t(\w+)", Path("/proc/self/status").read_text())
    yield "capabilities", int(status, 16)
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    yield "cpu", sum(one.ru_utime + one.ru_stime for one in usage)


def main() -> None:
    plan = json.load(sys.stdin)
    libc = ctypes.CDLL(None)
    libc.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans of the batch come to this process
    libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)
    print(json.dumps(dict(run(plan))))


if __name__ == "__main__":
    main()
