"""Slides in one file: nbconvert's, with a player of a few lines in place of one from the web."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters.slides import SlidesExporter
from traitlets.config import Config

from course_lib.teaching import cutting
from course_lib.teaching.lesson import Lesson
from course_lib.teaching.markup import to_html

TEMPLATES = Path(__file__).parent / "templates"
COLOURS = Config({"CSSHTMLHeaderPreprocessor": {"style": "default"}})


class Exporter(SlidesExporter):
    """nbconvert's slides in our template, with formulas drawn."""

    def __init__(self) -> None:
        basedirs = [str(TEMPLATES)]
        super().__init__(config=COLOURS, template_name="slides", extra_template_basedirs=basedirs)

    def default_filters(self) -> Any:
        yield from super().default_filters()
        yield "markdown2html", to_html


def slides_page(lesson: Lesson) -> str:
    """The slides of a lesson as HTML."""
    html, _ = Exporter().from_notebook_node(cutting.notebook(lesson))
    return str(html)
