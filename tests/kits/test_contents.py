"""What is in a kit, as it is written: all that is needed, no solution, and the same bytes twice."""

import json
import os
import re
import shlex
import stat
import zipfile
from pathlib import Path

import pytest
import yaml

from course_lib import cli, lab
from course_lib.kits.contents import library
from course_lib.kits.files import EPOCH
from course_lib.kits.wheels import Target, _tags, needed

ROOT = Path(__file__).resolve().parents[2]
LIB = "course_lib/"
STEMS = lab.lessons(ROOT)
LIBRARY = {"LICENSE", "course.py", "pyproject.toml", "requirements.lock"}
# Lesson 06 begins where 05 ends: its exercise is the one line before the step of momentum.
GIVEN_LATER = {"05_momentum": {"notebooks/06_nesterov.ipynb"}}
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def export(*words):
    return cli.main(["export", *map(str, words)])


def read(kit):
    """Path -> content, of a folder or an archive."""
    if kit.is_dir():
        files = [path for path in kit.rglob("*") if path.is_file()]
        return {path.relative_to(kit).as_posix(): path.read_bytes() for path in files}
    with zipfile.ZipFile(kit) as file:
        return {name: file.read(name) for name in file.namelist()}


def squeezed(text):
    return re.sub(r"\s+", "", text)


def said(notebook):
    """All text of a notebook, outputs included, without its spaces."""
    cells = json.loads(notebook)["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    texts += [json.dumps(cell.get("outputs", ""), ensure_ascii=False) for cell in cells]
    return squeezed("\n".join(texts))


def solutions(stem):
    """The code of the solution regions of a lesson, without its spaces."""
    source = (ROOT / "solutions" / f"{stem}.py").read_text("utf-8")
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source, re.DOTALL)
    assert regions
    return [squeezed(region) for region in regions]


# Students


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    out = tmp_path_factory.mktemp("kit") / "students.zip"
    assert export("students", "--out", out) == 0
    return read(out)


def test_the_kit_lists_what_it_holds(tmp_path, capsys):
    assert export("students", "--lessons", "05", "2", "02", "--out", tmp_path / "kit") == 0
    *lines, lessons_1, lessons_2, project, lock = capsys.readouterr().out.splitlines()
    count = len([name for name in read(tmp_path / "kit") if name.startswith(LIB)])
    assert lines == ["LICENSE", "README.md", "course.py", f"course_lib/ ({count} files)"]
    assert lessons_1 == "notebooks/02_gradient_descent.ipynb"
    assert lessons_2 == "notebooks/05_momentum.ipynb"
    assert (project, lock) == ("pyproject.toml", "requirements.lock")
    held = {name.split("/")[0] for name in read(tmp_path / "kit")}
    assert held == {*LIBRARY, "README.md", "course_lib", "notebooks"}


def test_the_library_is_whole(everything):
    """What git has of it, and no more; the tests and the sources of the lessons are not in it."""
    theirs = {name for name in everything if name.startswith(LIB)}
    suffixes = {".py", ".js", ".css", ".json", ".npz", ".md", ".sh", ".yml", ".j2", ""}
    assert {Path(name).suffix for name in theirs} <= suffixes
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "course_lib").rglob("*.py")}
    assert modules <= theirs
    assert everything["README.md"] != (ROOT / "README.md").read_bytes()


@pytest.fixture(scope="module")
def texts(everything):
    """All that is not the library: the notebooks' text and that of the other files."""
    own = {name: data for name, data in everything.items() if not name.startswith(LIB)}
    return {
        name: said(data) if name.endswith(".ipynb") else squeezed(data.decode())
        for name, data in own.items()
    }


def test_no_file_of_the_solutions_is_in_the_students_kit(everything, texts):
    assert not [name for name in everything if "solution" in name.lower()]
    assert not [name for name, text in texts.items() if "BEGINSOLUTION" in text]
    notebooks = [name for name in texts if name.endswith(".ipynb")]
    assert notebooks == [f"notebooks/{stem}.ipynb" for stem in STEMS]


@pytest.mark.parametrize("stem", STEMS)
def test_no_solution_of_a_lesson_is_in_the_students_kit(texts, stem):
    own = said((ROOT / "solutions" / f"{stem}.ipynb").read_bytes())
    for region in solutions(stem):
        assert region in own, "what is looked for can be found"
        found = {name for name, text in texts.items() if region in text}
        assert found <= GIVEN_LATER.get(stem, set())


