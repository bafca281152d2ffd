"""Options and fixtures of the test suite."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Final

import once
import pytest
import remembered
from frozen import frozen
from held_out import held_out
from programs import engines, needs_engine
from shared import calculated

from model import companies
from model.amazon import AMAZON
from model.backends.kernel.cache import FOLDER_VARIABLE
from workbook_templates.engines.engines import ENGINES
from workbook_templates.read import book
from workbook_templates.validation import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from model.company import Company
    from workbook_templates.engines.engine import Engine

_LONG: Final = ("test_pyodide", "test_kernel", "test_kernel_nodes", "test_parity", "test_batch")
_MEASURED: Final = "measured"
"""The property of a test that carries a line of figures, also from another process, to the end of the run."""


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # the process that the others are started from
        once.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        once.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files with the longest tests first, so that the processes end at the same time."""
    items.sort(key=lambda item: item.path.stem not in _LONG)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-programs", action="store_true", help="fail, instead of skip, where a program is missing"
    )


@pytest.fixture(params=engines())
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine in turn; one that is missing is skipped, or fails with --require-programs."""
    found = ENGINES[request.param]
    needs_engine(request, found)
    return found


@pytest.fixture(scope="module")
def frozen_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide from the tests of a module whatever was filed after 2026Q2."""
    with frozen(tmp_path_factory.mktemp("data")):
        yield


@pytest.fixture(scope="module")
def kernel_folder() -> Iterator[None]:
    """Have the kernels of a module compiled into a folder that is empty when the test run begins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(once.run_folder("kernels")))
        yield


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Give Amazon as it was before 2026Q2."""
    return held_out(tmp_path_factory.mktemp("shipped"))


@pytest.fixture
def no_uncertainty(tmp_path: Path) -> Iterator[None]:
    """Put in Amazon's place a company that differs in one thing: it ships no distributions."""
    source, without = resources.files(str(AMAZON.data)), shutil.ignore_patterns("uncertainty.toml")
    folder = shutil.copytree(str(source), tmp_path / "without", ignore=without)
    with companies.using(replace(AMAZON, data=folder)):
        yield


@pytest.fixture
def quick_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``validate`` reuse plans and sheets that it has read: a test changes little of a workbook."""
    monkeypatch.setattr(validate, "plan_workbook", remembered.planned)
    monkeypatch.setattr(book, "SheetReader", remembered.RememberingReader)


@pytest.fixture
def clean() -> bytes:
    """Return a workbook as it ships."""
    return calculated("base")


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a function that takes a line of figures, to be shown at the end of the run."""

    def show(line: str) -> None:
        record_property(_MEASURED, line)

    return show


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the tests measured."""
    reports = [
        each
        for found in terminalreporter.stats.values()
        for each in found
        if isinstance(each, pytest.TestReport)
    ]
    lines = [
        str(line)
        for report in reports
        if report.when == "call"
        for name, line in report.user_properties
        if name == _MEASURED
    ]
    if lines:
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)
