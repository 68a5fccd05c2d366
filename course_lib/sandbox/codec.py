"""Values as bytes, and back: all that ever passes between a check and a student's function.

What crosses: None, bool, int (64 bits), float, str, NumPy arrays of numbers, lists and tuples
(both arrive as lists), and dicts with string keys, at most DEPTH levels deep. Towards the student
also callables and random generators, which cross as tokens. Nothing else, and never pickle: an
object could bring code along.

The format is msgpack, with arrays as an extension (dtype, shape, bytes). Every size is checked
before anything is built from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgpack
import numpy as np

DEPTH = 6
MAX_BYTES = 1 << 20
MAX_ITEMS = 10_000

ARRAY, CALLABLE, GENERATOR = 1, 2, 3
DTYPES = frozenset(np.dtype(t).str for t in "?bBhHiIqQefd")


class CodecError(ValueError):
    """A value that cannot cross; the message says which and why."""


@dataclass(frozen=True)
class Token:
    """Stands for something that stays on its own side: a callable, or a generator (its seed).

    The seed of a callable is 1 if it gives the same array every time, with new numbers in it.
    """

    kind: int
    number: int
    seed: int = 0

    def __repr__(self) -> str:  # a card shows it to the student
        return f"np.random.default_rng({self.seed})" if self.kind == GENERATOR else "a function"


def encode(
    value: Any, token: Callable[[Any], Token | None] = lambda _: None, limit: int = MAX_BYTES
) -> bytes:
    """Value -> bytes. `token` gives the Token of an object that stays here, None for all others.

    Raises CodecError for anything that may not cross.
    """
    try:
        data = msgpack.packb(_plain(value, token, DEPTH))
    except (OverflowError, ValueError, UnicodeEncodeError) as error:
        if isinstance(error, CodecError):
            raise
        raise CodecError(f"a value that cannot be handed over ({error})") from None
    if len(data) > limit:
        raise CodecError(f"{len(data):,} bytes; at most {limit:,} can be handed over")
    return data


def _plain(value: Any, token: Callable[[Any], Token | None], depth: int) -> Any:
    if depth < 0:
        raise CodecError(f"a value nested more than {DEPTH} levels deep")
    if value is None or isinstance(value, bool | int | float | str):
        return _scalar(value)
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.bool_ | np.integer | np.floating):
        return _scalar(value.item())
    if isinstance(value, list | tuple):
        if len(value) > MAX_ITEMS:
            raise CodecError(f"a list of {len(value):,} items; at most {MAX_ITEMS:,}")
        return [_plain(item, token, depth - 1) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise CodecError("a dict whose keys are not all strings")
        return {str(key): _plain(item, token, depth - 1) for key, item in value.items()}
    mark = token(value)
    if mark is not None:
        return msgpack.ExtType(mark.kind, msgpack.packb((mark.number, mark.seed)))
    if isinstance(value, Iterator):
        items = list(islice(value, MAX_ITEMS + 1))
        if len(items) > MAX_ITEMS:
            raise CodecError(f"an iterator that goes on after {MAX_ITEMS:,} items")
        return [_plain(item, token, depth - 1) for item in items]
    raise CodecError(f"{_article(type(value).__name__)}, which is no number, array, list or dict")


def _scalar(value: Any) -> Any:
    # A subclass of float or str may answer as it likes; the plain type cannot.
    if value is None or type(value) is bool:
        return value
    if isinstance(value, int):
        value = int(value)
        if not -(2**63) <= value < 2**64:
            raise CodecError("an integer of more than 64 bits")
        return value
    if isinstance(value, str):
        return str(value)
    return float(value)


def _array(value: np.ndarray) -> msgpack.ExtType:
    array = np.asarray(value)
    if array.nbytes > MAX_BYTES:  # before its bytes are copied: it may be larger than the memory
        raise CodecError(f"{array.nbytes:,} bytes; at most {MAX_BYTES:,} can be handed over")
    if array.dtype == np.longdouble and array.dtype.str not in DTYPES:
        array = array.astype(np.float64)
    if array.dtype.str not in DTYPES:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.dtype.str not in DTYPES:
        raise CodecError(f"an array of dtype {array.dtype}; only real numbers can be handed over")
    head = (array.dtype.str, list(array.shape), np.ndarray.tobytes(array))
    return msgpack.ExtType(ARRAY, msgpack.packb(head))


def _article(name: str) -> str:
    return ("an " if name[:1].lower() in "aeiou" else "a ") + name


def decode(
    data: bytes, untoken: Callable[[Token], Any] | None = None, limit: int = MAX_BYTES
) -> Any:
    """Bytes -> value, every array a fresh writable copy. Tokens are refused without `untoken`.

    Raises CodecError for anything that encode could not have written.
    """
    if len(data) > limit:
        raise CodecError(f"{len(data):,} bytes; at most {limit:,} are read")

    def extension(code: int, body: bytes) -> Any:
        if code == ARRAY:
            return _rebuild(body)
        if untoken is not None and code in (CALLABLE, GENERATOR):
            fields = msgpack.unpackb(body)
            if not (isinstance(fields, list) and [type(f) for f in fields] == [int, int]):
                raise CodecError("a token that is not two integers")
            return untoken(Token(code, *fields))
        raise CodecError(f"an extension of type {code}")

    try:
        value = msgpack.unpackb(
            data,
            ext_hook=extension,
            strict_map_key=True,
            max_array_len=MAX_ITEMS,
            max_map_len=MAX_ITEMS,
            max_str_len=limit,
            max_bin_len=limit,
            max_ext_len=limit,
        )
    except CodecError:
        raise
    except Exception as error:  # msgpack raises a dozen kinds; all mean the same here
        raise CodecError(f"bytes that are no value ({type(error).__name__})") from None
    _check_depth(value, DEPTH)
    return value


def _rebuild(body: bytes) -> np.ndarray:
    head = msgpack.unpackb(body, max_array_len=64)
    if not (isinstance(head, list) and len(head) == 3):
        raise CodecError("an array without dtype, shape and bytes")
    dtype, shape, raw = head
    if not (isinstance(dtype, str) and dtype in DTYPES):
        raise CodecError("an array of a dtype that is not allowed")
    if not (
        isinstance(shape, list)
        and len(shape) <= 8
        and all(type(n) is int and 0 <= n <= MAX_BYTES for n in shape)
    ):
        raise CodecError("an array of an impossible shape")
    if not isinstance(raw, bytes) or math.prod(shape) * np.dtype(dtype).itemsize != len(raw):
        raise CodecError("an array whose bytes do not fill its shape")
    return np.frombuffer(raw, dtype).reshape(shape).copy()


def _check_depth(value: Any, depth: int) -> None:
    if depth < 0:
        raise CodecError(f"a value nested more than {DEPTH} levels deep")
    if isinstance(value, bytes):
        raise CodecError("raw bytes, which are no value here")
    if isinstance(value, list):
        for item in value:
            _check_depth(item, depth - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise CodecError("a dict whose keys are not all strings")
            _check_depth(item, depth - 1)
