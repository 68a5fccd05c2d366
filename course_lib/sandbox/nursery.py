"""The nursery: a process that has imported NumPy once and forks one fenced worker per submission.

Importing NumPy takes ten times as long as judging a function, so it is done once. The nursery
itself never holds anything of a student: it reads requests of the grader, forks, waits, and says
how the child ended. Each child is fenced afresh, has two pipes to the grader and no other
descriptor, and has ended before the next is forked.

It gets a Unix socket (its number is the first argument) with messages in JSON:

    nursery -> grader    {"ready": true}, or {"refused": why} and the end
    grader -> nursery    {"memory": bytes, "cpu": seconds}, with the ends of two pipes: read, write
    nursery -> grader    {"pid": ...}, with a descriptor that stands for the process (pidfd)
    nursery -> grader    {"ended": exit code, or minus the signal's number}

When the grader's end closes, the child is killed and the nursery ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import sys
from typing import Any

import numpy as np

from course_lib.sandbox import fence
from course_lib.sandbox.frames import write_frame
from course_lib.sandbox.worker import answer, new_namespace, quiet

# Modules whose C libraries lie where a fenced process cannot read, and parts of NumPy that a
# notebook uses: what is loaded now need not be found later.
PRELOADED = (
    *("bz2", "ctypes", "decimal", "hashlib", "lzma", "sqlite3", "ssl", "uuid", "zlib", "asyncio"),
    *("numpy.fft", "numpy.linalg", "numpy.ma", "numpy.polynomial", "numpy.random", "numpy.testing"),
)
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4  # of Linux's prctl
SOURCE, SINK, RULES = 3, 4, 5  # the descriptors of a child


def main() -> None:
    grader = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the grader decides when a batch ends
    try:
        ruleset, calls = fence.file_rules(), fence.call_filter()
    except fence.SandboxError as error:
        grader.send(json.dumps({"refused": str(error)}).encode())
        return
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # a Python built without it
    namespace = new_namespace()
    os.chdir("/")
    random.seed(0)  # the same for every submission, so that grades repeat
    np.random.seed(0)  # noqa: NPY002 - students use it
    gc.freeze()
    with contextlib.suppress(OSError):  # a grader that has gone already sends no request either
        grader.send(json.dumps({"ready": True}).encode())
    while raise_one(grader, ruleset, calls, namespace):
        pass


def raise_one(grader: socket.socket, ruleset: int, calls: Any, namespace: dict) -> bool:
    """Fork a worker at the grader's request and see it to its end. False when there is no more."""
    try:
        request, pipes, _, _ = socket.recv_fds(grader, 1024, 2)
    except ConnectionError:  # the grader was killed before it read what was said last
        return False
    if not request:
        return False
    limits = json.loads(request)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        live(parent, pipes, ruleset, calls, limits, namespace)
    for descriptor in pipes:
        os.close(descriptor)
    process = os.pidfd_open(pid)
    with contextlib.suppress(OSError):  # the grader has gone, which is noticed below
        socket.send_fds(grader, [json.dumps({"pid": pid}).encode()], [process])
    poll = select.poll()
    poll.register(process, select.POLLIN)
    poll.register(grader, select.POLLIN | select.POLLHUP)
    if process not in dict(poll.poll()):  # the grader has gone: it says nothing while a child lives
        signal.pidfd_send_signal(process, signal.SIGKILL)
    os.close(process)
    _, status = os.waitpid(pid, 0)
    try:
        grader.send(json.dumps({"ended": os.waitstatus_to_exitcode(status)}).encode())
    except OSError:
        return False
    return True


def live(
    parent: int, pipes: list[int], ruleset: int, calls: Any, limits: dict, namespace: dict
) -> None:
    """A child's whole life: fence, cells, calls, end. It never returns."""
    try:
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)  # no core, not even to a program that collects them
        if os.getppid() != parent:
            return  # the nursery ended before it could be noticed
        os.setsid()
        keep_only([*pipes, ruleset])
        quiet()
        source, sink = os.fdopen(SOURCE, "rb"), os.fdopen(SINK, "wb")
        try:
            fence.limit_resources(limits["memory"], limits["cpu"])
            fence.lock_files(RULES)
            fence.filter_calls(calls)
            fence.prove_closed(limits["memory"])
        except fence.SandboxError as error:
            write_frame(sink, ["open", 0, str(error)])
            return
        write_frame(sink, ["closed", 0])
        answer(source, sink, namespace)
    finally:
        os._exit(0)


def keep_only(descriptors: list[int]) -> None:
    """Renumber these descriptors to 3, 4, 5 and close all others but standard input and output."""
    first = SOURCE + len(descriptors)
    high = [fcntl.fcntl(d, fcntl.F_DUPFD, first) for d in descriptors]
    for number, descriptor in enumerate(high, SOURCE):
        os.dup2(descriptor, number, inheritable=False)
    os.closerange(first, 1 << 20)


if __name__ == "__main__":
    main()
