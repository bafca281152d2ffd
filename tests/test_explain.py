"""Why this number? Trees of figures add up at each level, and end in drivers and filings."""

from __future__ import annotations

import math
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from commands import amzn_fcf, records, refused
from second_company import BAKERY
from shared import computed

from model.analysis.outline import Node, outline
from model.analysis.tree import explain
from model.errors import InputError, NotAvailableError, PeriodError
from model.language.periods import Period
from model.outputs import Output
from model.reported.actuals import load_actuals
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import GRADES, driver_specs
from xlwings_udfs import AMZN_EXPLAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from model.results import Results

BASE = computed("base")
PERIODS = ("2026", "2030", "2024Q3", "2027Q2", "2031Q4", "TTM 2028Q1")
YEARS = (2027, 2028, 2029)
LEAVES = {"driver", "reported", "given"}


def tree(text: str, results: Results = BASE, depth: int | None = None, since: str = "") -> Node:
    output = Output.parse(text, results.plan)
    return explain(results, output, depth, Period.parse(since) if since else None)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from nodes(part.node)


def part(node: Node, name: str) -> float:
    (found,) = [each.contribution for each in node.parts if each.node.name == name]
    assert found is not None
    return found


def assert_adds_up(node: Node) -> None:
    found = [each.contribution for each in node.parts]
    if node.kind in {"sum", "change"}:
        total = math.fsum(each for each in found if each is not None)
        whole = node.value if node.base is None else node.value - node.base
        assert abs(total - whole) < 1e-9, (node.name, node.period)
        assert None not in found
    else:
        assert set(found) <= {None}
        assert bool(found) == (node.kind == "inputs")


@pytest.mark.parametrize("period", PERIODS)
def test_the_parts_of_every_line_add_up(period: str) -> None:
    explained = []
    for key in BASE.plan.lines:
        if not BASE.plan.rows[key].timed:
            continue
        try:
            found = tree(f"{key} {period}", depth=1)
        except (NotAvailableError, PeriodError):  # it has no figure then, or none of a year
            continue
        explained.append(found.kind)
        assert_adds_up(found)
        if found.kind not in {"sum", "given"}:  # a year before there is a figure, or there is no change
            late = period in {"2030", "2031Q4"}
            assert found.kind == "change" or not late, key
    assert len(explained) > 150
    assert "sum" in explained


def test_the_parts_of_every_figure_without_a_period_add_up() -> None:
    for key in BASE.plan.lines:
        if not BASE.plan.rows[key].timed and math.isfinite(BASE.values[key][0, 0]):
            assert_adds_up(tree(key, depth=1))


def test_the_terms_of_a_sum_are_its_figures_with_their_signs() -> None:
    found = tree("free_cash_flow 2027", depth=2)
    year = Period.parse("2027")
    assert found.kind == "sum"
    assert part(found, "operating_cash_flow") == BASE.value("operating_cash_flow", year)
    assert part(found, "net_capex") == -BASE.value("net_capex", year)
    capex = next(each.node for each in found.parts if each.node.name == "net_capex")
    assert {each.node.name for each in capex.parts} == {"aws_net_capex", "other_net_capex"}


def test_since_a_year_of_ones_choice_sums_and_their_quarters_are_told_by_their_changes() -> None:
    found = tree("free_cash_flow 2027", depth=4, since="2026")
    moved = {
        name: BASE.value(name, Period.parse("2027")) - BASE.value(name, Period.parse("2026"))
        for name in ("free_cash_flow", "operating_cash_flow", "net_capex", "aws_net_capex")
    }
    assert (found.kind, found.since, found.base) == ("change", "2026", found.value - moved["free_cash_flow"])
    assert part(found, "operating_cash_flow") == pytest.approx(moved["operating_cash_flow"], rel=1e-12)
    assert part(found, "net_capex") == pytest.approx(-moved["net_capex"], rel=1e-12)
    (capex,) = [each.node for each in found.parts if each.node.name == "net_capex"]
    (aws,) = [each.node for each in capex.parts if each.node.name == "aws_net_capex"]
    for each in aws.parts:
        quarter = Period.parse(each.node.period)
        before = BASE.value("aws_net_capex", Period("quarterly", 2026, quarter.quarter))
        assert each.contribution == pytest.approx(each.node.value - before, rel=1e-12)
    for node in filter(lambda each: each.parts, nodes(found)):
        assert_adds_up(node)
    assert not [each for each in nodes(found) if each.name == "another formula"]


