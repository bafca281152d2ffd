"""The article's claims as a ledger that can be proved wrong: each has a status at every as-of, and a price if it fails."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np

from model import companies
from model.analysis.solve import solve
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
    from model.company import Company
    from model.reported.guidance import Guidance

CLAIMS_FILE: Final = "claims.toml"
Status = Literal["met", "missed", "on_track", "off_track", "open", "not_testable"]
Kind = Literal["range", "rebound", "flag", "not_testable"]
_KINDS: Final = get_args(Kind)
_KEYS: Final = frozenset({
    "id", "claim", "kind", "line", "period", "minimum", "maximum", "minimum_of", "maximum_of", "note", "reason",
    "stake",
})  # fmt: skip
_STAKE_KEYS: Final = frozenset({"driver", "years", "edge", "value", "overlay", "fair_value"})


@dataclass(frozen=True)
class Claim:
    """One sentence of a published thesis as something to test; see ``claims.toml`` of a company's data."""

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
    unit: str

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


@dataclass(frozen=True, eq=False)
class Thesis:
    """What somebody has published of a company: its claims, and the scenario that believes them.

    ``market``: what claims of kind ``flag`` rest on, market data of the date of the thesis.
    """

    company: Company
    title: str
    date: str
    scenario: str
    market: str
    claims: tuple[Claim, ...]


@cache
def load_thesis(company: Company | None = None) -> Thesis | None:
    """Read and check ``claims.toml``; None where a company's data hold no such file."""
    if company is None:
        return load_thesis(companies.default())
    source = company.file(CLAIMS_FILE)
    if not source.is_file():
        return None
    content = tomllib.loads(source.read_text(encoding="utf-8"))
    head = {key: content.get(key, "") for key in ("title", "date", "scenario", "market")}
    if not all(isinstance(each, str) and each for each in head.values()):
        raise InputError(f"{CLAIMS_FILE}: needs {', '.join(head)}, each a text")
    records = enumerate(content.get("claim", []), start=1)
    claims = tuple(_read(record, number, company) for number, record in records)
    if len({each.name for each in claims}) < len(claims):
        raise InputError(f"{CLAIMS_FILE}: two claims have the same id")
    return Thesis(company, **head, claims=claims)


def _read(record: dict[str, Any], number: int, company: Company) -> Claim:
    where = f"{CLAIMS_FILE}, claim {number} ({record.get('id', 'no id')})"
    unknown = (set(record) - _KEYS) | (set(record.get("stake", {})) - _STAKE_KEYS)
    if unknown or record.get("kind") not in _KINDS or not record.get("id") or not record.get("claim"):
        raise InputError(
            f"{where}: needs id, claim and kind ({', '.join(_KINDS)}); found {', '.join(sorted(unknown)) or record}"
        )
    line = record.get("line", "")
    declared = company.model.declared
    if line and line not in declared:
        raise InputError(f"{where}: unknown line {line!r}{did_you_mean(line, declared)}")
    minimum, maximum = (record.get(key) for key in ("minimum", "maximum"))
    relative = (record.get("minimum_of", ""), record.get("maximum_of", ""))
    if (record["kind"] == "not_testable") != bool(record.get("reason")) or (
        record["kind"] == "range" and minimum is maximum is None and not any(relative)
    ):
        raise InputError(
            f"{where}: a range needs minimum or maximum; what is not testable, and nothing else, needs a reason"
        )
    if record["kind"] != "not_testable" and not (line and record.get("period")):
        raise InputError(f"{where}: needs the line and the period that it is judged by")
    _check_stake(record.get("stake", {}), where, company)
    period = Period.parse(record["period"]) if "period" in record else None
    texts = (record.get("note", ""), record.get("reason", ""))
    head = (record["id"], record["claim"], record["kind"], line, period, minimum, maximum)
    unit = declared[line].unit if line else "USD/share"
    return Claim(*head, *relative, *texts, record.get("stake", {}), unit)


def _check_stake(stake: dict[str, Any], where: str, company: Company) -> None:
    overlays = builtin_overlays(company)
    if "overlay" in stake and stake["overlay"] not in overlays:
        hint = did_you_mean(stake["overlay"], overlays)
        raise InputError(f"{where}: stake: unknown overlay {stake['overlay']!r}{hint}")
    if "driver" in stake:
        spec_named(stake["driver"], driver_specs(company), f"{where}: stake")


@cache
def ledger(as_of: Quarter, company: Company | None = None) -> tuple[Entry, ...]:
    """Return every claim with its status at ``as_of``: by filings and guidance known before the next quarter's results.

    Status: ``met`` or ``missed`` once the period is reported; ``on_track`` or ``off_track`` while it runs, by
    the company's guidance if there is any, else by what is reported so far; ``open`` with nothing to go by;
    ``not_testable``.

    Raises
    ------
    PeriodError
        If ``as_of`` is not reported yet.
    InputError
        If the data of the company hold no claims.

    Examples
    --------
    >>> {each.claim.name: each.status for each in ledger(Quarter.parse("2026Q2"))}["capex-2026"]
    'off_track'
    """
    chosen = company or companies.default()
    thesis = load_thesis(chosen)
    if thesis is None:
        raise InputError(f"{chosen.title} has no claims: its data hold no {CLAIMS_FILE}")
    known = run([load_scenario(thesis.scenario, as_of, chosen)])
    article = _believed(thesis)
    claims = (_as_known(claim, known, article) for claim in thesis.claims)
    return tuple(_entry(thesis, claim, known) for claim in claims)


