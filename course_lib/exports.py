"""The command line of `course export`: one sub-command for each thing that is written.

Grades are exported by grading.export, kits are made by kits; here is only what they are asked for.
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib import lab
from course_lib.usage import UsageError, find_lesson, plain

if TYPE_CHECKING:
    from course_lib.kits.files import Kit

ROOT = Path(__file__).resolve().parent.parent
Add = Callable[..., argparse.ArgumentParser]


def add(export: argparse.ArgumentParser) -> None:
    """Give the parser of `course export` its sub-commands: grades first, then kits."""
    kinds = export.add_subparsers(metavar="WHAT", required=True)

    def kind(name: str, run: Callable, summary: str, example: str) -> argparse.ArgumentParser:
        epilog = f"Example: course export {name} {example}"
        sub = kinds.add_parser(name, help=summary, description=summary, epilog=epilog)
        sub.set_defaults(run=run, parser=sub)
        return sub

    _add_gradebooks(kind)
    _add_results(kind)
    _add_kits(kind)
    _add_instructor(kind)


# Grades


def _grades(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("grades", type=Path, help="the folder that 'grade' wrote")
    sub.add_argument(
        "--lesson", action="append", default=[], metavar="NN", help="only this (may be repeated)"
    )


def _add_gradebooks(kind: Add) -> None:
    about = {
        "canvas": ("gradebook", "Fill in a copy of Canvas's gradebook."),
        "moodle": ("grading worksheet", "Fill in a copy of Moodle's grading worksheet."),
    }
    for name, (sheet, summary) in about.items():
        example = "grades --template theirs.csv --out upload.csv"
        sub = kind(name, _run_sheet, f"{summary} Notes say what is left out.", example)
        sub.set_defaults(of=name, column=[])
        _grades(sub)
        sub.add_argument(
            "--template", type=Path, metavar="FILE", required=True, help=f"the {sheet} it exported"
        )
        sub.add_argument("--out", type=Path, metavar="FILE", required=True, help="to be imported")
        sub.add_argument("--scale", action="store_true", help="to the points that it gives")
        if name == "canvas":
            sub.add_argument(
                "--column",
                action="append",
                metavar="NN=TITLE",
                help="the column of a lesson, if its title does not say so (may be repeated)",
            )


def _add_results(kind: Add) -> None:
    sub = kind(
        "gradescope-results",
        _run_results,
        "Write one student's grades as the results.json of a Gradescope autograder.",
        "grades --out results.json",
    )
    sub.set_defaults(of="gradescope")
    _grades(sub)
    sub.add_argument("--student", metavar="NAME", help="of whom, if there are several")
    sub.add_argument("--out", type=Path, metavar="FILE", required=True, help="the file to write")

    sub = kind(
        "github-summary",
        _run_results,
        "Write the grades as the summary of a GitHub Actions job, in Markdown.",
        "grades --student ada --out summary.md",
    )
    sub.set_defaults(of="github")
    _grades(sub)
    sub.add_argument("--student", metavar="NAME", help="of whom (everybody)")
    sub.add_argument(
        "--out", type=Path, metavar="FILE", help="the file ($GITHUB_STEP_SUMMARY, appended to)"
    )


def _lessons_of_grades(arguments: argparse.Namespace) -> tuple[Mapping, tuple[str, ...]]:
    from course_lib.exercises import LESSONS

    return LESSONS, tuple(find_lesson(name, tuple(LESSONS)) for name in arguments.lesson)


def _run_sheet(arguments: argparse.Namespace) -> int:
    from course_lib.grading import export
    from course_lib.grading.gradebook import ExportError

    known, lessons = _lessons_of_grades(arguments)
    try:
        asked = export.Request(
            arguments.of,
            arguments.template,
            arguments.out,
            export.parse_columns(arguments.column, known),
            arguments.scale,
        )
        return 0 if export.fill_in(asked, arguments.grades, lessons) else 1
    except ExportError as error:
        raise UsageError(plain(str(error))) from None


def _run_results(arguments: argparse.Namespace) -> int:
    from course_lib.grading import export
    from course_lib.grading.gradebook import ExportError

    _, lessons = _lessons_of_grades(arguments)
    write = export.write_results if arguments.of == "gradescope" else export.write_summary
    try:
        write(arguments.grades, arguments.out, lessons, arguments.student)
    except ExportError as error:
        raise UsageError(plain(str(error))) from None
    return 0


# Kits


def _add_kits(kind: Add) -> None:
    sub = kind(
        "students",
        _run_students,
        "Write what students need: the lessons and the library, without the solutions.",
        "--lessons 02 05 --out kit.zip",
    )
    _lessons(sub, "the lessons in it (all)")
    _kit_out(sub, "a new folder, or a file that ends in .zip")

    sub = kind(
        "gradescope",
        _run_gradescope,
        "Write an autograder for Gradescope, which grades one lesson there.",
        "--lesson 02 --out autograder.zip",
    )
    sub.add_argument("--lesson", metavar="NN", required=True, help="the lesson of the assignment")
    sub.add_argument("--seed", type=int, help="of the tests' random numbers (drawn, and said)")
    sub.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run student code there without a jail; every result will say so",
    )
    _kit_out(sub, "a file that ends in .zip, or a new folder")

    sub = kind(
        "github-classroom",
        _run_classroom,
        "Write a template repository for GitHub Classroom, with a workflow that grades.",
        "--lessons 02 --out homework-1",
    )
    _lessons(sub, "the lessons of the assignment", required=True)
    sub.add_argument("--seed", type=int, help="of the tests' random numbers (drawn, and said)")
    _kit_out(sub, "a new folder, or a file that ends in .zip")

    sub = kind(
        "wheels",
        _run_wheels,
        "Download every package that the course needs, to install it without a network.",
        "--platform win_amd64 --out kit/wheels",
    )
    sub.add_argument("--out", type=Path, metavar="DIR", required=True, help="a new folder")
    sub.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="TAG",
        help="for these machines, such as win_amd64 (this one; may be repeated)",
    )
    sub.add_argument(
        "--python-version",
        action="append",
        default=[],
        metavar="3.N",
        help="for this Python (the one that runs this; may be repeated)",
    )


def _lessons(sub: argparse.ArgumentParser, says: str, required: bool = False) -> None:
    sub.add_argument("--lessons", nargs="+", metavar="NN", required=required, help=says)


def _kit_out(sub: argparse.ArgumentParser, says: str) -> None:
    sub.add_argument("--out", type=Path, metavar="KIT", required=True, help=says)


def _stems(names: Sequence[str] | None) -> list[str]:
    """The lessons that are meant (all if none is named), each once, in the order of the course."""
    known = lab.lessons(ROOT)
    chosen = known if names is None else [find_lesson(name, known) for name in names]
    return [stem for stem in known if stem in chosen]


def _write(out: Path, make: Callable[..., Kit], *asked: object) -> None:
    """Make the kit, write it, and list what is in it."""
    kit = make(ROOT, *asked)
    kit.write(out)
    print("\n".join(kit.listing()))


def _run_students(arguments: argparse.Namespace) -> int:
    from course_lib.kits.students import students_kit

    _write(arguments.out, students_kit, _stems(arguments.lessons))
    return 0


def _run_gradescope(arguments: argparse.Namespace) -> int:
    from course_lib.kits.gradescope import gradescope_kit

    lesson = find_lesson(arguments.lesson, lab.lessons(ROOT))
    seed = _seed(arguments.seed)
    _write(arguments.out, gradescope_kit, lesson, seed, not arguments.unsafe_no_sandbox)
    print(f"Seed: {seed}. README.md in the kit says how to set the assignment up.")
    return 0


def _run_classroom(arguments: argparse.Namespace) -> int:
    from course_lib.kits.classroom import classroom_kit

    seed = _seed(arguments.seed)
    _write(arguments.out, classroom_kit, _stems(arguments.lessons), seed)
    print(f"Seed: {seed}. Push it as a repository, and mark that as a template.")
    return 0


def _seed(given: int | None) -> int:
    return secrets.randbits(31) if given is None else given


def _run_wheels(arguments: argparse.Namespace) -> int:
    from course_lib.kits.wheels import download, targets

    wanted = targets(arguments.platform, arguments.python_version)
    count, size = download(ROOT / "requirements.lock", arguments.out, wanted)
    print(f"{count} packages, {size / 1e6:.0f} MB, are in {arguments.out}.")
    print("In a folder 'wheels' beside course.py, they are installed without a network.")
    print("In another environment: pip install --no-index --find-links wheels -r requirements.lock")
    return 0


# For who teaches


def _add_instructor(kind: Add) -> None:
    sub = kind(
        "instructor",
        _run_instructor,
        "Write what a teacher needs: a lab plan of one page and slides for each lesson.",
        "--lessons 02 05 --out kit",
    )
    _lessons(sub, "the lessons in it (all)")
    sub.add_argument(
        "--grades", type=Path, metavar="DIR", help="what 'grade' wrote: puts the class's report in"
    )
    _kit_out(sub, "a new folder, or a file that ends in .zip")


def _run_instructor(arguments: argparse.Namespace) -> int:
    from course_lib.exercises import LESSONS
    from course_lib.teaching import instructor_kit

    stems = _stems(arguments.lessons)
    _write(arguments.out, instructor_kit, stems, LESSONS, arguments.grades)
    return 0
