"""nbval runs a notebook in the surroundings that it was built in.

It starts a kernel for a file when the first of its cells is set up, with the environment of this
process. So for the length of that set-up the environment is the build's, with an empty folder for
the reader's progress: a file's own, or the order of the files would matter.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # The kernel of the interpreter that tests, whatever kernels a user has registered.
    if config.getoption("nbval", default=False):
        config.option.nbval_current_env = True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item):
    notebook = item.parent
    if not item.config.getoption("nbval", default=False) or not hasattr(notebook, "kernel"):
        return (yield)
    if notebook.kernel is not None:
        return (yield)
    from course_lib.authoring import environment

    home = tempfile.TemporaryDirectory(prefix="course-nbval-", ignore_cleanup_errors=True)
    item.config.add_cleanup(home.cleanup)
    with patch.dict(os.environ, environment(Path(home.name)), clear=True):
        return (yield)
