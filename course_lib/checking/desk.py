"""What a lesson calls: check, diagnose, ready, hint, progress, predict, reveal and guesses."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from course_lib.checking import store
from course_lib.checking.calling import Call, local
from course_lib.checking.card import COLOURS, code_marks, panel
from course_lib.checking.compare import number
from course_lib.checking.deadline import SECONDS, within
from course_lib.checking.exercise import Exercise
from course_lib.checking.judge import judge
from course_lib.checking.verdict import Verdict

SEED = 0  # the notebook's; a grader draws another


@dataclass(frozen=True)
class Note:
    """A short text that shows itself in a notebook and in a terminal."""

    label: str
    text: str
    colour: str = COLOURS["not attempted"]

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.text)

    def _repr_html_(self) -> str:
        lines = "".join(f"<div>{code_marks(line)}</div>" for line in self.text.splitlines())
        return panel(self.colour, self.label, lines)


@dataclass(frozen=True)
class Progress:
    """The reader's map: every exercise of some lessons, and whether it has been passed."""

    lessons: Mapping[str, Sequence[Exercise]]
    passed: frozenset[str]

    def _rows(self) -> list[tuple[str, list[tuple[str, bool]], int, int]]:
        rows = []
        for lesson, exercises in self.lessons.items():
            marks = [(e.title, e.id in self.passed) for e in exercises]
            earned = sum(e.points for e in exercises if e.id in self.passed)
            rows.append((lesson, marks, earned, sum(e.points for e in exercises)))
        return rows

    def __str__(self) -> str:
        lines = []
        for lesson, marks, earned, points in self._rows():
            lines.append(f"{lesson}: {earned} of {points} points")
            lines += [f"  {'✓' if done else '○'} {title}" for title, done in marks]
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(lesson)}</th>'
            '<td style="text-align:left">'
            + "<br>".join(f"{'✓' if done else '○'} {escape(title)}" for title, done in marks)
            + f"</td><td>{earned} of {points}</td></tr>"
            for lesson, marks, earned, points in self._rows()
        )
        head = "<tr>" + "".join(
            f'<th scope="col" style="text-align:left">{name}</th>'
            for name in ("Lesson", "✓ passed, ○ open", "Points")
        )
        table = f"<table><thead>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return panel(COLOURS["passed"], "Your progress", table)


class NotPassed(AssertionError):
    """What nbgrader reads as no points. IPython shows it without the lines that raised it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Misused(ValueError):
    """A call that the lesson's functions cannot answer, shown as its one line in a notebook."""

    def _render_traceback_(self) -> list[str]:
        return [f"ValueError: {self}"]


def _tell_nbgrader(verdict: Verdict) -> None:
    """Say the verdict as nbgrader reads it: an error is no points, a cell without value is all.

    A value that is a number would be partial credit, which a course that weighs its cells anew
    gets wrong; any other value is warned of.
    """
    if not verdict.passed:
        raise NotPassed(str(verdict))
    print(verdict)


class Desk:
    """The checks of a set of lessons. A lesson uses its methods as plain functions."""

    def __init__(self, lessons: Mapping[str, Sequence[Exercise]]) -> None:
        self._lessons = lessons
        self._exercises = {e.id: e for exercises in lessons.values() for e in exercises}

    def diagnose(self, exercise_id: str, function: Callable) -> Verdict:
        """Judge any function, such as a published one, without counting it as yours."""
        exercise = self._find(exercise_id)
        return judge(exercise, Call(within(SECONDS, local(function))), SEED)

    def check(self, exercise_id: str, function: Callable) -> Verdict | None:
        """Judge your function; the verdict shows itself as a card.

        It never raises for what your function does, so that Run All goes on. Only when nbgrader
        runs the notebook (NBGRADER_EXECUTION is set) does it raise NotPassed, and give no value.
        """
        verdict = self.diagnose(exercise_id, function)
        if verdict.passed and not store.remember("passed", verdict.exercise, True):
            lost = f"It passes, but that cannot be kept: {store.home()} cannot be written."
            verdict = replace(verdict, notes=(*verdict.notes, lost))
        if os.environ.get("NBGRADER_EXECUTION"):
            _tell_nbgrader(verdict)
            return None
        return verdict

    def ready(self, exercise_id: str, function: Callable) -> Callable:
        """Your function once it passes, the course's own until then: the lesson can go on."""
        passed = self.diagnose(exercise_id, function).passed
        return function if passed else self._find(exercise_id).reference

    def hint(self, exercise_id: str) -> Note:
        """The next hint for an exercise, from a nudge to nearly there."""
        exercise = self._find(exercise_id)
        seen = store.recall("hints").get(exercise.id, 0)
        shown = seen % len(exercise.hints)
        store.remember("hints", exercise.id, shown + 1)
        label = f"Hint {shown + 1} of {len(exercise.hints)}"
        return Note(label, f"{label}: {exercise.hints[shown]}")

    def progress(self, lesson: str | None = None) -> Progress:
        """A map of what you have passed, for one lesson or the whole course."""
        if lesson is not None and lesson not in self._lessons:
            raise Misused(f"no lesson {lesson!r}; there are {', '.join(self._lessons)}")
        lessons = self._lessons if lesson is None else {lesson: self._lessons[lesson]}
        return Progress(lessons, frozenset(store.recall("passed")))

    def predict(self, question: str, guess: float | None, *more: float) -> Note:
        """Keep your guess, before the lesson shows the number. It is compared by reveal()."""
        if more:  # 0,5 is two numbers
            typed = ",".join(map(str, (guess, *more)))
            raise Misused(f"predict: {typed} is more than one number; write a point, such as 0.5")
        if guess is None:
            text = (
                "No guess yet. Put a number in place of `None` and run the cell: "
                "a wrong guess teaches more than none."
            )
            return Note("Your guess", text)
        is_number = isinstance(guess, int | float) and not isinstance(guess, bool)
        if not (is_number and math.isfinite(guess)):
            raise Misused(f"predict: the guess is {guess!r}; give one number, such as 0.5")
        store.remember("guesses", question, {"guess": float(guess)})
        return Note("Your guess", f"Kept: your guess is {number(guess)}.")

    def reveal(self, question: str, truth: float) -> Note:
        """The number that predict() asked for, beside your guess."""
        kept = store.recall("guesses").get(question)
        if not kept:
            return Note("The number", f"It is {number(truth)}. (You made no guess.)")
        guess = kept["guess"]
        store.remember("guesses", question, {"guess": guess, "truth": float(truth)})
        text = f"You said {number(guess)}; it is {number(truth)}."
        if guess * truth > 0:
            factor = max(guess / truth, truth / guess)
            text += (
                " That is it." if factor < 1.05 else f" You are off by a factor of {factor:.2g}."
            )
        return Note("The number", text, COLOURS["passed"])

    def guesses(self) -> list[tuple[str, float, float]]:
        """Every guess whose number has been revealed: (question, guess, truth), oldest first."""
        kept = store.recall("guesses").items()
        return [(name, g["guess"], g["truth"]) for name, g in kept if "truth" in g]

    def _find(self, exercise_id: str) -> Exercise:
        if exercise_id in self._exercises:
            return self._exercises[exercise_id]
        near = difflib.get_close_matches(str(exercise_id), self._exercises, n=1, cutoff=0)
        raise Misused(f"no exercise {exercise_id!r}; did you mean {near[0]!r}?")
