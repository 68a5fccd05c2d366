"""The process in which a student's notebook runs when it is checked outside Jupyter.

It reads frames from standard input and answers on standard output: first the cells, then calls.
A frame is a length (4 bytes, big-endian) and a msgpack list. Student code sees neither: both
descriptors are moved away before it runs, and its own output goes nowhere.
"""

from __future__ import annotations

import ast
import builtins
import functools
import linecache
import os
import struct
import sys
import types
from collections.abc import Callable, Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import IO, Any

import msgpack
import numpy as np

from course_lib.checking.server import serve

MAX_FRAME = 32 << 20

# What a lesson imports for its pictures and checks. Here it does nothing.
STUBBED = ("course_lib", "matplotlib", "ipywidgets", "IPython", "tqdm", "pylab", "seaborn")


def write_frame(stream: IO[bytes], message: list) -> None:
    data = msgpack.packb(message)
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


def read_frame(stream: IO[bytes], limit: int = MAX_FRAME) -> list:
    """The next frame. Raises EOFError at the end, ValueError for a frame that is not one."""
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    (length,) = struct.unpack(">I", head)
    if length > limit:
        raise ValueError(f"a frame of {length:,} bytes; at most {limit:,}")
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    message = msgpack.unpackb(data)
    if not (isinstance(message, list) and message and isinstance(message[0], str)):
        raise ValueError("a frame that is no message")
    return message


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


class InertModules(MetaPathFinder, Loader):
    """Imports every module of STUBBED as an inert one."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name.split(".")[0] in STUBBED:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        inert = Inert()
        module.__getattr__ = lambda name: _no_dunder(name, inert)  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        return None


def _no_dunder(name: str, inert: Inert) -> Inert:
    if name.startswith("__"):
        raise AttributeError(name)
    return inert


def definitions(tree: ast.Module) -> list[ast.stmt]:
    """The statements that define and import, without those that compute."""
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return [
        node
        for node in tree.body
        if isinstance(node, kinds)
        or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant))
    ]


def run_cell(number: int, source: str, definitions_only: bool, namespace: dict) -> None:
    """Run a cell statement by statement; one that fails spoils itself only."""
    filename = f"<cell {number}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    try:
        tree = ast.parse(source, filename)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in definitions(tree) if definitions_only else tree.body:
        try:
            exec(compile(ast.Module([node], []), filename, "exec"), namespace)
        except (Exception, SystemExit, KeyboardInterrupt):
            continue


def find(namespace: dict, name: str) -> Any:
    """The student's function, so wrapped that the course's own answer is not taken for theirs."""
    function = namespace[name]
    if isinstance(function, Inert):

        def borrowed(*_: Any) -> None:
            raise CourseAnswerUsed

        return borrowed
    if not callable(function):
        return function

    @functools.wraps(function)
    def own(*args: Any) -> Any:
        result = function(*args)
        items = result if isinstance(result, list | tuple) else (result,)
        if any(isinstance(item, Inert) for item in items):
            raise CourseAnswerUsed
        return result

    return own


def main() -> None:
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(os.dup(nothing), m) for m in ("r", "w", "w"))

    for name in [name for name in sys.modules if name.split(".")[0] in STUBBED]:
        del sys.modules[name]
    sys.meta_path.insert(0, InertModules())
    student = types.ModuleType("__main__")
    sys.modules["__main__"] = student
    namespace = vars(student)
    get_ipython: Callable[[], Inert] = Inert
    namespace.update(__builtins__=builtins, get_ipython=get_ipython, display=Inert())
    answer(source, sink, namespace)


def answer(source: IO[bytes], sink: IO[bytes], namespace: dict) -> None:
    """Run cells and answer calls until the source ends."""
    generators: dict[int, np.random.Generator] = {}

    def ask(number: int, arguments: bytes) -> bytes:
        write_frame(sink, ["ask", number, arguments])
        return read_frame(source)[1]

    while True:
        try:
            kind, *rest = read_frame(source)
        except EOFError:
            return
        if kind == "cell":
            number, text, definitions_only = rest
            run_cell(number, text, definitions_only, namespace)
            write_frame(sink, ["ran"])
        elif rest[0] not in namespace:
            write_frame(sink, ["reply", {"kind": "not found"}])
        else:
            name, arguments = rest
            reply = serve(find(namespace, name), arguments, ask, generators)
            write_frame(sink, ["reply", reply])


if __name__ == "__main__":
    main()
