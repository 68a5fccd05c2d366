"""A class in a zip archive, unpacked without trusting it.

Refused as a whole, since no platform writes such archives and whose grade would change is not
known: names that lead out of the folder, one name twice, encryption, far too many or too large.
Refused alone, since a student's file must not stop the class: a notebook that is a link, is
damaged, or comes in a mass of others. It gets a row that says so.
"""

from __future__ import annotations

import calendar
import lzma
import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.grading.collect import LINK, CollectError
from course_lib.grading.gradescope import MAX_BYTES as METADATA_BYTES
from course_lib.grading.gradescope import METADATA
from course_lib.grading.layouts import STAMP, only_folder
from course_lib.grading.text import one_line

MAX_ENTRIES = 100_000
MAX_TOTAL = 4 << 30  # bytes of all notebooks
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError)
MANY = 10  # times the largest notebook: what one submission may hold


@dataclass(frozen=True)
class Class:
    """A folder with a class in it. `refused` says which files below it are not what they seem."""

    folder: Path
    refused: dict[str, str] = field(default_factory=dict)


@contextmanager
def opened(source: Path, notebook: int) -> Iterator[Class]:
    """The class in a folder, or in a zip archive for as long as it is open.

    notebook: the most bytes that a notebook may have. Raises CollectError if it is neither, or
    an archive that is refused as a whole.
    """
    if source.is_dir():
        yield Class(source)
        return
    if not source.exists():
        raise CollectError(
            f"there is no folder or zip archive '{source}'; give what holds the submissions"
        )
    if not source.is_file() or not zipfile.is_zipfile(source):
        raise CollectError(f"'{source}' is neither a folder nor a zip archive")
    with tempfile.TemporaryDirectory(prefix="course-class-") as place:
        into = Path(place).resolve() / "class"
        into.mkdir()
        refused = unpack(source, into, notebook)
        try:
            yield _inside(source, into, refused)
        except CollectError as error:  # which knows the temporary folder alone
            raise CollectError(str(error).replace(str(into), str(source))) from None


def _inside(source: Path, into: Path, refused: dict[str, str]) -> Class:
    """The archive's own folder: the one that holds all, unless that is a student's."""
    inner = only_folder(into)
    if inner is None or not (
        inner.name == source.stem or any(one.is_dir() for one in inner.iterdir())
    ):
        return Class(into, refused)
    return Class(inner, {k.removeprefix(f"{inner.name}/"): why for k, why in refused.items()})


def unpack(archive: Path, into: Path, notebook: int) -> dict[str, str]:
    """Unpack the notebooks, and what else is read; other files become empty ones of their name.

    Returns why, for each file that is refused alone. Raises CollectError if the whole archive is.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            return _unpack(zipped, into, notebook)
    except CollectError as error:
        raise CollectError(f"'{archive}': {error}") from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise CollectError(
            f"'{archive}' is no zip archive that can be read ({one_line(str(error))}); "
            "download it again"
        ) from None


def _unpack(zipped: zipfile.ZipFile, into: Path, notebook: int) -> dict[str, str]:
    files = {}
    for info in zipped.infolist():
        name = _name(info)
        if name in files:
            raise CollectError(f"holds {one_line(name, 200)!r} twice; unpack it yourself")
        if ".git" in name.split("/"):  # a clone: that it is one suffices
            (into / name[: name.index(".git")] / ".git").mkdir(parents=True, exist_ok=True)
        elif not info.filename.endswith(("/", "\\")):
            files[name] = info
    if len(files) > MAX_ENTRIES:
        raise CollectError(f"holds {len(files)} files; at most {MAX_ENTRIES} are read")
    refused: dict[str, str] = {}
    theirs: Counter[str] = Counter()
    level = 1 if len({name.split("/")[0] for name in files}) == 1 else 0  # of the students' own
    for name, info in files.items():
        if info.flag_bits & 1:
            raise CollectError("is encrypted; unpack it yourself, and give the folder")
        most = _most(name, notebook)
        owner = name.split("/")[level if "/" in name else 0]
        theirs[owner] += min(info.file_size, most)
        if theirs.total() > MAX_TOTAL:
            raise CollectError(f"unpacks to more than {MAX_TOTAL >> 30} GB of notebooks")
        content = b""
        if stat.S_ISLNK(info.external_attr >> 16):
            refused[name] = LINK
        elif theirs[owner] > MANY * notebook and most:
            refused[name] = "is not read: this submission holds a mass of notebooks."
        elif most:
            try:
                with zipped.open(info) as file:
                    content = file.read(most + 1)  # one more than is read: it is seen as too large
            except DAMAGE:
                refused[name] = "is damaged in the zip archive. Hand it in again."
        _write(into / name, content, info)
    return refused


def _most(name: str, notebook: int) -> int:
    """The most bytes that are read of a file; 0 if nobody reads it, and its name suffices."""
    if name.lower().endswith(".ipynb"):
        return notebook
    return {METADATA: METADATA_BYTES, STAMP: 100}.get(name.rpartition("/")[2], 0)


def _write(target: Path, content: bytes, info: zipfile.ZipInfo) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
    except (FileExistsError, NotADirectoryError):  # or a system that ignores case
        raise CollectError(
            f"holds two files of one name: {one_line(info.filename, 200)!r}; unpack it yourself"
        ) from None
    year, month, *rest = info.date_time
    when = calendar.timegm((year, min(max(month, 1), 12), *rest, 0, 0, 0))
    os.utime(target, (when, when))


def _name(info: zipfile.ZipInfo) -> str:
    """The path of an entry, with slashes. Raises CollectError if it leads elsewhere."""
    name = info.filename
    if not info.flag_bits & 0x800:  # no flag for UTF-8: so macOS writes UTF-8
        try:
            name = name.encode("cp437").decode("utf-8")
        except ValueError:
            name = info.filename
    path = name.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts or not parts or re.match(r"[A-Za-z]:", path):
        raise CollectError(
            f"{one_line(name, 200)!r} leads out of the archive; look at it with care"
        )
    return "/".join(parts)
