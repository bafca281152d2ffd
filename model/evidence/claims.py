"""A ledger of published claims: the status of each at an as-of, and the change in value if it fails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from model import companies
from model.analysis.solve import solve
from model.errors import InputError, NoRootError
from model.evidence.running_period import Observation, reported_so_far
from model.evidence.thesis import CLAIMS_FILE, Claim, Thesis, load_thesis
from model.language.periods import Period, Quarter
from model.reported.guidance import Guidance, guidance_at
from model.results import Results, run
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company
    from model.scenarios.scenario import Scenario

Status = Literal["met", "missed", "on_track", "off_track", "open", "not_testable"]
_NOTHING: Final = float("nan")


@dataclass(frozen=True)
class Entry:
    """A claim at an as-of: ``article`` is the scenario's figure, ``reported`` the filings' (NaN: none yet).

    ``at_stake``, in USD per share: the change in the scenario's value when the claim is replaced by the
    reported figure or, failing that, the guided one or the claim's threshold; NaN where the value does not
    depend on the claim, or where so much is reported already that the threshold cannot be reached.
    """

    claim: Claim
    article: float
    reported: float
    status: Status
    reason: str
    at_stake: float


@companies.cached
def ledger(as_of: Quarter, company: Company | None = None) -> tuple[Entry, ...]:
    """Return every claim with its status, by filings and guidance known before the next quarter's results.

    Status: ``met`` or ``missed`` once the period is reported; ``on_track`` or ``off_track`` before, by the
    company's guidance or, without it, by the quarters reported so far; ``open`` without either; or
    ``not_testable``. An :class:`InputError` if the data of the company hold no claims.

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
    believed = _believed(thesis)
    claims = [_as_known(claim, known, believed) for claim in thesis.claims]
    verdicts = [_verdict(thesis, claim, known) for claim in claims]
    replaced = [_replaced(thesis, *each) for each in zip(claims, verdicts, strict=True)]
    entries, own_value = [], _value(believed)
    for claim, verdict, value in zip(claims, verdicts, _values(replaced), strict=True):
        at_stake = value - own_value
        if "fair_value" in claim.stake and claim.kind != "flag":
            at_stake = own_value - claim.stake["fair_value"]
        given = _believed_figure(thesis, claim)
        entries.append(Entry(claim, given, verdict.reported, verdict.status, verdict.reason, at_stake))
    return tuple(entries)


@cache
def _believed(thesis: Thesis) -> Results:
    return run([load_scenario(thesis.scenario, company=thesis.company)])


def _as_known(claim: Claim, known: Results, believed: Results) -> Claim:
    """Return a claim with the figures of other periods that bound it: reported, or else the scenario's."""

    def figure_of(period: str, given: float | None) -> float | None:
        if not period:
            return given
        seen = reported_so_far(known, claim.line, Period.parse(period))
        return seen.value if seen.complete else believed.value(claim.line, Period.parse(period))

    minimum, maximum = figure_of(claim.minimum_of, claim.minimum), figure_of(claim.maximum_of, claim.maximum)
    return replace(claim, minimum=minimum, maximum=maximum)


class _Verdict(NamedTuple):
    """What is known of a claim: ``reported`` and ``guided`` are NaN where there is no such figure."""

    status: Status
    reason: str
    reported: float = _NOTHING
    guided: float = _NOTHING


def _verdict(thesis: Thesis, claim: Claim, known: Results) -> _Verdict:
    as_of, period = known.plan.axis.as_of, claim.period
    if claim.kind == "not_testable" or period is None:
        return _Verdict("not_testable", claim.reason)
    if claim.kind == "flag":
        if as_of < Quarter(period.year, period.quarter):  # market data lie between two quarterly results
            return _Verdict("open", f"rests on market data of {thesis.date}, after the results of {as_of}")
        return _Verdict("met" if _believed_figure(thesis, claim) else "missed", thesis.market)
    seen = reported_so_far(known, claim.line, period)
    guidance = None if seen.complete else guidance_at(thesis.company, as_of, claim.line, period)
    judged = _judge_range(claim, seen, guidance)
    if claim.kind == "rebound":
        judged = _judge_rebound(claim, period, known, seen)
    reported = seen.value if seen.complete else _NOTHING
    return _Verdict(*judged, reported, _NOTHING if guidance is None else guidance.middle)


def _believed_figure(thesis: Thesis, claim: Claim) -> float:
    if claim.stake.get("fair_value"):
        return _value(_believed(thesis))
    if not claim.line or claim.period is None:
        return _NOTHING
    return _believed(thesis).value(claim.line, claim.period)


