"""Uncertainty files: TOML text read into checked moves and correlations.

An entry is written like that of an overlay; the operation holds a distribution instead of a number::

    [drivers.sales_yield]
    unit = "ratio"
    grade = "J"
    source = "Fitted: 12.3-14.1%"
    scale = { distribution = "lognormal", median = 1, sigma = 0.1 }

    [[correlations]]
    between = ["sales_yield", "capex"]
    rank = -0.3
    reason = "Dearer memory buys less capacity for more money"

A driver can have several entries under names of their own, each with ``driver = "..."`` and ``years =
"..."``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model import companies
from model.errors import InputError, UnknownNameError, did_you_mean, shown
from model.files import text_of_file
from model.scenarios.adjustment import OPERATIONS
from model.scenarios.drivers import GRADES, driver_specs
from model.scenarios.files import check_keys, check_text, read_entry, toml_content
from model.scenarios.spec import DriverSpec, number
from model.simulation.distributions import distribution_of
from model.simulation.uncertainty import PATHS, Move, Uncertainty, year_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.company import Company

SHIPPED: Final = "uncertainty.toml"
_TEXTS: Final = ("title", "note", "record")
_KEYS: Final = (*_TEXTS, "drivers", "correlations")
_PAIR_KEYS: Final = frozenset({"between", "rank", "reason"})
_PAIR: Final = 2


def has_uncertainty(company: Company) -> bool:
    """Tell whether an uncertainty file ships with a company."""
    return company.has(SHIPPED)


def load_uncertainty(path: str | None = None, company: Company | None = None) -> Uncertainty:
    """Read an uncertainty file: the one that ships, or a user's file.

    Examples
    --------
    >>> load_uncertainty().moves[0].driver
    'aws_growth'
    """
    chosen = company or companies.default()
    if path is None:
        return _shipped(chosen)
    return _parsed(text_of_file(Path(path), "uncertainty"), path, chosen)


@cache
def _shipped(company: Company) -> Uncertainty:
    if not has_uncertainty(company):
        raise InputError(f"{company.title} has no {SHIPPED}: name a file of distributions")
    return _parsed(company.text(SHIPPED), SHIPPED, company)


def _parsed(text: str, where: str, company: Company) -> Uncertainty:
    content = toml_content(text, where)
    check_keys(content, _KEYS, where, "an uncertainty file")
    entries, pairs = content.get("drivers", {}), content.get("correlations", [])
    if not isinstance(entries, dict) or not entries:
        raise InputError(f"{where}: needs a table [drivers.NAME] for each driver that is uncertain")
    if not isinstance(pairs, list):
        form = "[[correlations]], with between, rank and reason"
        raise InputError(f"{where}: correlations are written as {form}")
    texts = {key: content.get(key, "") for key in _TEXTS}
    for key, given in texts.items():
        check_text(given, f"{where}: {key}")
    specs = driver_specs(company)
    moves = tuple(_move(name, entry, where, specs) for name, entry in entries.items())
    ranks: dict[tuple[str, str], float] = {}
    reasons = {}
    for entry in pairs:
        pair, rank, reason = _correlation(entry, list(entries), where)
        if pair in ranks or pair[::-1] in ranks:
            raise InputError(f"{where}: the correlation of {' and '.join(pair)} is given twice")
        ranks[pair], reasons[pair] = rank, reason
    found = Uncertainty(where, moves, ranks, reasons, **texts)
    found.scores()  # a bad matrix is refused here, before anything is computed
    return found


def _move(name: str, entry: object, where: str, specs: Mapping[str, DriverSpec]) -> Move:
    here = f"{where}: {name}"
    spec, operation, table = read_entry(name, entry, specs, OPERATIONS, where, ("driver", "years", "path"))
    if table.get("grade") not in GRADES:
        raise InputError(f"{here}: needs grade, one of {', '.join(GRADES)}")
    given = table[operation]
    if not isinstance(given, dict):
        example = '{ distribution = "normal", mean = 0, sd = 0.02 }'
        raise InputError(f"{here}: {operation} needs a distribution, such as {example}")
    parameters = {key: value for key, value in given.items() if key != "distribution"}
    distribution = distribution_of(given.get("distribution"), parameters, here)
    years = table.get("years", "")
    year_range(years, here)
    path = table.get("path", "")
    if path not in PATHS:
        raise InputError(f'{here}: path must be "walk" or "quarters", not {shown(path)}')
    return Move(name, spec.key, operation, distribution, years, path, table["grade"], table["source"])


def _correlation(entry: object, names: list[str], where: str) -> tuple[tuple[str, str], float, str]:
    if not isinstance(entry, dict) or set(entry) != _PAIR_KEYS:
        raise InputError(f"{where}: a correlation needs between = [NAME, NAME], rank and reason")
    pair = entry["between"]
    if not isinstance(pair, list) or len(pair) != _PAIR or pair[0] == pair[1]:
        raise InputError(f"{where}: between needs two different names, not {shown(pair)}")
    for name in pair:
        if name not in names:
            hint = did_you_mean(str(name), names)
            raise UnknownNameError(f"{where}: correlation of {shown(name)}, which has no entry{hint}")
    both = " and ".join(pair)
    rank = number(entry["rank"], f"{where}: rank of {both}")
    if not -1 < rank < 1:
        raise InputError(f"{where}: rank of {both} must lie between -1 and 1, not {rank:g}")
    check_text(entry["reason"], f"{where}: reason")
    if not entry["reason"].strip():
        raise InputError(f"{where}: the correlation of {both} needs a reason")
    return (pair[0], pair[1]), rank, entry["reason"]