@cache
def _believed(thesis: Thesis) -> Results:
    """Return the model as the thesis has it."""
    return run([load_scenario(thesis.scenario, company=thesis.company)])


def _as_known(claim: Claim, known: Results, article: Results) -> Claim:
    """Return a claim that is measured against another period with that figure put in: as reported, else as the article has it."""

    def figure_of(period: str, given: float | None) -> float | None:
        if not period:
            return given
        seen = reported_so_far(known, claim.line, Period.parse(period))
        return seen.value if seen.complete else article.value(claim.line, Period.parse(period))

    minimum, maximum = figure_of(claim.minimum_of, claim.minimum), figure_of(claim.maximum_of, claim.maximum)
    return replace(claim, minimum=minimum, maximum=maximum)


def _entry(thesis: Thesis, claim: Claim, known: Results) -> Entry:
    given, as_of = _believed_figure(thesis, claim), known.plan.axis.as_of
    nothing = float("nan")
    if claim.kind == "not_testable" or claim.period is None:
        at_stake = _stake(thesis, claim, nothing, None)
        return Entry(claim, given, nothing, "not_testable", claim.reason, at_stake)
    if claim.kind == "flag":
        status, reason = _judge_market(thesis, claim.period, as_of, given)
        return Entry(claim, given, nothing, status, reason, nothing)
    seen = reported_so_far(known, claim.line, claim.period)
    guidance = None if seen.complete else guidance_at(thesis.company, as_of, claim.line, claim.period)
    if claim.kind == "rebound":
        status, reason = _judge_rebound(claim.line, claim.period, known, seen)
    else:
        status, reason = _judge_range(claim, seen, guidance)
    reported = seen.value if seen.complete else nothing
    return Entry(claim, given, reported, status, reason, _stake(thesis, claim, reported, guidance))


def _believed_figure(thesis: Thesis, claim: Claim) -> float:
    if claim.stake.get("fair_value"):
        return _value(_believed(thesis))
    if not claim.line or claim.period is None:
        return float("nan")
    return _believed(thesis).value(claim.line, claim.period)


def _value(results: Results) -> float:
    """Return the value per share of the first scenario, by the company's first method."""
    return float(results.values[results.scenarios[0].company.presentation.questions.value][0, 0])


def _judge_market(thesis: Thesis, period: Period, as_of: Quarter, given: float) -> tuple[Status, str]:
    """Judge what rests on market data of the thesis' own date, which lies between two quarterly results."""
    if as_of < Quarter(period.year, period.quarter):
        return "open", f"rests on market data of {thesis.date}, after the results of {as_of}"
    return ("met" if given else "missed"), thesis.market


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
    told = f"TTM {line.replace('_', ' ')}: {text}"
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


def _stake(thesis: Thesis, claim: Claim, reported: float, guidance: Guidance | None) -> float:
    """Return what the value of the thesis changes by when the claim is replaced by what came, or fails."""
    stake, company = claim.stake, thesis.company
    if not stake:
        return float("nan")
    value = _value(_believed(thesis))
    if "fair_value" in stake:
        return value - float(stake["fair_value"])
    if "overlay" in stake:
        changed = load_scenario(f"{thesis.scenario}+{stake['overlay']}", company=company)
        return _value(run([changed])) - value
    if "value" in stake:
        changed = _believed(thesis).scenarios[0].with_overrides({stake["driver"]: float(stake["value"])})
        return _value(run([changed])) - value
    if not np.isnan(reported):
        target = reported
    elif guidance is not None:
        target = guidance.middle
    else:
        edge = stake.get("edge", "minimum" if claim.maximum is None else "maximum")
        target = float(claim.minimum if edge == "minimum" else claim.maximum)  # type: ignore[arg-type]  # a range has its edge
    years = tuple(stake["years"])
    return _value_where(thesis, stake["driver"], years, target, claim.line, claim.period) - value


@cache
def _value_where(  # a cache's key: all that the question depends on
    thesis: Thesis, driver: str, years: tuple[int, ...], target: float, line: str, period: Period | None
) -> float:
    """Return the value of the thesis with a driver moved so that a line is the target; NaN if it cannot be."""
    scenario = _believed(thesis).scenarios[0]
    try:
        root = solve(scenario, driver, target, line, period=period, years=years)
    except NoRootError:  # most of the period is reported already: the driver cannot reach that far
        return float("nan")
    return _value(root.results)
