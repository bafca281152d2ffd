"""Filings and tables with odd changes made at random: each is taken, or refused in one line."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from commands import amzn_fcf
from held_out import QUARTER
from made_up_filing import figures, inline, instance, ten_q
from second_company import BAKERY

from model import companies
from model.amazon import AMAZON
from model.errors import AmznFcfError
from model.filings.files import read_report
from model.filings.intake import take_in
from model.language.periods import Period
from model.results import run
from model.scenarios.composing import load_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from model.company import Company

TRIES: Final = 60
ODD: Final = (
    "", "-1", "nan", "1e400", "2026-13-45", "0001018724", "INF", "-99", "99", "abc", "&lt;", "2026Q9",
    "9" * 400, "<x/>", "]]>", "null", "[]", "{}",
)  # fmt: skip
_BETWEEN: Final = re.compile(r"(?<=[>\"',])[^<>\"',\n]{1,40}(?=[<\"',\n])")


def facts() -> str:
    """Return what EDGAR's companyfacts would hold of the quarter: undimensioned, of standard tags."""
    tags: dict[str, object] = {}
    for each in ten_q(QUARTER):
        if not each.where and each.unit and each.tag.startswith("us-gaap:"):
            entry = {
                "end": str(each.end), "val": int(each.text), "accn": "0001018724-26-000026", "form": "10-Q",
                "filed": "2026-07-31", **({"start": str(each.start)} if each.start else {}),
            }  # fmt: skip
            unit = {"usd": "USD"}.get(each.unit, each.unit)
            concept = tags.setdefault(each.tag.partition(":")[2], {"units": {unit: []}})
            assert isinstance(concept, dict)
            concept["units"][unit].append(entry)
    return json.dumps({"cik": 1018724, "entityName": "AMAZON COM INC", "facts": {"us-gaap": tags}}, indent=1)


def table() -> str:
    rows = [f"{item},{QUARTER},{figures()[item, QUARTER]}" for item in AMAZON.filings.release]
    return "item,period,value\n" + "\n".join(rows) + "\n"


def changed(text: str, dice: random.Random) -> str:
    """Return a text with one to three lines, values or characters changed."""
    for _ in range(dice.randint(1, 3)):
        kind, lines = dice.random(), text.splitlines(keepends=True)
        if kind < 0.3:
            lines[dice.randrange(len(lines))] = dice.choice([*lines, ""])
            text = "".join(lines)
        elif kind < 0.7 and (places := list(_BETWEEN.finditer(text))):
            place = dice.choice(places)
            text = text[: place.start()] + dice.choice(ODD) + text[place.end() :]
        else:
            at = dice.randrange(len(text))
            text = (
                text[:at] + dice.choice(["\x00", "<", ">", '"', ",", "\n"]) + text[at + dice.randint(0, 3) :]
            )
    return text


@pytest.mark.parametrize("name", ["q.xml", "q.htm", "q.json", "q.csv"])
def test_an_odd_file_is_taken_or_refused_in_one_line(name: str, before: Company, tmp_path: Path) -> None:
    made = {
        "q.xml": lambda: instance(ten_q(QUARTER), QUARTER).decode(),
        "q.htm": lambda: inline(ten_q(QUARTER), QUARTER).decode(),
        "q.json": facts, "q.csv": table,
    }  # fmt: skip
    text, outcomes = made[name](), Counter[str]()
    for seed in range(TRIES):
        dice = random.Random(f"{name} {seed}")
        (tmp_path / name).write_text(changed(text, dice), encoding="utf-8")
        # companyfacts have no segments: they tie, and bring no quarter
        company = AMAZON if name == "q.json" else before
        try:
            take_in(company, [read_report(company, str(tmp_path / name))])
        except AmznFcfError as error:
            outcomes["refused"] += 1
            if "\n" in str(error):
                pytest.fail(f"seed {seed}: more than one line: {error!r}")
        else:
            outcomes["taken"] += 1
    assert outcomes["refused"]
    assert outcomes["taken"], "the changes are too coarse: nothing gets past the first check"


def test_a_company_without_tags_takes_a_table(tmp_path: Path) -> None:
    rows = {"sales_north": 34, "sales_south": 24, "margin": 23, "free_cash": 16}
    text = "item,period,value\n" + "".join(f"{item},2026Q1,{value}\n" for item, value in rows.items())
    (tmp_path / "q.csv").write_text(text, encoding="utf-8")
    own = tmp_path / "own"
    with companies.using(BAKERY):
        template = amzn_fcf("import", "--template", "2026Q1").stdout
        done = amzn_fcf("import", str(tmp_path / "q.csv"), "--data", str(own))
    assert done.returncode == 0, done.stderr
    assert {line.split(",")[0] for line in template.splitlines()[1:]} == set(rows)
    company = companies.with_data_folder(own, BAKERY)
    results = run([load_scenario("base", "2026Q1", company)])
    assert results.value("free_cash", Period.parse("2026Q1")) == 16
    assert results.value("margin", Period.parse("2026Q1")) == 23
