"""The real nbgrader, in an environment of its own, and course folders for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NBGRADER = "nbgrader==0.9.6"
READ = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps([
        (submission.student.id, notebook.name, {
            grade.name.removesuffix("-check"): grade.auto_score for grade in notebook.grades
        })
        for submission in book.assignment_submissions(sys.argv[1])
        for notebook in submission.notebooks
    ]))
"""


def make_environment(home: Path) -> Path:
    """Install nbgrader and this course, as the README says; returns the folder of programs."""
    wanted = [NBGRADER, "-e", str(ROOT)]
    if shutil.which("uv"):
        run("uv", "venv", "--quiet", "--python", sys.executable, home)
        run("uv", "pip", "install", "--quiet", "--python", home / "bin/python", *wanted)
    else:
        run(sys.executable, "-m", "venv", home)
        run(home / "bin/python", "-m", "pip", "install", "--quiet", *wanted)
    return home / "bin"


def run(*command: object, **settings: Any) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False, **settings)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class NbgraderCourse:
    """A course folder of nbgrader's, with one assignment of the same name."""

    folder: Path
    programs: Path

    @property
    def assignment(self) -> str:
        return self.folder.name

    @property
    def log(self) -> Path:
        return self.folder / "nbgrader.log"

    def home(self, command: str) -> Path:
        """What the course remembers of the reader who gives this command."""
        return self.folder / "homes" / command

    def environment(self, command: str) -> dict[str, str]:
        """Without the settings of whoever runs the tests."""
        return {
            **os.environ,
            "PATH": os.pathsep.join([str(self.programs), os.environ["PATH"]]),
            "JUPYTER_CONFIG_DIR": str(self.folder / "no-settings"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "IPYTHONDIR": str(self.folder / "ipython"),
            "COURSE_HOME": str(self.home(command)),
            "OMP_NUM_THREADS": "1",
        }

    def generate(self, lessons: Iterable[str]) -> None:
        """The lessons' solution editions as the source, and what nbgrader releases of them."""
        source = self.folder / "source" / self.assignment
        source.mkdir(parents=True)
        for lesson in lessons:
            shutil.copy(ROOT / "solutions" / f"{lesson}.ipynb", source)
        self.run("generate_assignment", self.assignment)

    def released(self, lesson: str) -> Any:
        return nbformat.read(self.folder / "release" / self.assignment / f"{lesson}.ipynb", 4)

    def submitted(self, student: str, lesson: str) -> Path:
        return self.folder / "submitted" / student / self.assignment / f"{lesson}.ipynb"

    def hand_in(self, student: str, lesson: str, notebook: Any) -> None:
        path = self.submitted(student, lesson)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)

    def run(self, command: str, *words: object) -> str:
        """What a command of nbgrader's prints."""
        program = self.programs / "nbgrader"
        return run(program, command, *words, cwd=self.folder, env=self.environment(command))

    def start_autograde(self) -> subprocess.Popen:
        """Two courses can be graded at the same time; what nbgrader prints goes to the log."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [self.programs / "nbgrader", "autograde", self.assignment],
                cwd=self.folder,
                env=self.environment("autograde"),
                stdout=log,
                stderr=log,
            )

    def points(self) -> dict[tuple[str, str], dict[str, float | None]]:
        """(student, lesson) -> exercise -> points; None where nbgrader gave no grade."""
        found = json.loads(
            run(self.programs / "python", "-c", READ, self.assignment, cwd=self.folder)
        )
        return {(student, lesson): grades for student, lesson, grades in found}

    def feedback(self, student: str, lesson: str) -> str:
        path = self.folder / "feedback" / student / self.assignment / f"{lesson}.html"
        return path.read_text("utf-8")
