"""The worker: runs a notebook's cells and answers calls of its functions.

It reads messages (see frames) from one stream and writes to another:

    ["cell", n, source, definitions_only]   ->  ["ran", n]
    ["call", n, name, arguments]            ->  ["reply", n, reply]   (a reply as in server.serve)
                                                or first, any number of times,
                                            ->  ["ask", n, function, arguments]
    ["answer", n, value]

Student code sees neither stream: standard input and output lead nowhere before it runs.
"""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import linecache
import os
import re
import sys
import types
from typing import IO, Any

import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from course_lib.sandbox import stubs
from course_lib.sandbox.frames import read_frame, write_frame
from course_lib.sandbox.server import serve
from course_lib.sandbox.stubs import CourseAnswerUsed, Inert

# Cell magics whose body is Python; the body of any other (%%bash, %%html) is not.
PYTHON_CELL_MAGIC = re.compile(r"\A\s*%%(time|timeit|capture|prun)\b.*")

DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)


def plain_python(source: str) -> str:
    """A cell's source with IPython's magics and shell lines turned into calls."""
    source = PYTHON_CELL_MAGIC.sub("", source)
    try:
        return TransformerManager().transform_cell(source)
    except Exception:  # a cell that cannot even be tokenised is a syntax error later
        return source


def definitions(tree: ast.Module) -> list[ast.stmt]:
    """The statements that define and import, without those that compute."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return [
        node
        for node in tree.body
        if isinstance(node, kinds)
        or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant))
    ]


def run_cell(
    number: int, source: str, definitions_only: bool, namespace: dict, unread: dict[str, str]
) -> None:
    """Run a cell statement by statement; one that fails spoils itself only.

    Of a cell that is no Python, `unread` gets the functions that it would define: name -> why.
    """
    filename = f"<cell {number}>"
    try:
        try:
            tree = ast.parse(source, filename)
        except SyntaxError:  # magics, or a mistake
            source = plain_python(source)
            tree = ast.parse(source, filename)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        why = f"{type(error).__name__}: {error.args[0] if error.args else ''}"
        if isinstance(error, SyntaxError) and error.text and error.text.strip():
            why += f", at `{error.text.strip()[:100]}`"
        unread.update(dict.fromkeys(DEFINES.findall(source), why))
        return
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    for node in definitions(tree) if definitions_only else tree.body:
        try:
            run_statement(node, filename, namespace)
        except BaseException:  # also SystemExit, and whatever else a student derives from it
            continue


def run_statement(node: ast.stmt, filename: str, namespace: dict) -> None:
    # As in Jupyter, `await` may stand outside of a function; then a coroutine comes back.
    code = compile(ast.Module([node], []), filename, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = eval(code, namespace)
    if running is not None:
        try:
            while True:
                running.send(None)
        except StopIteration:
            pass


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
        try:
            result = function(*args)
        except Exception as error:
            if names := stood_in(error):
                error.add_note(
                    "A graded function has Python and NumPy, not the course: nothing comes of "
                    f"{names} there."
                )
            raise
        items = result if isinstance(result, list | tuple) else (result,)
        if any(isinstance(item, Inert) for item in items):
            raise CourseAnswerUsed
        return result

    return own


def stood_in(error: Exception) -> str:
    """The names in the code that raised which only stand for something: `a`, `b`."""
    names: dict[str, None] = {}
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        for name in (*frame.f_code.co_names, *frame.f_code.co_varnames):
            if isinstance(frame.f_locals.get(name, frame.f_globals.get(name)), Inert):
                names[f"`{name}`"] = None
        trace = trace.tb_next
    return ", ".join(names)


def new_namespace() -> dict[str, Any]:
    """The names that a notebook starts with. From here on, imports of the course are stand-ins."""
    stubs.install()
    student = types.ModuleType("__main__")
    sys.modules["__main__"] = student
    namespace = vars(student)
    namespace.update(__builtins__=builtins, get_ipython=Inert, display=Inert())
    return namespace


def answer(source: IO[bytes], sink: IO[bytes], namespace: dict) -> None:
    """Run cells and answer calls until the source ends."""
    generators: dict[int, np.random.Generator] = {}
    unread: dict[str, str] = {}
    cells = itertools.count(1)  # what a traceback shows; a message's number is drawn by lot
    while True:
        try:
            kind, number, *rest = read_frame(source)
        except EOFError:
            return
        if kind == "cell":
            text, definitions_only = rest
            run_cell(next(cells), text, definitions_only, namespace, unread)
            write_frame(sink, ["ran", number])
        else:
            name, arguments = rest
            if name in namespace:
                reply = call(number, name, arguments, source, sink, namespace, generators)
            else:
                reply = {"kind": "not found", "message": unread.get(name, "")}
            write_frame(sink, ["reply", number, reply])


def call(
    number: int,
    name: str,
    arguments: bytes,
    source: IO[bytes],
    sink: IO[bytes],
    namespace: dict,
    generators: dict[int, np.random.Generator],
) -> dict:
    def ask(function: int, values: bytes) -> bytes:
        write_frame(sink, ["ask", number, function, values])
        return read_frame(source)[2]

    try:
        return serve(find(namespace, name), arguments, ask, generators)
    except BaseException as error:  # SystemExit and the like, and exceptions that cannot be shown
        return {"kind": "error", "type": type(error).__name__, "message": "", "line": ""}


def quiet() -> None:
    """Standard input, output and error lead nowhere from now on."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    sys.stdin = os.fdopen(0, "r", closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)


def main() -> None:
    """The worker without a fence: `course check`, on any system."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    quiet()
    answer(source, sink, new_namespace())


if __name__ == "__main__":
    main()
