"""What every test shares: none sees the reader's progress, and notebooks below tests/ are data."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import settings

# `pytest --nbval tests notebooks solutions` runs the lessons, not the fixtures.
collect_ignore_glob = ["*.ipynb"]

_numbers = count()

# Fuzzing for an hour or so: pytest tests/sandbox tests/checking --hypothesis-profile=long
settings.register_profile("long", max_examples=200_000, deadline=None)


@pytest.fixture(autouse=True)
def course_home(tmp_path_factory, monkeypatch):
    """A folder for progress, another one for each test; whoever writes to it makes it."""
    home = tmp_path_factory.getbasetemp() / "course-homes" / str(next(_numbers))
    monkeypatch.setenv("COURSE_HOME", str(home))
    return home