@pytest.mark.parametrize("since", ["2022", "2026", "2035"])
def test_since_any_year_the_parts_add_up(since: str) -> None:
    for line in ("free_cash_flow", "eps", "net_income", "aws_margin", "diluted_share_count"):
        for node in nodes(tree(f"{line} 2028", depth=3, since=since)):
            if node.parts:
                assert_adds_up(node)


def test_a_year_of_two_formulas_is_the_sum_of_its_quarters() -> None:
    found = tree("operating_cash_flow 2026", depth=2)
    assert [each.node.period for each in found.parts] == sorted(
        (f"2026Q{number}" for number in (1, 2, 3, 4)),
        key=lambda quarter: -BASE.value("operating_cash_flow", Period.parse(quarter)),
    )
    kinds = {each.node.period: each.node.kind for each in found.parts}
    assert kinds["2026Q1"] == kinds["2026Q2"] == "reported"
    assert kinds["2026Q3"] == kinds["2026Q4"] == "sum"


def test_the_change_of_a_product_is_split_evenly_between_its_factors() -> None:
    results = run([load_scenario("base+price_war")])
    found = tree("aws_sales 2028Q1", results, depth=1)
    now, before = Period.parse("2028Q1"), Period.parse("2027Q1")
    (volume, was), (cut, had) = (
        [results.value(key, each) for each in (now, before)] for key in ("aws_volume", "price_cut")
    )
    assert cut != had
    assert (found.kind, found.since) == ("change", "2027Q1")
    assert part(found, "aws_volume") == pytest.approx((volume - was) * (1 - (cut + had) / 2), rel=1e-12)
    assert part(found, "price_cut") == pytest.approx(-(cut - had) * (volume + was) / 2, rel=1e-12)


def test_the_change_of_a_ratio_is_split_over_both_orders() -> None:
    found = tree("free_cash_flow_margin 2028", depth=1, since="2025")
    flow, was = (BASE.value("free_cash_flow", Period.parse(each)) for each in ("2028", "2025"))
    sales, had = (BASE.value("net_sales", Period.parse(each)) for each in ("2028", "2025"))
    assert part(found, "free_cash_flow") == pytest.approx((flow - was) * (1 / sales + 1 / had) / 2, rel=1e-12)
    assert part(found, "net_sales") == pytest.approx((1 / sales - 1 / had) * (flow + was) / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("line", "inputs", "formula"),
    [
        (
            "retail_margin",
            {
                "north_america_operating_income": 0, "international_operating_income": 0,
                "north_america_sales": 0, "international_sales": 0,
            },
            lambda one, other, sales, others: (one + other) / (sales + others),
        ),
        (
            "deferred_tax",
            {"tax_timing": 0, "carried": 1, "deferral_cap": 0, "tax_before_gains": 0},
            lambda timing, carried, cap, tax: min(timing + carried, cap * max(tax, 0.0)),
        ),
    ],
)  # fmt: skip
def test_the_effect_of_an_input_is_its_mean_over_all_orders(
    line: str, inputs: dict[str, int], formula: Callable[..., float]
) -> None:
    def figures(quarter: int) -> list[float]:
        rows = ((BASE.values[key][:, 0], lag) for key, lag in inputs.items())
        return [float(row[quarter - lag] if len(row) > 1 else row[0]) for row, lag in rows]

    before, after = figures(23), figures(27)  # the last quarters of 2027 and 2028
    effects = dict.fromkeys(inputs, 0.0)
    orders = [*permutations(range(len(inputs)))]
    for order in orders:
        now = [*before]
        for place in order:
            start = formula(*now)
            now[place] = after[place]
            effects[[*inputs][place]] += (formula(*now) - start) / len(orders)
    found = tree(f"{line} 2028Q4", depth=1)
    assert found.kind == "change"
    assert {each.node.name: each.contribution for each in found.parts} == pytest.approx(effects, rel=1e-9)


