"""A real JupyterLab on this machine, started as `course lab` starts it, and Chromium to look at it.

They take a minute, and are run with COURSE_BROWSER=required, as CI does: then a missing Chromium is
a failure. Otherwise they are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from course_lib import lab as course_lab

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / ".artifacts"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TOKEN = "only-for-this-test"


@dataclass(frozen=True)
class Lab:
    url: str
    log: Path

    def notebook(self, stem: str) -> str:
        # A workspace each, or JupyterLab opens again what the test before had open.
        return f"{self.url}/lab/workspaces/{stem}/tree/{stem}.ipynb?token={TOKEN}"


@pytest.fixture(scope="session")
def chromium():
    if os.environ.get("COURSE_BROWSER") != "required":
        pytest.skip("needs a browser and a minute: COURSE_BROWSER=required runs it")
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail(f"COURSE_BROWSER=required, but no Chromium on the path ({', '.join(names)})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(chromium, tmp_path_factory):
    """JupyterLab in a copy of the course, with settings and workspaces of its own."""
    home = tmp_path_factory.mktemp("lab")
    notebooks = home / "course" / "notebooks"
    notebooks.mkdir(parents=True)
    for built in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(built, notebooks)
    course_lab.copy_missing(home / "course")

    settings = home / "settings"
    # All cells in the page at once, or those out of sight could not be looked at.
    _setting(settings, "notebook-extension/tracker", {"windowingMode": "none"})
    log = home / "lab.log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        "COURSE_HOME": home / "progress",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": settings,
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_TOKEN": TOKEN,
    }
    words = course_lab.command(home / "course", "01_gradients", open_browser=False)
    words += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"]
    words += ["--LabApp.expose_app_in_browser=True"]  # the tests ask it whether the kernel is there
    with log.open("w") as out:
        server = subprocess.Popen(
            words,
            env=course_lab.environment() | {name: str(value) for name, value in own.items()},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server, log)
            yield Lab(url, log)
        finally:
            server.terminate()  # Jupyter ends its kernels first
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _setting(folder: Path, plugin: str, values: dict) -> None:
    path = folder / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(values), encoding="utf-8")


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"JupyterLab ended with code {server.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/api/status?token={TOKEN}", timeout=5):
                return
        except urllib.error.URLError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not answer within 60 s:\n{log.read_text()}")


@pytest.fixture
def page(chromium, request):
    """A page in a fresh profile, with a screenshot of how it ended in .artifacts/.

    The test fails if anything left this machine.
    """
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("websocket", lambda websocket: asked.append(websocket.url))
    page.set_default_timeout(40_000)
    yield page
    page.screenshot(path=ARTIFACTS / f"{request.node.callspec.id}-at-the-end.png")
    context.close()
    assert asked
    assert [url for url in asked if not is_local(url)] == []


def is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname in ("127.0.0.1", "localhost")
