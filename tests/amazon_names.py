"""Names of Amazon's lines and drivers that stand as text in code outside ``model/amazon``.

Run as a program it prints each with its place: ``python tests/amazon_names.py``.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from model.amazon import AMAZON

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGES = ("amzn_fcf", "model", "workbook_templates", "xlwings_udfs")
_KEY = re.compile(r"([a-z][a-z0-9_]*)(\[.*)?( .*)?")
"""A line or driver, with members and a period; also the beginning of one, as in an f-string."""


class Spelling(NamedTuple):
    """A name of Amazon's as text in code."""

    path: str
    row: int
    text: str


def spellings(root: Path = ROOT) -> Iterator[Spelling]:
    """Yield every text outside ``model/amazon``, except docstrings, that names a line or driver of Amazon."""
    names = set(AMAZON.model.declared)
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if "amazon" in path.relative_to(root).parts:
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in prose:
                    continue
                match = _KEY.fullmatch(node.value)
                if match and match[1] in names:
                    yield Spelling(str(path.relative_to(root)), node.lineno, node.value)


def main() -> None:
    """Print the spellings."""
    found = list(spellings())
    for each in found:
        print(f"{each.path}:{each.row}: {each.text!r}")
    print(f"{len(found)} in {len({each.path for each in found})} files")


if __name__ == "__main__":
    main()
