"""The judge: compares the whole behaviour of a function with the right one and with every mistake.

There is one judge and one set of tests. The notebook hands it a channel to the student's function,
the terminal and the grader a channel to another process; nothing else differs.
"""

from __future__ import annotations

import inspect
import sys
import zlib
from functools import lru_cache
from typing import Any

import numpy as np

from course_lib.checking.calling import Call, Failure, local
from course_lib.checking.compare import Difference, agree, compare, show
from course_lib.checking.exercise import Case, Exercise, Function, Mistake
from course_lib.checking.verdict import Verdict, verdict

WRITES_INPUT = Mistake(
    "writes-input",
    "The result is right, but your function changes its input.",
    fn=lambda *args: None,  # seen by the function server, in any exercise; never run
)


class Behaviour:
    """All that a function was seen to do: its cases, and the failure that ended them, if any.

    Cases are watched as they are asked for: most known mistakes part from a student's function in
    the first case, and then the others are never run.
    """

    def __init__(self, exercise: Exercise, call: Call, seed: int) -> None:
        rng = np.random.default_rng([seed, zlib.crc32(exercise.id.encode())])
        call.most = exercise.calls
        self._coming = exercise.observe(call, rng)
        self._seen: list[Case] = []
        self._ended = False
        self._failure: Failure | None = None

    def case(self, i: int) -> Case | None:
        """Case number i, counted from 0; None if there are not so many."""
        while len(self._seen) <= i and not self._ended:
            try:
                self._seen.append(next(self._coming))
            except StopIteration:
                self._ended = True
            except Failure as failure:
                self._ended, self._failure = True, failure
        return self._seen[i] if i < len(self._seen) else None

    @property
    def cases(self) -> list[Case]:
        self.case(sys.maxsize)
        return self._seen

    @property
    def failure(self) -> Failure | None:
        self.case(sys.maxsize)
        return self._failure


@lru_cache(maxsize=4096)
def known_behaviour(exercise: Exercise, fn: Function, seed: int) -> Behaviour:
    """The behaviour of a reference, a mistake or a variant: the same for every student."""
    return Behaviour(exercise, Call(local(fn)), seed)


def same(got: Behaviour, known: Behaviour, rtol: float) -> bool:
    """Whether two behaviours agree everywhere."""
    for i, mine in enumerate(got.cases):
        theirs = known.case(i)
        if theirs is None or mine.seen.keys() != theirs.seen.keys():
            return False
        if not all(agree(mine.seen[name], theirs.seen[name], rtol) for name in theirs.seen):
            return False
    if len(got.cases) != len(known.cases) or (got.failure is None) != (known.failure is None):
        return False
    return not (got.failure and known.failure) or got.failure.status == known.failure.status


def judge(exercise: Exercise, call: Call, seed: int) -> Verdict:
    """Judge the function behind `call`.

    Passed if it behaves like the reference and leaves its arguments alone. Otherwise the verdict
    names the mistake (or the variant) whose behaviour agrees everywhere; if none does, it shows
    the smallest case that differs.
    """
    got = Behaviour(exercise, call, seed)
    wanted = known_behaviour(exercise, exercise.reference, seed)
    agrees = same(got, wanted, exercise.rtol)  # watches all of it, so that the notes are complete
    notes = _notes(call)
    if got.failure is None and agrees:
        if call.changed:
            return _writes_input(exercise, call, notes)
        return verdict(exercise, "passed", _praise(got), notes=notes)
    if got.failure is not None and got.failure.status != "crashed":
        return _failed_to_answer(exercise, call, got.failure, notes)

    first = _smallest_difference(exercise, got, wanted)
    rows = _rows(*first) if first else _call_rows(exercise, call)
    for mistake in exercise.mistakes:
        rtol = mistake.rtol or exercise.rtol
        if same(got, known_behaviour(exercise, mistake.fn, seed), rtol):
            says = mistake.says
            return verdict(exercise, "failed", says, mistake=mistake, case=rows, notes=notes)
    for variant in exercise.variants:
        if same(got, known_behaviour(exercise, variant.fn, seed), exercise.rtol):
            says = variant.says
            return verdict(exercise, "failed", says, mistake=variant, case=rows, notes=notes)
    if got.failure is not None and first is None:
        return _failed_to_answer(exercise, call, got.failure, notes)
    assert first is not None  # the behaviours differ, so some case does
    if got.failure is not None:
        notes = [*notes, f"On another case: {got.failure.message}"]
    return _differs(exercise, call, *first, notes)


