"""The compression of VBA's sources: [MS-OVBA] 2.4.1.

A container is the byte 1 and chunks, each of 4096 bytes of text. A chunk is a header of two bytes and groups
of eight tokens under a byte of flags: a token is a character, or (flag 1) two bytes that say how far back in
the chunk to copy how many characters from.
"""

from __future__ import annotations

import struct
from typing import Final

_SIGNATURE: Final = 1
_CHUNK: Final = 4096
_TOKENS_A_GROUP: Final = 8
_SHORTEST_COPY: Final = 3
_IS_COMPRESSED: Final = 0x8000
_CHUNK_SIGNATURE: Final = 0x3000


def compress(text: bytes) -> bytes:
    """Return a text compressed."""
    chunks = (text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK))
    return bytes([_SIGNATURE]) + b"".join(map(_compressed_chunk, chunks))


def _compressed_chunk(chunk: bytes) -> bytes:
    tokens: list[bytes] = []
    flags: list[int] = []
    places: dict[bytes, list[int]] = {}
    at = 0
    while at < len(chunk):
        start, length = _longest_match(chunk, at, places)
        flags.append(int(length > 0))
        if length:
            length_bits = _length_bits(at)
            tokens.append(struct.pack("<H", (at - start - 1) << length_bits | (length - _SHORTEST_COPY)))
        else:
            length = 1
            tokens.append(chunk[at : at + 1])
        for each in range(at, at + length):
            places.setdefault(chunk[each : each + _SHORTEST_COPY], []).append(each)
        at += length
    data = bytearray()
    for first in range(0, len(tokens), _TOKENS_A_GROUP):
        group = flags[first : first + _TOKENS_A_GROUP]
        data.append(sum(flag << place for place, flag in enumerate(group)))
        data += b"".join(tokens[first : first + _TOKENS_A_GROUP])
    if len(data) > _CHUNK:
        # 2.4.1.3.10 would store it as it is, but Excel was reported to drop modules with such chunks
        raise ValueError("a part of this text does not compress: it is no source text")
    return struct.pack("<H", len(data) - 1 | _CHUNK_SIGNATURE | _IS_COMPRESSED) + bytes(data)


def _longest_match(chunk: bytes, at: int, places: dict[bytes, list[int]]) -> tuple[int, int]:
    """Return where the longest earlier text that also stands here begins, and its length; 0 for none."""
    best_start, best = 0, 0
    limit = min(len(chunk) - at, (1 << _length_bits(at)) - 1 + _SHORTEST_COPY)
    for start in reversed(places.get(chunk[at : at + _SHORTEST_COPY], ())):
        length = _SHORTEST_COPY
        while length < limit and chunk[start + length] == chunk[at + length]:
            length += 1
        if _SHORTEST_COPY <= length <= limit and length > best:
            best_start, best = start, length
            if best == limit:
                break
    return best_start, best


def _length_bits(at: int) -> int:
    """Return how many bits of a copy token say the length (2.4.1.3.19.1); the others say how far back."""
    return 16 - max((at - 1).bit_length(), 4)
