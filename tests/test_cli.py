"""The command line: exit codes, one line for each error, and what each command does to files."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest

from course_lib import cli, lab

ROOT = Path(__file__).resolve().parent.parent
STEMS = ["01_gradients", "02_gradient_descent"]
COMMANDS = ["lab", "test", "check", "grade", "export", "build"]
GRADES = ["canvas", "moodle", "gradescope-results", "github-summary"]
KITS = ["students", "gradescope", "github-classroom", "wheels", "instructor"]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A course of two small lessons, in a folder with a space."""
    root = tmp_path / "my course"
    (root / "notebooks").mkdir(parents=True)
    for stem in STEMS:
        cells = [nbformat.v4.new_code_cell("1 + 1", id="sum")]
        notebook = nbformat.v4.new_notebook(cells=cells)
        nbformat.write(notebook, root / "notebooks" / f"{stem}.ipynb")
    monkeypatch.setattr(cli, "ROOT", root)
    return root


def one_line(capsys) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    assert line.startswith("course: ")
    return line


def in_a_process(*words: str, **more: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "course_lib", *words]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | more)


# Help and bad usage


@pytest.mark.parametrize("command", [*COMMANDS, *(f"export {what}" for what in GRADES + KITS)])
def test_each_command_has_help_with_an_example_that_parses(command, capsys):
    assert cli.main([*command.split(), "--help"]) == 0
    out, err = capsys.readouterr()
    (example,) = [line for line in out.splitlines() if line.startswith("Example: course ")]
    cli.parse(example.removeprefix("Example: course ").split())
    assert err == ""


@pytest.mark.parametrize(("words", "named"), [([], COMMANDS), (["export"], GRADES + KITS)])
def test_the_help_names_every_command_and_no_other(words, named, capsys):
    assert cli.main([*words, "--help"]) == 0
    assert re.findall(r"^    ([\w-]+)", capsys.readouterr().out, flags=re.MULTILINE) == named


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonsense"], "choose from"),
        (["--nonsense"], "COMMAND"),
        (["lab", "--nonsense"], "--nonsense"),
        (["lab", "--fresh"], "expected one argument"),
        (["lab", "07"], "there is no lesson '07'; there are 01_gradients, 02_gradient_descent"),
        (["lab", ""], "there is no lesson ''"),
        (["lab", "--fresh", "gradient"], "there is no lesson 'gradient'"),
        (["check"], "notebook"),
        (["check", "no_such.ipynb"], "there is no file 'no_such.ipynb'"),
        (["check", "."], "there is no file '.'"),
        (["build", "--nonsense"], "--nonsense"),
        (["export"], "required: WHAT; see 'course export --help'"),
        (["export", "students"], "required: --out; see 'course export students --help'"),
        (["export", "wheels", "--out", "o", "--seed", "1"], "see 'course export wheels --help'"),
    ],
    ids=" ".join,
)
def test_bad_usage_is_one_line_and_exit_code_2(words, said, root, capsys):
    assert cli.main(words) == 2
    assert said in one_line(capsys)
    assert not (root / "work").exists()


def test_the_module_and_the_exit_code_reach_the_shell():
    result = in_a_process("nonsense")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_ctrl_c_is_one_line(monkeypatch, capsys):
    def interrupted(root):
        raise KeyboardInterrupt

    monkeypatch.setattr(lab, "lessons", interrupted)
    assert cli.main([]) == 130  # no command at all is lab
    assert one_line(capsys) == "course: stopped"


@pytest.mark.parametrize("name", ["02", "2", "gradient_descent", "02_gradient_descent.ipynb"])
def test_the_names_of_a_lesson(name):
    assert cli.find_lesson(name, STEMS) == "02_gradient_descent"
    assert cli.find_lesson(f"work/{name}", STEMS) == "02_gradient_descent"


# lab


def copies(root: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (root / "work").iterdir()}


@pytest.fixture
def started(monkeypatch):
    """The commands that would have become JupyterLab; one test below starts it for real."""
    commands: list[list[str]] = []
    monkeypatch.setattr(lab, "start", lambda words: commands.append(words) or 0)
    return commands


def test_lab_copies_what_is_missing_and_never_overwrites(root, started):
    assert cli.main(["lab"]) == 0
    built = {p.name: p.read_text(encoding="utf-8") for p in (root / "notebooks").iterdir()}
    assert copies(root) == built
    (root / "work/01_gradients.ipynb").write_text("an answer", encoding="utf-8")
    (root / "work/02_gradient_descent.ipynb").unlink()
    assert cli.main(["lab"]) == 0
    assert copies(root) == built | {"01_gradients.ipynb": "an answer"}