def _praise(got: Behaviour) -> str:
    count = len(got.cases)
    return (
        f"It does what is wanted in {'the one case' if count == 1 else f'all {count} cases'} tried."
    )


def _failed_to_answer(
    exercise: Exercise, call: Call, failure: Failure, notes: list[str]
) -> Verdict:
    rows = (
        _call_rows(exercise, call) if failure.status in ("crashed", "failed", "timed out") else []
    )
    advice = ""
    if failure.kind == "unread":
        advice = "Run that cell: it shows the place. Mend it, and run the check again."
    elif failure.status == "not found":
        advice = f"Look for the cell with `def {exercise.function}`: is it gone, or renamed?"
    if failure.status == "crashed":
        notes = [*notes, *_also_changes(exercise, call)]
        advice = "Call your function with these values in a cell of its own, and read the error."
    return verdict(exercise, failure.status, failure.message, case=rows, advice=advice, notes=notes)


def _writes_input(exercise: Exercise, call: Call, notes: list[str]) -> Verdict:
    return verdict(
        exercise,
        "failed",
        f"The result is right, but your function changes its input {_changed(exercise, call)}.",
        mistake=WRITES_INPUT,
        advice="Work on a copy (a.copy()), or write a = a - b, which makes a new array, "
        "instead of a -= b, which writes into the old one.",
        notes=notes,
    )


def _differs(
    exercise: Exercise, call: Call, case: Case, name: str, d: Difference, notes: list[str]
) -> Verdict:
    part = f"{name}, {d.where}" if d.where else name
    message = {
        "another number": f"The numbers of {name} differ from what the equation gives.",
        "another shape": f"The shape of {part} is {d.got}; it should be {d.wanted}.",
    }.get(d.what, f"For {part}, your function gives {d.got}; wanted: {d.wanted}.")
    notes = [*notes, *_also_changes(exercise, call)]
    by_hand = (
        "No known mistake does exactly this. Work the case above by hand, "
        "print each term of your function, and see where they part."
    )
    look = "Look at the return line, and at what the exercise asks for."
    advice = d.advice or (by_hand if d.what == "another number" else look)
    return verdict(
        exercise, "failed", message, case=_rows(case, name, d), advice=advice, notes=notes
    )


def _smallest_difference(
    exercise: Exercise, got: Behaviour, wanted: Behaviour
) -> tuple[Case, str, Difference] | None:
    found: list[tuple[int, int, tuple[Case, str, Difference]]] = []
    for mine, right in zip(got.cases, wanted.cases, strict=False):
        for name, value in right.seen.items():
            difference = compare(mine.seen.get(name), value, exercise.rtol)
            if difference:
                size = _size(right.given) + _size(right.seen)
                found.append((size, len(found), (right, name, difference)))
                break
    return min(found)[2] if found else None


def _size(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.size
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_size, value))
    return 1


def _rows(case: Case, name: str, d: Difference) -> list[tuple[str, str]]:
    # A text is a description ("sum(w**3)"), not a value: it stands without quotes.
    rows = [(k, v if isinstance(v, str) else show(v)) for k, v in case.given.items()]
    where = f"{name}, {d.where}" if d.where else name
    return [*rows, (f"yours: {where}", d.got), (f"wanted: {where}", d.wanted)]


def _call_rows(exercise: Exercise, call: Call) -> list[tuple[str, str]]:
    return list(zip(_names(exercise), map(show, call.last), strict=False))


def _also_changes(exercise: Exercise, call: Call) -> list[str]:
    if not call.changed:
        return []
    changed = _changed(exercise, call)
    return [f"It also changes its input {changed}, which a function should leave alone."]


def _changed(exercise: Exercise, call: Call) -> str:
    names = _names(exercise)
    return " and ".join(names[i] for i in sorted(call.changed))


def _names(exercise: Exercise) -> list[str]:
    return list(inspect.signature(exercise.reference).parameters)


def _notes(call: Call) -> list[str]:
    notes = []
    if call.printed.strip():
        first = call.printed.strip().splitlines()[0][:80]
        notes.append(f"Your function prints ({first!r}); that is no harm, and no result either.")
    notes += [f"Python warns while it runs: {text}" for text in call.warned]
    return notes