def _value(results: Results) -> float:
    """Return the value per share of the first scenario, by the company's first method."""
    return float(results.values[results.scenarios[0].company.presentation.questions.value][0, 0])


def _judge_range(claim: Claim, seen: Observation, guidance: Guidance | None) -> tuple[Status, str]:
    unit, value = claim.unit, claim.written(seen.value)
    if seen.complete:
        return ("met" if claim.holds(seen.value) else "missed"), f"reported: {value}"
    so_far = f"{_basis(seen, unit)}: {value}" if seen.quarters else ""
    if guidance is not None:
        said = f"guidance of {guidance.date}: {claim.written(guidance.middle)}"
        holds = all(map(claim.holds, guidance.ends))
        return ("on_track" if holds else "off_track"), "; ".join(filter(None, [so_far, said]))
    if not seen.quarters:
        silent = ", and the company has not said" if unit == "USD m" else ""
        return "open", f"not reported yet{silent}"
    if seen.outlook != seen.value:
        so_far += f", {claim.written(seen.outlook)} for the year at last year's season"
    return ("on_track" if claim.holds(seen.outlook) else "off_track"), so_far


def _basis(seen: Observation, unit: str) -> str:
    """Return the period of a figure of a running year, in words."""
    if not seen.latest:
        return f"{seen.quarters} of 4 quarters"
    return "latest" if unit == "USD m" else "last twelve months"


def _judge_rebound(claim: Claim, period: Period, known: Results, seen: Observation) -> tuple[Status, str]:
    """Judge whether the reported TTM figure rises twice in a row, first within the year."""
    axis = known.plan.axis
    trailing = known.series(claim.line, "ttm")[: axis.forecast_start, 0]
    first = axis.position(Quarter(period.year, 1))
    shown = range(max(0, axis.forecast_start - 4), axis.forecast_start)
    text = ", ".join(f"{axis.quarters[each]} {claim.written(trailing[each])}" for each in shown)
    told = f"TTM {claim.line.replace('_', ' ')}: {text}"
    judged = range(first, min(first + 5, axis.forecast_start))
    rises = [trailing[place] > trailing[place - 1] for place in judged]
    if any(rises[place] and rises[place + 1] for place in range(min(4, len(rises) - 1))):
        return "met", told
    if not seen.quarters:
        return "open", f"not reported yet; {told}"
    if len(rises) > 4 or (seen.complete and not rises[-1]):  # noqa: PLR2004  # five quarters
        return "missed", told
    return ("on_track" if rises[-1] else "off_track"), told


def _replaced(thesis: Thesis, claim: Claim, verdict: _Verdict) -> Scenario | None:
    """Return the scenario of the thesis with the claim replaced by the actual or failing figure, if any."""
    stake = claim.stake
    if not stake or claim.kind == "flag" or "fair_value" in stake:
        return None
    if "overlay" in stake:
        return load_scenario(f"{thesis.scenario}+{stake['overlay']}", company=thesis.company)
    if "value" in stake:
        return _believed(thesis).scenarios[0].with_overrides({stake["driver"]: float(stake["value"])})
    edge = stake.get("edge", "minimum" if claim.maximum is None else "maximum")
    threshold = claim.minimum if edge == "minimum" else claim.maximum
    known = [each for each in (verdict.reported, verdict.guided, threshold) if each is not None]
    target = next(each for each in known if not np.isnan(each))
    return _scenario_where(thesis, stake["driver"], target, claim.line, claim.period)


@cache
def _scenario_where(  # a cache's key: all that the question depends on
    thesis: Thesis, driver: str, target: float, line: str, period: Period | None
) -> Scenario | None:
    """Return the scenario of the thesis with a driver moved so that a line meets a target, if it can."""
    scenario = _believed(thesis).scenarios[0]
    try:
        return solve(scenario, driver, target, line, period=period).scenario
    except NoRootError:  # so much of the period is reported that the driver cannot reach the target
        return None


def _values(scenarios: Sequence[Scenario | None]) -> list[float]:
    """Return values per share by the company's first method, from one run; NaN for None."""
    known = [each for each in scenarios if each is not None]
    if not known:
        return [_NOTHING] * len(scenarios)
    row = run(known).values[known[0].company.presentation.questions.value][0]
    values = iter(np.broadcast_to(row, len(known)).tolist())
    return [_NOTHING if each is None else next(values) for each in scenarios]
