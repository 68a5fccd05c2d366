"""A class as each learning platform hands it out: recognised, named, and everybody found.

All names are invented.
"""

import calendar
import os

import pytest

from course_lib import cli
from course_lib.exercises import LESSONS
from course_lib.grading import layouts
from course_lib.grading.collect import CollectError, lesson_of
from course_lib.grading.layouts import collect_class, not_read

METADATA = """\
submission_101:
  :submitters:
  - :name: Zoë Brontë-O'Neil
    :sid: '2026001'
    :email: zoe@example.edu
  :created_at: 2026-03-01 12:00:00.000000000 Z
  :score: 0.0
submission_102:
  :submitters:
  - :name: 김민준
    :sid: '2026002'
    :email: kim@example.edu
  - :name: Smith, Jr., John
    :sid:
    :email: js@example.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: &1 2026-03-01 13:00:00.000000000 Z
    zone: &2 !ruby/object:ActiveSupport::TimeZone
      name: Etc/UTC
    time: *1
submission_103:
  :submitters:
  - :name: Gone Fishing
"""

# layout -> files (a name that ends with / is a folder), and whom each notebook is of.
CLASSES = {
    "moodle, folders": (
        "moodle",
        [
            "Zoë Brontë-O'Neil_4711_assignsubmission_file_/02_gradient_descent.ipynb",
            "Zoë Brontë-O'Neil_4711_assignsubmission_onlinetext_/onlinetext.html",
            "Kim Minjun_4712_assignsubmission_file_/sub/hw.ipynb",
            "Kim Minjun_4713_assignsubmission_file_/hw.ipynb",
            "Ann Lee_4714_assignsubmission_onlinetext_/onlinetext.html",
        ],
        [
            ("Zoë Brontë-O'Neil", "4711", "", "02_gradient_descent.ipynb"),
            ("Kim Minjun", "4712", "", "hw.ipynb"),
            ("Kim Minjun", "4713", "", "hw.ipynb"),
            (
                "Ann Lee",
                "4714",
                "is missing: the folder holds no notebook (.ipynb), only onlinetext.html.",
                None,
            ),
        ],
    ),
    "moodle, flat": (
        "moodle",
        [
            "Smith Jr. John_12_assignsubmission_file_homework.ipynb",
            "김 민준_13_assignsubmission_file_02_gradient_descent.ipynb",
            "Ann Lee_14_assignsubmission_file_report.pdf",
        ],
        [
            (
                "Smith Jr. John",
                "12",
                "",
                "Smith Jr. John_12_assignsubmission_file_homework.ipynb",
            ),
            (
                "김 민준",
                "13",
                "",
                "김 민준_13_assignsubmission_file_02_gradient_descent.ipynb",
            ),
            ("Ann Lee", "14", "is no notebook (.ipynb).", None),
        ],
    ),
    "moodle, blind": (
        "moodle",
        [
            "Participant_7_assignsubmission_file_/x.ipynb",
            "Participant_8_assignsubmission_file_/x.ipynb",
        ],
        [("Participant 7", "7", "", "x.ipynb"), ("Participant 8", "8", "", "x.ipynb")],
    ),
    "moodle, default group": (
        "moodle",
        ["Default group_assignsubmission_file_/x.ipynb"],
        [("Default group", "", "", "x.ipynb")],
    ),
    "canvas": (
        "canvas",
        [
            "brontëoneilzoë_1042_90210_02_gradient_descent-1.ipynb",
            "kimminjun_LATE_1043_90211_02_gradient_descent.ipynb",
            "kimminjun_1044_90212_02_gradient_descent.ipynb",
            "leeann_1045_text.html",
            "readme.txt",
        ],
        [
            ("brontëoneilzoë", "1042", "", "brontëoneilzoë_1042_90210_02_gradient_descent-1.ipynb"),
            ("kimminjun", "1043", "", "kimminjun_LATE_1043_90211_02_gradient_descent.ipynb"),
            ("kimminjun", "1044", "", "kimminjun_1044_90212_02_gradient_descent.ipynb"),
            ("leeann", "1045", "is no notebook (.ipynb).", None),
        ],
    ),
    "canvas, anonymous": (
        "canvas",
        ["anon_x8Kq2_90210_x.ipynb", "LATE_anon_b7Tz9_90211_x.ipynb"],
        [
            ("anon_x8Kq2", "", "", "anon_x8Kq2_90210_x.ipynb"),
            ("anon_b7Tz9", "", "", "LATE_anon_b7Tz9_90211_x.ipynb"),
        ],
    ),
    "gradescope": (
        "gradescope",
        [
            "submission_metadata.yml",
            "submission_101/x.ipynb",
            "submission_102/x.ipynb",
            "submission_104/x.ipynb",
        ],
        [
            ("Zoë Brontë-O'Neil", "2026001", "", "x.ipynb"),
            ("김민준", "2026002", "", "x.ipynb"),
            ("Smith, Jr., John", "js@example.edu", "", "x.ipynb"),
            (
                "Gone Fishing",
                "",
                "is named in submission_metadata.yml, and the export does not hold it.",
                None,
            ),
            ("submission_104", "", "", "x.ipynb"),
        ],
    ),
    "gradescope, in its own folder": (
        "gradescope",
        [
            "assignment_5_export/submission_metadata.yml",
            "assignment_5_export/submission_101/x.ipynb",
        ],
        [
            ("Zoë Brontë-O'Neil", "2026001", "", "x.ipynb"),
            ("김민준", "2026002", "is named in", None),
            ("Smith, Jr., John", "js@example.edu", "is named in", None),
            ("Gone Fishing", "", "is named in", None),
        ],
    ),
    "github": (
        "github",
        [
            "descent-week-2-ann-lee/02.ipynb",
            "descent-week-2-ann-lee/.git/objects/x.ipynb",
            "descent-week-2-ann-lee/.github/y.ipynb",
            "descent-week-2-octocat/src/02.ipynb",
            "descent-week-2-octocat/.git",
            "descent-week-2-empty/.git/HEAD",
            "descent-week-2-empty/README.md",
        ],
        [
            ("ann-lee", "", "", "02.ipynb"),
            ("octocat", "", "", "02.ipynb"),
            (
                "empty",
                "",
                "is missing: the folder holds no notebook (.ipynb), only README.md.",
                None,
            ),
        ],
    ),
    "github, all of one first name": (
        "github",
        [
            "hw1-submissions/hw1-ann-lee/02.ipynb",
            "hw1-submissions/hw1-ann-kim/02.ipynb",
            "hw1-submissions/hw1-ann-kim/.git/HEAD",
        ],
        [("ann-lee", "", "", "02.ipynb"), ("ann-kim", "", "", "02.ipynb")],
    ),
    "nbgrader": (
        "nbgrader",
        [
            "gradebook.db",
            "release/ps1/problem 1.ipynb",
            "submitted/bitdiddle/ps1/problem 1.ipynb",
            "submitted/hacker/ps1/notes.txt",
        ],
        [
            ("bitdiddle", "", "", "problem 1.ipynb"),
            (
                "hacker",
                "",
                "is missing: the folder holds no notebook (.ipynb), only notes.txt.",
                None,
            ),
        ],
    ),
    "nbgrader, submitted alone": (
        "nbgrader",
        ["bitdiddle/ps1/x.ipynb", "bitdiddle/ps1/timestamp.txt"],
        [("bitdiddle", "", "", "x.ipynb")],
    ),
    "plain": ("plain", ["ada/x.ipynb"], [("ada", "", "", "x.ipynb")]),
    "plain, a student's number before a lesson": (
        "plain",
        ["kim_20261234_10_adam.ipynb", "lee_20261235_02_gradient_descent.ipynb"],
        [
            ("kim_20261234", "", "", "kim_20261234_10_adam.ipynb"),
            ("lee_20261235", "", "", "lee_20261235_02_gradient_descent.ipynb"),
        ],
    ),
    "plain, a student called submitted": (
        "plain",
        ["submitted/x.ipynb", "ada/x.ipynb"],
        [("submitted", "", "", "x.ipynb"), ("ada", "", "", "x.ipynb")],
    ),
    "one of Canvas's among plain ones is plain": (
        "plain",
        ["lovelaceada_1042_90210_x.ipynb", "bo_02_gradient_descent.ipynb"],
        [
            ("lovelaceada_1042_90210_x", "", "", "lovelaceada_1042_90210_x.ipynb"),
            ("bo", "", "", "bo_02_gradient_descent.ipynb"),
        ],
    ),
}


