"""A published thesis about a company: its claims, read from ``claims.toml`` and checked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

from model import companies
from model.errors import InputError, did_you_mean, shown
from model.language.units import measure
from model.reported.csv_tables import period_in
from model.scenarios.files import builtin_overlays, check_keys, take, toml_content
from model.scenarios.what_if import Lever

if TYPE_CHECKING:
    from collections.abc import Sequence

    from model.company import Company
    from model.language.periods import Period

CLAIMS_FILE: Final = "claims.toml"
Kind = Literal["range", "rebound", "flag", "not_testable"]
_KINDS: Final = get_args(Kind)
_TEXTS: Final = ("id", "claim", "kind", "line", "period", "minimum_of", "maximum_of", "note", "reason")
_NUMBERS: Final = ("minimum", "maximum")
_KEYS: Final = (*_TEXTS, *_NUMBERS, "stake")
_STAKE_KEYS: Final = ("driver", "edge", "value", "overlay", "fair_value")


@dataclass(frozen=True)
class Claim:
    """One testable claim of a published thesis; see ``claims.toml`` of a company's data."""

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
        """The bound of the claim, in words."""
        if self.kind == "rebound":
            return "TTM figure rises two quarters running"
        if self.kind == "flag":
            return "yes"
        low, high = (None if each is None else self.written(each) for each in (self.minimum, self.maximum))
        if low and high:
            return f"{low} to {high}"
        return f"at least {low}" if low else f"at most {high}" if high else ""

    def written(self, value: float) -> str:
        """Write a figure of the claim's line: money in USD bn; nothing for NaN."""
        if math.isnan(value):
            return ""
        if self.unit == "flag":
            return "yes" if value else "no"
        look = measure(self.unit)
        return f"{look.chart_text(value)}bn" if look.money else look.text(value)

    def holds(self, value: float) -> bool:
        """Tell whether a figure lies within the claim's range."""
        if self.minimum is not None and not value >= self.minimum:
            return False
        return self.maximum is None or value <= self.maximum


@dataclass(frozen=True, eq=False)
class Thesis:
    """A published thesis about a company: its claims, and the scenario in which they all hold.

    ``market``: the market data, of the date of the thesis, that claims of kind ``flag`` rest on.
    """

    company: Company
    title: str
    date: str
    scenario: str
    market: str
    claims: tuple[Claim, ...]


@companies.cached
def load_thesis(company: Company | None = None) -> Thesis | None:
    """Read and check ``claims.toml``; None where a company's data hold no such file."""
    company = company or companies.default()
    if not company.has(CLAIMS_FILE):
        return None
    content = toml_content(company.text(CLAIMS_FILE), CLAIMS_FILE)
    head = {key: take(content, key, str, CLAIMS_FILE, "") for key in ("title", "date", "scenario", "market")}
    if not all(head.values()):
        raise InputError(f"{CLAIMS_FILE}: needs {', '.join(head)}, each a text")
    records = enumerate(take(content, "claim", list, CLAIMS_FILE, []), start=1)
    claims = tuple(_read(record, number, company) for number, record in records)
    if len({each.name for each in claims}) < len(claims):
        raise InputError(f"{CLAIMS_FILE}: two claims have the same id")
    return Thesis(company, **head, claims=claims)


def _read(record: object, number: int, company: Company) -> Claim:
    where = f"{CLAIMS_FILE}, claim {number}"
    if not isinstance(record, dict):
        raise InputError(f"{where}: write [[claim]] above each claim, not claim = {shown(record)}")
    where = f"{where} ({record.get('id', 'no id')})"
    check_keys(record, _KEYS, where, "a claim")
    texts = {key: take(record, key, str, where, "") for key in _TEXTS}
    numbers = {key: take(record, key, float, where, 0.0) if key in record else None for key in _NUMBERS}
    kind, line, relative = texts["kind"], texts["line"], (texts["minimum_of"], texts["maximum_of"])
    if kind not in _KINDS or not texts["id"] or not texts["claim"]:
        raise InputError(f"{where}: needs id, claim and kind ({', '.join(_KINDS)})")
    declared = company.model.declared
    if line and line not in declared:
        raise InputError(f"{where}: unknown line {shown(line)}{did_you_mean(line, declared)}")
    bounds = [key for key in _NUMBERS if numbers[key] is not None or texts[f"{key}_of"]]
    if (kind == "not_testable") != bool(texts["reason"]) or (kind == "range" and not bounds):
        only = "a claim that is not testable, and no other, needs a reason"
        raise InputError(f"{where}: a range needs minimum or maximum; {only}")
    if kind != "not_testable" and not (line and texts["period"]):
        raise InputError(f"{where}: needs the line and the period that it is judged by")
    periods = [texts[key] for key in ("period", "minimum_of", "maximum_of")]
    period, *_ = [period_in(each, where) if each else None for each in periods]
    stake = take(record, "stake", dict, where, {})
    _check_stake(stake, bounds, f"{where}: stake", company)
    return Claim(
        texts["id"], texts["claim"], cast("Kind", kind), line, period, numbers["minimum"], numbers["maximum"],
        *relative, texts["note"], texts["reason"], stake, declared[line].unit if line else "USD/share",
    )  # fmt: skip


def _check_stake(stake: dict[str, Any], bounds: Sequence[str], where: str, company: Company) -> None:
    """Refuse a stake other than a fair value, an overlay, or a driver with a value or in a period."""
    check_keys(stake, _STAKE_KEYS, where, "a stake")
    for key in ("fair_value", "value"):
        take(stake, key, float, where, 0.0)
    overlay, driver = (take(stake, key, str, where, "") for key in ("overlay", "driver"))
    overlays = builtin_overlays(company)
    if overlay and overlay not in overlays:
        raise InputError(f"{where}: unknown overlay {shown(overlay)}{did_you_mean(overlay, overlays)}")
    lever = Lever.parse(driver, where, company) if driver else None
    if "edge" in stake and stake["edge"] not in bounds:
        allowed = " or ".join(bounds) or "there is none"
        raise InputError(f"{where}: edge must be a bound of the claim: {allowed}")
    moves_line = bool(bounds) and lever is not None and bool(lever.period)
    if stake and not ("fair_value" in stake or overlay or moves_line or (lever and "value" in stake)):
        raise InputError(
            f"{where}: needs fair_value, an overlay, a driver and its value, or a driver and the year in "
            "which it moves the line to a bound of the claim, such as capex_budget@2026"
        )
