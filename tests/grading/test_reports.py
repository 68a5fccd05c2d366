"""The files of a batch: they hold what the records hold, whatever a student's text tries."""

import csv
import io
import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from course_lib.checking import Call, judge, local
from course_lib.checking.verdict import LONGEST, verdict
from course_lib.exercises import EXERCISES, LESSONS
from course_lib.grading.classview import share
from course_lib.grading.files import slugs, to_json, write
from course_lib.grading.overrides import Override
from course_lib.grading.page import page
from course_lib.grading.record import Outcome, Record
from course_lib.grading.report import summary_lines, write_reports
from course_lib.grading.text import cell

STEM = "05_momentum"
STEP, RADIUS, BALL, CONVERT = LESSONS[STEM]

# What a folder, a file, a message or a reason may be called.
HOSTILE = {
    "html": '<script>alert(1)</script><img src=x onerror="alert(1)">',
    "end of a title": "</title></style></main><h1>A+</h1>",
    "attribute": '" onmouseover="alert(1)" x="',
    "entity": "&lt;b&gt; &amp; &#0;",
    "formula": '=HYPERLINK("http://x","y")',
    "formula after a tab": "\t=1+1",
    "terminal": "\x1b[31mred\x1b]0;title\x07\x9b31m",
    "lines": "one\ntwo\r\nthree\u2028four",
    "csv": 'a","b\n=1+1;x',
    "nul": "a\x00b",
    "right to left": "abc\u202egpj.exe\u2066",
    "surrogate": "Zo\udceb",
    "surrogate of a pair": "\ud83d alone",
    "emoji": "👩\u200d💻 김민준",
    "long": "very " * 3000,
    "no space": "x" * 9000,
    "empty": "",
    "backticks": "`<b>` and `",
    "path": "../../../etc/passwd",
    "windows": "CON",
}
COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
VOID = {"meta", "img", "br", "hr", "link", "input"}


@cache
def judged(exercise_id: str, what: str):
    """A true verdict: of the reference, of a mistake, of a crash, of an empty function."""

    def empty(*args):
        raise NotImplementedError

    def crash(*args):
        raise ValueError("so it goes")

    def odd(*args):
        return 42.0

    exercise = EXERCISES[exercise_id]
    known = {one.id: one.fn for one in (*exercise.mistakes, *exercise.variants)}
    known |= {"right": exercise.reference, "empty": empty, "crash": crash, "odd": odd}
    return judge(exercise, Call(local(known[what])), seed=5)


def record(student: str, *whats: str, **other) -> Record:
    """A notebook of lesson 05: what each exercise, from the first, is; the rest are empty."""
    whats += ("empty",) * (4 - len(whats))
    verdicts = tuple(judged(e.id, what) for e, what in zip(LESSONS[STEM], whats, strict=True))
    record = Record(student, f"{student}/n.ipynb", STEM, Outcome.GRADED, verdicts=verdicts)
    return replace(record, **other)


def hostile(text: str) -> Record:
    """A notebook that has this text wherever a student can put one."""
    bad = verdict(STEP, "crashed", text, case=[(text, text)], advice=text, notes=[text, text])
    return record(
        text, "right", file=text, version=text, verdicts=(bad, judged(RADIUS.id, "right"))
    )


