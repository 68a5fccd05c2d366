"""What more than one kit holds: the library with its launcher, the lessons, and texts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from course_lib.kits.files import LIBRARY, KitError

TEXTS = Path(__file__).parent / "texts"
# What the launcher makes its environment from; requirements-dev.lock is for authors.
LAUNCHER = ("course.py", "pyproject.toml", "requirements.lock", "LICENSE")


def library(root: Path) -> dict[str, bytes]:
    """The launcher and the library, without what Python and editors leave there."""
    paths = [root / name for name in LAUNCHER]
    paths += [path for path in (root / LIBRARY).rglob("*") if path.is_file()]
    names = {path.relative_to(root).as_posix(): path for path in paths}
    return {name: _read(path) for name, path in names.items() if not _litter(name)}


def lessons(root: Path, stems: Iterable[str]) -> dict[str, bytes]:
    """The student editions, by their file names."""
    return {f"{stem}.ipynb": _read(root / "notebooks" / f"{stem}.ipynb") for stem in stems}


def text(name: str, **words: object) -> bytes:
    """A text of a kit, with each <word> in it replaced."""
    content = (TEXTS / name).read_text("utf-8")
    for word, value in words.items():
        content = content.replace(f"<{word}>", str(value))
    return content.encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KitError(
            f"'{path.name}' is missing in {path.parent}; kits are made from the whole course, "
            "get it again"
        ) from None


def _litter(name: str) -> bool:
    parts = name.split("/")
    return "__pycache__" in parts or any(part.startswith(".") for part in parts)
