"""The lab plan of a lesson: one printed page, and the index of the kit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from course_lib.checking import Exercise, Mistake, Variant
from course_lib.checking.judge import WRITES_INPUT
from course_lib.teaching.lesson import Lesson, timetable
from course_lib.teaching.made import Made
from course_lib.teaching.markup import line_to_html, plain

TEMPLATES = Path(__file__).parent / "templates"
MISTAKES = 12  # on a page; more would not be read, nor fit

NOBODY: Made = MappingProxyType({})

_pages = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_pages.filters["markdown"] = lambda text: Markup(line_to_html(text))
_pages.filters["plain"] = plain


def worth_telling(
    exercise: Exercise, made: Mapping[str, int]
) -> list[tuple[Mistake | Variant, int]]:
    """The mistakes in the order in which to tell them, each with how many students made it.

    First come those that most made. The others, or all if the class is not known, come in the order
    of the exercise: authors put common ones first. Another fair form is told only if it was used.
    """
    causes: list[Mistake | Variant] = list(exercise.mistakes)
    others: tuple[Mistake | Variant, ...] = (*exercise.variants, WRITES_INPUT)
    causes += [one for one in others if one.id in made]
    return sorted(
        ((one, made.get(one.id, 0)) for one in causes), key=lambda pair: pair[1], reverse=True
    )


def plan_page(lesson: Lesson, made: Made = NOBODY) -> str:
    """The lab plan as HTML; made: the mistakes of a class, if there is one."""
    most = min(3, MISTAKES // len(lesson.exercises))
    return _pages.get_template("plan.html.j2").render(
        lesson=lesson,
        number=lesson.stem[:2],
        slots=list(timetable(lesson)),
        shown=most,
        mistakes={e.id: worth_telling(e, made.get(e.id, {}))[:most] for e in lesson.exercises},
        counted=any(e.id in made for e in lesson.exercises),
        points=sum(exercise.points for exercise in lesson.exercises),
    )


def index_page(lessons: Sequence[Lesson], report: str | None) -> str:
    """The list of what is in the kit, as HTML; report is the name of the class's report."""
    return _pages.get_template("index.html.j2").render(lessons=lessons, report=report)
