"""Messages between a grader and a worker: a length (4 bytes, big-endian), then a msgpack list.

A message is [kind, number, ...]; a reply carries the number of what it replies to, so that nothing
written ahead or late is taken for it.
"""

from __future__ import annotations

import struct
from typing import IO, Any

import msgpack

MAX_FRAME = 32 << 20
HEAD = 4


class FrameError(ValueError):
    """Bytes that are no message."""


def pack(message: list) -> bytes:
    # What a student prints may hold half of a surrogate pair, which no UTF-8 can hold.
    data = msgpack.packb(message, unicode_errors="replace")
    return struct.pack(">I", len(data)) + data


def length(head: bytes, limit: int = MAX_FRAME) -> int:
    """How many bytes follow. Raises FrameError if they are more than `limit`."""
    (count,) = struct.unpack(">I", head)
    if count > limit:
        raise FrameError(f"a frame of {count:,} bytes; at most {limit:,}")
    return count


def unpack(body: bytes) -> list[Any]:
    """The message in the bytes after the length. Raises FrameError if there is none."""
    try:
        message = msgpack.unpackb(body, max_ext_len=0)
    except Exception as error:  # msgpack raises a dozen kinds; all mean the same here
        raise FrameError(f"a frame that is no msgpack ({type(error).__name__})") from None
    if not (
        isinstance(message, list)
        and len(message) >= 2
        and isinstance(message[0], str)
        and type(message[1]) is int
    ):
        raise FrameError("a frame that is no message")
    return message


def write_frame(stream: IO[bytes], message: list) -> None:
    stream.write(pack(message))
    stream.flush()


def read_frame(stream: IO[bytes], limit: int = MAX_FRAME) -> list[Any]:
    """The next message. Raises EOFError at the end, FrameError for bytes that are none."""
    head = stream.read(HEAD)
    if len(head) < HEAD:
        raise EOFError
    body = stream.read(count := length(head, limit))
    if len(body) < count:
        raise EOFError
    return unpack(body)
