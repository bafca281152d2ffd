"""HTML from small functions: every text is escaped unless a function here made it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_EMPTY: Final = frozenset({"br", "meta", "col"})
"""Elements without an end."""


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str | None) -> Markup:
    """Return an element; attributes are written without ``_`` at the end, and ``_`` within as ``-``.

    An attribute that is None is left out.

    Examples
    --------
    >>> tag("p", "a < b ", tag("b", "c"), class_="note")
    '<p class="note">a &lt; b <b>c</b></p>'
    """
    given = ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    written = "".join(f' {key}="{escape(value)}"' for key, value in given if value is not None)
    end = "" if name in _EMPTY else f"</{name}>"
    return Markup(f"<{name}{written}>{joined(children)}{end}")


def joined(children: Iterable[str], between: str = "") -> Markup:
    """Return pieces as one, each escaped unless it is HTML."""
    parts = (each if isinstance(each, Markup) else escape(each, quote=False) for each in children)
    return Markup(between.join(parts))


def section(title: str, text: str, *content: Markup) -> Markup:
    """Return a section: its heading, the line below it, and what it holds."""
    return tag("section", tag("h2", title), tag("p", text, class_="sub"), *content)


def table(
    kind: str, heads: Iterable[Markup], rows: Iterable[Markup], columns: Markup | None = None
) -> Markup:
    """Return a table in a frame that scrolls where a screen is too narrow."""
    body = tag("tbody", *rows)
    return tag(
        "div", tag("table", columns or Markup(), tag("thead", *heads), body, class_=kind), class_="wide"
    )


def row(label: str, *cells: str, kind: str | None = None) -> Markup:
    """Return a row of a table: what it is about, and its cells; those that are ``<td`` stay as they are."""
    return tag("tr", tag("th", label, scope="row"), *map(_cell, cells), class_=kind)


def head(*titles: str, kind: str | None = None) -> Markup:
    """Return the heads of columns."""
    return tag("tr", *(tag("th", each, scope="col") for each in titles), class_=kind)


def _cell(content: str) -> Markup:
    is_cell = isinstance(content, Markup) and content.startswith("<td")
    return Markup(content) if is_cell else tag("td", content)
