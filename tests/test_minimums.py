"""The oldest versions that pyproject.toml allows are those that `make minimums` tests."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

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