class Page(HTMLParser):
    """What a browser would find: tags, attributes, text, and whether every tag is closed."""

    def __init__(self, source: bytes) -> None:
        super().__init__()
        self.tags, self.attributes, self.cells, self.text = [], [], [], ""
        self.open: list[str] = []
        self.feed(source.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data
        if {"td", "th"} & set(self.open) and "div" not in self.open[self.open.index("tr") :]:
            self.cells[-1][-1] += data

    def value(self, tag, name):
        return [v for t, n, v in self.attributes if (t, n) == (tag, name)]


def read_csv(out):
    text = (out / "grades.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def files(out):
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}


# ------------------------------------------------------------------ hostile texts


@pytest.fixture(scope="module")
def hostile_batch(tmp_path_factory):
    out = tmp_path_factory.mktemp("hostile")
    records = [hostile(text) for text in HOSTILE.values()]
    marks = [Override(t, STEM, STEP.id, 1.5, t, 2) for t in HOSTILE.values() if t]
    broken = [Record(f"{t}2", t, None, Outcome.UNREADABLE, message=t) for t in HOSTILE.values()]
    records = [one.but(notes=(one.file,)) for one in records]
    settings = {"seed": 3, "folder": HOSTILE["surrogate"]}
    write_reports(out, [*records, *broken], marks, LESSONS, settings=settings)
    return out


def test_no_file_holds_a_character_that_commands(hostile_batch):
    for name, content in files(hostile_batch).items():
        text = content.decode("utf-8")
        assert COMMANDS.findall(text.replace("\r\n", "\n")) == [], name
        assert COMMANDS.findall(name) == []


def test_json_gives_every_text_back_as_it_was(hostile_batch):
    """Names whole; a message is cut by the verdict, as tests/checking holds."""
    content = json.loads((hostile_batch / "grades.json").read_text("utf-8"))
    assert content["settings"] == {"seed": 3, "folder": HOSTILE["surrogate"]}
    graded = [one for one in content["submissions"] if one["outcome"] == "graded"]
    assert {one["student"] for one in graded} == set(HOSTILE.values())
    messages = {one["verdicts"][0]["message"].removesuffix(" […]") for one in graded}
    assert messages == {text[:LONGEST] for text in HOSTILE.values()}
    assert {(hostile_batch / one["feedback"]).is_file() for one in content["submissions"]} == {True}


def test_no_cell_is_a_formula_and_no_row_is_lost(hostile_batch):
    rows = read_csv(hostile_batch)
    assert len(rows) == 2 * len(HOSTILE)
    for row in rows:
        assert None not in row  # a cell too many
        assert None not in row.values()  # a cell too few
        for text in row.values():
            assert not re.match(r"[\s\u200b\ufeff]*[=+@\-\t\r]", text), text
            assert "\n" not in text
    assert {row["points"] for row in rows if row["outcome"] == "graded"} == {"3.5", "2"}
    assert {row["points"] for row in rows if row["outcome"] == "unreadable"} == {""}


OURS = {
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "div"),
    *("span", "bdi", "code", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("nav", "ul", "li", "a", "figure", "img"),
}
OUR_ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "style", "role", "class", "aria-label"),
    *("aria-hidden", "scope", "tabindex", "dir", "id", "href", "src", "alt"),
}


def test_no_tag_or_attribute_of_a_student_survives(hostile_batch):
    pages = [*sorted((hostile_batch / "feedback").glob("*.html")), hostile_batch / "class.html"]
    assert len(pages) == 2 * len(HOSTILE) + 1
    for path in pages:
        page = Page(path.read_bytes())
        assert page.open == []
        assert set(page.tags) <= OURS
        assert page.tags.count("h1") == page.tags.count("title") == page.tags.count("main") == 1
        names = {name for _, name, _ in page.attributes}
        assert names <= OUR_ATTRIBUTES
        links = [v for _, name, v in page.attributes if name in ("href", "src")]
        assert [v for v in links if not v.startswith(("#", "data:image/png;base64,"))] == []


@pytest.mark.parametrize("name", ["html", "end of a title", "attribute", "entity", "emoji"])
def test_a_page_shows_the_text_itself(name, tmp_path):
    write_reports(tmp_path, [hostile(HOSTILE[name])], [], LESSONS)
    (path,) = (tmp_path / "feedback").glob("*.html")
    page = Page(path.read_bytes())
    assert page.text.count(HOSTILE[name]) >= 6  # title, heading, file, message, case, advice, notes


def test_a_long_text_is_cut(tmp_path):
    write_reports(tmp_path, [hostile("x" * 500_000)], [], LESSONS)
    assert all(len(content) < 60_000 for name, content in files(tmp_path).items() if "html" in name)
    assert all(len(text) < 3000 for row in read_csv(tmp_path) for text in row.values())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Anna", "Anna"),
        ("김민준", "김민준"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'=1"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        ("\u00a0=1", "'=1"),
        ("\u3000=1", "'=1"),
        ("\u200b=1", "'\u200b=1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\u200f-1", "'\u200f-1"),
        ("＝1", "'＝1"),
        ("a;=1", "a;'=1"),
        ("a; @b", "a;' @b"),
        ("a-b=c", "a-b=c"),
        ("'=1", "'=1"),
        ("a\nb\r\nc", "a b c"),
        ("a\x00b", "a\ufffdb"),
        ("\x1b[2J", "\ufffd[2J"),
        ("a\u202eb", "a\ufffdb"),
        ("Zo\udceb", "Zo\\udceb"),
        ("x" * 1001, "x" * 1000 + " […]"),
    ],
)
def test_a_cell(text, shown):
    assert cell(text) == shown


