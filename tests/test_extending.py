"""A unit, a block or a node that is added works everywhere, or one line says where it is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast, get_args

import numpy as np
import pytest

from model.backends.arrays import calendar, compile_plan, term_of
from model.backends.kernel.program import source_of
from model.backends.prose import definition
from model.errors import DeclarationError
from model.language import nodes
from model.language.declarations import Block, Model, driver, line
from model.language.nodes import Dimension, Expr
from model.language.periods import Axis, Quarter
from model.language.units import UNITS, Measure, Unit, measure
from model.language.vocabulary import total
from model.plan.binding import bind
from model.plan.ranges import Ranges
from workbook_templates.plan import formula as excel
from workbook_templates.plan.styles import FORMATS, numeric

if TYPE_CHECKING:
    from model.plan.plan import Plan
    from workbook_templates.plan.site import Site

AXIS = Axis(Quarter(2026, 2), Quarter(2022, 1), Quarter(2035, 4))
REGION = Dimension("region", ("uk", "new_zealand"), labels={"uk": "UK"})


@dataclass(frozen=True, eq=False)
class Doubled(Expr):
    """A node that no backend knows."""

    operand: Expr


def plan_of_one_line() -> Plan:
    class Toy(Block):
        """A section."""

        rate = driver("Rate", "ratio")
        double = line("Double", "ratio", 2 * rate)

    return bind(Model("toy", [Toy]), AXIS)


def test_a_unit_is_one_entry_in_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UNITS, "people", Measure(unit=Unit((("people", 1),)), style="whole", decimals=0))

    class Toy(Block):
        """A section."""

        staff = driver("Staff", "people")
        twice = line("Twice the staff", "people", 2 * staff)

    plan = bind(Model("toy", [Toy]), AXIS)
    values = compile_plan(plan).run({"staff": np.full((AXIS.length, 1), 1500.0)}, {})
    assert measure("people").text(values["twice"][0, 0]) == "3,000"
    assert numeric("calc", "people") == "calc whole"
    with pytest.raises(DeclarationError, match="yields 'people'"):
        line("Wrong", "ratio", 2 * Toy.staff)


def test_a_style_without_a_number_format_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UNITS, "people", Measure(unit=Unit((("people", 1),)), style="people"))
    with pytest.raises(
        DeclarationError, match=r"unit 'people': style 'people' is not in styles\.FORMATS; add"
    ):
        numeric("calc", "people")


def test_every_unit_has_a_number_format() -> None:
    assert {measure.style for measure in UNITS.values()} <= set(FORMATS)


def test_a_block_names_its_sheet_and_labels_come_from_its_dimensions() -> None:
    class Visitors(Block, sheet="Tourism"):
        """Visitors by region."""

        visits = driver("Visits", "ratio", by=REGION)
        every = line("All visits", "ratio", total(visits, REGION))

    model = Model("toy", [Visitors])
    plan = bind(model, AXIS)
    assert (Visitors.sheet, Visitors.title) == ("Tourism", "Visitors by region")
    assert plan.rows["visits[uk]"].label == "Visits: UK"
    assert plan.rows["visits[new_zealand]"].label == "Visits: new zealand"
    assert model.words("ttm_uk_visits") == "TTM UK visits"
    assert plan.needed(["every"]) == {"every", "visits[uk]", "visits[new_zealand]"}


def test_a_line_that_uses_a_declaration_of_no_block_says_so() -> None:
    forgotten = driver("Forgotten", "ratio")
    toy = type("Toy", (Block,), {"double": line("Double", "ratio", 2 * forgotten)})
    with pytest.raises(DeclarationError, match=r"double: uses 'Forgotten' of .* which is in no block"):
        bind(Model("toy", [toy]), AXIS)


def test_a_new_node_is_walked_and_every_backend_names_its_missing_case() -> None:
    plan = plan_of_one_line()
    node = Doubled(nodes.Ref("rate"))
    assert [leaf.line for leaf in nodes.leaves(node)] == ["rate"]
    assert repr(nodes.mapped(node, lambda _: nodes.NotMeaningful())) == "Doubled(operand=NotMeaningful())"
    with pytest.raises(DeclarationError, match=r"Doubled has no case in model\.language\.unit_check"):
        line("Double", "ratio", node)
    with pytest.raises(DeclarationError, match=r"Doubled has no case in model\.backends\.arrays"):
        term_of(node, plan)
    row = replace(plan.rows["double"], history=node, forecast=node)
    changed = replace(plan, rows={**plan.rows, "double": row})
    with pytest.raises(DeclarationError, match=r"Doubled has no case in model\.backends\.prose"):
        definition(row, changed)
    with pytest.raises(DeclarationError, match=r"Doubled has no case in model\.backends\.kernel"):
        source_of(changed, ("double",), history=False)
    with pytest.raises(DeclarationError, match=r"Doubled has no case in workbook_templates\.plan\.formula"):
        excel.formula(node, cast("Site", None))
    with pytest.raises(DeclarationError, match=r"Doubled has no case in model\.plan\.ranges"):
        Ranges(dict(changed.rows), AXIS).resolve()


def test_every_name_of_a_property_or_function_is_known_to_numpy_and_prose() -> None:
    plan = plan_of_one_line()
    rate = nodes.Ref("rate")
    formulas: list[Expr] = [nodes.Calendar(name) for name in get_args(nodes.CalendarName)]
    formulas += [nodes.Call(name, (rate,)) for name in get_args(nodes.FunctionName)]
    formulas += [nodes.Reduction(name, rate) for name in get_args(nodes.ReductionName)]
    for formula in formulas:
        assert definition(replace(plan.rows["double"], forecast=formula), plan)
        assert callable(term_of(formula, plan, vintage=20))
    for name in set(get_args(nodes.CalendarName)) - {"vintage"}:
        assert calendar(AXIS)[name].shape == (AXIS.length, 1)
