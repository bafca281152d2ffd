"""The commands of ``amzn-fcf``, a module each: what the command line takes, and what it then does.

A module is light at the top, so that ``--help`` is fast: ``SUMMARY`` (a line), ``EXAMPLE``, and
``OPTIONS``. ``run(arguments)`` imports the rest and returns the exit status.
"""

from __future__ import annotations

from typing import Final

COMMANDS: Final = (
    "build", "show", "value", "explain", "compare", "report", "solve", "tornado", "grid", "claims",
    "against", "backtest", "simulate", "validate", "read", "data", "import", "roll", "template", "addin",
    "mcp",
)  # fmt: skip
"""In reading order."""
