"""The command that writes the add-in of static files, its sources, and a try on loopback."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import threading
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from commands import amzn_fcf, refused
from processes import AMZN_FCF, running
from pyodide_here import pyodide_folder

from model.errors import WorkbookError
from xlwings_udfs.hosts.web import pyodide
from xlwings_udfs.hosts.web.serve import server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESS = "https://intranet.example.com/amzn-fcf/"


@pytest.fixture(scope="module")
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the folder with Pyodide, which tests may spoil."""
    return shutil.copytree(pyodide_folder(request), tmp_path_factory.mktemp("pyodide") / "it")


def write(out: Path, *more: str) -> list[str]:
    """Write the folder, and return its files."""
    done = amzn_fcf("template", "--host", "web", "--out", str(out), *more)
    assert done.returncode == 0, done.stderr
    return [line.removeprefix("wrote ") for line in done.stdout.splitlines() if line.startswith("wrote ")]


def test_the_command_writes_the_folder_again_only_as_it_was(source: Path, tmp_path: Path) -> None:
    first = write(tmp_path, "--pyodide", str(source), "--address", ADDRESS)
    assert str(tmp_path / "web" / pyodide.FOLDER / "pyodide.asm.wasm") in first
    assert str(tmp_path / "web" / "manifest.xml") in first
    (tmp_path / "web" / "of somebody else.txt").write_text("mine")
    assert write(tmp_path, "--pyodide", str(source), "--address", ADDRESS) == first
    assert (tmp_path / "web" / "of somebody else.txt").read_text() == "mine"
    fewer = write(tmp_path, "--pyodide", str(source))  # without the address in functions.json
    assert set(first) - set(fewer) == {str(tmp_path / "web" / "manifest.xml")}
    (tmp_path / "web" / "functions.js").write_text("mine")
    again = ("template", "--host", "web", "--out", str(tmp_path), "--pyodide", str(source))
    assert "functions.js was changed since it was built" in refused(*again)
    assert (tmp_path / "web" / "functions.js").read_text() == "mine"
    done = amzn_fcf(*again, "--force")
    assert "no manifest.xml for Excel: give --address" in done.stdout


def test_the_command_that_the_readme_gives_writes_the_manifest(source: Path, tmp_path: Path) -> None:
    write(tmp_path / "functions", "--pyodide", str(source))
    readme = (tmp_path / "functions" / "web" / "README.md").read_text("utf-8")
    (command,) = re.findall("`amzn-fcf (template [^`]*--address [^`]*)`", readme)
    done = amzn_fcf(*command.split(), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "functions" / "web" / "manifest.xml").is_file()


def test_a_folder_without_scipy_is_taken_and_listed_so(source: Path, tmp_path: Path) -> None:
    without = shutil.copytree(source, tmp_path / "without", ignore=shutil.ignore_patterns("scipy*"))
    write(tmp_path, "--pyodide", str(without))
    listed = json.loads((tmp_path / "web" / pyodide.FOLDER / pyodide.LOCK).read_text())
    assert set(listed["packages"]) == {"numpy"}


