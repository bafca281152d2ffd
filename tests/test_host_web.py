"""The add-in of static files: what Excel reads of it, the command that writes it, and a try on loopback."""

from __future__ import annotations

import json
import re
import shutil
import signal
import struct
import subprocess
import sys
import threading
from subprocess import PIPE
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from commands import amzn_fcf, refused
from defusedxml.ElementTree import fromstring
from pyodide_here import pyodide_folder

from model.errors import InputError, MissingLibraryError
from xlwings_udfs import AMZN_FCF, AMZN_SIMULATE, AMZN_VALUE
from xlwings_udfs.cells.descriptions import LONGEST_SHOWN, described
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.answers import answer
from xlwings_udfs.hosts.web import OFFICE, pyodide, static_files
from xlwings_udfs.hosts.web.browser import answered
from xlwings_udfs.hosts.web.icons import SIZES, icon
from xlwings_udfs.hosts.web.metadata import metadata
from xlwings_udfs.hosts.web.serve import server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

ADDRESS = "https://intranet.example.com/amzn-fcf/"
MANIFEST = {
    "": "http://schemas.microsoft.com/office/appforoffice/1.1",
    "o": "http://schemas.microsoft.com/office/taskpaneappversionoverrides",
    "bt": "http://schemas.microsoft.com/office/officeappbasictypes/1.0",
}
XSI = "{http://www.w3.org/2001/XMLSchema-instance}type"
# as Microsoft documents the add-in only manifest and custom functions
LONGEST_ID, LONGEST_NAME, LONGEST_SHORT, LONGEST_LONG = 32, 125, 125, 250
A_CELL = re.compile("[A-Z]{1,3}[0-9]+|R[0-9]*C[0-9]*")


@pytest.fixture(scope="module")
def about() -> Any:  # noqa: ANN401  # JSON
    return json.loads(metadata(ADDRESS))


@pytest.fixture(scope="module")
def written() -> dict[str, bytes]:
    """Return the files without Pyodide's own."""
    return static_files({}, ADDRESS)


def test_names_are_those_that_excel_takes(about: Any) -> None:  # noqa: ANN401  # JSON
    assert [each["id"] for each in about["functions"]] == list(FUNCTIONS)
    assert set(about) == {"allowErrorForDataTypeAny", "functions", "enums"}
    for each in about["functions"]:
        assert re.fullmatch("[A-Z][A-Z0-9_.]{2,63}", each["id"])
        assert each["name"] == each["id"]
        assert not A_CELL.fullmatch(each["name"])
        assert set(each) == {"id", "name", "description", "helpUrl", "parameters", "result", "options"}
        assert each["result"] == {"type": "any", "dimensionality": "matrix"}
        assert each["options"] == {"cancelable": True}  # neither volatile nor streaming
        assert each["helpUrl"] == f"{ADDRESS}index.html#{each['id']}"


def test_arguments_that_can_be_left_out_come_last(about: Any) -> None:  # noqa: ANN401  # JSON
    described_ones = described(FUNCTIONS)
    for each in about["functions"]:
        optional = [parameter.get("optional", False) for parameter in each["parameters"]]
        assert optional == sorted(optional), each["id"]
        assert optional == [argument.optional for argument in described_ones[each["id"]].arguments]
        names = [parameter["name"] for parameter in each["parameters"]]
        assert len(set(names)) == len(names)
        for parameter in each["parameters"]:
            assert re.fullmatch("[a-z][a-z0-9_]*", parameter["name"])
            assert (parameter["type"], parameter["dimensionality"]) == ("any", "matrix")


def test_texts_are_single_lines_that_excel_shows_whole(about: Any) -> None:  # noqa: ANN401  # JSON
    for each in about["functions"]:
        for text in (each["description"], *(parameter["description"] for parameter in each["parameters"])):
            assert 0 < len(text) <= LONGEST_SHOWN, each["id"]
            assert text == " ".join(text.split())


