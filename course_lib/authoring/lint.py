"""The lint that a lesson must pass: a table of small rules, each of which names lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import rules_code, rules_exercises, rules_parts, rules_text
from .rules import Context, Finding
from .source import Graded, Lesson, Problem, read

Rule = Callable[[Context], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    rules_parts.file_name,
    rules_parts.title,
    rules_parts.parts_present,
    rules_parts.parts_in_order,
    rules_parts.parts_have_code,
    rules_parts.one_heading_a_cell,
    rules_exercises.markers,
    rules_exercises.solution_cells,
    rules_exercises.every_exercise_once,
    rules_exercises.known_ids,
    rules_exercises.points_in_headings,
    rules_exercises.no_answer_elsewhere,
    rules_code.plain_python,
    rules_code.one_import_cell,
    rules_code.no_shadowing,
    rules_code.short_cells,
    rules_code.no_helpers,
    rules_code.figures_through_show,
    rules_code.known_tags,
    rules_text.short_text,
    rules_text.images_have_words,
    rules_text.links_resolve,
    rules_text.dollars_balance,
    rules_text.clean_lines,
)


def lint(path: Path, exercises: Sequence[Graded], root: Path) -> list[Problem]:
    """What has to be put right in a lesson source, in the order of its lines.

    `exercises` are those that the lesson declares, in order; `root` is the repository, in which
    relative links are looked up. Raises AuthoringError if the file is not a text in cells.
    """
    return lint_lesson(read(path), exercises, root)


def lint_lesson(lesson: Lesson, exercises: Sequence[Graded], root: Path) -> list[Problem]:
    context = Context(lesson, exercises, root)
    found = [finding for rule in RULES for finding in rule(context)]
    return [Problem(lesson.path, line, says) for line, says in sorted(set(found))]
