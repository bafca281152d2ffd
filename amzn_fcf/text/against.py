"""A scenario beside guidance, the Street and the year before, as text and as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from amzn_fcf.text.tables import left, print_table, right
from model.language.units import measure
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.evidence.against import Compared
    from model.reported.guidance import Expectation
    from model.scenarios.scenario import Scenario

_NONE: Final = ("", "", "")


def print_comparison(rows: Sequence[Compared], scenario: Scenario) -> None:
    """Print the table, then who said what, and when."""
    heads = right(
        scenario.name, "guidance", "to its\nmiddle", "%", "Street", "of", "to the\nStreet", "%",
        "year\nbefore", "change", "%",
    )  # fmt: skip
    texts = []
    for row in rows:
        unit = measure(row.unit)
        before = _NONE
        if row.year_before is not None:
            mark = "" if row.is_reported else "*"
            before = (unit.chart_text(row.year_before) + mark, *_difference(row, row.year_before))
        period = "" if row.period is None else str(row.period)
        head = [row.line, period, unit.chart_unit or row.unit, unit.chart_text(row.model)]
        street, *to_street = _expected(row, row.street)
        dated = "" if row.street is None else row.street.date
        texts.append([*head, *_expected(row, row.guidance), street, dated, *to_street, *before])
    title = f"{scenario.name} (as-of {scenario.as_of}) beside guidance, the Street and the year before"
    print_table(title, [*left("line", "period", "unit"), *heads], texts)
    print("% of the guidance's middle, of the Street and of the year before; *: the model's, not reported")
    _print_sources("guidance", [each.guidance for each in rows])
    _print_sources("Street", [each.street for each in rows])


def _print_sources(word: str, found: Sequence[Expectation | None]) -> None:
    for each in found:
        if each is not None:
            period = "" if each.period is None else f" {each.period}"
            print(f"{word}, {each.line}{period}: {each.date}, {each.source}")


def _expected(row: Compared, said: Expectation | None) -> tuple[str, ...]:
    """Return a range, or the point, and the difference of the model to its middle."""
    if said is None:
        return _NONE
    ends = said.ends
    text = " to ".join(map(measure(row.unit).chart_text, ends))
    if len(ends) == 1 and said.point is None:
        text = f"{'over' if said.high is None else 'below'} {text}"
    return text, *_difference(row, said.middle)


def _difference(row: Compared, to: float) -> tuple[str, str]:
    """Return the difference, and in per cent of what it is to, where that is above 0."""
    share = _share(row.model, to)
    difference = measure(row.unit).change_text(row.model - to, chart=True)
    return difference, "" if share is None else f"{share:+.1%}"


def comparison_record(row: Compared) -> dict[str, object]:
    """Return a row as a record, with every source."""
    record: dict[str, object] = {
        "line": row.line, "period": str(row.period or ALL), "unit": row.unit,
        "model": row.model,
    }  # fmt: skip
    for word, said in (("guidance", row.guidance), ("street", row.street)):
        parts = (None,) * 6 if said is None else (
            said.low, said.high, said.middle, row.model - said.middle, said.date, said.source,
        )  # fmt: skip
        names = ("low", "high", "middle", "difference", "date", "source")
        record |= {f"{word}_{name}": part for name, part in zip(names, parts, strict=True)}
        record[f"{word}_difference_share"] = _share(row.model, None if said is None else said.middle)
    record |= {"year_before": row.year_before, "year_before_is_reported": row.is_reported}
    record["year_before_difference_share"] = _share(row.model, row.year_before)
    return record


def _share(value: float, to: float | None) -> float | None:
    return value / to - 1 if to is not None and to > 0 else None
