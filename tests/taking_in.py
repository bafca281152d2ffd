"""``amzn-fcf import`` run on files of a test, and what it wrote read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from commands import Done, amzn_fcf

from model import companies
from model.data_folder import forget_folders

if TYPE_CHECKING:
    from pathlib import Path

    from model.company import Company


def take(company: Company, folder: Path, *arguments: str) -> Done:
    """Run ``import`` for a company with a folder of data."""
    forget_folders()
    with companies.using(company):
        return amzn_fcf("import", *arguments, "--data", str(folder))


def data_in(company: Company, folder: Path) -> Company:
    """Return a company with what is in the folder now."""
    forget_folders()
    return companies.with_data_folder(folder, company)


def ties(done: Done) -> list[dict[str, object]]:
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def file_of(folder: Path, data: bytes, name: str = "amzn_htm.xml") -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return str(folder / name)
