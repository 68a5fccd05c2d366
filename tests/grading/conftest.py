"""What the grader's tests share: the jail, where it can be closed, and Dask, where it is."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from course_lib.grading.jail import Jail
from course_lib.sandbox.fence import SandboxError


@pytest.fixture(scope="session")
def jail_needed():
    """Skips the test, with the reason, where no jail can be closed; fails it where one must."""
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
