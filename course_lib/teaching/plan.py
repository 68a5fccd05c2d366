"""The lab plan of a lesson: one printed page, and the index of the kit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from course_lib.teaching.lesson import Lesson, timetable
from course_lib.teaching.markup import line_to_html, plain

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 3  # mistakes of an exercise: the first of its list, where authors put the common ones

_pages = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_pages.filters["markdown"] = lambda text: Markup(line_to_html(text))
_pages.filters["plain"] = plain


def plan_page(lesson: Lesson) -> str:
    """The lab plan as HTML."""
    return _pages.get_template("plan.html.j2").render(
        lesson=lesson,
        number=lesson.stem[:2],
        slots=list(timetable(lesson)),
        shown=SHOWN,
        points=sum(exercise.points for exercise in lesson.exercises),
    )


def index_page(lessons: Sequence[Lesson], report: str | None) -> str:
    """The list of what is in the kit, as HTML; report is the name of the class's report."""
    return _pages.get_template("index.html.j2").render(lessons=lessons, report=report)
