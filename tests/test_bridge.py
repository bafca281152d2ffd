"""Bridges: effects add up, do not depend on any order, and are the mean over all orders."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import permutations, product
from typing import TYPE_CHECKING

import pytest
from shared import computed, worth

from model.analysis import bridge
from model.analysis.bridge import DATED, GUIDANCE, TIME, Bridge, bridges
from model.errors import InputError, NotAvailableError
from model.outputs import Output
from model.results import run
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    from model.scenarios.scenario import Scenario

FIGURES = ("value_per_share[dcf,mid]", "free_cash_flow 2027", "positive")
SIX: dict[str, float | dict[str, float]] = {
    "aws_growth": {"2027+": 0.3},
    "advertising_growth": {"2028": 0.2},
    "capex_budget": {"2027": 150_000.0},
    "beta": 1.3,
    "useful_life[servers_and_network]": 4.0,
    "stores_margin[north_america]": {"2029+": 0.09},
}


def between(before: Scenario, after: Scenario, *, one_by_one: bool = False) -> list[Bridge]:
    outputs = [Output.parse(each, after.plan) for each in FIGURES]
    older = min(before, after, key=lambda each: each.as_of)
    rolled = None
    if before.as_of != after.as_of:
        rolled = load_scenario(older.name, max(before.as_of, after.as_of))
    return bridges(before, after, outputs, rolled, one_by_one=one_by_one)


def named(found: Bridge) -> dict[str, float]:
    return {each.cause.label: each.amount for each in found.effects}


@pytest.mark.parametrize(("one", "other"), list(product(("base", "bull", "bear", "article"), repeat=2)))
def test_effects_add_up_and_the_way_back_is_the_same_with_the_other_sign(one: str, other: str) -> None:
    there = between(load_scenario(one), load_scenario(other))
    back = between(load_scenario(other), load_scenario(one))
    for way, reverse in zip(there, back, strict=True):
        total = math.fsum(each.amount for each in way.effects)
        assert abs(total - (way.after - way.before)) < 1e-9
        assert named(reverse) == pytest.approx(
            {label: -amount for label, amount in named(way).items()}, abs=1e-9
        )
        assert not any(each.error for each in way.effects)


def test_both_ends_are_the_figures_of_the_scenarios() -> None:
    value, flow, positive = between(load_scenario("base"), load_scenario("bull"))
    assert value.before == worth(load_scenario("base"))
    assert value.after == pytest.approx(worth(load_scenario("bull")), rel=1e-12)
    assert flow.before == computed("base").series("free_cash_flow", "annual")[5, 0]
    year, number = divmod(int(computed("base").values["positive"][0, 0]), 10)
    assert positive.before == 4 * year + number - 1


def test_effects_are_the_mean_over_all_orders() -> None:
    """720 orders of six drivers, each computed one change at a time."""
    base = load_scenario("base")
    after = base.with_overrides(SIX)
    (found, *_) = between(base, after)
    keys = tuple(SIX)
    sets = {
        frozenset(key for key, moved in zip(keys, states, strict=True) if moved)
        for states in product((False, True), repeat=len(keys))
    }
    values = {each: worth(base.with_overrides({key: SIX[key] for key in each})) for each in sets}
    expected = dict.fromkeys(keys, 0.0)
    for order in permutations(keys):
        moved: frozenset[str] = frozenset()
        for key in order:
            expected[key] += (values[moved | {key}] - values[moved]) / math.factorial(len(keys))
            moved |= {key}
    amounts = {each.cause.drivers[0]: each.amount for each in found.effects}
    assert amounts == pytest.approx(expected, abs=1e-8)


def test_drivers_may_be_listed_in_any_order() -> None:
    base, bull = load_scenario("base"), load_scenario("bull")
    turned = replace(base, table={key: base.table[key] for key in sorted(base.table, reverse=True)})
    for one, other in zip(between(base, bull), between(turned, bull), strict=True):
        assert named(one) == named(other)


def test_what_time_a_new_date_and_guidance_changed_stands_apart() -> None:
    article = load_scenario("article")
    found = between(article, load_scenario("base"))[0]
    labels = [each.cause.label for each in found.effects]
    assert labels[:3] == [TIME, DATED, GUIDANCE]
    rolled = worth(load_scenario("article", "2026Q2"))
    assert found.effects[0].amount == pytest.approx(rolled - worth(article), abs=1e-9)
    assert found.effects[2].cause.drivers == ("capex_budget",)


def test_shares_of_one_move_together() -> None:
    base = load_scenario("base")
    members = [key for key in base.table if key.startswith("capex_phasing[")]
    after = base.with_overrides(dict(zip(members, (0.2, 0.3, 0.3, 0.2), strict=True)) | {"beta": 1.1})
    found = between(base, after)[0]
    assert sorted(len(each.cause.drivers) for each in found.effects) == [1, len(members)]


def test_of_many_causes_orders_are_drawn_and_the_sum_stays_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    base = load_scenario("base")
    after = base.with_overrides(SIX)
    exact = between(base, after)[0]
    monkeypatch.setattr(bridge, "EXACT", 3)
    drawn, back = (between(*each, one_by_one=True)[0] for each in ((base, after), (after, base)))
    assert drawn.orders == 2 * bridge.PAIRS
    assert math.fsum(each.amount for each in drawn.effects) == pytest.approx(drawn.after - drawn.before)
    for one, other, reverse in zip(exact.effects, drawn.effects, back.effects, strict=True):
        assert abs(one.amount - other.amount) <= 5 * other.error + 1e-9
        assert reverse.amount == pytest.approx(-other.amount, abs=1e-9)
    assert any(each.error > 0 for each in drawn.effects)


def test_an_event_that_never_happens_counts_as_the_quarter_after_the_last() -> None:
    base = load_scenario("base")
    never = base.with_overrides({"capex_scale": 3.0})
    assert math.isnan(run([never]).values["positive"][0, 0])
    found = between(base, never)[2]
    assert found.beyond == "2036Q1"
    assert found.after == 4 * 2036


def test_what_has_no_bridge_is_said() -> None:
    base, article = load_scenario("base"), load_scenario("article")
    output = Output.parse(FIGURES[0], base.plan)
    with pytest.raises(InputError, match="article must also be given as of 2026Q2"):
        bridges(article, base, [output])
    undefined = base.with_overrides({"terminal_growth": 0.05, "risk_free": 0.01, "beta": 0.5})
    assert math.isnan(worth(undefined))
    with pytest.raises(NotAvailableError, match="has no figure on the way to"):
        bridges(base, undefined, [output])
