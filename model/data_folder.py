"""A folder of data of the user's own: the same files as a company's data, laid over those that ship."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from model.errors import InputError
from model.files import text_of_file

VARIABLE: Final = "AMZN_FCF_DATA"
"""The environment variable that names the folder where none is given."""
TABLES: Final = (
    "actuals_quarterly.csv", "actuals_annual.csv", "guidance.csv", "consensus.csv", "drivers.csv",
    "peers.csv", "tags.csv", "documents.csv",
    "versions.csv",
)  # fmt: skip
"""Tables of a company's data: rows of the user's own replace those that ship with the same key."""
TEXTS: Final = ("uncertainty.toml", "claims.toml")
"""Files that are replaced whole."""
SCENARIOS: Final = "scenarios"
LARGEST: Final = 32 << 20
"""Bytes of a file of data; those that ship have a quarter of a megabyte."""


@dataclass(frozen=True)
class OwnData:
    """Files of a user's own, read once, so that a run sees one state of them.

    ``texts``: names, such as ``"guidance.csv"`` or ``"scenarios/mine.toml"``, with their texts; ``unused``:
    names of other files in the folder. Equal contents are equal, also in another process.
    """

    folder: str
    texts: tuple[tuple[str, str], ...] = ()
    unused: tuple[str, ...] = ()

    def text(self, name: str) -> str | None:
        """Return the text of a file; None: there is none."""
        return dict(self.texts).get(name)

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, without it."""
        return [name.removeprefix(f"{folder}/") for name, _ in self.texts if name.startswith(f"{folder}/")]


def read_folder(folder: str, *, may_be_new: bool = False) -> OwnData:
    """Read a folder of data, once a process, or once until :func:`forget_folders`.

    ``may_be_new``: a folder that is not there is empty; otherwise it is an :class:`InputError`.
    """
    return OwnData(folder) if may_be_new and not Path(folder).exists() else _read(folder)


def forget_folders() -> None:
    """Read folders anew when they are used next: files in them were written."""
    _written.clear()
    _read.cache_clear()


def renew_folders() -> None:
    """Read folders anew when they are used next if files in them were written since, by whomever."""
    if any(_files(folder) != files for folder, files in [*_written.items()]):
        forget_folders()


_written: Final[dict[str, list[tuple[str, int, int]]]] = {}
"""The files of each folder when it was read: see :func:`_files`."""


def _files(folder: str) -> list[tuple[str, int, int]]:
    """Return the names of files with the time when they were written and their sizes."""
    found: list[tuple[str, int, int]] = []
    for each in (Path(folder), Path(folder) / SCENARIOS):
        with suppress(OSError):
            known = [(entry.path, entry.stat()) for entry in os.scandir(each)]
            found += [(name, state.st_mtime_ns, state.st_size) for name, state in known]
    return sorted(found)


@cache
def _read(folder: str) -> OwnData:
    path = Path(folder)
    _written[folder] = _files(folder)  # before they are read: what is written meanwhile is read again
    if not path.is_dir():
        raise InputError(f"{folder}: is no folder of data (--data, {VARIABLE}); amzn-fcf import makes one")
    try:
        names = [each.name for each in path.iterdir() if each.is_file() and each.name[:1] != "."]
        scenarios = [f"{SCENARIOS}/{each.name}" for each in (path / SCENARIOS).glob("*.toml")]
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror}") from None
    used = sorted([*(name for name in names if name in {*TABLES, *TEXTS}), *scenarios])
    texts = tuple((name, text_of_file(path / name, "data", LARGEST)) for name in used)
    return OwnData(folder, texts, tuple(sorted(set(names) - set(used))))
