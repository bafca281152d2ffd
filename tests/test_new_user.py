"""What a new user meets: names spelt otherwise, long and hostile words, places that take no file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from commands import amzn_fcf, records, refused
from refresh import PAGES, ROOT
from scenario_files import HEAD, entry, write
from shared import calculated

from model.analysis.outline import WIDTH, Branch, drawn
from model.errors import InputError, UnknownNameError, did_you_mean
from model.scenarios.composing import load_scenario
from model.scenarios.what_if import what_if
from xlwings_udfs import AMZN_LINE
from xlwings_udfs.cells.arguments import MOST_CELLS
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

NOWHERE = Path("/proc/self")
"""A folder in which the administrator cannot write either."""


def test_a_driver_without_a_value_says_so_and_records_none(tmp_path: Path) -> None:
    assert amzn_fcf("show", "wacc").stdout.splitlines()[-2].split() == ["all", "none", "given"]
    assert [each["value"] for each in records("show", "wacc")] == [None]
    assert amzn_fcf("explain", "wacc").stdout.splitlines()[2].startswith("wacc = none given: ")
    assert records("explain", "wacc")[0]["value"] is None
    compared = amzn_fcf("compare", "base", "base", "--set", "wacc=0.09").stdout
    assert re.search(r"\n  wacc +rate +none given +9\.00%", compared)
    found = records("compare", "base", "base", "--set", "wacc=0.09")[0]
    assert (found["driver"], found["before"], found["after"]) == ("wacc", None, 0.09)
    amzn_fcf("show", "wacc", "--format", "xlsx", "--out", "wacc.xlsx", cwd=tmp_path)
    cells = [
        cell.value
        for row in openpyxl.load_workbook(tmp_path / "wacc.xlsx").worksheets[0].rows
        for cell in row
    ]
    assert "none given" in cells
    assert 0 not in cells


def test_a_value_and_none_have_no_difference_but_equal_values_have() -> None:
    both = ("--scenario", "base", "--scenario", "trend", "--period", "2026", "--pivot")
    assert amzn_fcf("show", "wacc", "--scenario", "article", *both).stdout.splitlines()[-2].split()[-1] == "-"
    changed = ("--scenario", "article", "--scenario", "article+price_war", "--period", "2026", "--pivot")
    assert amzn_fcf("show", "capex_budget", *changed).stdout.splitlines()[-2].split()[-1] == "0"


@pytest.mark.parametrize(
    ("typed", "known", "said"),
    [
        ("fcf", ["fcff", "free_cash_flow"], "; did you mean free_cash_flow, fcff?"),
        ("FCF", ["fcff", "free_cash_flow"], "; did you mean free_cash_flow, fcff?"),
        ("Net Sales", ["net_sales", *"abcdefghijklm"], "; did you mean net_sales?"),
        ("amzn_fcf", FUNCTIONS, "; did you mean AMZN_FCF, "),
        ("amzn_valu", FUNCTIONS, "; did you mean AMZN_VALUE, "),
        ("zzz", list("abcdefghijklm"), ""),
    ],
)
def test_near_names_are_found_by_initials_and_in_any_case(
    typed: str, known: Iterable[str], said: str
) -> None:
    assert did_you_mean(typed, known).startswith(said)
    assert said or not did_you_mean(typed, known)


def test_words_of_finance_lead_to_lines_and_an_unknown_driver_to_some() -> None:
    assert refused("show", "revenue").endswith("; did you mean net_sales?")
    assert refused("show", "ebit").endswith("; did you mean operating_income?")
    assert "; such as aws_growth, " in refused("solve", "nope")


@pytest.mark.parametrize(
    "words",
    [
        ["solve", "n" * 10_000], ["show", "n" * 10_000], ["show", "n " * 5_000], ["n" * 10_000],
        ["show", "net_sales", "--scenario", "n" * 10_000], ["build", "--out", "n" * 10_000],
        ["show", "net_sales", "--set", f"{'n' * 10_000}=1"], ["show", "net_sales", "--period", "n" * 10_000],
        ["data", "--on", "n" * 10_000], ["show", "--" + "n" * 10_000], ["validate", "n" * 10_000],
        ["grid", "positive", "--x", "aws_growth", "n" * 10_000, "--y", "beta", "1"],
    ],
)  # fmt: skip
def test_what_was_typed_is_not_echoed_at_length(words: list[str]) -> None:
    line = refused(*words)
    assert len(line) < 1_000
    assert "n" * 62 not in line
    assert not line.endswith(" ...")  # what is wrong is said after it


def test_a_long_name_in_a_cell_is_not_echoed_at_length() -> None:
    with pytest.raises(UnknownNameError) as caught:
        AMZN_LINE("n" * 150)
    assert "n" * 62 not in str(caught.value)


def test_a_change_given_twice_is_refused_and_a_year_wins_over_the_years_around_it() -> None:
    twice = ["aws_growth@2027=0.1", "aws_growth@2027=0.2"]
    with pytest.raises(InputError, match="--set aws_growth@2027 is given twice"):
        what_if(load_scenario("base"), twice)
    changes = ["aws_growth@2027+=0.1", "aws_growth@2027=0.2", "aws_growth=0.3", "aws_growth@2026Q4=0.4"]
    for order in (changes, changes[::-1]):
        growth = what_if(load_scenario("base"), order).table["aws_growth"]
        assert [growth[each] for each in ("2026", "2026Q4", "2027", "2028")] == [0.3, 0.4, 0.2, 0.1]
    steps = what_if(load_scenario("base"), ["beta add=0.1", "beta add=0.1"]).table["beta"]["all"]
    assert steps == pytest.approx(load_scenario("base").table["beta"]["all"] + 0.2)


@pytest.mark.skipif(not NOWHERE.exists(), reason="needs a folder in which nobody can write")
@pytest.mark.parametrize(
    "command",
    [
        "report --out {}/note.html", "show net_sales --format xlsx --out {}/a.xlsx", "roll --out {}/a.toml",
        "show net_sales --plot {}/a.png", "compare base bull --format xlsx --out {}/a.xlsx",
        "compare base bull --plot {}/a.svg", "simulate --plot {}/a.png", "template --host desktop --out {}/a",
        "tornado positive --plot {}/a.png", "grid positive --x beta 1 --y wacc 0.1 --plot {}/a.png",
        "read base.xlsx --out {}/a.toml", "validate base.xlsx --certificate {}/a.json",
        "import q3.csv --data {}/mine", "addin bundle --to {}/mine",
    ],
)  # fmt: skip
def test_a_place_that_takes_no_file_is_refused_before_any_work(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base.xlsx").write_bytes(calculated("base"))

    def worked(*_: object, **__: object) -> None:
        pytest.fail("work was done before the place was looked at")

    for name in ("model.results.Results.__init__", "model.scenarios.composing._composed"):
        monkeypatch.setattr(name, worked)  # which no module that is loaded now takes over by name
    line = refused(*command.format(NOWHERE).split(), cwd=tmp_path)
    assert re.search(rf"{NOWHERE}/\S+: cannot be written \(.+\); choose another place", line)
    assert [each.name for each in tmp_path.iterdir()] == ["base.xlsx"]


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").mkdir()
    command = ("show", "net_sales", "--format", "xlsx", "--out", "a.xlsx", "--force")
    assert "--out a.xlsx: is a folder: name a file" in refused(*command, cwd=tmp_path)


def test_a_wrong_choice_names_the_nearest() -> None:
    assert "'simulat'; did you mean simulate" in refused("simulat")
    assert "'xls'; did you mean xlsx?" in refused("show", "--format", "xls")
    assert "'zzz'; choose from 'build', " in refused("zzz").replace("from build,", "from 'build',")


@pytest.mark.parametrize("option", ["--out", "--plot", "--scenario", "--data"])
def test_a_zero_byte_is_refused(option: str) -> None:
    assert "holds a zero byte" in refused("show", "net_sales", option, "a\0.xlsx")


def test_every_fault_of_a_scenario_file_is_said(tmp_path: Path) -> None:
    entries = entry("aws_grwth") + entry("beta")
    wrong = write(tmp_path, f'colour = "red"\n{HEAD}{entries}')
    with pytest.raises(InputError) as caught:
        load_scenario(wrong)
    for fault in ("'colour' does not belong", "unknown driver 'aws_grwth'", "beta: needs unit = 'times'"):
        assert fault in str(caught.value)
    assert str(caught.value).count(Path(wrong).name) == 1
    beyond = [entry(values="{ 2027 = 7 }"), entry("advertising_growth", values="{ 2027 = 8 }")]
    with pytest.raises(InputError, match=r"aws_growth = 7 is outside .*; also: advertising_growth = 8 is"):
        load_scenario(write(tmp_path, HEAD + "".join(beyond)))
    overlay = "".join(beyond).replace("[drivers", "[changes").replace("values = ", "set = ")
    path = write(tmp_path, f'name = "wave"\noverlay = true\n{overlay}', "wave.toml")
    with pytest.raises(InputError, match=r"aws_growth = 7 is outside .*; also: advertising_growth = 8 is"):
        load_scenario(f"base+{path}")
    many = "".join(entry(f"driver_{place}") for place in range(9))
    with pytest.raises(UnknownNameError, match=r"; and 4 more$"):
        load_scenario(write(tmp_path, HEAD + many))


def test_a_deep_tree_stays_within_its_width() -> None:
    branch = Branch("deepest = 1", "a label", ["a note of several words " * 9])
    for level in range(60):
        branch = Branch(f"level_{level} = 1", "a label", ["a note"], [branch, Branch("beside = 2")])
    lines = list(drawn(branch))
    assert max(map(len, lines)) <= WIDTH
    deepest = next(each for each in lines if "deepest" in each)
    assert deepest.startswith("50…")
    assert deepest.index("├─") // 3 + 50 == 60 - 1
    assert lines[3].startswith("└─ ") or lines[2].startswith("├─ ")


def test_two_workbooks_are_called_by_their_files(tmp_path: Path) -> None:
    for name in ("old.xlsx", "new.xlsx"):
        (tmp_path / name).write_bytes(calculated("base"))
    done = amzn_fcf("compare", "old.xlsx", "new.xlsx", "--set", "beta=1.2", cwd=tmp_path)
    head = "old.xlsx (base, as of 2026Q2) against new.xlsx (base_what_if, as of 2026Q2): 1 driver differs"
    assert done.stdout.splitlines()[0] == head


def test_without_a_root_there_is_a_next_step() -> None:
    assert refused("solve", "wacc", "--price", "1e6", status=3).endswith("; try another driver or method")
    narrow = refused("solve", "wacc", "--price", "100", "--between", "0.05", "0.06", status=3)
    assert narrow.endswith("; search between 0.04 and 0.2")


def test_a_whole_column_is_refused() -> None:
    assert len(AMZN_LINE("net_sales", [[None]] * 1_000)) == 1_000
    with pytest.raises(InputError, match=r"100,000 cells at most, not 100,001: choose a smaller"):
        AMZN_LINE("net_sales", [[2027]] * (MOST_CELLS + 1))


def test_texts_say_per_share_and_write_a_percentage_without_a_blank() -> None:
    folders = ("amzn_fcf", "model", "workbook_templates", "xlwings_udfs")
    sources = [
        path
        for name in folders
        for path in (ROOT / name).rglob("*")
        if path.suffix in {".py", ".csv", ".toml"}
    ]
    typed = {"formulas.py"}  # what a cell may hold
    for path in [*sources, *PAGES]:
        text = path.read_text("utf-8")
        assert not re.search(r"(USD|[Vv]alue) a share\b", text), path
        assert path.name in typed or not re.search(r"\d %(?! ?[\w(])", text), path
