"""The value codec: what crosses comes back the same, and nothing else crosses."""

import contextlib
import itertools

import msgpack
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from course_lib.sandbox.codec import (
    ARRAY,
    CALLABLE,
    GENERATOR,
    CodecError,
    Token,
    decode,
    encode,
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
)
arrays = hnp.arrays(
    st.sampled_from(["?", "i1", "u2", "i8", "f2", "f4", "f8"]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(a, b):
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values)
def test_a_value_comes_back_the_same(value):
    try:
        data = encode(value)
    except CodecError:
        with pytest.raises(CodecError, match="levels deep"):
            encode(value)
    else:
        assert same(value, decode(data))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_refused(data):
    with contextlib.suppress(CodecError):  # any other error fails the test
        decode(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_bytes_are_a_value_or_refused(data):
    whole = bytearray(encode([np.arange(6.0).reshape(2, 3), {"a": [1, "b"]}, None]))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CodecError):
        decode(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


@pytest.mark.parametrize(
    ("value", "back"),
    [
        ((1, 2.5), [1, 2.5]),
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (iter([1, 2]), [1, 2]),
        (np.longdouble(0.5), 0.5),
    ],
)
def test_crosses_as_something_plainer(value, back):
    assert same(decode(encode(value)), back)


def test_arrays_arrive_fresh_and_writable():
    sent = np.arange(3.0)
    data = encode([sent, sent[::-1], np.asfortranarray(np.eye(2))])
    first, second = decode(data), decode(data)
    first[0][:] = 7
    assert second[0].tolist() == [0, 1, 2]
    assert sent.tolist() == [0, 1, 2]
    assert first[1].tolist() == [2, 1, 0]


deep: list = []
for _ in range(60):
    deep = [deep]
loop: list = []
loop.append(loop)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (2**70, "64 bits"),
        (1j, "a complex"),
        (np.array([1j]), "complex128"),
        (np.array([None]), "dtype object"),
        (np.array(["a"]), "dtype <U1"),
        (object(), "an object"),
        ({1: 2}, "not all strings"),
        ({1, 2}, "a set"),
        (b"raw", "a bytes"),
        (deep, "levels deep"),
        (loop, "levels deep"),
        (itertools.count(), "goes on after 10,000"),
        ([0] * 10_001, "at most 10,000"),
        (np.zeros(200_000), "can be handed over"),
        ("\ud800", "cannot be handed over"),
        (print, "a builtin_function_or_method"),
    ],
    ids=repr,
)
def test_what_may_not_cross(value, words):
    with pytest.raises(CodecError, match=words):
        encode(value)


def ext(code, *fields):
    return msgpack.packb(msgpack.ExtType(code, msgpack.packb(fields)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no value"),
        (b"\xc1", "no value"),
        (msgpack.packb(b"raw"), "raw bytes"),
        (msgpack.packb({1: 2}), "no value|strings"),
        (ext(ARRAY, "<f8", [2], b"\0" * 8), "do not fill"),
        (ext(ARRAY, "<f8", [-1], b""), "impossible shape"),
        (ext(ARRAY, "<f8", [10**12, 10**12], b""), "impossible shape"),
        (ext(ARRAY, "<f8", [1] * 9, b"\0" * 8), "impossible shape"),
        (ext(ARRAY, "|O", [1], b"\0" * 8), "not allowed"),
        (ext(ARRAY, 3, [1], b"\0" * 8), "not allowed"),
        (ext(ARRAY, "<f8"), "without dtype"),
        (ext(CALLABLE, 1, 0), "extension of type 2"),
        (ext(99, 1), "extension of type 99"),
        (b"\xdd\xff\xff\xff\xff", "no value"),
        (b"\x91" * 60 + b"\x00", "levels deep"),
        (b"\0" * (1 << 21), "at most"),
    ],
)
def test_bytes_that_are_refused(data, words):
    with pytest.raises(CodecError, match=words):
        decode(data)


@pytest.mark.parametrize("kind", [CALLABLE, GENERATOR])
def test_tokens_cross_only_where_they_are_expected(kind):
    data = encode([Token(kind, 4, 9)], lambda value: value if isinstance(value, Token) else None)
    assert decode(data, lambda token: token) == [Token(kind, 4, 9)]
    with pytest.raises(CodecError):
        decode(data)
