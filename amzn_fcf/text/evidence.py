"""The claims of a thesis, and the scores of earlier forecasts."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, get_args

from amzn_fcf.text.figures import billions
from amzn_fcf.text.tables import left, numbered, print_table, right
from model.evidence.backtest import BENCHMARKS
from model.evidence.claims import Status
from model.evidence.thesis import load_thesis
from model.language.units import measure
from model.scenarios.spec import ALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.evidence.backtest import Forecast, Score
    from model.evidence.claims import Entry
    from model.history import ForecastRules
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
        stake = measure("USD/share").change_text(each.at_stake)
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
        "period": str(claim.period or ALL), "threshold": claim.threshold,
        "as_of": str(as_of), "status": entry.status, "article": entry.article, "reported": entry.reported,
        "unit": claim.unit, "usd_per_share_at_stake": entry.at_stake, "reason": entry.reason,
        "note": claim.note,
    }  # fmt: skip


def print_scores(scores: Sequence[Score], title: str, rules: ForecastRules) -> None:
    """Print mean errors of the model and of its benchmarks."""
    words = ("model", *BENCHMARKS)
    columns = [f"{word.replace('_', ' ')}\nmean / absolute" for word in words]
    rows = []
    for score in scores:
        percent = score.line in rules.in_percent
        errors = [_errors(each, percent=percent) for each in (score.model, *score.benchmarks.values())]
        head = [score.line, "%" if percent else "USD bn", str(score.ahead), str(score.number)]
        better = ", ".join(name.replace("_", " ") for name in score.better)
        rows.append([*head, *errors, f"{score.bias:+.2f}", better])
    heads = [*left("line", "unit"), numbered("quarters\nahead"), *right("n", *columns, "bias")]
    print_table(title, [*heads, *left("better")], rows)


def print_meaning(rules: ForecastRules) -> None:
    """Print what the columns of the scores mean."""
    print(
        "model: rules applied to the figures reported and guided by then; no change: the same quarter a year "
        "ago; drift: that, and the mean change of the last four quarters on the year;\n"
        "trailing rate: the same quarter a year ago, grown at the rate of the last four; guidance: middle of "
        "the company's range for the next quarter; bias: mean to mean absolute error;\n"
        "better: benchmarks with a smaller absolute error. The windows overlap. "
        f"{rules.note}".rstrip()
    )


def _errors(errors: tuple[float, float], *, percent: bool) -> str:
    mean, absolute = errors
    if math.isnan(mean):
        return ""
    if percent:
        return f"{mean:+.1f} / {absolute:.1f}"
    return f"{measure('USD m').change_text(mean, chart=True)} / {billions(absolute)}"


def forecast_record(forecast: Forecast, *, by_model: bool) -> dict[str, object]:
    """Return a forecast as a record; ``by_model``: of the whole model, not of figures alone."""
    return {
        "as_of": str(forecast.as_of), "period": str(forecast.quarter), "ahead": forecast.ahead,
        "line": forecast.line, "model": forecast.model, **forecast.benchmarks, "reported": forecast.reported,
        "by_model": by_model,
    }  # fmt: skip