def test_a_base_that_is_reported_by_another_formula_is_a_part_of_its_own() -> None:
    found = tree("stock_compensation 2026Q4", depth=1)
    ratio = BASE.values["stock_compensation_ratio"][15, 0]  # 2025Q4
    season = BASE.scenarios[0].table["stock_compensation_phasing[q4]"]["all"]
    by_formula = ratio * BASE.value("ttm_net_sales", Period.parse("2025Q4")) / 4 * season
    reported = load_actuals().quarterly["stock_based_compensation", "2025Q4"].value
    assert part(found, "another formula") == pytest.approx(by_formula - reported, rel=1e-9)
    assert_adds_up(found)


@pytest.mark.parametrize("figure", ["free_cash_flow 2027", "value_per_share[dcf,mid]", "positive"])
def test_a_tree_without_limit_adds_up_at_each_level_and_ends_in_drivers_and_filings(figure: str) -> None:
    declared, ended = {key.partition("[")[0] for key in driver_specs()}, set()
    for each in nodes(tree(figure)):
        if each.parts:
            assert_adds_up(each)
            continue
        assert each.kind in LEAVES or each.elsewhere, each.name
        ended.add(each.kind)
        if each.kind == "driver":
            assert each.grade in GRADES
            assert each.source
            assert each.name.partition(".")[0].partition("[")[0] in declared
        elif each.kind == "reported":
            item = (each.formula or each.name).removeprefix("reported.")
            assert each.source == load_actuals().quarterly[item, each.period].source
            assert bool(each.address) == bool(each.accession)
    assert {"driver", "reported"} <= ended


def test_reported_figures_lead_to_their_filing() -> None:
    (found,) = (each for each in nodes(tree("net_capex 2025Q3")) if "purchases" in each.name)
    assert "AMZN 8-K Ex. 99.1 (2025Q3)" in found.source
    assert found.accession == "0001018724-25-000123"
    assert found.address.endswith("/1018724/000101872425000123/")


def test_what_is_met_again_is_shown_once_nearest_to_the_root() -> None:
    level, again = [tree("free_cash_flow 2027")], set()
    shown: dict[tuple[str, str], int] = {}
    depth = 0
    while level:
        for each in level:
            key = each.name, each.period
            if each.elsewhere:
                again.add(key)
                assert shown.get(key, depth) <= depth
            elif each.parts:
                assert key not in shown, key
                shown[key] = depth
        level, depth = [below.node for each in level for below in each.parts], depth + 1
    assert again
    assert again <= set(shown)


def test_the_branch_that_a_condition_does_not_choose_is_left_out() -> None:
    with_budget = {"aws_capex_share", "budget_left"}
    names = {
        year: {each.node.name for each in tree(f"aws_net_capex {year}Q3", depth=1).parts} for year in YEARS
    }
    assert with_budget < names[2027]
    assert "aws_capex_to_demand" not in names[2027]
    assert {*with_budget, "aws_capex_to_demand"} < names[2028]  # compared with a year that had a budget
    assert not with_budget & names[2029]


def test_the_quarter_of_an_event_is_explained_by_what_happens_in_it() -> None:
    found = tree("positive", depth=3)
    quarter = next(each.node for each in found.parts if each.node.name == "calendar").period
    happens = next(each for each in nodes(found) if each.name == "positives")
    assert (happens.period, happens.value) == (quarter, 1.0)
    flows = [each.node for each in happens.parts if each.node.name == "inflection_cash_flow"]
    assert len(flows) == 2
    assert all(each.value > 0 for each in flows)


def test_parts_come_in_the_order_of_their_size() -> None:
    for each in nodes(tree("free_cash_flow 2027", depth=6)):
        sizes = [abs(below.contribution) for below in each.parts if below.contribution is not None]
        assert sizes == sorted(sizes, reverse=True)


def test_another_company_has_trees_too() -> None:
    results = run([load_scenario("base", company=BAKERY)])
    timed = [key for key in results.plan.lines if results.plan.rows[key].timed]
    quarter = results.plan.axis.as_of.shifted(2)
    for key in timed:
        for each in nodes(tree(f"{key} {quarter}", results)):
            if each.parts:
                assert_adds_up(each)
            assert each.kind in LEAVES or each.parts or each.elsewhere


def test_a_term_that_is_nothing_is_left_out_and_one_that_is_alone_leads_on() -> None:
    found = tree("discount_rate[mid]", depth=1)  # (wacc if given, else the built-up one) + 0
    assert [(each.node.name, each.contribution) for each in found.parts] == [("built_up_wacc", found.value)]


