"""What the sections of the model share: how Amazon is cut, and assumptions that more than one section uses."""

from __future__ import annotations

from typing import Final

from model.language.declarations import Block, driver, line
from model.language.nodes import Dimension
from model.language.vocabulary import constant, quarter_code

_LABELS: Final = {"north_america": "North America", "aws": "AWS"}

SEGMENT: Final = Dimension("segment", ("north_america", "international", "aws"), labels=_LABELS)
RETAIL: Final = Dimension("retail segment", ("north_america", "international"), within=SEGMENT, labels=_LABELS)
SITE: Final = Dimension("site", ("aws", "other"), labels=_LABELS)
ASSET_CLASS: Final = Dimension("asset class", ("servers_and_network", "equipment", "buildings"))
SEASON: Final = Dimension("quarter of the year", ("q1", "q2", "q3", "q4"))

QUARTERS_PER_YEAR: Final = constant(4, "1/yr")


class Basis(Block, sheet="Sales"):
    """Shared assumptions: service lag, asset mix, custom silicon."""

    calendar = line("Quarter", "quarter", quarter_code(), annual="none")
    service_lag = driver(
        "Service lag: quarters from purchase to service", "quarters", by=SITE, kind="constant", whole=True,
    )
    asset_mix = driver("Mix of property additions", "ratio", by=(SITE, ASSET_CLASS), kind="constant", sums_to_one=True)
    silicon_mix = driver("Share of compute capex on custom silicon", "ratio")
    silicon_mix_base = driver("Share of custom silicon already in the sales yield", "ratio", kind="constant")
    price_performance = driver("Price-performance advantage of custom silicon", "ratio")
    price_performance_base = driver("Price-performance advantage already in the sales yield", "ratio", kind="constant")
