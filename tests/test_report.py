"""The note that ``report`` writes: every figure is that of another command, and it is one harmless file."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import commands
import pytest
from commands import amzn_fcf, refused
from held_out import SHIPPED, table_of, written
from note_read import Figure, Reader, number_in, read
from programs import needs
from scenario_files import HEAD, entry, write
from second_company import BAKERY
from shared import computed

from amzn_fcf.report.files import printed
from model import companies
from model.errors import WorkbookError
from model.language.periods import Period

if TYPE_CHECKING:
    from pathlib import Path

    Key = tuple[str, str, str, str]

VALUE = "value_per_share[dcf,mid]"
FLOW = "free_cash_flow"
TRAILING = "ttm_free_cash_flow"
DRAWS = ("--draws", "4096", "--engine", "numpy", "--workers", "1")
ALLOWED = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{4}-\d{2}|(\d{4}|\d{2})Q[1-4][AE]?|\d{4}[AE]?|\bseed \d|4,096 draws|"
    r"\d+ (met|missed|on track|off track|open|not testable)|\b(5|25|50|75|95)%|above 0"
)
"""Numbers that are no figures of the model: days, periods, percentiles, counts of claims and draws."""
records = cache(commands.records)


def note(folder: Path, *arguments: str) -> str:
    """Return the note that a command writes."""
    path = folder / "note.html"
    done = amzn_fcf("report", *arguments, "--out", str(path))
    assert (done.returncode, done.stdout) == (0, f"wrote {path}\n"), done.stderr
    return path.read_text("utf-8")


def period_of(record: dict[str, Any]) -> str:
    """Return the period of a record; empty for a figure that does not vary with time."""
    return "" if record["period"] == "all" else record["period"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the note of base against article."""
    return note(tmp_path_factory.mktemp("note"), "--against", "article")


@pytest.fixture(scope="module")
def known(base: str) -> dict[Key, Any]:
    """Return what the JSON of the commands gives: (command, line, period, item) -> value."""
    found: dict[Key, Any] = {}
    lines = sorted({each.line for each in read(base).figures if each.command == "show"})
    timed = [line for line in lines if computed("base").plan.row(line).timed]
    for line in lines:
        for period in ("annual", "quarterly") if line in timed else ("annual",):
            for each in records("show", line, "--period", period):
                found["show", line, period_of(each), ""] = each["value"]
    for each in records("value", "--scenario", "base"):
        if not period_of(each):
            found["value", each["line"], "", ""] = each["value"]
    expected, price = found["value", "expected_value", "", ""], found["show", "price", "", ""]
    found["value", "expected_upside", "", ""] = expected / price - 1
    found["value", "expected_upside", "", "size"] = abs(expected / price - 1)
    by_then = 0.0
    for each in records("simulate", *DRAWS):
        line, _, period = each["name"].partition(" ")
        item = {"above": "chance" if line == VALUE else "above"}.get(each["kind"], each["item"])
        found["simulate", line, period, item] = each["value"]
        if (each["kind"], line) == ("event", "positive") and item <= found["show", "positive", "", ""]:
            by_then += each["value"]
    found["simulate", "positive", "", "by_then"] = by_then
    for each in records("against"):
        for item, value in each.items():
            found["against", each["line"], period_of(each), item] = value
    for each in records("compare", "article", "base"):
        if each["kind"] == "estimate":
            for item in ("before", "after", "difference"):
                found["compare", each["line"], period_of(each), item] = each[item]
        elif each["kind"] == "bridge":
            found["compare", each["output"], "", each["driver"]] = each["effect"]
    for output in (VALUE, f"{FLOW} 2027"):
        for each in records("tornado", output):
            for item in ("driver_base", "change_low", "change_high"):
                value = each[item]
                found["tornado", each["driver"], output, item] = 0.0 if value is None else value
    for each in records("claims", "--as-of", "2026Q2"):
        for item in ("article", "usd_per_share_at_stake", "reason", "text"):
            found["claims", each["claim"], "", item] = each[item]
    return found


