"""Records of the workbooks that ``build`` wrote, so that a second run keeps those that need no work.

The folder of the workbooks has a subfolder with a record for each: the digest of the file, the key of its
inputs, and its line of the summary. A record is written before its workbook, so that a process killed in
between leaves a known file.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from model.errors import WorkbookError
from model.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from model.scenarios.overlay import Overlay
    from model.scenarios.scenario import Scenario

FOLDER: Final = ".amzn-fcf"


@dataclass(frozen=True)
class Record:
    """The record of a workbook."""

    digest: str
    key: str
    row: tuple[str, ...]
    """Its line of the summary."""


def scenario_digest(scenario: Scenario) -> str:
    """Return a digest of everything that a workbook shows of a scenario."""
    content = [
        scenario.company.home, scenario.name, scenario.title, scenario.note, str(scenario.as_of),
        scenario.weight, scenario.company.own.texts,
        sorted((key, sorted(values.items())) for key, values in scenario.table.items()),
        sorted((key, note.grade, note.source) for key, note in scenario.sources.items()),
    ]  # fmt: skip
    return digest(json.dumps(content).encode())


def overlay_digest(overlay: Overlay) -> str:
    """Return a digest of everything that a workbook shows of an overlay."""
    adjustments = sorted(
        (key, each.operation, sorted(each.operands.items()), each.origin.grade, each.origin.source)
        for key, each in overlay.adjustments.items()
    )
    return digest(json.dumps([overlay.name, overlay.title, overlay.note, adjustments]).encode())


def digest(data: bytes) -> str:
    """Return the digest of a file."""
    return hashlib.sha256(data).hexdigest()


def remember(path: Path, record: Record) -> None:
    """Write the record of a workbook about to be written, next to the record of the one it replaces."""
    known = [each for each in (_matching_record(path), record) if each is not None]
    write_whole(_record_path(path), json.dumps([asdict(each) for each in known], indent=1).encode())


def kept_record(path: Path, key: str, *, replace_changed: bool) -> Record | None:
    """Return the record of an existing workbook if it is the one to build, or None if it has to be built.

    A file that must not be replaced is a :class:`WorkbookError`: read-only, or changed since it was built.
    """
    if not path.exists():
        return None
    if not path.is_file():
        raise WorkbookError(f"{path}: cannot be written (not a file); choose another folder with --out")
    record = _matching_record(path)
    if record is not None and record.key == key and not replace_changed:
        return record
    if not path.stat().st_mode & 0o222:
        raise WorkbookError(f"{path}: cannot be written (it is read-only); choose another folder with --out")
    if record is None and not replace_changed:
        remedy = "amzn-fcf read keeps changed drivers; move it away, or replace it with --force"
        raise WorkbookError(f"{path} was changed since it was built, or comes from elsewhere: {remedy}")
    return None


def _matching_record(path: Path) -> Record | None:
    """Return the record of an existing workbook, or None if no record fits its content."""
    try:
        found = digest(path.read_bytes())
        records = json.loads(_record_path(path).read_bytes())
        known = [Record(each["digest"], each["key"], tuple(each["row"])) for each in records]
    except (OSError, ValueError, TypeError, KeyError):  # no record, or one that cannot be read
        return None
    return next((each for each in known if each.digest == found), None)


def _record_path(path: Path) -> Path:
    return path.parent / FOLDER / f"{path.name}.json"
