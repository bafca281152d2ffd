"""The article's claims as a ledger that can be proved wrong: each has a status at every as-of, and a price if it fails."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from model.amazon import AMAZON
from model.analysis.solve import solve, value_row
from model.errors import InputError, NoRootError, did_you_mean
from model.evidence.running_period import Observation, reported_so_far
from model.language.periods import Period, Quarter
from model.language.units import measure
from model.reported.guidance import guidance_at
from model.results import Results, run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs, spec_named
from model.scenarios.files import builtin_overlays

if TYPE_CHECKING:
    from model.reported.guidance import Guidance

CLAIMS_FILE: Final = "claims.toml"
ARTICLE: Final = "article"
Status = Literal["met", "missed", "on_track", "off_track", "open", "not_testable"]
Kind = Literal["range", "rebound", "flag", "untold"]
_KINDS: Final = get_args(Kind)
_KEYS: Final = frozenset(
    {
        "id",
        "claim",
        "kind",
        "line",
        "period",
        "minimum",
        "maximum",
        "minimum_of",
        "maximum_of",
        "note",
        "reason",
        "stake",
    }
)
_STAKE_KEYS: Final = frozenset({"driver", "years", "edge", "value", "overlay", "fair_value"})
_VALUE: Final = value_row("dcf")


@dataclass(frozen=True)
class Claim:
    """One sentence of the article as something to test; see ``model/amazon/data/claims.toml``."""

    name: str
    text: str
    kind: Kind
    line: str
    period: Period | None
    minimum: float | None
    maximum: float | None
    minimum_of: str
    maximum_of: str
    note: str
    reason: str
    stake: dict[str, Any]

    @property
    def unit(self) -> str:
        """Unit of the figures that the claim is judged by."""
        return AMAZON.declared[self.line].unit if self.line else "USD/share"

    @property
    def threshold(self) -> str:
        """What the claim asks for, in words."""
        if self.kind == "rebound":
            return "TTM figure rises two quarters running"
        if self.kind == "flag":
            return "yes"
        if self.minimum is not None and self.maximum is not None:
            return f"{_bound(self.minimum, self.unit)} to {_bound(self.maximum, self.unit)}"
        if self.minimum is not None:
            return f"at least {_bound(self.minimum, self.unit)}"
        return "" if self.maximum is None else f"at most {_bound(self.maximum, self.unit)}"

    def holds(self, value: float) -> bool:
        """Tell whether a figure lies within the claim's range."""
        return (self.minimum is None or value >= self.minimum) and (
            self.maximum is None or value <= self.maximum
        )


@dataclass(frozen=True)
class Entry:
    """A claim at an as-of: ``article`` is what the article scenario gives, ``reported`` what filings gave (NaN: not yet)."""

    claim: Claim
    article: float
    reported: float
    status: Status
    reason: str
    at_stake: float
    """USD per share: what the article scenario's value changes by when what was reported, else guided, else the claim's threshold takes
    its place; NaN where nothing in the model hangs on it, or so much is reported already that the threshold cannot be reached."""


def _bound(value: float, unit: str) -> str:
    """Write a threshold with the digits that tell it from what is shown of figures."""
    return (
        f"{value / 1000:.4g}bn"
        if unit == "USD m"
        else f"{100 * value:.4g} %"
        if unit == "ratio"
        else f"{value:g}"
    )


def percent(value: float | None) -> str:
    """Write a ratio as people do."""
    return "" if value is None else f"{100 * value:.1f} %"


def figure(value: float, unit: str) -> str:
    """Write a figure of a claim as people do: money in USD bn."""
    if np.isnan(value):
        return ""
    if unit == "flag":
        return "yes" if value else "no"
    look = measure(unit)
    if look.money:
        return f"{value * look.chart_scale:.1f}bn"
    return percent(value) if look.percent else f"{value:,.2f}"


@cache
def load_claims() -> tuple[Claim, ...]:
    """Read and check ``claims.toml``."""
    content = tomllib.loads(
        resources.files("model.amazon.data").joinpath(CLAIMS_FILE).read_text(encoding="utf-8")
    )
    claims = tuple(_read(record, number) for number, record in enumerate(content["claim"], start=1))
    if len({each.name for each in claims}) < len(claims):
        raise InputError(f"{CLAIMS_FILE}: two claims have the same id")
    return claims