def test_every_figure_is_that_of_the_other_commands(base: str, known: dict[Key, Any]) -> None:
    figures = read(base).figures
    assert len(figures) > 250
    sources = {"show", "value", "simulate", "against", "compare", "tornado", "claims"}
    assert {each.command for each in figures} == sources
    for each in figures:
        value = known[each.command, each.line, each.period, each.item]
        if isinstance(value, str):
            assert each.value == each.text == value, each
            continue
        assert float(each.value) == pytest.approx(value, rel=1e-12, abs=1e-12), each


def scale_of(each: Figure) -> float:
    """Return what one unit shown stands for in the unit of the record."""
    if each.item in {"chance", "by_then", "above", "size"} or each.line == "expected_upside":
        return 0.01
    if each.command == "claims":
        return 1000.0 if "bn" in each.text else 0.01 if "%" in each.text else 1.0
    is_change = each.command == "tornado" and each.item.startswith("change")
    key = (each.period if is_change else each.line).partition(" ")[0]
    rows = computed("base").plan.rows
    unit = rows[key].unit if key in rows else "USD/share"  # the expected value
    return {"USD m": 1000.0, "ratio": 0.01, "rate": 0.01, "1/yr": 0.01}.get(unit, 1.0)


def test_every_text_shows_its_figure_to_the_last_digit(base: str) -> None:
    seen = 0
    for each in read(base).figures:
        if each.text == each.value:  # a quarter, a day
            continue
        scale, (shown, half) = scale_of(each), number_in(each.text)
        assert shown * scale == pytest.approx(float(each.value), abs=half * scale * (1 + 1e-9)), each
        seen += 1
    assert seen > 250


def test_no_number_stands_outside_a_figure(base: str) -> None:
    reader = read(base)
    body = [text for text in reader.texts if "inputs of" not in text]
    start = next(place for place, text in enumerate(body) if text.startswith("Reported figures to "))
    for text in body[:start]:  # sources follow, with the numbers of documents
        left = ALLOWED.sub("", text)
        assert not re.search(r"\d", left), text


def test_quoted_texts_are_those_of_the_commands(base: str, known: dict[Key, Any]) -> None:
    quoted = read(base).quoted
    assert {each.command for each in quoted} == {"claims", "simulate", "value"}
    warnings = amzn_fcf("value", "--scenario", "base").stdout
    for each in quoted:
        if each.command == "value":
            assert f"{each.text[:1].lower()}{each.text[1:]}" in warnings
        elif each.command == "simulate":
            assert each.text == known["simulate", "record", "", ""]
        else:
            known_text = str(known["claims", each.line, "", each.item])
            assert each.text == re.sub(r"(?<= )-(?=\d)", "\N{MINUS SIGN}", known_text)


def test_counts_of_claims_are_those_of_the_ledger(base: str) -> None:
    (text,) = [each for each in read(base).texts if " not testable" in each]
    statuses = [each["status"].replace("_", " ") for each in records("claims", "--as-of", "2026Q2")]
    counted = re.findall(r"(\d+) (met|missed|on track|off track|open|not testable)", text)
    found = {word: int(number) for number, word in counted}
    assert found == {status: statuses.count(status) for status in set(statuses)}


def test_it_is_one_file_that_asks_for_nothing(base: str) -> None:
    reader = read(base)
    names = {name for name, _ in reader.tags}
    assert not names & {"script", "iframe", "object", "embed", "img", "form", "a", "base"}
    for name, marks in reader.tags:
        for key in ("src", "href", "srcset", "xlink:href"):
            assert marks.get(key, "#").startswith(("#", "data:,")), (name, marks)
        assert not any(key.startswith("on") for key in marks)
    assert "http://" not in base
    assert "https://" not in base
    assert not re.search(r"url\((?!#)|@import|@font-face", base)
    (policy,) = [marks["content"] for _, marks in reader.tags if "http-equiv" in marks]
    assert policy.startswith("default-src 'none';")


