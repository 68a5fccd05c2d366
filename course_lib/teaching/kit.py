"""`course export instructor`: plans, slides, the class's report and an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from course_lib.checking import Exercise
from course_lib.kits.files import Kit, KitError
from course_lib.teaching.lesson import read_lesson
from course_lib.teaching.made import Made, mistakes_made
from course_lib.teaching.plan import index_page, plan_page
from course_lib.teaching.slides import slides_page

REPORT = "class.html"  # what `course grade` calls the report of a class


def instructor_kit(
    root: Path,
    stems: Sequence[str],
    lessons: Mapping[str, Sequence[Exercise]],
    grades: Path | None = None,
) -> Kit:
    """A lab plan and slides for each of the lessons that stems names, and an index.

    lessons     stem -> exercises
    grades      the folder that `course grade` wrote: the report of the class is put in, and the
                plans begin with the mistakes that it made

    Raises KitError if the student edition of a lesson, or what `course grade` wrote, is not there.
    """
    files: dict[str, bytes] = {}
    made: Made = {}
    if grades is not None:
        if not (grades / REPORT).is_file():
            raise KitError(
                f"there is no {REPORT} in '{grades}'; give --grades the folder that "
                "'course grade' wrote"
            )
        files[REPORT] = (grades / REPORT).read_bytes()
        made = mistakes_made(grades)
    read = []
    for stem in stems:
        path = root / "notebooks" / f"{stem}.ipynb"
        if not path.is_file():
            raise KitError(f"there is no notebook '{path}'; 'course build {stem[:2]}' makes it")
        lesson = read_lesson(path, lessons[stem])
        files[f"{stem[:2]}_plan.html"] = plan_page(lesson, made).encode()
        files[f"{stem[:2]}_slides.html"] = slides_page(lesson).encode()
        read.append(lesson)
    files["index.html"] = index_page(read, REPORT if grades is not None else None).encode()
    return Kit(files)
