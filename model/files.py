"""Files written completely or not at all: under a temporary name, then renamed over the target."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import platform
import re
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model.errors import InputError, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FULL: Final = {errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EROFS, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""Errors of the disk, not of one file."""
_LXML_CANNOT_WRITE: Final = "SerialisationError"
"""What lxml, if openpyxl finds it installed, raises for an error of the disk."""
_PART: Final = re.compile(r"\..+\.([^.]+)-([0-9]+)\.part")
_OLD_SECONDS: Final = 3600
"""Writing takes seconds: an older temporary file was abandoned."""


_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
"""Marks at the start of a file, as PowerShell's ``>`` writes it."""


class DiskError(WorkbookError):
    """The disk is full or broken: no other file can be written to it either."""


def bytes_of_file(path: Path, what: str, most: int | None = None) -> bytes:
    """Return the content of a user's file; unreadable, or larger than ``most``, is an :class:`InputError`."""
    try:
        with path.open("rb") as file:
            data = file.read() if most is None else file.read(most + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path}: cannot read the {what} file: {reason}") from None
    if most is not None and len(data) > most:
        raise InputError(f"{path}: cannot read the {what} file: larger than {most >> 20} MB")
    return data


def text_of_file(path: Path, what: str, most: int | None = None) -> str:
    """Return the text of a user's file; errors as of :func:`bytes_of_file`."""
    data = bytes_of_file(path, what, most)
    try:
        return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig")
    except ValueError:
        reason = "not UTF-8 text: save it as UTF-8"
        raise InputError(f"{path}: cannot read the {what} file: {reason}") from None


def users_cache() -> Path:
    """Return our folder in the user's cache folder; it may not exist yet."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "amzn-fcf"


def make_folder(path: Path) -> None:
    """Make a folder for output unless it is there; one that cannot be made is a :class:`WorkbookError`."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be made ({error.strerror}); choose another place") from None


def check_place(path: Path) -> None:
    """Refuse a file or a folder, before any work is done, where nothing can be written.

    Its folder, or the nearest above it that is there, holds a file without a name for a moment.
    """
    try:
        folder = path if path.is_dir() else next(each for each in path.absolute().parents if each.exists())
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be written ({error.strerror}); choose another place") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write one file; see :func:`write_files`."""
    write_files({path: data})


def write_files(contents: Mapping[Path, bytes], remedy: str = "choose another place") -> list[Path]:
    """Write files under temporary names, then rename them: each is complete, or as it was before.

    Missing folders are made. If a file cannot be written, all are as before, except those that were renamed
    already: a :class:`WorkbookError`, or a :class:`DiskError` if the disk is the reason, not that file;
    ``remedy`` ends its message.
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
        kind = DiskError if error.errno in _FULL else WorkbookError
        raise kind(f"{path}: cannot be written ({error.strerror}); {remedy}") from None
    finally:
        for part in temporary.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    return list(contents)


@contextlib.contextmanager
def temporary_files(purpose: str) -> Iterator[None]:
    """Let errors of temporary files say where they lie, and what they are used for: ``"to ..."``."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, OSError) and type(error).__name__ != _LXML_CANNOT_WRITE:
            raise
        place, reason = getattr(error, "filename", None) or _temporary_place(), _reason(error)
        _close_writers(error)
        hint = "make room there, or name another folder in the environment variable TMPDIR"
        raise DiskError(f"{place}: cannot be used {purpose} ({reason}); {hint}") from None


@contextlib.contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """Give a folder that is removed afterwards; see :func:`temporary_files`."""
    with temporary_files(purpose), tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _close_writers(error: Exception) -> None:
    """Close what the failed call still has open: writers then fail once more, which Python would print."""
    hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        traceback.clear_frames(error.__traceback__)
        gc.collect()  # a writer and its generator hold each other
    finally:
        sys.unraisablehook = hook


def _temporary_place() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:  # none can be written to
        return "the temporary folder"


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)


def remove_stale_parts(folder: Path) -> None:
    """Remove temporary files of processes that were killed; those of running processes stay."""
    for path in folder.glob(".*.part"):
        with contextlib.suppress(OSError):  # already removed by its owner
            if _is_stale(path):
                path.unlink()


def part_of(path: Path, process: int) -> Path:
    """Return the temporary name of a file; it holds computer and process, because folders are shared."""
    return path.with_name(f".{path.name}.{_computer()}-{process}.part")


def _computer() -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", platform.node()) or "_"


def _is_stale(path: Path) -> bool:
    match = _PART.fullmatch(path.name)
    if match is None:
        return False
    is_old = time.time() - path.stat().st_mtime > _OLD_SECONDS
    return is_old or (match[1] == _computer() and not _is_running(int(match[2])))


def _is_running(process: int) -> bool:
    if os.name == "nt":  # where signal 0 means Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it belongs to another user
    return True
