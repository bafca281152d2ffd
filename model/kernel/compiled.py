"""The model compiled to machine code: see :func:`kernel_for`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from model.errors import InputError
from model.evaluate import Stage, calendar_values
from model.kernel.code import CALENDAR, LANES
from model.kernel.rows import used_keys
from model.kernel.source import Source, source_of
from model.kernel.store import compiled, require_numba
from model.order import steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from model.build import Plan
    from model.evaluate import Array, Values

CHUNK: Final = 512
"""Draws whose inputs are gathered at a time, so that they are still in the cache when they are computed."""


@lru_cache(maxsize=64)
def kernel_for(plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]) -> Kernel:
    """Return the kernel that computes some rows of a plan for many draws.

    It computes what :meth:`model.evaluate.Program.run` computes, to about 1e-12 of what is added up, some fifty times as
    fast, and only what the wanted rows need. The first run of a new set of wanted rows compiles for some seconds; what was
    compiled is kept in a folder of the user's (:func:`model.kernel.store.cache_folder`).

    Parameters
    ----------
    plan
        A model bound to an axis.
    varying
        Keys of the driver rows that differ between draws. What depends on no other is computed once a run.
    wanted
        Keys of the rows that are asked for.

    Raises
    ------
    EngineError
        If numba is missing; the message says how to get it.
    UnknownNameError, InputError
        If a wanted row does not exist; if what varies is no driver.

    Examples
    --------
    >>> kernel = kernel_for(plan, frozenset({"aws_growth"}), ("ttm_free_cash_flow", "positive"))
    >>> kernel.run(drivers, reported_arrays(plan), 100_000)["positive"].shape
    (1, 100000)
    """
    require_numba()
    for key in varying:
        if plan.row(key).driver is None:
            message = f"{key} is computed or reported: only drivers can vary between draws"
            raise InputError(message)
    for key in wanted:
        plan.row(key)
    return Kernel(plan, varying, wanted)


@dataclass(frozen=True, eq=False, repr=False)
class Kernel:
    """The rows of a plan that are ``wanted``, compiled for drivers of which those ``varying`` differ between draws.

    It holds no state of a run: threads may run it at the same time, and do, since it releases the interpreter.
    """

    plan: Plan
    varying: frozenset[str]
    wanted: tuple[str, ...]

    def run(self, drivers: Mapping[str, Array], reported: Mapping[str, Array], draws: int = 1) -> Values:
        """Compute the wanted rows.

        Parameters
        ----------
        drivers
            One array a driver row, of shape (quarters, draws) or (1, draws) if it is one of ``varying``, else (quarters, 1)
            or (1, 1).
        reported
            One array a reported row, of shape (quarters,), NaN after as-of.
        draws
            Number of draws.

        Returns
        -------
        dict
            Wanted row -> array of shape (quarters, draws), or (1, draws) for one value; NaN where there is none.

        Raises
        ------
        InputError
            If a driver differs between draws that was not said to, or has another shape.
        """
        variant = self._with_history if self._moves_history(drivers) else self._ahead
        return variant.run(drivers, reported, draws)

    @cached_property
    def _ahead(self) -> _Variant:
        return _Variant(self, history=False)

    @cached_property
    def _with_history(self) -> _Variant:
        return _Variant(self, history=True)

    def _moves_history(self, drivers: Mapping[str, Array]) -> bool:
        """Tell whether reported quarters differ between draws: few drivers enter them, and most vary only ahead."""
        split = self.plan.axis.split
        for key in self._ahead.source.found.in_history & self.varying:
            reaches = drivers[key][:split]
            if reaches.shape[1] > 1 and (reaches != reaches[:, :1]).any():
                return True
        return False


class _Variant:
    """A kernel for draws that share their reported quarters, or for draws that do not."""

    def __init__(self, kernel: Kernel, *, history: bool) -> None:
        self.kernel = kernel
        self.plan = kernel.plan
        self.source: Source = source_of(kernel.plan, tuple(key for key in kernel.wanted if kernel.plan.rows[key].line is not None), history=history)
        found, layout = self.source.found, self.source.layout
        self.given = [Stage.of(step, self.plan) for step in steps_of(found.given)]
        self.blank = np.full(self.source.size, np.nan)
        for key, row in found.rows.items():
            if row.vintage is not None and key in layout.slots:
                self.blank[self._slots((key,))] = 0.0
        self.moving = tuple(key for key in found.inputs if key in kernel.varying)
        self.still = tuple(key for key in found.inputs if key not in kernel.varying)
        self.active = self._active()
        self.quarters = np.concatenate([calendar_values(what, self.plan.axis)[:, 0] for what in CALENDAR])

    @cached_property
    def function(self) -> Callable[..., None]:
        return compiled(self.source.text)

    def _slots(self, keys: Iterable[str]) -> NDArray[np.intp]:
        layout = self.source.layout
        return np.array([layout.slots[key] + quarter for key in keys for quarter in range(layout.length(key))], dtype=np.intp)

    def _active(self) -> NDArray[np.bool_]:
        """Return which flags guard work that must be done for every draw: what depends on a varying driver."""
        users = defaultdict(set)
        for jobs in self.source.found.jobs.values():
            for job in jobs:
                for key in used_keys(job.formula):
                    users[key].add(job.row.key)
        moving: set[str] = set()
        waiting = list(self.kernel.varying)
        while waiting:
            key = waiting.pop()
            if key not in moving:
                moving.add(key)
                waiting += users[key]
        return np.array([bool(flag & moving) for flag in self.source.flags])

    def _start(self, drivers: Mapping[str, Array], reported: Mapping[str, Array]) -> Array:
        """Return what the slots hold before the first draw: what does not vary, and reported quarters."""
        values = {key: array[:, :1] for key, array in drivers.items()} | {key: array[:, np.newaxis] for key, array in reported.items()}
        blank = np.full((self.plan.axis.length, 1), np.nan)
        keys = [job.row.key for stage in self.given for job in stage.step.jobs]
        values |= {key: blank.copy() for key in keys}
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for stage in self.given:
                stage.run(values)
        start = self.blank.copy()
        for key in (*self.still, *keys):
            start[self._places[key]] = values[key][:, 0]
        return start

    @cached_property
    def _places(self) -> dict[str, slice]:
        layout = self.source.layout
        return {key: slice(first, first + layout.length(key)) for key, first in layout.slots.items()}

    def run(self, drivers: Mapping[str, Array], reported: Mapping[str, Array], draws: int) -> Values:
        source = self.source
        self._check(drivers, draws)
        s = np.repeat(self._start(drivers, reported), LANES)
        w = np.empty(source.width * LANES)
        lines = tuple(key for key in self.kernel.wanted if key in source.layout.slots and self.plan.rows[key].line is not None)
        input_slots = (self._slots(self.moving) * LANES).astype(np.uint32)
        output_slots = (self._slots(lines) * LANES).astype(np.uint32)
        outputs = np.empty((len(output_slots), draws))
        moving = [np.broadcast_to(drivers[key], (source.layout.length(key), draws)) for key in self.moving]
        for done in range(0, draws, CHUNK):
            now = min(CHUNK, draws - done)
            inputs = np.concatenate([array[:, done : done + now] for array in moving]) if moving else np.empty((0, now))
            self.function(
                now, done, inputs, input_slots, outputs, output_slots, s, w, self.quarters, source.slots, source.numbers, self.active, LANES, done == 0
            )
        values = {}
        first = 0
        for key in lines:
            length = source.layout.length(key)
            values[key] = outputs[first : first + length]
            first += length
        for key in self.kernel.wanted:
            if key not in values:
                values[key] = drivers[key] if key in drivers else reported[key][:, np.newaxis]
        return values

    def _check(self, drivers: Mapping[str, Array], draws: int) -> None:
        for key in self.source.found.inputs:
            if key in drivers:
                rows, columns = drivers[key].shape
                if columns not in ({1, draws} if key in self.kernel.varying else {1}) or rows not in {1, self.source.layout.length(key)}:
                    message = f"{key}: an array of shape {drivers[key].shape} is neither one for all draws nor one of {draws} draws said to vary"
                    raise InputError(message)
