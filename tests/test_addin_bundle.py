"""The folder for desks without a network: its wheels, and ``install.cmd``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import pytest

from model.errors import WorkbookError
from xlwings_udfs.hosts.desktop import bundle as made

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def bundle(folder: Path, source: Path, *more: str) -> tuple[int, str, str]:
    command = [
        sys.executable,
        "-m",
        "amzn_fcf",
        "addin",
        "bundle",
        "--to",
        str(folder),
        "--from",
        str(source),
    ]
    done = subprocess.run(
        [*command, *more],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PIP_NO_INDEX": "1"},
    )
    return done.returncode, done.stdout, done.stderr


def wheel(folder: Path, name: str, requires: Sequence[str] = ()) -> Path:
    """Write a wheel of a package with nothing but a name and requirements."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    needed = "".join(f"Requires-Dist: {each}\n" for each in requires)
    information = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr(f"{name}.py", "")
        written.writestr(
            f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needed}"
        )
        written.writestr(
            f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        written.writestr(f"{information}/RECORD", "")
    return path


def test_a_bundle_holds_wheels_and_installs_them_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "wheels with blank"
    source.mkdir()
    wheel(source, "needed")
    ours = wheel(source, "amzn_fcf", ["needed"])
    monkeypatch.setenv("PIP_FIND_LINKS", source.as_uri())
    folder = tmp_path / "Büro Ω" / "offline"
    status, out, errors = bundle(folder, ours)
    assert (status, errors) == (0, "")
    assert sorted(each.name for each in (folder / "wheels").iterdir()) == [
        "amzn_fcf-1.0-py3-none-any.whl", "needed-1.0-py3-none-any.whl",
    ]  # fmt: skip
    assert "For desks with Windows run this on Windows." in out or sys.platform == "win32"
    script = (folder / "install.cmd").read_bytes()
    assert script.count(b"\n") == script.count(b"\r\n")
    text = script.decode("ascii")
    assert '--no-index ^\r\n    --find-links "%~dp0wheels"' in script.decode()
    # a name may hold "&": whatever stands for a path stands in quotes
    assert [line for line in text.splitlines() if "%" in re.sub(r'"[^"]*"|%\*', "", line)] == []
    assert "-m amzn_fcf addin install" in text
    # what install.cmd has pip do, done in a new environment here
    monkeypatch.delenv("PIP_FIND_LINKS")
    venv.create(tmp_path / "new", with_pip=True)
    python = tmp_path / "new" / ("Scripts" if os.name == "nt" else "bin") / "python"
    options = ["--quiet", "--no-index", "--find-links", str(folder / "wheels"), "amzn_fcf"]
    subprocess.run([python, "-m", "pip", "install", *options], check=True)
    subprocess.run([python, "-c", "import amzn_fcf, needed"], check=True)


def test_a_bundle_that_cannot_be_made_says_what_pip_said(tmp_path: Path) -> None:
    source = wheel(tmp_path, "amzn_fcf", ["not_to_be_found"])
    status, _, errors = bundle(tmp_path / "offline", source)
    assert status == 2
    assert (
        "pip could not collect the wheels: ERROR: No matching distribution found for not_to_be_found"
        in errors
    )
    assert errors.count("\n") == 1
    assert not (tmp_path / "offline").exists()


def test_a_bundle_of_something_else_is_refused(tmp_path: Path) -> None:
    status, _, errors = bundle(tmp_path / "offline", wheel(tmp_path, "other"))
    assert (status, errors.count("\n")) == (2, 1)
    assert "is not amzn-fcf, which install.cmd installs: name its folder or wheel" in errors
    assert not (tmp_path / "offline").exists()


def test_an_environment_without_pip_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uv makes such environments."""
    venv.create(tmp_path / "bare")
    python = str(tmp_path / "bare" / ("Scripts" if os.name == "nt" else "bin") / "python")
    monkeypatch.setattr(sys, "executable", python)
    with pytest.raises(WorkbookError) as raised:
        made.write_bundle(tmp_path / "offline", "x")
    assert str(raised.value) == (
        f"pip could not collect the wheels: {python} has no pip: add it with  {python} -m ensurepip"
    )


def test_an_index_is_never_asked_for_the_name_of_this_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may have taken the name there."""
    monkeypatch.setattr(made, "__file__", str(tmp_path / "site-packages" / "x" / "y" / "z" / "bundle.py"))
    monkeypatch.setattr(made, "distribution", no_distribution)
    with pytest.raises(WorkbookError, match="name its folder or wheel with --from"):
        made.write_bundle(tmp_path / "offline")


def no_distribution(_: str) -> None:
    raise PackageNotFoundError
