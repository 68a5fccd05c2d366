"""`course export students`: the course as students get it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from course_lib.kits.contents import lessons, library, text
from course_lib.kits.files import Kit


def students_kit(root: Path, stems: Sequence[str]) -> Kit:
    """The student editions of some lessons, the launcher, the library and a README.

    Raises KitError if the course there is not whole.
    """
    notebooks = {f"notebooks/{name}": data for name, data in lessons(root, stems).items()}
    listed = "\n".join(f"- `notebooks/{stem}.ipynb`" for stem in stems)
    readme = text("students.md", lessons=listed, number=stems[0][:2], first=stems[0])
    return Kit({**library(root), **notebooks, "README.md": readme})