def lay(folder, files):
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        text = METADATA if name.endswith(".yml") else "{}"
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("layout", "files", "wanted"), CLASSES.values(), ids=CLASSES)
def test_everybody_is_found(tmp_path, layout, files, wanted):
    lay(tmp_path, files)
    found, submissions = collect_class(tmp_path, LESSONS)
    assert found.name == layout
    said = {(one.student, one.person.id): one.problem for one in submissions}
    assert len(submissions) == len(wanted)
    assert said.keys() == {(student, number) for student, number, *_ in wanted}
    for student, number, problem, _ in wanted:
        assert said[student, number].startswith(problem)
        assert bool(said[student, number]) == bool(problem)
    for one in submissions:
        if not one.problem:
            assert (tmp_path / one.file).samefile(one.path)
            assert one.path.name in {name for *_, name in wanted}


@pytest.mark.parametrize(("layout", "files", "wanted"), CLASSES.values(), ids=CLASSES)
def test_the_layout_that_is_found_can_be_forced_to_the_same_effect(tmp_path, layout, files, wanted):
    lay(tmp_path, files)
    forced, submissions = collect_class(tmp_path, LESSONS, layout)
    assert (forced.name, submissions) == (layout, collect_class(tmp_path, LESSONS)[1])


@pytest.mark.parametrize("name", [one for one in layouts.NAMES if one != "plain"])
def test_a_layout_that_is_not_there_is_one_line(tmp_path, name):
    lay(tmp_path, ["ada/x.ipynb"])
    with pytest.raises(CollectError, match=f"--layout {name}: there is no such thing in") as error:
        collect_class(tmp_path, LESSONS, name)
    assert "\n" not in str(error.value)


