"""docs/evidence.md has the counts of the tests of validation, and every rule says enough for its table."""

from __future__ import annotations

from pathlib import Path

from test_hostile_files import REFUSED, REPORTED
from test_tamperings import TAMPERINGS, planned_rules

from workbook_templates.validation.rules.choice import every_rule

DOCUMENT = Path(__file__).parent.parent / "docs" / "evidence.md"


def test_the_counts_of_the_document_are_those_of_the_tests() -> None:
    text = " ".join(DOCUMENT.read_text("utf-8").split())
    planted = sum(len(each.rules) for each in TAMPERINGS)
    assert (
        f"{len(TAMPERINGS)} tamperings, {len(planned_rules())} rules: {planted} findings planted and found"
        in text
    )
    assert f"on {len(REFUSED) + len(REPORTED)} such files" in text


def test_names_of_rules_are_unique_and_every_rule_says_what_it_looks_for_and_what_to_do() -> None:
    rules = every_rule()
    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.looks_for != rule.name
        assert rule.remedy
