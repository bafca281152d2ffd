"""Which engine computes a block of draws: the fused kernel, or numpy where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from model.backends.arrays import Array, Program, Values, compile_plan
from model.errors import EngineError, InputError, did_you_mean
from model.language.nodes import leaves
from model.plan.plan import key_of

if TYPE_CHECKING:
    from model.plan.plan import Plan

Engine = Literal["auto", "kernel", "numpy"]
ENGINES: Final[tuple[Engine, ...]] = get_args(Engine)
Compute = Callable[[Mapping[str, Array], Mapping[str, Array], int], Values]
"""Drivers, reported figures, number of draws -> the wanted rows, as :meth:`model.backends.arrays.Program.run` takes and gives them."""
_KEPT: Final = 16
"""Plans that numpy keeps ready: cells may ask for any number of figures."""
_CHUNK: Final = 512
"""Draws that numpy computes at a time: more leave the processor's cache, fewer are mostly overhead."""


def chosen_engine(
    engine: str, plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]
) -> tuple[str, str]:
    """Return the engine to use, ``kernel`` or ``numpy``, and one line to say when the second stands in for the first.

    Raises
    ------
    EngineError
        If the kernel is asked for and cannot be had.
    InputError
        For an unknown engine.
    """
    if engine not in ENGINES:
        raise InputError(f"unknown engine {engine!r}{did_you_mean(engine, ENGINES)}")
    if engine == "numpy":
        return "numpy", ""
    try:
        _kernel(plan, varying, wanted)
    except EngineError as error:
        if engine == "kernel":
            raise
        return "numpy", f"computed by numpy: {error}"
    return "kernel", ""


def compute_by(engine: str, plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]) -> Compute:
    """Return what computes the wanted rows of a plan; prepared once for the same arguments."""
    return _kernel(plan, varying, wanted) if engine == "kernel" else _by_numpy(plan, wanted)


def _kernel(plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]) -> Compute:
    try:
        module = import_module("model.backends.kernel")
    except ImportError as error:
        raise EngineError(f"the kernel cannot be loaded ({error})") from None
    run: Compute = module.kernel_for(plan, varying=varying, wanted=wanted).run
    return run


@lru_cache(maxsize=_KEPT)
def _by_numpy(plan: Plan, wanted: tuple[str, ...]) -> Compute:
    program = compile_plan.__wrapped__(narrowed(plan, wanted))  # which is kept here

    def run(drivers: Mapping[str, Array], reported: Mapping[str, Array], draws: int) -> Values:
        found: dict[str, list[Array]] = {key: [] for key in wanted}
        for first in range(0, draws, _CHUNK):
            size = min(_CHUNK, draws - first)
            some = {
                key: row if row.shape[1] == 1 else row[:, first : first + size]
                for key, row in drivers.items()
            }
            values = program.run(some, reported, size)
            for key, parts in found.items():
                parts.append(values[key])
        return {key: np.concatenate(parts, axis=1) for key, parts in found.items()}

    return run


@lru_cache(maxsize=_KEPT)
def program_for(plan: Plan, wanted: tuple[str, ...]) -> Program:
    """Return the part of a plan's program that computes the wanted rows and those that they need."""
    part = narrowed(plan, wanted)
    stages = (stage.only(part.rows) for stage in compile_plan(plan).stages)
    return Program(part, tuple(stage for stage in stages if stage.terms))


def narrowed(plan: Plan, wanted: tuple[str, ...]) -> Plan:
    """Return a plan with the wanted rows and those that they need, directly or through others."""
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        key = waiting.pop()
        if key not in needed:
            needed.add(key)
            formulas = (plan.rows[key].history, plan.rows[key].forecast)
            waiting += [
                key_of(leaf) for formula in formulas if formula is not None for leaf in leaves(formula)
            ]
    return replace(plan, rows={key: row for key, row in plan.rows.items() if key in needed})
