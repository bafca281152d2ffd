"""The command line as users and scripts meet it: output, exit statuses, errors in one line on stderr."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from commands import amzn_fcf, records, refused
from processes import AMZN_FCF, finished
from shared import calculated, computed

from amzn_fcf import commands
from amzn_fcf.building.selection import named
from amzn_fcf.building.templates import WRITERS
from amzn_fcf.commands import COMMANDS, claims, simulate, template, validate
from model.backends import choice
from model.language.periods import Period
from model.reported.actuals import load_actuals
from model.simulation.sampling import SAMPLINGS
from workbook_templates.engines import engines

LATEST = load_actuals().latest


def test_help_shows_every_command_with_an_example() -> None:
    whole = amzn_fcf("--help")
    assert whole.returncode == 0
    for command in COMMANDS:
        assert command in whole.stdout
        part = amzn_fcf(command, "--help")
        assert part.returncode == 0
        assert f"example: amzn-fcf {command}" in part.stdout
    assert amzn_fcf("--version").stdout.startswith("amzn-fcf 0.")


def test_help_loads_neither_numpy_nor_openpyxl() -> None:
    code = (
        "import sys; from amzn_fcf.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted(set(sys.modules) & {'numpy', 'pandas', 'openpyxl', 'rich', 'model'}))"
    )
    done = finished([sys.executable, "-c", code])
    assert done.stdout.strip().endswith("[]"), done.stderr


def test_every_module_of_a_command_is_in_the_list_of_commands() -> None:
    modules = {path.stem for path in Path(commands.__file__).parent.glob("*.py")} - {"__init__", "options"}
    assert set(COMMANDS) == modules, "list the command in amzn_fcf/commands/__init__.py"


def test_a_command_that_lacks_a_part_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(claims, "SUMMARY")
    monkeypatch.delattr(claims, "OPTIONS")
    assert "amzn_fcf/commands/claims.py lacks SUMMARY, OPTIONS" in refused("show", "net_sales")


def test_choices_are_those_of_the_code_behind_them() -> None:
    assert simulate.SAMPLINGS == SAMPLINGS
    assert simulate.ENGINES == choice.ENGINES
    assert tuple(engines.ENGINES) == validate.ENGINES
    assert validate.ENGINES[0] == engines.DEFAULT_ENGINE
    assert sorted(template.HOSTS) == sorted(WRITERS)


@pytest.mark.parametrize(
    "command",
    [
        "show free_cash_flow", "value", "solve wacc --price 234.75 --scenario article", "claims",
        "simulate --draws 16 --engine numpy --workers 1",
    ],
)  # fmt: skip
def test_commands_that_compute_load_no_workbook_code(command: str) -> None:
    heavy = {"openpyxl", "formualizer", "workbook_templates", "xlwings_udfs", "xlwings", "pandas", "rich"}
    code = (
        f"import sys; from amzn_fcf.cli import main; assert main({command.split()}) == 0; "
        f"print(sorted(set(sys.modules) & {heavy}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_templates_of_every_host_lie_side_by_side(tmp_path: Path) -> None:
    for host in ("desktop", "server", "lite", "calc"):
        done = amzn_fcf("template", "--host", host, "--out", str(tmp_path))
        assert done.returncode == 0, done.stderr
        written = [line.removeprefix("wrote ") for line in done.stdout.splitlines()]
        assert written
        assert all(Path(path).is_file() for path in written)
    done = amzn_fcf("validate", "--strict", "amzn-fcf_desktop.xlsm", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "the macros are those of amzn-fcf, byte for byte" in done.stdout


@pytest.mark.parametrize("host", ["lite", "calc"])
def test_a_template_that_somebody_changed_is_replaced_only_by_force(host: str, tmp_path: Path) -> None:
    command = ("template", "--host", host, "--out", "functions")
    for _ in range(2):  # what was written before and is as it was is no change
        done = amzn_fcf(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    paths = [tmp_path / line.removeprefix("wrote ") for line in done.stdout.splitlines()]
    paths[-1].write_bytes(b"mine")
    assert f"{paths[-1].name} was changed since it was built" in refused(*command, cwd=tmp_path)
    assert paths[-1].read_bytes() == b"mine"
    assert amzn_fcf(*command, "--force", cwd=tmp_path).returncode == 0
    assert paths[-1].read_bytes() != b"mine"


def test_show_leaves_out_assumptions_for_reported_periods() -> None:
    entries = records("show", "aws_growth")
    assert [each["period"] for each in entries] == [str(year) for year in range(2026, 2036)]
    assert "aws_growth is an assumption: it has no figure for 2024" in refused(
        "show", "aws_growth", "--period", "2024"
    )
    used = records("show", "advertising_margin")
    assert used[0]["period"] == "2022"  # the model uses it there


def test_build_takes_folders_and_patterns_with_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "a+b"
    (folder / "z.toml").mkdir(parents=True)
    for name in ("one.toml", "TWO.TOML", "notes.txt"):
        text = f'name = "{Path(name).stem}"\nas_of = "2026Q2"\n'
        (folder / name).write_text(text, encoding="utf-8")
    found = [str(folder / "TWO.TOML"), str(folder / "one.toml")]
    assert named([str(folder)]) == named([f"{folder}/*"]) == found
    assert named([f"{folder}+price_war"]) == [f"{each}+price_war" for each in found]


def test_show_heads_a_line_with_its_members_as_they_are_written() -> None:
    """Square brackets are markup to the library that prints tables."""
    assert "value_per_share[dcf,mid]" in amzn_fcf("show", "value_per_share[dcf,mid]").stdout


def test_show_prints_a_json_list_of_figures() -> None:
    arguments = ("show", "free_cash_flow", "--scenario", "base", "--period", "annual", "--format", "json")
    done = finished([*AMZN_FCF, *arguments])  # as a process: status and texts come through
    assert (done.returncode, done.stderr) == (0, "")
    entries = json.loads(done.stdout)
    assert [entry["period"] for entry in entries] == [str(year) for year in range(2022, 2036)]
    assert list(entries[0]) == ["kind", "line", "period", "scenario", "value", "unit"]
    model = computed("base")
    for entry in entries:
        assert (entry["line"], entry["scenario"], entry["unit"]) == ("free_cash_flow", "base", "USD m")
        assert entry["value"] == model.value("free_cash_flow", Period.parse(entry["period"]))


@pytest.mark.parametrize(
    ("period", "first", "count"),
    [
        ("quarterly", "2022Q1", 56), ("ttm", "TTM 2022Q4", 53), ("2026", "2026", 1), ("2026Q3", "2026Q3", 1),
        ("TTM 2026Q3", "TTM 2026Q3", 1), ("ttm 2026q3", "TTM 2026Q3", 1),
    ],
)  # fmt: skip
def test_show_takes_every_kind_of_period(period: str, first: str, count: int) -> None:
    entries = records("show", "net_sales", "--period", period)
    assert (entries[0]["period"], len(entries)) == (first, count)
    assert entries[-1]["value"] == computed("base").value("net_sales", Period.parse(entries[-1]["period"]))


def test_show_prints_csv_and_text_for_several_lines_and_scenarios() -> None:
    done = amzn_fcf(
        "show",
        "aws_margin",
        "turn",
        "--scenario",
        "base",
        "--scenario",
        "article",
        "--period",
        "2026",
        "--format",
        "csv",
    )
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["line"], row["scenario"]) for row in rows] == [
        (line, each) for line in ("aws_margin", "turn") for each in ("base", "article", "article - base")
    ]
    assert rows[3]["value"] == "2027Q2"
    text = amzn_fcf("show", "free_cash_flow", "aws_margin", "--period", "2025")
    assert "11,194" in text.stdout
    assert "35.43%" in text.stdout


def test_show_without_a_line_lists_all_with_their_definitions() -> None:
    done = amzn_fcf("show")
    assert "free_cash_flow [USD m]: Free cash flow\n    = operating_cash_flow - net_capex" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "free_cash_flo"], "unknown line 'free_cash_flo'; did you mean free_cash_flow"),
        (["show", "stores_sales"], "'stores_sales' has members"),
        (["show", "net_sales", "--scenario", "bulll"], "unknown scenario 'bulll'; did you mean bull"),
        (["show", "net_sales", "--period", "2040"], "2040 is outside the axis 2022..2035"),
        (["show", "net_sales", "--period", "2036Q1"], "2036Q1 is outside the axis"),
        (["show", "net_sales", "--period", "yearly"], "'yearly' is not a period; did you mean annual?"),
        (["show", "net_sales", "--period", "soon"], "'soon' is not a period"),
        (["show", "net_sales", "--period", "TTM", "2026Q3"], "quotes, such as 'TTM 2026Q3'"),
        (["show", "--period", "TTM", "2026Q3", "net_sales"], "not a line: write --period 'TTM 2026Q3'"),
        (["solve", "wacc", "--between", "0.05", "0.1", "0.2"], "put a value with blanks in quotes"),
        (["value", "mine.toml"], "a scenario is given as --scenario mine.toml"),
        (["value", "base+price_war"], "a scenario is given as --scenario base+price_war"),
        (["grid", "wacc", "--x", "beta", "add", "-0.1:0.1:3", "--y", "wacc", "0.1"], "below 0 in quotes"),
        (["show", "net_sales", "--scenario", ""], "--scenario: needs the name of a scenario"),
        (["build", "--scenario", " "], "--scenario: needs the name of a scenario"),
        (["solve", "wacc", "--scenario", "base", "--scenario", "bull"], "takes one scenario: give it once"),
        (["tornado", "positive", "--scenario", "base", "--scenario", "bull"], "takes one scenario: give it"),
        (["simulate", "--scenario", "base", "--scenario", "bull"], "takes one scenario: give it once"),
        (["template", "--host", "lite", "--scenario", "base", "--scenario", "bull"], "takes one scenario"),
        (["solve", "wacc", "--price", "250", "--price", "300"], "--price: takes one price: give it once"),
        (["solve", "wacc", "--price", "8%"], "not '8%': write 0.08"),
        (["solve", "wacc", "--price", "1,000.5"], "not '1,000.5': write 1000.5"),
        (["simulate", "--draws", "1e5"], "--draws: needs a whole number, not '1e5'"),
        (["validate", "mine.toml"], "is a scenario file, not a workbook: amzn-fcf build"),
        (["read", "my own.toml"], "build --scenario 'my own.toml' builds and validates its workbook"),
        (["validate", "a.xlsx", "--rule", "values", "--skip", "values"], "no rule is left to apply"),
        (["show", "aws_capacity_use", "--period", "2026"], "has no annual figure"),
        (
            ["show", "net_sales", "--as-of", str(LATEST.shifted(1))],
            f"as-of {LATEST.shifted(1)} is not reported yet; the latest is {LATEST}",
        ),
        (["show", "net_sales", "--as-of", "2023Q1"], "as-of 2023Q1 is outside 2024Q4"),
        (["build", "--scenario", "base+"], "'base+': write a scenario and each overlay once"),
        (["build", "--workers", "0"], "workers must be a whole number from 1 to 1,024, not 0"),
        (["build", "--scenario", "base", "--scenario", "base"], "given twice"),
        (["validate", "missing.xlsx"], "missing.xlsx: cannot be read: No such file"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments: list[str], message: str, tmp_path: Path) -> None:
    assert message in refused(*arguments, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["name = 'x'\nas_of = ", "name = 'x'\nas_of = '2026Q2'\n[drivers.aws_growth]\nunit = 'ratio'\nsou"],
)
def test_a_truncated_scenario_file_is_one_line_and_nothing_is_written(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    assert "is not valid TOML" in refused("build", "--scenario", "x.toml", cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["x.toml"]


def test_build_writes_validates_and_prints_a_summary(tmp_path: Path) -> None:
    done = amzn_fcf("build", "--workers", "1", "--scenario", "base", "article", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "amzn-fcf_base.xlsx",
        "amzn-fcf_article.xlsx",
        ".amzn-fcf",
    }
    row = next(line for line in done.stdout.splitlines() if line.strip().startswith("base"))
    model = computed("base")
    for year in range(2025, 2029):
        assert f"{model.value('free_cash_flow', Period('annual', year)) / 1000:.1f}" in row
    trough = model.values["ttm_free_cash_flow"][model.plan.axis.forecast_start :, 0].min()
    assert f"2027Q1 {trough / 1000:.1f}" in row
    checks = len(
        [key for key in computed("base").plan.rows if key.startswith("check_") and key.endswith("_failures")]
    )
    assert f"{checks}/{checks}" in row
    assert amzn_fcf("validate", *map(str, (tmp_path / "out").glob("*.xlsx"))).returncode == 0


def test_build_takes_a_scenario_of_the_users_own_and_another_as_of(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\nbase = "base"\nas_of = "2026Q2"\n[drivers.aws_growth]\n'
        'unit = "ratio"\nsource = "me"\nvalues = { 2027 = 0.2 }\n',
        encoding="utf-8",
    )
    done = amzn_fcf("build", "--scenario", "mine.toml", "--out", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mine" / "amzn-fcf_mine.xlsx").is_file()
    moved = amzn_fcf("build", "--scenario", "base", "--as-of", "2025Q3", "--out", "moved", cwd=tmp_path)
    assert moved.returncode == 0, moved.stderr
    assert "2025Q3" in moved.stdout


def test_an_unwritable_folder_is_one_line_and_earlier_output_is_kept(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, not a folder", encoding="utf-8")
    line = refused("build", "--scenario", "base", cwd=tmp_path)
    assert "cannot be made" in line
    assert "choose another place" in line
    assert (tmp_path / "out").read_text(encoding="utf-8") == "a file, not a folder"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_target_that_cannot_be_replaced_leaves_no_partial_file(tmp_path: Path) -> None:
    target = tmp_path / "amzn-fcf_base.xlsx"
    target.mkdir()
    (target / "kept").touch()
    assert "cannot be written" in refused("build", "--scenario", "base", "--out", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["amzn-fcf_base.xlsx"]
    assert (target / "kept").is_file()


def test_json_and_junit_report_every_file_also_one_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "amzn-fcf_bear.xlsx"
    path.write_bytes(calculated("bear"))
    done = amzn_fcf("validate", str(path), "--engine", "formualizer", "--engine", "ironcalc")
    assert done.returncode == 0
    assert "bear: clean" in done.stdout
    assert "ironcalc against model" in done.stdout
    data = records("validate", str(path))
    assert data[0]["findings"] == []
    assert data[0]["compared"]["formualizer"]["cells"] > 20_000
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(path.read_bytes()[:-200])
    compared = f"{data[0]['compared']['formualizer']['cells']:,} cells"
    both = {
        form: amzn_fcf("validate", str(broken), str(path), "--format", form) for form in ("json", "junit")
    }
    for done in both.values():
        assert done.returncode == 2
        assert "broken.xlsx: not a readable .xlsx" in done.stderr
    unreadable, read = json.loads(both["json"].stdout)
    assert unreadable["file"] == str(broken)
    assert unreadable["message"].startswith(f"{broken}: not a readable .xlsx")
    assert read == data[0]
    suite = ET.fromstring(both["junit"].stdout).find("testsuite")  # noqa: S314  # our own output
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "0", "1")
    assert [(case.get("name"), case.find("error") is not None) for case in suite] == [
        (str(broken), True), (str(path), False),
    ]  # fmt: skip
    assert compared in (suite.findtext("testcase/system-out") or "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_output_that_cannot_be_written_is_one_line(form: str) -> None:
    command = [*AMZN_FCF, "show", "net_sales", "--format", form]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = finished(command, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr == "amzn-fcf: error: the output cannot be written: No space left on device\n"


def test_wrong_arguments_are_one_line() -> None:
    for arguments in (
        ["show", "--format", "xml"],
        ["bogus"],
        ["validate"],
        ["show", "--period"],
        ["build", "--out", ""],
    ):
        refused(*arguments)


def test_two_scenarios_of_one_name_are_refused_not_merged(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.toml").write_text(
            'name = "mine"\nbase = "base"\nas_of = "2026Q2"\n', encoding="utf-8"
        )
    line = refused(
        "show", "net_sales", "--scenario", "a/mine.toml", "--scenario", "b/mine.toml", cwd=tmp_path
    )
    assert "two files have this name" in line


def test_drivers_are_shown_by_year_and_lines_are_listed_as_json() -> None:
    entries = records("show", "capex_budget", "--period", "2027")
    assert [(each["value"], each["unit"]) for each in entries] == [(240000.0, "USD m")]
    listed = records("show")
    assert list(listed[0]) == ["kind", "line", "unit", "label", "definition"]
    assert "free_cash_flow" in {each["line"] for each in listed}


@pytest.mark.parametrize("arguments", ["show", "show net_sales"])
def test_a_reader_that_stops_early_is_no_error(arguments: str) -> None:
    pipe = f"'{sys.executable}' -m amzn_fcf {arguments} | head -1; exit ${{PIPESTATUS[0]}}"
    done = finished(["bash", "-c", pipe])
    assert done.stderr == ""
    assert done.returncode == 0
