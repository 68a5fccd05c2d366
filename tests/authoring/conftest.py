"""The sample lesson in a repository of its own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from course_lib.authoring import build

LESSONS_HERE = Path(__file__).parent / "lessons"
sys.path.insert(0, str(LESSONS_HERE))


def repository(root):
    """A course with one lesson, 00_sample, not built."""
    (root / "solutions").mkdir()
    (root / "README.md").write_text("# A course\n", encoding="utf-8")
    shutil.copy(LESSONS_HERE / "00_sample.py", root / "solutions")
    return root


@pytest.fixture
def root(tmp_path):
    return repository(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The same, built. Copy it before you change it."""
    from sample_desk import LESSONS

    root = repository(tmp_path_factory.mktemp("built"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(LESSONS_HERE), prepend=os.pathsep)
        build([], root, LESSONS)
    return root


@pytest.fixture(autouse=True)
def kernels_find_the_sample(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(LESSONS_HERE), prepend=os.pathsep)
