"""Imports inside the package run one way, and third-party packages stay where they belong."""

import ast
import functools
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "course_lib"
MODULES = sorted(PACKAGE.rglob("*.py"))

# part of course_lib -> the other parts it may import. Every part may read course_lib.__version__.
# checking and authoring know no lesson: cli hands them the exercises.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "cli": {"usage", "exports", "lab", "grading", "authoring", "exercises", "checking"},
    "exports": {"usage", "lab", "grading", "kits", "teaching", "exercises"},
    "usage": set(),
    "lab": set(),
    "kits": {"usage", "grading", "exercises"},
    "grading": {"exercises", "checking", "sandbox", "plots"},
    "authoring": {"checking"},
    "teaching": {"kits", "checking"},
    "exercises": {
        *("checking", "optimizers", "problems", "gradients", "models", "schedules"),
        *("regularization", "sharpness"),
        *("descent", "batches", "search", "landscapes", "depth"),
        *("second_order", "capstone"),
    },
    "explorers": {
        *("plots", "descent", "optimizers", "problems", "gradients", "models", "schedules"),
        *("regularization", "two_wells"),
        *("second_order", "line_search"),
        *("batches", "search", "slices", "streams", "landscapes", "noise", "depth", "data"),
        *("comparison",),
    },
    "own": set(),
    "plots": {"descent", "optimizers", "problems", "gradients", "models"},
    # What single lessons need: experiments, and what they compare with.
    "batches": {"data", "descent", "models", "optimizers", "problems"},
    "landscapes": {"problems"},
    "noise": {"problems"},
    "warming": {"data", "descent", "models", "optimizers", "sharpness"},
    "sweep": {"descent", "optimizers", "problems"},
    "sharpness": {"data", "descent", "gradients", "models", "optimizers"},
    "regularization": {"problems"},
    "two_wells": set(),
    "line_search": set(),
    "chained": {"problems"},
    "second_order": {"gradients", "line_search", "problems"},
    "effort": {"optimizers", "problems"},
    "noisy_curvature": {"data", "descent", "models", "second_order"},
    "depth": {"data", "descent", "models", "optimizers", "problems"},
    "conventions": {"optimizers", "streams"},
    "streams": {"descent", "optimizers"},
    "online": {"descent", "optimizers"},
    "comparison": {"data", "models", "optimizers"},
    "one_sided": {"descent", "optimizers", "problems"},
    "scoreboard": {"comparison", "plots"},
    "capstone": {"chained", "comparison", "descent", "optimizers", "problems"},
    "layerwise": {"descent", "models", "optimizers"},
    "playoff": {"data", "descent", "models", "optimizers"},
    "slices": {"data", "models"},
    "neighbours": set(),
    "search": set(),
    "descent": {"optimizers", "problems", "models", "data"},
    "checking": {"sandbox"},
    "sandbox": set(),  # what runs beside student code: it can hold no answer, since it imports none
    "optimizers": {"frontier"},
    "frontier": set(),
    "schedules": set(),
    "problems": set(),
    "gradients": set(),
    "models": set(),
    "data": set(),
}
# third-party package -> the only parts that may import it; the other dependencies are free
ONLY_IN: dict[str, set[str]] = {
    "ipywidgets": {"explorers"},
    "anywidget": {"explorers"},
    "jupyterlab": set(),
    "scipy": set(),
    "torch": set(),
    "distributed": {"grading"},
}


def part(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, in full: also inside functions, also relative ones."""
    here = ("course_lib", *path.relative_to(PACKAGE).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: -node.level]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # `from course_lib import plots` imports a part; elsewhere a name of the module.
            yield from (
                f"{module}.{alias.name}" if module == "course_lib" else module
                for alias in node.names
            )


def own_parts(path: Path) -> set[str]:
    split = [name.split(".") for name in imports(path)]
    found = {name[1] for name in split if name[0] == "course_lib" and len(name) > 1}
    return found - {part(path), "__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_below_it(path):
    assert own_parts(path) <= MAY_IMPORT[part(path)]


def test_the_table_itself_runs_one_way():
    TopologicalSorter(MAY_IMPORT).prepare()  # raises CycleError


@functools.cache
def distributions(developer: bool) -> set[str]:
    """What pyproject.toml asks for, and what those packages ask for themselves."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    tools = extras.pop("dev") if developer else []
    declared = {Requirement(one).name for one in [*project["dependencies"], *tools]}
    theirs = [one for name in declared for one in metadata.requires(name) or ()]
    extras.pop("dev", None)
    optional = {Requirement(one).name for extra in extras.values() for one in extra}
    return {canonicalize_name(name) for name in declared | optional} | {
        canonicalize_name(Requirement(one).name) for one in theirs if "extra ==" not in one
    }


@functools.cache
def distribution_of() -> dict[str, set[str]]:
    """Import name -> the distributions that bring it: PIL -> pillow."""
    found = metadata.packages_distributions()
    return {name: {canonicalize_name(one) for one in bring} for name, bring in found.items()}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_third_party_packages_are_declared_and_stay_where_they_belong(path):
    outside = {name.split(".")[0] for name in imports(path)}
    outside -= {"course_lib", *sys.stdlib_module_names}
    there = distributions(developer=part(path) == "authoring")
    # What is not installed, as an extra may not be, is taken to be called like its distribution.
    assert [one for one in outside if not distribution_of().get(one, {one}) & there] == []
    assert [one for one in outside if part(path) not in ONLY_IN.get(one, {part(path)})] == []


def test_the_launcher_needs_the_standard_library_alone():
    tree = ast.parse((ROOT / "course.py").read_text(encoding="utf-8"))
    names = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import course_lib.plots as p", {"plots"}),
        ("from course_lib import plots, descent", {"plots", "descent"}),
        ("from course_lib.explorers.canvas import Canvas", {"explorers"}),
        ("from course_lib import __version__", set()),
        ("from . import judge", set()),
        ("from .. import exercises", {"exercises"}),
        ("from ..exercises import LESSONS", {"exercises"}),
        ("def f():\n    from course_lib.cli import main", {"cli"}),
    ],
)
def test_the_walk_sees_every_kind_of_import(line, found, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    path = tmp_path / "checking" / "sample.py"
    path.parent.mkdir()
    path.write_text(line, encoding="utf-8")
    assert own_parts(path) == found