def test_what_is_of_no_period_has_no_base() -> None:
    with pytest.raises(InputError, match="is of no period"):
        tree("value_per_share[dcf,mid]", since="2026")


def test_a_row_of_a_purchase_can_be_asked_for() -> None:
    assert tree("vintage_cost[aws,servers_and_network,2026Q3]").parts


@pytest.mark.parametrize(
    ("since", "message"),
    [("2027", "cannot be compared with itself"), ("2026Q1", "give a period of the same kind")],
)
def test_a_base_that_does_not_fit_is_refused(since: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        tree("free_cash_flow 2027", since=since)


# On the command line, and in cells


def test_the_command_prints_the_tree_down_to_drivers() -> None:
    done = amzn_fcf("explain", "free_cash_flow", "2027", "--depth", "8", "--top", "20")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "base, as of 2026Q2"
    assert any("driver, " in line for line in lines)
    assert any("www.sec.gov" in line or "reported, " in line for line in lines)


def test_json_holds_the_whole_tree() -> None:
    (record,) = records("explain", "free_cash_flow", "2027", "--depth", "3")

    def check(each: dict[str, object], level: int) -> None:
        parts = each["parts"]
        assert isinstance(parts, list)
        assert level < 3 or not parts
        if parts and each["how"] == "sum":
            assert math.fsum(below["contribution"] for below in parts) == pytest.approx(
                each["value"], abs=1e-9
            )
        for below in parts:
            check(below, level + 1)

    check(record, 0)
    assert record["value"] == BASE.value("free_cash_flow", Period.parse("2027"))


def test_changes_of_a_scenario_are_the_source_of_what_they_change() -> None:
    done = amzn_fcf("explain", "net_capex 2027", "--depth", "6", "--set", "capex_budget@2027=180000")
    assert "driver, J: --set capex_budget@2027=180000" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("explain", "explain needs a line"),
        ("explain free_cash_flw 2027", "did you mean free_cash_flow"),
        ("explain free_cash_flow", "write a period after it"),
        ("explain free_cash_flow 2050", "outside"),
        ("explain out/book.xlsx Value C9", "a cell is explained with --cell out/book.xlsx 'Cash!C12'"),
        ("explain free_cash_flow 2027 --depth 0", "--depth needs a number of at least 1"),
        ("explain free_cash_flow 2027 --top 0", "--top needs a number of at least 1"),
        ("explain free_cash_flow 2027 --from soon", "'soon' is not a period"),
        ("explain aws_growth 2024", "is an assumption: it has no figure for 2024"),
        ("explain positive --set capex_scale=3", "positive has no figure in base_what_if"),
    ],
)
def test_what_cannot_be_explained_is_one_line(words: str, message: str) -> None:
    assert message in refused(*words.split())


def test_a_text_shows_the_largest_parts_and_the_sum_of_the_others() -> None:
    found = tree("net_sales 2027", depth=1)
    lines = list(outline(found, 1))
    rest = math.fsum(each.contribution or 0.0 for each in found.parts[1:])
    assert lines[-1] == f"└─{' ' * 11}and 2 more, +{rest:,.0f} in all"


def test_a_figure_with_more_below_is_marked() -> None:
    lines = list(outline(tree("free_cash_flow 2025", depth=1)))
    assert all(line.partition(" = ")[2].partition(":")[0].endswith(" USD m ...") for line in lines[2:])
    assert not any("..." in line for line in outline(tree("operating_cash_flow 2025")))


def test_a_cell_shows_the_tree_to_a_depth() -> None:
    text = AMZN_EXPLAIN("free_cash_flow", 2027, None, None, 1)
    assert text == "\n".join(outline(tree("free_cash_flow 2027", depth=1)))
    assert "net_sales" in AMZN_EXPLAIN("free_cash_flow_margin", 2027, None, [["beta", 1.2]], 2)
    assert AMZN_EXPLAIN("beta", None, None, None, 2).startswith("beta = 1.150 times: Beta")
    assert AMZN_EXPLAIN("net_sales", 2027, None, None, 9) == (
        "depth needs a whole number from 1 to 6 in cells, not 9"
    )
    assert len(AMZN_EXPLAIN("value_per_share[dcf,mid]", None, None, None, 6)) <= 32_767
