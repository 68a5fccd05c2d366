"""Every exercise: its reference passes, every listed mistake is rejected and named, none are alike.

Every function is judged twice: as the notebook does it, and through a pipe, as the terminal does.
"""

import itertools
import os
import threading
from contextlib import contextmanager

import pytest

from course_lib.checking import Call, judge, local
from course_lib.checking.judge import known_behaviour, same
from course_lib.exercises import EXERCISES, LESSONS
from course_lib.sandbox.frames import read_frame, write_frame
from course_lib.sandbox.worker import answer


@contextmanager
def directly(function):
    yield local(function)


@contextmanager
def through_a_pipe(function):
    """A worker's own loop at the other end of two pipes, in a thread."""
    (to_read, to_write), (back_read, back_write) = os.pipe(), os.pipe()
    with (
        open(to_read, "rb") as source,
        open(back_write, "wb") as sink,
        open(back_read, "rb") as replies,
    ):
        worker = threading.Thread(target=answer, args=(source, sink, {"f": function}))
        worker.start()
        with open(to_write, "wb") as calls:

            def channel(arguments, ask):
                write_frame(calls, ["call", 1, "f", arguments])
                while (frame := read_frame(replies))[0] == "ask":
                    write_frame(calls, ["answer", 1, ask(frame[2], frame[3])])
                return frame[2]

            yield channel
        worker.join()


WAYS = {0: directly, 2026: through_a_pipe}  # seed -> the way it is judged

WRONG = [
    pytest.param(exercise, mistake, id=f"{exercise.id}:{mistake.id}")
    for exercise in EXERCISES.values()
    for mistake in (*exercise.mistakes, *exercise.variants)
]
RIGHT = [pytest.param(exercise, id=exercise.id) for exercise in EXERCISES.values()]


@pytest.mark.parametrize("exercise", RIGHT)
def test_the_reference_passes(exercise):
    for seed, way in WAYS.items():
        with way(exercise.reference) as channel:
            call = Call(channel)
            verdict = judge(exercise, call, seed)
        assert verdict.passed, str(verdict)
        assert verdict.points == exercise.points
        assert not verdict.notes
        assert call._calls <= exercise.calls


@pytest.mark.parametrize(("exercise", "mistake"), WRONG)
def test_a_mistake_is_named(exercise, mistake):
    for seed, way in WAYS.items():
        with way(mistake.fn) as channel:
            verdict = judge(exercise, Call(channel), seed)
        assert verdict.status == "failed"
        assert verdict.points == 0
        assert verdict.mistake is mistake, f"taken for {verdict.mistake}"
        assert verdict.message == mistake.says


@pytest.mark.parametrize("exercise", RIGHT)
def test_no_two_mistakes_behave_alike(exercise):
    known = [(m.id, m.fn, m.rtol or exercise.rtol) for m in exercise.mistakes]
    known += [(v.id, v.fn, exercise.rtol) for v in exercise.variants]
    known.append(("reference", exercise.reference, exercise.rtol))
    for (id_a, fn_a, rtol_a), (id_b, fn_b, rtol_b) in itertools.combinations(known, 2):
        for seed in WAYS:
            a, b = (known_behaviour(exercise, fn, seed) for fn in (fn_a, fn_b))
            assert not same(a, b, max(rtol_a, rtol_b)), f"{id_a} and {id_b}, seed {seed}"


@pytest.mark.parametrize("exercise", RIGHT)
def test_the_words_are_whole(exercise):
    assert len(exercise.hints) >= 2
    ids = [m.id for m in exercise.mistakes + exercise.variants]
    assert len(set(ids)) == len(ids)
    for text in (exercise.title, *exercise.hints, *(m.says for m in exercise.mistakes)):
        assert text[0].isupper() or text[0] == "`"
        assert text.count("`") % 2 == 0
    for mistake in exercise.mistakes:
        assert mistake.says.rstrip()[-1] in ".?`)"
        assert len(mistake.says) > 40, "a mistake's text says what happens and where to look"


def test_every_exercise_belongs_to_one_lesson():
    assert len(EXERCISES) == sum(map(len, LESSONS.values()))
