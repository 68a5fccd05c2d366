"""Compare what a function gave with what was wanted, and say where they part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Difference:
    """Where two values part: `what` in words, the index, and the two entries as text."""

    what: str
    where: str
    got: str
    wanted: str
    advice: str = ""


def compare(got: Any, wanted: Any, rtol: float) -> Difference | None:
    """The first difference between two values, None when they agree to `rtol`.

    Agreement of numbers: |got - wanted| <= rtol * (|wanted| + 1e-4 * scale), where the scale is
    the largest finite entry of the wanted array; two NaNs agree. The type, then the shape, then
    the entries in order are looked at.
    """
    if isinstance(wanted, np.ndarray) and wanted.ndim > 0:
        return _compare_array(got, wanted, rtol)
    if isinstance(wanted, bool | str) or wanted is None:
        if type(got) is type(wanted) and got == wanted:
            return None
        return Difference("another value", "", show(got), show(wanted), _none_advice(got))
    if isinstance(wanted, int | float | np.ndarray):
        return _compare_number(got, float(wanted), rtol)
    if isinstance(wanted, list):
        return _compare_list(got, wanted, rtol)
    if isinstance(wanted, dict):
        return _compare_dict(got, wanted, rtol)
    raise TypeError(f"a wanted value of type {type(wanted).__name__} cannot be compared")


def agree(got: Any, wanted: Any, rtol: float) -> bool:
    return compare(got, wanted, rtol) is None


def _compare_number(got: Any, wanted: float, rtol: float) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got.item()
    if isinstance(got, bool) or not isinstance(got, int | float):
        advice = _none_advice(got)
        if isinstance(got, np.ndarray) and got.size == 1:
            advice = "Return the number, not an array that holds it: float(a[0])."
        return Difference("another kind of value", "", kind(got), "one number", advice)
    return _first_difference(np.array(float(got)), np.array(wanted), rtol)


def _compare_array(got: Any, wanted: np.ndarray, rtol: float) -> Difference | None:
    name = f"an array of shape {wanted.shape}"
    if isinstance(got, list):
        # The exercise may have put it together, a call an entry: then a call gave nothing.
        empty = next((i for i, item in enumerate(got) if item is None), None)
        if empty is not None and wanted.ndim == 1:
            return Difference(
                "another kind of value", _place((empty,)), "None", "one number", _none_advice(None)
            )
        advice = "Return one array: np.array(your_list)." if got else "Your list is empty."
        return Difference("a list, not an array", "", kind(got), name, advice)
    if not isinstance(got, np.ndarray):
        return Difference("another kind of value", "", kind(got), name, _none_advice(got))
    if got.shape != wanted.shape:
        return Difference(
            "another shape", "", str(got.shape), str(wanted.shape), _shape_advice(got, wanted)
        )
    advice = ""
    if got.dtype in (np.float32, np.float16):
        advice = f"Your array holds {got.dtype} numbers; compute in float64."
    return _first_difference(got, wanted, rtol, advice)


def _compare_list(got: Any, wanted: list, rtol: float) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim == 1 and len(got) == len(wanted):
        got = got.tolist()  # np.array([lr, rate]) stands for (lr, rate)
    if not isinstance(got, list):
        want = f"{len(wanted)} values"
        return Difference("another kind of value", "", kind(got), want, _none_advice(got))
    if len(got) != len(wanted):
        return Difference(
            "another number of values",
            "",
            f"{len(got)} values",
            f"{len(wanted)} values",
            "Look at the return line: which values, in which order?",
        )
    for i, (a, b) in enumerate(zip(got, wanted, strict=True)):
        difference = compare(a, b, rtol)
        if difference:
            return _inside(f"value {i + 1}", difference)
    return None


def _compare_dict(got: Any, wanted: dict, rtol: float) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("another kind of value", "", kind(got), "a dict", _none_advice(got))
    if got.keys() != wanted.keys():
        return Difference("other keys", "", ", ".join(got) or "none", ", ".join(wanted))
    for key, value in wanted.items():
        difference = compare(got[key], value, rtol)
        if difference:
            return _inside(f"[{key!r}]", difference)
    return None


def _inside(place: str, d: Difference) -> Difference:
    where = f"{place}, {d.where}" if d.where else place
    return Difference(d.what, where, d.got, d.wanted, d.advice)


def _first_difference(
    got: np.ndarray, wanted: np.ndarray, rtol: float, advice: str = ""
) -> Difference | None:
    a, b = got.astype(float), wanted.astype(float)
    with np.errstate(all="ignore"):
        finite = np.abs(b[np.isfinite(b)])
        size = np.where(np.isfinite(b), np.abs(b), 0.0)  # near infinity is not near
        bound = rtol * (size + 1e-4 * finite.max(initial=0.0))
        close = (np.abs(a - b) <= bound) | (a == b) | (np.isnan(a) & np.isnan(b))
    if close.all():
        return None
    index = tuple(int(i) for i in np.argwhere(~close)[0]) if b.ndim else ()
    x, y = float(a[index]), float(b[index])
    return Difference(
        "another number", _place(index), number(x, y), number(y, x), advice or _value_advice(a, b)
    )


def _place(index: tuple[int, ...]) -> str:
    if not index:
        return ""
    if len(index) == 1:
        return f"entry [{index[0]}]"
    if len(index) == 2:
        return f"row {index[0]}, entry {index[1]}"
    return f"entry [{', '.join(map(str, index))}]"


def _value_advice(got: np.ndarray, wanted: np.ndarray) -> str:
    """A pattern in the difference that points to its cause, in words; "" if there is none."""
    bad = ~np.isfinite(got) & np.isfinite(wanted)
    if bad.any():
        return (
            "Yours is not finite there. Look for a division by zero, 0/0, "
            "or a power or exponential that overflows."
        )
    both = np.isfinite(got) & np.isfinite(wanted) & (wanted != 0)
    if both.any():
        ratios = got[both] / wanted[both]
        factor = float(ratios[0])
        if np.allclose(ratios, factor, rtol=1e-6, atol=0) and (got[~both] == wanted[~both]).all():
            if factor == 0:
                return "Yours is zero throughout."
            if np.isclose(factor, -1, rtol=1e-6):
                return "Yours has the opposite sign throughout."
            # One number has a factor always; it is a finding only if it is a round one.
            if both.sum() > 1 or np.isclose(abs(factor), [0.5, 2, 4, 0.25], rtol=1e-6).any():
                return f"Yours is {factor:.4g} times the wanted value throughout."
    if got.ndim == 2 and got.shape[0] == got.shape[1] and np.allclose(got.T, wanted, rtol=1e-6):
        return "Yours is the transpose of what is wanted."
    if got.ndim >= 1 and len(got) > 2 and np.allclose(got[:-1], wanted[1:], rtol=1e-6):
        return "Yours runs one row ahead of what is wanted."
    if got.ndim >= 1 and len(got) > 2 and np.allclose(got[1:], wanted[:-1], rtol=1e-6):
        return "Yours runs one row behind what is wanted."
    return ""


def _shape_advice(got: np.ndarray, wanted: np.ndarray) -> str:
    if got.ndim == wanted.ndim and got.shape[1:] == wanted.shape[1:]:
        more = got.shape[0] - wanted.shape[0]
        one, several = ("row", "rows") if got.ndim > 1 else ("entry", "entries")
        unit = one if abs(more) == 1 else several
        return f"Yours has {abs(more)} {unit} too {'many' if more > 0 else 'few'}."
    if got.shape == wanted.shape[::-1]:
        return "Yours looks transposed."
    return "Print the shapes of the arrays you combine: an operation broadcast, or dropped an axis."


def _none_advice(got: Any) -> str:
    return "A function without a return line returns None. Is yours missing?" if got is None else ""


def kind(value: Any) -> str:
    """What a value is, in a few words."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, bool):
        return f"the truth value {value}"
    if isinstance(value, int | float):
        return f"the number {number(value)}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, dict):
        return f"a dict with the keys {', '.join(value) or '(none)'}"
    return f"a list of {len(value)} value{'s' * (len(value) != 1)}"


def number(value: float, beside: float | None = None) -> str:
    """A number in as few digits as tell it from `beside`, four at least."""
    for digits in (4, 6, 9, 12, 17):
        text = f"{value:.{digits}g}"
        if beside is None or value == beside or text != f"{beside:.{digits}g}":
            return text
    return repr(value)


def show(value: Any) -> str:
    """A value as short text, the way it would be typed."""
    if isinstance(value, np.ndarray):
        if value.size > 12:
            return f"an array of shape {value.shape}"
        return show(value.tolist())
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {show(v)}" for k, v in value.items()) + "}"
    if callable(value):
        return getattr(value, "__name__", "a function")
    return repr(value)[:80]
