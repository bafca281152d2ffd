"""The rows of statements and of sheets of computed lines, each with its role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.language.units import measure
from model.presentation.names import OptionalRow, Role, Row, Rows

if TYPE_CHECKING:
    from model.plan.plan import Plan
    from model.plan.plan import Row as ModelRow


@dataclass(frozen=True)
class StatementRow:
    """A row of a statement; without a label of its own it has that of the model. A heading has no line."""

    role: Role
    line: OptionalRow = ""
    label: str = ""
    beside: Rows = ()
    """Rows of one value each, shown side by side in place of the line's own figures."""
    heads: tuple[str, ...] = ()
    """Of a heading: what stands above figures side by side; of a row at the right: what its second one is."""
    at_right: bool = False
    """Of a heading: its section stands at the right of the one before, each row with one or two figures."""

    def text(self, plan: Plan) -> str:
        """Return what the row is called."""
        label = self.label or plan.row(self.line).label
        return f"less {label[0].lower()}{label[1:]}" if self.role == "less" else label


def default_role(row: ModelRow) -> Role:
    """Return the role of a row for which a company declares none.

    A driver is one; a flag, a choice, a vintage and a line without figures by year are steps on the way; a
    share, a margin or a growth rate is a ratio; all else is a line.
    """
    if row.driver is not None:
        return "driver"
    by_year = row.line is not None and (row.line.annual != "none" or not row.timed)
    if row.vintage is not None or row.unit in {"flag", "choice"} or not by_year:
        return "working"
    return "ratio" if measure(row.unit).percent and row.timed else "line"


@dataclass(frozen=True)
class Statement:
    """A statement, or another table of lines that are read together."""

    title: str
    rows: tuple[StatementRow, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines, each once."""
        return tuple(dict.fromkeys(row.line for row in self.rows if row.line))


def table(title: str, *lines: Row) -> Statement:
    """Return a table of lines that are all alike."""
    return Statement(title, tuple(StatementRow("line", each) for each in lines))
