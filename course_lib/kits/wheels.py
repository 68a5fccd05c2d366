"""`course export wheels`: the locked packages as files, for machines without a network.

pip downloads them, each checked against its hash in the lock.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement

from course_lib.kits.files import KitError, new_folder
from course_lib.usage import plain

HERE = "{}.{}".format(*sys.version_info)
# What a platform's tag begins with -> what markers in the lock ask of such a machine.
SYSTEMS = {
    "win": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
    "macosx": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    "manylinux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
}
# The old names of three of the tags manylinux_2_N, by N.
ALIASES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


@dataclass(frozen=True)
class Target:
    """The machine that the packages are for; no platform: this one."""

    platform: str | None = None
    python: str = HERE

    def __str__(self) -> str:
        return f"{self.platform or 'this machine'}, Python {self.python}"

    def environment(self) -> dict[str, Any]:
        """What markers are compared with. pip itself would take this machine's."""
        found: dict[str, Any] = dict(default_environment())
        if self.platform:
            found |= SYSTEMS[_system(self.platform)]
        if self.python != HERE:
            found |= {"python_version": self.python, "python_full_version": f"{self.python}.0"}
        return found

    def options(self) -> list[str]:
        """pip's words for it; none for this machine and this Python, which pip knows best."""
        if self == Target():
            return []
        tags = _tags(self.platform) if self.platform else []
        words = [f"--platform={tag}" for tag in tags]
        return [*words, f"--python-version={self.python}", "--implementation=cp"]


def targets(platforms: Sequence[str], versions: Sequence[str]) -> list[Target]:
    """Every platform with every version of Python. Raises KitError for what is neither."""
    for tag in platforms:
        if _system(tag) not in SYSTEMS or not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", tag):
            raise KitError(
                f"--platform {tag}: give a tag of pip, such as win_amd64, macosx_14_0_arm64, "
                "macosx_14_0_x86_64, manylinux_2_28_x86_64"
            )
    for version in versions:
        if not re.fullmatch(r"3\.(1[1-9]|[2-9]\d)", version):
            raise KitError(f"--python-version {version}: give 3.11 or newer, such as 3.12")
    machines: Sequence[str | None] = platforms or [None]
    return [Target(*one) for one in product(machines, versions or [HERE])]


def download(lock: Path, out: Path, wanted: Sequence[Target]) -> tuple[int, int]:
    """Fill a new folder with the packages in the lock; how many files there are, and their bytes.

    Raises KitError, with nothing written, if one of them cannot be had.
    """
    new_folder(out, _filler(lock, wanted))
    sizes = [path.stat().st_size for path in out.iterdir()]
    return len(sizes), sum(sizes)


def needed(lock: str, environment: dict[str, Any]) -> list[str]:
    """The lines of a lock for such a machine, each with its hashes and without its marker."""
    lines = lock.replace("\\\n", " ").splitlines()
    parted = [line.partition("--hash=") for line in lines if line.strip()]
    locked = [(Requirement(what), f"{sign}{hashes}") for what, sign, hashes in parted]
    return [
        f"{one.name}{one.specifier} {hashes}"
        for one, hashes in locked
        if one.marker is None or one.marker.evaluate(environment)
    ]


def _filler(lock: Path, wanted: Sequence[Target]) -> Callable[[Path], None]:
    def fill(folder: Path) -> None:
        with _pip() as pip:
            for target in wanted:
                print(f"Downloading packages for {target} ...", file=sys.stderr, flush=True)
                _download(pip, lock.read_text("utf-8"), target, folder)

    return fill


def _download(pip: list[str], lock: str, target: Target, folder: Path) -> None:
    # Only what is built already: a source archive would need a compiler in the lab.
    words = ["download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"]
    words += ["--require-hashes", "--only-binary=:all:", f"--dest={folder}", *target.options()]
    with tempfile.TemporaryDirectory(prefix="course-lock-") as place:
        file = Path(place, "requirements.txt")
        file.write_text("\n".join(needed(lock, target.environment())), "utf-8")
        result = subprocess.run(
            [*pip, *words, "-r", str(file)], capture_output=True, text=True, errors="replace"
        )
    if result.returncode:
        said = [line for line in result.stderr.splitlines() if line.startswith("ERROR: ")]
        why = plain(said[-1].removeprefix("ERROR: ")) if said else "pip failed"
        raise KitError(
            f"the packages for {target} cannot be had: {why}; check the tag, the version and the "
            "internet connection, then try again"
        )


@contextmanager
def _pip() -> Iterator[list[str]]:
    """The command that runs pip: this environment's, or one of its own where uv made this one."""
    here = [sys.executable, "-m", "pip"]
    if subprocess.run([*here, "--version"], capture_output=True).returncode == 0:
        yield here
        return
    with tempfile.TemporaryDirectory(prefix="course-pip-") as place:
        made = subprocess.run([sys.executable, "-m", "venv", place], capture_output=True)
        if made.returncode:
            raise KitError("pip is needed and is not here; install it in this environment")
        python = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
        yield [str(Path(place, python)), "-m", "pip"]


def _system(tag: str) -> str:
    return tag.split("_")[0]


def _tags(platform: str) -> list[str]:
    """The tags that a machine takes: of manylinux_2_28_x86_64 also those of older systems.

    pip adds the older ones of macOS itself.
    """
    found = re.fullmatch(r"manylinux_2_(\d+)_(\w+)", platform)
    if not found:
        return [platform]
    newest, machine = int(found[1]), found[2]
    new = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 4, -1)]
    return new + [f"{name}_{machine}" for minor, name in ALIASES.items() if minor <= newest]
