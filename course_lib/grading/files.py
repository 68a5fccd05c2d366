"""Files written whole or not at all, and file names made from the names of people."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from course_lib.grading.text import COMMANDS

# Names that Windows keeps for devices, whatever the extension.
_DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10)),
}
_LONGEST = 60  # bytes; a suffix and the extension come after it
_DIGITS = 10  # of the hash in a suffix


def write(path: Path, content: bytes) -> None:
    """Put content in place of the file at path: a reader sees the old one or the new one, whole.

    Raises OSError, which names the path, if it cannot be written.
    """
    part = path.with_name(f".part-{secrets.token_hex(8)}")
    try:
        try:
            part.write_bytes(content)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        if isinstance(error, PermissionError):
            why += " (if a program such as Excel has it open, close it there; then run this again)"
        raise OSError(error.errno, why, str(path)) from None


def refusal(out: Path) -> str:
    """Why no file can be written at a place that somebody asked for; empty if one can."""
    if out.is_dir() or not out.parent.is_dir():
        return f"'{out}' cannot be written; give --out a file in a folder that is there"
    return ""


def to_json(value: Any) -> bytes:
    """JSON with sorted keys, the same bytes for the same value.

    Letters of every script stand as they are. Lone surrogates and characters that command a
    terminal become JSON's escapes, from which a reader gets the same text back.
    """
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    text = COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return (text + "\n").encode("utf-8", "backslashreplace")


def slugs(names: Iterable[str]) -> dict[str, str]:
    """A file name (without extension) for each name, safe on every system and unique.

    Letters and digits of any script stay, spaces become hyphens. A hash of the name is added
    where other characters were replaced or cut off, where two names would meet on a system that
    ignores case, and where a name looks as if it had one already.
    """
    base = {name: _slug(name) for name in set(names)}
    seen = Counter(map(_fold, base.values()))
    return {
        name: slug if seen[_fold(slug)] == 1 and _is_plain(name, slug) else _with_hash(name, slug)
        for name, slug in base.items()
    }


def _slug(name: str) -> str:
    """Letters, digits and hyphens of the name, at most 60 bytes."""
    kept = "".join(
        c if unicodedata.category(c)[0] in "LNM" or c in "-_." else "-"
        for c in unicodedata.normalize("NFC", name)
    )
    short = kept.strip("-_.").encode("utf-8", "ignore")[:_LONGEST].decode("utf-8", "ignore")
    return short.strip("-_.") or "student"


def _is_plain(name: str, slug: str) -> bool:
    """Whether the slug says the whole name, is no device, and does not end like a hash."""
    whole = slug == unicodedata.normalize("NFC", name).replace(" ", "-")
    device = unicodedata.normalize("NFKC", slug).split(".")[0].upper() in _DEVICES
    return whole and not device and not re.search(rf"-[0-9a-f]{{{_DIGITS}}}$", _fold(slug))


def _with_hash(name: str, slug: str) -> str:
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{slug}-{digest[:_DIGITS]}"


def _fold(slug: str) -> str:
    return unicodedata.normalize("NFKC", slug).casefold()