def _read(record: dict[str, Any], number: int) -> Claim:
    where = f"{CLAIMS_FILE}, claim {number} ({record.get('id', 'no id')})"
    unknown = (set(record) - _KEYS) | (set(record.get("stake", {})) - _STAKE_KEYS)
    if unknown or record.get("kind") not in _KINDS or not record.get("id") or not record.get("claim"):
        raise InputError(
            f"{where}: needs id, claim and kind ({', '.join(_KINDS)}); found {', '.join(sorted(unknown)) or record}"
        )
    line = record.get("line", "")
    if line and line not in AMAZON.declared:
        raise InputError(f"{where}: unknown line {line!r}{did_you_mean(line, AMAZON.declared)}")
    minimum, maximum = (record.get(key) for key in ("minimum", "maximum"))
    relative = (record.get("minimum_of", ""), record.get("maximum_of", ""))
    if (record["kind"] == "untold") != bool(record.get("reason")) or (
        record["kind"] == "range" and minimum is maximum is None and not any(relative)
    ):
        raise InputError(
            f"{where}: a range needs minimum or maximum; what is untold, and nothing else, needs a reason"
        )
    if record["kind"] != "untold" and not (line and record.get("period")):
        raise InputError(f"{where}: needs the line and the period that it is judged by")
    _check_stake(record.get("stake", {}), where)
    period = Period.parse(record["period"]) if "period" in record else None
    texts = (record.get("note", ""), record.get("reason", ""))
    return Claim(
        record["id"],
        record["claim"],
        record["kind"],
        line,
        period,
        minimum,
        maximum,
        *relative,
        *texts,
        record.get("stake", {}),
    )


def _check_stake(stake: dict[str, Any], where: str) -> None:
    if "overlay" in stake and stake["overlay"] not in builtin_overlays():
        raise InputError(
            f"{where}: stake: unknown overlay {stake['overlay']!r}{did_you_mean(stake['overlay'], builtin_overlays())}"
        )
    if "driver" in stake:
        spec_named(stake["driver"], driver_specs(), f"{where}: stake")


@cache
def ledger(as_of: Quarter) -> tuple[Entry, ...]:
    """Return every claim with its status at ``as_of``: by filings and guidance known before the next quarter's results.

    Status: ``met`` or ``missed`` once the period is reported; ``on_track`` or ``off_track`` while it runs, by
    the company's guidance if there is any, else by what is reported so far; ``open`` with nothing to go by;
    ``not_testable``.

    Raises
    ------
    PeriodError
        If ``as_of`` is not reported yet.

    Examples
    --------
    >>> {each.claim.name: each.status for each in ledger(Quarter.parse("2026Q2"))}["capex-2026"]
    'off_track'
    """
    known = run([load_scenario(ARTICLE, as_of)])
    article = run([ARTICLE])
    return tuple(_entry(_as_known(claim, known, article), as_of, known, article) for claim in load_claims())


def _as_known(claim: Claim, known: Results, article: Results) -> Claim:
    """Return a claim that is measured against another period with that figure put in: as reported, else as the article has it."""

    def figure_of(period: str, given: float | None) -> float | None:
        if not period:
            return given
        seen = reported_so_far(known, claim.line, Period.parse(period))
        return seen.value if seen.complete else article.value(claim.line, Period.parse(period))

    minimum, maximum = figure_of(claim.minimum_of, claim.minimum), figure_of(claim.maximum_of, claim.maximum)
    return replace(claim, minimum=minimum, maximum=maximum)


def _entry(claim: Claim, as_of: Quarter, known: Results, article: Results) -> Entry:
    given = _article_figure(claim, article)
    if claim.kind == "untold" or claim.period is None:
        at_stake = _stake(claim, float("nan"), None)
        return Entry(claim, given, float("nan"), "not_testable", claim.reason, at_stake)
    seen = reported_so_far(known, claim.line, claim.period) if claim.kind in {"range", "rebound"} else None
    if seen is None:
        status, reason = _judge_market(claim.period, as_of, given)
        return Entry(claim, given, float("nan"), status, reason, float("nan"))
    guidance = None if seen.complete else guidance_at(as_of, claim.line, claim.period)
    if claim.kind == "rebound":
        status, reason = _judge_rebound(claim.line, claim.period, known, seen)
    else:
        status, reason = _judge_range(claim, seen, guidance)
    reported = seen.value if seen.complete else float("nan")
    return Entry(claim, given, reported, status, reason, _stake(claim, reported, guidance))


def _article_figure(claim: Claim, article: Results) -> float:
    if claim.stake.get("fair_value"):
        return float(article.values[_VALUE][0, 0])
    if not claim.line or claim.period is None:
        return float("nan")
    return article.value(claim.line, claim.period)


