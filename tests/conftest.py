"""What every test shares: none sees the reader's progress, and notebooks below tests/ are data."""

from __future__ import annotations

import os
from importlib.util import find_spec
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


@pytest.fixture(scope="session")
def jail_needed():
    """Skips the test, with the reason, where no jail can be closed; fails it where one must."""
    from course_lib.grading.jail import Jail
    from course_lib.sandbox.fence import SandboxError

    try:
        Jail().close()
    except SandboxError as error:
        if os.environ.get("COURSE_JAIL") == "required":
            pytest.fail(f"COURSE_JAIL=required, and {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def dask_needed():
    """Skips the test where Dask is not installed; CI has an environment that has it."""
    if find_spec("distributed") is not None:
        return
    if os.environ.get("COURSE_CLUSTER") == "required":
        pytest.fail("COURSE_CLUSTER=required, and the package 'distributed' is missing")
    pytest.skip("needs the extra 'cluster': the package 'distributed' is missing")
