"""What a Gradescope kit's run_autograder runs: from one submission to results.json.

    python -m course_lib.kits.autograder /autograder

It starts `course grade` and `course export gradescope-results`, as one would by hand. Whatever
happens, results.json says it: nothing ungraded earns points, and nothing runs without the jail
unless the kit was made so.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from course_lib.grading.files import to_json, write

SOURCE = Path(__file__).resolve().parents[2]  # the kit, unpacked
SETTINGS = "kit.json"


def main(root: Path) -> int:
    """Grade what is in root/submission into root/results/results.json."""
    results = root / "results" / "results.json"
    results.parent.mkdir(exist_ok=True)
    # What stands there if this is killed, for the memory or the time that it takes.
    write(results, _not_graded("the grader was stopped before it was done. Submit again."))
    settings = json.loads((SOURCE / SETTINGS).read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="course-") as place:
        # `grade` takes a class: a folder in which each folder is a student's.
        shutil.copytree(root / "submission", Path(place, "class", "submission"), symlinks=True)
        grade = ["grade", f"{place}/class", "--layout", "plain", "--out", f"{place}/grades"]
        grade += ["--lesson", settings["lesson"], "--seed", str(settings["seed"]), "--jobs", "1"]
        if not settings["sandbox"]:
            grade.append("--unsafe-no-sandbox")
        code, why = _course(*grade)
        # 1 is a file that could not be read, which the grades say; or a crash, without grades.
        if code not in (0, 1) or not Path(place, "grades", "grades.json").is_file():
            write(results, _not_graded(f"{why}. Tell your instructor; it is not your mistake."))
            return 0
        code, _ = _course("export", "gradescope-results", f"{place}/grades", "--out", str(results))
        if code:
            hand_in = f"{settings['lesson']}.ipynb"
            write(results, _not_graded(f"it holds no notebook of this lesson. Hand in {hand_in}."))
    return 0


def _course(*words: str) -> tuple[int, str]:
    """Run a command of the course; its exit code, and its last line if it refused."""
    command = [sys.executable, "-m", "course_lib", *words]
    done = subprocess.run(command, cwd=SOURCE, stderr=subprocess.PIPE, text=True, errors="replace")
    sys.stderr.write(done.stderr)
    said = [line for line in done.stderr.splitlines() if line.startswith("course: ")]
    return done.returncode, said[-1].removeprefix("course: ") if said else "the grader failed"


def _not_graded(why: str) -> bytes:
    """Gradescope takes results without a score for an autograder that is broken: 0, and why."""
    says = f"Not graded: {why}"
    return to_json(
        {"score": 0, "output": says, "output_format": "text", "visibility": "visible", "tests": []}
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
