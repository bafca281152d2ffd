"""The add-in for Excel: its package, and how it is installed, upgraded, looked at and removed."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from readers_of_vba import VBA_Parser

import amzn_fcf
from amzn_fcf.cli import main
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop.addin import ADD_IN, addin, found_in
from xlwings_udfs.hosts.desktop.help_page import help_page
from xlwings_udfs.hosts.desktop.package import ADD_IN_TYPE, MACRO_TYPE, with_parts
from xlwings_udfs.hosts.desktop.vba_module import FILES_FOLDER, modules

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTHON = r"C:\Users\Jürgen Ω\Python 3.12\python.exe"
VERSION = amzn_fcf.__version__
DLLS = ("xlwings32-0.37.8.dll", "xlwings64-0.37.8.dll")


@pytest.fixture
def excel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Excel's start folder for a user whose name has a space and letters beyond ASCII."""
    roaming = tmp_path / "Jürgen Ω Žižka" / "AppData" / "Roaming"
    (roaming / "Microsoft" / "Excel").mkdir(parents=True)
    monkeypatch.setenv("APPDATA", str(roaming))
    return roaming / "Microsoft" / "Excel" / "XLSTART"


@pytest.fixture
def xlwings_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install xlwings for one user, as pip does on Windows: the DLLs lie apart."""
    site = tmp_path / "Roaming" / "Python" / "site-packages"
    information = site / "xlwings-0.37.8.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: xlwings\nVersion: 0.37.8\n")
    (information / "LICENSE.txt").write_text("BSD 3-clause")
    listed = [f"../../{name},," for name in DLLS]
    (information / "RECORD").write_text("\n".join([*listed, "xlwings-0.37.8.dist-info/LICENSE.txt,,", ""]))
    for name in DLLS:
        (site.parent.parent / name).write_bytes(name.encode())
    monkeypatch.syspath_prepend(str(site))
    return site.parent.parent


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["addin", *arguments])
    out, errors = capsys.readouterr()
    return status, out, errors


def package_of(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def test_the_package_is_that_of_an_add_in() -> None:
    package = package_of(addin(PYTHON))
    types = package.read("[Content_Types].xml").decode()
    assert (
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.ms-excel.addin.macroEnabled.main+xml"/>' in types
    )
    assert '"/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"' in types
    assert package.testzip() is None
    for name in package.namelist():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(package.read(name))  # noqa: S314  # ours
    relations = package.read("_rels/.rels").decode()
    assert "relationships/ui/extensibility" in relations
    assert not [name for name in package.namelist() if "signature" in name.lower()]


def test_every_relation_leads_to_a_part_and_every_part_has_a_type() -> None:
    package = package_of(addin(PYTHON))
    types = package.read("[Content_Types].xml").decode()
    for name in package.namelist():
        assert f'PartName="/{name}"' in types or name.endswith((".rels", ".xml")), name
    for relations in (each for each in package.namelist() if each.endswith(".rels")):
        folder = relations.replace("_rels/", "").rpartition("/")[0]
        for target in re.findall(r'Target="(.*?)"', package.read(relations).decode()):
            assert f"{folder}/{target}".lstrip("/") in package.namelist(), target


def test_an_auditor_of_office_files_finds_no_fault(tmp_path: Path) -> None:
    """As a workbook, since the auditor does not know add-ins; it asks for a theme, which Excel does not."""
    from openxml_audit import OpenXmlValidator  # type: ignore[import-untyped]  # noqa: PLC0415  # has no types; loads its data

    path = tmp_path / "addin.xlsm"
    path.write_bytes(as_workbook(addin(PYTHON)))
    result = OpenXmlValidator().validate(str(path))
    assert [str(each) for each in result.errors if "relationships/theme" not in str(each)] == []


def as_workbook(data: bytes) -> bytes:
    """Return an add-in as a workbook with macros, for readers that do not know add-ins."""
    return with_parts(data, lambda _, part: part.replace(ADD_IN_TYPE.encode(), MACRO_TYPE.encode()))


def test_openpyxl_and_olevba_read_it() -> None:
    data = addin(PYTHON)
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(data)), keep_vba=True)
    (sheet,) = book.worksheets
    assert book.code_name == "ThisWorkbook"
    assert sheet.sheet_properties.codeName == "Sheet1"
    assert [sheet["A1"].value, sheet["B1"].value] == ["Interpreter_Win", PYTHON]
    if book.vba_archive:
        book.vba_archive.close()
    parser = VBA_Parser("vbaProject.bin", data=package_of(data).read("xl/vbaProject.bin"))
    names = [name.rpartition(".")[0] for _, _, name, _ in parser.extract_macros()]
    assert names == [each.name for each in modules(["Sheet1"])]


def test_the_ribbon_has_five_buttons_under_one_tab() -> None:
    ribbon = ET.fromstring(package_of(addin(PYTHON)).read("customUI/customUI14.xml"))  # noqa: S314  # ours
    space = "{http://schemas.microsoft.com/office/2009/07/customui}"
    assert [each.get("label") for each in ribbon.iter(f"{space}tab")] == ["Amazon FCF"]
    assert [each.get("label") for each in ribbon.iter(f"{space}button")] == [
        "Insert function", "Help", "Restart Python", "Version", "Log",
    ]  # fmt: skip


def test_the_same_path_gives_the_same_bytes_and_the_macros_do_not_hold_it() -> None:
    assert addin(PYTHON) == addin(PYTHON)
    one, other = (package_of(addin(path)).read("xl/vbaProject.bin") for path in (PYTHON, "/usr/bin/python"))
    assert one == other


def test_install_status_upgrade_and_remove(
    excel: Path, xlwings_of_windows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = said(capsys, "status")
    assert (status, out) == (1, f"{excel / ADD_IN} is not installed: amzn-fcf addin install\n")

    status, out, errors = said(capsys, "install")
    assert (status, errors) == (0, "")
    written = [excel / FILES_FOLDER / name for name in (*DLLS, "xlwings-LICENSE.txt", "help.html")]
    assert [line for line in out.splitlines() if line.startswith("wrote")] == [
        f"wrote {path}" for path in (*written, excel / ADD_IN)
    ]
    # Excel opens every file of its start folder: there must be one
    assert [each.name for each in excel.iterdir() if each.is_file()] == [ADD_IN]
    assert (excel / FILES_FOLDER / DLLS[1]).read_bytes() == DLLS[1].encode()

    status, out, _ = said(capsys, "status")
    assert status == 0
    assert out.splitlines() == [
        f"{excel / ADD_IN}, version {VERSION}; this is version {VERSION}",
        f"Python: {sys.executable}",
        f"xlwings' DLL: {', '.join(DLLS)}",
    ]

    # over an older one, of an older xlwings; the DLL that nobody calls any more goes
    (excel / FILES_FOLDER / "xlwings64-0.30.0.dll").write_bytes(b"old")
    (excel / FILES_FOLDER / "mine.txt").write_bytes(b"a user's")
    rewrite(excel / ADD_IN, VERSION, "0.0.1")
    assert said(capsys, "install")[0] == 0
    there = found_in(excel)
    assert there is not None
    assert there.version == VERSION
    assert not (excel / FILES_FOLDER / "xlwings64-0.30.0.dll").exists()

    status, out, _ = said(capsys, "remove")
    assert status == 0
    assert out.count("removed") == 5
    assert [each.name for each in excel.rglob("*")] == [FILES_FOLDER, "mine.txt"]
    assert said(capsys, "remove")[1] == f"{excel / ADD_IN} is not there: nothing to remove\n"
    assert xlwings_of_windows.is_dir()


def rewrite(path: Path, found: str, wanted: str) -> None:
    """Change a text of the add-in's properties."""
    source = package_of(path.read_bytes())
    with zipfile.ZipFile(path, "w") as written:
        for name in source.namelist():
            part = source.read(name)
            changed = part.replace(f">{found}<".encode(), f">{wanted}<".encode())
            written.writestr(name, changed if name == "docProps/custom.xml" else part)


