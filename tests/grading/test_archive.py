"""A class in a zip archive: the same as its folder, and nothing that an archive can do to harm."""

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from course_lib.exercises import LESSONS
from course_lib.grading import archive
from course_lib.grading.archive import opened
from course_lib.grading.collect import CollectError
from course_lib.grading.layouts import collect_class

MB = 1 << 20


def pack(path, entries, **how):
    """Write a zip archive; an entry is (name or ZipInfo, bytes)."""
    how = {"compression": zipfile.ZIP_DEFLATED} | how
    with zipfile.ZipFile(path, "w", **how) as file:
        for name, content in entries:
            file.writestr(name, content)
    return path


def collected(path, notebook=MB):
    """The layout's name, and student -> (problem or the notebook's content), as run.py has it."""
    with opened(path, notebook) as place:
        layout, found = collect_class(place.folder, LESSONS)
        return layout.name, {
            (one.student, one.file): place.refused.get(one.file, one.problem)
            or one.path.read_text("utf-8")
            for one in found
        }


def link(name, target="../../etc/passwd"):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


ZIPPED = {
    "moodle": (
        ["Zoë B_1_assignsubmission_file_/x.ipynb", "Bo_2_assignsubmission_file_/x.ipynb"],
        "moodle",
        {
            ("Zoë B", "Zoë B_1_assignsubmission_file_/x.ipynb"),
            ("Bo", "Bo_2_assignsubmission_file_/x.ipynb"),
        },
    ),
    "canvas": (["김민준_17_100_x.ipynb"], "canvas", {("김민준", "김민준_17_100_x.ipynb")}),
    "a folder of that name": (
        ["class/ada_02_gradient_descent.ipynb", "class/bo_02_gradient_descent.ipynb"],
        "plain",
        {
            ("ada", "ada_02_gradient_descent.ipynb"),
            ("bo", "bo_02_gradient_descent.ipynb"),
        },
    ),
    "a folder of folders": (
        ["week 1/ada/x.ipynb", "week 1/bo/x.ipynb", "__MACOSX/week 1/._x.ipynb"],
        "plain",
        {("ada", "ada/x.ipynb"), ("bo", "bo/x.ipynb")},
    ),
    "one student": (["ada/x.ipynb"], "plain", {("ada", "ada/x.ipynb")}),
    "clones": (
        ["c/hw-ann/.git/HEAD", "c/hw-ann/.git/x.ipynb", "c/hw-ann/x.ipynb", "c/hw-bo/x.ipynb"],
        "github",
        {("ann", "hw-ann/x.ipynb"), ("bo", "hw-bo/x.ipynb")},
    ),
    "of Windows": (
        ["ada\\x.ipynb", "bo\\y.ipynb"],
        "plain",
        {("ada", "ada/x.ipynb"), ("bo", "bo/y.ipynb")},
    ),
    "two names that differ in case": (
        ["ada/x.ipynb", "bo/X.ipynb"],
        "plain",
        {("ada", "ada/x.ipynb"), ("bo", "bo/X.ipynb")},
    ),
}


@pytest.mark.parametrize(("names", "layout", "wanted"), ZIPPED.values(), ids=ZIPPED)
def test_an_archive_is_read_as_its_folder(tmp_path, names, layout, wanted):
    path = pack(tmp_path / "class.zip", [(name, "{}") for name in names])
    found, students = collected(path)
    assert (found, set(students)) == (layout, wanted)
    assert set(students.values()) == {"{}"}
    assert [one.name for one in tmp_path.iterdir()] == ["class.zip"]


def test_names_without_the_flag_for_utf8_are_utf8_if_they_can_be(tmp_path):
    path = pack(tmp_path / "class.zip", [("김민준/x.ipynb", "{}")])
    raw = path.read_bytes()
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(signature) + offset
        flags = struct.unpack_from("<H", raw, at)[0] & ~0x800
        raw = raw[:at] + struct.pack("<H", flags) + raw[at + 2 :]
    path.write_bytes(raw)
    assert list(collected(path)[1]) == [("김민준", "김민준/x.ipynb")]


@pytest.mark.parametrize(
    ("date", "seconds"),
    [((2026, 3, 1, 12, 0, 2), 1772366402), ((1980, 0, 0, 0, 0, 0), 315446400)],
)
def test_the_time_of_a_file_is_the_archives_wherever_it_is_unpacked(tmp_path, date, seconds):
    path = pack(tmp_path / "class.zip", [(zipfile.ZipInfo("ada/x.ipynb", date), "{}")])
    with opened(path, MB) as place:
        (one,) = collect_class(place.folder, LESSONS)[1]
        assert one.submitted == seconds


# Refused as a whole, by one line that names what is wrong.
WHOLE = {
    "dots": ([("../x.ipynb", "{}")], "'../x.ipynb' leads out"),
    "dots inside": ([("ada/../../x.ipynb", "{}")], "leads out"),
    "dots of Windows": ([("ada\\..\\..\\x.ipynb", "{}")], "leads out"),
    "absolute": ([("/etc/x.ipynb", "{}")], "'/etc/x.ipynb' leads out"),
    "drive": ([("C:\\x.ipynb", "{}")], "leads out"),
    "no name": ([("./", "")], "leads out"),
    "terminal": ([("../\x1b[2J", "")], "\N{REPLACEMENT CHARACTER}[2J' leads out"),
    "a file and a folder": ([("ada", "{}"), ("ada/x.ipynb", "{}")], "two files of one name"),
    "nothing": ([], "there is no submission in"),
    "nothing that counts": ([("readme.txt", "hi")], "there is no submission in"),
}


def refusal(path, **how):
    with pytest.raises(CollectError) as error:
        collected(path, **how)
    said = str(error.value)
    assert str(path) in said
    assert "\n" not in said
    assert "course-class-" not in said
    return said


