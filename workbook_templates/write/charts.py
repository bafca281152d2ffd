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

from workbook_templates.plan.styles import FONT, GRID, MUTED

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from workbook_templates.plan.cells import Chart, Series

_GAP_PER_CENT: Final = 50
_SIZE: Final = 1000
"""Hundredths of a point."""
LINE_WIDTH: Final = 28575
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
    if not chart.horizontal:  # bars leave no room: what stands above them is their title
        native.title = _text(chart.title, bold=True)
    native.roundedCorners = False
    native.graphical_properties = blank()
    native.width, native.height = chart.size  # type: ignore[assignment]  # cm, and not whole ones only
    native.legend = Legend(legendPos="b", txPr=font(MUTED)) if len(chart.series) > 1 else None
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
    fill(native, series.colour)
    return native


def _line(series: Series, chart: Chart) -> NativeSeries:
    native = _plain(series, chart)
    native.spPr = GraphicalProperties(ln=LineProperties(solidFill=series.colour, w=LINE_WIDTH))
    native.marker = Marker(symbol="none")
    native.smooth = False
    return native


def _plain(series: Series, chart: Chart) -> NativeSeries:
    native = NativeSeries(val=NumDataSource(numRef=NumRef(f=series.cells)))
    native.tx = SeriesLabel(v=series.title)
    native.cat = AxDataSource(strRef=StrRef(f=chart.categories))
    return native


def _set_up_axes(native: BarChart | LineChart, chart: Chart) -> None:
    for axis, number_format in ((native.x_axis, "General"), (native.y_axis, chart.value_format)):
        axis.delete = False  # a chart without this word shows no axes in Excel
        axis.number_format = number_format
        axis.majorTickMark = "none"
        axis.txPr = font(MUTED)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=GRID))
    if not chart.horizontal:
        native.y_axis.title = _text(chart.value_title)
    native.y_axis.scaling.max = chart.value_max
    native.x_axis.tickLblPos = "low"  # below columns that point down
    native.y_axis.majorGridlines = grid_lines()
    if chart.horizontal:
        native.x_axis.scaling.orientation = "maxMin"  # first category on top, as in the cells
        native.y_axis.crosses = "max"  # which would take the figures there too


def _text(text: str, *, bold: bool = False) -> Title:
    words = _words(MUTED, bold=bold)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=words), r=[RegularTextRun(rPr=words, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _words(colour: str, *, bold: bool) -> CharacterProperties:
    return CharacterProperties(sz=_SIZE, b=bold, solidFill=colour, latin=Font(typeface=FONT))


def font(colour: str, *, bold: bool = False) -> RichText:
    """Return the look of texts that are not turned."""
    words = ParagraphProperties(defRPr=_words(colour, bold=bold))
    upright = RichTextProperties(rot=0, vert="horz")
    return RichText(bodyPr=upright, p=[Paragraph(pPr=words, endParaRPr=CharacterProperties())])


def blank() -> GraphicalProperties:
    """Return the look of what is not seen."""
    return GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))


def fill(bars: NativeSeries, colour: str) -> None:
    """Fill bars without an edge, also those below zero; without a colour they are not seen."""
    bars.invertIfNegative = False
    bars.spPr = GraphicalProperties(solidFill=colour, ln=LineProperties(noFill=True)) if colour else blank()


def grid_lines() -> ChartLines:
    """Return the lines of the grid."""
    return ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=GRID)))
