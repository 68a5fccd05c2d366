"""What learning platforms hand out: the layout of a folder of submissions, and whose each is.

Each layout is recognised by what its platform alone writes. Sources: Moodle 4 mod/assign
(downloader.php), Canvas (content_zipper.rb), GitHub Classroom (`gh classroom clone`), nbgrader's
course directory; Gradescope's is read in gradescope.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

from course_lib.grading import gradescope
from course_lib.grading.collect import (
    CollectError,
    Owners,
    Submission,
    collect,
    entries,
    gather,
    is_folder,
    named,
    plain_owners,
)
from course_lib.grading.people import CANVAS, LOGIN, MOODLE, Person

# Ada Lovelace_4711_assignsubmission_file_ is a folder, or begins the name of a file. An underscore
# in a name has become a space; the default group of a team assignment has no number.
_MOODLE = re.compile(r"(?P<name>[^_]*)(?:_(?P<id>[0-9]+))?_assignsubmission_[a-z]+(?:_.*)?", re.S)
# lovelaceada_LATE_1042_90210_x.ipynb; LATE_anon_x8Kq2_90210_x.ipynb if names are hidden; _text.html
# and _link.html have no attachment. Attachments have three digits at least, or a student's number
# before a lesson's would be taken for one: kim_20261234_10_adam.ipynb.
_CANVAS = re.compile(
    r"(?:(?P<late>LATE_)?anon_(?P<anon>[A-Za-z0-9]+)|(?P<name>\w+?)_(?P<tardy>LATE_)?(?P<id>[0-9]+))"
    r"_(?:[0-9]{3,}_.+|text\.html|link\.html)",
    re.S,
)
STAMP = "timestamp.txt"  # of nbgrader
_WHEN = re.compile(r"([0-9-]{10}[ T][0-9:.]{8,15})\s*([A-Za-z0-9_+/-]*)")  # in it


@dataclass(frozen=True)
class Layout:
    """A way of laying submissions out.

    place: the folder that is laid out so, at or below the one given; None if there is none.
    find: the submissions below that folder.
    """

    name: str
    says: str
    place: Callable[[Path], Path | None]
    find: Callable[[Path, Sequence[str]], list[Submission]]


def collect_class(
    folder: Path, lessons: Iterable[str], name: str | None = None
) -> tuple[Layout, list[Submission]]:
    """The submissions below a folder, and the layout they came in; `name` is of that one to take.

    An export may lie in a folder of its own, alone. Raises CollectError if there is no submission,
    or none in that layout.
    """
    stems = tuple(lessons)
    if not folder.is_dir() or name == PLAIN.name:
        return PLAIN, collect(folder, stems)
    inside = only_folder(folder)
    for place in (folder, inside) if inside else (folder,):
        for layout in LAYOUTS:
            if name in (None, layout.name) and (found := layout.place(place)):
                below = found.relative_to(folder)
                own = layout.find(found, stems)
                return layout, [replace(one, file=(below / one.file).as_posix()) for one in own]
    if name:
        says = next(layout.says for layout in LAYOUTS if layout.name == name)
        raise CollectError(
            f"--layout {name}: there is no such thing in '{folder}': {says}; "
            "without --layout the layout is found out"
        )
    return PLAIN, collect(folder, stems)


def not_read(folder: Path, layout: Layout, found: Sequence[Submission]) -> list[str]:
    """The names of files beside the submissions that nobody can be said to have handed in."""
    parts = [Path(one.file).parts for one in found]
    inside = only_folder(folder)
    if inside and layout is not PLAIN and all(p[0] == inside.name and len(p) > 1 for p in parts):
        folder, parts = inside, [p[1:] for p in parts]
    taken = {p[0] for p in parts} | {gradescope.METADATA}
    return [
        entry.name
        for entry in entries(folder)
        if entry.name not in taken
        and not is_folder(entry)
        and not (_moodle(entry) or _canvas(entry))  # more of somebody's, beside a notebook
        and layout.name != "nbgrader"  # whose own files lie there
    ]


def only_folder(folder: Path) -> Path | None:
    """The one folder in a folder that holds no notebook beside it."""
    there = entries(folder)
    folders = [one for one in there if is_folder(one)]
    alone = len(folders) == 1 and not any(one.suffix.lower() == ".ipynb" for one in there)
    return folders[0] if alone else None


def _here(fits: Callable[[Path], bool]) -> Callable[[Path], Path | None]:
    return lambda folder: folder if fits(folder) else None


# Moodle


def _moodle(entry: Path) -> Sequence[Person]:
    found = _MOODLE.fullmatch(entry.name)
    if not found:
        return ()
    number, name = found["id"], found["name"].strip()
    if not number:
        return (named(name),)
    if name == "Participant":  # names are hidden
        name = f"Participant {number}"
    return (Person(name or number, ((MOODLE, number),)),)


# Canvas


def _canvas(entry: Path) -> Sequence[Person]:
    found = None if is_folder(entry) else _CANVAS.fullmatch(entry.name)
    if not found:
        return ()
    if found["anon"]:
        return (Person(f"anon_{found['anon']}", (("anonymous", found["anon"]),)),)
    return (Person(found["name"], ((CANVAS, found["id"]),)),)


def _is_canvas(folder: Path) -> bool:
    """Whether every notebook there is named by Canvas, or at least every answer without one."""
    there = entries(folder)
    notebooks = [entry for entry in there if entry.suffix.lower() == ".ipynb"]
    return any(map(_canvas, there)) and all(map(_canvas, notebooks))


def _find_canvas(folder: Path, lessons: Sequence[str]) -> list[Submission]:
    found = _find(lambda _: _canvas)(folder, lessons)
    return [replace(one, notes=("late, says Canvas",)) if _late(one) else one for one in found]


def _late(submission: Submission) -> bool:
    found = _CANVAS.fullmatch(submission.path.name)
    return bool(found and (found["late"] or found["tardy"]))


# GitHub Classroom


def _is_github(folder: Path) -> bool:
    """Whether there are clones. That .git is there is all that is asked of it."""
    return any(is_folder(one) and (one / ".git").exists() for one in entries(folder))


def _logins(folder: Path) -> Callable[[Path], Sequence[Person]]:
    """Who the clones are of: the assignment is what their names begin with.

    The folder that `gh classroom clone` makes says it, ASSIGNMENT-submissions; otherwise it is
    the words that all names begin with. Of a single clone it is not known.
    """
    names = [one.name for one in entries(folder) if is_folder(one)]
    prefix = folder.name.removesuffix("-submissions") + "-"
    if not all(name.startswith(prefix) and name != prefix for name in names):
        words = zip(*(name.split("-")[:-1] for name in names), strict=False)
        shared = takewhile(lambda same: len(set(same)) == 1, words if len(names) > 1 else ())
        prefix = "".join(f"{word}-" for word, *_ in shared)

    def owners(entry: Path) -> Sequence[Person]:
        if not is_folder(entry):
            return ()
        login = entry.name.removeprefix(prefix)
        return (Person(login, ((LOGIN, login),)),)

    return owners


# nbgrader


def _nbgrader(folder: Path) -> Path | None:
    """Where submitted/STUDENT/ASSIGNMENT/ lies: in a course, or with nbgrader's time stamps."""
    submitted = folder / "submitted"
    if is_folder(submitted):
        signs = ("gradebook.db", "nbgrader_config.py", "release", "source")
        if any((folder / sign).exists() for sign in signs) or _stamped(submitted):
            return submitted
    return folder if _stamped(folder) else None


