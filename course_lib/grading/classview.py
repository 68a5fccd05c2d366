"""How the class did: counts of passes, of mistakes and of points. It names nobody."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import mean, median

from course_lib.checking import Exercise, Mistake, Status, Variant, Verdict
from course_lib.checking.card import code_marks
from course_lib.grading import pictures
from course_lib.grading.page import page, table
from course_lib.grading.record import Outcome
from course_lib.grading.rows import Lessons, Row
from course_lib.grading.text import lesson_name, number
from course_lib.plots import Picture

NAMED, OTHERWISE = "failed, cause named", "failed otherwise"
SAID: dict[str, str] = {Outcome.NO_LESSON: "of no lesson"}  # the others say it themselves
SHARES = {
    **{
        1.0: "The whole class",
        3 / 4: "Three quarters of the class",
        2 / 3: "Two thirds of the class",
    },
    **{1 / 2: "Half of the class", 1 / 3: "A third of the class", 1 / 4: "A quarter of the class"},
    **{1 / 5: "A fifth of the class", 1 / 10: "A tenth of the class"},
}


@dataclass(frozen=True)
class Tally:
    """What a class did in one exercise: how often each kind of verdict and each cause occurred.

    causes are sorted by how often they occurred; each is a Mistake, or a Variant.
    """

    exercise: Exercise
    kinds: Counter[str]
    causes: tuple[tuple[Mistake | Variant, int], ...]

    @property
    def total(self) -> int:
        return self.kinds.total()

    @property
    def passed(self) -> int:
        return self.kinds[Status.PASSED]


def tallies(rows: Sequence[Row], exercises: Sequence[Exercise]) -> list[Tally]:
    """One tally per exercise that anybody was judged in, in the order of the lesson."""
    marks = [mark for row in rows if row.graded for mark in row.marks]
    found = []
    for exercise in exercises:
        verdicts = [one.verdict for one in marks if one.verdict and one.exercise == exercise.id]
        causes = {one.mistake.id: one.mistake for one in verdicts if one.mistake}
        often = Counter(one.mistake.id for one in verdicts if one.mistake)
        ranked = sorted(often.items(), key=lambda pair: (-pair[1], pair[0]))
        if verdicts:
            kinds = Counter(map(_kind, verdicts))
            found.append(Tally(exercise, kinds, tuple((causes[k], n) for k, n in ranked)))
    return found


def _kind(verdict: Verdict) -> str:
    if verdict.status != Status.FAILED:
        return str(verdict.status)
    return NAMED if verdict.mistake else OTHERWISE


def class_page(rows: Sequence[Row], lessons: Lessons) -> bytes:
    """The page for the class. No name, no file name and no text of a student's is on it."""
    graded = [row for row in rows if row.graded]
    outcomes = Counter(str(row.record.outcome) for row in rows)
    said = (
        ", ".join(f"{count} {SAID.get(name, name)}" for name, count in outcomes.items()) or "none"
    )
    there = len(rows) - outcomes[Outcome.MISSING]
    body = ["<h1>How the class did</h1>", f"<p>{count_of(there, 'submission')}: {said}.</p>"]
    if unsafe := sum(not row.record.sandboxed for row in graded):
        body.append(f"<p>{unsafe} of them graded without a sandbox.</p>")
    body.append(
        '<p class="quiet">Statuses and mistakes are what the grader found. '
        "Points count manual marks.</p>"
    )
    stems = [stem for stem in lessons if any(row.lesson == stem for row in rows)]
    if len(stems) > 1:
        links = (f'<li><a href="#{stem}">{escape(lesson_name(stem))}</a></li>' for stem in stems)
        body.append(f'<nav aria-label="Lessons"><ul>{"".join(links)}</ul></nav>')
    for stem in stems:
        body += _lesson(stem, [row for row in rows if row.lesson == stem], lessons[stem])
    return page("How the class did", body)


def _lesson(stem: str, rows: Sequence[Row], exercises: Sequence[Exercise]) -> list[str]:
    counted = tallies(rows, exercises)
    parts = [f'<h2 id="{escape(stem)}">{escape(lesson_name(stem))}</h2>']
    if counted:
        parts += ["<h3>Who passed</h3>", *_passes(counted)]
        parts += ["<h3>Which mistakes</h3>", *_mistakes(counted)]
    else:
        parts.append("<p>No notebook of this lesson could be graded.</p>")
    points = [row.points for row in rows if row.points is not None]
    if points:
        parts += ["<h3>Points</h3>", *_points(points, sum(e.points for e in exercises))]
    return parts


