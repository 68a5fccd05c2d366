"""The judge, on the trusted side, stands whatever value can cross, in every exercise."""

from __future__ import annotations

import json

import numpy as np
import pytest

from course_lib.checking import Call, judge
from course_lib.exercises import EXERCISES
from course_lib.sandbox.codec import CALLABLE, decode, encode

# Everything a student's side can send, as it is sent: the worst of each kind that crosses.
VALUES = {
    "nothing": None,
    "truth": True,
    "negative": -1,
    "largest integer": 2**64 - 1,
    "smallest integer": -(2**63),
    "nan": float("nan"),
    "infinity": float("inf"),
    "text": "1.5",
    "long text": "=<b>" * 25_000,
    "empty list": [],
    "ragged list": [[1.0], [1.0, 2.0]],
    "deep list": [[[[[1]]]]],
    "list of nothings": [None] * 10_000,
    "list of texts": ["1"] * 3,
    "empty dict": {},
    "dict with a long key": {"k" * 100_000: 1},
    "dict with many keys": {str(i): i for i in range(9_999)},
    "no axes": np.array(1.0),
    "one axis": np.zeros(3),
    "square": np.zeros((2, 2)),
    "eight axes": np.zeros((1,) * 8),
    "no entries": np.zeros(0),
    "no entries, huge axes": np.zeros((0, 2**20, 2**20)),
    "long column": np.zeros((100_000, 1), bool),
    "long row": np.full((1, 100_000), -128, np.int8),
    "largest integers": np.full(3, 2**64 - 1, np.uint64),
    "half precision": np.full(3, 6e4, np.float16),
    "many empty arrays": [np.zeros((0, 2**20))] * 1_000,
    "two arrays": [np.zeros(3), np.zeros(3)],
    "three arrays": [np.zeros(3), np.zeros(2), np.zeros(0)],
    "four numbers": [1.0, 2.0, 3.0, 4.0],
    "batches of huge integers": [np.full(1_000, 2**62), [2**62]],
}
SENT = {name: encode(value) for name, value in VALUES.items()}


def replying(value: bytes) -> dict:
    texts = dict.fromkeys(("type", "message", "line", "printed"), "")
    return {"kind": "value", "value": value, "changed": [], "warned": [], **texts}


@pytest.mark.filterwarnings("ignore")  # such numbers overflow; the grader is silent about it, too
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_as_a_result(exercise):
    for name, value in SENT.items():
        verdict = judge(exercise, Call(lambda arguments, ask, value=value: replying(value)), 1)
        assert verdict.points == 0, name
        assert len(json.dumps([verdict.message, verdict.case, verdict.notes])) < 20_000, name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))
def test_as_an_argument_of_a_call_back(exercise):
    """Whatever it is asked, a call-back answers or refuses; then the path is wrong, no more."""
    answers = []

    def asking(arguments, ask):
        numbers = []
        decode(arguments, lambda t: numbers.append(t.number) if t.kind == CALLABLE else None)
        for number in numbers:
            for value in VALUES.values():
                for given in ([value], [value] * 3, value):
                    answers.append(decode(ask(number, encode(given))))
        return replying(SENT["one axis"])

    assert judge(exercise, Call(asking), 1).points == 0
    assert all(answer.keys() in ({"value"}, {"refused"}) for answer in answers)