@pytest.mark.usefixtures("xlwings_of_windows")
def test_a_newer_add_in_stays_unless_it_is_forced(excel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "install")
    rewrite(excel / ADD_IN, VERSION, "99.1")
    status, _, errors = said(capsys, "install")
    assert status == 2
    assert errors == (
        f"amzn-fcf: error: {excel / ADD_IN} is version 99.1, newer than {VERSION}: upgrade with py -m pip "
        "install --upgrade amzn-fcf or replace it with --force\n"
    )
    assert said(capsys, "install", "--force")[0] == 0


@pytest.mark.usefixtures("xlwings_of_windows")
def test_two_pythons_are_told_apart(excel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other python.exe"
    other.write_bytes(b"")
    said(capsys, "install")
    rewrite(excel / ADD_IN, sys.executable, str(other))
    status, _, errors = said(capsys, "install")
    assert status == 2
    assert f"calls {other}, not {sys.executable}: run this with that Python" in errors
    assert errors.count("\n") == 1
    status, out, _ = said(capsys, "status")
    assert status == 1
    assert out.splitlines()[-1] == (
        "that is not the Python of this command: amzn-fcf addin install --force lets the add-in call this one"
    )
    other.unlink()  # a Python that is gone keeps nobody from installing
    assert "Python is not there any more" in said(capsys, "status")[1]
    assert said(capsys, "install")[0] == 0


def test_xlwings_without_its_dll_is_said(
    excel: Path, xlwings_of_windows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in DLLS:
        (xlwings_of_windows / name).unlink()
    status, _, errors = said(capsys, "install")
    assert status == 2
    assert errors == (
        "amzn-fcf: error: xlwings' DLL is not installed: run this on Windows, after "
        "py -m pip install --force-reinstall --no-deps xlwings\n"
    )
    assert not excel.exists()


def test_a_dll_that_no_list_names_is_found_beside_python(
    excel: Path, xlwings_of_windows: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (record,) = xlwings_of_windows.rglob("RECORD")
    record.write_text("xlwings-0.37.8.dist-info/METADATA,,\n")
    monkeypatch.setattr(sys, "prefix", str(xlwings_of_windows))
    assert said(capsys, "install")[0] == 0
    assert sorted(each.name for each in (excel / FILES_FOLDER).iterdir()) == ["help.html", *DLLS]


@pytest.mark.usefixtures("xlwings_of_windows")
def test_a_dll_that_was_deleted_is_said(excel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "install")
    for name in DLLS:
        (excel / FILES_FOLDER / name).unlink()
    status, out, _ = said(capsys, "status")
    assert status == 1
    assert "xlwings' DLL: missing\nxlwings' DLL 0.37.8 is not beside it" in out


def test_no_start_folder_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("APPDATA", raising=False)
    status, _, errors = said(capsys, "install")
    assert status == 2
    assert "Excel's start folder is known on Windows only (APPDATA is not set): name a folder" in errors
    monkeypatch.setenv("APPDATA", str(tmp_path))
    status, _, errors = said(capsys, "status")
    assert status == 2
    assert errors == (
        f"amzn-fcf: error: {tmp_path / 'Microsoft' / 'Excel'}: Excel has no folder there: start Excel once, "
        "or name one with --to\n"
    )


@pytest.mark.usefixtures("xlwings_of_windows")
def test_a_folder_that_cannot_be_written_to_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    status, _, errors = said(capsys, "install", "--to", str(tmp_path / "taken"))
    assert status == 2
    assert "cannot be written" in errors
    assert errors.endswith("close Excel, or give a folder that you may write to with --to\n")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may write anywhere"
)
@pytest.mark.usefixtures("xlwings_of_windows")
def test_no_permission_to_write_is_said(excel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    excel.mkdir()
    excel.chmod(0o500)
    status, _, errors = said(capsys, "install")
    assert status == 2
    assert "cannot be written (Permission denied); close Excel" in errors


@pytest.mark.usefixtures("xlwings_of_windows")
def test_an_add_in_that_excel_holds_open_is_said(
    excel: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "install")
    before = (excel / ADD_IN).read_bytes()

    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", locked)
    monkeypatch.setattr(Path, "unlink", locked)
    status, _, errors = said(capsys, "install")
    assert status == 2
    assert "(Permission denied); close Excel" in errors
    status, _, errors = said(capsys, "remove")
    assert status == 2
    assert errors.endswith("cannot be removed (Permission denied): close Excel first\n")
    assert (excel / ADD_IN).read_bytes() == before


@pytest.mark.usefixtures("xlwings_of_windows")
@pytest.mark.parametrize("content", [b"", b"no package", None], ids=["empty", "text", "a workbook"])
def test_a_file_of_that_name_which_is_not_ours_is_left_alone(
    excel: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    excel.mkdir()
    if content is None:
        openpyxl.Workbook().save(excel / ADD_IN)
    else:
        (excel / ADD_IN).write_bytes(content)
    before = (excel / ADD_IN).read_bytes()
    for action in (["install"], ["install", "--force"], ["status"], ["remove"]):
        status, _, errors = said(capsys, *action)
        assert status == 2
        assert errors == (
            f"amzn-fcf: error: {excel / ADD_IN} is no add-in of amzn-fcf: move it away and try again\n"
        )
    assert (excel / ADD_IN).read_bytes() == before


def test_the_help_names_every_function() -> None:
    page = help_page()
    for name in FUNCTIONS:
        assert f"<h2>{name}(" in page
    assert "&lt;script" not in page
    assert page.isascii()


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
    ours = wheel(source, "amzn_fcf_toy", ["needed"])
    monkeypatch.setenv("PIP_FIND_LINKS", source.as_uri())
    folder = tmp_path / "Büro Ω" / "offline"
    status, out, errors = bundle(folder, ours)
    assert (status, errors) == (0, "")
    assert sorted(each.name for each in (folder / "wheels").iterdir()) == [
        "amzn_fcf_toy-1.0-py3-none-any.whl", "needed-1.0-py3-none-any.whl",
    ]  # fmt: skip
    assert "For desks with Windows run this on Windows." in out or sys.platform == "win32"
    script = (folder / "install.cmd").read_bytes()
    assert script.count(b"\n") == script.count(b"\r\n")
    text = script.decode("ascii")
    assert '--no-index --find-links "%~dp0wheels"' in text
    assert "-m amzn_fcf addin install" in text
    # what install.cmd has pip do, done in a new environment here
    monkeypatch.delenv("PIP_FIND_LINKS")
    venv.create(tmp_path / "new", with_pip=True)
    python = tmp_path / "new" / ("Scripts" if os.name == "nt" else "bin") / "python"
    options = ["--quiet", "--no-index", "--find-links", str(folder / "wheels"), "amzn_fcf_toy"]
    subprocess.run([python, "-m", "pip", "install", *options], check=True)
    subprocess.run([python, "-c", "import amzn_fcf_toy, needed"], check=True)


def test_a_bundle_that_cannot_be_made_says_what_pip_said(tmp_path: Path) -> None:
    source = wheel(tmp_path, "amzn_fcf_toy", ["not_to_be_found"])
    status, _, errors = bundle(tmp_path / "offline", source)
    assert status == 2
    assert (
        "pip could not collect the wheels: ERROR: No matching distribution found for not_to_be_found"
        in errors
    )
    assert errors.count("\n") == 1
    assert not (tmp_path / "offline").exists()


@pytest.mark.parametrize("arguments", [["install", "--to", ""], ["install", "--from", "x"]])
def test_options_that_do_not_fit_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, errors = said(capsys, *arguments)
    assert status == 2
    assert errors.count("\n") == 1
