"""The commands tornado and grid, and their pictures, as users and scripts meet them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from commands import amzn_fcf, refused
from programs import needs

from amzn_fcf.pictures.files import save
from amzn_fcf.pictures.sensitivities import grid_figure, tornado_figure
from model.analysis.sensitivity import break_even, grid, output_of, tornado
from model.analysis.swings import Steps
from model.errors import WorkbookError
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs

if TYPE_CHECKING:
    from pathlib import Path

SHARE = "value_per_share[dcf,mid]"
BASE = load_scenario("base")


def printed(*arguments: str) -> str:
    done = amzn_fcf(*arguments)
    assert done.returncode == 0
    return done.stdout


def test_tornado_prints_the_drivers_that_move_most_and_how_many_more_there_are() -> None:
    text = printed("tornado", "free_cash_flow", "2027", "--scenario", "bear", "--top", "3")
    bear = load_scenario("bear")
    found = tornado(bear, output_of("free_cash_flow 2027", bear))
    head, _, *lines = text.splitlines()
    assert (
        head == f"free_cash_flow 2027, USD m: {found.base:,.0f} (bear); "
        "one driver at a time, its forecast values 10% down and up"
    )
    assert [line.split()[0] for line in lines[2:5]] == [bar.driver for bar in found.bars[:3]]
    assert f"{found.bars[0].high:,.0f}" in lines[2]
    assert f"{len(found.bars) - 3} drivers move it less, {len(found.still)} not at all" in text
    assert "wacc (0: none is given)" in text


def test_tornado_gives_programs_every_driver_once() -> None:
    records = json.loads(printed("tornado", "positive", "--swing", "1", "--format", "json"))
    assert sorted(each["driver"] for each in records) == sorted(driver_specs())
    assert (records[0]["driver"], records[0]["high"], records[0]["swing"]) == ("price_pressure", None, None)
    assert records[1]["base"] == "2028Q1"
    rows = list(
        csv.DictReader(
            io.StringIO(printed("tornado", "positive", "--driver", "capex_scale", "--format", "csv"))
        )
    )
    assert [(row["driver"], row["low"], row["swing"]) for row in rows] == [("capex_scale", "2027Q3", "3.0")]


def test_tornado_of_all_drivers_that_were_asked_for_counts_no_others() -> None:
    assert "move it less" not in printed("tornado", "positive", "--driver", "capex_scale")


def test_grid_prints_a_table_with_the_scenario_marked_and_its_break_even_line() -> None:
    arguments = ("grid", SHARE, "--x", "wacc", "0.08:0.1:3", "--y", "aws_growth add -0.05:0.05:3")
    text = printed(*arguments, "--break-even", "price")
    found = grid(
        BASE,
        output_of(SHARE, BASE),
        Steps("wacc", (0.08, 0.09, 0.1)),
        Steps("aws_growth", (-0.05, 0, 0.05), "add"),
    )
    shown = [line.split()[2:] for line in text.splitlines()[4:7]]  # after "-5.00 pp"
    assert shown == [[f"{value:.2f}" for value in row] for row in found.values]
    price = float(BASE.table["price"]["all"])
    line = [
        f"  wacc {point.x:.2%}: aws_growth (add) {100 * point.y:+.2f} pp"
        for point in break_even(BASE, found.output, found.x, found.y, price)
    ]
    assert text.splitlines()[-4:] == [f"break-even, {SHARE} = {price:.2f}:", *line]
    assert "  wacc 10.00%: no root in [" in printed(*arguments, "--break-even", "1e6")
    marked = printed(
        "grid", "positive", "--x", "capex_scale", "scale", "1", "1.1", "--y", "beta", "1", "1.15"
    )
    assert "2028Q1 *   2028Q2" in marked
    assert "* base as it is" in marked


def test_grid_gives_programs_one_record_a_cell_and_a_point() -> None:
    arguments = (
        "grid",
        "free_cash_flow 2027",
        "--x",
        "aws_growth",
        "add",
        "0",
        "0.05",
        "--y",
        "capex_scale",
        "1",
        "1.1",
    )
    records = json.loads(printed(*arguments, "--break-even", "0", "--format", "json"))
    found = grid(
        BASE,
        output_of("free_cash_flow 2027", BASE),
        Steps("aws_growth", (0, 0.05), "add"),
        Steps("capex_scale", (1, 1.1)),
    )
    cells = [each for each in records if each["kind"] == "point"]
    assert [each["value"] for each in cells] == pytest.approx(found.values.ravel().tolist())
    assert [(each["x"], each["y"]) for each in cells] == [(0, 1), (0.05, 1), (0, 1.1), (0.05, 1.1)]
    points = break_even(BASE, found.output, found.x, found.y, 0)
    assert [(each["x"], each["y"]) for each in records[4:]] == [
        (each.x, pytest.approx(each.y)) for each in points
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tornado", "free_cash_flw", "2027"], "unknown line 'free_cash_flw'; did you mean free_cash_flow"),
        (["tornado", "free_cash_flow"], "varies with time: write a period after it"),
        (["tornado", "free_cash_flow", "2051"], "outside the axis"),
        (["tornado", SHARE, "--swing", "0"], "swing must be above 0"),
        (["tornado", SHARE, "--swing", "2"], "swing must be above 0 and up to 1"),
        (["tornado", SHARE, "--swing", "much"], "argument --swing: needs a number such as"),
        (["tornado", SHARE, "--driver", "wac"], "unknown driver 'wac'; did you mean wacc"),
        (["tornado", SHARE, "--top", "0"], "--top needs a number of at least 1, not 0"),
        (["tornado", SHARE, "--scenario", "bse"], "unknown scenario 'bse'"),
        (["tornado"], "arguments are required: OUTPUT"),
        (["grid", SHARE, "--x", "wacc"], "arguments are required: --y"),
        (["grid", SHARE, "--x", "wacc", "--y", "beta", "1"], "--x wacc: needs a driver and its values"),
        (["grid", SHARE, "--x", "wacc", "low", "--y", "beta", "1"],
        "--x: 'low' is neither a number nor a range"),
        (["grid", SHARE, "--x", "wacc", "0.05:0.1:1", "--y", "beta", "1"], "is neither a number nor a range"),
        (["grid", SHARE, "--x", "wacc", "0.05:0.1:1e9", "--y", "beta", "1"],
        "is neither a number nor a range"),
        (["grid", SHARE, "--x", "wacc", "nan", "--y", "beta", "1"], "wacc needs numbers, not nan"),
        (["grid", SHARE, "--x", "wacc", "8", "--y", "beta", "1"],
        "wacc = 8 is outside 0.04..0.2 (rate); 8% is 0.08"),
        (["grid", SHARE, "--x", "wacc 0.05:0.1:200", "--y", "beta 1:1.2:200"],
        "too large: up to 10,000 cells"),
        (["grid", "positive", "--x", "wacc", "0.08", "--y", "beta", "1", "--break-even", "3"],
        "a figure that reaches it"),
        (["grid", SHARE, "--x", "wacc", "0.08", "--y", "beta", "1", "--break-even", "soon"],
        "not 'soon'; or the word price"),
        (["grid", "aws_margin 2028", "--x", "wacc", "0.08", "--y", "beta", "1", "--break-even", "price"],
        "aws_margin 2028 is in ratio, the price in USD/share: give a number instead"),
        (["grid", SHARE, "--x", "", "--y", "beta", "1"], "needs a driver and its values"),
        (["tornado", SHARE, "--plot", "picture.pdf"], "--plot writes a .png or .svg file, not 'picture.pdf'"),
        (["tornado", SHARE, "--plot", "nowhere/picture.png"], "there is no folder nowhere"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_leaves_no_picture(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plot = [] if "--plot" in arguments else ["--plot", "picture.png"]
    assert message in refused(*arguments, *plot)
    assert not list(tmp_path.iterdir())


def test_a_picture_is_saved_whole_and_named(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    needs(request, "matplotlib")
    for name, arguments in {
        "tornado.png": ("tornado", SHARE), "grid.png": ("grid", "positive", "--x", "capex_scale", "1", "3",
        "--y", "beta", "1"),
    }.items():  # fmt: skip
        path = tmp_path / name
        assert f"wrote {path}" in printed(*arguments, "--plot", str(path))
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert path.read_bytes()[-8:-4] == b"IEND"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["grid.png", "tornado.png"]
    assert json.loads(
        printed("tornado", SHARE, "--plot", str(path), "--format", "json")
    )  # nothing else is printed


def test_a_picture_that_cannot_be_written_leaves_the_earlier_one(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    needs(request, "matplotlib")
    taken = tmp_path / "taken.png"
    taken.mkdir()
    with pytest.raises(WorkbookError, match=r"taken\.png: cannot be written"):
        save(tornado_figure(tornado(BASE, output_of(SHARE, BASE), drivers=["beta"])), taken)
    assert list(tmp_path.iterdir()) == [taken]


def test_without_matplotlib_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "python -m pip install 'amzn-fcf[plot]'" in refused(
        "tornado", SHARE, "--plot", str(tmp_path / "a.png")
    )


def written_bn(value: float) -> str:
    """Return USD m as a picture writes them, with a real minus sign."""
    return f"{value / 1000:,.1f}".replace("-", "\N{MINUS SIGN}")


def test_the_picture_of_a_tornado_shows_bars_from_the_scenario_s_figure_to_both_sides(
    request: pytest.FixtureRequest,
) -> None:
    needs(request, "matplotlib")
    found = tornado(BASE, output_of("free_cash_flow 2027", BASE))
    figure = tornado_figure(found)
    (axes,) = figure.axes
    title = f"Free cash flow, 2027: {written_bn(found.base)} USD bn\nbase, as of 2026Q2;"
    assert figure.get_suptitle().startswith(title)
    assert axes.get_xlabel() == "USD bn"
    assert [each.get_text() for each in axes.get_legend().get_texts()] == ["driver low", "driver high"]  # type: ignore[union-attr]  # there is one
    low, high = axes.containers
    for patch, end in zip(
        [*low, *high],
        [getattr(bar, side) for side in ("low", "high") for bar in found.bars[:15]],
        strict=True,
    ):
        assert patch.get_x() == pytest.approx(found.base / 1000)
        assert patch.get_x() + patch.get_width() == pytest.approx(end / 1000)
    first = axes.get_yticklabels()[0]
    assert first.get_text() == "Scale of capital expenditure\n0.900 / 1 / 1.100 (2027)"
    written = {each.get_text() for each in axes.texts}
    assert {written_bn(found.bars[0].low), written_bn(found.bars[0].high)} <= written


def test_an_end_that_is_off_the_axis_is_said_in_words(request: pytest.FixtureRequest) -> None:
    needs(request, "matplotlib")
    (axes,) = tornado_figure(tornado(BASE, output_of("positive", BASE), 1.0)).axes
    assert "not on the axis" in {each.get_text() for each in axes.texts}
    labels = [axes.xaxis.get_major_formatter()(value, 0) for value in (8112.0, 8112.5)]
    assert labels == ["2028Q1", ""]


def test_the_picture_of_a_grid_shows_every_figure_the_scenario_and_the_line(
    request: pytest.FixtureRequest,
) -> None:
    needs(request, "matplotlib")
    x, y = Steps("capex_scale", (0.9, 1.0, 1.1), "scale"), Steps("aws_growth", (-0.1, 0.0, 0.1), "add")
    output = output_of("free_cash_flow 2027", BASE)
    found = grid(BASE, output, x, y)
    axes = grid_figure(found, break_even(BASE, output, x, y, 0.0), 0.0).axes[0]
    assert {each.get_text() for each in axes.texts} == {written_bn(value) for value in found.values.ravel()}
    assert [each.get_text() for each in axes.get_xticklabels()] == ["x 0.9", "x 1", "x 1.1"]
    assert [each.get_text() for each in axes.get_yticklabels()] == ["-10.00 pp", "0.00 pp", "+10.00 pp"]
    (frame,) = axes.patches
    assert frame.get_xy() == (1, 1)  # type: ignore[attr-defined]  # a rectangle
    (line,) = axes.lines
    heights = np.asarray(line.get_ydata(), float)
    assert np.isnan(heights).tolist() == [
        True,
        False,
        True,
    ]  # too little and too much spending: no growth in the grid reaches 0
    assert 1.5 < heights[1] < 2.5


def test_a_grid_of_many_cells_is_colour_alone(request: pytest.FixtureRequest) -> None:
    needs(request, "matplotlib")
    values = tuple(0.05 + 0.001 * place for place in range(30))
    axes = grid_figure(
        grid(BASE, output_of(SHARE, BASE), Steps("wacc", values), Steps("risk_free", values[:10]))
    ).axes[0]
    assert not axes.texts
    assert [axes.get_xticklabels()[place].get_text() for place in (0, 1)] == ["5.00%", "5.20%"]
