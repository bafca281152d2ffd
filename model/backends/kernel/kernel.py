"""The model compiled to machine code: see :func:`kernel_for`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from model.backends.arrays import Array, ArrayStage, Values, calendar
from model.backends.kernel.cache import compiled, require_numba
from model.backends.kernel.expressions import CALENDAR, LANES
from model.backends.kernel.program import source_of
from model.backends.kernel.rewriting import used_keys
from model.errors import InputError
from model.plan.schedule import changing_rows, stages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from model.plan.plan import Plan
    from model.plan.schedule import Task


CHUNK: Final = 512
"""Draws whose inputs are copied at a time: few enough to be still in the cache when they are used."""


@lru_cache(maxsize=64)
def kernel_for(plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]) -> Kernel:
    """Return the kernel that computes some rows of a plan for many draws.

    It agrees with :meth:`model.backends.arrays.Program.run` to 1e-12 of the figures that are added up. The
    first run compiles for some seconds, unless the same rows were wanted before: compiled kernels are kept in
    a cache folder (:func:`model.backends.kernel.cache.cache_folder`), and serve whatever drivers vary. Rows
    that depend on none of the ``varying`` drivers are computed once a run.

    Raises
    ------
    EngineError, DeclarationError
        If numba is missing; if a result searches the axis for a value that varies with time.

    Examples
    --------
    >>> plan = load_scenario("base").plan
    >>> kernel_for(plan, frozenset({"aws_growth"}), ("positive",)).plan is plan
    True
    """
    require_numba()
    for key in varying:
        if not plan.row(key).driver_key:
            raise InputError(f"{key} is computed or reported: only drivers can vary between draws")
    for key in wanted:
        plan.row(key)
    parts = (part.key for key in varying for part in plan.parts.get(key, ()))
    return Kernel(plan, varying.union(parts), wanted)


@dataclass(frozen=True, eq=False, repr=False)
class Kernel:
    """The rows of a plan that are ``wanted``, for draws that differ in ``varying``: drivers and their parts.

    It keeps no state of a run, and releases the interpreter's lock: threads can run it in parallel.
    """

    plan: Plan
    varying: frozenset[str]
    wanted: tuple[str, ...]

    def run(self, drivers: Mapping[str, Array], reported: Mapping[str, Array], draws: int = 1) -> Values:
        """Compute the wanted rows, as :meth:`model.backends.arrays.Program.run` does.

        ``drivers``: one array a driver row, of shape (quarters or 1, draws) if the driver is one of
        ``varying``, else (quarters or 1, 1). Drivers and reported rows come back as they were given.
        """
        values = {key: array[:, np.newaxis] for key, array in reported.items()} | dict(drivers)
        variant = self._with_history if self._moves_history(drivers) else self._ahead
        values |= variant.run(values, draws)
        return {key: values[key] for key in self.wanted}

    @property
    def cells(self) -> int:
        """Number of figures computed for every draw: quarters of the lines that are needed and change."""
        return self._ahead.cells

    @cached_property
    def _ahead(self) -> _Variant:
        return _Variant(self, history=False)

    @cached_property
    def _with_history(self) -> _Variant:
        return _Variant(self, history=True)

    def _moves_history(self, drivers: Mapping[str, Array]) -> bool:
        """Tell whether reported quarters differ between draws; most drivers vary only in later ones."""
        for key in self._ahead.work.in_history & self.varying:
            reported = drivers[key][: self.plan.axis.forecast_start]
            if (reported != reported[:, :1]).any():
                return True
        return False


class _Variant:
    """A kernel whose draws share their reported quarters, or with ``history`` one whose draws do not."""

    def __init__(self, kernel: Kernel, *, history: bool) -> None:
        self.plan = kernel.plan
        self.lines = tuple(key for key in kernel.wanted if self.plan.rows[key].line is not None)
        self.source = source_of(self.plan, self.lines, history=history)
        self.work = self.source.work
        layout = self.source.layout
        self.slots = {key: slice(first, first + layout.length(key)) for key, first in layout.slots.items()}
        self.given = [ArrayStage.of(stage, self.plan) for stage in stages_of(self.work.given)]
        self.given_keys = tuple(task.row.key for task in self.work.given)
        self.moving = tuple(key for key in self.work.inputs if key in kernel.varying)
        self.still = tuple(key for key in self.work.inputs if key not in kernel.varying)
        self.changing = changing_rows(self._tasks, kernel.varying)
        # work under a flag is done for the first draws, for later ones only if a row that it reads changes
        self.active = np.array([bool(read & self.changing) for read in self.source.flags], dtype=np.bool_)
        self.quarters = np.concatenate([calendar(self.plan.axis)[what][:, 0] for what in CALENDAR])
        self.input_slots = self._first_lanes(self.moving)
        self.output_slots = self._first_lanes(self.lines)

    @cached_property
    def blank(self) -> Array:
        """Slots without values: 0 for vintages, which cost nothing before they are bought, else NaN."""
        blank = np.full(self.source.size, np.nan)
        for key, slots in self.slots.items():
            if self.work.rows[key].vintage is not None:
                blank[slots] = 0.0
        return blank

    @cached_property
    def function(self) -> Callable[..., None]:
        return compiled(self.source.text)

    @property
    def cells(self) -> int:
        changing = (task for task in self._tasks if used_keys(task.formula) & self.changing)
        return sum(task.last - task.first for task in changing)

    @property
    def _tasks(self) -> list[Task]:
        return [task for phase in self.work.tasks.values() for task in phase]

    def _length(self, key: str) -> int:
        return self.slots[key].stop - self.slots[key].start

    def _first_lanes(self, keys: Iterable[str]) -> NDArray[np.uint32]:
        """Return the positions in memory of the slots of some rows, one row after the other."""
        slots = [slot for key in keys for slot in range(self.slots[key].start, self.slots[key].stop)]
        return np.array(slots, dtype=np.uint32) * np.uint32(LANES)

    def run(self, values: Mapping[str, Array], draws: int) -> Values:
        if not self.lines:
            return {}
        moving = [self._over_axis(key, values[key], draws) for key in self.moving]
        slots = np.repeat(self._start(values), LANES)
        working_memory = np.empty(self.source.width * LANES)
        outputs = np.empty((len(self.output_slots), draws))
        tables = (self.quarters, self.source.slots, self.source.numbers, self.active, LANES)
        for done in range(0, draws, CHUNK):
            now = min(CHUNK, draws - done)
            # copied together, because the compiled function takes one contiguous array
            inputs = np.concatenate([np.empty((0, now)), *(array[:, done : done + now] for array in moving)])
            is_first = done == 0
            self.function(
                now,
                done,
                inputs,
                self.input_slots,
                outputs,
                self.output_slots,
                slots,
                working_memory,
                *tables,
                is_first,
            )
        ends = np.cumsum([self._length(key) for key in self.lines])[:-1]
        return dict(zip(self.lines, np.split(outputs, ends), strict=True))

    def _over_axis(self, key: str, array: Array, draws: int) -> Array:
        """Return a moving input over all its quarters and draws, as a view."""
        self._require_shape(key, array, draws)
        return np.broadcast_to(array, (self._length(key), draws))

    def _start(self, values: Mapping[str, Array]) -> Array:
        """Return the slots before the first draw: constant inputs, and given rows, computed by numpy."""
        common = {key: array[:, :1] for key, array in values.items()}
        common |= {key: np.full((self.plan.axis.length, 1), np.nan) for key in self.given_keys}
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for stage in self.given:
                stage.run(common)
        start = self.blank.copy()
        for key in self.still:
            self._require_shape(key, values[key], 1)
        for key in (*self.still, *self.given_keys):
            start[self.slots[key]] = common[key][:, 0]
        return start

    def _require_shape(self, key: str, array: Array, draws: int) -> None:
        length = self._length(key)
        if array.shape[0] not in {1, length} or array.shape[1] not in {1, draws}:
            hint = "" if key in self.moving else ", and is not among the drivers said to vary"
            raise InputError(
                f"{key}: an array of shape {array.shape} does not fit"
                f" {length} quarters and {draws} draws{hint}"
            )
