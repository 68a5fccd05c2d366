"""One Jupyter server and one Chromium for all tests of this folder.

They take a few minutes, and are run with COURSE_BROWSER=required, as CI does: then a missing
Chromium is a failure. Otherwise they are skipped.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jupyter import CALLS, CHROMIUM_FLAGS, IMPORTS, chromium_path, serve, write_notebook
from playwright.sync_api import sync_playwright

from course_lib import lab as course_lab

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / ".artifacts"


@pytest.fixture(scope="session")
def chromium():
    if os.environ.get("COURSE_BROWSER") != "required":
        pytest.skip("needs a browser and minutes: COURSE_BROWSER=required runs it")
    if chromium_path() is None:
        pytest.fail("COURSE_BROWSER=required, but there is no Chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=list(CHROMIUM_FLAGS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(chromium, tmp_path_factory):
    """Jupyter on a copy of the course's lessons, and on a gallery of all explorers."""
    home = tmp_path_factory.mktemp("jupyter")
    course = home / "course"
    (course / "notebooks").mkdir(parents=True)
    for built in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(built, course / "notebooks")
    course_lab.copy_missing(course)
    write_notebook(course / course_lab.COPIES / "gallery.ipynb", IMPORTS, *CALLS.values())
    with serve(home, course) as running:
        yield running


def is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname in ("127.0.0.1", "localhost")
