"""The engine that computes a block of draws: the compiled kernel, or numpy with a note on the fallback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from model.backends.arrays import Array, Values, compile_plan
from model.backends.kernel import kernel_for
from model.errors import EngineError, InputError, did_you_mean, shown

if TYPE_CHECKING:
    from model.plan.plan import Plan

Engine = Literal["auto", "kernel", "numpy"]
ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)
Compute = Callable[[Mapping[str, Array], Mapping[str, Array], int], Values]
"""Computes the wanted rows from drivers, reported figures and a number of draws, like
:meth:`model.backends.arrays.Program.run`."""
CHUNK: Final = 1024
"""Draws that numpy computes at a time: more overflow the processor's cache, fewer are mostly overhead."""


def chosen_engine(
    engine: str, plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]
) -> tuple[str, str]:
    """Return the engine to use, ``kernel`` or ``numpy``, and a note that explains a fallback to numpy.

    An :class:`EngineError` if the kernel is asked for and not available.
    """
    if engine not in ENGINES:
        raise InputError(f"unknown engine {shown(engine)}{did_you_mean(engine, ENGINES)}")
    if engine == "numpy":
        return "numpy", ""
    try:
        kernel_for(plan, varying, wanted)
    except EngineError as error:
        if engine == "kernel":
            raise
        return "numpy", f"computed by numpy: {error}"
    return "kernel", ""


def compute_by(engine: str, plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]) -> Compute:
    """Return the function that computes the wanted rows of a plan."""
    if engine == "kernel":
        return kernel_for(plan, varying, wanted).run
    program = compile_plan(plan, wanted)

    def run(drivers: Mapping[str, Array], reported: Mapping[str, Array], draws: int) -> Values:
        chunks = []
        for first in range(0, draws, CHUNK):
            size = min(CHUNK, draws - first)
            part = {key: row[:, first : first + size] for key, row in drivers.items() if row.shape[1] > 1}
            values = program.run({**drivers, **part}, reported, size, wanted)
            chunks.append({key: np.broadcast_to(values[key], (len(values[key]), size)) for key in wanted})
        return {key: np.concatenate([chunk[key] for chunk in chunks], axis=1) for key in wanted}

    return run
