"""From one lesson source, solutions/NN_topic.py, to two checked editions.

    build(stems, root, lessons, check=False)    make both editions, or tell what a rebuild changes
    lint(path, exercises, root)                 what has to be put right in a source
    derive(text, edition, exercises, lesson)    one edition as a notebook, not executed
    sources(root)                               the lessons there are

Needs the development dependencies. Knows no lesson: the exercises are handed in.
"""

from .build import Built, build
from .editions import derive
from .execute import environment
from .lint import lint
from .source import AuthoringError, Problem, sources

__all__ = [
    "AuthoringError",
    "Built",
    "Problem",
    "build",
    "derive",
    "environment",
    "lint",
    "sources",
]
