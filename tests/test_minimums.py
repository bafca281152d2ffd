"""The oldest versions that pyproject.toml allows are those that `make minimums` tests."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from model.errors import EngineError
from workbook_templates.engines.formualizer import Formualizer

ROOT = Path(__file__).parents[1]
UNTESTED = {
    "xlwings-server",  # needs a newer xlwings than the rest; constraints.txt holds its minimum
    *("mypy", "ruff", "pandas-stubs", "scipy-stubs", "types-defusedxml", "types-openpyxl"),  # linters
}


def declared() -> dict[str, Version]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    minimums = {}
    for each in map(Requirement, lines):
        if each.name != "amzn-fcf":
            [minimum] = [Version(one.version) for one in each.specifier if one.operator == ">="]
            minimums[each.name] = minimum
    return minimums


def pinned(name: str) -> dict[str, Version]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {each.lower().replace("_", "-"): Version(version) for each, version in pairs}


def test_every_declared_minimum_is_tested() -> None:
    tested = pinned("constraints-minimum.txt")
    del tested["pyparsing"]  # matplotlib's own
    assert tested == {each: version for each, version in declared().items() if each not in UNTESTED}


def test_what_is_pinned_is_allowed() -> None:
    in_use = pinned("constraints.txt")
    assert all(in_use[each] >= version for each, version in declared().items())
    assert in_use["xlwings-server"] == declared()["xlwings-server"]


@pytest.mark.parametrize(
    ("system", "machine", "needed"),
    [
        ("linux", "x86_64", True), ("linux", "aarch64", True), ("darwin", "arm64", True),
        ("win32", "AMD64", True), ("win32", "ARM64", False), ("emscripten", "wasm32", False),
    ],
)  # fmt: skip
def test_formualizer_is_asked_for_only_where_it_has_a_wheel(
    system: str, machine: str, *, needed: bool
) -> None:
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    [marker] = [each.marker for each in map(Requirement, lines) if each.name == "formualizer"]
    assert marker is not None
    assert marker.evaluate({"sys_platform": system, "platform_machine": machine}) is needed


def test_a_workbook_cannot_be_calculated_without_it_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Formualizer, "is_available", lambda _: False)
    with pytest.raises(EngineError, match="not installed: pip install formualizer"):
        Formualizer().calculate(b"")
