"""The page that the ribbon's Help opens: the functions, their arguments, and the errors."""

from __future__ import annotations

from html import escape
from typing import Final

from model import companies
from xlwings_udfs.cells.descriptions import CATEGORY
from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.desktop.wizard import descriptions

_HEAD: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 15px/1.45 "Segoe UI", sans-serif; max-width: 52em; margin: 2em auto; padding: 0 1em; }}
h2 {{ font: 600 16px Consolas, monospace; margin: 1.8em 0 .2em; }}
td {{ padding: .15em 1.2em .15em 0; vertical-align: top; }}
td:first-child {{ font-family: Consolas, monospace; }}
</style></head><body>
<h1>{title}</h1>
<p>Version {version}. Money is in millions of US dollars, a value per share in dollars; 0.1 is 10%.
An argument in brackets can be left out.</p>
"""


def help_page() -> str:
    """Return the page as HTML."""
    years = companies.default().years
    errors = {
        "#N/A": f"Outside {years[0]}-{years[-1]}, not reported yet, an event that does not happen; in the "
        "function wizard, until you press OK.",
        "#NUM!": "No meaning: a multiple of a loss, no solution.",
        "#VALUE!": "A wrong argument: =AMZN_EXPLAIN(line, period, scenario, overrides) says which. In every "
        "cell: press Version on the ribbon.",
        "#NAME?": "The add-in is not open: py -m amzn_fcf addin status",
    }
    parts = [_HEAD.format(title=f"{CATEGORY}: functions in cells", version=escape(version())), _table(errors)]
    for each in descriptions().values():
        arguments = {argument.name: argument.text for argument in each.arguments}
        shown = ", ".join(f"[{each.name}]" if each.optional else each.name for each in each.arguments)
        parts.append(f"<h2>{each.name}({shown})</h2>\n<p>{escape(each.text)}</p>\n{_table(arguments)}")
    return "\n".join([*parts, "</body></html>\n"])


def _table(rows: dict[str, str]) -> str:
    lines = (f"<tr><td>{escape(name)}</td><td>{escape(text)}</td></tr>" for name, text in rows.items())
    return "<table>\n{}\n</table>".format("\n".join(lines))
