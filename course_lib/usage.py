"""What the parts of the command line share: its parser, its errors, the names of lessons."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn


class UsageError(Exception):
    """One line for the reader: what was given, what is allowed, what to do. Exit code 2."""


class Parser(argparse.ArgumentParser):
    """argparse, with one line instead of a page on bad usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"course: {message}; see '{self.prog} --help'\n")


def find_lesson(name: str, stems: Sequence[str]) -> str:
    """The stem that a name means: 02, 2, gradient_descent, 02_gradient_descent (or .ipynb, .py)."""
    given = Path(name).name.removesuffix(".ipynb").removesuffix(".py")
    for stem in stems:
        number, _, topic = stem.partition("_")
        if given in (stem, number, topic) or (given.isdigit() and given.zfill(2) == number):
            return stem
    raise UsageError(f"there is no lesson '{name}'; there are {', '.join(stems)}")


def plain(text: str) -> str:
    """Text of a notebook, without characters that would command the terminal."""
    return "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text
    )