def test_an_archive_is_the_same_bytes_twice_and_a_folder_the_same_files(tmp_path):
    once, again, folder = tmp_path / "once.zip", tmp_path / "again.zip", tmp_path / "folder"
    for out in (once, again, folder):
        assert export("gradescope", "--lesson", "02", "--seed", "5", "--out", out) == 0
    assert once.read_bytes() == again.read_bytes()
    assert read(once) == read(folder)
    with zipfile.ZipFile(once) as file:
        entries = file.infolist()
    assert {entry.date_time for entry in entries} == {EPOCH}
    assert [entry.filename for entry in entries] == sorted(read(folder))
    for entry in entries:
        mode = 0o755 if entry.filename in ("setup.sh", "run_autograder") else 0o644
        assert stat.S_IMODE(entry.external_attr >> 16) == mode
        if os.name != "nt":
            assert stat.S_IMODE((folder / entry.filename).stat().st_mode) == mode


def test_litter_stays_where_it_is(tmp_path):
    (tmp_path / "course_lib/__pycache__").mkdir(parents=True)
    (tmp_path / "course_lib/.ipynb_checkpoints").mkdir()
    for name in (*LIBRARY, "course_lib/a.py", "course_lib/__pycache__/a.pyc", "course_lib/.a.swp"):
        (tmp_path / name).touch()
    (tmp_path / "course_lib/.ipynb_checkpoints/a.py").touch()
    assert set(library(tmp_path)) == {*LIBRARY, "course_lib/a.py"}


# Gradescope and GitHub Classroom


def test_what_a_gradescope_kit_holds(tmp_path, capsys):
    assert export("gradescope", "--lesson", "02", "--out", tmp_path / "a.zip") == 0
    seed = int(re.search(r"^Seed: (\d+)\.", capsys.readouterr().out, re.MULTILINE)[1])
    kit = read(tmp_path / "a.zip")
    own = {"setup.sh", "run_autograder", "kit.json", "README.md"}
    assert {name for name in kit if "/" not in name} == LIBRARY | own
    settings = {"lesson": "02_gradient_descent", "seed": seed, "sandbox": True}
    assert json.loads(kit["kit.json"]) == settings
    assert "worth 8 points" in kit["README.md"].decode()
    assert not [name for name in kit if name.endswith(".ipynb")]


def test_what_a_template_repository_holds(tmp_path):
    words = ["--lessons", "02", "10", "--seed", "7", "--out", tmp_path / "kit"]
    assert export("github-classroom", *words) == 0
    kit = read(tmp_path / "kit")
    shown = {name for name in kit if not name.startswith(".course/")}
    notebooks = {"02_gradient_descent.ipynb", "10_adam.ipynb"}
    assert shown == {*notebooks, "README.md", ".gitignore", ".github/workflows/classroom.yml"}
    for name in notebooks:
        assert kit[name] == (ROOT / "notebooks" / name).read_bytes()
    workflow = yaml.safe_load(kit[".github/workflows/classroom.yml"])
    assert workflow["permissions"] == {"contents": "read"}
    steps = workflow["jobs"]["grade"]["steps"]
    actions = [step["uses"] for step in steps if "uses" in step]
    assert [re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in actions].count(None) == 0
    assert [action.split("@")[0] for action in actions] == [
        "actions/checkout",
        "actions/setup-python",
    ]
    runs = [step["run"] for step in steps if "run" in step]
    assert not [run for run in runs if "${{" in run], "a name that a student chooses is no code"
    assert "--seed 7 --lesson 02 --lesson 10" in runs[1]


@pytest.mark.parametrize(
    "words",
    [
        ["students", "--lessons", "02"],
        ["gradescope", "--lesson", "02"],
        ["github-classroom", "--lessons", "02"],
    ],
    ids=lambda words: words[0],
)
def test_every_command_that_a_kit_shows_parses(tmp_path, words):
    assert export(*words, "--out", tmp_path / "kit") == 0
    kit = read(tmp_path / "kit")
    shown = [name for name in kit if name.endswith((".md", ".yml", ".sh")) and LIB not in name]
    own = [kit[name].decode() for name in shown]
    calls = re.findall(r"(?:course\.py|-m course_lib)((?: [^\s#`>]+)*)", "\n".join(own))
    assert calls
    for call in calls:
        if not call.startswith((" --help", " -")):
            cli.parse(shlex.split(call))
    left = re.findall(r"<(?:lesson|lessons|points|stem|first|number|seed|options)>", "".join(own))
    assert left == []


