"""The order of rows on a sheet of computed lines: sections, roles, and what stands folded at their head."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from model.language.declarations import Driver
from model.presentation import StatementRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from model.language.declarations import Block
    from model.plan.plan import Plan, Row
    from model.presentation import Role

FOLDED: Final = frozenset({"driver", "working"})
"""Roles of rows that a section hides at first."""


class Group(NamedTuple):
    """Rows or columns, first to last, with a switch that hides and shows them; ``folded``: hidden first."""

    first: int
    last: int
    folded: bool = False


@dataclass
class Section:
    """A section of a sheet: its heading, rows of the sheet that stand folded at its head, and what it shows.

    ``is_working``: nothing in it is for the reader; it stands folded as a whole.
    """

    heading: StatementRow
    folded: list[str] = field(default_factory=list)
    shown: list[StatementRow] = field(default_factory=list)
    is_working: bool = False


def sections_of(
    plan: Plan, blocks: Sequence[type[Block]], rows: Sequence[StatementRow], role_of: Callable[[Row], Role]
) -> list[Section]:
    """Return the sections of a sheet, each key of its blocks exactly once.

    ``rows``: what the company arranges. Without it, or for blocks of which it shows no line, a block is a
    section; beside an arrangement such a section is folded as a whole. ``role_of`` gives the role of a row.
    """
    arranged = _arranged(rows)
    keys = {block: tuple(_keys(plan, block)) for block in blocks}
    home = {key: block for block in blocks for key in keys[block]}
    place: dict[type[Block], Section] = {}
    taken: set[str] = set()
    for section in arranged:
        for row in section.shown:
            if row.line in home and row.line not in taken:
                taken.add(row.line)
                place.setdefault(home[row.line], section)
    for block in blocks:
        if block in place:
            place[block].folded += [key for key in keys[block] if key not in taken]
        else:
            arranged.append(_section(plan, block, keys[block], role_of, is_working=bool(rows)))
    return arranged


def _arranged(rows: Iterable[StatementRow]) -> list[Section]:
    found: list[Section] = []
    for row in rows:
        if row.role == "heading":
            found.append(Section(row))
        else:
            found[-1].shown.append(row)
    return found


def _section(
    plan: Plan, block: type[Block], keys: Iterable[str], role_of: Callable[[Row], Role], *, is_working: bool
) -> Section:
    section = Section(StatementRow("heading", label=block.title), is_working=is_working)
    for key in keys:
        role = role_of(plan.rows[key])
        if role in FOLDED:
            section.folded.append(key)
        else:
            section.shown.append(StatementRow(role, key))
    if not section.shown:  # nothing would be left of it
        section.shown = [StatementRow(role_of(plan.rows[key]), key) for key in section.folded]
        section.folded = []
    return section


def _keys(plan: Plan, block: type[Block]) -> Iterator[str]:
    """Yield the keys of a block that have a row; the members of a season share one."""
    for item in block.declared:
        is_seasonal = isinstance(item, Driver) and item.kind == "seasonal"
        yield from (item.name,) if is_seasonal else plan.names[item.name]
