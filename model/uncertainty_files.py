"""Uncertainty files: TOML text in, checked moves and correlations out.

An entry is written like that of an overlay; the operation holds a distribution instead of a number::

    [drivers.sales_yield]
    unit = "ratio"
    grade = "J"
    source = "Fitted: 12.3-14.1 %"
    scale = { distribution = "lognormal", median = 1, sigma = 0.1 }

    [[correlations]]
    between = ["sales_yield", "capex"]
    rank = -0.3
    reason = "Dearer memory buys less capacity for more money"

A driver can have several entries under names of their own, each with ``driver = "..."`` and ``years = "..."``.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from model.distributions import distribution_of
from model.drivers import GRADES, driver_infos, info_named, number
from model.errors import InputError, UnknownNameError, did_you_mean
from model.scenario_files import OPERATIONS, check_text, text_of_file, toml_content
from model.uncertainty import Move, Uncertainty, year_range

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED: Final = "uncertainty.toml"
_KEYS: Final = frozenset({"title", "note", "drivers", "correlations"})
_ENTRY_KEYS: Final = frozenset({"driver", "years", "unit", "grade", "source", "note", *OPERATIONS})
_PAIR_KEYS: Final = frozenset({"between", "rank", "reason"})
_PAIR: Final = 2


def load_uncertainty(path: str | None = None) -> Uncertainty:
    """Read an uncertainty file: the one that ships, or one of the user's own.

    Raises
    ------
    UnknownNameError, InputError
        For an unknown driver or distribution, wrong parameters, a missing unit or source, correlations that contradict
        each other.

    Examples
    --------
    >>> load_uncertainty().moves[0].driver
    'aws_growth'
    """
    return _shipped() if path is None else _parsed(text_of_file(Path(path), "uncertainty"), path)


@cache
def _shipped() -> Uncertainty:
    return _parsed(resources.files("model.data").joinpath(SHIPPED).read_text(encoding="utf-8"), SHIPPED)


def _parsed(text: str, where: str) -> Uncertainty:
    content = toml_content(text, where)
    for key in sorted(set(content) - _KEYS):
        message = f"{where}: {key!r} does not belong in an uncertainty file{did_you_mean(key, _KEYS)}"
        raise InputError(message)
    entries, pairs = content.get("drivers", {}), content.get("correlations", [])
    if not isinstance(entries, dict) or not entries:
        message = f"{where}: needs a table [drivers.NAME] for each driver that is uncertain"
        raise InputError(message)
    if not isinstance(pairs, list):
        message = f"{where}: correlations are written as [[correlations]], with between, rank and reason"
        raise InputError(message)
    for key in ("title", "note"):
        check_text(content.get(key, ""), f"{where}: {key}")
    moves = tuple(_move(name, entry, where) for name, entry in entries.items())
    ranks: dict[tuple[str, str], float] = {}
    reasons = {}
    for entry in pairs:
        pair, rank, reason = _correlation(entry, list(entries), where)
        if pair in ranks or pair[::-1] in ranks:
            message = f"{where}: the correlation of {' and '.join(pair)} is given twice"
            raise InputError(message)
        ranks[pair], reasons[pair] = rank, reason
    found = Uncertainty(where, moves, ranks, reasons, content.get("title", ""), content.get("note", ""))
    _ = found.scores  # a bad matrix is refused here, before anything is computed
    return found


def _move(name: str, entry: object, where: str) -> Move:
    place = f"{where}: {name}"
    if not isinstance(entry, dict) or not set(entry) <= _ENTRY_KEYS:
        found = ", ".join(sorted(set(entry) - _ENTRY_KEYS)) if isinstance(entry, dict) else repr(entry)
        message = f"{place}: must be a table with unit, source and one of {', '.join(OPERATIONS)}; found {found}"
        raise InputError(message)
    for key in ("driver", "years", "grade", "source", "note"):
        check_text(entry.get(key, ""), f"{place}: {key}")
    info = info_named(entry.get("driver", name), driver_infos(), place if "driver" in entry else where)
    operations = [each for each in OPERATIONS if each in entry]
    if len(operations) != 1:
        message = f"{place}: needs exactly one of {', '.join(OPERATIONS)}; found {', '.join(operations) or 'none'}"
        raise InputError(message)
    if entry.get("unit") != info.driver.unit:
        message = f"{place}: needs unit = {info.driver.unit!r}, not {entry.get('unit')!r}"
        raise InputError(message)
    if not entry.get("source", "").strip() or entry.get("grade") not in GRADES:
        message = f'{place}: needs source = "what the width rests on" and grade, one of {", ".join(GRADES)}'
        raise InputError(message)
    given = entry[operations[0]]
    if not isinstance(given, dict):
        message = f'{place}: {operations[0]} needs a distribution, such as {{ distribution = "normal", mean = 0, sd = 0.02 }}'
        raise InputError(message)
    parameters = {key: value for key, value in given.items() if key != "distribution"}
    distribution = distribution_of(given.get("distribution"), parameters, place)
    years = entry.get("years", "")
    year_range(years, place)
    return Move(name, info.key, operations[0], distribution, years, entry["grade"], entry["source"])


def _correlation(entry: object, names: list[str], where: str) -> tuple[tuple[str, str], float, str]:
    if not isinstance(entry, dict) or set(entry) != _PAIR_KEYS:
        message = f"{where}: a correlation needs between = [NAME, NAME], rank and reason"
        raise InputError(message)
    pair = _names(entry, names, where)
    rank = number(entry["rank"], f"{where}: rank of {' and '.join(pair)}")
    if not -1 < rank < 1:
        message = f"{where}: rank of {' and '.join(pair)} must lie between -1 and 1, not {rank:g}"
        raise InputError(message)
    check_text(entry["reason"], f"{where}: reason")
    if not entry["reason"].strip():
        message = f"{where}: the correlation of {' and '.join(pair)} needs a reason"
        raise InputError(message)
    return pair, rank, entry["reason"]


def _names(entry: Mapping[str, Any], names: list[str], where: str) -> tuple[str, str]:
    pair = entry["between"]
    if not isinstance(pair, list) or len(pair) != _PAIR or pair[0] == pair[1]:
        message = f"{where}: between needs two different names, not {str(pair)[:40]!r}"
        raise InputError(message)
    for name in pair:
        if name not in names:
            message = f"{where}: correlation of {str(name)[:40]!r}, which has no entry{did_you_mean(str(name), names)}"
            raise UnknownNameError(message)
    return pair[0], pair[1]
