"""Stand-ins for what a lesson imports besides NumPy: pictures, widgets, checks. They do nothing."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

STUBBED = ("course_lib", "matplotlib", "ipywidgets", "IPython", "tqdm", "pylab", "seaborn")


class CourseAnswerUsed(Exception):
    """A student's function that hands on what the course computed."""


class Inert:
    """Takes part in everything and does nothing: a picture, a widget, the course's own answer."""

    def __getattr__(self, name: str) -> Inert:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Inert:
        return self

    def __getitem__(self, key: Any) -> Inert:
        return self

    def __iter__(self) -> Iterator[Inert]:
        return iter((self, self))  # `fig, ax = figure()` unpacks two

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *error: Any) -> None:
        return None


def ready(exercise_id: str, function: Callable) -> Callable:
    """In the notebook, the student's function once it passes. Here it is theirs in any case."""
    return function if callable(function) else Inert()


class InertModules(MetaPathFinder, Loader):
    """Imports every module of STUBBED as an inert one."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name.split(".")[0] in STUBBED:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        inert = Inert()
        module.__getattr__ = lambda name: getattr(inert, name)  # type: ignore[method-assign]
        if spec.name == "course_lib.exercises":
            module.ready = ready  # type: ignore[attr-defined]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        return None


def install() -> None:
    """From now on, importing a stubbed module gives a stand-in, also if the real one was loaded."""
    for name in [name for name in sys.modules if name.split(".")[0] in STUBBED]:
        del sys.modules[name]
    sys.meta_path.insert(0, InertModules())
