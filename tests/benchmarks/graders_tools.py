"""The three graders: how each is installed, prepared and started, and where its grades are.

Each has prepare(submissions, place), lanes(jobs) for graders_measure.measure, and grades(), which
gives student -> exercise -> points (None where it gave no grade).
"""

import csv
import io
import json
import os
import shutil
import subprocess
import sys

from graders_class import EXERCISES, LESSON, SEED, otter_test, save_source

# In the kernel's environment: what the students' notebooks import.
NOTEBOOK = ("ipykernel", "numpy", "matplotlib")


def run(*command, cwd=None, env=None):
    words = [str(part) for part in command]
    env = {**os.environ, **(env or {})}
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def install(cache, package):
    """An environment of its own for a package of PyPI; returns its folder of programs."""
    home = cache / package
    if not (home / "ready").exists():
        print(f"installing {package} into {home}", file=sys.stderr)
        if shutil.which("uv"):
            run("uv", "venv", "--quiet", "--clear", "--python", sys.executable, home)
            run("uv", "pip", "install", "--python", home / "bin/python", package, *NOTEBOOK)
        else:
            run(sys.executable, "-m", "venv", "--clear", home)
            run(home / "bin/python", "-m", "pip", "install", package, *NOTEBOOK)
        (home / "ready").touch()
    return home / "bin"


def version(programs, package):
    code = f"import importlib.metadata as m; print(m.version('{package}'))"
    return run(programs / "python", "-c", code).strip()


def surroundings(programs):
    """The tool's own programs first, and no settings of the user's."""
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    return {"PATH": path, "JUPYTER_CONFIG_DIR": str(programs.parent / "no-settings")}


def share(items, jobs):
    """The items in `jobs` parts of nearly the same size."""
    return [items[start::jobs] for start in range(jobs)]


def students_of(submissions):
    return sorted(path.name for path in submissions.iterdir())


class Course:
    """`course grade`."""

    name, jobs_are = "course", "its own --jobs"

    def prepare(self, submissions, place):
        self.submissions, self.out = submissions, place / "out"

    def lanes(self, jobs):
        shutil.rmtree(self.out, ignore_errors=True)
        command = [sys.executable, "-m", "course_lib", "grade", self.submissions]
        command += ["--out", self.out, "--seed", SEED, "--jobs", jobs]
        return [[(command, None, {})]]

    def grades(self):
        text = (self.out / "grades.csv").read_text("utf-8-sig")
        return {
            row["student"]: {e.id: float(row[e.id]) for e in EXERCISES}
            for row in csv.DictReader(io.StringIO(text))
        }


class Nbgrader:
    """`nbgrader autograde`: one command for all students, which it takes one after the other."""

    jobs_are = "each its own course folder and command, with its share of the class"
    READ = """
import json, sys
from pathlib import Path
from nbgrader.api import Gradebook
found = {}
with Gradebook("sqlite:///gradebook.db") as book:
    for submission in book.assignment_submissions(sys.argv[1]):
        for notebook in submission.notebooks:
            found[submission.student.id] = {
                grade.name.removesuffix("-test"): grade.score for grade in notebook.grades
                if grade.auto_score is not None
            }
print(json.dumps(found))
"""

    def __init__(self, cache):
        self.programs = install(cache, "nbgrader")
        self.name = f"nbgrader {version(self.programs, 'nbgrader')}"
        self.environment = surroundings(self.programs)

    def prepare(self, submissions, place):
        self.submissions, self.place = submissions, place

    def lanes(self, jobs):
        self.courses, lanes = [], []
        for number, students in enumerate(share(students_of(self.submissions), jobs)):
            course = self.place / f"jobs{jobs}-{number}"
            shutil.rmtree(course, ignore_errors=True)
            save_source(course / "source" / LESSON / f"{LESSON}.ipynb")
            run(
                self.programs / "nbgrader",
                "generate_assignment",
                LESSON,
                cwd=course,
                env=self.environment,
            )
            for student in students:
                shutil.copytree(self.submissions / student, course / "submitted" / student / LESSON)
            self.courses.append(course)
            lanes.append(
                [([self.programs / "nbgrader", "autograde", LESSON], course, self.environment)]
            )
        return lanes

    def grades(self):
        found = {}
        for course in self.courses:
            found |= json.loads(
                run(
                    *(self.programs / "python", "-c", self.READ, LESSON),
                    cwd=course,
                    env=self.environment,
                )
            )
        return {
            student: {e.id: found.get(student, {}).get(e.id) for e in EXERCISES}
            for student in students_of(self.submissions)
        }


class Otter:
    """`otter run`, a command for each student; or all of them in one process, by its Python API."""

    jobs_are = "that many of them side by side"
    LOOP = """
import json, sys
from pathlib import Path
from otter.api import grade_submission
for path in map(Path, sys.argv[2:]):
    found = grade_submission(str(path), sys.argv[1], quiet=True)
    out = Path(path.parent.name)
    out.mkdir(exist_ok=True)
    tests = [{"name": n, "score": r.score} for n, r in found.results.items()]
    (out / "results.json").write_text(json.dumps({"tests": tests}))
"""

    def __init__(self, cache, loop):
        self.programs = install(cache, "otter-grader")
        how = "API, one process" if loop else "run, a process each"
        self.name = f"otter {version(self.programs, 'otter-grader')} ({how})"
        self.loop = loop
        self.environment = surroundings(self.programs)

    def prepare(self, submissions, place):
        self.submissions, self.place = submissions, place
        self.environment["TMPDIR"] = str(place)  # what it leaves when it is ended goes with us
        tests = place / "tests"
        tests.mkdir(parents=True)
        for exercise in EXERCISES:
            (tests / f"{exercise.id}.py").write_text(otter_test(exercise))
        self.tests = place / "autograder.zip"
        command = [self.programs / "otter", "generate", "-t", tests, "-o", self.tests]
        run(
            *command,
            "--no-config",
            "--no-requirements",
            "--no-environment",
            cwd=place,
            env=self.environment,
        )

    def lanes(self, jobs):
        self.out = self.place / f"jobs{jobs}"
        shutil.rmtree(self.out, ignore_errors=True)
        lanes = []
        for students in share(students_of(self.submissions), jobs):
            files = {
                student: self.submissions / student / f"{LESSON}.ipynb" for student in students
            }
            for student in students:
                (self.out / student).mkdir(parents=True)
            if self.loop:
                commands = [
                    [self.programs / "python", "-c", self.LOOP, self.tests, *files.values()]
                ]
            else:
                base = [self.programs / "otter", "run", "--no-logo", "-a", self.tests]
                commands = [
                    [*base, "-o", self.out / student, file] for student, file in files.items()
                ]
            lanes.append([(command, self.out, self.environment) for command in commands])
        return lanes

    def grades(self):
        found = {}
        for student in students_of(self.submissions):
            try:
                results = json.loads((self.out / student / "results.json").read_text())
                scores = {test["name"]: test.get("score") for test in results["tests"]}
            except OSError:
                scores = {}
            found[student] = {e.id: scores.get(e.id) for e in EXERCISES}
        return found
