"""The kit in a folder: plans, slides, the class's report and an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from course_lib.checking import Exercise
from course_lib.grading.files import write
from course_lib.teaching.lesson import read_lesson
from course_lib.teaching.plan import index_page, plan_page
from course_lib.teaching.slides import slides_page

REPORT = "class.html"  # what `course grade` calls the report of a class


class KitError(Exception):
    """The kit cannot be made; the message says what was given and what to do."""


def export_kit(
    stems: Sequence[str],
    notebooks: Path,
    lessons: Mapping[str, Sequence[Exercise]],
    out: Path,
    grades: Path | None = None,
) -> list[str]:
    """Write the kit for the lessons named by stems; returns the names of the files written.

    notebooks   the folder of the student editions
    lessons     stem -> exercises
    grades      the folder that `course grade` wrote, whose report is put in

    Nothing is written before everything has been made. Files of earlier kits are replaced.
    """
    if out.exists() and not out.is_dir():
        raise KitError(f"'{out}' is a file; give --out the name of a folder")
    files: dict[str, bytes] = {}
    if grades is not None:
        if not (grades / REPORT).is_file():
            raise KitError(f"there is no {REPORT} in '{grades}'; give the --out of 'course grade'")
        files[REPORT] = (grades / REPORT).read_bytes()
    read = [read_lesson(notebooks / f"{stem}.ipynb", lessons[stem]) for stem in stems]
    for lesson in read:
        files[f"{lesson.stem[:2]}_plan.html"] = plan_page(lesson).encode()
        files[f"{lesson.stem[:2]}_slides.html"] = slides_page(lesson).encode()
    files["index.html"] = index_page(read, REPORT if grades is not None else None).encode()
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write(out / name, content)
    return list(files)