def _stamped(folder: Path) -> bool:
    return any(
        (assignment / STAMP).is_file()
        for student in entries(folder)
        if is_folder(student)
        for assignment in entries(student)
        if is_folder(assignment)
    )


def _by_stamp(folder: Path, submission: Submission) -> Submission:
    """The submission with the time that nbgrader noted, in place of that of a copied file."""
    parts = Path(submission.file).parts
    stamp = folder.joinpath(*parts[:2], STAMP)
    if len(parts) < 3 or stamp.is_symlink() or not stamp.is_file():
        return submission
    with stamp.open("rb") as file:
        found = _WHEN.match(file.read(100).decode("utf-8", "replace"))
    try:
        when = datetime.fromisoformat(found[1]).replace(tzinfo=_zone(found[2])) if found else None
        return replace(submission, submitted=when.timestamp()) if when else submission
    except (ValueError, OverflowError):
        return submission


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: no such zone, or a system without zones
        return UTC


def _find(owners: Callable[[Path], Owners]) -> Callable[[Path, Sequence[str]], list[Submission]]:
    """What does not fit the layout is taken as in a plain folder: nothing is passed over."""

    def find(folder: Path, lessons: Sequence[str]) -> list[Submission]:
        theirs, plain = owners(folder), plain_owners(lessons)
        return gather(folder, lambda entry: theirs(entry) or plain(entry))

    return find


def _find_nbgrader(folder: Path, lessons: Sequence[str]) -> list[Submission]:
    found = gather(folder, plain_owners(lessons))
    return [_by_stamp(folder, one) for one in found]


PLAIN = Layout(
    "plain",
    "a folder for each student, or notebooks named STUDENT_LESSON.ipynb",
    lambda folder: None,  # what no other layout is
    collect,
)
# In the order in which they are tried; what each is recognised by, no other has.
LAYOUTS = (
    Layout(
        "gradescope",
        f"an export has a file {gradescope.METADATA}",
        _here(gradescope.is_export),
        gradescope.find,
    ),
    Layout(
        "moodle",
        "names are like 'Full name_123_assignsubmission_file_'",
        _here(lambda folder: any(_MOODLE.fullmatch(one.name) for one in entries(folder))),
        _find(lambda _: _moodle),
    ),
    Layout(
        "nbgrader",
        "notebooks lie in submitted/STUDENT/ASSIGNMENT/",
        _nbgrader,
        _find_nbgrader,
    ),
    Layout(
        "github",
        "a folder of clones, ASSIGNMENT-USERNAME each",
        _here(_is_github),
        _find(_logins),
    ),
    Layout(
        "canvas", "names are like 'lastfirst_123_4567_x.ipynb'", _here(_is_canvas), _find_canvas
    ),
    PLAIN,
)
NAMES = tuple(layout.name for layout in LAYOUTS)