def test_pictures_are_named_and_their_identifiers_are_unique(
    base: str, request: pytest.FixtureRequest
) -> None:
    needs(request, "matplotlib")
    reader = read(base)
    identifiers = [marks["id"] for _, marks in reader.tags if "id" in marks]
    assert len(identifiers) == len(set(identifiers))
    pictures = [marks for name, marks in reader.tags if name == "svg"]
    assert [each["class"] for each in pictures] == ["wide-fan", "narrow-fan", "bridge", "football"]
    for each in pictures:
        assert each["role"] == "img"
        assert set(each["aria-labelledby"].split()) <= set(identifiers)
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', base))
    assert used <= set(identifiers)
    assert not re.search(r"<(title|desc)[^>]*></", base)
    assert "font-family: 'DejaVu" not in base
    assert "DejaVu" not in base


def test_pictures_draw_the_figures_of_the_tables(base: str, request: pytest.FixtureRequest) -> None:
    needs(request, "matplotlib")
    drawn = read(base).drawn
    start = drawn.index("article", drawn.index("FY28"))
    ways = [each for each in drawn[start:] if re.fullmatch(r"[+\u2212][\d.]+", each)]
    ends = [f"{computed(name).values[VALUE][0, 0]:.2f}" for name in ("article", "base")]
    assert [each for each in drawn if each in ends] == ends
    steps = [number_in(each)[0] for each in ways]
    assert sum(steps) == pytest.approx(float(ends[1]) - float(ends[0]), abs=0.005 * (len(steps) + 2))
    shown = {each.text for each in read(base).figures if each.line == VALUE and each.item}
    assert len(set(ways) - shown) <= 1, "only the sum of the other causes is in no table"
    for method in ("dcf", "exit_multiple", "sotp", "net_margin", "price_to_sales"):
        assert f"{computed('base').values[f'value_per_share[{method},mid]'][0, 0]:.0f}" in drawn
    trough = computed("base").values["trough_amount"][0, 0] / 1000
    assert f"trough: {trough:.1f}, 2027Q1".replace("-", "\u2212") in drawn


def test_without_matplotlib_there_are_tables_and_it_says_so(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "matplotlib" else find(name)
    )
    done = amzn_fcf("report", "--against", "article", "--out", str(tmp_path / "note.html"))
    assert done.returncode == 0
    assert "matplotlib" in done.stderr
    page = (tmp_path / "note.html").read_text("utf-8")
    assert "<svg" not in page
    assert "need matplotlib" in page
    assert {*read(page).figures} == {*read(base).figures}


def test_equal_inputs_give_equal_bytes(base: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "amzn_fcf", "report", "--against", "article", "--out", "note.html"]
    environment = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run(command, check=True, cwd=tmp_path, env=environment, capture_output=True)
    assert (tmp_path / "note.html").read_text("utf-8") == base


def figure_of(reader: Reader, line: str, period: str) -> str:
    return next(
        each.value
        for each in reader.figures
        if (each.command, each.line, each.period) == ("show", line, period)
    )


def test_it_follows_set_and_as_of(tmp_path: Path) -> None:
    change = ["--set", "aws_growth@2027=0.25"]
    page = note(tmp_path, *change)
    (shown,) = records("show", FLOW, "--period", "2027", *change)
    assert float(figure_of(read(page), FLOW, "2027")) == shown["value"]
    page = note(tmp_path, "--as-of", "2026Q1", "--against", "bull")
    (shown,) = records("show", FLOW, "--period", "2026Q2", "--as-of", "2026Q1")
    assert float(figure_of(read(page), FLOW, "2026Q2")) == shown["value"]
    assert any("reported to 2026Q1" in text for text in read(page).texts)


