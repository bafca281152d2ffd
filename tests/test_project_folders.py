"""The projects of xlwings Server and xlwings Lite as files."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from shared import TOKEN

from model.errors import WorkbookError
from xlwings_udfs.hosts.wheel import write_project

if TYPE_CHECKING:
    from pathlib import Path


def test_its_readme_starts_it_as_these_tests_do_from_either_shell(tmp_path: Path) -> None:
    """PowerShell's double quotes leave all but $ and ` unchanged."""
    readme = next(
        path for path in write_project("server", tmp_path / "server") if path.name == "README.md"
    ).read_text(encoding="utf-8")
    shell, power = (
        re.findall(rf"^    {start}(\w+) ?= ?(.*)$", readme, re.MULTILINE) for start in ("export ", r"\$env:")
    )
    assert (
        [name for name, _ in shell]
        == [name for name, _ in power]
        == ["XLWINGS_LICENSE_KEY", "AMZN_FCF_TOKEN"]
    )
    assert power[0][1].strip('"') == shell[0][1]
    codes = re.findall(r"(?:python|py) -c ['\"](.*?)['\"]", readme)
    assert codes[0] == codes[1]
    assert not re.search('[$`"]', codes[1])
    token = subprocess.run(
        [sys.executable, "-c", codes[1]], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert len(token) > len(TOKEN)
    starts = re.findall(r"^    (?:python|py) (-m uvicorn .*)$", readme, re.MULTILINE)
    assert starts == ["-m uvicorn amzn_server:app --host 127.0.0.1 --port 8000"] * 2


def test_a_project_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    written = write_project("server", folder)
    assert {path.relative_to(folder).as_posix() for path in written} >= {
        "amzn_server.py",
        ".env.template",
        "README.md",
        "pyproject.toml",
    }
    (folder / "lifespan.py").unlink()
    assert write_project("server", folder) == written
    assert all(path.is_file() for path in written)
    assert list(tmp_path.iterdir()) == [folder]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WorkbookError):
        write_project("server", tmp_path / "file" / "server")
