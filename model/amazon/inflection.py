"""When free cash flow turns: the quarter as a value."""

from __future__ import annotations

from model.amazon.basis import Basis
from model.amazon.cash import FreeCash
from model.language.declarations import Block, driver, line, result
from model.language.vocabulary import (
    at_position,
    choose,
    elapsed,
    following,
    highest,
    lowest,
    position,
    position_of,
    prev,
    where,
)


class Inflection(Block, sheet="Cash"):
    """Inflection of free cash flow, on trailing twelve months."""

    inflection_measure = driver(
        "Measure of free cash flow (number)", "choice", kind="constant", whole=True,
    )
    inflection_from = driver("First quarter considered: excludes the trough of 2022", "quarter", kind="constant")
    inflection_cash_flow = line(
        "Free cash flow by the chosen measure, TTM", "USD m",
        choose(
            inflection_measure,
            FreeCash.ttm_free_cash_flow,
            FreeCash.ttm_free_cash_flow_after_leases,
            FreeCash.ttm_free_cash_flow_after_equipment_leases,
            FreeCash.ttm_free_cash_flow_gross_capex,
            FreeCash.ttm_free_cash_flow_after_stock_compensation,
        ),
        annual="last",
    )

    # Trough: the lowest from inflection_from on
    ceiling = result("Highest of all quarters", "USD m", highest(inflection_cash_flow))
    looked_at = result(
        "Free cash flow in the quarters considered", "USD m",
        where(Basis.calendar >= inflection_from, inflection_cash_flow, ceiling), timed=True,
    )
    trough_amount = result("Trough: lowest TTM free cash flow", "USD m", lowest(looked_at))
    trough_position = result("Trough: position on the axis", "quarters", position_of(trough_amount, looked_at))
    trough = result("Trough: quarter", "quarter", at_position(Basis.calendar, trough_position))

    # Turn: first quarter after the trough from which it rises two quarters running
    turns = result(
        "Rises in this quarter and the next, after the trough", "flag",
        (position() > trough_position)
        & (inflection_cash_flow > prev(inflection_cash_flow))
        & (following(inflection_cash_flow) > inflection_cash_flow),
        timed=True,
    )
    turn = result(
        "Recovers: quarter", "quarter", at_position(Basis.calendar, position_of(1, turns)),
        note="The turn: the first quarter after the trough from which it rises two quarters running.",
    )

    # Positive: first quarter at or after the trough from which it stays above 0 for two quarters
    positives = result(
        "Above 0 in this quarter and the next, from the trough on", "flag",
        (position() >= trough_position) & (inflection_cash_flow > 0) & (following(inflection_cash_flow) > 0),
        timed=True,
    )
    positive = result(
        "Turns positive: quarter", "quarter", at_position(Basis.calendar, position_of(1, positives)),
        note="The trough itself where it is above 0: free cash flow was never negative.",
    )

    # Recross: first quarter above the earlier peak
    before_trough = result(
        "Free cash flow by the chosen measure, up to the trough", "USD m",
        where((Basis.calendar >= inflection_from) & (position() <= trough_position), inflection_cash_flow, trough_amount),
        timed=True,
    )
    earlier_peak = result("Earlier peak: highest before the trough", "USD m", highest(before_trough))
    recrosses = result(
        "Above the earlier peak, after the trough", "flag",
        (position() > trough_position) & (inflection_cash_flow > earlier_peak), timed=True,
    )
    recross = result("Recross of the earlier peak: quarter", "quarter", at_position(Basis.calendar, position_of(1, recrosses)))

    # Intensity: when capital expenditure weighs most on sales
    intensity_looked_at = result(
        "Capital intensity in the quarters considered", "ratio",
        where(Basis.calendar >= inflection_from, FreeCash.capex_intensity, 0), timed=True,
    )
    peak_intensity = result("Highest net capital expenditure to net sales, TTM", "ratio", highest(intensity_looked_at))
    intensity_peak = result(
        "Peak of capital intensity: quarter", "quarter",
        at_position(Basis.calendar, position_of(peak_intensity, intensity_looked_at)),
    )

    # What a chart of columns needs: the same figures in three rows, one of them the trough alone
    trough_column = result("Chart series: the trough", "USD m", where(Basis.calendar == trough, inflection_cash_flow, 0), timed=True)
    reported_column = result(
        "Chart series: reported, except the trough", "USD m",
        where((Basis.calendar != trough) & (elapsed() <= 0), inflection_cash_flow, 0), timed=True,
    )
    forecast_column = result(
        "Chart series: forecast, except the trough", "USD m",
        where((Basis.calendar != trough) & (elapsed() > 0), inflection_cash_flow, 0), timed=True,
    )