def _passes(counted: Sequence[Tally]) -> list[str]:
    kinds = [NAMED if kind == Status.FAILED else str(kind) for kind in Status]
    kinds.insert(kinds.index(NAMED) + 1, OTHERWISE)
    kinds = [kind for kind in kinds if any(one.kinds[kind] for one in counted)]
    shares = [one.passed / one.total for one in counted]
    hardest = counted[shares.index(min(shares))]
    if min(shares) == 1:
        title = "Everybody passes every exercise"
    elif max(shares) == 0:
        title = "Nobody has passed an exercise yet"
    elif min(shares) == max(shares):
        title = f"Each exercise was passed by {share(hardest.passed, hardest.total)}"
    else:
        title = f"Hardest: {hardest.exercise.id}, passed by {share(hardest.passed, hardest.total)}"
    alt = "Stacked bars, one per exercise. " + " ".join(
        f"{one.exercise.id}: "
        + ", ".join(f"{one.kinds[k]} {k}" for k in kinds if one.kinds[k])
        + "."
        for one in counted
    )
    bars = {one.exercise.id: [one.kinds[kind] for kind in kinds] for one in counted}
    rates = [percent(one.passed, one.total) for one in counted]
    head = ["exercise", *kinds, "pass rate"]
    rows = [
        [_titled(one.exercise.id, one.exercise.title), *(one.kinds[k] for k in kinds), rate]
        for one, rate in zip(counted, rates, strict=True)
    ]
    return [
        figure(pictures.stacked(bars, kinds, [f"{rate} passed" for rate in rates], title, alt)),
        table("Notebooks by exercise and status", head, rows),
    ]


def _mistakes(counted: Sequence[Tally]) -> list[str]:
    parts = []
    for one in counted:
        if not one.causes:
            continue
        rows = [[_titled(c.id, c.says), n, percent(n, one.total)] for c, n in one.causes]
        if one.causes[0][1] > 1:  # of causes that occurred once each, a picture shows nothing
            parts.append(figure(_common(one)))
        head = ["mistake, and what it means", "notebooks", "share"]
        parts.append(table(f"Named causes in {one.exercise.id}", head, rows))
    return parts or ["<p>No known mistake was seen.</p>"]


def _common(one: Tally) -> Picture:
    """The most common causes in one exercise."""
    shown = one.causes[: pictures.MOST]
    first, most = shown[0]
    what = "another fair form" if isinstance(first, Variant) else "the same mistake"
    who = share(most, one.total, capital=True)
    title = f"{who}: {what} in {one.exercise.id}, {first.id}"
    alt = f"Bars: the most common causes of a failed {one.exercise.id}. " + " ".join(
        f"{cause.id}: {count}." for cause, count in shown
    )
    return pictures.causes([(cause.id, cause.says, count) for cause, count in shown], title, alt)


def _points(points: Sequence[float], maximum: int) -> list[str]:
    counts = Counter(points)
    middle, average = number(median(points)), f"{mean(points):.3g}"
    title = f"Half have {middle} of {maximum} points or more; the mean is {average}"
    if len(points) == 1:
        title = f"One notebook, {middle} of {maximum} points"
    listed = [(number(value), counts[value]) for value in sorted(counts)]
    alt = "Bars: how many notebooks have how many points. " + " ".join(
        f"{value} points: {count}." for value, count in listed
    )
    return [
        figure(pictures.distribution(counts, maximum, title, alt)),
        table("Notebooks by points", ["points", "notebooks"], listed),
    ]


def figure(picture: Picture) -> str:
    data = base64.b64encode(picture.png).decode("ascii")
    return f'<figure><img src="data:image/png;base64,{data}" alt="{escape(picture.alt)}"></figure>'


def share(count: int, total: int, capital: bool = False) -> str:
    """ "a third of the class (20 of 60)" where a plain fraction says it, else "23 of 60"."""
    exact = f"{count} of {total}"
    words = next((w for part, w in SHARES.items() if abs(count / total - part) < 0.02), None)
    if words is None or total < 8 or (words == SHARES[1.0] and count < total):
        return exact
    return f"{words if capital else words[0].lower() + words[1:]} ({exact})"


def _titled(name: str, words: str) -> str:
    """A name and, below it, what it stands for: HTML."""
    return f"{escape(name)}<div>{code_marks(words)}</div>"


def percent(count: int, total: int) -> str:
    return f"{100 * count / total:.0f}%"


def count_of(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def most_common(rows: Sequence[Row], lessons: Lessons, most: int = 3) -> list[tuple[str, str, int]]:
    """The mistakes that were made most often: (exercise, mistake, how often)."""
    by_lesson: Mapping[str, list[Row]] = {
        stem: [row for row in rows if row.lesson == stem] for stem in lessons
    }
    found = [
        (one.exercise.id, cause.id, count)
        for stem, exercises in lessons.items()
        for one in tallies(by_lesson[stem], exercises)
        for cause, count in one.causes
        if isinstance(cause, Mistake)
    ]
    return sorted(found, key=lambda item: (-item[2], item))[:most]
