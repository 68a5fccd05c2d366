"""The instructor kit: plans and slides against the source of each lesson, read by other means."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from course_lib import cli
from course_lib.exercises import LESSONS
from course_lib.teaching import cutting
from course_lib.teaching.lesson import READ_AT_HOME, read_lesson, timetable
from course_lib.teaching.markup import formula, line_to_html
from course_lib.teaching.plan import plan_page, worth_telling

MOMENTUM = LESSONS["05_momentum"][0]
ROOT = Path(__file__).resolve().parents[2]
REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
FOLDED = re.compile(r"<summary>.*?</summary>(.*?)</details>", re.DOTALL)

every_lesson = pytest.mark.parametrize("stem", LESSONS)


@cache
def source(stem: str) -> str:
    """The text of the lesson's source, without the comment signs of its Markdown."""
    text = (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")
    return re.sub(r"^# ?", "", text, flags=re.MULTILINE)


@cache
def lesson(stem: str):
    return read_lesson(ROOT / "notebooks" / f"{stem}.ipynb", LESSONS[stem])


@cache
def cut(stem: str):
    return cutting.slides(lesson(stem))


def shown(stem: str) -> str:
    """All that the slides of a lesson say, with spaces for line breaks."""
    cells = [cell for slide in cut(stem) for cell in slide.cells]
    texts = [cell.source for cell in cells]
    texts += [output.get("text", "") for cell in cells for output in cell.get("outputs", ())]
    return flat("\n".join(texts))


def flat(text: str) -> str:
    return " ".join(text.split())


def words(html: str) -> str:
    """What a page says: no tags, no drawings, no style."""
    html = re.sub(r"<(style|script|svg)\b.*?</\1>", "", html, flags=re.DOTALL)
    return flat(unescape(re.sub(r"<[^>]*>", "", html)))


def lines(code: str) -> set[str]:
    """Its lines, but for those too short to tell anything."""
    return {line.strip() for line in code.splitlines() if len(line.strip()) > 12}


# ---------------------------------------------------------------- plans


@every_lesson
def test_the_timetable_has_every_part_and_adds_up(stem):
    headings = re.findall(r"^## (.+)$", source(stem), flags=re.MULTILINE)
    slots = list(timetable(lesson(stem)))
    assert [slot.part.title for slot in slots] == [h for h in headings if h not in READ_AT_HOME]
    assert [slot.start for slot in slots] == [0, *(slot.end for slot in slots[:-1])]
    stated = re.search(r"\*\*Time\*\* \| (\d+) minutes", source(stem))
    assert slots[-1].end == int(stated[1])
    for slot in slots:
        assert slot.start <= slot.end
        if slot.part.title.startswith("Exercise"):
            assert slot.end - slot.start >= 2
            assert slot.part.exercises


@every_lesson
def test_the_questions_are_those_that_the_lesson_asks(stem):
    asked = lesson(stem).questions
    assert 1 <= len(asked) <= len(re.findall(r"^\w* ?=? ?predict\(", source(stem), re.MULTILINE))
    for question in asked:
        assert question in flat(source(stem))
        assert "?" in question
        assert "`None`" not in question


@every_lesson
def test_a_plan_tells_goals_exercises_and_mistakes(stem):
    page = plan_page(lesson(stem))
    said = words(page)
    title = re.search(r"^# (.+)$", source(stem), flags=re.MULTILINE)[1]
    goals = re.findall(r"^\| \*\*(?:Do|Learn|Need)\*\* \| (.+) \|$", source(stem), re.MULTILINE)
    assert len(goals) == 3
    for text in (title, *goals):
        assert words(line_to_html(text)) in said
    points = re.findall(r"^## .+ \((\d+) points?\)$", source(stem), flags=re.MULTILINE)
    assert f"{sum(map(int, points))} points in all" in said
    assert page.count('class="exercise"') == len(LESSONS[stem]) == len(points)
    for exercise in LESSONS[stem]:
        assert f"{exercise.title} (" in said
        (arguments,) = re.findall(
            rf"^def {exercise.function}\((.+)\):$", source(stem), re.MULTILINE
        )
        assert f"{exercise.function}({arguments})" in said
        for mistake in exercise.mistakes[: 2 if len(points) > 4 else 3]:
            assert f"{mistake.id}: {words(line_to_html(mistake.says))}" in said


# ---------------------------------------------------------------- slides


@every_lesson
def test_no_slide_holds_an_answer(stem):
    said = shown(stem)
    told = flat(REGION.sub("", source(stem)))  # a lesson may say itself what another one asks
    code = [*REGION.findall(source(stem)), *(body(one.reference) for one in LESSONS[stem])]
    answers = {line for text in code for line in lines(text) if line not in told}
    answers |= {flat(folded) for folded in FOLDED.findall(source(stem))}
    answers |= {flat(hint) for exercise in LESSONS[stem] for hint in exercise.hints}
    assert len(answers) > 3 * len(LESSONS[stem])
    assert [answer for answer in answers if answer in said] == []
    assert "</details>" not in said


def body(function) -> str:
    """The lines of a function below its signature and its docstring."""
    text = textwrap.dedent(inspect.getsource(function))
    first = next(
        node for node in ast.parse(text).body[0].body if not isinstance(node, ast.Expr)
    ).lineno
    return "\n".join(text.splitlines()[first - 1 :])


@every_lesson
def test_the_slides_have_every_picture_once_and_every_task(stem):
    cells = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4).cells
    drawn = [
        output.data["image/png"]
        for cell in cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]
    outputs = [o for slide in cut(stem) for cell in slide.cells for o in cell.get("outputs", ())]
    pictures = [output for output in outputs if "data" in output]
    assert [picture.data["image/png"] for picture in pictures] == drawn
    assert all(len(picture.metadata["image/png"]["alt"]) > 20 for picture in pictures)
    for exercise in LESSONS[stem]:
        (task,) = (
            cell
            for slide in cut(stem)
            for cell in slide.cells
            if f"def {exercise.function}(" in cell.source and "YOUR CODE HERE" in cell.source
        )
        assert task.cell_type == "code"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\nTwo.\n\nThree.", ["One.\nTwo.", "Three."]),
        ("## Title\nText.\n\n- a\n- b", ["## Title", "Text.", "- a\n- b"]),
        ("```\na\n\nb\n```\nText", ["```\na\n\nb\n```\nText"]),
        ("$$ x\n= y $$\n\nText", ["$$ x\n= y $$", "Text"]),
        ("$$ x $$\n\nText", ["$$ x $$", "Text"]),
        ("", []),
    ],
)
def test_markdown_is_cut_between_its_blocks(text, expected):
    assert list(cutting.blocks(text)) == expected


