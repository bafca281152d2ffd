"""What leaves the AWS fleet by age: the share of its gross cost whose life ends in a year.

Additions before the axis fall in equal parts on the quarters of their year; those before 2019 are left out.
"""

from __future__ import annotations

from typing import Final

from model.results import run
from model.scenarios.composing import load_scenario

BEFORE_THE_AXIS: Final = {2019: 13058.0, 2020: 16530.0, 2021: 22047.0}
"""AWS property additions, USD m: 10-K FY2021 and FY2022, segment notes."""
LIVES: Final = (5.5, 3.0)
"""Years that servers and network last: as in the 10-K, and as sceptics say."""


def leaving(servers: float) -> dict[int, float]:
    """Return the share of the gross cost at the start of each year that ends its life in the year.

    ``servers``: life in years of the servers and network that come into service after as-of.
    """
    results = run([load_scenario("base")])
    axis, values = results.plan.axis, results.values
    bought = [cost / 4 for cost in BEFORE_THE_AXIS.values() for _ in range(4)]
    begins = -len(bought)
    bought += values["aws_additions"][:, 0].tolist()
    lag = int(values["service_lag[aws]"][0, 0])
    in_service, ends = {}, {}
    for name in ("servers_and_network", "equipment", "buildings"):
        mix = values[f"asset_mix[aws,{name}]"][0, 0]
        for place, cost in enumerate(bought, start=begins):
            start = place + lag
            is_new = start >= axis.forecast_start and name == "servers_and_network"
            life = servers if is_new else values[f"useful_life[{name}]"][0, 0]
            in_service[name, place] = start, cost * mix
            ends[name, place] = start + round(4 * life)
    shares = {}
    for year in range(axis.as_of.year, axis.last.year + 1):
        first = axis.year_position(year) * 4
        gross = sum(cost for key, (start, cost) in in_service.items() if start < first <= ends[key])
        gone = sum(cost for key, (_, cost) in in_service.items() if first <= ends[key] < first + 4)
        shares[year] = gone / gross
    return shares


def main() -> None:
    """Print the shares by year, for each life."""
    for servers in LIVES:
        print(f"servers that last {servers:g} years:")
        print("  ", *(f"{year} {share:.1%}" for year, share in leaving(servers).items()))


if __name__ == "__main__":
    main()
