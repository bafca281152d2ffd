"""Tables of the documents, generated from the code: commands, functions, lines, drivers, rules, scenarios."""

from __future__ import annotations

import argparse
import inspect
from itertools import groupby
from typing import TYPE_CHECKING, Final

from amzn_fcf import cli
from amzn_fcf.text.schema import FIELDS, KINDS
from model import companies, errors
from model.backends.prose import definition
from model.language.periods import Period
from model.results import run
from model.scenarios.drivers import driver_specs
from model.scenarios.files import builtin_overlays, builtin_scenarios, read_file
from model.scenarios.spec import as_text
from model.simulation.run import simulate
from workbook_templates.validation.rules.choice import every_rule
from workbook_templates.validation.rules.table import ANY, OTHER
from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from model.language.declarations import Block
    from model.plan.plan import Row

_DRAWS: Final = 100_000
_LAST_QUARTER: Final = "2028Q4"
"""The last column of the headline."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a head that ends in ``:`` is set to the right."""
    titles = " | ".join(head.removesuffix(":") for head in heads)
    rule = "|".join("--:" if head.endswith(":") else "---" for head in heads)
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join([f"| {titles} |", f"|{rule}|", *(f"| {line} |" for line in lines)])


def code(text: str) -> str:
    """Return a text set as code, if there is any."""
    return f"`{text}`" if text else ""


def commands() -> str:
    """Return every command with its arguments."""
    return "\n\n".join(_command(name, parser) for name, parser in parsers().items())


def parsers() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of every command."""
    actions = cli._parser()._actions  # noqa: SLF001  # argparse has no public way to its arguments
    (commands,) = [each for each in actions if isinstance(each, argparse._SubParsersAction)]  # noqa: SLF001  # as above
    return dict(commands.choices)


def _command(name: str, parser: argparse.ArgumentParser) -> str:
    actions = [action for action in parser._actions if action.dest != "help"]  # noqa: SLF001  # as above
    expand = parser._get_formatter()._expand_help  # noqa: SLF001  # as above
    rows = [(code(_argument(action)), expand(action)) for action in actions]
    example = f"    {(parser.epilog or '').removeprefix('example: ')}"
    text = f"## {name}\n\n{parser.description}\n\n{example}"
    return f"{text}\n\n{table(('argument', 'meaning'), rows)}" if rows else text


def _argument(action: argparse.Action) -> str:
    value = "|".join(map(str, action.choices)) if action.choices else action.metavar or ""
    words = " ".join(value) if isinstance(value, tuple) else value
    many = f"{words} ..." if action.nargs in {"+", "*"} else words
    return " ".join([*action.option_strings, many]).strip()


def functions() -> str:
    """Return every function with its arguments."""
    return "\n\n".join(map(_function, FUNCTIONS))


def _function(name: str) -> str:
    arguments = described(FUNCTIONS)[name].arguments
    signature = ", ".join(f"[{each.name}]" if each.optional else each.name for each in arguments)
    text = inspect.cleandoc(FUNCTIONS[name].__doc__ or "").replace("``", "`")
    rows = [(code(each.name), each.text) for each in arguments]
    return f"## {name}\n\n`{name}({signature})`\n\n{text}" + (
        f"\n\n{table(('argument', 'meaning'), rows)}" if rows else ""
    )


def lines() -> str:
    """Return every line of the model with its formula, section by section."""
    plan = run(["base"]).plan

    def described(row: Row) -> tuple[str, ...]:
        return code(row.key), row.unit, row.label, code(definition(row, plan))

    def section(block: type[Block]) -> str:
        names = {each.name for each in block.declared}
        rows = [
            described(row)
            for row in plan.rows.values()
            if row.declared.name in names and row.line is not None and row.vintage is None
        ]
        return f"## {block.title}\n\n{table(('line', 'unit', 'label', 'formula'), rows)}" if rows else ""

    return "\n\n".join(filter(None, map(section, companies.default().model.blocks)))


def drivers() -> str:
    """Return every driver with unit, default, range, grade and source, section by section."""
    sections = {
        each.name: block.title for block in companies.default().model.blocks for each in block.declared
    }
    order = list(dict.fromkeys(sections.values()))
    specs = sorted(driver_specs().values(), key=lambda each: order.index(sections[each.driver.name]))
    parts = []
    for title, group in groupby(specs, key=lambda each: sections[each.driver.name]):
        rows = []
        for each in group:
            unit = each.driver.unit
            default = ", ".join(
                as_text(value, unit) if key == "all" else f"{key}: {as_text(value, unit)}"
                for key, value in _steps(each.default)
            )
            limits = f"{as_text(each.minimum, unit)} to {as_text(each.maximum, unit)}"
            meaning = f"{each.label}. {each.description}" if each.description else each.label
            rows.append((code(each.key), unit, default, limits, each.grade, meaning, each.source))
        heads = ("driver", "unit", "default", "range", "grade", "meaning", "source")
        parts.append(f"## {title}\n\n{table(heads, rows)}")
    return "\n\n".join(parts)


def _steps(values: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Yield the periods in which a value differs from the one before it."""
    last = None
    for key, value in values.items():
        if value != last:
            yield key, value
        last = value


