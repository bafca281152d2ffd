"""Imports run one way, no module is part of a circle, and files and folders stay small."""

from __future__ import annotations

import ast
from pathlib import Path

from amazon_names import spellings

ROOT = Path(__file__).parent.parent
PACKAGES = ("amzn_fcf", "model", "workbook_templates", "xlwings_udfs")
ORDER = {
    "model": (
        "errors", "files parallel language", "data_folder", "plan", "backends presentation history",
        "company", "amazon reported", "scenarios", "results", "outputs", "analysis simulation", "evidence",
        "filings roll",
    ),
    "workbook_templates": ("a1 memory", "formula_text", "plan", "read", "write", "engines", "validation"),
    "xlwings_udfs": ("cells", "functions", "hosts"),
}  # fmt: skip
"""Within a package a folder imports from those to its left, and from itself."""
FREE = {"model": {"companies"}}
"""Modules that may be imported from anywhere in their package: they import when they are used."""
SPELLED = {
    "price": "a word of the command line, of messages and of headings",
    "price ": "the beginning of a label",
    "price must be above 0, not ": "a message",
    "distributions and correlations as .toml; default: those that ship": "a help text",
    "free_cash_flow 2027 or value_per_share[dcf,mid]": "the example of an error message",
    "turn": "a heading of the summary of a build",
    "positive": "as above",
    "checks_failed": "the name under which any model counts its failed checks",
}
"""Texts outside ``model/amazon`` that are also names of Amazon's lines or drivers, each with its reason."""
MOST_SPELLINGS = 40
LONGEST_FILE = 400
MOST_MODULES = 8


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


SOURCES = {module_of(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in SOURCES.items()}


def imports(name: str, *, at_start: bool = False) -> set[str]:
    """Return what a module imports: all, or what Python runs when it loads the module."""
    found, waiting = set(), list(TREES[name].body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif not at_start or not isinstance(node, (ast.FunctionDef, ast.If)):
            waiting += [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)]
    return found


def ours(name: str, *, at_start: bool = False) -> set[str]:
    """Return the modules of ours that a module imports."""
    given = imports(name, at_start=at_start)
    return {
        each if each in SOURCES else each.rpartition(".")[0]
        for each in given
        if each.split(".")[0] in PACKAGES
    } - {name}


def test_packages_import_only_what_they_may() -> None:
    allowed = {
        "model": {"model"},
        "workbook_templates": {"model", "workbook_templates"},
        "xlwings_udfs": {"model", "xlwings_udfs"},
    }
    for name in SOURCES:
        package = name.split(".")[0]
        found = {each.split(".")[0] for each in ours(name)}
        assert found <= allowed.get(package, set(PACKAGES)), name


def test_folders_import_only_from_those_to_their_left() -> None:
    wrong = []
    for package, columns in ORDER.items():
        place = {folder: number for number, column in enumerate(columns) for folder in column.split()}
        for name in SOURCES:
            folder = [*name.split("."), ""][1]
            for used in ours(name):
                other = [*used.split("."), ""][1]
                if not used.startswith(f"{package}.") or other == folder or other in FREE.get(package, set()):
                    continue
                if name.startswith(f"{package}.") and folder in place and place[other] >= place[folder]:
                    wrong.append(f"{name} imports {used}")
    assert not wrong, "\n".join(wrong)


def test_no_module_is_part_of_a_circle() -> None:
    left = {name: ours(name) for name in SOURCES}
    while ready := {name for name, used in left.items() if not used & set(left)}:
        left = {name: used for name, used in left.items() if name not in ready}
    assert not left, f"circles among {', '.join(sorted(left))}"


def test_only_companies_imports_a_company() -> None:
    users = {
        name
        for name in SOURCES
        for used in ours(name)
        if used.startswith("model.amazon") and not name.startswith("model.amazon")
    }
    assert users == {"model.companies"}


def test_amazon_is_spelled_only_in_its_folder_and_where_a_reason_is_given() -> None:
    found = list(spellings())
    unexplained = [f"{each.path}:{each.row}: {each.text!r}" for each in found if each.text not in SPELLED]
    assert not unexplained, "move the name to model/amazon, or give a reason here:\n" + "\n".join(unexplained)
    assert {each.text for each in found} == set(SPELLED), "a reason is left without its text"
    assert len(found) <= MOST_SPELLINGS


def test_the_language_knows_neither_numpy_nor_pandas() -> None:
    for name in SOURCES:
        if name.startswith(("model.language", "model.plan", "model.amazon")):
            assert not {each.split(".")[0] for each in imports(name)} & {"numpy", "pandas", "scipy"}, name


def test_only_the_writer_its_styles_and_what_reads_styles_know_openpyxl() -> None:
    users = {name for name in SOURCES if any(each.startswith("openpyxl") for each in imports(name))}
    assert users == {
        "workbook_templates.plan.named_styles", "workbook_templates.read.looks",
        "workbook_templates.write.charts", "workbook_templates.write.panels",
        "workbook_templates.write.xlsx",
        "xlwings_udfs.hosts.desktop.template",
    }  # fmt: skip


def test_files_and_folders_stay_small() -> None:
    for name, path in SOURCES.items():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE, name
    assert len(list((ROOT / "model").glob("*.py"))) <= MOST_MODULES