def test_choices_are_enums_of_texts(about: Any) -> None:  # noqa: ANN401  # JSON
    choices = {each["id"]: each for each in about["enums"]}
    assert len(choices) == len(about["enums"])
    used = {
        parameter["customEnumId"]
        for each in about["functions"]
        for parameter in each["parameters"]
        if "customEnumId" in parameter
    }
    assert used == set(choices)
    for each in choices.values():
        assert each["type"] == "string"
        assert re.fullmatch("[A-Z][A-Z0-9_.]*", each["id"])
        texts = [value["stringValue"] for value in each["values"]]
        assert len(set(texts)) == len(texts) > 1
        assert all(set(value) == {"name", "stringValue"} for value in each["values"])
    words = [value["stringValue"] for value in choices["AMZN_MULTIPLE.MULTIPLE"]["values"]]
    assert words == ["P/S", "EV/EBITDA", "P/OCF", "P/FCF", "P/E"]


def resources(manifest: Element) -> dict[str, str]:
    """Return the resources of a manifest by their id."""
    found = manifest.find(".//o:Resources", MANIFEST)
    assert found is not None
    return {each.attrib["id"]: each.attrib["DefaultValue"] for each in found.iter() if "id" in each.attrib}


def test_the_manifest_has_every_part_in_its_order(written: dict[str, bytes]) -> None:
    manifest = fromstring(written["manifest.xml"])
    assert manifest.attrib[XSI] == "TaskPaneApp"
    assert [each.tag.rpartition("}")[2] for each in manifest] == [
        "Id", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl",
        "HighResolutionIconUrl", "SupportUrl", "AppDomains", "Hosts", "Requirements", "DefaultSettings",
        "Permissions", "VersionOverrides",
    ]  # fmt: skip
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", manifest.findtext("Id", "", MANIFEST))
    assert re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,5}){3}", manifest.findtext("Version", "", MANIFEST))
    name, text = (manifest.find(each, MANIFEST) for each in ("DisplayName", "Description"))
    assert name is not None
    assert text is not None
    assert len(name.attrib["DefaultValue"]) <= LONGEST_NAME
    assert len(text.attrib["DefaultValue"]) <= LONGEST_LONG
    (host,) = manifest.findall(".//o:Host", MANIFEST)
    assert [each.tag.rpartition("}")[2] for each in host] == [
        "Runtimes",
        "AllFormFactors",
        "DesktopFormFactor",
    ]
    functions, ribbon = manifest.findall(".//o:ExtensionPoint", MANIFEST)
    assert [functions.attrib[XSI], ribbon.attrib[XSI]] == ["CustomFunctions", "PrimaryCommandSurface"]
    # without a Namespace cells say =AMZN_FCF(), as everywhere else
    assert [each.tag.rpartition("}")[2] for each in functions] == ["Script", "Page", "Metadata"]
    needed = {each.attrib["Name"] for each in manifest.iter(f"{{{MANIFEST['']}}}Set")}
    assert needed == {"SharedRuntime", "CustomFunctionsRuntime"}


def test_the_manifest_names_only_what_is_there(written: dict[str, bytes]) -> None:
    manifest = fromstring(written["manifest.xml"])
    there = resources(manifest)
    asked = {each.attrib["resid"] for each in manifest.iter() if "resid" in each.attrib}
    assert asked == set(there)
    assert all(len(each) <= LONGEST_ID for each in there)
    for kind, longest in (("ShortStrings", LONGEST_SHORT), ("LongStrings", LONGEST_LONG)):
        texts = manifest.findall(f".//bt:{kind}/bt:String", MANIFEST)
        assert texts
        assert all(len(each.attrib["DefaultValue"]) <= longest for each in texts)
    addresses = re.findall('DefaultValue="(https?://[^"]*)"', written["manifest.xml"].decode())
    assert len(addresses) == 10
    for each in addresses:
        assert each.startswith(ADDRESS)
        assert each.removeprefix(ADDRESS) in written
    runtime = manifest.find(".//o:Runtime", MANIFEST)
    page = manifest.find(".//o:Page/o:SourceLocation", MANIFEST)
    assert runtime is not None
    assert page is not None
    assert runtime.attrib["resid"] == page.attrib["resid"]  # else the runtime is not shared
    assert runtime.attrib["lifetime"] == "long"


def test_the_same_address_is_the_same_add_in(written: dict[str, bytes]) -> None:
    assert static_files({}, ADDRESS.rstrip("/")) == written
    other = static_files({}, "https://example.com/other")
    ids = [re.findall(b"<Id>(.*)</Id>", each["manifest.xml"]) for each in (written, other)]
    assert ids[0] != ids[1]


