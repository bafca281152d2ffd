"""Pyodide for real, in node and in headless Chromium: the add-in of static files, and main.py of Lite."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from browser import PATIENCE, browser, visit
from calls import CALLS
from commands import amzn_fcf
from office_calls import ANSWERS, assert_same, body, cells, expected
from programs import absent
from pyodide_here import pyodide_folder, xlwings_wheel

from model.errors import AmznFcfError, MissingLibraryError
from xlwings_udfs import AMZN_FCF
from xlwings_udfs.cells.error_values import ErrorValue, error_value
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.web.pyodide import FOLDER, LOCK
from xlwings_udfs.hosts.wheel import write_project

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

JAVASCRIPT = Path(__file__).with_name("javascript")
WITH_MESSAGE = {"#VALUE!", "#N/A"}
"""Error values beside which Excel shows a message."""
LICENCE = {"XLWINGS_LICENSE_KEY": "noncommercial", "XLWINGS_ON_SERVER": "true", "HOME": "/home/pyodide"}


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the folder, and put beside it what only the tests serve: stand-ins, xlwings, and the calls."""
    source = pyodide_folder(request)
    out = tmp_path_factory.mktemp("functions")
    done = amzn_fcf("template", "--host", "web", "--pyodide", str(source), "--out", str(out))
    assert done.returncode == 0, done.stderr
    folder = out / "web"
    wheel = xlwings_wheel()
    assert wheel is not None
    for path in [*JAVASCRIPT.iterdir(), wheel, *write_project("lite", out / "lite")]:
        shutil.copy(path, folder)
    (folder / "pyodide").symlink_to(FOLDER)  # for Lite
    (folder / "calls.json").write_text(json.dumps([[call.name, cells(call.arguments)] for call in CALLS]))
    order = {
        "environment": LICENCE, "code": ANSWERS, "bodies": [body(*call) for call in CALLS],
        "wheels": [path.name for path in folder.glob("*.whl")],
    }  # fmt: skip
    (folder / "order.json").write_text(json.dumps(order))
    return folder


def in_node(request: pytest.FixtureRequest, folder: Path, script: str, *arguments: str) -> Any:  # noqa: ANN401  # JSON
    node = shutil.which("node") or absent(request, "node is missing: apt-get install nodejs")
    done = subprocess.run(
        [node, str(JAVASCRIPT / script), *arguments],
        cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def wanted(name: str, arguments: Sequence[object]) -> object:
    """Return what Excel must get from the add-in: rows of cells, or an error value with its message."""
    try:
        found = FUNCTIONS[name](*arguments)
    except AmznFcfError as error:
        value = error_value(error)
        return {"error": str(value), "message": str(error) if value in WITH_MESSAGE else ""}
    rows = found if isinstance(found, list) else [[found]]
    return [[_cell(each) for each in row] for row in rows]


def _cell(value: object) -> object:
    if isinstance(value, ErrorValue):
        return {"error": str(value), "message": ""}
    return "" if value is None else value


def check_web(report: Any) -> None:  # noqa: ANN401  # JSON
    """Assert what a run of the add-in reported."""
    assert "failed" not in report, report
    assert report["names"] == list(FUNCTIONS)
    assert report["first"] == [[FUNCTIONS["AMZN_VERSION"]()]]
    for call, found in zip(CALLS, report["answers"], strict=True):
        assert_same(found, wanted(*call), str(call))
    assert report["again"] == 0, "an answer is remembered, and Python not asked again"
    assert report["unwanted"] == 0, "a call that was canceled before its turn is not computed"
    divided = {"error": "#DIV/0!", "message": ""}
    assert report["passed"] == divided
    assert report["reference"] == {"error": "#VALUE!", "message": "an argument is #REF!"}
    assert_same(report["column"], [[AMZN_FCF(2025)], [divided], [""]], "column")


def test_the_add_in_answers_in_node_as_python_does(
    site: Path, request: pytest.FixtureRequest, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    without = tmp_path / "without"
    shutil.copytree(site, without, ignore=shutil.ignore_patterns("scipy-*"), copy_function=os.symlink)
    listed = without / FOLDER / LOCK
    packages = json.loads(listed.read_text())
    del packages["packages"]["scipy"]
    listed.unlink()
    listed.write_text(json.dumps(packages))
    report = in_node(request, site, "node.mjs", str(site), str(without), str(site / "calls.json"))
    check_web(report)
    assert_same(report["after"], [[AMZN_FCF(2034)]], "after a call that was canceled while it was computed")
    message = str(MissingLibraryError("scipy", "simulations"))
    assert report["without"] == {"error": "#VALUE!", "message": message}
    measured(
        f"web in node: first answer after {report['seconds']:.1f} s, process {report['megabytes']:.0f} MB"
    )


def test_a_call_that_stops_python_takes_no_other_with_it_and_long_ones_are_not_kept(
    site: Path, request: pytest.FixtureRequest
) -> None:
    report = in_node(request, site, "queue.mjs", str(site / "functions.js"))
    assert report["stopped"] == [{"error": "#VALUE!", "message": "Python stopped"}, {"value": 1}]
    assert report["started"] == 2
    assert report["again"] == {"value": 1}
    assert report["sent"] == ["A", "B", "C", "B"], "a call of a million characters is computed again"


def test_the_add_in_answers_in_a_browser_and_asks_nobody_else(
    site: Path, request: pytest.FixtureRequest, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    found = visit(browser(request), site, "taskpane.html", tmp_path)
    check_web(found.report)
    assert found.report["status"].startswith("Ready: amzn-fcf")
    known, nonsense, half = found.report["typed"]
    assert known == f"{AMZN_FCF(2026, 'bull'):,.4f}".rstrip("0")
    assert nonsense.startswith("#VALUE! 'nonsense'")
    assert half.startswith("Write a call such as")
    assert_only_loopback(found.requests)
    measured(
        f"web in Chromium: first answer after {found.report['seconds']:.1f} s, largest process "
        f"{found.megabytes:.0f} MB; {found.report['status']}"
    )


def assert_only_loopback(requests: Sequence[str]) -> None:
    """Assert that a browser fetched Python, and asked no other computer for anything."""
    assert {urlsplit(each).hostname for each in requests} == {"127.0.0.1"}
    assert any(each.endswith("/pyodide.asm.wasm") for each in requests)


def check_lite(report: Any) -> None:  # noqa: ANN401  # JSON
    """Assert what xlwings made of our main.py in Pyodide."""
    assert "failed" not in report, report
    assert {each["name"] for each in report["meta"]["functions"]} == set(FUNCTIONS)
    for call, found in zip(CALLS, report["answers"], strict=True):
        assert_same(found, expected(*call), str(call))


def test_main_py_of_lite_answers_in_node_as_python_does(
    site: Path, request: pytest.FixtureRequest, measured: Callable[[str], None]
) -> None:
    report = in_node(request, site, "lite_node.mjs", str(site / "order.json"))
    check_lite(report)
    measured(f"lite in node: started in {report['seconds']:.1f} s, WebAssembly {report['megabytes']:.0f} MB")


def test_main_py_of_lite_answers_in_a_browser(
    site: Path, request: pytest.FixtureRequest, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    found = visit(browser(request), site, "lite.html", tmp_path)
    check_lite(found.report)
    assert_only_loopback(found.requests)
    measured(
        f"lite in Chromium: started in {found.report['seconds']:.1f} s, largest process "
        f"{found.megabytes:.0f} MB"
    )
