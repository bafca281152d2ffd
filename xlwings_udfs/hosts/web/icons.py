"""The icons that the manifest needs, drawn: three columns, the first below zero."""

from __future__ import annotations

import struct
import zlib
from typing import Final

from model.presentation.palette import ACCENT, NAVY

SIZES: Final = (16, 32, 64, 80)
_BLUE, _ORANGE = ((*bytes.fromhex(each.removeprefix("#")), 255) for each in (NAVY, ACCENT))
_CLEAR: Final = (0, 0, 0, 0)
_COLUMNS: Final = ((1, 4, 10, 14, _ORANGE), (6, 9, 6, 10, _BLUE), (11, 14, 2, 10, _BLUE))
"""Left, right, top and bottom in sixteenths of the picture, and colour."""


def icon(size: int) -> bytes:
    """Return the picture as PNG."""
    rows = (b"\0" + bytes(part for x in range(size) for part in _colour(x, y, size)) for y in range(size))
    parts = {
        b"IHDR": struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0),
        b"IDAT": zlib.compress(b"".join(rows), 9), b"IEND": b"",
    }  # fmt: skip
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _colour(x: int, y: int, size: int) -> tuple[int, ...]:
    across, down = x * 16 / size, y * 16 / size
    for left, right, top, bottom, colour in _COLUMNS:
        if left <= across < right and top <= down < bottom:
            return colour
    return _CLEAR