# ------------------------------------------------------------------ file names


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("anna", "anna"),
        ("Anna Müller", "Anna-Müller"),
        ("김민준", "김민준"),
        ("s.p-q_3", "s.p-q_3"),
        ("a/b", "a-b-[0-9a-f]{10}"),
        ("../../etc", "etc-[0-9a-f]{10}"),
        (".hidden", "hidden-[0-9a-f]{10}"),
        ("", "student-[0-9a-f]{10}"),
        ("...", "student-[0-9a-f]{10}"),
        ("CON", "CON-[0-9a-f]{10}"),
        ("nul.txt", "nul.txt-[0-9a-f]{10}"),
        ("COM¹", "COM¹-[0-9a-f]{10}"),
        ("console", "console"),
        ("a\x00b", "a-b-[0-9a-f]{10}"),
        ("Zo\udceb", "Zo-[0-9a-f]{10}"),
        ("x" * 300, "x{60}-[0-9a-f]{10}"),
        ("김" * 100, "김{20}-[0-9a-f]{10}"),
        ("anna-0123456789", "anna-0123456789-[0-9a-f]{10}"),
        ("trailing.", "trailing-[0-9a-f]{10}"),
    ],
)
def test_a_file_name(name, pattern):
    (slug,) = slugs([name]).values()
    assert re.fullmatch(pattern, slug)
    assert len(f"{slug}.html".encode()) <= 80


@pytest.mark.parametrize(
    "names",
    [
        ("Anna", "anna", "ANNA"),
        ("a b", "a-b"),
        ("a/b", "a?b", "a:b"),
        ("straße", "strasse", "STRASSE"),
        ("김", "\u1100\u1175\u11b7"),
        ("x" * 200, "x" * 201),
        ("", ".", ".."),
        ("Zo\udceb", "Zo\udcec"),
        ("ﬁn", "fin"),
    ],
)
def test_names_that_meet_get_files_of_their_own(names):
    found = slugs(names)
    assert list(found) == list(dict.fromkeys(found))
    assert len({slug.casefold() for slug in found.values()}) == len(names)


# ------------------------------------------------------------------ what the files say


MARKED = Override("Bo", STEM, STEP.id, 1.5, "right idea", 2)
CLASS = [
    record("Anna", "right", "right", "right", "right", version="0.0.9"),
    record("Bo", "stale-velocity", "crash", "odd"),
    record("Cy", "stale-velocity", "right", sandboxed=False),
    record("Di", "average-form", "squared").but(notes=("counts instead of d.ipynb",)),
    Record("Ed", "ed.ipynb", None, Outcome.UNREADABLE, message="not JSON"),
    Record("Flo", "flo.ipynb", None, Outcome.NO_LESSON, message="of no lesson"),
]


@pytest.fixture(scope="module")
def small_batch(tmp_path_factory):
    out = tmp_path_factory.mktemp("small")
    assert write_reports(out, reversed(CLASS), [MARKED], LESSONS) == ()
    return out


def test_the_table_of_grades(small_batch):
    columns = ("student", "lesson", "outcome", "points", "maximum")
    exercises = ("momentum-step", "momentum-step status", "best-heavy-ball status")
    found = [tuple(row[c] for c in (*columns, *exercises, "note")) for row in read_csv(small_batch)]
    open_, failed = "not attempted", "failed: stale-velocity"
    assert found == [
        ("Anna", STEM, "graded", "6", "6", "2", "passed", "passed", ""),
        (
            *("Bo", STEM, "graded", "1.5", "6", "1.5", failed, "failed"),
            "manual: momentum-step 1.5 of 2: right idea",
        ),
        ("Cy", STEM, "graded", "2", "6", "0", failed, open_, "graded without a sandbox"),
        (
            *("Di", STEM, "graded", "0", "6", "0", "failed: average-form", open_),
            "counts instead of d.ipynb",
        ),
        ("Ed", "", "unreadable", "", "", "", "", "", "unreadable: not JSON"),
        ("Flo", "", "no lesson", "", "", "", "", "", "no lesson: of no lesson"),
    ]


def test_the_columns_are_the_exercises_of_the_lessons_that_occur(small_batch, tmp_path):
    header = list(read_csv(small_batch)[0])
    assert header[:6] == ["student", "lesson", "file", "outcome", "points", "maximum"]
    assert header[6::2] == [*(e.id for e in LESSONS[STEM]), "note"]
    write_reports(tmp_path, [], [], LESSONS)
    text = (tmp_path / "grades.csv").read_text("utf-8-sig")
    assert text.strip() == "student,lesson,file,outcome,points,maximum,note"


