"""Trees of figures, and of cells, as text and as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.text.tables import print_records
from model.analysis.outline import LEFT_OUT, outline
from model.language.units import measure

if TYPE_CHECKING:
    from model.analysis.outline import Node

_HOW_TO_READ: Final = (
    "Parts add up to their figure; below 'since' to the change: each is the mean over all orders in which",
    "the inputs can be moved. Below 'from' they are inputs, which do not add up.",
)


def print_tree(tree: Node, title: str, most: int, form: str) -> None:
    """Print a tree, with at most so many parts of each figure; as JSON all of it."""
    if form == "json":
        print_records([tree_record(tree)], form)
        return
    lines = [*outline(tree, most)]
    print(title, "", *lines, sep="\n")
    if tree.unit and tree.parts:  # a figure of the model, not a cell
        print("", *_HOW_TO_READ, sep="\n")
    if any(line.startswith(f"{LEFT_OUT}…") for line in lines):
        print(f"{LEFT_OUT}… stands for {LEFT_OUT} levels: such a line lies so much further to the right.")


def tree_record(node: Node, contribution: float | None = None) -> dict[str, object]:
    """Return a figure with its parts as nested records."""
    recorded = measure(node.unit or "times").recorded
    value = recorded(node.value) if node.unit else node.text or recorded(node.value)
    return {
        "kind": "node", "name": node.name, "period": node.period, "label": node.label, "unit": node.unit,
        "value": value, "contribution": contribution, "how": node.kind,
        "formula": node.formula, "since": node.since,
        "base": None if node.base is None else recorded(node.base),
        "grade": node.grade, "source": node.source, "accession": node.accession, "address": node.address,
        "elsewhere": node.elsewhere, "parts": [tree_record(*part) for part in node.parts],
    }  # fmt: skip
