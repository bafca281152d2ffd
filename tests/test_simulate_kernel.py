"""The same seed gives the same results by numpy and by the kernel, to 1e-12, however many threads compute."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from programs import needs
from shared import answers

from model.simulation.run import simulate

if TYPE_CHECKING:
    from model.simulation.results import Simulation

pytest.importorskip("model.backends.kernel")
DRAWS = 3000


@pytest.fixture(scope="module")
def both(request: pytest.FixtureRequest) -> tuple[Simulation, Simulation]:
    needs(request, "numba")
    return simulate("base", draws=DRAWS, engine="numpy", workers=1), simulate(
        "base", draws=DRAWS, engine="kernel", workers=1
    )


def test_the_kernel_gives_what_numpy_gives(both: tuple[Simulation, Simulation]) -> None:
    numpy, kernel = both
    assert (numpy.engine, kernel.engine) == ("numpy", "kernel")
    worst = 0.0
    for name, ours in numpy.estimates.items():
        theirs = kernel.estimates[name]
        pairs = [
            (ours.plain, theirs.plain),
            (ours.mean, theirs.mean),
            (ours.shortfall, theirs.shortfall),
            (ours.lowest, theirs.lowest),
        ]
        pairs += [(value, theirs.percentiles[percent]) for percent, value in ours.percentiles.items()]
        scale = max(abs(ours.lowest), abs(ours.highest))
        worst = max(worst, *(abs(one - other) / scale for one, other in pairs))
    print(
        f"largest difference of a mean, percentile or extreme between numpy and kernel, relative: {worst:.1e}"
    )
    assert worst < 1e-12
    assert {name: chance.probability for name, chance in numpy.above.items()} == {
        name: chance.probability for name, chance in kernel.above.items()
    }
    assert [[chance.probability for chance in event.values()] for event in numpy.events.values()] == [
        [chance.probability for chance in event.values()] for event in kernel.events.values()
    ]
    for name, shares in numpy.shares.items():
        assert all(
            math.isclose(share, kernel.shares[name][move], abs_tol=1e-9) for move, share in shares.items()
        )


@pytest.mark.parametrize("workers", [2, 4])
def test_threads_of_the_kernel_give_the_same_bits(both: tuple[Simulation, Simulation], workers: int) -> None:
    assert answers(simulate("base", draws=DRAWS, engine="kernel", workers=workers)) == answers(both[1])