def test_it_follows_own_data_and_names_them(tmp_path: Path) -> None:
    price = next(each for each in table_of(SHIPPED / "drivers.csv") if each["driver"] == "price")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "drivers.csv").write_text(written([{**price, "default": "300.5"}]), "utf-8")
    said = table_of(SHIPPED / "consensus.csv")[0]
    mine = {
        **said, "date": "2026-09-01", "line": FLOW, "period": "2026Q3", "low": "", "high": "",
        "point": "-9000", "unit": "USD m", "source": "My <b>broker</b>",
    }  # fmt: skip
    (folder / "consensus.csv").write_text(written([mine]), "utf-8")
    page = note(tmp_path, "--data", str(folder))
    (street,) = [
        each
        for each in read(page).figures
        if (each.line, each.period, each.item) == (FLOW, "2026Q3", "street_middle")
    ]
    assert (street.text, street.value) == ("(9.0)", "-9000.0")
    assert "My &lt;b&gt;broker&lt;/b&gt;, 2026-09-01" in page
    assert "consensus.csv, drivers.csv" in page or "drivers.csv, consensus.csv" in page
    assert "own data " in page


HOSTILE = '<script>alert("1")</script> & {x} $a_b$ ]]>'


def test_what_a_file_brings_is_text(tmp_path: Path) -> None:
    text = HEAD.replace("as_of", f"title = '{HOSTILE}'\nnote = '{HOSTILE}'\nas_of")
    priced = f"[drivers.price]\nunit = 'USD/share'\nsource = '{HOSTILE}'\nvalues = {{ all = 250 }}\n"
    page = note(tmp_path, "--scenario", write(tmp_path, text + entry() + priced))
    reader = read(page)
    assert "script" not in {name for name, _ in reader.tags}
    assert sum(HOSTILE in each for each in reader.texts) == 2  # the title, and the source of the price


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "note.txt"], "must end in .html or .pdf"),
        (["--out", "note.pdf", "--format", "html"], "must end in .html"),
        (["--out", "there.html"], "is a folder: name a file"),
        (["--out", "nowhere/note.html"], "--out nowhere/note.html: there is no folder nowhere"),
        (["--out", "/proc/note.html"], "/proc/note.html: cannot be written"),
        (["--against", "base"], "no driver differs between base and base"),
        (["--against", "bsae"], "base"),
        (["--scenario", "bsae"], "base"),
        (["--set", "beta=400"], "beta"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_what_cannot_be_is_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "there.html").mkdir()
    assert message in refused("report", *arguments, cwd=tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["there.html"]


def test_a_pdf_needs_a_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert "needs chromium" in refused("report", "--out", "note.pdf", cwd=tmp_path)
    failing = tmp_path / "chromium"
    failing.write_text("#!/bin/sh\nexit 1\n")
    failing.chmod(0o755)
    with pytest.raises(WorkbookError, match="did not print the note"):
        printed(b"", str(failing))


def test_a_company_without_value_events_and_claims_has_a_note(tmp_path: Path) -> None:
    with companies.using(BAKERY):
        page = note(tmp_path)
        refusal = refused("report", "--against", "boom", cwd=tmp_path)
    reader = read(page)
    (title,) = re.findall(r"<h1>(.*?)</h1>", page)
    assert title == BAKERY.title
    lines = {each.line for each in reader.figures}
    assert {"ttm_free_cash", "opening_cash"} <= lines
    assert "Amazon" not in page
    assert BAKERY.title in refusal


def test_a_scenario_that_the_distributions_do_not_fit_says_so(tmp_path: Path) -> None:
    page = note(tmp_path, "--set", "useful_life[servers_and_network]=2")
    reader = read(page)
    assert any(text.startswith("Not simulated: ") for text in reader.texts)
    assert not [each for each in reader.figures if each.command == "simulate"]
    assert "Priced above its value, " in reader.heads[0]


def test_the_first_table_marks_what_lies_outside_the_guided_range(base: str) -> None:
    guided = {(each["line"], each["period"]): each for each in records("against") if each["guidance_middle"]}
    above = {
        key for key, each in guided.items() if each["guidance_high"] and each["model"] > each["guidance_high"]
    }
    assert above == {("net_sales", "2026Q3"), ("operating_income", "2026Q3")}
    marked = re.findall(r'\u25b2</abbr> <data [^>]*data-line="(\w+)" data-period="(\w+)"', base)
    assert set(marked) == above
    capex = computed("base").value("net_capex", Period.parse("2026"))
    assert capex == pytest.approx(220_000)  # as guided: neither above nor below
