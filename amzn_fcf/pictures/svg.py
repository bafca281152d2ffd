"""Pictures as SVG within a page: with a title, without a font of their own, always the same bytes."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING, Any, Final

from amzn_fcf.pictures.files import REPEATED
from model.presentation.palette import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT_OUT: Final = re.compile(
    r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->| xmlns:\w+=\"[^\"]*\"",
    re.DOTALL,
)
_SHORT_FONT: Final = re.compile(r"font: (?:(\d+|bold|normal) )?([\d.]+)px [^;\"]*")
_FAMILY: Final = re.compile(r"font-family: [^;\"]*;? ?| transform=\"rotate\(-?0 [^\"]*\"")
_IDENTIFIER: Final = re.compile(r" id=\"([^\"]+)\"")
_POINTS: Final = 72
"""An inch: a point is a pixel of the picture."""
_BASELINE: Final = 0.35
"""Of the size of a text: how far below its middle its baseline lies."""


def blank(width: int, height: int, place: tuple[float, float, float, float]) -> tuple[Figure, Axes]:
    """Return a figure of so many pixels with axes at ``place``: left, bottom, width and height in pixels."""
    from matplotlib.figure import Figure  # noqa: PLC0415  # slow to load, and only pictures need it

    figure = Figure(figsize=(width / _POINTS, height / _POINTS), dpi=_POINTS)
    left, bottom, across, up = place
    axes = figure.add_axes((left / width, bottom / height, across / width, up / height))
    axes.patch.set_visible(False)
    axes.spines[:].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    return figure, axes


def write(  # noqa: PLR0913  # a keyword for each choice
    axes: Axes,
    text: str,
    at: tuple[float, float],
    *,
    shift: tuple[float, float] = (0, 0),
    side: str = "left",
    size: float = 12,
    colour: str = INK,
    bold: bool = False,
    across: Any = "data",  # noqa: ANN401  # what matplotlib takes
) -> None:
    """Write a text with its middle at a point of the axes, moved by pixels; no font is measured."""
    right, up = shift
    axes.annotate(
        text, at, xytext=(right, up - _BASELINE * size), xycoords=across, textcoords="offset points", ha=side,
        va="baseline", fontsize=size, color=colour, fontweight="bold" if bold else "normal",
        annotation_clip=False, parse_math=False,
    )  # fmt: skip


def inline(figure: Figure, name: str, title: str, text: str, kind: str = "") -> str:
    """Return a figure as an element of a page.

    ``name``: begins its identifiers, which must differ from those of other pictures of the page; ``title``,
    ``text``: what it is and what it shows, for those who do not see it; ``kind``: its class.
    """
    from matplotlib import rc_context  # noqa: PLC0415  # as above

    with rc_context(REPEATED | {"axes.unicode_minus": True}):  # type: ignore[arg-type]  # names of settings
        data = io.StringIO()
        figure.savefig(data, format="svg", metadata={"Date": None}, transparent=True)
    drawn = _renamed(_cleaned(data.getvalue()), name)
    title, text = escape(title), escape(text)
    opening, _, rest = drawn.partition(">")
    (box,) = re.findall(r"viewBox=\"([^\"]*)\"", opening)
    head = (
        f'<svg class="{escape(kind or name)}" role="img" viewBox="{box}" stroke-linejoin="round" '
        f'aria-labelledby="{name}-title {name}-text"><title id="{name}-title">{title}</title>'
        f'<desc id="{name}-text">{text}</desc>'
    )
    return head + rest


def _cleaned(drawn: str) -> str:
    """Return what matplotlib wrote without what a page does not need, and without its fonts."""
    drawn = _LEFT_OUT.sub("", drawn[drawn.index("<svg") :]).replace("xlink:href", "href")
    drawn = _SHORT_FONT.sub(lambda found: _font(found[1], found[2]), drawn)
    return re.sub(r"\s*\n\s*", "\n", _FAMILY.sub("", drawn)).strip()


def _renamed(drawn: str, name: str) -> str:
    """Return it with the identifiers that it uses numbered under a name, and without the others."""
    used = dict.fromkeys(re.findall(r"(?:url\(#|href=\"#)([^\")]+)", drawn))
    names = {each: f"{name}-{number}" for number, each in enumerate(used, start=1)}
    drawn = _IDENTIFIER.sub(lambda found: f' id="{names[found[1]]}"' if found[1] in names else "", drawn)
    return re.sub(r"(url\(#|href=\"#)([^\")]+)", lambda found: found[1] + names[found[2]], drawn)


def _font(weight: str | None, size: str) -> str:
    """Return the size and weight of a text, as older versions write them, without the font."""
    bold = weight in {"bold", "700"}
    return f"font-size: {size}px" + ("; font-weight: bold" if bold else "")
