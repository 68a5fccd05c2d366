"""`course build`: make both editions of the lessons, or tell where the committed ones differ."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from .editions import EDITIONS, derive_lesson
from .execute import execute
from .lint import lint_lesson
from .outputs import output_problems, tidy
from .pictures import look_alike
from .source import AuthoringError, Graded, Lesson, Problem, read, sources


@dataclass(frozen=True)
class Built:
    """A notebook that was built (its path seen from the repository), and what a rebuild changes."""

    path: Path
    changes: tuple[str, ...]

    def __str__(self) -> str:
        what = "changed" if self.changes else "unchanged"
        return "\n  ".join([f"{self.path.as_posix()}: {what}", *self.changes])


def build(
    stems: Sequence[str],
    root: Path,
    lessons: Mapping[str, Sequence[Graded]],
    check: bool = False,
) -> list[Built]:
    """Build the named lessons (all of them if none is named) and write notebooks/ and solutions/.

    A name is a stem ("02_gradient_descent") or its number ("02"). `lessons` maps a stem to its
    exercises. Nothing is written before every edition of every named lesson has been built.
    The result has an entry for each notebook. With check=True nothing is written at all, and only
    the notebooks that a rebuild would change are in the result.

    Raises AuthoringError, whose message is written for the author.
    """
    fresh = {}
    for stem in _choose(stems, root):
        if stem not in lessons:
            raise AuthoringError(f"{stem}: no exercises are declared for this lesson")
        source = read(root / "solutions" / f"{stem}.py")
        problems = lint_lesson(source, lessons[stem], root)
        _refuse(problems)
        for edition, folder in EDITIONS.items():
            path = root / folder / f"{stem}.ipynb"
            fresh[path] = _built(source, edition, lessons[stem], path.parent)
    done = []
    for path, notebook in fresh.items():
        changes = _compare(path, notebook)
        text = serialise(notebook)
        if not changes and path.read_bytes() != text:
            changes = ("the same cells, written otherwise (a hand-edited or merged file?)",)
        if changes or not check:
            done.append(Built(path.relative_to(root), changes))
        if changes and not check:
            temporary = path.with_suffix(".ipynb.part")
            temporary.write_bytes(text)
            os.replace(temporary, path)
    return done


def serialise(notebook: Any) -> bytes:
    """The bytes of a notebook: sorted keys, indent 1, LF, a newline at the end."""
    return (nbformat.writes(notebook, version=4).rstrip("\n") + "\n").encode("utf-8")


def _choose(names: Sequence[str], root: Path) -> list[str]:
    known = sources(root)
    for name in names:
        if not any(name in (stem, stem.split("_")[0]) for stem in known):
            there = ", ".join(known) or f"none in {root / 'solutions'}"
            raise AuthoringError(f"there is no lesson {name!r}; the lessons are: {there}")
    return [s for s in known if not names or s in names or s.split("_")[0] in names]


def _built(source: Lesson, edition: str, exercises: Sequence[Graded], folder: Path) -> Any:
    notebook = derive_lesson(source, edition, exercises)
    bare = dict(notebook.metadata)
    folder.mkdir(exist_ok=True)
    execute(notebook, source, folder)
    tidy(notebook)
    # The kernel adds its version and the client the state of widgets.
    notebook.metadata = nbformat.from_dict(bare)
    _refuse(
        Problem(source.path, origin.line, f"cell {cell.id!r} of the {edition} edition {says}")
        for origin, cell in zip(source.cells, notebook.cells, strict=True)
        if cell.cell_type == "code"
        for says in output_problems(cell)
    )
    nbformat.validate(notebook)
    return notebook


def _refuse(problems: Any) -> None:
    lines = [str(problem) for problem in problems]
    if lines:
        raise AuthoringError("\n".join(lines))


def _keep_pictures(stored: Any, fresh: Any) -> None:
    """Keep a stored picture that looks like the new one: another processor, no new commit."""
    before = {cell.id: cell for cell in stored.cells if cell.cell_type == "code"}
    for cell in fresh.cells:
        if cell.cell_type != "code" or cell.id not in before:
            continue
        for old, new in zip(before[cell.id].outputs, cell.outputs, strict=False):
            pictures = [output.get("data", {}).get("image/png") for output in (old, new)]
            if all(pictures) and look_alike(*pictures):
                new.data["image/png"] = old.data["image/png"]


def _compare(path: Path, fresh: Any) -> tuple[str, ...]:
    """How the notebook on disk differs from the fresh one, which takes over its pictures."""
    if not path.exists():
        return ("new",)
    try:
        stored = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError):
        return ("the old file is no notebook (a merge left half done?)",)
    _keep_pictures(stored, fresh)
    return _changes(stored, fresh)


def _changes(stored: Any, fresh: Any) -> tuple[str, ...]:
    """How two notebooks differ, a line for each cell."""
    before = {cell.get("id"): cell for cell in stored.cells}
    after = {cell.id: cell for cell in fresh.cells}
    found = [f"cell {name!r} is gone" for name in before if name not in after]
    for name, cell in after.items():
        if name not in before:
            found.append(f"cell {name!r} is new")
            continue
        parts = ("cell_type", "source", "metadata", "execution_count", "outputs")
        differ = [part for part in parts if before[name].get(part) != cell.get(part)]
        if differ:
            found.append(f"cell {name!r}: {', '.join(differ)} differ")
    if not found and list(before) != list(after):
        found.append("the cells stand in another order")
    if stored.metadata != fresh.metadata:
        found.append("the metadata of the notebook differ")
    return tuple(found)