def test_grades_for_programs_hold_records_and_marks(small_batch):
    submissions = json.loads((small_batch / "grades.json").read_text("utf-8"))["submissions"]
    bo = submissions[1]
    assert [one["student"] for one in submissions] == ["Anna", "Bo", "Cy", "Di", "Ed", "Flo"]
    assert (bo["points"], bo["maximum"], bo["feedback"]) == (1.5, 6, "feedback/Bo.html")
    assert bo["marks"][0] == {
        "exercise": "momentum-step",
        "points": 1.5,
        "maximum": 2,
        "status": "failed: stale-velocity",
        "manual": {"points": 1.5, "reason": "right idea"},
    }
    assert bo["verdicts"][0]["mistake"] == "stale-velocity"
    assert submissions[4]["points"] is None


def test_a_feedback_page(small_batch):
    page = Page((small_batch / "feedback" / "Bo.html").read_bytes())
    stale = next(one for one in STEP.mistakes if one.id == "stale-velocity")
    for said in (
        "Feedback for Bo",
        "Lesson 05: momentum",
        "1.5 of 6 points",
        stale.says,
        "The smallest case that differs",
        "Manual mark: 1.5 of 2 points.",
        "right idea",
        f"Hint: {STEP.hints[0]}",
        "so it goes",
        "Nothing here yet",
    ):
        assert said in page.text
    assert [hint for e in LESSONS[STEM] for hint in e.hints[1:] if hint in page.text] == []


def test_who_passed_gets_no_hint(small_batch):
    text = Page((small_batch / "feedback" / "Anna.html").read_bytes()).text
    assert "Hint" not in text
    assert "6 of 6 points" in text


@pytest.mark.parametrize("name", ["feedback/Bo.html", "feedback/Ed.html", "class.html"])
def test_a_page_stands_by_itself(name, small_batch):
    source = (small_batch / name).read_bytes()
    page = Page(source)
    assert source.startswith(b"<!DOCTYPE html>")
    assert page.value("html", "lang") == ["en"]
    assert any("default-src 'none'" in value for value in page.value("meta", "content"))
    assert b"prefers-color-scheme: dark" in source
    assert b"@media print" in source
    assert not re.search(rb"url\(|@import|https?:", source)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert all(len(alt) > 20 for alt in page.value("img", "alt"))
    assert len(page.value("img", "alt")) == page.tags.count("img")


def test_the_class_page_counts_right_and_names_nobody(small_batch):
    page = Page((small_batch / "class.html").read_bytes())
    rows = {cells[0]: cells[1:] for cells in page.cells}
    kinds = ["passed", "failed, cause named", "failed otherwise", "crashed", "not attempted"]
    assert rows["exercise"] == [*kinds, "pass rate"]
    assert rows["momentum-step"] == ["1", "3", "0", "0", "0", "25%"]
    assert rows["spectral-radius"] == ["2", "1", "0", "1", "0", "50%"]
    assert rows["best-heavy-ball"] == ["1", "0", "1", "0", "2", "25%"]
    assert rows["stale-velocity"] == ["2", "50%"]
    assert rows["average-form"] == ["1", "25%"]
    assert [rows[points] for points in ("0", "1.5", "2", "6")] == [["1"]] * 4
    assert "6 submissions: 4 graded, 1 unreadable, 1 of no lesson." in page.text
    for one in CLASS:
        assert not re.search(rf"\b{one.student}\b|{one.file}", page.text)


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([], "0 submissions: none."),
        (CLASS[4:], "2 submissions: 1 unreadable, 1 of no lesson."),
        ([replace(CLASS[4], lesson=STEM)], "No notebook of this lesson could be graded."),
        (CLASS[:1], "No known mistake was seen."),
        (CLASS[1:2], "1 submission: 1 graded."),
    ],
)
def test_a_class_of_any_size_has_its_page(records, said, tmp_path):
    write_reports(tmp_path, records, [], LESSONS)
    assert said in Page((tmp_path / "class.html").read_bytes()).text


