"""The function server: runs one function on encoded arguments, wherever that function lives.

It is the callee's side, the same code in the notebook, behind the terminal's `course check` and
in a jailed worker: decode fresh arguments, call, watch what the call printed, warned and changed,
encode the result. It knows nothing of exercises.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.sandbox.codec import CALLABLE, CodecError, Token, decode, encode

MAX_TEXT = 2000

Ask = Callable[[int, bytes], bytes]


class CallbackError(Exception):
    """A function that the check handed to the student refused what it was asked."""


class _BoundedText(io.StringIO):
    def write(self, text: str) -> int:
        room = MAX_TEXT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


def serve(
    function: Any, arguments: bytes, ask: Ask, generators: dict[int, np.random.Generator]
) -> dict:
    """Call `function` on encoded arguments; return a plain reply, never raise what it raised.

    The reply holds "kind": "value" (with "value", encoded) or one of "error", "signature",
    "unsendable", "not a function"; besides "changed" (the positions of the arguments that the call
    changed), "printed" and "warned". `ask(number, arguments)` reaches the callables that stayed
    on the other side; `generators` keeps the random generators between calls.
    """
    if not callable(function):
        return {"kind": "not a function", "type": type(function).__name__}

    def untoken(token: Token) -> Any:
        if token.kind == CALLABLE:
            return _Remote(token.number, ask, reuses=bool(token.seed))
        return generators.setdefault(token.number, np.random.default_rng(token.seed))

    args = decode(arguments, untoken)
    before = decode(arguments, lambda token: None)
    printed = _BoundedText()
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),  # a cell that writes there gets 0 from nbgrader
    ):
        warnings.simplefilter("always")
        try:
            reply = {"kind": "value", "value": encode(function(*args))}
        except CodecError as error:
            reply = {"kind": "unsendable", "message": str(error)}
        except (Exception, SystemExit) as error:
            complaint = _signature_complaint(function, len(args), error)
            if complaint:
                return {"kind": "signature", "message": complaint}
            reply = {"kind": "error", **_describe(error, function)}
    pairs = enumerate(zip(args, before, strict=True))
    reply["changed"] = [i for i, (after, sent) in pairs if not _same(after, sent)]
    reply["printed"] = printed.getvalue()
    reply["warned"] = list(dict.fromkeys(_warning_text(w) for w in caught))[:3]
    return reply


class _Remote:
    """A callable on the other side. It takes and gives values, like any function of the course.

    One that `reuses` its array fills the one it gave before, as NumPy does with out=: whoever keeps
    that array without a copy finds other numbers in it later.
    """

    def __init__(self, number: int, ask: Ask, reuses: bool = False) -> None:
        self._number, self._ask, self._reuses = number, ask, reuses
        self._given: Any = None

    def __call__(self, *args: Any) -> Any:
        answer = decode(self._ask(self._number, encode(args)))
        if "refused" in answer:
            raise CallbackError(answer["refused"])
        if not self._reuses:
            return answer["value"]
        if self._given is None:
            self._given = answer["value"]
        self._given[...] = answer["value"]
        return self._given


_Remote.__name__ = "function"  # it stands in what Python says: 'function' is not subscriptable


def _signature_complaint(function: Callable, count: int, error: BaseException) -> str:
    """What is wrong with the function's arguments, in words, if that is why it raised."""
    if not isinstance(error, TypeError):
        return ""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-ins do not tell
        return ""
    try:
        signature.bind(*range(count))
    except TypeError:
        return f"it takes ({', '.join(signature.parameters)}), and is called with {count} values"
    return ""


def _describe(error: BaseException, function: Callable) -> dict[str, str]:
    """The error in words, with the line of the student's code at which it was raised."""
    line = ""
    code = getattr(inspect.unwrap(function), "__code__", None)
    filename = getattr(code, "co_filename", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = linecache.getline(str(filename), trace.tb_lineno).strip()
        trace = trace.tb_next
    return {
        "type": type(error).__name__,
        "message": _safe_text(error)[:MAX_TEXT],
        "line": line[:200],
    }


def _safe_text(error: BaseException) -> str:
    try:
        text, notes = str(error), getattr(error, "__notes__", ())
        return f"{text.rstrip('.')}. {' '.join(notes)}" if notes else text
    except Exception:  # an exception's own __str__ is the student's code, too
        return "(its text cannot be read)"


def _warning_text(record: warnings.WarningMessage) -> str:
    return f"{record.category.__name__}: {record.message}"[:200]


def _same(a: Any, b: Any) -> bool:
    """Whether a value is what it was; tokens are never compared.

    Arrays may differ by rounding: w[i] += h and w[i] -= h restore an entry only nearly.
    """
    if isinstance(b, np.ndarray):
        return (
            isinstance(a, np.ndarray)
            and a.shape == b.shape
            and (
                a.tobytes() == b.tobytes()  # by far the most common, and quick
                or np.allclose(a, b, rtol=1e-12, atol=1e-12, equal_nan=True)
            )
        )
    if isinstance(b, list):
        return isinstance(a, list) and len(a) == len(b) and all(map(_same, a, b))
    if isinstance(b, dict):
        return isinstance(a, dict) and a.keys() == b.keys() and all(_same(a[k], b[k]) for k in b)
    return b is None or a is b or a == b or (a != a and b != b)
