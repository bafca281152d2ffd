"""Planned charts as native ones of openpyxl: columns or bars, with lines over the same categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openpyxl.chart import BarChart, LineChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series as NativeSeries
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)

from workbook_templates.plan.styles import FONT, MUTED

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from workbook_templates.plan.cells import Chart, Series

_GAP_PER_CENT: Final = 50
_GRID, _TEXT = "E3E7EB", MUTED
_TITLE_SIZE, _AXIS_SIZE = 1000, 1000
"""Hundredths of a point."""
_ARIAL: Final = Font(typeface=FONT)
_LINE_WIDTH: Final = 28575
"""2.25 points, in English metric units."""


def add_chart(target: Worksheet, chart: Chart) -> None:
    """Put a planned chart on a sheet."""
    lines = LineChart()
    lines.series = [_line(each, chart) for each in chart.series if each.line]
    native: BarChart | LineChart = _columns(chart)
    if not native.series:
        native = lines
    elif lines.series:
        native += lines
    native.title = _text(chart.title, _TITLE_SIZE, bold=True)
    native.roundedCorners = False
    native.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    native.width, native.height = chart.size  # type: ignore[assignment]  # cm, and not whole ones only
    legend = Legend(legendPos="b", txPr=_font(_AXIS_SIZE))
    native.legend = legend if len(chart.series) > 1 else None
    _set_up_axes(native, chart)
    target.add_chart(native, chart.corner)


def _columns(chart: Chart) -> BarChart:
    native = BarChart()
    native.type = "bar" if chart.horizontal else "col"
    native.grouping = "stacked" if chart.stacked else "clustered"
    native.overlap = 100 if chart.stacked else 0
    native.gapWidth = _GAP_PER_CENT
    native.series = [_column(each, chart) for each in chart.series if not each.line]
    return native


def _column(series: Series, chart: Chart) -> NativeSeries:
    native = _plain(series, chart)
    native.invertIfNegative = False
    native.spPr = GraphicalProperties(solidFill=series.colour, ln=LineProperties(noFill=True))
    return native


def _line(series: Series, chart: Chart) -> NativeSeries:
    native = _plain(series, chart)
    native.spPr = GraphicalProperties(ln=LineProperties(solidFill=series.colour, w=_LINE_WIDTH))
    native.marker = Marker(symbol="none")
    native.smooth = False
    return native


def _plain(series: Series, chart: Chart) -> NativeSeries:
    native = NativeSeries(val=NumDataSource(numRef=NumRef(f=series.cells)))
    native.tx = SeriesLabel(v=series.title)
    native.cat = AxDataSource(strRef=StrRef(f=chart.categories))
    return native


def _set_up_axes(native: BarChart | LineChart, chart: Chart) -> None:
    for axis, title, number_format in (
        (native.x_axis, "", "General"),
        (native.y_axis, chart.value_title, chart.value_format),
    ):
        axis.delete = False  # a chart without this word shows no axes in Excel
        axis.title = _text(title, _AXIS_SIZE) if title else None
        axis.number_format = number_format
        axis.majorTickMark = "none"
        axis.txPr = _font(_AXIS_SIZE)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=_GRID))
    native.y_axis.scaling.max = chart.value_max
    native.x_axis.tickLblPos = "low"  # below columns that point down
    native.y_axis.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=_GRID)))
    if chart.horizontal:
        native.x_axis.scaling.orientation = "maxMin"  # first category on top, as in the cells
        native.y_axis.crosses = "max"  # which would take the figures there too


def _text(text: str, size: int, *, bold: bool = False) -> Title:
    words = CharacterProperties(sz=size, b=bold, solidFill=_TEXT, latin=_ARIAL)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=words), r=[RegularTextRun(rPr=words, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _font(size: int) -> RichText:
    words = ParagraphProperties(defRPr=CharacterProperties(sz=size, solidFill=_TEXT, latin=_ARIAL))
    upright = RichTextProperties(rot=0, vert="horz")
    return RichText(bodyPr=upright, p=[Paragraph(pPr=words, endParaRPr=CharacterProperties())])
