"""The locks and environment.yml say the same as pyproject.toml, and name no host."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
DEVELOPER = PROJECT["project"]["optional-dependencies"]["dev"]
CLUSTER = PROJECT["project"]["optional-dependencies"]["cluster"]
BUILD = PROJECT["build-system"]["requires"]
LOCKS = {
    "requirements.lock": [*RUNTIME, *BUILD],
    "requirements-dev.lock": [*RUNTIME, *BUILD, *DEVELOPER],
    "requirements-cluster.lock": [*RUNTIME, *BUILD, *CLUSTER],
}
PIP_ONLY = {
    "py-landlock",
    "pyseccomp",
    "ziamath",
}  # conda-forge lacks them; `pip install -e .` brings them
# Where conda-forge calls a package by another name than PyPI does.
CONDA_NAMES = {"msgpack-python": "msgpack", "playwright-python": "playwright"}


def text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, list[str]]:
    """name -> the pinned lines; there can be several, one for each kind of machine."""
    found: dict[str, list[str]] = {}
    for line in text(lock).splitlines():
        if line and line[0] not in " #":
            pin = line.removesuffix("\\").strip()
            found.setdefault(canonicalize_name(Requirement(pin).name), []).append(pin)
    return found


def ranges(requirements: list[str]) -> dict[str, str]:
    parsed = [Requirement(one) for one in requirements]
    return {canonicalize_name(one.name): str(one.specifier) for one in parsed}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_nothing_else(lock):
    pin = r"[a-z0-9._-]+==[^\s;]+( ; [^\\]+)? \\"
    hashed = r"    --hash=sha256:[0-9a-f]{64}( \\)?"
    strange = [x for x in text(lock).splitlines() if not re.fullmatch(f"{pin}|{hashed}", x)]
    assert strange == []  # no host, no index, no --find-links, no file, no comment


@pytest.mark.parametrize(
    ("lock", "wanted"), [(lock, one) for lock, wanted in LOCKS.items() for one in wanted]
)
def test_a_lock_pins_what_the_project_asks_for(lock, wanted):
    asked = Requirement(wanted)
    pinned = [Requirement(pin) for pin in pins(lock)[canonicalize_name(asked.name)]]
    for one in pinned:
        (version,) = one.specifier
        assert asked.specifier.contains(version.version)


def versions(lock: str) -> dict[str, set[str]]:
    return {name: {pin.partition(" ;")[0] for pin in found} for name, found in pins(lock).items()}


def test_the_locks_pin_the_same_versions():
    student, developer = pins("requirements.lock"), pins("requirements-dev.lock")
    assert student.items() <= developer.items()
    # An extra may need a package on more kinds of machines, and so have other markers.
    developers, cluster = versions("requirements-dev.lock"), versions("requirements-cluster.lock")
    assert student.keys() <= cluster.keys()
    both = developers.keys() & cluster.keys()
    assert {name: cluster[name] for name in both} == {name: developers[name] for name in both}


def test_developers_tools_are_not_in_the_students_lock():
    assert {"pytest", "mypy", "ruff", "playwright"}.isdisjoint(pins("requirements.lock"))


def test_the_conda_environment_has_the_projects_ranges():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    found = ranges(conda)
    assert found.pop("python") == PROJECT["project"]["requires-python"]
    assert found.pop("pip") == ""
    found = {CONDA_NAMES.get(name, name): specifier for name, specifier in found.items()}
    wanted = ranges([*RUNTIME, *DEVELOPER])
    assert found == {name: wanted[name] for name in wanted.keys() - PIP_ONLY}
    assert pip == {"pip": ["-e ."]}
    assert environment["channels"][0] == "conda-forge"


def test_the_build_backend_is_a_developers_package_with_the_same_range():
    assert ranges(BUILD).items() <= ranges(DEVELOPER).items()