def records() -> str:
    """Return the kinds of records that ``--format json`` gives, and their fields."""
    kinds = [
        (code(name), ", ".join(map(code, kind.commands)), kind.text, " ".join(map(code, kind.fields)))
        for name, kind in KINDS.items()
    ]
    fields = [(code(name), field.type, field.text) for name, field in FIELDS.items()]
    both = table(("kind", "given by", "one is", "fields"), kinds), table(("field", "type", "holds"), fields)
    return "\n\n".join(both)


def rules() -> str:
    """Return the rules of validation."""
    kinds = {id(rule): kind for kind, group in (("any", ANY), ("others", OTHER)) for rule in group}
    rows = [
        (rule.group, code(rule.name), rule.severity, kinds.get(id(rule), "ours"), rule.looks_for, rule.remedy)
        for rule in every_rule()
    ]
    return table(("group", "rule", "severity", "in", "looks for", "what to do"), rows)


def scenarios() -> str:
    """Return the scenarios and overlays that ship."""
    rows = []
    for name in [*builtin_scenarios(), *builtin_overlays()]:
        file = read_file(name, companies.default())
        rows.append((code(name), "overlay" if file.overlay else str(file.as_of), file.title, file.note))
    return table(("name", "as-of", "title", "note"), rows)


def exceptions() -> str:
    """Return the exceptions, root first."""
    members = [each for _, each in inspect.getmembers(errors, inspect.isclass)]
    own = [each for each in members if each.__module__ == errors.__name__]
    found = [each for each in own if issubclass(each, Exception)]
    found.sort(key=lambda each: (len(each.__mro__), each.__name__))
    rows = [
        (code(each.__name__), code(each.__mro__[1].__name__), inspect.getdoc(each) or "") for each in found
    ]
    return table(("exception", "is a", "meaning"), rows)


def headline() -> str:
    """Return the chance of positive free cash flow by quarter, for three scenarios."""
    names = ("article", "base", "trend")
    found = {name: simulate(name, draws=_DRAWS, seed=1).positive_by_quarter() for name in names}
    reported = run(["base"])
    quarters = [quarter for quarter in found["article"] if quarter <= _LAST_QUARTER]

    def cell(name: str, quarter: str) -> str:
        if quarter in found[name]:
            return f"{found[name][quarter].probability:.1%}"
        return f"**{reported.value('ttm_free_cash_flow', Period.parse(quarter)) / 1000:.1f}bn**"

    rows = [[code(name), *(cell(name, quarter) for quarter in quarters)] for name in names]
    return table(("quarter", *(f"{quarter}:" for quarter in quarters)), rows)


TABLES: Final[dict[str, Callable[[], str]]] = {
    table.__name__: table
    for table in (commands, functions, lines, drivers, records, rules, scenarios, exceptions, headline)
}
