"""Scenario files that tests write."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'name = "mine"\nas_of = "2026Q2"\nbase = "base"\n'
CASE = """
name = "{name}"
base = "base"
as_of = "2026Q2"
[drivers.aws_growth]
unit = "ratio"
source = "me"
values = {{ 2027 = {value} }}
"""


def entry(driver: str = "aws_growth", unit: str = "ratio", values: str = "{ 2027 = 0.30 }") -> str:
    """Return the entry of a driver by period."""
    return f'[drivers."{driver}"]\nunit = "{unit}"\nsource = "a test"\nvalues = {values}\n'


def write(folder: Path, text: str, name: str = "mine.toml") -> str:
    """Write a scenario file, and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def cases(folder: Path, count: int) -> list[Path]:
    """Write scenario files that differ in one driver."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"case{number:02}.toml" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(CASE.format(name=path.stem, value=0.2 + number / 1000), encoding="utf-8")
    return paths
