"""Figures of the note: their texts, and the mark that says of which line, period and command each is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.report.markup import Markup, tag
from model.language.units import MINUS, measure, with_minus

if TYPE_CHECKING:
    from model.outputs import Output

NONE: Final = "\u2013"
"""Stands for a figure that there is not."""


def in_table(unit: str, value: float, *, whole: bool = False) -> str:
    """Write a figure for a column: money in bn, a negative figure in brackets.

    Examples
    --------
    >>> in_table("USD m", -30773.1), in_table("ratio", 0.3863), in_table("USD/share", 201.66, whole=True)
    ('(30.8)', '38.6%', '202')
    """
    text = _amount(unit, value, whole=whole)
    return f"({text[1:]})" if text.startswith(MINUS) else text


def in_words(unit: str, value: float) -> str:
    """Write a figure for a sentence: money in bn, a share or its value without decimals.

    Examples
    --------
    >>> in_words("USD m", 63394.1), in_words("ratio", 0.0483), in_words("quarter", 20281)
    ('63bn', '5%', '2028Q1')
    """
    text = _amount(unit, value, whole=True)
    return f"{text}bn" if measure(unit).money else text


def change(unit: str, value: float | None, *, whole: bool = False) -> str:
    """Write a difference in the unit that stands beside it, without decimals (``whole``) or with them."""
    text = measure(unit).change_text(value, chart=True, decimals=0 if whole else None)
    return NONE if text == "-" else with_minus(text)


def _amount(unit: str, value: float, *, whole: bool) -> str:
    look = measure(unit)
    known = look.recorded(value)
    if known is None:
        return NONE
    if isinstance(known, str):
        return known
    return with_minus(look.chart_text(known, 0 if whole else None)) + ("%" if look.percent else "")


def titled(output: Output, unit: str) -> str:
    """Return the head of a column about a figure, or its changes in a unit: without its member."""
    look, when = measure(unit), "" if output.period is None else f" {output.period}"
    return f"{output.label.partition(':')[0]}{when}, {look.sign or look.chart_unit or unit}"


def figure(  # noqa: PLR0913  # a keyword for each part of the mark
    text: str,
    value: float | str | None,
    command: str,
    line: str,
    period: str = "",
    *,
    item: str = "",
    scenario: str = "",
) -> Markup:
    """Return a text marked as a figure: the command whose JSON holds it, and where there.

    ``value``: the figure itself, with all digits; ``item``: the field of the record, where it is not the
    usual one; ``scenario``: where it is not that of the note. A figure that does not exist is a dash.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return tag("span", text, class_="none")
    exact = value if isinstance(value, str) else repr(float(value))
    return tag(
        "data", text, value=exact, data_from=command, data_line=line, data_period=period or None,
        data_item=item or None, data_scenario=scenario or None,
    )  # fmt: skip


def quoted(text: str, command: str, line: str, item: str) -> Markup:
    """Return a text of a record, marked as one."""
    return tag("span", with_minus(text), data_from=command, data_line=line, data_item=item)
