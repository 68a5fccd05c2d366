"""Grade on a cluster: the jobs of a batch, handed to the workers of a Dask scheduler.

Every worker grades as this machine would, in grading processes with jails of their own (see
`apart`), or it is refused. A job whose worker is lost goes to another one. Dask is imported only
when it is asked for.
"""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from course_lib.grading import apart
from course_lib.grading.apart import (
    BROKEN,
    OPEN,
    READY,
    RECORD,
    Job,
    Reply,
    Sent,
    difference,
    fingerprint,
)
from course_lib.grading.batch import gave_up
from course_lib.grading.collect import Submission
from course_lib.grading.grader import Settings
from course_lib.grading.text import one_line
from course_lib.sandbox.fence import SandboxError

if TYPE_CHECKING:
    from distributed import Client

ANSWER_SECONDS = 5.0
PATIENCE_SECONDS = 60.0  # without any worker: one that is being restarted comes back sooner
LOOK_SECONDS = 5.0  # how often to see which workers there are
RETRIES = 2  # of a job that a worker could not do (no memory for a process, say)
SAME = "install the same course there, and start it again"
GO_ON = "what is graded is kept: run it again with --resume"
LOST = f"the scheduler has gone; {GO_ON}"


class ClusterError(Exception):
    """A cluster that cannot grade; the message is one line."""


@contextmanager
def cluster(
    address: str, sandbox: bool
) -> Iterator[Callable[[Sequence[Submission], Settings], Iterator[tuple[Submission, str]]]]:
    """What grades submissions on the cluster, as batch.grade_all does here.

    Raises ClusterError if there is no such cluster, or a part of it has another course than this,
    SandboxError if a worker can close no jail.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph")  # a notebook with pictures
        client = _client(address)
        executor = client.get_executor(retries=RETRIES, pure=False)
        try:
            check(client, address, sandbox)
            yield partial(grade_all, client, executor)
        finally:
            executor.shutdown(wait=False)  # what runs already is done to its end, for nobody
            client.close(timeout=ANSWER_SECONDS)


def _client(address: str) -> Client:
    """The connection to a scheduler. Raises ClusterError if there is none."""
    try:
        from distributed import Client, Security, rpc
    except ModuleNotFoundError:
        raise ClusterError(
            "--scheduler needs the package 'distributed', which this environment lacks; "
            "in the course's folder, pip install -e '.[cluster]' brings it"
        ) from None
    for name in ("distributed", "distributed.client"):  # a loss is said here, in one line
        logging.getLogger(name).setLevel(logging.CRITICAL)

    async def kind() -> str:
        secrets = Security().get_connection_args("client")
        async with rpc(address, connection_args=secrets) as there:
            return (await there.identity())["type"]

    try:  # to ask first has a deadline; a Client waits without end for another kind of server
        if (found := asyncio.run(asyncio.wait_for(kind(), ANSWER_SECONDS))) == "Scheduler":
            return Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
        why = f"it is a {found}"
    except TimeoutError:
        why = f"nothing was heard for {ANSWER_SECONDS:g} seconds"
    except (OSError, ValueError, TypeError) as error:  # a TypeError: tls:// without a certificate
        why = one_line(str(error), 200)
    raise ClusterError(
        f"--scheduler {address}: no Dask scheduler answers there ({why}); give the address that "
        "'dask scheduler' prints, such as tcp://10.0.0.1:8786"
    )


def check(client: Client, address: str, sandbox: bool) -> None:
    """Ask the scheduler, and every worker, whether it could grade as this machine does."""
    if not client.nthreads():
        raise ClusterError(
            f"--scheduler {address}: it has no workers; start some with: dask worker {address}"
        )
    try:  # the scheduler reads what it hands on, and so needs the course, too
        differs = difference(client.run_on_scheduler(fingerprint), fingerprint())
    except Exception as error:
        differs = _in_words(error)
    if differs:
        raise ClusterError(f"the scheduler at {address} cannot be used: {differs}; {SAME}")
    job = Job(fingerprint(), Settings(0, sandbox=sandbox))
    for worker, reply in client.run(look_there, job, on_error="return").items():
        if isinstance(reply, Exception):
            reply = BROKEN, _in_words(reply)
        _refuse(worker, reply)


def grade_all(
    client: Client, executor: Executor, submissions: Sequence[Submission], settings: Settings
) -> Iterator[tuple[Submission, str]]:
    """Grade every submission; yields each with its record (JSON) as it is done, in any order.

    Raises ClusterError if the scheduler is lost, or every worker is and none comes back.
    """
    waiting = list(reversed(submissions))
    under_way: dict[Future[tuple[str, Reply]], Submission] = {}
    threads, looked, seen = 0, float("-inf"), time.monotonic()
    while waiting or under_way:
        if (now := time.monotonic()) >= looked + LOOK_SECONDS:  # workers come and go
            threads, looked = _threads(client), now
            seen = now if threads else seen
            if now > seen + PATIENCE_SECONDS:
                raise ClusterError(f"the cluster has no worker left; {GO_ON}")
        while waiting and len(under_way) < max(1, 2 * threads):
            one = waiting.pop()
            job = Job(fingerprint(), settings, Sent.pack(one, settings))
            under_way[executor.submit(grade_there, job)] = one
        done, _ = wait(under_way, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            one = under_way.pop(future)
            yield one, _record(future, one, settings)


def _threads(client: Client) -> int:
    try:
        return sum(client.nthreads().values())
    except OSError:
        raise ClusterError(LOST) from None


def _record(future: Future[tuple[str, Reply]], one: Submission, settings: Settings) -> str:
    from distributed import KilledWorker

    try:
        worker, reply = future.result()
    except KilledWorker:  # several workers were lost while they graded it
        return gave_up(one, settings).to_json()
    except CancelledError:
        raise ClusterError(LOST) from None
    except Exception as error:
        raise ClusterError(f"a worker failed: {_in_words(error)}; {GO_ON}") from None
    _refuse(worker, reply)
    return reply[1]


def _refuse(worker: str, reply: Reply) -> None:
    """Raises SandboxError or ClusterError if the reply is that the worker cannot grade."""
    kind, why = reply
    if kind == OPEN:
        raise SandboxError(f"the worker {worker}: {why}")
    if kind not in (RECORD, READY):
        raise ClusterError(f"the worker {worker} cannot be used: {why}; {SAME}")


def _in_words(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}", 200)


async def look_there(job: Job) -> Reply:
    """Runs in a worker's event loop, which must not wait: could this worker grade?"""
    return await asyncio.to_thread(apart.ask, job)


def grade_there(job: Job) -> tuple[str, Reply]:
    """Runs in a thread of a worker: its address, and the reply to the job."""
    from distributed import get_worker

    return get_worker().address, apart.ask(job)
