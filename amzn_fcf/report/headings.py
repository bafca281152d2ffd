"""Headings that state a finding: each is a rule over figures; where no rule fires, it names its topic."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.report.figures import in_words
from model.language.periods import Quarter
from model.language.units import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAIR: Final = 0.1
"""Share by which the expected value may differ from the price, and the price still be fair."""
SOON: Final = 4
"""Quarters ahead within which cash comes soon."""
_FAR: Final = 1.5
"""How many times the second driver the first must move the figure to stand out."""
_STILL: Final = 50.0
"""USD m, half of the last digit shown: a smaller difference is none."""
_LATE: Final = ("late", "not come")
_ODDS: Final = (
    (0.10, "is improbable"), (0.40, "is less likely than not"), (0.50, "is a little less likely than not"),
    (0.60, "is a little more likely than not"), (0.80, "is likely"), (0.95, "is very likely"),
)  # fmt: skip


def verdict(
    upside: float, trough: float, as_of: Quarter, positive: str, last: Quarter, value: str = "expected value"
) -> str:
    """State what the price is to a ``value``, and when cash comes; NaN or empty: not known, or never.

    ``trough``: the lowest trailing free cash flow; ``positive``: the quarter from which it stays above 0.
    """
    cash = _cash(trough, as_of, positive, last)
    if math.isnan(upside):
        return capitalised(cash)
    side = "above" if upside < 0 else "below"
    worth = "Fairly priced" if abs(upside) <= FAIR else f"Priced {side} its {value}"
    joint = "and" if (upside < -FAIR) == cash.endswith(_LATE) else "but"
    return f"{worth}, {joint} {cash}" if cash else worth


def _cash(trough: float, as_of: Quarter, positive: str, last: Quarter) -> str:
    if math.isnan(trough):
        return ""
    if trough >= 0:
        return "the cash never runs short"
    if not positive:
        return f"by {last} the cash does not come"
    return "the cash comes soon" if Quarter.parse(positive) - as_of <= SOON else "the cash comes late"


def expectations(sides: Sequence[int]) -> str:
    """State where estimates lie to what the company guides: 1 above its range, -1 below it, 0 in it."""
    if not sides:
        return "Estimate against what was reported, guided and expected"
    for side, word in ((1, "above"), (-1, "below"), (0, "within")):
        number = sides.count(side)
        if number == len(sides):
            return f"Every estimate lies {word} what the company guides"
    above, below = sides.count(1), sides.count(-1)
    number, word = (above, "above") if above >= below else (below, "below")
    lie = "lies" if number == 1 else "lie"
    return f"{number} of {counted(len(sides), 'estimate')} {lie} {word} what the company guides"


def path(trough: float, turn: str, positive: str, chance: float, last: Quarter) -> str:
    """State when trailing free cash flow turns up and is above 0 for good, and how likely that is by then."""
    if math.isnan(trough):
        return "Free cash flow, and how far it may stray"
    if trough >= 0:
        return "Free cash flow never falls below zero"
    if turn and turn == positive:
        how_likely = "" if math.isnan(chance) else f", which {odds(chance)}"
        return f"Free cash flow turns above zero in {turn}{how_likely}"
    turns = f"Free cash flow turns in {turn}" if turn else f"Free cash flow does not turn by {last}"
    if not positive:
        return f"{turns}; it is not above zero for good by {last}"
    if math.isnan(chance):
        return f"{turns}, and is above zero for good from {positive}"
    return f"{turns}; above zero from {positive} {odds(chance)}"


def odds(chance: float) -> str:
    """Write a probability in words."""
    return next((words for limit, words in _ODDS if chance < limit), "is all but certain")


def revised(differences: Mapping[int, float], older: str) -> str:
    """State by year whether free cash flow, in USD m, is above or below that of an older scenario."""
    higher = [str(year) for year, each in differences.items() if each >= _STILL]
    lower = [str(year) for year, each in differences.items() if each <= -_STILL]
    if not higher and not lower:
        return f"Free cash flow is as in {older}"
    for years, word in ((higher, "higher"), (lower, "lower")):
        if len(years) == len(differences):
            return f"Free cash flow is {word} than in {older} in every year"
    parts = [f"{word} in {_listed(years)}" for years, word in ((lower, "lower"), (higher, "higher")) if years]
    return f"Free cash flow is {', '.join(parts)} than in {older}"


def _listed(texts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def moved(difference: float, older: str) -> str:
    """State how much more or less a share is worth than in an older scenario, in USD."""
    if abs(difference) < 0.5:  # noqa: PLR2004  # half of the last digit shown
        return f"Worth the same as in {older}"
    amount = in_words("USD/share", abs(difference))
    return f"Worth {amount} USD {'more' if difference > 0 else 'less'} than in {older}"


def football(price: float, ranges: Sequence[tuple[float, float]]) -> str:
    """State where the price lies to the ranges of value; one without both ends does not count."""
    known = [pair for pair in ranges if not any(map(math.isnan, pair))]
    if math.isnan(price) or not known:
        return "What a share is worth, by method"
    inside = sum(low <= price <= high for low, high in known)
    if inside == len(known):
        return "The price lies inside every range"
    if all(high < price for _, high in known):
        return "The price lies above every range"
    if all(low > price for low, _ in known):
        return "The price lies below every range"
    if inside == len(known) - 1:
        return "The price lies inside every range but one"
    return f"The price lies inside {inside} of {len(known)} ranges"


def drivers(swings: Sequence[float], first: str) -> str:
    """State which driver moves the figure most, and whether it stands out; ``swings``: largest first."""
    if not swings:
        return "Drivers that matter"
    name = capitalised(first)
    if len(swings) == 1:
        return f"{name} alone matters"
    if swings[0] >= _FAR * swings[1]:
        return f"{name} matters most by far"
    return f"{name} matters most, but does not stand out"


def claims(off_track: int, unsettled: int) -> str:
    """State how many claims that are not settled yet are off track."""
    topic = "What would change our mind"
    if not unsettled:
        return f"{topic}: every claim that can be tested is settled"
    if not off_track:
        return f"{topic}: no open claim is off track"
    are = "is" if off_track == 1 else "are"
    return f"{topic}: {off_track} of {counted(unsettled, 'open claim')} {are} off track"


def capitalised(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return text[:1].upper() + text[1:]
