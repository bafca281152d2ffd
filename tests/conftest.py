"""Options and fixtures of the test suite."""

from __future__ import annotations

import pytest

from workbook_templates.recalc import ENGINES, Engine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-programs", action="store_true", help="fail, instead of skip, where a program is missing")


@pytest.fixture(params=[pytest.param(name, marks=[pytest.mark.libreoffice] if name == "libreoffice" else []) for name in ENGINES])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Every engine in turn; one that is missing is skipped, or fails with --require-programs."""
    found = ENGINES[request.param]
    if not found.is_available():
        if request.config.getoption("--require-programs"):
            pytest.fail(f"{found.name} is missing: {found.how_to_get}")
        pytest.skip(f"{found.name} is missing: {found.how_to_get}")
    return found
