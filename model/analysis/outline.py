"""Trees of figures: what a figure is computed from, each part once; and the tree as indented lines."""

from __future__ import annotations

import math
import textwrap
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

from model.language.units import measure

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

WIDTH: Final = 100
_STEP: Final = 3
"""Columns by which a level lies further to the right."""
_DEEPEST: Final = 14
LEFT_OUT: Final = 10
"""Levels that a line shows at most, and how many more are left out each time."""
MOST_SHOWN: Final = 8
"""Parts of a figure that are shown; of the others only the sum."""
Kind = Literal[
    "sum", "change", "inputs", "driver", "reported", "given",
    "range", "linked", "unread",
]  # fmt: skip

_WITH_PARTS: Final = frozenset({"sum", "change", "inputs"})


@dataclass(frozen=True)
class Node:
    """A figure, or a part of a formula, and what it is computed from.

    ``kind``: of a ``sum`` the parts add up to the value; of a ``change`` to the change since ``base``, the
    value in the period ``since``; ``inputs`` do not add up to anything. A ``driver``, a ``reported`` figure,
    and what is ``given`` (a number in a formula, the calendar, a cell without formula) have no parts. Of
    cells: a ``range``, what is ``linked`` from another file, and what was ``unread``.
    ``name``: the line, the words of a part, or the cell. ``text``: of a cell that holds no number, or of a
    driver of which none is given; cells have no unit. ``grade`` and ``source``: of a driver, or the check and
    the document of a reported figure, with its ``accession`` number and ``address`` where known; of a cell
    what else there is to say.
    ``elsewhere``: its parts are shown at another place, nearer to the root.
    """

    name: str
    period: str
    label: str
    unit: str
    value: float
    kind: Kind
    formula: str = ""
    base: float | None = None
    since: str = ""
    grade: str = ""
    source: str = ""
    accession: str = ""
    address: str = ""
    parts: tuple[Part, ...] = ()
    elsewhere: bool = False
    text: str = ""


class Part(NamedTuple):
    """A part of a figure, and what it contributes; None where the parts do not add up to anything."""

    node: Node
    contribution: float | None


Key = TypeVar("Key", bound="Hashable")
Parts = list[tuple[Key | Node, float | None]]
"""What a figure is computed from, by key or as it is, with what it contributes."""


def assembled(draft: Callable[[Key], tuple[Node, Parts[Key]]], root: Key, depth: int | None) -> Node:
    """Return a tree from figures without parts: each has its parts where it is nearest to the root.

    ``draft``: returns a figure and the keys of its parts. It is asked level by level, and once for each key,
    so that a circle ends. ``depth``: levels below the root; None: all.
    """
    drafts: dict[Key, tuple[Node, Parts[Key]]] = {}
    owner: dict[Key, Key | None] = {root: None}
    waiting = deque([(root, 0)])
    while waiting:
        key, level = waiting.popleft()
        node, parts = draft(key)
        drafts[key] = node, parts if depth is None or level < depth else []
        for part, _ in drafts[key][1]:
            if not isinstance(part, Node) and part not in owner:
                owner[part] = key
                waiting.append((part, level + 1))
    done: dict[Key, Node] = {}

    def shown(part: Key | Node, above: Key) -> Node:
        if isinstance(part, Node):
            return part
        if owner[part] == above:
            return done[part]
        node, parts = drafts[part]
        return replace(node, elsewhere=bool(parts))

    for key, (node, parts) in reversed(drafts.items()):
        below = tuple(Part(shown(part, key), contribution) for part, contribution in parts)
        done[key] = replace(node, parts=below)
    return done[root]


@dataclass(frozen=True)
class Branch:
    """A line of an outline, notes below it, and the branches that hang from it.

    ``label``: ends the line, or is the first note where the line would be too long.
    """

    line: str
    label: str = ""
    notes: Sequence[str] = ()
    below: Sequence[Branch] = ()


def drawn(branch: Branch, first: str = "", further: str = "") -> Iterator[str]:
    """Yield the lines of a branch and those below it; long notes are broken into lines.

    Of a line far to the right the first levels are left out: ``10…`` stands for ten of them.

    Examples
    --------
    >>> list(drawn(Branch("a = 3", "", ["b + c"], [Branch("b = 1"), Branch("c = 2", "half")])))
    ['a = 3', '│    b + c', '├─ b = 1', '└─ c = 2: half']
    """
    line = f"{branch.line}: {branch.label}" if branch.label else branch.line
    levels = _levels_left_out(further)
    head = _without(first, levels)
    is_long = bool(branch.label) and len(head + line) > WIDTH
    stem = _without(further + ("│    " if branch.below else "     "), levels)
    yield from _wrapped(branch.line if is_long else line, head, stem)
    for note in [branch.label, *branch.notes] if is_long else branch.notes:
        yield from _wrapped(note, stem, stem)
    for place, each in enumerate(branch.below, start=1):
        is_last = place == len(branch.below)
        ends = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        yield from drawn(each, further + ends[0], further + ends[1])