def test_lab_fresh_keeps_every_old_copy(root, started, capsys):
    cli.main(["lab"])
    built = copies(root)["02_gradient_descent.ipynb"]
    for answer in ("first", "second"):
        (root / "work/02_gradient_descent.ipynb").write_text(answer, encoding="utf-8")
        assert cli.main(["lab", "--fresh", "02"]) == 0
    found = copies(root)
    assert found["02_gradient_descent.ipynb"] == built
    assert found["02_gradient_descent.backup-1.ipynb"] == "first"
    assert found["02_gradient_descent.backup-2.ipynb"] == "second"
    assert "02_gradient_descent.backup-2.ipynb" in capsys.readouterr().out


def test_lab_tells_of_a_copy_from_another_version(root, started, capsys):
    cli.main(["lab"])
    for stem, metadata in zip(STEMS, ({"version": "0.0.9"}, "not ours"), strict=True):
        copy = root / "work" / f"{stem}.ipynb"
        content = json.loads(copy.read_text())
        content["metadata"]["course"] = metadata
        copy.write_text(json.dumps(content))
    capsys.readouterr()
    assert cli.main(["lab"]) == 0
    out = capsys.readouterr().out
    assert "Your copy of 01_gradients is from version 0.0.9 of the course" in out
    assert "'lab --fresh 01'" in out
    assert "02_gradient_descent is from" not in out


def test_lab_fresh_of_a_lesson_never_opened_is_a_plain_copy(root, started):
    assert cli.main(["lab", "--fresh", "02"]) == 0
    assert sorted(copies(root)) == [f"{stem}.ipynb" for stem in STEMS]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["lab"], "01_gradients"),
        (["lab", "02"], "02_gradient_descent"),
        (["lab", "--fresh", "02"], "02_gradient_descent"),
        (["lab", "01", "--fresh", "02"], "01_gradients"),
    ],
    ids=" ".join,
)
def test_lab_shows_the_lesson(words, shown, root, started):
    assert cli.main([*words, "--no-open"]) == 0
    (command,) = started
    assert f"--LabApp.default_url=/lab/tree/{shown}.ipynb" in command
    assert f"--ServerApp.root_dir={root / 'work'}" in command
    assert "--no-browser" in command


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda root: shutil.rmtree(root / "notebooks"), "there are no lessons"),
        (lambda root: (root / "work").write_text("a file"), "cannot write your copies"),
    ],
    ids=["no notebooks", "no work folder"],
)
def test_lab_in_a_harmed_folder_is_one_line(harm, said, root, started, capsys):
    harm(root)
    assert cli.main(["lab"]) == 2
    assert said in one_line(capsys)
    assert started == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda patch, file: patch.setattr(lab, "find_spec", lambda _: None), "'jupyterlab'"),
        (
            lambda patch, file: patch.setenv("JUPYTER_RUNTIME_DIR", str(file / "runtime")),
            "put a folder of your own in the variable JUPYTER_RUNTIME_DIR",
        ),
    ],
    ids=["no JupyterLab", "a home that cannot be written"],
)
def test_where_jupyterlab_cannot_start_one_line_says_why(
    harm, said, root, started, capsys, monkeypatch
):
    file = root / "file"
    file.touch()
    harm(monkeypatch, file)
    assert cli.main(["lab"]) == 2
    assert said in one_line(capsys)
    assert started == []


