"""A real Jupyter on this machine, started as `course lab` starts it, and Chromium to look at it.

Used by the tests of this folder and by benchmarks/latency.py. One server shows a notebook in
JupyterLab 4 and in Notebook 7.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

from course_lib import explorers
from course_lib import lab as course_lab

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

# Every explorer as it comes, to be put into a cell each; the race needs somebody to run.
IMPORTS = "from course_lib.explorers import *\nfrom course_lib.optimizers import *"
CALLS = {name: f"{name}()" for name in explorers.__all__}
CALLS["race"] = "race({'GD': GD, 'momentum': Momentum, 'Adagrad': Adagrad, 'Adam': Adam})"

# Asked of Jupyter itself: its page says "idle" before there is a kernel, and loses what is run
# before the connection stands.
READY = """() => {
    const context = window.jupyterapp?.shell?.currentWidget?.context?.sessionContext;
    const kernel = context?.isReady && context.session?.kernel;
    return kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
# What waits behind a message that the kernel works on is sent when the kernel is done, so a kernel
# that is idle once may have more to do: it has to stay idle.
QUIET = """() => new Promise(done => {
    const { kernel } = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
    let since = performance.now();
    const stir = () => { since = performance.now(); };
    kernel.statusChanged.connect(stir);
    const asked = setInterval(() => {
        if (kernel.status !== 'idle') stir();
        if (performance.now() - since < 200) return;
        clearInterval(asked);
        kernel.statusChanged.disconnect(stir);
        done();
    }, 20);
})"""
COMMAND = "name => window.jupyterapp.commands.execute(name)"
ALL_RAN = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    return [...notebook.model.cells]
        .filter(cell => cell.type === 'code' && cell.sharedModel.getSource().trim())
        .every(cell => cell.executionCount > 0 && cell.executionState !== 'running');
}"""


def chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@dataclass(frozen=True)
class Server:
    url: str

    def lab(self, stem: str) -> str:
        """A notebook in JupyterLab."""
        # A workspace each, or JupyterLab opens again what the page before had open.
        return f"{self.url}/lab/workspaces/{stem}/tree/{stem}.ipynb?token={TOKEN}"

    def notebook(self, stem: str) -> str:
        """The same in Notebook 7."""
        return f"{self.url}/notebooks/{stem}.ipynb?token={TOKEN}"


OPEN = """async path => {
    await window.jupyterapp.commands.execute('docmanager:open', { path });
}"""
# Saved, or JupyterLab would ask; and its kernel ended, or seventeen of them would fill the memory.
CLOSE = """async () => {
    const { currentWidget } = window.jupyterapp.shell;
    await currentWidget.context.save();
    await currentWidget.context.sessionContext.shutdown();
    currentWidget.dispose();
}"""


def go_to(page, url: str) -> None:
    """Load a page of Jupyter, with its kernel."""
    page.goto(url)
    page.wait_for_function(READY)


def open_notebook(page, stem: str) -> None:
    """Open a notebook in the JupyterLab that the page shows."""
    page.evaluate(OPEN, f"{stem}.ipynb")
    page.wait_for_function(READY)


def close_notebook(page) -> None:
    page.evaluate(CLOSE)


def run_all(page) -> None:
    """Forget the outputs that the open notebook came with, and run every cell."""
    page.evaluate(COMMAND, "notebook:clear-all-cell-outputs")
    page.evaluate(COMMAND, "notebook:run-all-cells")
    page.wait_for_function(ALL_RAN)
    page.wait_for_function(READY)


def write_notebook(path: Path, *cells: str) -> None:
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=kernel), path)


@contextmanager
def serve(home: Path, course: Path) -> Iterator[Server]:
    """Jupyter for the lessons in course/work, with settings and workspaces of its own in home."""
    settings = home / "settings"
    # All cells in the page at once, or those out of sight could not be looked at.
    for plugin in ("notebook-extension/tracker",):
        path = settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"windowingMode": "none"}), encoding="utf-8")
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
    words = course_lab.command(course, "01_gradients", open_browser=False)
    words += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"]
    # The tests ask the page whether the kernel is there.
    words += [f"--{app}.expose_app_in_browser=True" for app in ("LabApp", "JupyterNotebookApp")]
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
            yield Server(url)
        finally:
            server.terminate()  # Jupyter ends its kernels first
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"Jupyter ended with code {server.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/api/status?token={TOKEN}", timeout=5):
                return
        except urllib.error.URLError:
            time.sleep(0.2)
    raise RuntimeError(f"Jupyter did not answer within 60 s:\n{log.read_text()}")
