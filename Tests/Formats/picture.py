"""Reads the pixels of a PNG of eight bits a channel, with nothing but the standard library."""

from __future__ import annotations

import struct
import zlib
from collections import Counter


def pixels(data: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of a picture, each row a string of red, green and blue bytes."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, packed, head = 8, b"", None
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            head = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        place += length + 12
    width, height, depth, colour, _, _, interlaced = head
    assert depth == 8 and colour in (2, 6) and not interlaced
    channels = 3 if colour == 2 else 4
    raw, rows, before = zlib.decompress(packed), [], bytes(width * channels)
    stride = width * channels + 1
    for number in range(height):
        line = bytearray(raw[number * stride + 1 : (number + 1) * stride])
        undo(raw[number * stride], line, before, channels)
        before = bytes(line)
        rows.append(before if channels == 3 else b"".join(before[i : i + 3] for i in range(0, len(before), 4)))
    return width, height, rows


def undo(kind: int, line: bytearray, before: bytes, step: int) -> None:
    """Undoes the filter of a line in its place."""
    for i in range(len(line)):
        left = line[i - step] if i >= step else 0
        up, corner = before[i], before[i - step] if i >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            near = left + up - corner
            guess = min((abs(near - left), 0, left), (abs(near - up), 1, up), (abs(near - corner), 2, corner))[2]
        else:
            return
        line[i] = (line[i] + guess) & 255


def colours(data: bytes) -> Counter:
    """How often each colour occurs, as `#rrggbb`."""
    _, _, rows = pixels(data)
    return Counter("#" + row[i : i + 3].hex() for row in rows for i in range(0, len(row), 3))
