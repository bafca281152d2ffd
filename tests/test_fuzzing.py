"""Odd inputs from fixed seeds: each gives a result or an error of one line (`make fuzz` tries more)."""

from __future__ import annotations

from collections import Counter

import fuzzing
import pytest

TRIES = {"scenario_file": 150, "uncertainty_file": 150, "function": 150, "workbook": 15}


@pytest.mark.usefixtures("quick_validation")
@pytest.mark.parametrize("kind", fuzzing.KINDS)
def test_an_odd_input_is_taken_or_refused_in_one_line(kind: str) -> None:
    counts = Counter(fuzzing.outcome(kind, seed) for seed in range(TRIES[kind]))
    assert counts["taken"], "the changes are too coarse: nothing gets past the first check"
    assert counts["refused"] or kind == "workbook"  # whose findings are a report
