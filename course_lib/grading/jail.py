"""The grader's side of the jail: one fenced process per submission (see sandbox.nursery).

Linux only. SandboxError is raised, with one line that names what is missing, where the fence cannot
be closed; then nothing of a student has run.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import course_lib
from course_lib.checking.session import Ended, Limits
from course_lib.sandbox.fence import SandboxError
from course_lib.sandbox.frames import HEAD, FrameError, length, pack, unpack

SLACK = 64 << 10  # what a frame holds besides the value of a reply
START_SECONDS = 120.0  # on a busy machine
NURSERY_ENDED = "the jail's nursery has ended; grade again"


class Jail:
    """Starts fenced processes, one at a time. Use it in a `with` statement.

    jail.start(limits) is a Process for checking.session. Raises SandboxError if the jail cannot be
    closed on this machine.
    """

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise SandboxError(
                f"the jail for submissions needs Linux (Landlock and seccomp), and this is "
                f"{sys.platform}"
            )
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # -s -P and an environment of our own: nothing of the user's is imported or read.
        self._nursery = subprocess.Popen(
            [
                *(sys.executable, "-s", "-P", "-B"),
                *("-m", "course_lib.sandbox.nursery", str(theirs.fileno())),
            ],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env={
                "PATH": os.defpath,
                "PYTHONHASHSEED": "0",  # the same order in sets for every submission
                "PYTHONPATH": str(Path(course_lib.__file__).parent.parent),
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
                "MKL_NUM_THREADS": "1",
            },
            start_new_session=True,
        )
        theirs.close()
        self._line.settimeout(START_SECONDS)
        try:
            said = json.loads(self._line.recv(4096) or b'{"refused": "it ended at once"}')
        except TimeoutError:
            said = {"refused": f"it did not start within {START_SECONDS:g} seconds"}
        if "refused" in said:
            self.close()
            raise SandboxError(f"the jail for submissions cannot be closed: {said['refused']}")

    def start(self, limits: Limits) -> JailedProcess:
        read_calls, write_calls = os.pipe()
        read_replies, write_replies = os.pipe()
        request = json.dumps({"memory": limits.memory, "cpu": limits.cpu}).encode()
        try:
            socket.send_fds(self._line, [request], [read_calls, write_replies])
            message, [pidfd], _, _ = socket.recv_fds(self._line, 1024, 1)
        except (OSError, ValueError):
            os.close(write_calls)
            os.close(read_replies)
            raise SandboxError(NURSERY_ENDED) from None
        finally:
            os.close(read_calls)
            os.close(write_replies)
        pid = json.loads(message)["pid"]
        process = JailedProcess(self._line, pid, pidfd, write_calls, read_replies, limits)
        process.await_fence()
        return process

    def close(self) -> None:
        self._line.close()
        try:
            self._nursery.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._nursery.kill()
            self._nursery.wait()

    def __enter__(self) -> Jail:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()


class JailedProcess:
    """A fenced worker: a Process of checking.session."""

    def __init__(
        self,
        nursery: socket.socket,
        pid: int,
        pidfd: int,
        calls: int,
        replies: int,
        limits: Limits,
    ) -> None:
        self.pid = pid
        self._nursery, self._pidfd = nursery, pidfd
        self._calls, self._replies, self._limits = calls, replies, limits
        os.set_blocking(calls, False)
        os.set_blocking(replies, False)
        self._buffer = bytearray()
        self._waited = 0.0
        self._how: int | None = None
        self._nursery_ended = False

    def await_fence(self) -> None:
        """Returns once the fence is closed; raises SandboxError if it is not."""
        try:
            said = self.receive(START_SECONDS)
        except (Ended, TimeoutError):
            raise SandboxError("the jail ended while it was being closed") from None
        if said != ["closed", 0]:
            self.close()
            raise SandboxError(f"the jail for submissions cannot be closed: {said[-1]}")

    def send(self, message: list) -> None:
        data = memoryview(pack(message))
        end = time.monotonic() + self._limits.cell
        while data:
            try:
                data = data[os.write(self._calls, data) :]
            except BlockingIOError:
                if not self._ready(self._calls, select.POLLOUT, end - time.monotonic()):
                    raise self._ended("did not read what it was sent") from None
            except OSError:
                raise self._ended("closed the grader's line") from None

    def receive(self, seconds: float) -> list[Any]:
        end = time.monotonic() + seconds
        while True:
            try:
                frame = self._next_frame()
            except FrameError:
                raise self._ended("wrote to the grader's line") from None
            if frame is not None:
                return frame
            if self._ready(self._replies, select.POLLIN, end - time.monotonic()):
                data = os.read(self._replies, 1 << 20)
                if not data:
                    raise self._ended("closed the grader's line")
                self._buffer += data
            elif time.monotonic() >= end:
                # A busy machine is not the student's fault: time in the queue for a processor
                # does not count.
                waited = self._waiting()
                end += waited - self._waited
                self._waited = waited
                if time.monotonic() >= end:
                    self.close()
                    raise TimeoutError

    def _next_frame(self) -> list[Any] | None:
        if len(self._buffer) < HEAD:
            return None
        count = length(bytes(self._buffer[:HEAD]), self._limits.reply + SLACK)
        if len(self._buffer) < HEAD + count:
            return None
        body = bytes(self._buffer[HEAD : HEAD + count])
        del self._buffer[: HEAD + count]
        return unpack(body)

    def _ready(self, descriptor: int, event: int, seconds: float) -> bool:
        poll = select.poll()
        poll.register(descriptor, event)
        return bool(poll.poll(max(seconds, 0) * 1000))

    def _waiting(self) -> float:
        """Seconds that the process was ready to run and had no processor (0 if not told)."""
        try:
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            return 0.0

    def _ended(self, otherwise: str) -> Exception:
        """What to raise when the process has gone, or has done what no worker does."""
        code = self.close()
        if self._nursery_ended:
            return SandboxError(NURSERY_ENDED)  # which took the process with it
        if code == -signal.SIGXCPU:
            return TimeoutError()
        if code == 0 or code > 0:
            return Ended(f"itself ended (exit code {code})")
        if code != -signal.SIGKILL:
            with contextlib.suppress(ValueError):
                return Ended(f"itself crashed ({signal.Signals(-code).name})")
        return Ended(otherwise)

    def close(self) -> int:
        """Kill it and wait for its end; the exit code, or minus the number of the signal."""
        if self._how is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            for descriptor in (self._pidfd, self._calls, self._replies):
                os.close(descriptor)
            try:
                self._how = int(json.loads(self._nursery.recv(1024))["ended"])
            except (OSError, ValueError):
                self._how, self._nursery_ended = -signal.SIGKILL, True
        return self._how
