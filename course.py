#!/usr/bin/env python3
"""Makes the course's environment in .venv, once, and runs the course in it.

    python course.py               open the lessons in JupyterLab
    python course.py test          run every test
    python course.py --help        the other commands

Nothing outside this folder is changed. The packages are the ones in requirements.lock (for test
and build: requirements-dev.lock), each checked against its hash. uv installs them where it is on
PATH, else venv and pip do. Where a folder wheels/ lies here, they come from it and no network is
needed. Only the standard library is used here.
"""

import sys

# Before everything else, and in words that any Python 3 can read, or an old one would only say
# "SyntaxError" or "No module named tomllib".
if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(
        "course.py: Python 3.11 or newer is needed and this is Python {}.{}; install a newer one "
        "and run this with it, such as: python3.12 course.py\n".format(*sys.version_info)
    )
    sys.exit(2)

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "course-stamp.json"
LOCKS = {False: ROOT / "requirements.lock", True: ROOT / "requirements-dev.lock"}
WHEELS = ROOT / "wheels"  # what `course export wheels` downloads
DEVELOPERS_COMMANDS = {"test", "build"}
VERSION = "{}.{}".format(*sys.version_info)
# Inside an environment, its own interpreter cannot replace that environment: take the one below.
BASE_PYTHON = getattr(sys, "_base_executable", None) or sys.executable


class Failure(Exception):
    """One line: what happened, and what to do."""


def main(arguments: Sequence[str]) -> int:
    try:
        dev = bool(arguments) and arguments[0] in DEVELOPERS_COMMANDS
        if not finished(dev):
            with one_launcher():
                if not finished(dev):  # another launcher may have made it while this one waited
                    make(dev)
        return run([str(PYTHON), "-m", "course_lib", *arguments])
    except Failure as failure:
        print(f"course.py: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ncourse.py: stopped; run the same command again to go on", file=sys.stderr)
        return 130


# The stamp: what a finished environment was made from. It is written last, and in one go.


def digest(dev: bool) -> str:
    """Of all that decides what is installed: the lock, and pyproject.toml but for tool settings."""
    try:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        made_from = [project.get("build-system"), project.get("project")]
        lock = LOCKS[dev].read_bytes()
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise Failure(f"{missing} is missing in {ROOT}; get the whole course again") from None
    return hashlib.sha256(json.dumps(made_from).encode() + lock).hexdigest()


def read_stamp() -> dict:
    try:
        stamp = json.loads(STAMP.read_bytes())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(**stamp: object) -> None:
    half = STAMP.with_suffix(".half")
    half.write_text(json.dumps(stamp), encoding="utf-8")
    os.replace(half, STAMP)


def finished(dev: bool) -> bool:
    stamp = read_stamp()
    return (
        digest(dev) in stamp.get("made_from", ())
        and stamp.get("python") == VERSION
        and stamp.get("root") == str(ROOT)
        and os.access(PYTHON, os.X_OK)  # it may be a link to where only another user may look
    )


@contextlib.contextmanager
def one_launcher() -> Iterator[None]:
    """Hold this very file locked, so that two launchers never write one environment.

    The system takes the lock back when a launcher ends, however it ends.
    """
    try:
        file = open(__file__, "r+b")  # noqa: SIM115
    except OSError as error:
        raise cannot_write(error) from None
    with file:
        if not try_lock(file):
            say("Another launcher is making the environment; waiting for it ...")
            wait_lock(file)
        yield


if os.name == "nt":
    import msvcrt
    import time

    def try_lock(file) -> bool:
        file.seek(1 << 30)  # past the end: a locked byte of the text could not be read by others
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def wait_lock(file) -> None:
        while not try_lock(file):
            time.sleep(0.5)

else:
    import fcntl

    def try_lock(file) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: go on, as there is nothing to wait for
            pass
        return True

    def wait_lock(file) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)


# Making the environment.


