"""The model compiled to machine code: see :func:`kernel_for`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from model.backends.arrays import ArrayStage, calendar_values
from model.backends.kernel.cache import compiled, require_numba
from model.backends.kernel.expressions import CALENDAR, LANES
from model.backends.kernel.program import source_of
from model.backends.kernel.rewriting import used_keys
from model.errors import InputError
from model.plan.plan import reachable
from model.plan.schedule import stages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from model.backends.arrays import Array, Values
    from model.plan.plan import Plan

CHUNK: Final = 512
"""Draws whose inputs are gathered at a time, so that they are still in the cache when they are computed."""


@lru_cache(maxsize=64)
def kernel_for(plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]) -> Kernel:
    """Return the kernel that computes some rows of a plan for many draws.

    It gives what :meth:`model.backends.arrays.Program.run` gives, to 1e-12 of the figures that are added up,
    from the same bound nodes. The first run compiles for some seconds, unless the same rows were wanted
    before: what was compiled is kept in a folder of the user's
    (:func:`model.backends.kernel.cache.cache_folder`), whatever the drivers were that varied.

    Parameters
    ----------
    plan
        A model bound to an axis.
    varying
        Keys of the driver rows that differ between draws. What depends on none of them is computed once a
        run.
    wanted
        Keys of the rows that are asked for.

    Raises
    ------
    EngineError
        If numba is missing; the message says how to get it.
    UnknownNameError, InputError
        If a row does not exist; if what varies is no driver.
    DeclarationError
        If a result looks over the whole axis for what varies with time.

    Examples
    --------
    >>> kernel = kernel_for(plan, frozenset({"aws_growth"}), ("ttm_free_cash_flow", "positive"))
    >>> kernel.run(drivers, reported_arrays(plan), 100_000)["positive"].shape
    (1, 100000)
    """
    require_numba()
    for key in varying:
        if plan.row(key).driver is None:
            raise InputError(f"{key} is computed or reported: only drivers can vary between draws")
    for key in wanted:
        plan.row(key)
    return Kernel(plan, varying, wanted)


@dataclass(frozen=True, eq=False, repr=False)
class Kernel:
    """The rows of a plan that are ``wanted``, for draws that differ in the drivers ``varying``.

    It holds nothing that belongs to a run: threads may run it at the same time, and gain by it, for it
    releases the interpreter's lock.
    """

    plan: Plan
    varying: frozenset[str]
    wanted: tuple[str, ...]

    def run(self, drivers: Mapping[str, Array], reported: Mapping[str, Array], draws: int = 1) -> Values:
        """Compute the wanted rows.

        Parameters
        ----------
        drivers
            One array a driver row: of shape (quarters or 1, draws) if the driver is one of ``varying``, else
            (quarters or 1, 1). A first dimension of 1 serves all quarters, a last one all draws.
        reported
            One array a reported row, of shape (quarters,), NaN after as-of.
        draws
            Number of draws.

        Returns
        -------
        dict
            Row key -> array of shape (quarters, draws), or (1, draws) for one value; NaN where there is none.
            Drivers and reported rows come back as they were given.

        Raises
        ------
        InputError
            If an array has another shape.
        """
        values = {key: array[:, np.newaxis] for key, array in reported.items()} | dict(drivers)
        variant = self._with_history if self._moves_history(drivers) else self._ahead
        values |= variant.run(values, draws)
        return {key: values[key] for key in self.wanted}

    @property
    def cells(self) -> int:
        """How many figures are computed for every draw: quarters of the lines that are needed and move."""
        return self._ahead.cells

    @cached_property
    def _ahead(self) -> _Variant:
        return _Variant(self, history=False)

    @cached_property
    def _with_history(self) -> _Variant:
        return _Variant(self, history=True)

    def _moves_history(self, drivers: Mapping[str, Array]) -> bool:
        """Tell whether reported quarters differ between draws: few drivers enter them, and most vary only ahead."""
        for key in self._ahead.source.found.in_history & self.varying:
            reaches = drivers[key][: self.plan.axis.forecast_start]
            if (reaches != reaches[:, :1]).any():
                return True
        return False


class _Variant:
    """A kernel whose draws share their reported quarters, or with ``history`` one whose draws do not."""

    def __init__(self, kernel: Kernel, *, history: bool) -> None:
        self.plan = kernel.plan
        self.lines = tuple(key for key in kernel.wanted if self.plan.rows[key].line is not None)
        self.source = source_of(self.plan, self.lines, history=history)
        found, layout = self.source.found, self.source.layout
        self.places = {key: slice(first, first + layout.length(key)) for key, first in layout.slots.items()}
        self.given = [ArrayStage.of(step, self.plan) for step in stages_of(found.given)]
        self.moving = tuple(key for key in found.inputs if key in kernel.varying)
        self.still = (
            *(key for key in found.inputs if key not in kernel.varying),
            *(job.row.key for job in found.given),
        )
        self.changing = self._changing(kernel.varying)
        self.active = np.array([bool(read & self.changing) for read in self.source.flags], dtype=np.bool_)
        self.quarters = np.concatenate([calendar_values(what, self.plan.axis)[:, 0] for what in CALENDAR])
        self.input_slots, self.output_slots = self._slots(self.moving), self._slots(self.lines)
        self.blank = np.full(self.source.size, np.nan)
        for key, place in self.places.items():
            if found.rows[key].vintage is not None:
                self.blank[place] = 0.0

    @cached_property
    def function(self) -> Callable[..., None]:
        """The compiled text."""
        return compiled(self.source.text)

    def _slots(self, keys: Iterable[str]) -> NDArray[np.uint32]:
        """Return where the slots of rows begin, one after the other."""
        slots = [slot for key in keys for slot in range(self.places[key].start, self.places[key].stop)]
        return np.array(slots, dtype=np.uint32) * np.uint32(LANES)

    def _changing(self, varying: frozenset[str]) -> frozenset[str]:
        """Return the rows that differ between draws: the varying drivers, and what depends on them."""
        users: defaultdict[str, set[str]] = defaultdict(set)
        for job in (job for jobs in self.source.found.jobs.values() for job in jobs):
            for key in used_keys(job.formula):
                users[key].add(job.row.key)
        return reachable(varying, users.__getitem__)

    @property
    def cells(self) -> int:
        """See :attr:`Kernel.cells`."""
        jobs = [job for part in self.source.found.jobs.values() for job in part]
        return sum(job.last - job.first for job in jobs if used_keys(job.formula) & self.changing)

    def run(self, values: Mapping[str, Array], draws: int) -> Values:
        """Compute the wanted lines; see :meth:`Kernel.run`."""
        if not self.lines:
            return {}
        for key in self.moving:
            self._require_shape(key, values[key], draws)
        moving = [
            np.broadcast_to(values[key], (self.places[key].stop - self.places[key].start, draws))
            for key in self.moving
        ]
        s = np.repeat(self._start(values), LANES)
        w = np.empty(self.source.width * LANES)
        outputs = np.empty((len(self.output_slots), draws))
        tables = (self.quarters, self.source.slots, self.source.numbers, self.active, LANES)
        for done in range(0, draws, CHUNK):
            now = min(CHUNK, draws - done)
            inputs = (
                np.concatenate([array[:, done : done + now] for array in moving])
                if moving
                else np.empty((0, now))
            )
            self.function(
                now, done, inputs, self.input_slots, outputs, self.output_slots, s, w, *tables, done == 0
            )
        ends = np.cumsum([self.places[key].stop - self.places[key].start for key in self.lines])[:-1]
        return dict(zip(self.lines, np.split(outputs, ends), strict=True))

    def _start(self, values: Mapping[str, Array]) -> Array:
        """Return what the slots hold before the first draw: inputs that do not vary, and reported quarters that numpy computes."""
        length = self.plan.axis.length
        common = {key: array[:, :1] for key, array in values.items()}
        common |= {
            job.row.key: np.full((length, 1), np.nan) for stage in self.given for job in stage.stage.jobs
        }
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for stage in self.given:
                stage.run(common)
        start = self.blank.copy()
        for key in self.still:
            if key in values:
                self._require_shape(key, values[key], 1)
            start[self.places[key]] = common[key][:, 0]
        return start

    def _require_shape(self, key: str, array: Array, draws: int) -> None:
        length = self.places[key].stop - self.places[key].start
        if array.shape[0] not in {1, length} or array.shape[1] not in {1, draws}:
            said = "" if key in self.moving else ", and is not among the drivers said to vary"
            raise InputError(
                f"{key}: an array of shape {array.shape} does not fit {length} quarters and {draws} draws{said}"
            )
