"""The add-in of static files: what Excel reads of it, and calls as Excel sends them."""

from __future__ import annotations

import json
import math
import re
import struct
import sys
from typing import TYPE_CHECKING, Any

import pytest
from defusedxml.ElementTree import fromstring

from model.errors import InputError, MissingLibraryError
from xlwings_udfs import AMZN_FCF, AMZN_SIMULATE, AMZN_VALUE
from xlwings_udfs.cells.descriptions import LONGEST_SHOWN, described
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.answers import answer
from xlwings_udfs.hosts.web import OFFICE, pyodide, static_files
from xlwings_udfs.hosts.web.browser import answered
from xlwings_udfs.hosts.web.icons import SIZES, icon
from xlwings_udfs.hosts.web.metadata import metadata
from xlwings_udfs.hosts.wheel import wheel

if TYPE_CHECKING:
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
            kind = ("string", "scalar") if "customEnumId" in parameter else ("any", "matrix")
            assert (parameter["type"], parameter["dimensionality"]) == kind


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


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://example.com/__ORIGIN__/__VERSION__", "https://example.com"),
        ("https://[::1]:8443/a%20b", "https://[::1]:8443"),
        ("HTTPS://Example.com", "HTTPS://Example.com"),
    ],
)
def test_an_address_stands_in_the_manifest_as_it_was_given(address: str, origin: str) -> None:
    manifest = fromstring(static_files({}, address)["manifest.xml"])
    assert resources(manifest)["Script.Url"] == f"{address}/functions.js"
    assert manifest.findtext(".//AppDomain", None, MANIFEST) == origin


def test_no_script_meets_one_of_another_build_in_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def marks() -> set[str]:
        texts = {
            name: data.decode() for name, data in static_files({}).items() if name.endswith(("js", "html"))
        }
        asked = re.compile(r'"((?:functions|try|worker)\.js|[^"]*\.whl)(\?[0-9a-f]{12})?"')
        found = {(name, *each) for name, text in texts.items() for each in asked.findall(text)}
        assert {(name, target) for name, target, _ in found} == {
            ("index.html", "functions.js"), ("index.html", "try.js"), ("taskpane.html", "functions.js"),
            ("taskpane.html", "try.js"), ("functions.js", "worker.js"), ("worker.js", wheel()[0]),
        }  # fmt: skip
        assert texts["worker.js"].count(f"pyodide-{pyodide.VERSION}/") == 2
        return {mark for _, _, mark in found}

    first = marks()
    assert len(first) == 1
    assert "" not in first
    monkeypatch.setattr("xlwings_udfs.hosts.web.wheel", lambda: (wheel()[0], b"another build"))
    assert marks().isdisjoint(first)


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
        "ftp://example.com/", "", "https://[::1", "https://example.com:abc/", "https://example.com:99999/",
        "https://example.com/\nfoo/", "https://@example.com/", "https://example.com/a\\b", "https://example.com/%zz",
        "https://example.com/{a}",
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
    words = json.dumps(["AMZN_FCF", [[[2026]], [["bull"]], "after_leases", None]])  # a choice is no block
    assert json.loads(answered(words)) == {"value": AMZN_FCF(2026, "bull", "after_leases")}
    unknown = json.loads(answered(json.dumps(["AMZN_NOTHING", []])))
    assert unknown["error"] == "#VALUE!"
    assert "the add-in and the package differ" in unknown["message"]


def test_a_number_that_no_cell_can_hold_is_an_error_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FUNCTIONS, "AMZN_FCF", lambda: [[math.nan, 1.0], [-math.inf, None]])
    number = {"error": "#NUM!"}
    assert json.loads(answered('["AMZN_FCF", []]')) == {"value": [[number, 1.0], [number, None]]}


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
