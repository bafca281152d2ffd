"""Headings of the note: each rule with figures that fire it, and with those of its opposite."""

from __future__ import annotations

import math

import pytest

from amzn_fcf.report import headings
from model.language.periods import Quarter

NAN = math.nan
AS_OF, LAST = Quarter(2026, 2), Quarter(2035, 4)


@pytest.mark.parametrize(
    ("upside", "trough", "positive", "said"),
    [
        (-0.32, -30_000.0, "2028Q1", "Priced above its expected value, and the cash comes late"),
        (-0.32, -30_000.0, "2027Q2", "Priced above its expected value, but the cash comes soon"),
        (-0.32, 10.0, "2026Q2", "Priced above its expected value, but the cash never runs short"),
        (0.05, -30_000.0, "2027Q3", "Fairly priced, but the cash comes late"),
        (-0.1, 5.0, "", "Fairly priced, and the cash never runs short"),
        (0.11, -1.0, "2026Q3", "Priced below its expected value, and the cash comes soon"),
        (0.11, -1.0, "", "Priced below its expected value, but by 2035Q4 the cash does not come"),
        (-0.11, -1.0, "", "Priced above its expected value, and by 2035Q4 the cash does not come"),
        (NAN, -1.0, "2028Q1", "The cash comes late"),
        (0.2, NAN, "", "Priced below its expected value"),
        (NAN, NAN, "", ""),
    ],
)
def test_the_verdict(upside: float, trough: float, positive: str, said: str) -> None:
    assert headings.verdict(upside, trough, AS_OF, positive, LAST) == said


def test_the_verdict_without_a_simulation_is_of_the_value_itself() -> None:
    said = headings.verdict(-0.2, -1.0, AS_OF, "2028Q1", LAST, "value")
    assert said == "Priced above its value, and the cash comes late"


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        ([], "Estimate against what was reported, guided and expected"),
        ([1, 1], "Every estimate lies above what the company guides"),
        ([-1], "Every estimate lies below what the company guides"),
        ([0, 0, 0], "Every estimate lies within what the company guides"),
        ([1, 1, 0], "2 of 3 estimates lie above what the company guides"),
        ([1, 0, 0], "1 of 3 estimates lies above what the company guides"),
        ([1, -1, -1], "2 of 3 estimates lie below what the company guides"),
        ([0, -1], "1 of 2 estimates lies below what the company guides"),
    ],
)
def test_estimates_against_guidance(sides: list[int], said: str) -> None:
    assert headings.expectations(sides) == said


@pytest.mark.parametrize(
    ("trough", "turn", "positive", "chance", "said"),
    [
        (
            -3e4,
            "2027Q2",
            "2028Q1",
            0.55,
            "Free cash flow turns in 2027Q2; above zero from 2028Q1 is a little more likely than not",
        ),
        (
            -3e4,
            "2027Q2",
            "2028Q1",
            0.45,
            "Free cash flow turns in 2027Q2; above zero from 2028Q1 is a little less likely than not",
        ),
        (
            -3e4,
            "2027Q2",
            "2028Q1",
            NAN,
            "Free cash flow turns in 2027Q2, and is above zero for good from 2028Q1",
        ),
        (
            -3e4,
            "2027Q2",
            "2027Q2",
            0.99,
            "Free cash flow turns above zero in 2027Q2, which is all but certain",
        ),
        (-3e4, "2027Q2", "", 0.3, "Free cash flow turns in 2027Q2; it is not above zero for good by 2035Q4"),
        (
            -3e4,
            "",
            "",
            NAN,
            "Free cash flow does not turn by 2035Q4; it is not above zero for good by 2035Q4",
        ),
        (0.0, "2027Q2", "2028Q1", 0.55, "Free cash flow never falls below zero"),
        (NAN, "", "", NAN, "Free cash flow, and how far it may stray"),
    ],
)
def test_the_path_of_cash_flow(trough: float, turn: str, positive: str, chance: float, said: str) -> None:
    assert headings.path(trough, turn, positive, chance, LAST) == said


def test_odds_grow_with_the_chance() -> None:
    words = [headings.odds(each / 100) for each in range(101)]
    assert list(dict.fromkeys(words)) == [words[each] for each in (0, 10, 40, 50, 60, 80, 95)]
    assert (words[49], words[50]) == ("is a little less likely than not", "is a little more likely than not")


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        ({2026: -60_000, 2027: -50}, "Free cash flow is lower than in old in every year"),
        ({2026: 60_000, 2027: 50}, "Free cash flow is higher than in old in every year"),
        (
            {2026: -60_000, 2027: 60_000, 2028: -50},
            "Free cash flow is lower in 2026 and 2028, higher in 2027 than in old",
        ),
        ({2026: 0, 2027: 70}, "Free cash flow is higher in 2027 than in old"),
        ({2026: 49, 2027: -49}, "Free cash flow is as in old"),
    ],
)
def test_estimates_old_and_new(differences: dict[int, float], said: str) -> None:
    assert headings.revised(differences, "old") == said


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (36.2, "Worth 36 USD more than in old"), (-36.2, "Worth 36 USD less than in old"),
        (0.4, "Worth the same as in old"), (-0.4, "Worth the same as in old"),
    ],
)  # fmt: skip
def test_the_bridge(difference: float, said: str) -> None:
    assert headings.moved(difference, "old") == said


@pytest.mark.parametrize(
    ("price", "said"),
    [
        (105.0, "The price lies inside every range"), (95.0, "The price lies inside every range but one"),
        (85.0, "The price lies inside 1 of 3 ranges"), (79.0, "The price lies below every range"),
        (121.0, "The price lies above every range"), (NAN, "What a share is worth, by method"),
    ],
)  # fmt: skip
def test_the_football_field(price: float, said: str) -> None:
    ranges = [(80.0, 110.0), (90.0, 115.0), (100.0, 120.0), (NAN, 300.0)]
    assert headings.football(price, ranges) == said
    assert headings.football(price, []) == "What a share is worth, by method"


def test_a_price_between_ranges_is_inside_none() -> None:
    assert (
        headings.football(50.0, [(1.0, 2.0), (98.0, 99.0), (97.0, 99.0)])
        == "The price lies inside 0 of 3 ranges"
    )


@pytest.mark.parametrize(
    ("swings", "said"),
    [
        ([38.0, 36.0], "Beta matters most, but does not stand out"),
        ([54.0, 36.0], "Beta matters most by far"),
        ([5.0], "Beta alone matters"),
        ([], "Drivers that matter"),
    ],
)
def test_drivers(swings: list[float], said: str) -> None:
    assert headings.drivers(swings, "beta") == said


@pytest.mark.parametrize(
    ("off_track", "unsettled", "said"),
    [
        (4, 11, "What would change our mind: 4 of 11 open claims are off track"),
        (1, 1, "What would change our mind: 1 of 1 open claim is off track"),
        (0, 11, "What would change our mind: no open claim is off track"),
        (0, 0, "What would change our mind: every claim that can be tested is settled"),
    ],
)
def test_claims(off_track: int, unsettled: int, said: str) -> None:
    assert headings.claims(off_track, unsettled) == said
