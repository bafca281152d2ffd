"""What the note reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amzn_fcf.building import compared
from amzn_fcf.report.note import note_of
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    import pytest

    from model.language.periods import Quarter
    from model.scenarios.scenario import Scenario


def test_the_scenario_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook takes seconds to read, and each reading says what no scenario can hold."""
    read: list[str] = []

    def reading(name: str, as_of: Quarter | None = None) -> Scenario:
        read.append(name)
        return load_scenario(name, as_of)

    monkeypatch.setattr(compared, "load_scenario", reading)
    note_of("bull")
    assert read == ["bull", "article", "article"]  # what it is compared with, also as of the newer quarter
