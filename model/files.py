"""Files that are written whole or not at all: to a temporary name beside the target, then renamed over it."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import time
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FULL: Final = frozenset(
    {errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC)}
)
"""What is wrong with the disk, and not with one file."""
_PART: Final = re.compile(r"\..+\.([^.]+)-([0-9]+)\.part")
_OLD_SECONDS: Final = 3600
"""Writing takes seconds: a temporary file that is older belongs to nobody."""


class DiskError(WorkbookError):
    """The disk is full or broken: no other file can be written to it either."""


def make_folder(path: Path) -> None:
    """Make a folder for output unless it is there; one that cannot be made is a :class:`WorkbookError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be made ({error.strerror}); choose another place") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write one file; see :func:`write_files`."""
    write_files({path: data})


def write_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write files to temporary names, then rename them over their targets, so that each is there whole or as it was before.

    Folders that they lie in are made.

    Raises
    ------
    WorkbookError
        If a file cannot be written: each is then as it was before, except for those that were renamed
        already.
    DiskError
        If the reason is the disk, and not that file.
    """
    temporary = {path: part_of(path, os.getpid()) for path in contents}
    path = next(iter(contents))
    try:
        for path, data in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary[path].open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for path in contents:
            temporary[path].replace(path)
    except OSError as error:
        raise (DiskError if error.errno in _FULL else WorkbookError)(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from None
    finally:
        for each in temporary.values():
            with contextlib.suppress(OSError):
                each.unlink(missing_ok=True)
    return list(contents)


def remove_stale_parts(folder: Path) -> None:
    """Remove temporary files of processes that were killed while they wrote; those of a process that runs stay."""
    for path in folder.glob(".*.part"):
        with contextlib.suppress(OSError):  # its owner was quicker
            if _is_stale(path):
                path.unlink()


def part_of(path: Path, process: int) -> Path:
    """Return the temporary name under which a process writes a file; the computer is in it, for folders are shared."""
    return path.with_name(f".{path.name}.{_computer()}-{process}.part")


def _computer() -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", platform.node()) or "_"


def _is_stale(path: Path) -> bool:
    match = _PART.fullmatch(path.name)
    if match is None:
        return False
    return time.time() - path.stat().st_mtime > _OLD_SECONDS or (
        match[1] == _computer() and not _is_running(int(match[2]))
    )


def _is_running(process: int) -> bool:
    if os.name == "nt":  # where signal 0 is not a question but Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True