def test_without_an_address_there_is_no_manifest() -> None:
    made = static_files({})
    assert "manifest.xml" not in made
    assert b"helpUrl" not in made["functions.json"]
    assert b"__" not in b"".join(made[name] for name in ("functions.js", "worker.js", "README.md"))


def test_only_office_comes_from_elsewhere(written: dict[str, bytes]) -> None:
    texts = {
        name: data.decode() for name, data in written.items() if name.endswith((".js", ".html", ".json"))
    }
    found = {
        (name, each) for name, text in texts.items() for each in re.findall("https?://[^\"'<> )]+", text)
    }
    assert {each for each in found if not each[1].startswith(ADDRESS)} == {("taskpane.html", OFFICE)}


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/", "example.com", "https://", "https://example.com/?a=1", "https://example.com/#a",
        "https://me@example.com/", "https://example.com/a b", 'https://example.com/"', "https://example.com/é",
        "ftp://example.com/",
    ],
)  # fmt: skip
def test_an_address_that_excel_does_not_take_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="--address needs an HTTPS address"):
        static_files({}, address)


@pytest.mark.parametrize("size", SIZES)
def test_icons_are_pictures_of_their_size(size: int) -> None:
    data = icon(size)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (size, size)


def test_a_call_arrives_as_excel_sends_it() -> None:
    assert json.loads(answered(json.dumps(["AMZN_FCF", [[[2025]], None, None, None]]))) == {
        "value": AMZN_FCF(2025)
    }
    failed = {"basicValue": "#DIV/0!"}
    assert json.loads(answered(json.dumps(["AMZN_FCF", [[[failed]]]]))) == {"value": {"error": "#DIV/0!"}}
    unknown = json.loads(answered(json.dumps(["AMZN_NOTHING", []])))
    assert unknown["error"] == "#VALUE!"
    assert "the add-in and the package differ" in unknown["message"]


def test_without_scipy_only_simulations_fail_and_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingLibraryError, match="python -m pip install scipy") as caught:
        AMZN_SIMULATE("free_cash_flow 2027", "bear", 301, 7)
    assert "\n" not in str(caught.value)
    found = answer("AMZN_SIMULATE", ["free_cash_flow 2027", "bear", 301, 7])
    assert (found["error"], found["missing"]) == ("#VALUE!", "scipy")
    assert AMZN_VALUE("dcf", "bear") > 0


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
    assert str(tmp_path / "web" / "pyodide" / "pyodide.asm.wasm") in first
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


def test_a_folder_without_scipy_is_taken_and_listed_so(source: Path, tmp_path: Path) -> None:
    without = shutil.copytree(source, tmp_path / "without", ignore=shutil.ignore_patterns("scipy*"))
    write(tmp_path, "--pyodide", str(without))
    listed = json.loads((tmp_path / "web" / "pyodide" / pyodide.LOCK).read_text())
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
    assert not (tmp_path / "out" / "web").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "web"], "--host web needs --pyodide DIR"),
        (["--host", "web", "--pyodide", "x", "--download"], "--host web needs --pyodide DIR"),
        (
            ["--host", "web", "--pyodide", "nowhere"],
            "nowhere: no such folder; --pyodide needs one with Pyodide",
        ),
        (["--host", "calc", "--download"], "are for --host web"),
        (["--host", "lite", "--serve", "0"], "are for --host web"),
        (["--host", "web", "--serve", "x"], "needs a whole number"),
    ],
)
def test_options_that_do_not_fit_are_refused(arguments: list[str], said: str, tmp_path: Path) -> None:
    assert said in refused("template", *arguments, cwd=tmp_path)


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
    command = [sys.executable, "-m", "amzn_fcf", *write_and_serve, "0"]
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True) as served:
        assert served.stdout is not None
        said = next(line for line in served.stdout if line.startswith("open "))
        (port,) = re.findall("127.0.0.1:([0-9]+)/", said)
        kinds = {"index.html": "text/html; charset=utf-8", "pyodide/pyodide.mjs": "text/javascript"}
        kinds |= {"pyodide/pyodide.asm.wasm": "application/wasm", "functions.json": "application/json"}
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
    with server(source, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


def test_a_download_gives_what_a_folder_gives(published: str, source: Path) -> None:
    assert pyodide.downloaded(published) == pyodide.from_folder(source)
