"""What the extension for LibreOffice Calc holds, and its worker process: all that needs no office."""

from __future__ import annotations

import ast
import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from programs import absent

import xlwings_udfs.hosts.calc as host
from model.errors import WorkbookError
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.calc.client import Client, WorkerError, block, error_number, worker_command
from xlwings_udfs.hosts.calc.parts import INTERFACE, TYPE_LIBRARY, descriptions, interface, office_version
from xlwings_udfs.hosts.calc.type_library import developer_kit, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(host.__file__).parent


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(worker_command(sys.executable))
    yield client
    client.close()


def fake(script: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        f"import json, sys, time\nsay = lambda x: print(json.dumps(x), flush=True)\n{script}",
    ]


def test_a_worker_that_was_killed_between_two_calls_is_replaced(client: Client) -> None:
    assert client.call("AMZN_FCF", (2025.0, None, None, None)) == 11194.0
    first = client.process_id
    assert first is not None
    os.kill(first, 9)
    assert client.call("AMZN_FCF", (2050.0, None, None, None))["error"] == "#N/A"
    assert client.process_id != first


def test_what_a_function_may_not_raise_leaves_the_worker_alive(client: Client) -> None:
    assert client.call("AMZN_NOTHING", ())["error"] == "#VALUE!"
    first = client.process_id
    assert client.call("AMZN_LINE", ())["message"].startswith("TypeError")  # too few arguments
    assert client.call("AMZN_VALUE", (0.0, 0.0, 0.0)) == FUNCTIONS["AMZN_VALUE"]()
    assert client.process_id == first


def test_a_call_that_takes_too_long_ends_the_worker() -> None:
    client = Client(fake("say({'ready': 1}); time.sleep(60)"), seconds=1.0)
    with pytest.raises(WorkerError, match="took too long"):
        client.call("AMZN_FCF", ())
    assert client.process_id is None


