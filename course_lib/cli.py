"""The command line: `course COMMAND`, or `python course.py COMMAND`.

Exit codes: 0 all is well, 1 it ran and something failed, 2 it was asked for something impossible.
What a command needs is imported inside it, since a student's environment lacks the tools of `test`
and `build`, and so that `--help` is quick.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from course_lib import __version__, exports, lab
from course_lib.usage import Parser, UsageError, find_lesson, plain

ROOT = Path(__file__).resolve().parent.parent
PYTEST_USAGE, NOTHING_COLLECTED = 4, 5  # pytest's own exit codes
TEST_TOOLS = ("ruff", "mypy", "pytest", "nbval")
STARTING_PROGRAMS = ("authoring", "grading", "kits", "test_cli.py", "test_launcher.py")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every foreseen error is one line on stderr."""
    # Before matplotlib is imported: its list of fonts is made here, not with a notice in a cell.
    os.environ.setdefault("MPLCONFIGDIR", str(Path(sys.prefix) / "var" / "matplotlib"))
    try:
        arguments = parse(sys.argv[1:] if argv is None else argv)
        return arguments.run(arguments)
    except SystemExit as end:  # argparse ends --help and bad usage like this
        return end.code if isinstance(end.code, int) else 2
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "course_lib":
            raise
        return fail(
            f"this environment lacks the package '{error.name}'; run it as 'python course.py ...' "
            "(if you did, delete the folder .venv and run it again)"
        )
    except (UsageError, lab.LabError) as error:
        return fail(str(error))
    except OSError as error:
        return fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        fail("stopped")
        return 130