def test_plain_can_be_forced(tmp_path):
    lay(tmp_path, ["Ann Lee_4714_assignsubmission_file_/x.ipynb"])
    layout, (one,) = collect_class(tmp_path, LESSONS, "plain")
    assert (layout.name, one.student) == ("plain", "Ann Lee_4714_assignsubmission_file_")


def test_the_command_line_offers_exactly_these_layouts(capsys):
    assert cli.main(["grade", "--help"]) == 0
    assert f"{{{','.join(layouts.NAMES)}}}" in capsys.readouterr().out


def test_late_is_said(tmp_path):
    lay(tmp_path, ["a_LATE_1_100_x.ipynb", "b_2_100_x.ipynb", "LATE_anon_c_100_x.ipynb"])
    notes = {one.student: one.notes for one in collect_class(tmp_path, LESSONS)[1]}
    late = ("late, says Canvas",)
    assert notes == {"a": late, "b": (), "anon_c": late}


# What nbgrader wrote in timestamp.txt, and the seconds since 1970 (None: the file's own).
STAMPS = {
    "2026-02-02 15:58:23.948203 America/Los_Angeles": (2026, 2, 2, 23, 58, 23, 0.948203),
    "2026-07-02 15:58:23.948203 UTC": (2026, 7, 2, 15, 58, 23, 0.948203),
    "2026-07-02 15:58:23": (2026, 7, 2, 15, 58, 23, 0),
    "2026-07-02 15:58:23 Nowhere/Land": (2026, 7, 2, 15, 58, 23, 0),
    "2026-07-02 15:58:23 ../../etc/passwd": (2026, 7, 2, 15, 58, 23, 0),
    "2026-99-02 15:58:23": None,
    "yesterday": None,
    "": None,
}


@pytest.mark.parametrize(("stamp", "wanted"), STAMPS.items(), ids=map(repr, STAMPS))
def test_nbgraders_time_stamp_counts(tmp_path, stamp, wanted):
    lay(tmp_path, ["ada/ps1/x.ipynb"])
    (tmp_path / "ada/ps1/timestamp.txt").write_text(stamp)
    os.utime(tmp_path / "ada/ps1/x.ipynb", (1000, 1000))
    _, (one,) = collect_class(tmp_path, LESSONS)
    when = calendar.timegm((*wanted[:6], 0, 0, 0)) + wanted[6] if wanted else 1000
    assert one.submitted == pytest.approx(when, abs=1e-3)


