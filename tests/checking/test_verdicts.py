"""What a student is told. Every row is a function somebody might hand in for one small exercise.

The exercise: halve(w) returns w / 2 for an array w. Rows are judged in this process and through
the pipe of a worker process, and must come out alike.
"""

import textwrap
import warnings

import numpy as np
import pytest

from course_lib.checking import Call, Exercise, Failure, Mistake, Variant, cases, judge, local
from course_lib.checking.deadline import within
from course_lib.checking.process import PlainProcess
from course_lib.checking.session import Limits, judge_cells

SECONDS = 0.4


def halve(w):
    return w / 2


HALVE = Exercise(
    id="halve",
    title="Half of it",
    points=2,
    reference=halve,
    observe=cases(
        lambda rng: [(np.array([2.0, 4.0]),), (rng.normal(size=(2, 3)),)], ("w",), "the half"
    ),
    hints=("Divide.", "Divide by two."),
    mistakes=(
        Mistake("doubles", "You double w where you should halve it.", lambda w: 2 * w),
        Mistake(
            "first-axis", "It fails for a matrix.", lambda w: np.array([float(x) / 2 for x in w])
        ),
    ),
    variants=(Variant("quarter", "A fair form used elsewhere; here a half.", lambda w: w / 4),),
)

# name -> (code, status, mistake id, words that the verdict must hold)
ROWS = {
    "right": ("def halve(w): return w / 2", "passed", None, ["2 of 2 points", "all 2 cases"]),
    "known mistake": ("def halve(w): return w + w", "failed", "doubles", ["You double w"]),
    "variant": ("def halve(w): return 0.25 * w", "failed", "quarter", ["a fair form".capitalize()]),
    "mistake that crashes": (
        "def halve(w): return np.array([x / 2 for x in map(float, w)])",
        "failed",
        "first-axis",
        ["It fails for a matrix."],
    ),
    "constant factor": (
        "def halve(w): return 3 * w",
        "failed",
        None,
        ["6 times the wanted value", "[2, 4]", "yours", "wanted"],
    ),
    "opposite sign": ("def halve(w): return -w / 2", "failed", None, ["opposite sign throughout"]),
    "unknown mistake": (
        "def halve(w): return w / 2 + 1",
        "failed",
        None,
        ["entry [0]", "Work the case above by hand"],
    ),
    "no return": ("def halve(w): w = w / 2", "failed", None, ["None", "return line"]),
    "list": (
        "def halve(w): return list(w / 2)",
        "failed",
        None,
        ["a list of 2", "np.array(your_list)"],
    ),
    "list without numbers": (
        "def halve(w): return [None for _ in w]",
        "failed",
        None,
        ["the half, entry [0], your function gives None; wanted: one number", "return line"],
    ),
    "scalar": (
        "def halve(w): return float(w.sum())",
        "failed",
        None,
        ["the number 6", "shape (2,)"],
    ),
    "nan": ("def halve(w): return w / 2 + np.nan", "failed", None, ["not finite there"]),
    "infinity": ("def halve(w): return w / np.zeros_like(w)", "failed", None, ["not finite there"]),
    "wrong shape": ("def halve(w): return w[:1] / 2", "failed", None, ["(1,)", "(2,)", "too few"]),
    "transposed": (
        "def halve(w): return w.T / 2",
        "failed",
        None,
        ["(3, 2)", "(2, 3)", "looks transposed"],
    ),
    "too many values": ("def halve(w): return w / 2, w", "failed", None, ["a list of 2 values"]),
    "text": ("def halve(w): return 'half'", "failed", None, ["the text 'half'"]),
    "truth value": ("def halve(w): return True", "failed", None, ["the truth value True"]),
    "complex": ("def halve(w): return w / 2 + 0j", "failed", None, ["complex128"]),
    "object array": ("def halve(w): return w.astype(object)", "failed", None, ["dtype object"]),
    "a function": ("def halve(w): return print", "failed", None, ["builtin_function_or_method"]),
    "its own object": (
        "class Half: pass\ndef halve(w): return Half()",
        "failed",
        None,
        ["a Half, which is no number"],
    ),
    "endless iterator": (
        "import itertools\ndef halve(w): return itertools.count()",
        "failed",
        None,
        ["goes on after 10,000 items"],
    ),
    "deep list": (
        "def halve(w):\n    a = []\n    for _ in range(50): a = [a]\n    return a",
        "failed",
        None,
        ["levels deep"],
    ),
    "too large": (
        "def halve(w): return np.zeros(10**6)",
        "failed",
        None,
        ["8,000,0", "at most 1,048,576"],
    ),
    "larger than any memory": (
        "def halve(w): return np.broadcast_to(0.0, (10**6, 10**6))",
        "failed",
        None,
        ["8,000,000,000,000 bytes", "at most 1,048,576"],
    ),
    "single precision": (
        "def halve(w): return (w / 2).astype(np.float32)",
        "failed",
        None,
        ["float32", "compute in float64"],
    ),
    "changes its input": (
        "def halve(w):\n    w /= 2\n    return w",
        "failed",
        "writes-input",
        ["changes its input w", "copy"],
    ),
    "wrong, and changes its input": (
        "def halve(w):\n    w *= 3\n    return w",
        "failed",
        None,
        ["also changes its input w"],
    ),
    "writes and restores": (
        "def halve(w):\n    w[0] += 1\n    w[0] -= 1\n    return w / 2",
        "passed",
        None,
        [],
    ),
    "writes and nearly restores": (
        "def halve(w):\n    w[0] += 0.1\n    w[0] -= 0.1\n    return np.round(w, 12) / 2",
        "passed",
        None,
        [],
    ),
    "prints": ("def halve(w):\n    print('here', w)\n    return w / 2", "passed", None, ["prints"]),
    "warns": (
        "def halve(w):\n    np.log(np.zeros(1))\n    return w / 2",
        "passed",
        None,
        ["RuntimeWarning: divide by zero"],
    ),
    "raises": (
        "def halve(w):\n    return w / two",
        "crashed",
        None,
        ["NameError", "`return w / two`", "name 'two' is not defined", "w  [2, 4]"],
    ),
    "error with hostile text": (
        "class Bad(Exception):\n    def __str__(self): raise OSError\ndef halve(w): raise Bad",
        "crashed",
        None,
        ["Bad", "cannot be read"],
    ),
    "other arguments": (
        "def halve(w, lr): return w / 2",
        "failed",
        None,
        ["takes (w, lr)", "1 value"],
    ),
    "raises, and changes its input": (
        "def halve(w):\n    w *= 3\n    return w / two",
        "crashed",
        None,
        ["name 'two' is not defined", "also changes its input w"],
    ),
    "placeholder": (
        "def halve(w):\n    raise NotImplementedError()",
        "not attempted",
        None,
        ["in place of `raise NotImplementedError()`"],
    ),
    "ends Python": ("import sys\ndef halve(w): sys.exit()", "crashed", None, ["raised SystemExit"]),
    "loops for ever": ("def halve(w):\n    while True: pass", "timed out", None, ["0.4 seconds"]),
    "catches all errors": (
        "def halve(w):\n    while True:\n        try: 1 / 0\n        except Exception: pass",
        "timed out",
        None,
        [],
    ),
    "not a function": ("halve = 3", "not a function", None, ["of type int", "brackets"]),
    "a called function": (
        "def half(w): return w / 2\nhalve = half(np.ones(2))",
        "not a function",
        None,
        ["of type ndarray"],
    ),
    "a lambda": ("halve = lambda w: w / 2", "passed", None, []),
    "a method": (
        "class H:\n    def f(self, w): return w / 2\nhalve = H().f",
        "passed",
        None,
        [],
    ),
    "an array subclass": (
        "class A(np.ndarray):\n    def __eq__(self, o): return True\n"
        "def halve(w): return (w + 1).view(A)",
        "failed",
        None,
        ["entry [0]"],
    ),
}
STOPPED_BY_HAND = "def halve(w): raise KeyboardInterrupt"  # as the notebook's stop button does
CASES = [pytest.param(*row, id=name) for name, row in ROWS.items()]