@pytest.mark.parametrize(
    ("spoilt", "content", "said"),
    [
        ("pyodide.mjs", None, "pyodide.mjs is missing; needs that of Pyodide 314.0.3"),
        ("numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl", None, "is missing"),
        (
            "pyodide.mjs",
            b'version="0.28.3"',
            "pyodide.mjs differs; needs that of Pyodide 314.0.3, not 0.28.3",
        ),
        ("pyodide.asm.wasm", b"half", "pyodide.asm.wasm differs; needs that of Pyodide 314.0.3"),
    ],
)
def test_another_pyodide_is_refused(
    source: Path, tmp_path: Path, spoilt: str, content: bytes | None, said: str
) -> None:
    folder = tmp_path / "it"
    folder.mkdir()
    for path in source.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / spoilt).unlink()
    if content is not None:
        (folder / spoilt).write_bytes(content)
    assert said in refused(
        "template", "--host", "web", "--pyodide", str(folder), "--out", str(tmp_path / "out")
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "web"], "--host web needs --pyodide DIR"),
        (["--host", "web", "--pyodide", "x", "--download"], "--host web needs --pyodide DIR"),
        (
            ["--host", "web", "--pyodide", "nowhere"],
            "nowhere: no such folder; --pyodide needs one with Pyodide",
        ),
        (
            ["--host", "web", "--pyodide", "nowhere", "--address", "here"],
            "--address needs an HTTPS address",  # before Pyodide is looked for, or fetched
        ),
        (["--host", "calc", "--download"], "are for --host web"),
        (["--host", "lite", "--serve", "0"], "are for --host web"),
        (["--host", "web", "--serve", "x"], "needs a whole number"),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments: list[str], said: str, tmp_path: Path) -> None:
    assert said in refused("template", *arguments, cwd=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_to_is_said(source: Path, tmp_path: Path) -> None:
    (tmp_path / "web").write_text("a file where the folder goes")
    said = refused("template", "--host", "web", "--pyodide", str(source), "--out", str(tmp_path))
    assert "cannot be written" in said


def test_the_folder_is_served_to_this_computer_until_it_is_interrupted(source: Path, tmp_path: Path) -> None:
    write_and_serve = (
        "template",
        "--host",
        "web",
        "--pyodide",
        str(source),
        "--out",
        str(tmp_path),
        "--serve",
    )
    with running([*AMZN_FCF, *write_and_serve, "0"]) as served:
        assert served.stdout is not None
        said = next(line for line in served.stdout if line.startswith("open "))
        (port,) = re.findall("127.0.0.1:([0-9]+)/", said)
        kinds = {"index.html": "text/html; charset=utf-8", f"{pyodide.FOLDER}/pyodide.mjs": "text/javascript"}
        kinds |= {
            f"{pyodide.FOLDER}/pyodide.asm.wasm": "application/wasm",
            "functions.json": "application/json",
        }
        for name, kind in kinds.items():
            with urlopen(f"http://127.0.0.1:{port}/{name}") as found:
                assert found.headers["Content-Type"] == kind
                assert found.headers["Content-Security-Policy"].startswith("default-src 'self';")
        taken = amzn_fcf(*write_and_serve, port)
        assert taken.returncode == 2
        assert taken.stderr.startswith(f"amzn-fcf: error: port {port} cannot be used")
        served.send_signal(signal.SIGINT)
        assert served.wait(timeout=60) == 130


@pytest.fixture
def published(source: Path) -> Iterator[str]:
    """Serve a folder with Pyodide as it is published, and return its address."""
    with server(source, 0) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}/"
        served.shutdown()


def test_a_download_gives_what_a_folder_gives(published: str, source: Path) -> None:
    assert pyodide.downloaded(published) == pyodide.from_folder(source)


def test_a_download_that_ends_early_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_answer_half, args=(listening,), daemon=True).start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(WorkbookError, match=r"pyodide\.mjs: cannot be fetched .*--pyodide"):
            pyodide.downloaded(address)


def _answer_half(listening: socket.socket) -> None:
    asking, _ = listening.accept()
    with asking:
        asking.recv(4096)
        asking.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def test_a_browser_that_leaves_is_no_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "large").write_bytes(bytes(30_000_000))
    with server(tmp_path, 0) as listening:
        listening.daemon_threads = False  # so that closing waits for the answer
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        with socket.create_connection(("127.0.0.1", listening.server_port)) as browser:
            browser.sendall(b"GET /large HTTP/1.0\r\n\r\n")
            browser.recv(10)
        listening.shutdown()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "name", ["%00", "a%00b.html", "no_such.html", "%ff%fe", 5000 * "a", "..%2f..%2fetc%2fpasswd"]
)
def test_a_name_that_no_file_has_is_not_found(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with server(tmp_path, 0) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        with (
            pytest.raises(HTTPError, match="404"),
            urlopen(f"http://127.0.0.1:{listening.server_port}/{name}"),
        ):
            pass
        listening.shutdown()
    assert capfd.readouterr().err == ""
