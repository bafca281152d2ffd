"""The table in the documents: how many calls of each function all hosts must answer as Python does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from calls import CALLS

from xlwings_udfs.functions import FUNCTIONS

DOCUMENTS = Path(__file__).parent.parent / "docs"
_CALLS = Counter(call.name for call in CALLS)


def table() -> str:
    """Return the table as it stands in the document."""
    lines = ["| function | calls |", "|---|--:|", *(f"| `{name}` | {_CALLS[name]} |" for name in FUNCTIONS)]
    return "\n".join([*lines, f"| all | {len(CALLS)} |"])


def test_every_function_is_called() -> None:
    missing = [name for name in FUNCTIONS if name not in _CALLS]
    assert not missing, f"add a call of {', '.join(missing)} to tests/calls.py"
    assert set(_CALLS) == set(FUNCTIONS)


def test_the_table_stands_in_the_documents() -> None:
    print(table())
    pages = [page.read_text("utf-8") for page in DOCUMENTS.rglob("*.md")]
    assert any(table() in page for page in pages), "copy the table that pytest -s tests/test_hosts.py prints"
