"""Which mistakes a class made, as grades.json tells: what to speak about in the next lab."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from course_lib.kits.files import KitError

GRADES = "grades.json"  # what `course grade` calls all that it found out

Made = Mapping[str, Mapping[str, int]]  # exercise -> mistake -> the students who made it


def mistakes_made(grades: Path) -> Made:
    """How many students made each mistake. Raises KitError if grades are missing or damaged."""
    try:
        content = json.loads((grades / GRADES).read_text("utf-8"))
        made = {
            (one["student"], verdict["exercise"], verdict["mistake"])
            for one in content["submissions"]
            for verdict in one["verdicts"]
            if verdict["mistake"]
        }
    except (FileNotFoundError, NotADirectoryError):
        raise KitError(
            f"there is no {GRADES} in '{grades}'; give --grades the folder that "
            "'course grade' wrote"
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise KitError(f"{grades / GRADES}: is damaged; grade the class again") from None
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, exercise, mistake in made:
        counts[exercise][mistake] += 1
    return counts
