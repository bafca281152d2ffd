"""Imports run one way, and files stay short."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("amzn_fcf", "model", "workbook_templates", "xlwings_udfs")
ALLOWED = {
    "amzn_fcf": {"amzn_fcf", "model", "workbook_templates", "xlwings_udfs"},
    "model": {"model"},
    "workbook_templates": {"model", "workbook_templates"},
    "xlwings_udfs": {"model", "xlwings_udfs"},
}
LANGUAGE = {"errors", "units", "axis", "expr", "unit_check", "lines", "build", "bind", "build_checks"}
"""Modules of the language: they know nothing of Amazon, of data, or of how formulas are computed."""
LONGEST_FILE = 400

SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Return the dotted names of the modules that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_packages_import_only_what_they_may(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    ours = {name.split(".")[0] for name in imports(path)} & set(ALLOWED)
    assert ours <= ALLOWED[package]


@pytest.mark.parametrize("name", sorted(LANGUAGE))
def test_the_language_knows_neither_amazon_nor_numpy(name: str) -> None:
    found = imports(ROOT / "model" / f"{name}.py")
    ours = {module.removeprefix("model.") for module in found if module.startswith("model")}
    assert ours <= LANGUAGE
    assert not found & {"numpy", "pandas"}


def test_the_model_of_amazon_is_written_in_the_language_alone() -> None:
    for path in (ROOT / "model" / "amazon").glob("*.py"):
        for module in imports(path):
            known = module.startswith(
                ("model.amazon", "model.lines", "model.build", "model.expr", "model.axis", "model.valuation", "model.whole_axis")
            )
            assert known or not module.startswith("model"), f"{path.name} imports {module}"


def test_only_the_writer_its_styles_and_what_reads_styles_know_openpyxl() -> None:
    users = {path.relative_to(ROOT).as_posix() for path in SOURCES if any(name.startswith("openpyxl") for name in imports(path))}
    assert users == {
        "workbook_templates/charts.py", "workbook_templates/looks.py", "workbook_templates/styles.py", "workbook_templates/writer.py",
        "xlwings_udfs/hosts/desktop/template.py",
    }  # fmt: skip


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
