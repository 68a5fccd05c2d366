"""A kit: the files in it, written as a folder or as an archive that is the same bytes each time."""

from __future__ import annotations

import io
import secrets
import shutil
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from course_lib.grading.files import refusal, write
from course_lib.usage import UsageError

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first that a zip can tell
LIBRARY = "course_lib"  # listed as one line: it has more than a hundred files


class KitError(UsageError):
    """A kit that cannot be made as asked; the message is one line."""


@dataclass(frozen=True)
class Kit:
    """files: path in the kit, with slashes -> content. programs: those of them that are run."""

    files: Mapping[str, bytes]
    programs: frozenset[str] = frozenset()

    def write(self, out: Path) -> None:
        """Write it, whole or not at all. Raises KitError if something else is there."""
        if out.suffix.lower() != ".zip":
            new_folder(out, self._fill)
        elif why := refusal(out):
            raise KitError(why)
        else:
            write(out, self.archive())

    def archive(self) -> bytes:
        """The kit as a zip: no time, no order and no owner of this machine is in it."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as file:
            for name in sorted(self.files):
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.create_system = 3  # Unix, also where this is Windows: programs stay programs
                entry.external_attr = (stat.S_IFREG | self._mode(name)) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(entry, self.files[name], compresslevel=9)
        return content.getvalue()

    def listing(self) -> list[str]:
        """A line for each file, and one for the library."""
        many = Counter(Path(name).parent.as_posix() for name in self.files if _in_library(name))
        lines = [name for name in self.files if not _in_library(name)]
        if many:
            lines.append(f"{min(many, key=len)}/ ({sum(many.values())} files)")
        return sorted(lines)

    def _fill(self, folder: Path) -> None:
        for name in sorted(self.files):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.files[name])
            path.chmod(self._mode(name))

    def _mode(self, name: str) -> int:
        return 0o755 if name in self.programs else 0o644


def new_folder(out: Path, fill: Callable[[Path], None]) -> None:
    """Have a folder filled beside its place, and move it there when it is whole.

    Raises KitError if the place is taken.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise KitError(f"'{out}' is there already; give --out a new folder")
    if not out.absolute().parent.is_dir():
        raise KitError(f"'{out}' cannot be made; give --out a new folder in one that is there")
    part = out.absolute().with_name(f".part-{secrets.token_hex(8)}")
    part.mkdir()
    try:
        fill(part)
        if out.exists():
            out.rmdir()  # it is empty; Windows renames onto nothing that is there
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _in_library(name: str) -> bool:
    return LIBRARY in name.split("/")[:-1]