def test_gradescopes_time_counts(tmp_path):
    lay(tmp_path, CLASSES["gradescope"][1])
    times = {one.student: one.submitted for one in collect_class(tmp_path, LESSONS)[1]}
    noon = calendar.timegm((2026, 3, 1, 12, 0, 0, 0, 0, 0))
    assert times["Zoë Brontë-O'Neil"] == noon
    assert times["김민준"] == times["Smith, Jr., John"] == noon + 3600


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ("a: [", "while parsing"),
        ("- a", "does not map"),
        ("x: !!python/object/apply:os.system [echo]", "could not determine a constructor"),
        ("[" * 200_000, ""),
        ("a: " * 200_000, ""),
        ("? {a: b}\n: c", "while constructing a mapping"),
        ("\x00", "#x0000"),
    ],
    ids=["cut", "list", "code", "deep", "deep map", "key", "nul"],
)
def test_metadata_that_cannot_be_read_are_one_line(tmp_path, metadata, said):
    lay(tmp_path, ["submission_1/x.ipynb"])
    (tmp_path / "submission_metadata.yml").write_text(metadata)
    with pytest.raises(CollectError, match="export the submissions again") as error:
        collect_class(tmp_path, LESSONS)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "about",
    ["", "a", "[]", ":submitters:", ":submitters: 3", ":submitters: [3]", ":submitters: [{}]"],
)
def test_metadata_without_a_submitter_name_the_folder(tmp_path, about):
    lay(tmp_path, ["submission_1/x.ipynb"])
    (tmp_path / "submission_metadata.yml").write_text(f"submission_1:\n  {about}\nother: 1\n")
    _, (one,) = collect_class(tmp_path, LESSONS)
    assert one.student == "submission_1"


@pytest.mark.parametrize(
    ("file", "lesson"),
    [
        ("lovelaceada_5_4711_homework.ipynb", None),
        ("lovelaceada_5_4711_homework-02.ipynb", "02_gradient_descent"),
        ("Ada_10_assignsubmission_file_homework.ipynb", None),
        ("Ada_10_assignsubmission_file_02_gradient_descent.ipynb", "02_gradient_descent"),
        ("ada_05.ipynb", "05_momentum"),
        ("kim_20261234_05.ipynb", "05_momentum"),
    ],
)
def test_a_number_of_a_student_is_no_lesson(file, lesson):
    assert lesson_of(file, LESSONS) == lesson


def test_links_are_never_followed(tmp_path):
    outside = tmp_path / "outside"
    lay(outside, ["a_1_100_x.ipynb"])
    (tmp_path / "in").mkdir()
    try:
        (tmp_path / "in/b_2_100_x.ipynb").symlink_to(outside / "a_1_100_x.ipynb")
        (tmp_path / "in/c-d").symlink_to(outside)
    except OSError:
        pytest.skip("this system makes no links")
    _, (one,) = collect_class(tmp_path / "in", LESSONS)
    assert "is a link" in one.problem


STRAYS = {
    "plain": (["ada_10_adam.ipynb", "bo.pdf", "bo_10_adam.pdf", ".DS_Store"], ["bo.pdf"]),
    "folders": (["ada/x.ipynb", "ada/x.pdf", "class.csv"], ["class.csv"]),
    "in a folder of its own": (["hw/A_1_assignsubmission_file_x.ipynb", "hw/b.zip"], ["b.zip"]),
    "moodle": (["A_1_assignsubmission_file_x.pdf", "A_1_assignsubmission_file_x.ipynb"], []),
    "canvas": (["ada_1042_90210_x.ipynb", "ada_1042_90211_x.pdf", "notes.txt"], ["notes.txt"]),
    "nbgrader": (["gradebook.db", "submitted/ada/ps1/x.ipynb"], []),
}


@pytest.mark.parametrize(("files", "strays"), STRAYS.values(), ids=STRAYS)
def test_files_of_nobody_are_named(tmp_path, files, strays):
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    assert not_read(tmp_path, *collect_class(tmp_path, LESSONS)) == strays
