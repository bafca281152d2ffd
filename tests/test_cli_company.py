"""Commands for a company that has no valuation methods, claims, forecast rules, events or price."""

from __future__ import annotations

import shutil
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, refused
from small_model import SMALL

from model import companies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Path]:
    """Put a made-up company with one scenario in Amazon's place; return the folder of its data."""
    assert isinstance(SMALL.data, PathLike)
    folder = tmp_path / "data"
    shutil.copytree(SMALL.data, folder)
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "base.toml").write_text('name = "base"\ntitle = "Base"\nas_of = "2026Q2"\n')
    entry = (
        'unit = "ratio"\ngrade = "J"\nsource = "me"\nset = { distribution = "uniform", low = 0, high = 2 }\n'
    )
    (folder / "uncertainty.toml").write_text(f"[drivers.first]\n{entry}")
    with companies.using(replace(SMALL, data=folder)):
        yield folder


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("show", "both [ratio]: Sum\n    = first + second"),
        ("show both weighted", "all          200.00%       300.00%"),
        ("tornado both", "first         90.00%    100.00%   110.00%       190.00%        210.00%   20.00%"),
        ("grid both --x first 0:1:2 --y second 0:1:2 --break-even 1", "first 0.00%: second 100.00%"),
        ("simulate --draws 100 --engine numpy --workers 1 --output both", "both     ratio    200.00%"),
    ],
)
def test_its_lines_are_computed(command: str, found: str) -> None:
    assert found in amzn_fcf(*command.split()).stdout


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("value", "Small has no valuation methods"),
        ("solve first --price 2", "Small has no valuation methods"),
        ("claims", "Small has no claims"),
        ("backtest", "Small has no forecast rules"),
        ("grid both --x first 0:1:2 --y second 0 1 --break-even price", "Small has no share price"),
        ("simulate --draws 100 --engine numpy", "names no figure to simulate"),
    ],
)
def test_a_part_that_it_lacks_is_one_line(command: str, message: str) -> None:
    assert message in refused(*command.split())


def test_a_company_without_scenarios_asks_for_one(company: Path) -> None:
    shutil.rmtree(company / "scenarios")
    with companies.using(replace(SMALL, data=company)):
        line = refused("build", "--out", str(company))
    assert "no scenario ships with Small: give one with --scenario" in line
