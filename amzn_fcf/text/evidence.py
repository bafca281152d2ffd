"""The claims of a thesis, and the scores of earlier forecasts."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, get_args

from amzn_fcf.text.figures import billions
from amzn_fcf.text.tables import left, print_table, right
from model.evidence.claims import Status
from model.evidence.thesis import load_thesis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import ForecastRules
    from model.evidence.backtest import Forecast, Score
    from model.evidence.claims import Entry
    from model.language.periods import Quarter


def print_claims(entries: Sequence[Entry], as_of: Quarter) -> None:
    """Print claims with their status and the value at stake."""
    thesis = load_thesis()
    if thesis is None:  # no claims, and :func:`ledger` has said so
        return
    figures = right(f"{thesis.scenario} gives", "reported", "USD/share\nat stake")
    rows = []
    for each in entries:
        given, reported = map(each.claim.written, (each.article, each.reported))
        stake = "" if math.isnan(each.at_stake) else f"{each.at_stake:+.2f}"
        rows.append([each.claim.text, each.status, given, reported, stake, each.reason])
    title = f"{thesis.title}, {thesis.date}: its claims, judged between the results of {as_of} and the next"
    print_table(title, [*left("claim", "status"), *figures, *left("why")], rows)
    counts = Counter(each.status for each in entries)
    statuses = ", ".join(f"{counts[status]} {status}" for status in get_args(Status) if counts[status])
    print(f"{len(entries)} claims: {statuses}")
    replaced = "replaced by the reported figure or, failing that, the guided one or the claim's threshold"
    print(f"at stake: change in the value of scenario {thesis.scenario} when the claim is {replaced}")


def claim_record(entry: Entry, as_of: Quarter) -> dict[str, object]:
    """Return a claim as a record."""
    claim = entry.claim
    return {
        "claim": claim.name, "text": claim.text, "line": claim.line,
        "period": "" if claim.period is None else str(claim.period), "threshold": claim.threshold,
        "as_of": str(as_of), "status": entry.status, "article": entry.article, "reported": entry.reported,
        "unit": claim.unit, "usd_per_share_at_stake": entry.at_stake, "reason": entry.reason,
        "note": claim.note,
    }  # fmt: skip


def print_scores(scores: Sequence[Score], as_ofs: Sequence[Quarter], rules: ForecastRules) -> None:
    """Print mean errors of the model and of its benchmarks."""
    sources = [f"{source}\nmean / absolute" for source in ("model", "naive", "guidance")]
    rows = []
    for score in scores:
        percent = score.line in rules.in_percent
        errors = [_errors(each, percent=percent) for each in (score.model, score.naive, score.guidance)]
        unit = "%" if percent else "USD bn"
        rows.append([score.line, unit, str(score.ahead), str(score.number), *errors])
    title = f"Forecast less reported, as-of {as_ofs[0]} to {as_ofs[-1]}: mean error / mean absolute error"
    print_table(title, [*left("line", "unit"), *right("quarters\nahead", "n", *sources)], rows)
    print(
        "model: rules applied to the figures reported and guided by then; naive: the same quarter a year "
        "ago, grown at the trailing rate;\nguidance: middle of the company's range for the next quarter. The "
        f"windows overlap. {rules.note}".rstrip()
    )


def _errors(errors: tuple[float, float], *, percent: bool) -> str:
    mean, absolute = errors
    if math.isnan(mean):
        return ""
    return f"{mean:+.1f} / {absolute:.1f}" if percent else f"{billions(mean, '+')} / {billions(absolute)}"


def forecast_record(forecast: Forecast) -> dict[str, object]:
    """Return a forecast as a record."""
    return asdict(forecast) | {"as_of": str(forecast.as_of), "quarter": str(forecast.quarter)}
