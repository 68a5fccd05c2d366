"""`course export github-classroom`: a template repository whose workflow grades each push.

The lessons lie at its top, where students write in them. The library is in a hidden folder, which
`course grade` passes over, in a clone as in a whole class of clones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from course_lib.kits.contents import lessons, library, text
from course_lib.kits.files import Kit

HIDDEN = ".course"


def classroom_kit(root: Path, stems: Sequence[str], seed: int) -> Kit:
    """The template of an assignment. Raises KitError if the course there is not whole."""
    notebooks = lessons(root, stems)
    listed = "\n".join(f"- `{name}`" for name in notebooks)
    options = " ".join(f"--lesson {stem[:2]}" for stem in stems)
    hidden = {**library(root), "README.md": text("library.md")}
    own = {
        ".github/workflows/classroom.yml": text("classroom.yml", seed=seed, options=options),
        ".gitignore": text("gitignore"),
        "README.md": text("classroom.md", lessons=listed, first=f"{stems[0]}.ipynb"),
    }
    return Kit({**{f"{HIDDEN}/{name}": data for name, data in hidden.items()}, **notebooks, **own})
