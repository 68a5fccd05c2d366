"""What commands cost with all that they start: wall time, processor time, memory. Linux only."""

import ctypes
import os
import resource
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PERIOD = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Cost:
    """Of all commands together. Memory in MB: the largest kernel, and all processes at once."""

    wall: float
    cpu: float
    kernel: float
    all: float
    finished: bool


def adopt():
    """Become the parent of what the commands leave behind, so that its time is counted, too."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def field(pid, file, name):
    """A figure of /proc, in MB; 0 for a process that has gone."""
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024 / 1e6


def descendants(pid):
    """Every process below this one."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(text) for text in task.read_text().split()]
        except OSError:
            continue
        found += children
        for child in children:
            found += descendants(child)
    return found


def is_kernel(pid):
    try:
        return b"ipykernel" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


class Sampler(threading.Thread):
    """Watches the memory of all processes below this one until it is told to stop."""

    def __init__(self):
        super().__init__(daemon=True)
        self.kernel = self.all = 0.0
        self.stop = threading.Event()

    def run(self):
        while not self.stop.wait(PERIOD):
            pids = descendants(os.getpid())
            # Pages that processes share are counted once: proportional set size.
            self.all = max(self.all, sum(field(pid, "smaps_rollup", "Pss") for pid in pids))
            peaks = [field(pid, "status", "VmHWM") for pid in pids if is_kernel(pid)]
            self.kernel = max([self.kernel, *peaks])


def _used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _reap():
    """Wait for what is left behind; end it after five seconds."""
    deadline = time.monotonic() + 5
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                if time.monotonic() > deadline:
                    end_all()
                time.sleep(0.01)
        except ChildProcessError:
            return


def end_all():
    for pid in descendants(os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def measure(lanes, seconds, log):
    """Run lanes side by side, each a list of (command, folder, environment) one after the other.

    What is still running after so many seconds is ended. What the commands say goes into `log`.
    """
    deadline = time.monotonic() + seconds
    late = threading.Event()

    def follow(lane):
        for command, folder, environment in lane:
            with log.open("ab") as said:
                process = subprocess.Popen(
                    [str(part) for part in command],
                    cwd=folder,
                    env={**os.environ, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                )
                try:
                    process.wait(max(deadline - time.monotonic(), 0))
                except subprocess.TimeoutExpired:
                    late.set()
                    end_all()
                    process.wait()
                    return

    sampler, threads = Sampler(), [threading.Thread(target=follow, args=[lane]) for lane in lanes]
    before, start = _used(), time.monotonic()
    sampler.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.monotonic() - start
    sampler.stop.set()
    sampler.join()
    _reap()
    return Cost(wall, _used() - before, sampler.kernel, sampler.all, not late.is_set())
