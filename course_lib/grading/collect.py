"""Find the submissions in a folder: which student sent which file."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from course_lib.grading.people import ANY, Person

# What operating systems and Jupyter leave beside a notebook, and nobody handed in.
LITTER = (".*", "__MACOSX", "Thumbs.db", "desktop.ini")
MAX_DEPTH = 12  # folders below a student's own
LINK = "is a link, and links are not followed. Hand in the notebook itself."
# What Moodle and Canvas put before the name of a file: its student, with numbers.
_PREFIX = re.compile(r"^.*_assignsubmission_[a-z]+_|^(?:\w*_)?[0-9]+_[0-9]{3,}_")
_COPY = re.compile(r"(\s*\(\d+\)|[ _-]+[Cc]opy\d*)+$")  # browsers and Jupyter: x (1), x-Copy1


class CollectError(Exception):
    """A folder that holds no submissions; the message is one line."""


@dataclass(frozen=True)
class Submission:
    """A file that somebody handed in.

    `file` is its path below the folder of submissions, `submitted` its time of modification in
    seconds since 1970. `problem` says why it cannot be a notebook (a link, say); empty if it can.
    `person` is what the layout says of the student, `notes` what it says of the submission.
    """

    student: str
    path: Path
    file: str
    submitted: float
    problem: str = ""
    person: Person | None = None
    notes: tuple[str, ...] = ()


Owners = Callable[[Path], Sequence[Person]]  # whose an entry of a folder is; empty: nobody's


def collect(folder: Path, lessons: Iterable[str]) -> list[Submission]:
    """The submissions below a folder, in the order of their file names.

        folder/<student>/.../<any name>.ipynb      a folder for each student
        folder/<student>_<lesson>.ipynb            or all in one; also <lesson>_<student>.ipynb

    A student's folder without a notebook is a submission, too: one that cannot be read. Links are
    never followed. Raises CollectError if there is nothing at all.
    """
    if not folder.is_dir():
        raise CollectError(
            f"there is no folder '{folder}'; give the folder that holds the submissions"
        )
    found = gather(folder, plain_owners(lessons))
    if not found:
        raise CollectError(
            f"there is no submission in '{folder}'{_only(folder)}; it should hold a folder for "
            "each student, or notebooks named STUDENT_LESSON.ipynb"
        )
    return found


def _only(folder: Path) -> str:
    """What is there in place of submissions, in a few words."""
    names = [entry.name for entry in entries(folder)]
    unpack = " (unpack it)" if any(name.lower().endswith(".zip") for name in names) else ""
    return f", only {few(names)}{unpack}" if names else ""


def few(names: Sequence[str], most: int = 3, between: str = ", ") -> str:
    """The first of the names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return between.join(names[:most]) + more


def gather(folder: Path, owners: Owners) -> list[Submission]:
    """A submission per notebook and owner, in the order of the file names.

    An owner without a notebook has one, too: it says what is there instead.
    """
    theirs: dict[Person, list[Path]] = {}
    for entry in entries(folder):
        for person in owners(entry):
            theirs.setdefault(person, []).append(entry)
    found = []
    for person, own in theirs.items():
        files = [file for entry in own for file in (_files(entry) if is_folder(entry) else [entry])]
        notebooks = [file for file in files if file.suffix.lower() == ".ipynb"]
        found += [_submission(folder, file, person) for file in notebooks]
        if not notebooks:
            found.append(_nothing(own[0], files, person))
    return sorted(found, key=lambda one: one.file)


def plain_owners(lessons: Iterable[str]) -> Owners:
    """A folder is its student's; so is a notebook, or a file named after a student and a lesson.

    What else lies beside is nobody's.
    """
    stems = tuple(lessons)

    def owners(entry: Path) -> Sequence[Person]:
        if is_folder(entry):
            return (named(entry.name),)
        stem = entry.stem if entry.suffix.lower() == ".ipynb" else entry.name.split(".")[0]
        student = student_of(stem, stems)
        return (named(student),) if entry.suffix.lower() == ".ipynb" or student != stem else ()

    return owners


def named(name: str) -> Person:
    """Somebody of whom one word is known: a name, a number, a login."""
    return Person(name, ((ANY, name),))


def entries(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not _litter(path.name))


def is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def student_of(stem: str, lessons: Iterable[str]) -> str:
    """The student in a file's name: what is left without the lesson's, and a browser's "(1)"."""
    for lesson in lessons:
        if lesson in stem:
            rest = _COPY.sub("", stem.replace(lesson, "", 1)).strip(" _-")
            return rest or stem
    return stem


def lesson_of(file: str, lessons: Iterable[str]) -> str | None:
    """The lesson that a file is named after: 02_gradient_descent (1).ipynb, ada-02.ipynb.

    Of what is no notebook a number says nothing: it may be a folder, kim-12.
    """
    stem = Path(file).stem
    for lesson in lessons:
        if lesson in stem:
            return lesson
    if not file.lower().endswith(".ipynb"):
        return None
    rest = _PREFIX.sub("", stem)  # the 12 of ada_12_4711_homework is no lesson
    for lesson in lessons:
        if re.search(rf"(?<!\d){lesson[:2]}(?!\d)", rest):
            return lesson
    return None


def _litter(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in LITTER)


def _files(folder: Path) -> list[Path]:
    """Every file below a student's folder, links included, down to a moderate depth."""
    found = []
    for where, folders, files in os.walk(folder):
        here = Path(where)
        deep = len(here.relative_to(folder).parts) >= MAX_DEPTH
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [] if deep else [n for n in sorted(folders) if not _litter(n)]
        found += [here / name for name in sorted(files + links) if not _litter(name)]
    return found


def _submission(folder: Path, path: Path, person: Person) -> Submission:
    about = path.lstat()
    problem = ""
    if stat.S_ISLNK(about.st_mode):
        problem = LINK
    elif not stat.S_ISREG(about.st_mode):
        problem = "is no regular file. Hand in the notebook itself."
    file = path.relative_to(folder).as_posix()
    return Submission(person.name, path, file, about.st_mtime, problem, person)


def _nothing(entry: Path, files: list[Path], person: Person) -> Submission:
    names = few(sorted(file.name for file in files))
    problem = "is missing: the folder is empty."
    if names:
        problem = f"is missing: the folder holds no notebook (.ipynb), only {names}."
    if files == [entry]:
        problem = "is no notebook (.ipynb)."
    return Submission(person.name, entry, entry.name, entry.lstat().st_mtime, problem, person)