def make(dev: bool) -> None:
    uv = shutil.which("uv")
    before = STAMP.read_bytes() if STAMP.exists() else None
    packages = installed()
    why_anew = unusable(uv)
    try:
        if why_anew:
            say(f"Making the environment in .venv ({why_anew}; about a minute) ...")
            if VENV.exists() or VENV.is_symlink():
                remove(VENV)
            VENV.mkdir()
            before, packages = None, set()
        else:
            say("Bringing the environment in .venv up to date ...")
        write_stamp(unfinished=True)
    except OSError as error:
        raise cannot_write(error) from None

    if why_anew:
        create(uv)
    try:
        install(uv, dev)
    except Failure:
        if not why_anew and installed() == packages:  # nothing was touched: keep what works
            STAMP.write_bytes(before) if before else STAMP.unlink()
        raise
    # The locks pin the same versions, so the developers' environment serves a student too.
    made_from = [digest(False), digest(True)] if dev else [digest(False)]
    write_stamp(made_from=made_from, python=VERSION, root=str(ROOT))
    say("The environment is ready.")


def unusable(uv: str | None) -> str:
    """Why the environment must be made anew, in a few words; empty if it can be built on."""
    if not VENV.exists():
        return "once"
    stamp = read_stamp()
    ask = "import sys; print('{}.{}'.format(*sys.version_info))" + ("" if uv else "; import pip")
    try:
        answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True)
    except OSError:
        return "the one there was not finished"
    if answer.returncode != 0 or stamp.get("unfinished"):
        return "the one there was not finished"
    if answer.stdout.strip() != VERSION:
        return f"the one there is for Python {answer.stdout.strip()} and this is {VERSION}"
    if stamp.get("root", str(ROOT)) != str(ROOT):
        return "this folder was moved"
    return ""


def installed() -> set[str]:
    """The packages in the environment, by the names of their folders: name-version.dist-info."""
    return {path.name for path in VENV.glob("[Ll]ib/**/site-packages/*.dist-info")}


def create(uv: str | None) -> None:
    if uv:
        command = [uv, "venv", "--quiet", "--allow-existing", "--python", BASE_PYTHON, str(VENV)]
        hint = "look at the lines above"
    else:
        command = [BASE_PYTHON, "-m", "venv", str(VENV)]
        hint = "on Debian or Ubuntu 'apt install python3-venv' mends it, elsewhere installing uv"
    quietly(command, f"Python {VERSION} could not make a virtual environment; {hint}, then try")


def install(uv: str | None, dev: bool) -> None:
    if uv:
        # Compiled at once, as pip does it, or the first start of JupyterLab would be slow.
        pip = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
    else:
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        pip += ["--quiet", "--no-warn-script-location"]
    failed = "the packages could not be installed; check the internet connection, then try"
    if WHEELS.is_dir():
        pip += ["--no-index", "--find-links", str(WHEELS)]
        failed = (
            f"the packages in {WHEELS} could not be installed (are they for this system, and for "
            f"Python {VERSION}?); mend that folder, or remove it to use the network, then try"
        )
    quietly([*pip, "--require-hashes", "-r", str(LOCKS[dev])], failed)
    # The course itself is used from this folder. What builds it is in the lock, with its hash.
    failed = "the course could not be installed into its environment; look at the lines above, try"
    quietly([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], failed)


def quietly(command: list[str], failed: str) -> None:
    """Run an installer; show what it said only if it fails."""
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        code, output = result.returncode, result.stdout.decode(errors="replace")
    except OSError as error:
        code, output = -1, str(error)
    if code:
        lines = [line.rstrip() for line in output.splitlines() if line.strip()]
        for line in [line for line in lines if not line.startswith("WARNING:")][-6:]:
            print(f"  | {line[:200]}", file=sys.stderr)
        raise Failure(f"{failed} again")


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def cannot_write(error: OSError) -> Failure:
    reason = error.strerror or str(error)
    return Failure(
        f"cannot write in {ROOT} ({reason}); close what uses .venv there, or copy the course to a "
        "folder of your own, then try again"
    )


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def run(command: list[str]) -> int:
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(command[0], command)  # Ctrl-C and a closed terminal then reach the course itself
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the course got it too, and decides


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
