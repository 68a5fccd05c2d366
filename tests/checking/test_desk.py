"""What a lesson calls: it shows, remembers and never raises for what a student's function does."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from course_lib.checking import Desk, store
from course_lib.exercises import LESSONS

GD = "gradient-descent"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path / "home"


@pytest.fixture
def desk():
    return Desk(LESSONS)


def right(grad, w0, lr, n):
    path = [np.array(w0, dtype=float)]
    for _ in range(n):
        path.append(path[-1] - lr * grad(path[-1]))
    return np.array(path)


def wrong(grad, w0, lr, n):
    return right(lambda w: -grad(w), w0, lr, n)


def test_check_shows_a_card_and_remembers(desk, home):
    verdict = desk.check(GD, right)
    assert verdict.passed
    assert "passed" in verdict._repr_html_()
    assert json.loads((home / "progress.json").read_text())["passed"] == {GD: True}
    assert "✓ Gradient descent" in str(desk.progress("02_gradient_descent"))
    assert "○ Make the valley round" in str(desk.progress())


def test_a_failed_check_names_the_mistake_and_does_not_forget(desk):
    desk.check(GD, right)
    verdict = desk.check(GD, wrong)
    assert verdict.mistake.id == "ascent"
    assert "✓ Gradient descent" in str(desk.progress())


def test_diagnose_remembers_nothing(desk, home):
    assert desk.diagnose(GD, right).passed
    assert not home.exists()


@pytest.fixture
def by_nbgrader(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(store, "_this_process", {})


@pytest.mark.usefixtures("by_nbgrader")
def test_under_nbgrader_a_check_raises_or_has_no_value(desk, capsys):
    assert desk.check(GD, right) is None, "nbgrader reads a value as partial credit"
    assert "✓ Gradient descent: passed" in capsys.readouterr().out
    with pytest.raises(AssertionError, match="uphill") as raised:
        desk.check(GD, wrong)
    assert raised.value._render_traceback_() == [str(raised.value)]
    assert desk.diagnose(GD, wrong).status == "failed"


@pytest.mark.usefixtures("by_nbgrader")
def test_what_nbgrader_runs_is_remembered_by_its_process_alone(desk, home):
    desk.check(GD, right)
    desk.predict("q", 2.0)
    assert str(desk.reveal("q", 2.0)) == "You said 2; it is 2. That is it."
    assert "✓ Gradient descent" in str(desk.progress())
    assert not home.exists()


def test_a_reader_who_validates_keeps_the_progress(desk, home, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    desk.check(GD, right)
    assert json.loads((home / "progress.json").read_text())["passed"] == {GD: True}


def test_what_a_function_writes_stands_in_the_card_alone(desk, capsys):
    def talking(grad, w0, lr, n):
        print("to the output")
        print("to the errors", file=sys.stderr)
        return right(grad, w0, lr, n)

    verdict = desk.check(GD, talking)
    assert verdict.passed
    assert "to the output" in str(verdict)
    assert capsys.readouterr() == ("", "")


def test_ready_gives_the_function_once_it_passes(desk):
    assert desk.ready(GD, right) is right
    given = desk.ready(GD, wrong)
    assert given(lambda w: w, [1.0], 0.5, 2).tolist() == [[1.0], [0.5], [0.25]]


def test_hints_come_one_by_one_and_begin_again(desk):
    seen = [str(desk.hint(GD)) for _ in range(4)]
    assert [text.split(":")[0] for text in seen] == [f"Hint {i} of 3" for i in (1, 2, 3, 1)]
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    ("guess", "truth", "words"),
    [
        (None, 2.0, "It is 2. (You made no guess.)"),
        (2.0, 2.0, "You said 2; it is 2. That is it."),
        (1, 2.0, "You said 1; it is 2. You are off by a factor of 2."),
        (-1.0, 2.0, "You said -1; it is 2."),
        (0.0, 2.0, "You said 0; it is 2."),
    ],
)
def test_a_guess_is_kept_and_compared(desk, guess, truth, words):
    desk.predict("q", guess)
    assert str(desk.reveal("q", truth)) == words


def test_guesses_are_those_whose_number_is_known(desk):
    assert desk.guesses() == []
    desk.predict("open", 3.0)
    for question, guess, truth in (("b", 1.0, 2.0), ("a", -1.0, 0.5)):
        desk.predict(question, guess)
        desk.reveal(question, truth)
    desk.reveal("never guessed", 7.0)
    assert desk.guesses() == [("b", 1.0, 2.0), ("a", -1.0, 0.5)]


@pytest.mark.parametrize("guess", ["two", True, float("nan"), [1.0]])
def test_a_guess_is_a_number(desk, guess):
    with pytest.raises(ValueError, match="give one number"):
        desk.predict("q", guess)


def test_a_comma_is_no_decimal_point(desk):
    with pytest.raises(ValueError, match="0,5 is more than one number; write a point"):
        desk.predict("q", 0, 5)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda d: d.check("gradient-decent", right), "did you mean 'gradient-descent'"),
        (lambda d: d.hint("gradiant"), "did you mean"),
        (lambda d: d.progress("99_more"), "01_gradients, 02_gradient_descent"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(desk, call, words):
    with pytest.raises(ValueError, match=words) as error:
        call(desk)
    assert error.value._render_traceback_() == [f"ValueError: {error.value}"]  # none of our lines


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"passed": 3}', "\x00\x01"])
def test_a_damaged_file_is_no_obstacle(desk, home, content):
    home.mkdir()
    (home / "progress.json").write_text(content)
    assert "○ Gradient descent" in str(desk.progress())
    assert desk.check(GD, right).passed
    assert "✓ Gradient descent" in str(desk.progress())


def test_a_home_that_cannot_be_written_is_no_obstacle(desk, home):
    home.write_text("a file where the folder should be")
    verdict = desk.check(GD, right)
    assert verdict.passed
    assert f"cannot be kept: {home} cannot be written" in str(verdict)
    assert store.remember("passed", "x", True) is False
    assert "○ Gradient descent" in str(desk.progress())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_leaves_no_half_of_a_file(desk, home, monkeypatch):
    assert desk.check(GD, right).passed
    monkeypatch.setattr(store.tempfile, "NamedTemporaryFile", lambda *_, **__: full(home))
    assert store.remember("passed", "x", True) is False
    assert [path.name for path in home.iterdir()] == ["progress.json"]
    assert "✓ Gradient descent" in str(desk.progress())


def full(home):
    (home / "half").symlink_to("/dev/full")
    return (home / "half").open("w")


def test_the_card_escapes_what_a_student_controls(desk):
    def shouting(grad, w0, lr, n):
        raise ValueError("<script>alert(1)</script> `x`")

    html = desk.check(GD, shouting)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<code>x</code>" in html


def test_the_card_says_in_words_what_its_colours_say(desk):
    html = desk.check(GD, wrong)._repr_html_()
    assert 'role="region" aria-label="Gradient descent: failed, 0 of 2 points"' in html
    assert "<caption" in html
    assert 'scope="row"' in html
    assert 'hint("gradient-descent")' in html
