"""Time `course grade` against nbgrader and otter-grader on the same notebooks.

    python tests/benchmarks/graders.py --size 24 --jobs 1 2 --cache ~/.cache/course-benchmark

installs the two from PyPI into environments of their own in the cache (a temporary folder if none
is named), writes a class, has each tool grade it, and stops if the grades differ. Linux only.
"""

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from graders_class import EXERCISES, save_class, save_whole_class
from graders_jailed import jailed
from graders_measure import adopt, measure
from graders_tools import Course, Nbgrader, Otter

MANY = 300
PATIENCE = 60  # seconds a submission, of which no tool needs more than a few


def check(tool, wanted):
    """Stop unless the tool gave every exercise the points that it is written to earn."""
    grades = tool.grades()
    points = {exercise.id: exercise.points for exercise in EXERCISES}
    for student, row in wanted.items():
        for name, right in row.items():
            if grades[student][name] != right * points[name]:
                sys.exit(
                    f"{tool.name}: {student}, {name}: {grades[student][name]} points; "
                    f"{right * points[name]} are right"
                )


def time_tool(tool, wanted, submissions, place, all_jobs):
    tool.prepare(submissions, place)
    for jobs in all_jobs:
        cost = measure(tool.lanes(jobs), PATIENCE * len(wanted), place / "log")
        if not cost.finished:
            sys.exit(f"{tool.name} did not finish; see {place / 'log'}")
        check(tool, wanted)
        yield jobs, cost


def table(size, all_jobs, cache, place):
    wanted = save_class(place / "class", size)
    print(f"{size} submissions. Load of the machine at the start: {os.getloadavg()[0]:.1f}")
    print(f"{'':38} {'a submission':>22} {'':9} {'the largest':>12} {'all':>8}")
    print(
        f"{'tool':32} {'jobs':>5} {'wall s':>10} {'CPU s':>11} {'to ours':>9} "
        f"{'kernel MB':>12} {'MB':>8}"
    )
    ours = {}
    for tool in (Course(), Nbgrader(cache), Otter(cache, loop=True), Otter(cache, loop=False)):
        (place / tool.name).mkdir()
        for jobs, cost in time_tool(tool, wanted, place / "class", place / tool.name, all_jobs):
            wall, cpu = cost.wall / size, cost.cpu / size
            ratio = f"{cpu / ours.setdefault(jobs, cpu):8.1f}x"
            kernel = f"{cost.kernel:12.0f}" if cost.kernel else f"{'see below':>12}"
            print(
                f"{tool.name:32} {jobs:5} {wall:10.3f} {cpu:11.3f} {ratio} {kernel} "
                f"{cost.all:8.0f}",
                flush=True,
            )


def many(all_jobs, place):
    """The course's grader alone, with a class of usual size; and what its jailed processes use."""
    for name, write in {"as above": save_class, "whole lessons": save_whole_class}.items():
        folder, out, course = place / name, place / f"{name}-out", Course()
        out.mkdir()
        wanted = write(folder, MANY)
        for jobs, cost in time_tool(course, wanted, folder, out, all_jobs):
            print(
                f"course, {MANY} submissions, {name}, {jobs} jobs: {cost.wall:.1f} s, "
                f"{cost.cpu:.1f} s of CPU, {cost.all:.0f} MB; load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
    for line in jailed(place / "whole lessons"):
        print(line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=24, help="submissions for all tools (24)")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], help="side by side (1 2)")
    parser.add_argument("--cache", type=Path, help="where the tools are installed, and stay")
    choice = parser.parse_args()
    adopt()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        cache = (choice.cache or Path(folder) / "cache").resolve()
        table(choice.size, choice.jobs, cache, Path(folder))
        many(choice.jobs, Path(folder))