@pytest.mark.parametrize(
    ("count", "total", "words"),
    [
        (60, 60, "the whole class (60 of 60)"),
        (59, 60, "59 of 60"),
        (30, 60, "half of the class (30 of 60)"),
        (31, 60, "half of the class (31 of 60)"),
        (20, 60, "a third of the class (20 of 60)"),
        (23, 60, "23 of 60"),
        (1, 2, "1 of 2"),
        (0, 60, "0 of 60"),
    ],
)
def test_a_share_in_words(count, total, words):
    assert share(count, total) == words


# ------------------------------------------------------------------ writing


def test_the_same_records_give_the_same_bytes(small_batch, tmp_path):
    for _ in range(2):
        write_reports(tmp_path, CLASS, [MARKED], LESSONS)
        assert files(tmp_path) == files(small_batch)


def test_only_pages_of_an_earlier_run_are_removed(tmp_path):
    write_reports(tmp_path, CLASS[:2], [], LESSONS)
    (tmp_path / "feedback" / "mine.html").write_text("mine")
    (tmp_path / "feedback" / "Anna.txt").write_text("mine")
    write_reports(tmp_path, CLASS[1:2], [], LESSONS)
    there = {path.name for path in (tmp_path / "feedback").iterdir()}
    assert there == {"Bo.html", "mine.html", "Anna.txt", "index.json"}


@pytest.mark.parametrize(
    "index",
    [
        '{"../keep.html": "x", "..\\\\keep.html": "x", "keep.csv": "x"}',
        '{"keep.html": 3}',
        '["keep.html"]',
        "[" * 100_000,
        "no json",
        "",
        b"\xff\xfe",
    ],
)
def test_a_damaged_index_removes_nothing(index, tmp_path):
    (tmp_path / "feedback").mkdir()
    kept = [tmp_path / "keep.html", tmp_path / "feedback" / "keep.html"]
    for path in (*kept, tmp_path / "feedback" / "keep.csv"):
        path.write_text("mine")
    content = index if isinstance(index, bytes) else index.encode()
    (tmp_path / "feedback" / "index.json").write_bytes(content)
    write_reports(tmp_path, CLASS[1:2], [], LESSONS)
    assert all(path.read_text() == "mine" for path in kept)
    assert (tmp_path / "feedback" / "keep.csv").read_text() == "mine"


def test_a_file_is_replaced_whole_or_stays(tmp_path):
    path = tmp_path / "grades.csv"
    write(path, b"one")
    write(path, b"two")
    assert path.read_bytes() == b"two"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x").touch()
    with pytest.raises(OSError, match="folder") as caught:
        write(tmp_path / "folder", b"three")
    assert caught.value.filename == str(tmp_path / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "grades.csv"]


def test_a_lone_surrogate_comes_back_from_json():
    value = {"b": "Zo\udceb", "a": "김 \u2028 \x1b"}
    assert json.loads(to_json(value).decode("utf-8")) == value


# ------------------------------------------------------------------ the terminal


def test_the_summary(tmp_path):
    assert summary_lines(tmp_path, CLASS, [MARKED], LESSONS) == [
        "6 submissions: 4 graded, 1 unreadable, 1 of no lesson",
        "Graded without a sandbox: 1",
        "05_momentum: mean 2.38 of 6 points",  # 6, 1.5, 2 and 0
        "Most common mistakes: stale-velocity in momentum-step (2), squared in spectral-radius (1)",
        "Manual marks: 1",
        f"Grades: {tmp_path / 'grades.csv'}",
        f"The class: {tmp_path / 'class.html'}",
        f"Feedback: {tmp_path / 'feedback'}",
    ]
    assert summary_lines(tmp_path, [], [], LESSONS)[0] == "No submission was found."


def test_no_line_for_the_terminal_commands_it(tmp_path):
    records = [hostile(text) for text in HOSTILE.values()]
    unused = [Override(f"{text}?", STEM, STEP.id, 1.0, text, 2) for text in HOSTILE.values()]
    lines = write_reports(tmp_path, records, unused, LESSONS)
    assert len(lines) == len(HOSTILE)
    for line in (*lines, *summary_lines(tmp_path, records, unused, LESSONS)):
        assert COMMANDS.findall(line) == []
        assert "\n" not in line
        assert len(line) < 1100


def test_a_page_is_made_readable_as_a_whole():
    text = Page(page("a\x1bb", ["<p>c\x00d \udceb</p>", "<p>e</p>"])).text
    assert COMMANDS.findall(text) == []
    assert [part for part in ("a\ufffdb", "c\ufffdd \\udceb", "e") if part not in text] == []
