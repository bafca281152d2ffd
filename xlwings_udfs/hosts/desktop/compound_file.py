"""Compound files, the file system within a file that holds a VBA project: [MS-CFB], version 3.

Sectors have 512 bytes, and a table (FAT) says which sector follows which. Streams below 4096 bytes lie in
pieces of 64 bytes within one longer stream, with a table of their own (the mini FAT).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Folder = Mapping[str, "bytes | Folder"]
"""Streams and folders ("storages") by name."""

_SECTOR, _MINI_SECTOR, _CUTOFF = 512, 64, 4096
_FREE, _END, _OF_FAT, _NO_STREAM = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_BLACK: Final = 1
_SIGNATURE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
_ENTRIES_A_SECTOR: Final = _SECTOR // 4
_FAT_SECTORS_IN_HEADER: Final = 109
_LONGEST_NAME: Final = 31


@dataclass
class _Entry:
    """A directory entry (2.6.1); its number is its place in the directory."""

    name: str
    kind: int
    content: bytes = b""
    left: int = _NO_STREAM
    right: int = _NO_STREAM
    child: int = _NO_STREAM
    start: int = 0

    def as_bytes(self) -> bytes:
        name = (self.name + "\0").encode("utf-16-le") if self.kind else b""
        head = struct.pack("<64sHBB", name, len(name), self.kind, _BLACK if self.kind else 0)
        tree = struct.pack("<III", self.left, self.right, self.child)
        # no class, no user flags, no times: the same project gives the same bytes
        return head + tree + bytes(36) + struct.pack("<IQ", self.start, len(self.content))


@dataclass
class _Sectors:
    """Contents one after the other in sectors of one size, and the table of which follows which."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    table: list[int] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        """Add content and return the number of its first sector."""
        if not content:
            return _END
        start, count = len(self.table), -(-len(content) // self.size)
        self.data += content.ljust(count * self.size, b"\0")
        self.table += [*range(start + 1, start + count), _END]
        return start


def compound_file(root: Folder) -> bytes:
    """Return the bytes of a compound file with these streams and folders."""
    directory = [_Entry("Root Entry", _ROOT)]
    directory[0].child = _add_children(root, directory)
    sectors, minis = _Sectors(_SECTOR), _Sectors(_MINI_SECTOR)
    for entry in directory[1:]:
        if entry.kind == _STREAM:
            entry.start = (minis if len(entry.content) < _CUTOFF else sectors).add(entry.content)
    directory[0].content = bytes(minis.data)  # 2.6.2: the root entry holds the mini stream
    directory[0].start = sectors.add(directory[0].content)
    mini_table = _numbers(minis.table)
    mini_start = sectors.add(mini_table)
    while len(directory) % (_SECTOR // 128):
        directory.append(_Entry("", 0))
    directory_start = sectors.add(b"".join(entry.as_bytes() for entry in directory))
    # the table lists its own sectors too
    count = 1
    while len(sectors.table) + count > count * _ENTRIES_A_SECTOR:
        count += 1
    if count > _FAT_SECTORS_IN_HEADER:
        raise ValueError("more than 6 MB: the table of sectors does not fit into the header")
    own = range(len(sectors.table), len(sectors.table) + count)
    fat = _numbers([*sectors.table, *[_OF_FAT] * count])
    header = struct.pack(  # 2.2
        "<8s16xHHHHH6xIIIIIIIII", _SIGNATURE, 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory_start, 0, _CUTOFF,
        mini_start, len(mini_table) // _SECTOR, _END, 0,
    )  # fmt: skip
    places = [*own, *[_FREE] * (_FAT_SECTORS_IN_HEADER - count)]
    return header + struct.pack(f"<{_FAT_SECTORS_IN_HEADER}I", *places) + bytes(sectors.data) + fat


def _add_children(folder: Folder, directory: list[_Entry]) -> int:
    """Add what a folder holds to the directory; return the number of the entry at the top of its tree."""
    numbers = []
    # 2.6.4: shorter names come first, then the order of capitals
    for name in sorted(folder, key=lambda each: (len(each), each.upper())):
        if not 0 < len(name) <= _LONGEST_NAME:
            raise ValueError(f"{name!r}: a name in a compound file has 1 to {_LONGEST_NAME} characters")
        content = folder[name]
        numbers.append(len(directory))
        if isinstance(content, bytes):
            directory.append(_Entry(name, _STREAM, content))
        else:
            entry = _Entry(name, _STORAGE)
            directory.append(entry)
            entry.child = _add_children(content, directory)
    return _tree(numbers, directory)


def _tree(numbers: list[int], directory: list[_Entry]) -> int:
    """Link sorted entries as a binary tree; 2.6.4 allows that all of them are black."""
    if not numbers:
        return _NO_STREAM
    middle = len(numbers) // 2
    top = numbers[middle]
    directory[top].left = _tree(numbers[:middle], directory)
    directory[top].right = _tree(numbers[middle + 1 :], directory)
    return top


def _numbers(table: list[int]) -> bytes:
    """Return a table as whole sectors."""
    missing = -len(table) % _ENTRIES_A_SECTOR
    return struct.pack(f"<{len(table) + missing}I", *table, *[_FREE] * missing)
