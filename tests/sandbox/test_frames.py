"""Frames: what is written comes back, and any other bytes are refused cleanly."""

import io
import struct

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from course_lib.sandbox.frames import FrameError, length, pack, read_frame, unpack

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.text(), st.integers(0, 2**32), st.lists(PLAIN, max_size=4))
def test_a_message_comes_back(kind, number, rest):
    message = [kind, number, *rest]
    assert read_frame(io.BytesIO(pack(message))) == message


@given(st.binary(max_size=200))
@example(b"\xc1")
@example(b"\x91" * 5000)  # a list in a list in a list
@example(b"\xdd\xff\xff\xff\xff")  # a list that claims 2^32 items
@example(b"\xc6\xff\xff\xff\xff")  # bytes that claim 4 GB
@example(b"\xd4\x01\x00")  # an extension
@example(b"\x82\xa1a\x01\xa1a\x02")  # a key twice
@example(msgpack.packb([1, 2]))
@example(msgpack.packb(["reply", True, {}]))
def test_any_bytes_are_a_message_or_refused(body):
    try:
        message = unpack(body)
    except FrameError:
        return
    assert isinstance(message[0], str)
    assert type(message[1]) is int


def read_all(stream):
    while True:
        read_frame(stream, limit=32)


@given(st.binary(max_size=64))
def test_any_stream_is_messages_until_its_end_or_is_refused(data):
    with pytest.raises((FrameError, EOFError)):
        read_all(io.BytesIO(data))


@pytest.mark.parametrize(("count", "limit"), [(33, 32), (2**32 - 1, 1 << 20)])
def test_a_claimed_length_is_held_to_the_limit(count, limit):
    with pytest.raises(FrameError, match="at most"):
        length(struct.pack(">I", count), limit)
