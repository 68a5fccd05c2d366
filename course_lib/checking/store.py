"""What the course remembers of its reader: a small JSON file in the reader's own folder.

The folder is COURSE_HOME, or the system's place for application data. Nothing leaves it.

When nbgrader grades, the notebook is a student's and the folder a teacher's: then what is
remembered ends with the notebook's process, and no student's feedback shows another's guesses.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

_this_process: dict[str, Any] = {}


def home() -> Path:
    """The folder in which the course keeps what it remembers."""
    named = os.environ.get("COURSE_HOME")
    return Path(named) if named else user_data_path("gradient-descent-course")


def recall(section: str) -> dict[str, Any]:
    """One section of what is remembered: "passed", "hints" or "guesses". Empty if nothing is."""
    kept = _read().get(section)
    return kept if isinstance(kept, dict) else {}


def remember(section: str, key: str, value: Any) -> bool:
    """Keep one value. False if the folder cannot be written; a lesson goes on without it."""
    everything = _read()
    kept = everything.get(section)
    everything[section] = {**(kept if isinstance(kept, dict) else {}), key: value}
    if _of_a_student():
        return True
    try:
        home().mkdir(parents=True, exist_ok=True)
        # Written beside and moved over, so that a full disk or two kernels never leave half a file.
        with tempfile.NamedTemporaryFile("w", dir=home(), delete=False, encoding="utf-8") as file:
            half = Path(file.name)
            try:
                json.dump(everything, file, indent=1)
                file.close()
                half.replace(home() / "progress.json")
            finally:
                half.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _of_a_student() -> bool:
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"


def _read() -> dict[str, Any]:
    if _of_a_student():
        return _this_process
    try:
        everything = json.loads((home() / "progress.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return everything if isinstance(everything, dict) else {}
