"""A scenario moved to a new quarter, as text and as records."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from amzn_fcf.text.comparison import bridge_record, estimate_records, names_of, print_estimates
from amzn_fcf.text.figures import share_text
from amzn_fcf.text.tables import left, print_table, right
from model.language.units import counted, measure
from model.outputs import Output

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amzn_fcf.text.comparison import Estimate
    from model.roll.judged import Band, Settled
    from model.roll.rolling import Roll
    from model.roll.variance import Miss


def print_roll(
    found: Roll,
    missed: Sequence[Miss],
    figures: Sequence[Estimate],
    claims: Sequence[Settled],
    band: Sequence[Band],
) -> None:
    """Print misses, estimates, the value by cause, claims that were settled, the band, and what to review."""
    before, after = found.before, found.after
    print(f"{before.name}: from {before.as_of} to {after.as_of}")
    _print_misses(found, missed)
    print_estimates(names_of(before, after), figures)
    _print_value(found)
    if claims:
        rows = [[each.name, each.before, each.after, each.claim] for each in claims]
        print_table("Claims settled or moved", left("claim", "before", "now", "what"), rows)
    _print_bands(before.as_of, band)
    for each in found.dropped:
        print(f"dropped: {each}, which is reported now")
    if found.review:
        rows = [[each.driver, each.grade, each.reason] for each in found.review]
        print_table(f"To review: {counted(len(rows), 'driver')} kept", left("driver", "grade", "why"), rows)


def _print_misses(found: Roll, missed: Sequence[Miss]) -> None:
    quarter, flow = found.after.as_of, missed[0]
    rows = []
    for each in missed:
        text, moved = measure(each.unit).text, measure(each.unit).change_text
        cells = [text(each.reported), text(each.estimate), moved(each.miss)]
        others = ["-" if math.isnan(value) else text(value) for value in (each.guided, each.street)]
        rows.append([each.label, *cells, share_text(each.share), moved(each.part), *others])
    heads = right(
        "reported", "estimate", "miss", "miss, %", f"part of the\n{flow.line} miss", "guided", "Street"
    )
    print_table(
        f"{quarter} against the estimate of {found.before.as_of} (USD m)", [*left("line"), *heads], rows
    )


def _print_value(found: Roll) -> None:
    output = _value(found)
    if output is None:
        return
    text, moved = measure(output.unit).text, measure(output.unit).change_text
    first, last = (float(output.read(found.results[place])[0]) for place in (0, -1))
    rows = [[f"as of {found.before.as_of}", text(first)]]
    rows += [[cause, moved(amount)] for cause, amount in found.effects(output)]
    rows.append([f"as of {found.after.as_of}", text(last)])
    print_table(f"Value by cause: {output}", [*left("cause"), *right(output.unit)], rows, (1, len(rows) - 1))


def _value(found: Roll) -> Output | None:
    line = found.after.company.presentation.questions.value
    return Output.of(line, found.after.plan) if line else None


def _print_bands(as_of: object, band: Sequence[Band]) -> None:
    if not band:
        return
    rows = []
    for each in band:
        text = measure(each.unit).text
        inside = "inside" if each.low <= each.reported <= each.high else "outside"
        figures = [text(value) for value in (each.low, each.middle, each.high, each.reported)]
        rows.append([each.line, *figures, share_text(each.rank, 0), inside])
    heads = [*left("line"), *right("5%", "median", "95%", "reported", "rank"), *left("band")]
    print_table(f"In the band simulated as of {as_of}", heads, rows)


def roll_records(
    found: Roll,
    missed: Sequence[Miss],
    figures: Sequence[Estimate],
    claims: Sequence[Settled],
    band: Sequence[Band],
) -> Iterator[dict[str, object]]:
    """Yield the same for programs: each record says its kind."""
    quarter = str(found.after.as_of)
    for miss in missed:
        yield {
            "kind": "miss", "line": miss.line, "period": quarter, "unit": miss.unit,
            "reported": miss.reported, "estimate": miss.estimate, "guided": miss.guided,
            "street": miss.street, "miss": miss.miss, "share": miss.share, "part": miss.part,
        }  # fmt: skip
    yield from estimate_records(figures)
    if output := _value(found):
        for cause, amount in found.effects(output):
            yield bridge_record(str(output), cause, output.unit, amount)
    for claim in claims:
        yield {"kind": "settled", "claim": claim.name, "before": claim.before, "after": claim.after}
    for where in band:
        yield {
            "kind": "band", "line": where.line, "period": quarter, "unit": where.unit,
            "low": where.low, "middle": where.middle, "high": where.high, "reported": where.reported,
            "rank": where.rank,
        }  # fmt: skip
    for name in found.dropped:
        yield {"kind": "dropped", "driver": name}
    for kept in found.review:
        yield {"kind": "review", "driver": kept.driver, "grade": kept.grade, "reason": kept.reason}
