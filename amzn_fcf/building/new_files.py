"""Files that a command is asked to write: their names are checked before any work is done."""

from __future__ import annotations

from pathlib import Path

from model.data_folder import SCENARIOS
from model.errors import InputError
from model.files import check_place


def new_file(out: str, what: str, ending: str, *, force: bool) -> Path:
    """Return the path that ``--out`` gives for ``what``; refuse a name with another ending or no folder.

    ``force``: a file that exists may be replaced.
    """
    path = Path(out)
    if path.suffix.lower() != ending:
        raise InputError(f"--out {path}: {what} needs a name that ends in {ending}")
    check_target("--out", path)
    if path.exists() and not force:
        raise InputError(f"{path} already exists: choose another name with --out, or replace it with --force")
    return path


def check_target(option: str, path: Path) -> None:
    """Refuse a folder as a file, and a file in a folder that is not there or takes none.

    The folder of scenarios in a folder of data need not be there.
    """
    folder = path.parent
    if path.is_dir():
        raise InputError(f"{option} {path}: is a folder: name a file")
    if not folder.is_dir() and not (folder.name == SCENARIOS and folder.parent.is_dir()):
        raise InputError(f"{option} {path}: there is no folder {folder}")
    check_place(path)
