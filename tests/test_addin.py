"""The add-in for Excel: how it is installed, upgraded, looked at and removed."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

import amzn_fcf
from amzn_fcf.cli import main
from model.errors import WorkbookError
from model.files import part_of
from xlwings_udfs.hosts.desktop.addin import ADD_IN, addin, found_in
from xlwings_udfs.hosts.desktop.package import PROPERTIES_PART
from xlwings_udfs.hosts.desktop.vba_module import FILES_FOLDER

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


def test_install_status_upgrade_and_remove(
    excel: Path, xlwings_of_windows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = said(capsys, "status")
    assert (status, out) == (1, f"{excel / ADD_IN} is not installed: py -m amzn_fcf addin install\n")

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
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
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
        f"amzn-fcf: error: {excel / ADD_IN} is version 99.1, newer than {VERSION}: upgrade this "
        "package, or replace the add-in with --force\n"
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
        "that is not the Python of this command: py -m amzn_fcf addin install --force lets the add-in call "
        "this one"
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
            f"amzn-fcf: error: {excel / ADD_IN} is no add-in of amzn-fcf, or damaged: move it away and try "
            "again\n"
        )
    assert (excel / ADD_IN).read_bytes() == before


def test_whatever_byte_of_the_properties_is_damaged_there_is_no_traceback(tmp_path: Path) -> None:
    whole, name = addin("python"), PROPERTIES_PART.encode()
    entry = zipfile.ZipFile(io.BytesIO(whole)).getinfo(PROPERTIES_PART)
    places = [
        *range(entry.header_offset, entry.header_offset + 30 + len(name) + entry.compress_size),
        *range(whole.rindex(name) - 46, len(whole)),
    ]
    unreadable = 0
    for place in places:
        (tmp_path / ADD_IN).write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
        try:
            found_in(tmp_path)
        except WorkbookError:
            unreadable += 1
    assert unreadable > len(places) / 2


def test_a_damaged_module_of_an_add_in_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = bytearray(addin("python"))
    damaged[damaged.index(b"xl/vbaProject.bin") + 5000] ^= 1
    (tmp_path / ADD_IN).write_bytes(damaged)
    status, _, errors = said(capsys, "status", "--to", str(tmp_path))
    assert (status, errors.count("\n")) == (2, 1)
    assert "or damaged: move it away" in errors


@pytest.mark.usefixtures("xlwings_of_windows")
def test_an_add_in_of_another_version_is_a_fault_that_status_names(
    excel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "install")
    rewrite(excel / ADD_IN, VERSION, "0.0.1")
    status, out, _ = said(capsys, "status")
    assert status == 1
    assert out.endswith(
        "the versions differ: py -m amzn_fcf addin install --force writes the add-in of this one\n"
    )


@pytest.mark.usefixtures("xlwings_of_windows")
def test_python_of_the_microsoft_store_is_told_that_excel_will_not_see_the_add_in(
    excel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_3.12.2800.0_x64__qbz"
    monkeypatch.setattr(sys, "base_prefix", store)
    status, _, errors = said(capsys, "install")
    assert (status, errors.count("\n")) == (2, 1)
    assert "Python from the Microsoft Store writes there: take Python from python.org" in errors
    assert not excel.exists()
    assert said(capsys, "install", "--to", str(tmp_path / "elsewhere"))[0] == 0


@pytest.mark.usefixtures("xlwings_of_windows")
def test_an_add_in_elsewhere_is_opened_by_hand_and_the_user_is_told_how(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what a folder's name may hold on Windows."""
    folder = tmp_path / "Büro Ω 'q' 100% & co^!"
    status, out, _ = said(capsys, "install", "--to", str(folder))
    assert status == 0
    assert f"In Excel once: File, Options, Add-ins, Go, Browse, {folder / ADD_IN}\n" in out
    assert said(capsys, "status", "--to", str(folder))[0] == 0
    assert said(capsys, "remove", "--to", str(folder))[0] == 0
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("xlwings_of_windows")
def test_a_path_too_long_for_excel_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = 218 - len(str(tmp_path / ADD_IN)) - 1
    status, _, errors = said(capsys, "install", "--to", str(tmp_path / ("x" * (room + 1))))
    assert (status, errors.count("\n")) == (2, 1)
    assert errors.endswith(
        "Excel opens no path of more than 218 characters: name a shorter folder with --to\n"
    )
    assert list(tmp_path.glob("x*")) == []
    assert said(capsys, "install", "--to", str(tmp_path / ("x" * room)))[0] == 0


@pytest.mark.usefixtures("xlwings_of_windows")
def test_what_a_killed_installation_left_does_not_stay_where_excel_would_open_it(
    excel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    excel.mkdir()
    left = part_of(excel / ADD_IN, 1)
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    said(capsys, "install")
    assert [each.name for each in excel.iterdir() if each.is_file()] == [ADD_IN]


def test_installations_at_one_time_leave_a_whole_add_in(tmp_path: Path, xlwings_of_windows: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(xlwings_of_windows / "Python" / "site-packages")}
    command = [sys.executable, "-m", "amzn_fcf", "addin", "install", "--force", "--to", str(tmp_path / "x")]
    started = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [each.wait(60) for each in started] == [0, 0, 0]
    assert found_in(tmp_path / "x") is not None
    assert sorted(each.name for each in (tmp_path / "x").iterdir()) == [FILES_FOLDER, ADD_IN]


@pytest.mark.parametrize(
    "arguments",
    [
        ["install", "--to", ""],
        ["install", "--from", "x"],
        ["bundle", "--host", "calc", "--from", "x"],
        ["install", "--host", "calc", "--force"],
    ],
)
def test_options_that_do_not_fit_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, errors = said(capsys, *arguments)
    assert status == 2
    assert errors.count("\n") == 1
