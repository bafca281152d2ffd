"""The tree behind a figure: what it is computed from, down to drivers and reported figures."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from model.analysis.bridge import mean_effects
from model.analysis.outline import Node, assembled
from model.analysis.places import LooksUp, Place, Places, inputs_of, substituted, terms_of
from model.backends.arrays import term_of
from model.backends.prose import words
from model.errors import InputError, NotAvailableError
from model.language import nodes
from model.language.nodes import mapped
from model.language.periods import QUARTERS_A_YEAR, Period, Quarter
from model.language.units import NONE_GIVEN
from model.plan.plan import REPORTED_PREFIX
from model.reported.actuals import load_actuals
from model.reported.documents import accession_of, address_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.analysis.outline import Parts
    from model.language.nodes import Expr
    from model.outputs import Output
    from model.plan.plan import Row
    from model.results import Results

MOST_MOVED: Final = 16
"""Inputs that moved, up to which a change is split: 65,536 combinations."""
_ROUNDED: Final = 1e-9
"""Up to it two formulas give the same."""


def explain(results: Results, output: Output, depth: int | None = None, since: Period | None = None) -> Node:
    """Return the tree behind a figure of one scenario.

    Formula: the parts of a sum are its terms, with signs: they add up to the figure. The parts of any other
    formula are its inputs, and contribute to its change since the same figure of a year before: each its mean
    effect over all orders in which the inputs can be moved. They add up to the change, too. With ``since``
    every figure is told by its change since then, sums by those of their terms. Where there is no such
    figure, inputs contribute nothing that can be told. A flow of a year stays in years where its formula is a
    sum of such flows, else it is the sum of its quarters. The branch of a condition that was not chosen is
    left out. ``depth``: levels below the figure; None: all. Largest contributions come first; what is met
    again is not repeated.

    Errors: a figure that does not exist is a :class:`NotAvailableError`; a ``since`` of another kind of
    period, or the period itself, an :class:`InputError`.

    Examples
    --------
    >>> results = run(["base"])
    >>> tree = explain(results, Output.parse("free_cash_flow 2027", results.plan), depth=1)
    >>> [part.node.name for part in tree.parts]
    ['net_capex', 'operating_cash_flow']
    """
    if len(results.scenarios) != 1:
        raise InputError("a tree is that of one scenario: compute one alone")
    places, period = Places(results), output.period
    root = places.row(output.key, None, 0)
    if period is not None:
        results.value(output.key, period)  # refuses what has no figure
        root = places.row(output.key, period.frequency, places.axis.period_position(period))
    if not math.isfinite(places.value(root)):
        raise NotAvailableError(f"{output} has no figure in {results.scenarios[0].name}: nothing to explain")
    return assembled(_Explainer(places, _lag(output, since), moved=since is not None).draft, root, depth)


def _lag(output: Output, since: Period | None) -> int:
    """Return how many quarters before a figure the one lies with which it is compared."""
    if since is None:
        return QUARTERS_A_YEAR
    period = output.period
    if period is None:
        raise InputError(f"{output} is of no period: it cannot be compared with that of {since}")
    if since.frequency != period.frequency:
        raise InputError(f"{output} cannot be compared with {since}: give a period of the same kind")
    lag = Quarter(period.year, period.quarter) - Quarter(since.year, since.quarter)
    if not lag:
        raise InputError(f"{output} cannot be compared with itself: give another period")
    return lag


class _Explainer:
    def __init__(self, places: Places, lag: int, *, moved: bool) -> None:
        self.places, self.lag, self.plan, self.moved = places, lag, places.plan, moved
        self.scenario = places.results.scenarios[0]

    def draft(self, place: Place) -> tuple[Node, Parts[Place]]:
        """Return a figure without its parts, and these with what they contribute."""
        places = self.places
        row = None if place.part is not None else self.plan.rows[place.name]
        label, unit = ("", place.unit) if row is None else (row.label, row.unit)
        node = Node(place.name, places.period(place), label, unit, places.value(place), "given")
        if row is not None and row.line is None:
            return self._leaf(node, row, place), []
        formula = places.formula(place)
        if formula is None:
            return self._by_quarter(node, place)
        node = replace(node, formula=words(formula, self.plan))
        found = self._sum(self._pruned(formula, place, [place.at]), place)
        if found is not None:
            filed = self._reported(found, place)
            if filed is not None:
                return self._leaf(node, filed, place), []
            if self.moved and found:
                changed = self._change(node, place, formula)
                if changed[0].kind == "change":
                    return changed
            return replace(node, kind="sum" if found else "given"), _sorted(found)
        if isinstance(formula, LooksUp):
            below = places.looked_up(formula, place)
            return replace(node, kind="inputs" if below else "given"), [(each, None) for each in below]
        return self._change(node, place, formula)

    def _reported(self, found: Parts[Place], place: Place) -> Row | None:
        """Return the reported row that a figure simply is, so that its filing stands beside it."""
        match found:
            case [(Place(part=None) as only, amount)] if only.at == place.at:
                row = self.plan.rows[only.name]
                is_it = row.line is None and not row.driver_key and amount == self.places.value(place)
                return row if is_it else None
        return None

    def _leaf(self, node: Node, row: Row, place: Place) -> Node:
        """Return a driver with its source, or a reported figure with its filing."""
        company = self.scenario.company
        if not row.driver_key:
            actuals = load_actuals(company, self.places.axis.as_of)
            figure = actuals.figure(row.key.removeprefix(REPORTED_PREFIX), Quarter.parse(node.period))
            accession = accession_of(company, figure.source)
            return replace(
                node, kind="reported", grade=figure.check, source=figure.source, accession=accession,
                address=address_of(company, accession),
            )  # fmt: skip
        key = row.driver_key
        if row.driver is not None and row.driver.kind == "seasonal" and not row.members:
            members = row.driver.by[0].members
            key = f"{key}[{members[self.places.axis.quarters[place.at].number - 1]}]"
        origin = self.scenario.origin_of(key)
        if row.look.is_none(node.value):
            node = replace(node, value=math.nan, text=NONE_GIVEN)
        return replace(node, kind="driver", grade=origin.grade, source=origin.source)

    def _by_quarter(self, node: Node, place: Place) -> tuple[Node, Parts[Place]]:
        line, quarters = self.plan.rows[place.name].line, self.places.quarters(place)
        is_mean = line is not None and line.annual == "mean"
        count = len(quarters) if is_mean else 1
        below = [self.places.row(place.name, "quarterly", at) for at in quarters]
        node = replace(node, formula=f"{'mean' if is_mean else 'sum'} of its four quarters")
        found: Parts[Place] = [(each, self.places.value(each) / count) for each in below]
        moves = [self._moved_by(each) / count for each in below] if self.moved else [math.nan]
        if not math.isfinite(sum(moves)):
            return replace(node, kind="sum"), _sorted(found)
        base, parts = self._base(place), _sorted([*zip(below, moves, strict=True)])
        before, since = self.places.value(place, base), self.places.period(place, base)
        return replace(node, kind="change", base=before, since=since), parts

    def _moved_by(self, quarter: Place) -> float:
        """Return the change of a quarter since the one with which it is compared; NaN: there is none."""
        before = quarter.at - self.lag
        is_there = 0 <= before < len(self.places.axis.quarters)
        return self.places.value(quarter) - self.places.value(quarter, before) if is_there else math.nan

    def _base(self, place: Place) -> int:
        """Return the position of a place in the period since which changes are told."""
        return place.at - (self.lag // QUARTERS_A_YEAR if place.frequency == "annual" else self.lag)

    def _pruned(self, node: Expr, place: Place, positions: Iterable[int]) -> Expr:
        """Return a formula without the branches that its conditions do not choose at any of the positions.

        Where the branch is a mere number, the condition tells more, and stays.
        """
        if not isinstance(node, nodes.Where):
            return mapped(node, lambda each: self._pruned(each, place, positions))
        chosen = {bool(self.places.computed(node.condition, place, at)) for at in positions}
        branch = node.then if True in chosen else node.otherwise
        if len(chosen) > 1 or isinstance(branch, nodes.Number):
            return node
        return self._pruned(branch, place, positions)

    def _sum(self, formula: Expr, place: Place) -> Parts[Place] | None:
        """Return the terms of a sum, or of what only leads to another figure; None for another formula."""
        found: dict[Place, float] = {}
        terms = [each for each in terms_of(formula) if not _is_zero(each[1])] or [(1.0, nodes.Number(0.0))]
        varying = [node for _, node in terms if not isinstance(node, nodes.Number | nodes.Calendar)]
        if not varying and len(terms) == 1:
            return []
        leads = len(terms) == 1 and any(True for _ in self.places.read(terms[0][1], place))
        if not leads and len(varying) == 1:
            return None
        for factor, node in terms:
            below = list(self.places.read(node, place)) or [self.places.part(node, place)]
            for each in below:
                found[each] = found.get(each, 0.0) + factor * self.places.value(each)
        return [*found.items()]

    def _change(self, node: Node, place: Place, formula: Expr) -> tuple[Node, Parts[Place]]:
        """Return a figure with the contributions of its inputs to its change, or only with its inputs."""
        places = self.places
        base = self._base(place)
        if places.covers(place, formula, base):
            before = places.value(place, base)
            now = self._pruned(formula, place, [place.at, base])
            effects = self._effects(now, place, base) if math.isfinite(before) else None
            if effects is not None:
                by_formula, found = effects
                since = places.period(place, base)
                node = replace(node, kind="change", base=before, since=since)
                rest = by_formula - before
                if not math.isclose(by_formula, before, rel_tol=_ROUNDED, abs_tol=_ROUNDED):
                    found.append((self._other_formula(node, rest), rest))
                return node, _sorted(found)
        inputs = inputs_of(self._pruned(formula, place, [place.at]), self.plan)
        below = dict.fromkeys(places.part(each, place) for each in inputs.values())
        return replace(node, kind="inputs"), [(each, None) for each in below]

    def _effects(self, formula: Expr, place: Place, base: int) -> tuple[float, Parts[Place]] | None:
        """Return what a formula gives at the base, and the mean effect of each input; None: there is none."""
        places = self.places
        inputs = inputs_of(formula, self.plan)
        values = {
            name: (places.computed(each, place, base), places.computed(each, place))
            for name, each in inputs.items()
        }
        moved = [name for name, (before, after) in values.items() if before != after]
        if len(moved) > MOST_MOVED:
            return None
        sets = np.arange(2 ** len(moved))
        arrays = {name: np.full((1, 1), after) for name, (_, after) in values.items()}
        for bit, name in enumerate(moved):
            arrays[name] = np.where(sets >> bit & 1, values[name][1], values[name][0])[np.newaxis]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            term = term_of(substituted(formula, self.plan), self.plan)
            figures = np.broadcast_to(term(arrays, 0, 1)[0], sets.shape)
        if not np.isfinite(figures).all():
            return None
        effects = dict(zip(moved, mean_effects(figures, len(moved)), strict=True))
        found: dict[Place, float] = {}
        for name, each in inputs.items():
            part = places.part(each, place)
            found[part] = found.get(part, 0.0) + effects.get(name, 0.0)
        return float(figures[0]), list(found.items())

    def _other_formula(self, node: Node, rest: float) -> Node:
        """Return the part of a change that comes from another formula in the base period."""
        label = f"{node.since} by this formula, less the figure reported"
        return Node("another formula", node.since, label, node.unit, rest, "given")


def _is_zero(node: Expr) -> bool:
    return isinstance(node, nodes.Number) and node.value == 0


def _sorted(found: Parts[Place]) -> Parts[Place]:
    """Return parts with the largest contributions first."""
    return sorted(found, key=lambda each: -abs(each[1] or 0.0))
