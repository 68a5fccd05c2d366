"""A record comes back from its file as it was."""

import json

import pytest

from course_lib.checking import Call, judge, local
from course_lib.checking.verdict import verdict
from course_lib.exercises import EXERCISES
from course_lib.grading.record import Outcome, Record, plain

STEP = EXERCISES["momentum-step"]


def writes_input(w, g, v, lr, beta):
    v *= beta
    v += g
    return w - lr * v, v


VERDICTS = {
    "passed": judge(STEP, Call(local(STEP.reference)), 3),
    "mistake": judge(STEP, Call(local(STEP.mistakes[0].fn)), 3),
    "variant": judge(STEP, Call(local(STEP.variants[0].fn)), 3),
    "writes-input": judge(STEP, Call(local(writes_input)), 3),
    "text": verdict(STEP, "crashed", "a\ud800 \x1b 김", case=[("a", "b")], notes=["c", "d"]),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_there_and_back(name):
    before = Record(
        student="Zo\udceb",
        file="Zo\udceb/n.ipynb",
        lesson="05_momentum",
        outcome=Outcome.GRADED,
        digest="ab",
        submitted=1.5,
        version="0.1.0",
        notes=("one", "two"),
        sandboxed=False,
        verdicts=(VERDICTS[name],),
    )
    after = Record.from_json(before.to_json(), EXERCISES)
    assert plain(after) == plain(before)
    assert after.verdicts[0].mistake is VERDICTS[name].mistake
    assert str(after.verdicts[0]) == str(VERDICTS[name])
    assert (after.points, after.max_points) == (before.points, before.max_points)


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "eaten"},
        {"verdicts": [{}]},
        {"unknown": 1},
        {"verdicts": [{**plain(Record("", "", None, Outcome.GRADED)), "exercise": "none"}]},
    ],
)
def test_another_is_refused(change):
    fields = plain(Record("Anna", "a.ipynb", None, Outcome.GRADED)) | change
    with pytest.raises((ValueError, KeyError, TypeError)):
        Record.from_json(json.dumps(fields), EXERCISES)
