"""A class on a cluster of real processes: the same files as here, whatever is lost on the way."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from classes import same_files, write_class

import course_lib
from course_lib import cli
from course_lib.exercises import LESSONS
from course_lib.grading import cluster
from course_lib.grading.cluster import ClusterError
from course_lib.grading.collect import collect
from course_lib.grading.grader import Settings

SIZE = 40
NANNY, BARE = [], ["--no-nanny"]  # a worker is the child of a process that restarts it, or none
ANOTHER = '"""Another course."""\n__version__ = "0.0.1"\n'


def grade_command(folder, out, *options):
    return ["grade", str(folder), "--out", str(out), "--seed", "7", *options]


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it has not come about"
        time.sleep(0.05)


def gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE  # its parent has died, and none waits
    except psutil.NoSuchProcess:
        return True


class Network:
    """A scheduler on this machine, and workers by their command line."""

    def __init__(self, place: Path) -> None:
        from distributed import Client

        self.place, self.started = place, []
        file = place / "scheduler.json"
        self.run("scheduler", "--port", "0", "--scheduler-file", str(file))
        until(lambda: file.exists() and file.read_text())
        self.address = json.loads(file.read_text())["address"]
        self.client = Client(self.address, set_as_default=False)

    def run(self, what, *options, **variables) -> psutil.Popen:
        command = [sys.executable, "-m", "dask", what, *options]
        command += ["--host", "127.0.0.1", "--no-dashboard"]
        with (self.place / "log").open("ab") as log:
            process = psutil.Popen(
                command, stdout=log, stderr=log, cwd=self.place, env=os.environ | variables
            )
        self.started.append(process)
        return process

    @contextmanager
    def worker(self, *options, **variables):
        """A worker with one thread, known to the scheduler for as long as it is wanted."""
        before = self.workers()
        process = self.run("worker", self.address, "--nthreads", "1", *options, **variables)
        try:
            until(lambda: self.workers() > before or process.poll() is not None)
            assert process.poll() is None, (self.place / "log").read_text()
            yield process
        finally:
            self.stop(process)

    def workers(self) -> int:
        return len(self.client.nthreads())

    def stop(self, *processes) -> None:
        """Kill these with all that they have started; what they leave over fails the test."""
        processes = [one for one in processes if one.is_running()]
        theirs = {child for one in processes for child in one.children(recursive=True)}
        for one in processes:
            one.kill()
            one.wait()
        until(lambda: all(map(gone, theirs)))

    def close(self) -> None:
        self.client.close()
        self.stop(*self.started)


@pytest.fixture(scope="module")
def place(tmp_path_factory, jail_needed, dask_needed):
    """A class and its grades by this machine; the tests compare with these."""
    place = tmp_path_factory.mktemp("class")
    write_class(place / "in", SIZE)
    assert cli.main(grade_command(place / "in", place / "out", "--jobs", "2")) == 0
    return place


@pytest.fixture(scope="module")
def network(tmp_path_factory, place):
    network = Network(tmp_path_factory.mktemp("network"))
    yield network
    network.close()


def records(out):
    return list((out / "records").glob("*.json")) if out.exists() else []


def start(place, out, network, *options):
    """`course grade` on the cluster, half-way through the class."""
    command = grade_command(place / "in", out, "--scheduler", network.address, *options)
    batch = subprocess.Popen(
        [sys.executable, "-m", "course_lib", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    until(lambda: len(records(out)) >= SIZE // 2 or batch.poll() is not None)
    return batch


@pytest.fixture
def two(network):
    """Two workers, one with a nanny, which makes it a daemon, and one without."""
    with network.worker(*NANNY) as one, network.worker(*BARE) as other:
        yield one, other
    until(lambda: network.workers() == 0)


def test_a_worker_is_killed_half_way(place, network, two, tmp_path):
    batch = start(place, tmp_path / "out", network)
    done = len(records(tmp_path / "out"))
    children = two[1].children(recursive=True)
    network.stop(two[1])
    assert len(children) >= 2, "a grading process and its nursery"
    assert SIZE // 2 <= done < SIZE
    printed, complained = batch.communicate(timeout=60)
    assert batch.returncode == 0, complained
    assert f"{SIZE} submissions: {SIZE} graded".encode() in printed
    assert b"Traceback" not in complained
    same_files(place / "out", tmp_path / "out")


def test_interrupted_and_resumed(place, network, two, tmp_path):
    out = tmp_path / "out"
    batch = start(place, out, network)
    os.killpg(batch.pid, signal.SIGINT)
    printed, complained = batch.communicate(timeout=30)
    assert batch.returncode == 130, complained
    assert printed == b""
    assert complained.splitlines()[-1] == b"course: stopped"
    assert b"Traceback" not in complained
    kept = {file: file.stat().st_mtime_ns for file in records(out)}
    assert SIZE // 2 <= len(kept) < SIZE

    command = grade_command(place / "in", out, "--scheduler", network.address, "--resume")
    assert cli.main(command) == 0
    assert {file: file.stat().st_mtime_ns for file in kept} == kept, "these were not done again"
    same_files(place / "out", out)


@pytest.mark.parametrize(
    ("lose", "words"),
    [
        (lambda network: network.started[1], "the cluster has no worker left"),
        (lambda network: network.started[0], "the scheduler has gone"),
    ],
    ids=["every worker", "the scheduler"],
)
def test_a_batch_without_a_cluster_ends(place, tmp_path, monkeypatch, lose, words):
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.2)
    network = Network(tmp_path)
    submissions = collect(place / "in", LESSONS)
    try:
        with network.worker(*BARE), cluster.cluster(network.address, sandbox=True) as grade_each:
            graded = grade_each(submissions, Settings(7))
            next(graded)
            network.stop(lose(network))
            with pytest.raises(ClusterError, match=words):
                list(graded)
    finally:
        network.close()


def copy_of_the_course(folder: Path) -> Path:
    source = Path(course_lib.__file__).parent
    shutil.copytree(source, folder / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def other_sources(folder):
    with (copy_of_the_course(folder) / "course_lib/optimizers.py").open("a") as file:
        file.write("\n")


def another_version(folder):
    (folder / "course_lib").mkdir()
    (folder / "course_lib/__init__.py").write_text(ANOTHER)


def no_landlock(folder):
    copy_of_the_course(folder)
    (folder / "py_landlock.py").write_text("raise ImportError\n")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (other_sources, "cannot be used: the digest of its files is "),
        (another_version, "ModuleNotFoundError"),
        (no_landlock, "the jail for submissions cannot be closed: the package 'py-landlock'"),
    ],
)
def test_a_worker_that_is_not_as_this_machine_is_refused(
    place, network, tmp_path, capsys, spoil, words
):
    folder = tmp_path / "there"
    folder.mkdir()
    spoil(folder)
    out = tmp_path / "out"
    with network.worker(*BARE, PYTHONPATH=str(folder)):
        assert cli.main(grade_command(place / "in", out, "--scheduler", network.address)) == 2
    until(lambda: network.workers() == 0)
    said = capsys.readouterr().err
    assert said.startswith("course: the worker tcp://127.0.0.1:")
    assert words in said
    assert said.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers there (nothing was heard for"),
        ("here", "missing port number"),
        ("nowhere://127.0.0.1:8786", "unknown address scheme 'nowhere'"),
        ("tls://127.0.0.1:8786", "check your TLS configuration"),
    ],
)
def test_an_address_without_a_scheduler(dask_needed, tmp_path, monkeypatch, capsys, address, words):
    monkeypatch.setattr(cluster, "ANSWER_SECONDS", 1.0)
    write_class(tmp_path / "in", 1)
    assert cli.main(grade_command(tmp_path / "in", tmp_path / "out", "--scheduler", address)) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_no_workers(place, network, tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(grade_command(place / "in", out, "--scheduler", network.address)) == 2
    said = capsys.readouterr().err
    assert f"it has no workers; start some with: dask worker {network.address}\n" in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_without_the_extra(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    write_class(tmp_path / "in", 1)
    command = grade_command(tmp_path / "in", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1")
    assert cli.main(command) == 2
    said = capsys.readouterr().err
    assert "pip install -e '.[cluster]' brings it" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()