def hold(verdict, status, mistake, words):
    assert verdict.status == status, str(verdict)
    assert (verdict.mistake and verdict.mistake.id) == mistake, str(verdict)
    assert verdict.points == (2 if status == "passed" else 0)
    for text in words:
        assert text in str(verdict)
    assert len(verdict.message) > 20, "a verdict says more than a status"
    if status == "failed":
        assert verdict.mistake or verdict.advice or len(verdict.message) > 40


@pytest.mark.parametrize(
    ("code", "status", "mistake", "words"),
    [*CASES, (STOPPED_BY_HAND, "timed out", None, ["You stopped your function", "never ends"])],
)
def test_in_this_process(code, status, mistake, words):
    import linecache

    source = textwrap.dedent(code)
    filename = f"<test {hash(source)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    namespace = {"np": np}
    exec(compile(source, filename, "exec"), namespace)
    call = Call(within(SECONDS, local(namespace["halve"])))
    with warnings.catch_warnings(record=True) as leaked:
        warnings.simplefilter("always")
        hold(judge(HALVE, call, 0), status, mistake, words)
    assert not leaked, "a student's warning belongs on the card only"


@pytest.mark.parametrize(("code", "status", "mistake", "words"), CASES)
def test_through_a_pipe(code, status, mistake, words):
    limits = Limits(call=SECONDS, exercise=SECONDS)
    [verdict] = judge_cells(["import numpy as np", code], [HALVE], 0, PlainProcess, limits)
    hold(verdict, status, mistake, words)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([], ["defines no function of this name", "`def halve`: is it gone, or renamed?"]),
        (["def half(w):\n    return w / 2"], ["is it gone, or renamed?"]),
        (
            ["x = 1\ndef halve(w)\n    return w / 2"],
            [
                "cannot read the cell",
                "SyntaxError: expected ':', at `def halve(w)`",
                "Run that cell",
            ],
        ),
        (["def halve(w):\nreturn w / 2"], ["IndentationError: expected an indented block"]),
        (["  async def halve(w):\n return 1"], ["IndentationError: "]),
        (["def halve(w)\n    return w", "def halve(w):\n    return w / 2"], ["passed"]),
    ],
)
def test_not_found(cells, words):
    [verdict] = judge_cells(cells, [HALVE], 0, PlainProcess, Limits())
    assert verdict.status == ("passed" if words == ["passed"] else "not found")
    assert [word for word in words if word not in str(verdict)] == []


COURSE = "from course_lib.models import softmax as s\nimport numpy as np\n"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def halve(w):\n    return w @ s(w)", "`s`"),
        ("def halve(w):\n    p = s(w)\n    return w - p", "`s`, `p`"),
        ("def help(w):\n    return w - s(w)\ndef halve(w):\n    return help(w)", "`s`"),
        ("def halve(w):\n    return w.nothing", ""),
    ],
)
def test_what_is_of_the_course_is_named(code, names):
    [verdict] = judge_cells([COURSE + code], [HALVE], 0, PlainProcess, Limits())
    assert verdict.status == "crashed"
    note = (
        f"A graded function has Python and NumPy, not the course: nothing comes of {names} there."
    )
    assert (note in verdict.message) == bool(names)
    assert ("not the course" in verdict.message) == bool(names)


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda grad: 0.1 * grad, "'float' and 'function'"),
        (lambda grad: grad[0], "'function' object is not subscriptable"),
        (lambda grad: float(grad), "not 'function'"),
    ],
)
def test_a_function_that_is_handed_over_is_called_one_in_an_error(use, says):
    with pytest.raises(Failure) as failure:
        Call(local(use))(np.negative)
    assert says in failure.value.message
