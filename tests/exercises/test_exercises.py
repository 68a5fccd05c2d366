"""Every exercise: its reference passes, every listed mistake is rejected and named, none are alike.

The functions are judged twice, in this process and through the pipe of a worker process.
"""

import itertools

import pytest

from course_lib.checking import Call, judge, local
from course_lib.checking.calling import MAX_CALLS
from course_lib.checking.judge import known_behaviour, same
from course_lib.exercises import EXERCISES, LESSONS

SEEDS = (0, 7, 2026)

WRONG = [
    pytest.param(exercise, mistake, id=f"{exercise.id}:{mistake.id}")
    for exercise in EXERCISES.values()
    for mistake in (*exercise.mistakes, *exercise.variants)
]
RIGHT = [pytest.param(exercise, id=exercise.id) for exercise in EXERCISES.values()]


@pytest.mark.parametrize("exercise", RIGHT)
def test_the_reference_passes(exercise):
    for seed in SEEDS:
        call = Call(local(exercise.reference))
        verdict = judge(exercise, call, seed)
        assert verdict.passed, str(verdict)
        assert verdict.points == exercise.points
        assert not verdict.notes
        assert call._calls <= MAX_CALLS


@pytest.mark.parametrize(("exercise", "mistake"), WRONG)
def test_a_mistake_is_named(exercise, mistake):
    for seed in SEEDS:
        verdict = judge(exercise, Call(local(mistake.fn)), seed)
        assert verdict.status == "failed"
        assert verdict.points == 0
        assert verdict.mistake is mistake, f"taken for {verdict.mistake}"
        assert verdict.message == mistake.says


@pytest.mark.parametrize("exercise", RIGHT)
def test_no_two_mistakes_behave_alike(exercise):
    known = [(m.id, m.fn, m.rtol or exercise.rtol) for m in exercise.mistakes + exercise.variants]
    known.append(("reference", exercise.reference, exercise.rtol))
    for (id_a, fn_a, rtol_a), (id_b, fn_b, rtol_b) in itertools.combinations(known, 2):
        for seed in SEEDS:
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
