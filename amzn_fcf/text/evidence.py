"""The article's claims, and the scores of earlier forecasts."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, get_args

from amzn_fcf.text.figures import billions
from amzn_fcf.text.tables import Column, print_table
from model.evidence.claims import Status, figure

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from model.evidence.backtest import Forecast, Score
    from model.evidence.claims import Entry
    from model.language.periods import Quarter


def _known(value: object) -> object:
    """Return a value of a record; None for a figure that does not exist."""
    return None if isinstance(value, float) and math.isnan(value) else value


def print_claims(entries: Sequence[Entry], as_of: Quarter) -> None:
    """Print claims with their status and the value at stake."""
    columns = [
        Column("claim"), Column("status"), Column("article gives", right=True),
        Column("reported", right=True), Column("USD/share\nat stake", right=True), Column("why"),
    ]  # fmt: skip
    rows = []
    for each in entries:
        given, reported = (figure(value, each.claim.unit) for value in (each.article, each.reported))
        stake = "" if math.isnan(each.at_stake) else f"{each.at_stake:+.2f}"
        rows.append([each.claim.text, each.status, given, reported, stake, each.reason])
    print_table(f"The article's claims, judged between the results of {as_of} and the next", columns, rows)
    counts = Counter(each.status for each in entries)
    statuses = ", ".join(f"{counts[status]} {status}" for status in get_args(Status) if counts[status])
    print(f"{len(entries)} claims: {statuses}")
    print(
        "at stake: change in the article's discounted cash flow when the claim is replaced by the reported "
        "figure or, failing that, the guided one or the claim's threshold"
    )


def claim_record(entry: Entry, as_of: Quarter) -> dict[str, object]:
    """Return a claim as a record."""
    claim = entry.claim
    return {
        "claim": claim.name, "text": claim.text, "line": claim.line,
        "period": "" if claim.period is None else str(claim.period), "threshold": claim.threshold,
        "as_of": str(as_of), "status": entry.status, "article": _known(entry.article),
        "reported": _known(entry.reported), "unit": claim.unit,
        "usd_per_share_at_stake": _known(entry.at_stake), "reason": entry.reason, "note": claim.note,
    }  # fmt: skip


def print_scores(scores: Sequence[Score], as_ofs: Sequence[Quarter], in_percent: Collection[str]) -> None:
    """Print mean errors of the model and of its benchmarks."""
    columns = [Column("line"), Column("unit"), Column("quarters\nahead", right=True), Column("n", right=True)]
    sources = ("model", "naive", "guidance")
    columns += [Column(f"{source}\nmean / absolute", right=True) for source in sources]
    rows = []
    for score in scores:
        percent = score.line in in_percent
        errors = [_errors(each, percent=percent) for each in (score.model, score.naive, score.guidance)]
        unit = "%" if percent else "USD bn"
        rows.append([score.line, unit, str(score.ahead), str(score.number), *errors])
    print_table(
        f"Forecast less reported, as-of {as_ofs[0]} to {as_ofs[-1]}: mean error / mean absolute error",
        columns,
        rows,
    )
    print(
        "model: rules applied to the figures reported and guided by then; naive: the same quarter a year "
        "ago, grown at the trailing rate;"
    )
    print(
        "guidance: middle of the company's range for the next quarter. The windows overlap and lie in one "
        "boom; n is 3 to 6."
    )


def _errors(errors: tuple[float, float], *, percent: bool) -> str:
    mean, absolute = errors
    if math.isnan(mean):
        return ""
    if percent:
        return f"{mean:+.1f} / {absolute:.1f}"
    return f"{billions(mean, '+')} / {billions(absolute)}"


def forecast_record(forecast: Forecast) -> dict[str, object]:
    """Return a forecast as a record."""
    record = asdict(forecast) | {"as_of": str(forecast.as_of), "quarter": str(forecast.quarter)}
    return {key: _known(value) for key, value in record.items()}
