"""Tries things behind some of the fence's layers, each in a process of its own.

As a script it reads a list of [attempt, layers] (JSON) from standard input and writes, in the same
order, "done", "refused", or how else the process ended.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable

import numpy as np

from course_lib.sandbox import fence

MEMORY, CPU = 1 << 30, 1
OPENED = 100  # the descriptor of a file that was opened before
LIBC = ctypes.CDLL(None, use_errno=True)


def child_that_ends() -> None:
    if (pid := os.fork()) == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def use_the_processor() -> None:
    while time.process_time() < CPU + 0.3:
        pass


def advise(advice: int) -> None:
    page = mmap.mmap(-1, mmap.PAGESIZE)
    place = ctypes.addressof(ctypes.c_char.from_buffer(page))
    if LIBC.madvise(ctypes.c_void_p(place), mmap.PAGESIZE, advice):
        raise OSError(ctypes.get_errno(), "refused")


ATTEMPTS: dict[str, Callable[[], object]] = {
    "read a course file": lambda: os.open(fence.SECRET, os.O_RDONLY),
    "list a folder": lambda: os.listdir("."),
    "make a file": lambda: os.open(f"made-{os.getpid()}", os.O_WRONLY | os.O_CREAT),
    "make a folder": lambda: os.mkdir(f"folder-{os.getpid()}"),
    "let a file grow": lambda: os.write(OPENED, b"x"),
    "a pair of sockets": lambda: socket.socketpair(),
    "fork": child_that_ends,
    "a signal to itself": lambda: os.kill(os.getpid(), 0),
    "a file in memory": lambda: os.memfd_create("layers"),
    "another folder": lambda: os.chdir("/"),
    "advice that takes pages": lambda: advise(20),  # MADV_COLD
    "two gigabytes": lambda: np.empty(2 * MEMORY, np.uint8),
    "a hundred descriptors": lambda: [os.dup(0) for _ in range(100)],
    "processor time": use_the_processor,
}


def behind(layers: list[str], attempt: Callable[[], object]) -> None:
    """Never returns: exits with 0 if the attempt worked, with 1 if it was refused."""
    ruleset, calls = fence.file_rules(), fence.call_filter()
    if "resources" in layers:
        fence.limit_resources(MEMORY, CPU)
    if "files" in layers:
        fence.lock_files(ruleset)
    if "calls" in layers:
        fence.filter_calls(calls)
    try:
        attempt()
    except (OSError, MemoryError):
        os._exit(1)
    os._exit(0)


def outcome(attempt: str, layers: list[str]) -> str:
    pid = os.fork()
    if pid == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            behind(layers, ATTEMPTS[attempt])
        finally:
            os._exit(2)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return {0: "done", 1: "refused", -signal.SIGXCPU: "refused"}.get(code, f"ended with {code}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="course-layers-") as place:
        os.chdir(place)
        os.dup2(os.open("opened", os.O_RDWR | os.O_CREAT), OPENED)
        print(json.dumps([outcome(*one) for one in json.load(sys.stdin)]))
        os.chdir("/")


if __name__ == "__main__":
    main()