def test_a_worker_that_cannot_start_is_not_tried_for_every_cell(tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = Client(fake(f"open({str(log)!r}, 'a').write('started\\n'); sys.exit('no package here')"))
    for _ in range(3):
        with pytest.raises(WorkerError, match="ended with status 1: no package here"):
            client.call("AMZN_FCF", ())
    assert log.read_text() == "started\n"


def test_a_worker_that_dies_of_a_call_or_answers_nonsense_is_an_error() -> None:
    with pytest.raises(WorkerError, match="ended with status 3"):
        Client(fake("say({'ready': 1}); sys.stdin.readline(); sys.exit(3)")).call("AMZN_FCF", ())
    with pytest.raises(WorkerError, match="no answer"):
        Client(fake("say({'ready': 1}); print('hello', flush=True); time.sleep(60)")).call("AMZN_FCF", ())


@pytest.mark.parametrize("calls", [0, 400], ids=["idle", "busy"])
def test_the_worker_ends_when_its_input_ends(calls: int) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        worker_command(sys.executable), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as worker:
        assert worker.stdout is not None
        assert json.loads(worker.stdout.readline()) == {"ready": True}
        prices = [
            json.dumps({"function": "AMZN_IMPLIED", "arguments": ["wacc", 200 + each / 10, None, None]})
            for each in range(calls)
        ]
        out, errors = worker.communicate("".join(f"{each}\n" for each in prices), timeout=60)
    assert (worker.returncode, errors) == (0, "")
    assert out.count("\n") < max(1, calls)  # it did not go on with what nobody waits for


def test_errors_are_numbers_that_calc_takes_for_errors() -> None:
    codes = [
        struct.unpack("<Q", struct.pack("<d", error_number(each)))[0] & 0xFFFFFFFF
        for each in ("#N/A", "#VALUE!", "#NUM!")
    ]
    assert codes == [32767, 519, 503]
    assert block([["a", None, 1]]) == (("a", "", 1.0),)
    assert block(2) == ((2.0,),)


def test_the_extension_holds_what_calc_needs(tmp_path: Path) -> None:
    extension, how_to = host.write_template(tmp_path / "new")
    with zipfile.ZipFile(extension) as archive:
        recorded = json.loads(archive.read("pythonpath/amzn_fcf_client.json"))
        configuration = ET.fromstring(archive.read("CalcAddIns.xcu"))  # noqa: S314  # ours
        registered = re.findall(r'full-path="([^"]+)"', archive.read("META-INF/manifest.xml").decode())
        assert set(registered) < set(archive.namelist())
        assert 'value="7.0"' in archive.read("description.xml").decode()
    assert recorded["interpreter"] == sys.executable
    assert list(recorded["functions"]) == list(FUNCTIONS)
    shown = [each.text for each in configuration.iter("value")]
    for each in descriptions():
        assert {each.name, each.summary, *(argument.text for argument in each.arguments)} <= set(shown)
    assert sys.executable in how_to.read_text(encoding="utf-8")
    assert sorted(tmp_path.joinpath("new").iterdir()) == [extension, how_to]  # nothing temporary
    assert host.write_template(tmp_path / "again")[0].read_bytes() == extension.read_bytes()


def test_the_extension_has_an_icon_a_publisher_and_an_address_for_updates_where_one_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def described(extension: Path) -> str:
        with zipfile.ZipFile(extension) as archive:
            assert archive.read("icon.png").startswith(b"\x89PNG")
            text = archive.read("description.xml").decode()
        ET.fromstring(text)  # noqa: S314  # ours
        assert '<icon><default xlink:href="icon.png"/></icon>' in text
        assert "<publisher><name" in text
        return text

    monkeypatch.delenv(host.UPDATE_VARIABLE, raising=False)
    assert "update-information" not in described(host.write_template(tmp_path / "none")[0])
    monkeypatch.setenv(host.UPDATE_VARIABLE, "https://files.example/a & b/")
    extension, _, updates = host.write_template(tmp_path / "some")
    assert '<src xlink:href="https://files.example/a &amp; b/amzn-fcf.update.xml"/>' in described(extension)
    root = ET.fromstring(updates.read_bytes())  # noqa: S314  # ours
    assert [each.get("value") for each in root if each.get("value")] == ["org.amznfcf.calc", office_version()]
    assert "https://files.example/a &amp; b/amzn-fcf.oxt" in updates.read_text(encoding="utf-8")
    monkeypatch.setenv(host.UPDATE_VARIABLE, "files.example")
    with pytest.raises(WorkbookError, match="is no address: begin it with https://"):
        host.write_template(tmp_path / "bad")


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookError, match="cannot be written"):
        host.write_template(tmp_path / "file" / "under")
    (tmp_path / "out" / host.EXTENSION / "taken").mkdir(parents=True)
    with pytest.raises(WorkbookError, match="cannot be written"):
        host.write_template(tmp_path / "out")
    assert [each.name for each in (tmp_path / "out").iterdir()] == [host.EXTENSION]


def test_the_interface_that_ships_is_that_of_the_functions() -> None:
    again = "the functions have changed: run python -m xlwings_udfs.hosts.calc.type_library"
    assert (PACKAGE / INTERFACE).read_text(encoding="utf-8") == interface(), again


def test_the_type_library_that_ships_is_that_of_the_functions(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    reader = developer_kit("unoidl-read")
    if developer_kit("unoidl-write") is None or reader is None:
        absent(request, "unoidl-write is missing (Debian: apt-get install libreoffice-dev)")
    rebuild(tmp_path)
    read = [
        subprocess.run(
            [str(reader), str(folder / TYPE_LIBRARY)], capture_output=True, text=True, check=True
        ).stdout
        for folder in (PACKAGE, tmp_path)
    ]
    assert read[0] == read[1]
    methods = re.findall(r"(\w+)\((.*)\);", read[0])
    assert {name: arguments.count("[in] any") for name, arguments in methods} == {
        each.name: len(each.arguments) for each in descriptions()
    }


@pytest.mark.parametrize("name", ["addin.py", "client.py"])
def test_what_runs_in_the_office_needs_neither_a_package_nor_a_new_python(name: str) -> None:
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"), feature_version=(3, 7))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    office = {"amzn_fcf_client", "com", "org", "unohelper"}
    assert {each.split(".")[0] for each in imported} <= office | sys.stdlib_module_names