def _judge_market(period: Period, as_of: Quarter, given: float) -> tuple[Status, str]:
    """Judge what rests on market data of the article's own date, which lies between the results of its quarter and the next."""
    if as_of < Quarter(period.year, period.quarter):
        return "open", f"rests on market data of December 2025, after the results of {as_of}"
    return (
        "met" if given else "missed"
    ), "market values and trailing sales of December 2025: sheet Value, model/amazon/data/peers.csv"


def _judge_range(claim: Claim, seen: Observation, guidance: Guidance | None) -> tuple[Status, str]:
    unit = claim.unit
    if seen.complete:
        return ("met" if claim.holds(seen.value) else "missed"), f"reported: {figure(seen.value, unit)}"
    basis = (
        "last twelve months"
        if seen.latest and unit != "USD m"
        else "latest"
        if seen.latest
        else f"{seen.quarters} of 4 quarters"
    )
    so_far = f"{basis}: {figure(seen.value, unit)}" if seen.quarters else ""
    if guidance is not None:
        low = guidance.low if guidance.point is None and guidance.low is not None else guidance.middle
        high = guidance.high if guidance.point is None and guidance.high is not None else guidance.middle
        said = f"guidance of {guidance.date}: {figure(guidance.middle, unit)}"
        fits = claim.holds(low) and claim.holds(high)
        return ("on_track" if fits else "off_track"), "; ".join(filter(None, [so_far, said]))
    if not seen.quarters:
        return (
            "open",
            "not reported yet, and the company has not said" if unit == "USD m" else "not reported yet",
        )
    outlook = (
        ""
        if seen.outlook == seen.value
        else f", {figure(seen.outlook, unit)} for the year at last year's season"
    )
    return ("on_track" if claim.holds(seen.outlook) else "off_track"), so_far + outlook


def _judge_rebound(line: str, period: Period, known: Results, seen: Observation) -> tuple[Status, str]:
    """Judge whether the reported TTM figure turns up in the year: two rises running, the first of them in it."""
    axis = known.plan.axis
    trailing = known.series(line, "ttm")[: axis.forecast_start, 0]
    first = axis.position(Quarter(period.year, 1))
    text = ", ".join(
        f"{axis.quarters[p]} {figure(trailing[p], 'USD m')}"
        for p in range(max(0, axis.forecast_start - 4), axis.forecast_start)
    )
    told = f"TTM {known.plan.model.words(line)}: {text}"
    rises = [
        trailing[place] > trailing[place - 1] for place in range(first, min(first + 5, axis.forecast_start))
    ]
    if any(rises[place] and rises[place + 1] for place in range(min(4, len(rises) - 1))):
        return "met", told
    if not seen.quarters:
        return "open", f"not reported yet; {told}"
    if len(rises) > 4 or (seen.complete and not rises[-1]):  # noqa: PLR2004  # a turn in the last quarter needs the next one
        return "missed", told
    return ("on_track" if rises[-1] else "off_track"), told


@cache
def _article_value() -> float:
    return float(run([ARTICLE]).values[_VALUE][0, 0])


def _stake(claim: Claim, reported: float, guidance: Guidance | None) -> float:
    """Return what the article scenario's value changes by when the claim is replaced by what came, or fails."""
    stake = claim.stake
    if not stake:
        return float("nan")
    if "fair_value" in stake:
        return _article_value() - float(stake["fair_value"])
    if "overlay" in stake:
        return float(run([f"{ARTICLE}+{stake['overlay']}"]).values[_VALUE][0, 0]) - _article_value()
    if "value" in stake:
        changed = load_scenario(ARTICLE).with_overrides({stake["driver"]: float(stake["value"])})
        return float(run([changed]).values[_VALUE][0, 0]) - _article_value()
    if not np.isnan(reported):
        target = reported
    elif guidance is not None:
        target = guidance.middle
    else:
        edge = stake.get("edge", "minimum" if claim.maximum is None else "maximum")
        target = float(claim.minimum if edge == "minimum" else claim.maximum)  # type: ignore[arg-type]  # a range has its edge
    return (
        _value_where(stake["driver"], tuple(stake["years"]), target, claim.line, claim.period)
        - _article_value()
    )


@cache
def _value_where(
    driver: str, years: tuple[int, ...], target: float, line: str, period: Period | None
) -> float:
    """Return the article's value per share with a driver moved so that a line is the target; NaN if it cannot be."""
    try:
        root = solve(load_scenario(ARTICLE), driver, target, line, period=period, years=years)
    except NoRootError:  # most of the period is reported already: the driver cannot reach that far
        return float("nan")
    return float(root.results.values[_VALUE][0, 0])