def fail(message: str) -> int:
    for line in message.splitlines():
        print(f"course: {line}", file=sys.stderr)
    return 2


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command and its options; `test` hands all that follows it on to pytest."""
    argv = list(argv) or ["lab"]
    if argv[0] == "test" and not {"-h", "--help"} & set(argv):
        return argparse.Namespace(run=run_tests, pytest=[word for word in argv[1:] if word != "--"])
    arguments, unknown = parser().parse_known_args(argv)
    if unknown:  # told by the parser of the command, so that its own --help is named
        arguments.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    return arguments


def parser() -> argparse.ArgumentParser:
    top = Parser(
        prog="course",
        description="A hands-on course on gradient-descent optimizers.",
        epilog="Without a command: lab. Each command has its own --help, with an example.",
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def command(name, run, summary, example):
        sub = commands.add_parser(
            name, help=summary, description=summary, epilog=f"Example: course {example}"
        )
        sub.set_defaults(run=run, parser=sub)
        return sub

    sub = command("lab", run_lab, "Open the lessons in JupyterLab.", "lab 02")
    sub.add_argument("lesson", nargs="?", help="the lesson to show, such as 02 (the first)")
    sub.add_argument(
        "--fresh", metavar="NN", help="start this lesson anew; your old copy is kept beside it"
    )
    sub.add_argument(
        "--no-open", action="store_true", help="do not open a browser, say the address"
    )

    sub = command(
        "test",
        run_tests,
        "Run the tests; those in a browser are run if COURSE_BROWSER=required is set.",
        "test -k momentum",
    )
    sub.add_argument("pytest", nargs="*", help="options and files for pytest")

    sub = command(
        "check",
        run_check,
        "Grade one notebook of yours, as 'check' does in it.",
        "check work/02_gradient_descent.ipynb",
    )
    sub.add_argument("notebook", type=Path, help="the notebook to check")

    sub = command(
        "grade",
        run_grade,
        "Grade a folder of notebooks, each in a jail; the same seed gives the same grades.",
        "grade submissions --out grades",
    )
    sub.add_argument(
        "submissions",
        type=Path,
        help="a folder or zip: from Moodle, Canvas, Gradescope, GitHub Classroom or nbgrader; or a "
        "folder for each student; or STUDENT_LESSON.ipynb files",
    )
    sub.add_argument("--out", type=Path, required=True, help="the folder for grades and feedback")
    sub.add_argument(
        "--roster", type=Path, metavar="FILE", help="CSV of the class; shows who sent nothing"
    )
    sub.add_argument(
        "--layout",
        choices=("gradescope", "moodle", "nbgrader", "github", "canvas", "plain"),
        help="of the submissions (it is found out, and named)",
    )
    sub.add_argument("--jobs", type=int, metavar="N", help="submissions at a time (one a core)")
    sub.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="of a Dask cluster, whose workers grade (needs the extra 'cluster')",
    )
    sub.add_argument("--seed", type=int, help="of the tests' random numbers (drawn once per --out)")
    sub.add_argument(
        "--lesson",
        action="append",
        default=[],
        metavar="NN",
        help="grade only this lesson (may be repeated); alone, also notebooks that name none",
    )
    sub.add_argument(
        "--resume", action="store_true", help="keep what is graded already and has not changed"
    )
    sub.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="memory, notebook (MB), cells, or seconds: cpu, cell, call, exercise, submission",
    )
    sub.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run student code without a jail; every row of the grades will say so",
    )

    sub = command(
        "export",
        None,
        "Write grades for a gradebook, or a kit: all that a class or a platform needs.",
        "export students --lessons 02 05 --out kit.zip",
    )
    exports.add(sub)

    sub = command("build", run_build, "Build the notebooks from their sources.", "build 02")
    sub.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 02 (every lesson)")
    sub.add_argument(
        "--check", action="store_true", help="write nothing; say what a build would change"
    )
    return top


def run_lab(arguments: argparse.Namespace) -> int:
    stems = lab.lessons(ROOT)
    fresh = find_lesson(arguments.fresh, stems) if arguments.fresh is not None else None
    shown = find_lesson(arguments.lesson, stems) if arguments.lesson is not None else None
    kept = lab.keep_aside(ROOT, fresh) if fresh else None
    lab.copy_missing(ROOT)
    if kept:
        print(f"Lesson {fresh} is fresh; your old copy is {kept.relative_to(ROOT)}.")
    for stem, version in lab.outdated(ROOT):
        print(
            f"Your copy of {stem} is from version {plain(version)} of the course, and this is "
            f"{__version__}; 'lab --fresh {stem[:2]}' keeps it aside and begins the new one."
        )
    words = lab.command(ROOT, shown or fresh or stems[0], open_browser=not arguments.no_open)
    print(f"JupyterLab runs on your copies in {lab.COPIES}/. Ctrl-C stops it.")
    return lab.start(words)


def run_tests(arguments: argparse.Namespace) -> int:
    missing = [tool for tool in TEST_TOOLS if find_spec(tool) is None]
    if missing:
        raise UsageError(
            f"'test' needs {', '.join(missing)}, which this environment lacks; "
            "run it as 'python course.py test'"
        )
    words = arguments.pytest
    pytest = ["pytest", f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}", "--nbval"]
    pytest += ["--nbval-cell-timeout=60", *words]
    if any((Path.cwd() / word.split("::")[0]).exists() for word in words):
        parts = {"pytest": pytest}
    else:
        # Notebooks run one cell after the other, in kernels of their own, and tests that start
        # programs wait for them. Side by side with the rest they keep two cores busy.
        places = {
            "pytest": ("tests",),
            "programs": tuple(f"tests/{name}" for name in STARTING_PROGRAMS),
            "notebooks": ("notebooks", "solutions"),
        }
        there = {
            name: [str(ROOT / p) for p in ps if (ROOT / p).exists()] for name, ps in places.items()
        }
        there["pytest"] += [f"--ignore={path}" for path in there["programs"]]
        parts = {name: [*pytest, *paths] for name, paths in there.items() if paths}
    lint = {
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
    }
    with tempfile.TemporaryDirectory(prefix="course-test-") as home:
        variables = dict(os.environ, COURSE_HOME=home, MPLBACKEND="agg", TQDM_DISABLE="1")
        variables.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
        variables.pop("PYTHONWARNINGS", None)  # what counts as an error, pyproject.toml says
        codes = {}
        for name, step in lint.items():
            print(f"== {name}", flush=True)
            codes[name] = subprocess.call([sys.executable, "-m", *step], env=variables, cwd=ROOT)
        running = {}
        for name, step in {**parts, "mypy": ["mypy"]}.items():
            cwd = ROOT if name == "mypy" else None  # what a user names stands where the user is
            # What the others print waits in a file until the first has ended.
            log = None if name == "pytest" else (Path(home) / name).open("wb")
            command = [sys.executable, "-m", *step]
            running[name] = subprocess.Popen(
                command, cwd=cwd, env=variables, stdout=log, stderr=log
            )
            if log is not None:
                log.close()  # the child has its own; on Windows an open file cannot be removed
        for name, process in running.items():
            print(f"== {name}", flush=True)
            codes[name] = process.wait()
            if name != "pytest":
                print((Path(home) / name).read_text(errors="replace"), end="", flush=True)
    if set(codes[name] for name in parts) == {0, NOTHING_COLLECTED}:
        codes |= {name: 0 for name in parts}  # a -k that is about one of them
    print("course test:", ", ".join(f"{name} {verdict(code)}" for name, code in codes.items()))
    if any(codes[name] == PYTEST_USAGE for name in parts):
        return 2
    return 1 if any(codes.values()) else 0


def verdict(code: int) -> str:
    return "FAILED" if code else "passed"


def run_check(arguments: argparse.Namespace) -> int:
    path: Path = arguments.notebook
    if not path.is_file():
        raise UsageError(f"there is no file '{path}'; give a notebook, such as work/NAME.ipynb")
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from course_lib.checking import NotebookError, grade_notebook, read_notebook
    from course_lib.exercises import LESSONS

    try:
        version = read_notebook(path).version
        verdicts = grade_notebook(path, LESSONS)
    except NotebookError as error:
        raise UsageError(plain(str(error))) from None

    if version not in (None, __version__):
        other = f"version {plain(str(version))} of the course, and this is {__version__}"
        print(f"course: note: the notebook is from {other}", file=sys.stderr)

    table = Table("exercise", "status", title=plain(path.name), title_justify="left")
    table.add_column("points", justify="right")
    for one in verdicts:
        # Text, since a plain string could hold rich's own markup.
        table.add_row(Text(one.title), Text(one.status), f"{one.points} / {one.max_points}")
    console = Console(highlight=False)
    console.print(table)
    for one in verdicts:
        if one.points < one.max_points:
            console.print(Text(plain(str(one))), soft_wrap=True)
            console.print()
    points, possible = (sum(getattr(one, a) for one in verdicts) for a in ("points", "max_points"))
    console.print(f"{points} of {possible} points")
    return 0 if points == possible else 1


def run_grade(arguments: argparse.Namespace) -> int:
    from course_lib.exercises import LESSONS
    from course_lib.grading.run import GradeError, Options, grade_class

    lessons = tuple(find_lesson(name, tuple(LESSONS)) for name in arguments.lesson)
    options = Options(
        jobs=arguments.jobs,
        scheduler=arguments.scheduler,
        seed=arguments.seed,
        lessons=lessons,
        resume=arguments.resume,
        limits=tuple(arguments.limit),
        sandbox=not arguments.unsafe_no_sandbox,
        layout=arguments.layout,
        roster=arguments.roster,
    )
    try:
        return 0 if grade_class(arguments.submissions, arguments.out, options) else 1
    except GradeError as error:
        raise UsageError(plain(str(error))) from None


def run_build(arguments: argparse.Namespace) -> int:
    from course_lib import authoring
    from course_lib.exercises import LESSONS

    stems = [find_lesson(name, authoring.sources(ROOT)) for name in arguments.lessons]
    try:
        report = authoring.build(stems, ROOT, LESSONS, check=arguments.check)
    except authoring.AuthoringError as error:
        print(error, file=sys.stderr)
        return 1
    for line in report:
        print(line)
    if arguments.check:
        print("course build:", f"{len(report)} differ" if report else "everything is up to date")
        return 1 if report else 0
    return 0
