"""What the grader's tests share: the jail, where it can be closed."""

from __future__ import annotations

import os

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
