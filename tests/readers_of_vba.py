"""Readers of VBA projects: olevba, and one of our own for compressed sources, by [MS-OVBA] 2.4.1.3.

The import of olevba uses names that newer versions of pyparsing deprecate.
"""

from __future__ import annotations

import struct
import warnings
from typing import Final

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from oletools.olevba import VBA_Parser, decompress_stream

__all__ = ["VBA_Parser", "decompress", "decompress_stream"]

_SIGNATURE: Final = 1
_TOKENS_A_GROUP: Final = 8
_SHORTEST_COPY: Final = 3
_IS_COMPRESSED: Final = 0x8000
_SIZE_MASK: Final = 0x0FFF


def decompress(data: bytes) -> bytes:
    """Return the text of a container (2.4.1.3.1); one that is damaged is a ValueError."""
    if data[:1] != bytes([_SIGNATURE]):
        raise ValueError("no compressed container: its first byte is not 1")
    text, at = bytearray(), 1
    while at < len(data):
        (header,) = struct.unpack_from("<H", data.ljust(at + 2, b"\0"), at)
        size = (header & _SIZE_MASK) + 3
        chunk, at = data[at + 2 : at + size], at + size
        if not header & _IS_COMPRESSED:
            text += chunk
            continue
        _decompress_chunk(chunk, text)
    return bytes(text)


def _decompress_chunk(chunk: bytes, text: bytearray) -> None:
    """Append the text of one chunk to what came before."""
    begin, at = len(text), 0
    while at < len(chunk):
        flags, at = chunk[at], at + 1
        for place in range(_TOKENS_A_GROUP):
            if at >= len(chunk):
                return
            if not flags >> place & 1:
                text.append(chunk[at])
                at += 1
                continue
            (token,) = struct.unpack_from("<H", chunk.ljust(at + 2, b"\0"), at)
            at += 2
            length_bits = 16 - max((len(text) - begin - 1).bit_length(), 4)
            back = (token >> length_bits) + 1
            if back > len(text) - begin:
                raise ValueError("a compressed text refers to what is before its beginning")
            for _ in range((token & (1 << length_bits) - 1) + _SHORTEST_COPY):
                text.append(text[-back])
