"""The page of help: the functions, their arguments, and the errors. Each host adds what is its own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from model import companies
from xlwings_udfs.cells.descriptions import CATEGORY
from xlwings_udfs.functions.explain import version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from xlwings_udfs.cells.descriptions import Description

_HEAD: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 15px/1.45 "Segoe UI", sans-serif; max-width: 52em; margin: 2em auto; padding: 0 1em; }}
h2 {{ font: 600 16px Consolas, monospace; margin: 1.8em 0 .2em; }}
td {{ padding: .15em 1.2em .15em 0; vertical-align: top; }}
td:first-child {{ font-family: Consolas, monospace; }}
</style>{head}</head><body>
<h1>{title}</h1>
{lead}<p>Version {version}. Money is in millions of US dollars, a value per share in dollars; 0.1 is 10%.
An argument in brackets can be left out.</p>
"""


def page(
    functions: Iterable[Description], errors: Mapping[str, str], *, head: str = "", lead: str = ""
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    functions
        The functions as the host names their arguments.
    errors
        What error values mean in the host, beside or instead of what they mean everywhere.
    head, lead
        HTML for the head of the page, and for its beginning.
    """
    years = companies.default().years
    everywhere = {
        "#N/A": f"Outside {years[0]}-{years[-1]}, not reported yet, an event that does not happen.",
        "#NUM!": "No meaning: a multiple of a loss, no solution.",
        "#VALUE!": "A wrong argument: =AMZN_EXPLAIN(line, period, scenario, overrides) says which.",
    }
    title = f"{CATEGORY}: functions in cells"
    names = dict.fromkeys([*everywhere, *errors])
    rows = {name: f"{everywhere.get(name, '')} {errors.get(name, '')}".strip() for name in names}
    parts = [_HEAD.format(title=title, version=escape(version()), head=head, lead=lead), _table(rows)]
    for each in functions:
        arguments = {argument.name: argument.text for argument in each.arguments}
        shown = ", ".join(f"[{each.name}]" if each.optional else each.name for each in each.arguments)
        heading = f'<h2 id="{each.name}">{each.name}({shown})</h2>'
        parts.append(f"{heading}\n<p>{escape(each.text)}</p>\n{_table(arguments)}")
    return "\n".join([*parts, "</body></html>\n"])


def _table(rows: Mapping[str, str]) -> str:
    lines = (f"<tr><td>{escape(name)}</td><td>{escape(text)}</td></tr>" for name, text in rows.items())
    return "<table>\n{}\n</table>".format("\n".join(lines))