# ---------------------------------------------------------------- the files


class Links(HTMLParser):
    """Whatever a page would fetch, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.leads: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "xlink:href"):
                (self.leads if tag == "a" else self.fetched).append(value)
            elif name in ("src", "srcset", "data", "poster", "action", "background"):
                self.fetched.append(value)
            elif name == "style":
                self.fetched += re.findall(r"url\(([^)]*)\)", value)


def sent(student, **mistakes):
    """A submission as in grades.json: exercise (_ for -) -> the mistake in it, None for none."""
    verdicts = [{"exercise": e.replace("_", "-"), "mistake": m} for e, m in mistakes.items()]
    return {"student": student, "verdicts": verdicts}


first, second, third, fourth, *_ = (one.id for one in MOMENTUM.mistakes)
CLASS = [
    sent("Ada", momentum_step=fourth, spectral_radius=None),
    sent("Bo", momentum_step=fourth),
    sent("Bo", momentum_step=fourth),  # twice, and one student
    sent("Cy", momentum_step="average-form"),
    sent("Di", momentum_step=second, best_heavy_ball="gone-since"),
    sent("Ed", momentum_step=second),
    sent("Flo", momentum_step=second),
]
TOLD = {
    "no class": ({}, [(first, 0), (second, 0), (third, 0)]),
    "another exercise": ({"adam-step": {second: 9}}, [(first, 0), (second, 0), (third, 0)]),
    "one": ({MOMENTUM.id: {third: 1}}, [(third, 1), (first, 0), (second, 0)]),
    "a tie": ({MOMENTUM.id: {third: 2, second: 2}}, [(second, 2), (third, 2), (first, 0)]),
    "another form": (
        {MOMENTUM.id: {"average-form": 5}},
        [("average-form", 5), (first, 0), (second, 0)],
    ),
    "its input": (
        {MOMENTUM.id: {"writes-input": 1}},
        [("writes-input", 1), (first, 0), (second, 0)],
    ),
    "unknown": ({MOMENTUM.id: {"gone-since": 7}}, [(first, 0), (second, 0), (third, 0)]),
}


@pytest.mark.parametrize(("made", "told"), TOLD.values(), ids=TOLD)
def test_the_mistakes_of_the_class_come_first(made, told):
    found = worth_telling(MOMENTUM, made.get(MOMENTUM.id, {}))[:3]
    assert [(one.id, count) for one, count in found] == told


def test_the_plan_counts_the_students_of_the_class(kit):
    said = words(kit["05_plan.html"])
    places = [said.index(f"{second} (3 students): "), said.index(f"{fourth} (2 students): ")]
    places += [
        said.index("average-form (1 student): "),
        said.index("Of each exercise 3 mistakes: "),
    ]
    assert places == sorted(places)
    assert f"{first}:" not in said
    assert f"{LESSONS['05_momentum'][1].mistakes[0].id}: " in said  # nobody made a mistake there
    assert "first those that most students of this class made, then the first in its list" in said
    assert "of this class" not in words(plan_page(lesson("05_momentum")))


NAMES = ["05_plan.html", "05_slides.html", "class.html", "index.html"]


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """What the command writes for one lesson: name -> content."""
    home = tmp_path_factory.mktemp("teaching")
    (home / "class.html").write_bytes(b"<p>the class</p>")
    (home / "grades.json").write_text(json.dumps({"submissions": CLASS}), encoding="utf-8")
    asked = ["--lessons", "5", "--grades", str(home), "--out", str(home / "kit")]
    assert cli.main(["export", "instructor", *asked]) == 0
    return {path.name: path.read_text(encoding="utf-8") for path in (home / "kit").iterdir()}


def test_the_command_writes_what_the_index_leads_to(kit):
    assert sorted(kit) == NAMES
    assert kit["class.html"] == "<p>the class</p>"
    assert sorted([*Links(kit["index.html"]).leads, "index.html"]) == NAMES


@pytest.mark.parametrize("name", [name for name in NAMES if name != "class.html"])
def test_a_page_fetches_nothing(kit, name):
    html = kit[name]
    found = Links(html)
    assert [url for url in found.fetched if not url.startswith("data:image/png;base64,")] == []
    assert "default-src 'none'" in html
    assert "@import" not in html
    assert re.findall(r"url\((?!data:)", html) == []


def test_the_slides_hold_all_that_was_cut(kit):
    html = kit["05_slides.html"]
    # nbconvert nests: a section for each slide, and in it one for each that goes on from it.
    groups = sum(slide.begins for slide in cut("05_momentum")) + 1
    assert html.count("<section") == len(cut("05_momentum")) + groups
    assert "$" not in words(html)  # every formula is drawn


def test_a_formula_is_a_drawing_with_a_name():
    html = formula(r"\frac{a}{b} < \text{one" + "\n" + "or two}")
    assert 'role="img"' in html
    assert r'aria-label="\frac{a}{b} &lt; \text{one or two}"' in html
    assert html.count("<path") > 8


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"submissions": [{}]}', '{"submissions": [1]}'])
def test_damaged_grades_are_one_line(text, tmp_path, capsys):
    (tmp_path / "class.html").write_bytes(b"")
    (tmp_path / "grades.json").write_text(text)
    asked = ["--lessons", "5", "--grades", str(tmp_path), "--out", str(tmp_path / "kit")]
    assert cli.main(["export", "instructor", *asked]) == 2
    assert capsys.readouterr().err.endswith("grades.json: is damaged; grade the class again\n")
    assert not (tmp_path / "kit").exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--lessons", "99"], "there is no lesson '99'"),
        (["--lessons", "09", "--grades", "nowhere"], "there is no class.html in 'nowhere'"),
        (["--lessons"], "expected at least one argument"),
        ([], "--out"),
    ],
)
def test_what_cannot_be_done_is_one_line(given, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    out = ["--out", "kit"] if given else []
    assert cli.main(["export", "instructor", *given, *out]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not (tmp_path / "kit").exists()
