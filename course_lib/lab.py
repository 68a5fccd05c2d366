"""`course lab`: the reader's own copies of the lessons in work/, and JupyterLab on them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from course_lib import __version__

# The learner types into work/, never into notebooks/: an answer there would break the tests and
# the next `git pull`.
BUILT, COPIES = "notebooks", "work"
CONFIG = Path(__file__).parent / "lab_config"
ONE_THREAD = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


class LabError(Exception):
    """One line that says what is wrong and what to do."""


def lessons(root: Path) -> list[str]:
    """The stems of the student notebooks, in the order of the course."""
    stems = sorted(path.stem for path in (root / BUILT).glob("*.ipynb"))
    if not stems:
        raise LabError(f"there are no lessons in {root / BUILT}; get the whole course again")
    return stems


def copy_missing(root: Path) -> None:
    """Copy every lesson that work/ lacks; one that is there is the reader's and is left alone."""
    stems = lessons(root)
    work = root / COPIES
    try:
        work.mkdir(exist_ok=True)
        for stem in stems:
            copy = work / f"{stem}.ipynb"
            if not copy.exists():
                half = copy.with_suffix(".half")  # an interrupted copy must not look like a lesson
                shutil.copyfile(root / BUILT / copy.name, half)
                half.replace(copy)
    except OSError as error:
        raise LabError(
            f"cannot write your copies of the lessons in {work} ({error.strerror}); "
            "copy the course to a folder of your own and run it there"
        ) from None


def outdated(root: Path) -> list[tuple[str, str]]:
    """The reader's copies that another version of the course made: (stem, version)."""
    found = []
    for stem in lessons(root):
        try:
            text = (root / COPIES / f"{stem}.ipynb").read_text(encoding="utf-8")
            version = json.loads(text)["metadata"]["course"]["version"]
        except (OSError, ValueError, LookupError, TypeError):
            continue  # it is the reader's file: what it lacks is no business of ours
        if version != __version__:
            found.append((stem, str(version)))
    return found


def keep_aside(root: Path, stem: str) -> Path | None:
    """Rename the reader's copy of a lesson to the next free backup name, and return that."""
    copy = root / COPIES / f"{stem}.ipynb"
    if not copy.exists():
        return None
    number = 1
    while (kept := copy.with_name(f"{stem}.backup-{number}.ipynb")).exists():
        number += 1
    try:
        return copy.rename(kept)
    except OSError as error:
        raise LabError(
            f"cannot rename {copy} ({error.strerror}); close it in JupyterLab and try again"
        ) from None


def command(root: Path, stem: str, *, open_browser: bool = True) -> list[str]:
    """The command that starts JupyterLab in work/, showing one lesson.

    Raises where JupyterLab could not start: ModuleNotFoundError if it is missing, LabError if it
    cannot write what it needs while it runs.
    """
    if find_spec("jupyterlab") is None:
        raise ModuleNotFoundError(name="jupyterlab")
    _make_runtime_folder()
    words = [sys.executable, "-m", "jupyterlab", "--log-level=WARN"]
    words += [
        f"--ServerApp.root_dir={root / COPIES}",
        f"--LabApp.default_url=/lab/tree/{stem}.ipynb",
    ]
    if not open_browser:
        words.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")  # a container often has no other user; the token still guards
    return words


def _make_runtime_folder() -> None:
    from jupyter_core.paths import jupyter_runtime_dir  # not before JupyterLab is known to be there

    folder = jupyter_runtime_dir()
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise LabError(
            f"JupyterLab cannot write in {folder} ({error.strerror}); put a folder of your own in "
            "the variable JUPYTER_RUNTIME_DIR and try again"
        ) from None


def environment() -> dict[str, str]:
    """The environment JupyterLab and its kernels run in.

    Our settings are laid over JupyterLab's defaults and under the reader's own, whose files are
    not touched. BLAS gets one thread: with more, small matrices are slower.
    """
    variables = dict(os.environ)
    others = variables.get("JUPYTER_CONFIG_PATH")
    variables["JUPYTER_CONFIG_PATH"] = os.pathsep.join([str(CONFIG), *([others] if others else [])])
    # Else a kernel of the same name that some other Python has installed would be taken.
    variables.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    # matplotlib's own list of fonts, too: one that was left half-made elsewhere would warn.
    variables.setdefault("MPLCONFIGDIR", str(Path(sys.prefix) / "var" / "matplotlib"))
    for name in ONE_THREAD:
        variables.setdefault(name, "1")
    return variables


def start(words: list[str]) -> int:
    """Become JupyterLab; on Windows, where a process cannot, wait for it."""
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(words[0], words, environment())
    process = subprocess.Popen(words, env=environment())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # JupyterLab got it too, and asks whether to stop