def test_the_environment_of_lab_respects_what_is_set(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/theirs")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    environment = lab.environment()
    assert environment["OMP_NUM_THREADS"] == "4"
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert environment["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(lab.CONFIG), "/theirs"]


def test_jupyterlab_itself_starts_in_work_and_fetches_no_news(root, tmp_path):
    lab.copy_missing(root)
    words = lab.command(root, STEMS[1], open_browser=False)
    words.append("--ServerApp.ip=127.0.0.1")
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    with subprocess.Popen(
        words, env=lab.environment() | home, stderr=subprocess.PIPE, text=True
    ) as server:
        clock = threading.Timer(60, server.kill)  # a server that says nothing must not hang us
        clock.start()
        try:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "http://127" in line)
            address, shown, token = re.split(r"/lab/tree/|\?", line.strip())
            assert shown == "02_gradient_descent.ipynb"

            def ask(path):
                while True:  # the address is told a moment before the server listens there
                    try:
                        with urllib.request.urlopen(f"{address}/{path}?{token}") as reply:
                            return json.load(reply)
                    except urllib.error.URLError:
                        if server.poll() is not None:
                            raise
                        time.sleep(0.1)

            files = ask("api/contents")["content"]
            settings = ask("lab/api/settings/@jupyterlab/apputils-extension:notification")
        finally:
            server.terminate()
            server.communicate()
            clock.cancel()
    assert sorted(file["name"] for file in files) == [f"{stem}.ipynb" for stem in STEMS]
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"


# test


GOOD = "def test_good():\n    assert 1 + 1 == 2\n"
BAD = "\n\ndef test_bad():\n    assert 1 + 1 == 3\n"
ALL_WELL = "ruff check passed, ruff format passed, pytest passed, mypy passed"


# Three rows, since each starts four real programs.
@pytest.mark.parametrize(
    ("source", "words", "code", "said"),
    [
        (GOOD + BAD, ["-k", "good"], 0, ["1 passed, 1 deselected", ALL_WELL]),
        (
            "import os\n\n\n" + GOOD + BAD,
            ["--", "-q", "tests/test_it.py::test_bad"],
            1,
            ["1 failed in", "ruff check FAILED, ruff format passed, pytest FAILED, mypy passed"],
        ),
        (GOOD, ["--nonsense"], 2, ["pytest FAILED"]),
    ],
    ids=["-k", "a file and lint", "bad option"],
)
def test_test_runs_every_step_and_hands_its_words_to_pytest(
    source, words, code, said, tmp_path, monkeypatch, capfd
):
    (tmp_path / "tests").mkdir()
    (tmp_path / "course_lib").mkdir()
    (tmp_path / "course_lib/__init__.py").touch()
    (tmp_path / "tests/test_it.py").write_text(source, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MYPY_CACHE_DIR", str(ROOT / ".mypy_cache"))
    assert cli.main(["test", *words]) == code
    out = capfd.readouterr().out
    assert [line for line in said if line not in out] == []
    steps = [line for line in out.splitlines() if line.startswith("== ")]
    assert steps == ["== ruff check", "== ruff format", "== pytest", "== mypy"]


@pytest.mark.parametrize(
    ("words", "missing"), [(["test"], "pytest"), (["build"], "jupytext")], ids=["test", "build"]
)
def test_a_students_environment_is_told_how_to_get_the_tools(words, missing, tmp_path):
    """What a student's environment looks like: the developers' packages cannot be imported."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {missing!r}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Absent())\n",
        encoding="utf-8",
    )
    result = in_a_process(*words, PYTHONPATH=str(tmp_path))
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert missing in line
    assert "python course.py" in line


# check


def test_check_says_what_is_not_attempted(root, capsys):
    assert cli.main(["check", str(root / "notebooks/02_gradient_descent.ipynb")]) == 1
    out, err = capsys.readouterr()
    from course_lib.exercises import LESSONS

    exercises = LESSONS["02_gradient_descent"]
    assert err == ""
    assert f"0 of {sum(one.points for one in exercises)} points" in out
    squeezed = " ".join(out.split())
    assert all(one.id in squeezed or one.title in squeezed for one in exercises)


def test_check_gives_the_solution_edition_every_point(capsys):
    path = ROOT / "solutions/02_gradient_descent.ipynb"
    assert cli.main(["check", str(path)]) == 0
    points, _, possible, _ = capsys.readouterr().out.splitlines()[-1].split()
    assert points == possible != "0"


def test_check_tells_of_a_notebook_from_another_version(tmp_path, capsys):
    content = json.loads((ROOT / "notebooks" / "01_gradients.ipynb").read_text(encoding="utf-8"))
    content["metadata"]["course"]["version"] = "0.0.9"
    path = tmp_path / "01_gradients.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert cli.main(["check", str(path)]) == 1
    assert "from version 0.0.9 of the course" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"cells": 3}'])
def test_check_of_what_is_no_notebook_is_one_line(text, tmp_path, capsys):
    path = tmp_path / "02_gradient_descent.ipynb"
    path.write_text(text, encoding="utf-8")
    assert cli.main(["check", str(path)]) == 2
    one_line(capsys)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand 기울기", "two\nlines\tand 기울기"),
        ("\x1b[2Jgone", "\N{REPLACEMENT CHARACTER}[2Jgone"),
        ("a\rb\x07", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"),
        ("\u202eright to left", "\N{REPLACEMENT CHARACTER}right to left"),
    ],
)
def test_a_notebooks_text_cannot_command_the_terminal(text, shown):
    assert cli.plain(text) == shown


# build


def test_build_of_an_unknown_lesson_names_the_ones_there_are(capsys):
    assert cli.main(["build", "99"]) == 2
    line = one_line(capsys)
    assert "there is no lesson '99'; there are" in line
    assert "02_gradient_descent" in line