def _levels_left_out(stem: str) -> int:
    beyond = len(stem) // _STEP - _DEEPEST
    return 0 if beyond <= 0 else math.ceil(beyond / LEFT_OUT) * LEFT_OUT


def _without(stem: str, levels: int) -> str:
    return f"{levels}…" + stem[(levels + 1) * _STEP :] if levels else stem


def _wrapped(text: str, first: str, further: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip


def outline(node: Node, most: int = MOST_SHOWN) -> Iterator[str]:
    """Yield the lines of a tree: figures with what they contribute, formulas and sources as notes.

    A figure that ends in ``...`` has parts below the depth of the tree. Of the parts of a figure the first
    ``most`` are shown; those that contribute 0 only if all do.
    """
    return drawn(_branch(node, most))


def _branch(node: Node, most: int, lead: str = "", known: str = "") -> Branch:
    """Return a figure as a branch; ``known``: the label of the figure above, which is not repeated."""
    shown, rest = _parted(node, most)
    leads = [_lead(node, part.contribution) for part in shown]
    width = max(map(len, leads), default=0)
    below = [
        _branch(part.node, most, text.rjust(width), node.label)
        for part, text in zip(shown, leads, strict=True)
    ]
    if rest:
        amounts = [part.contribution for part in rest if part.contribution is not None]
        total = f", {_lead(node, math.fsum(amounts))} in all" if amounts else ""
        below.append(Branch(f"{' ' * (width + 2 if width else 0)}and {len(rest)} more{total}"))
    more = " ..." if node.kind in _WITH_PARTS and not node.parts and not node.elsewhere else ""
    line = f"{f'{lead}  ' if lead else ''}{f'{node.name} {node.period}'.rstrip()}{_value(node)}{more}"
    return Branch(line, "" if node.label == known else node.label, [*_notes(node)], below)


def _value(node: Node) -> str:
    if node.text or not node.unit:
        content = node.text or ("" if math.isnan(node.value) else f"{node.value:,.10g}")
        return f" = {content}" if content else ""
    unit = measure(node.unit)
    said = "" if unit.percent or unit.style in {"quarter", "date"} or node.unit == "flag" else f" {node.unit}"
    return f" = {unit.text(node.value)}{said}"


def _parted(node: Node, most: int) -> tuple[Sequence[Part], Sequence[Part]]:
    """Return the parts to show, and the others: those beyond ``most``, and those that contribute nothing."""
    moving = [part for part in node.parts if part.contribution != 0] or node.parts
    shown = moving[:most] if len(moving) > most + 1 else moving  # a line for one other tells no less
    kept = {id(part) for part in shown}
    return shown, [part for part in node.parts if id(part) not in kept]


def _lead(node: Node, contribution: float | None) -> str:
    """Return a contribution as text: a term of a sum in the unit, a part of a change as a difference."""
    if contribution is None:
        return ""
    unit = measure(node.unit)
    if node.kind == "change" or not unit.percent:
        return unit.change_text(contribution)
    return f"{'+' if contribution > 0 else ''}{unit.text(contribution)}"


def _notes(node: Node) -> Iterator[str]:
    if node.source:
        yield f"{node.kind}, {node.grade}: {node.source}" if node.grade else f"{node.kind}: {node.source}"
    if node.address or node.accession:
        yield node.address or node.accession
    if node.elsewhere:
        yield "(its parts are shown elsewhere)"
    elif node.kind == "given" and not node.unit and node.formula:  # a cell without inputs: =150*1.1
        yield node.formula
    elif node.parts:
        yield from [node.formula] if node.formula != node.name else []
        if node.kind == "change" and node.base is not None:
            unit = measure(node.unit)
            moved = unit.change_text(math.fsum(part.contribution or 0.0 for part in node.parts))
            yield f"{moved} since {node.since} ({unit.text(node.base)}), by:"
        elif node.kind == "inputs":
            yield "from:"
