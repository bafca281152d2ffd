"""Coverage of the bands of simulations, and widths of the uncertainty that ships beside those measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from amzn_fcf.text.tables import left, numbered, print_table, right
from model.evidence.coverage import BANDS, NAIVE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from model.evidence.coverage import Coverage, Outcome
    from model.evidence.widths import DriverError

_HINDSIGHT: Final = (
    "widths that ship were set with all of these errors: hindsight; left out: widths measured without the "
    "forecasts of the as-of itself, whose quarters other as-ofs still hold"
)


def print_coverage(shipped: Sequence[Coverage], left_out: Sequence[Coverage]) -> None:
    """Print how many outcomes fell inside each band, by line and distance, and the scores."""
    heads = right(*(f"{band}% band" for band in BANDS))
    rows, ruled = [], []
    for place, each in enumerate(shipped):
        if not each.ahead and place + 1 < len(shipped):
            ruled.append(place + 1)
        ahead = str(each.ahead) if each.ahead else "all"
        inside = [_inside(each, band) for band in BANDS]
        left_in = [_inside(left_out[place], band) for band in BANDS]
        skill = f"{1 - each.loss / each.naive_loss:+.0%}"
        rows.append([each.line, ahead, str(each.number), str(each.independent), *inside, *left_in, skill])
    columns = [*left("line"), numbered("quarters\nahead"), *right("n", "independent"), *heads]
    columns += [*right(*(f"left out\n{band}%" for band in BANDS), "pinball loss\nbelow naive")]
    print_table(
        "Outcomes inside the bands of simulations made with what was known then", columns, rows, ruled
    )
    for word, counted in (("widths that ship", shipped), ("left out", left_out)):
        print(f"{word}: {totals_text(counted)}")
    print(
        f"{_HINDSIGHT};\nindependent: windows that do not overlap; pinball loss: mean over nine percentiles, "
        f"how much smaller than that of a normal distribution around {NAIVE.replace('_', ' ')}\n"
        "with that benchmark's own errors. A band of 90% should hold nine in ten."
    )


def totals_text(counted: Sequence[Coverage]) -> str:
    """Return how many outcomes of all lines lie in each band."""
    whole = [each for each in counted if not each.ahead]
    number = sum(each.number for each in whole)
    inside = {band: sum(each.inside[band] for each in whole) for band in BANDS}
    return ", ".join(
        f"{band}% bands hold {found} of {number} ({found / number:.0%})" for band, found in inside.items()
    )


def _inside(coverage: Coverage, band: int) -> str:
    found = coverage.inside[band]
    return f"{found} ({found / coverage.number:.0%})" if not coverage.ahead else str(found)


def outcome_record(outcome: Outcome, *, left_out: bool) -> dict[str, object]:
    """Return an outcome with its percentiles as a record."""
    forecast = outcome.forecast
    return {
        "as_of": str(forecast.as_of), "period": str(forecast.quarter), "ahead": forecast.ahead,
        "line": forecast.line, "left_out": left_out, "reported": forecast.reported, "model": forecast.model,
        **{f"p{percent}": value for percent, value in outcome.percentiles.items()},
        **{f"inside_{band}": outcome.inside(band) for band in BANDS},
        "pinball_loss": outcome.loss(), "naive_pinball_loss": outcome.loss(naive=True),
    }  # fmt: skip


def print_widths(
    errors: Sequence[DriverError], measured: Mapping[str, float], shipped: Mapping[str, float]
) -> None:
    """Print the width of each measured driver beside the one that ships."""
    rows = []
    for move, width in measured.items():
        own = [each.error for each in errors if each.move == move]
        mean = math.fsum(own) / len(own)
        rows.append([move, str(len(own)), f"{mean:+.3f}", f"{width:g}", f"{shipped[move]:g}"])
    columns = [*left("driver"), *right("n", "mean error", "measured", "ships")]
    print_table("Widths: root of the mean square error of each driver in the back-test", columns, rows)
    print(
        "reported less forecast, in quarters one to four ahead; growth, ratios and logarithms. Around 0, so "
        "what the rules missed on one side counts."
    )