# Packages


PACKAGES = {
    "Linux": (Target("manylinux_2_28_x86_64", "3.12"), {"py-landlock", "pyseccomp"}),
    "Linux, 3.11": (
        Target("manylinux_2_28_aarch64", "3.11"),
        {"py-landlock", "pyseccomp", "overrides"},
    ),
    "macOS": (Target("macosx_14_0_arm64", "3.13"), {"appnope"}),
    "Windows": (Target("win_amd64", "3.12"), {"colorama", "pywinpty"}),
}


@pytest.mark.parametrize(("target", "own"), PACKAGES.values(), ids=PACKAGES)
def test_the_packages_that_a_machine_needs(target, own):
    lines = needed(LOCK, target.environment())
    names = {line.partition("==")[0] for line in lines}
    assert {"numpy", "jupyterlab", "flit-core"} <= names
    sometimes = {"py-landlock", "pyseccomp", "overrides", "appnope", "colorama", "pywinpty"}
    assert names & sometimes == own
    assert all(re.fullmatch(r"[\w.-]+==\S+ (--hash=sha256:\w{64}\s*)+", line) for line in lines)


@pytest.mark.parametrize(
    ("platform", "tags"),
    [
        ("win_amd64", ["win_amd64"]),
        ("macosx_14_0_arm64", ["macosx_14_0_arm64"]),
        (
            "manylinux_2_17_x86_64",
            [f"manylinux_2_{minor}_x86_64" for minor in range(17, 4, -1)]
            + ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"],
        ),
    ],
)
def test_the_tags_of_a_machine(platform, tags):
    assert _tags(platform) == tags


# Bad usage

USAGE = {
    "no lesson 99": (["students", "--lessons", "02", "99"], "there is no lesson '99'"),
    "no lesson named": (["students", "--lessons"], "expected at least one argument"),
    "Gradescope needs one": (["gradescope"], "required: --lesson"),
    "a template needs some": (["github-classroom"], "required: --lessons"),
    "no platform": (["wheels", "--platform", "linux"], "--platform linux: give a tag of pip"),
    "no option": (["wheels", "--platform", "win_--index"], "give a tag of pip"),
    "an old Python": (["wheels", "--python-version", "3.10"], "give 3.11 or newer"),
}


@pytest.mark.parametrize(("words", "told"), USAGE.values(), ids=USAGE)
def test_bad_usage_is_one_line_and_nothing_is_written(tmp_path, capsys, words, told):
    assert export(*words, "--out", tmp_path / "kit") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("full", "is there already; give --out a new folder"),
        ("full/file", "is there already; give --out a new folder"),
        ("no/where", "cannot be made; give --out a new folder in one that is there"),
        ("no/where.zip", "give --out a file in a folder that is there"),
        ("folder.zip", "give --out a file in a folder that is there"),
    ],
)
def test_what_is_there_is_never_touched(tmp_path, capsys, out, told):
    for folder in ("full", "folder.zip"):
        (tmp_path / folder).mkdir()
    (tmp_path / "full/file").write_text("theirs")
    assert export("students", "--lessons", "02", "--out", tmp_path / out) == 2
    assert told in capsys.readouterr().err
    there = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert there == ["folder.zip", "full", "full/file"]
    assert (tmp_path / "full/file").read_text() == "theirs"


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "kit").mkdir()
    assert export("students", "--lessons", "02", "--out", tmp_path / "kit") == 0
    assert (tmp_path / "kit/course.py").exists()


def test_a_course_that_is_not_whole_is_one_line(tmp_path, capsys, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/02_gradient_descent.ipynb").touch()
    monkeypatch.setattr("course_lib.exports.ROOT", tmp_path)
    assert export("students", "--out", tmp_path / "kit") == 2
    assert "'course.py' is missing in" in capsys.readouterr().err
    assert not (tmp_path / "kit").exists()
