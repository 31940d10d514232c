"""Messages between the build and an experiment: length-prefixed JSON over a socket.

Does not know what the messages mean. Invariant: nothing but JSON crosses, so neither side can run the other's code;
a message longer than the limit is refused before it is read.
"""

from __future__ import annotations

import array
import json
import socket
import struct
from typing import Any

_HEAD = struct.Struct(">I")
# bound now: a cell may replace the functions of `json` later
encode_json = json.JSONEncoder(separators=(",", ":"), default=str).encode
decode_json = json.JSONDecoder().decode
LIMIT_BYTES = 1 << 28


class WireError(Exception):
    """The other side closed, or sent what is not a message."""


def send_message(sock: socket.socket, message: dict[str, Any]) -> None:
    """Send one message."""
    raw = encode_json(message).encode("utf-8", "surrogatepass")
    if len(raw) > LIMIT_BYTES:
        raise WireError(f"a message of {len(raw)} bytes is too long")
    sock.sendall(_HEAD.pack(len(raw)) + raw)


def receive_message(sock: socket.socket) -> dict[str, Any]:
    """Wait for one message (raises ``WireError`` at the end of the stream, ``TimeoutError`` as the socket says)."""
    (size,) = _HEAD.unpack(_receive_exactly(sock, _HEAD.size))
    if size > LIMIT_BYTES:
        raise WireError(f"a message of {size} bytes is too long")
    try:
        message = decode_json(_receive_exactly(sock, size).decode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise WireError("not JSON") from error
    if not isinstance(message, dict):
        raise WireError("not an object")
    return message


def _receive_exactly(sock: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = sock.recv(min(size, 1 << 20))
        if not part:
            raise WireError("closed")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def receive_socket(sock: socket.socket) -> socket.socket:
    """Wait for the socket that follows a message."""
    fds = array.array("i")
    _, ancillary, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(fds.itemsize))
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    if not fds:
        raise WireError("no socket came with the message")
    end = socket.socket(fileno=fds[0])
    end.set_inheritable(False)
    return end