@pytest.mark.parametrize(("entries", "said"), WHOLE.values(), ids=WHOLE)
def test_what_no_platform_writes_is_refused_as_a_whole(tmp_path, entries, said):
    before = set(tmp_path.parent.iterdir())
    assert said in refusal(pack(tmp_path / "class.zip", entries))
    assert [one.name for one in tmp_path.iterdir()] == ["class.zip"]
    assert set(tmp_path.parent.iterdir()) == before


@pytest.mark.parametrize("again", ["ada/x.ipynb", "ada\\x.ipynb", "./ada//x.ipynb"])
@pytest.mark.filterwarnings("ignore:Duplicate name")  # zipfile's own word on it, as it writes
def test_one_name_twice_is_refused(tmp_path, again):
    path = pack(tmp_path / "class.zip", [("ada/x.ipynb", "{}"), (again, "[]")])
    assert "holds 'ada/x.ipynb' twice" in refusal(path)


def test_too_much_is_refused(tmp_path, monkeypatch):
    path = pack(tmp_path / "class.zip", [(f"s{i}/x.ipynb", b" " * 1000) for i in range(20)])
    assert len(collected(path)[1]) == 20
    monkeypatch.setattr(archive, "MAX_TOTAL", 19_999)
    assert "unpacks to more than" in refusal(path)
    monkeypatch.setattr(archive, "MAX_ENTRIES", 19)
    assert "holds 20 files; at most 19" in refusal(path)


def test_an_encrypted_archive_is_refused(tmp_path):
    path = pack(tmp_path / "class.zip", [("ada/x.ipynb", "{}")])
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + offset] |= 1
    path.write_bytes(raw)
    assert "is encrypted" in refusal(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is neither a folder nor a zip archive"),
        (b"no zip at all", "is neither a folder nor a zip archive"),
        (b"PK\x05\x06" + b"\xff" * 18, "archive"),
    ],
)
def test_what_is_no_archive_is_one_line(tmp_path, content, said):
    (tmp_path / "class.zip").write_bytes(content)
    assert said in refusal(tmp_path / "class.zip")


def test_an_archive_that_is_cut_off(tmp_path):
    path = pack(tmp_path / "class.zip", [("ada/x.ipynb", "{}")])
    path.write_bytes(path.read_bytes()[:-30])
    refusal(path)


def test_nothing_there(tmp_path):
    assert "there is no folder or zip archive" in refusal(tmp_path / "none.zip")


# Refused alone: the student gets a row that says why, and everybody else is read.
ALONE = {
    "link": (link("bad/x.ipynb"), "is a link"),
    "link to all": (link("bad/x.ipynb", "/"), "is a link"),
    "bomb": (("bad/x.ipynb", b"\0" * (50 * MB)), "is read as too large"),
}


@pytest.mark.parametrize(("entry", "said"), ALONE.values(), ids=ALONE)
def test_a_bad_entry_touches_no_other(tmp_path, entry, said):
    path = pack(tmp_path / "class.zip", [("ada/x.ipynb", "{}"), entry, ("zoe/x.ipynb", "{}")])
    with opened(path, MB) as place:
        written = sum(f.stat().st_size for f in place.folder.rglob("*") if f.is_file())
    assert written <= MB + 5
    students = collected(path)[1]
    assert students["ada", "ada/x.ipynb"] == students["zoe", "zoe/x.ipynb"] == "{}"
    got = students["bad", "bad/x.ipynb"]
    assert (len(got) == MB + 1) if "too large" in said else (said in got)


def test_a_damaged_entry_touches_no_other(tmp_path):
    path = pack(
        tmp_path / "class.zip",
        [("ada/x.ipynb", "{}"), ("bad/x.ipynb", "spoilt"), ("zoe/x.ipynb", "{}")],
        compression=zipfile.ZIP_STORED,
    )
    path.write_bytes(path.read_bytes().replace(b"spoilt", b"SPOILT"))
    assert collected(path)[1] == {
        ("ada", "ada/x.ipynb"): "{}",
        ("bad", "bad/x.ipynb"): "is damaged in the zip archive. Hand it in again.",
        ("zoe", "zoe/x.ipynb"): "{}",
    }


def test_a_mass_of_notebooks_is_not_unpacked(tmp_path):
    mass = [(f"bad/{i}.ipynb", b"\0" * MB) for i in range(40)]
    path = pack(tmp_path / "class.zip", [*mass, ("zoe/x.ipynb", "{}")])
    with opened(path, MB) as place:
        written = sum(f.stat().st_size for f in place.folder.rglob("*") if f.is_file())
        assert written <= archive.MANY * MB + 2
        assert len(place.refused) == 30
        assert all("a mass of notebooks" in why for why in place.refused.values())


def test_only_what_is_read_is_unpacked(tmp_path):
    path = pack(
        tmp_path / "class.zip",
        [("ada/film.mp4", b"\0" * (50 * MB)), ("ada/run.sh", "rm -r /"), ("bo/x.ipynb", "{}")],
    )
    with opened(path, MB) as place:
        sizes = {f.name: f.stat().st_size for f in place.folder.rglob("*") if f.is_file()}
    assert sizes == {"film.mp4": 0, "run.sh": 0, "x.ipynb": 2}
    assert collected(path)[1]["ada", "ada"].endswith("only film.mp4, run.sh.")


def test_the_unpacked_folder_is_gone_after_an_error(tmp_path):
    path = pack(tmp_path / "class.zip", [("ada/x.ipynb", "{}")])
    there: list[Path] = []

    def interrupted():
        with opened(path, MB) as place:
            there.extend(place.folder.iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [folder.name for folder in there] == ["ada"]
    assert not there[0].exists()
