"""Panels as native charts of openpyxl: neither title nor key, on the grid of the cells."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumFmt, NumRef, StrRef
from openpyxl.chart.label import DataLabel, DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor

from workbook_templates.plan.styles import AXIS, INK, MUTED
from workbook_templates.write.charts import LINE_WIDTH, blank, fill, font, grid_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.worksheet.worksheet import Worksheet

    from workbook_templates.plan.cells import Drawn, Panel

_SECOND_AXES: Final = (20, 200)
_NO_LABEL: Final = ";;;"


def add_panel(target: Worksheet, panel: Panel) -> None:
    """Put a planned panel on a sheet."""
    numbers = count()
    native: Any = _bars(panel, panel.bars, numbers) if panel.bars else None
    if panel.over:
        over = _bars(panel, panel.over, numbers)
        over.gapWidth = 0
        over.x_axis.axId, over.y_axis.axId = _SECOND_AXES
        over.x_axis.crossAx, over.y_axis.crossAx = _SECOND_AXES[1], _SECOND_AXES[0]
        over.x_axis.delete = True
        over.y_axis.delete = False
        over.y_axis.number_format, over.y_axis.numFmt = _NO_LABEL, NumFmt(_NO_LABEL, sourceLinked=False)
        over.y_axis.crosses = "max"
        over.y_axis.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
        over.y_axis.majorGridlines = None
        native += over
    if panel.lines:
        lines = LineChart()
        lines.series = [_line(each, panel, next(numbers)) for each in panel.lines]
        if native is None:
            native = lines
        else:
            native += lines
    _set_up_axes(native, panel)
    native.legend = native.title = None
    native.roundedCorners = False
    x, y, width, height = panel.inner
    native.layout = Layout(
        ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=x, y=y, w=width, h=height)
    )
    native.graphical_properties = blank()
    native.plot_area.graphicalProperties = blank()
    (top, left), (bottom, right) = panel.corners
    native.anchor = TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=left - 1, row=top - 1),
        to=AnchorMarker(col=right - 1, row=bottom - 1),
    )
    target.add_chart(native)


def _bars(panel: Panel, drawn: tuple[Drawn, ...], numbers: Iterator[int]) -> BarChart:
    native = BarChart()
    native.type = "bar" if panel.horizontal else "col"
    native.grouping, native.overlap, native.gapWidth = "stacked", 100, panel.gap
    native.series = [_bar(each, panel, next(numbers)) for each in drawn]
    return native


def _series(drawn: Drawn, panel: Panel, number: int) -> Series:
    series = Series(idx=number, order=number, val=NumDataSource(numRef=NumRef(f=drawn.cells)))
    series.cat = AxDataSource(strRef=StrRef(f=panel.categories))
    return series


def _bar(drawn: Drawn, panel: Panel, number: int) -> Series:
    series = _series(drawn, panel, number)
    fill(series, drawn.colour)
    return series


def _line(drawn: Drawn, panel: Panel, number: int) -> Series:
    series = _series(drawn, panel, number)
    line = LineProperties(noFill=True)
    if drawn.colour and not drawn.labels:  # not one that only carries labels
        line = LineProperties(
            solidFill=drawn.colour, w=LINE_WIDTH, prstDash="sysDash" if drawn.dashed else None
        )
    series.spPr = GraphicalProperties(ln=line)
    series.marker = Marker(symbol="none")
    series.smooth = False
    if drawn.labels:
        series.dLbls = DataLabelList(**_how(drawn, drawn.labels))
    elif drawn.points:
        series.dLbls = DataLabelList(
            dLbl=[DataLabel(idx=at, **_how(drawn, side)) for at, side in sorted(drawn.points.items())],
            showVal=False, showLegendKey=False, showCatName=False, showSerName=False, showPercent=False,
        )  # fmt: skip
    return series


def _how(drawn: Drawn, side: str) -> dict[str, Any]:
    return {
        "dLblPos": side, "showVal": True, "showLegendKey": False,
        "showCatName": False, "showSerName": False, "showPercent": False,
        "txPr": font(drawn.colour or INK, bold=drawn.strong), "spPr": blank(),
    }  # fmt: skip


def _set_up_axes(native: Any, panel: Panel) -> None:  # noqa: ANN401  # a chart of either kind
    low, high, step = panel.bounds
    names, values = native.x_axis, native.y_axis
    for axis in (names, values):
        axis.delete = False
        axis.majorTickMark = axis.minorTickMark = "none"
        axis.majorGridlines = None
        axis.txPr = font(INK if panel.horizontal and axis is names else MUTED)
    names.tickLblPos = "low"
    names.number_format = "General"
    names.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=AXIS))
    charts = [native, *native._charts[1:]]  # noqa: SLF001  # the parts of a combined chart
    for each in (chart.y_axis for chart in charts):
        each.scaling.min, each.scaling.max, each.majorUnit = low, high, step
    if panel.shows_values:
        values.number_format = panel.value_format
        values.numFmt = NumFmt(panel.value_format, sourceLinked=False)
        values.majorGridlines = grid_lines()
        values.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    else:
        values.delete = True
    if panel.horizontal:
        for each in (chart.x_axis for chart in charts):
            each.scaling.orientation = "maxMin"  # first category on top, as in the cells
        values.crosses = "max"  # which would take the figures there too
