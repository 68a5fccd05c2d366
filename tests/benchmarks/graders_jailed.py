"""What the jailed processes of the course's grader use, each looked at when it is ended."""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

from graders_class import SEED
from graders_measure import field

from course_lib.checking.session import Limits
from course_lib.grading import grader
from course_lib.grading.collect import Submission
from course_lib.grading.jail import Jail, JailedProcess


def _middle(call, times=9):
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return 1e3 * statistics.median(taken)


def jailed(folder):
    """Lines that say what a jailed process uses of memory, and what the nursery saves of time."""
    peaks, own, close = [], [], JailedProcess.close

    def watched(process):
        if process._how is None:  # it is still there
            peaks.append(field(process.pid, "status", "VmHWM"))
            own.append(
                field(process.pid, "smaps_rollup", "Private_Dirty")
                + field(process.pid, "smaps_rollup", "Private_Clean")
            )
        return close(process)

    with patch.object(JailedProcess, "close", watched):
        for path in sorted(folder.glob("*/*.ipynb")):
            name = str(path.relative_to(folder))
            grader.grade(Submission(name, path, path.parent.name, 0.0), grader.Settings(SEED))
        grader.close_jail()
    yield (
        f"jailed processes: {len(peaks)}; peak resident memory {statistics.median(peaks):.0f} MB, "
        f"largest {max(peaks):.0f} MB"
    )
    if any(own):  # only root may see it
        yield (
            f"of that not shared with the nursery: {statistics.median(own):.0f} MB, "
            f"largest {max(own):.0f} MB"
        )
    fresh = _middle(lambda: subprocess.run([sys.executable, "-c", "import numpy"], check=True))
    with Jail() as jail:
        fork = _middle(lambda: jail.start(Limits()).close())
    yield (
        f"python -c 'import numpy': {fresh:.0f} ms; a fork of the nursery, fenced, and its end: "
        f"{fork:.1f} ms"
    )


if __name__ == "__main__":
    print(*jailed(Path(sys.argv[1])), sep="\n")
