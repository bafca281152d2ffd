"""The model compiled to machine code for many draws: ``kernel_for(plan, varying, wanted).run(drivers, reported, draws)``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from model.evaluate import Stage, calendar_values, term_of
from model.kernel_code import CALENDAR, LANES
from model.kernel_source import Source, source_of
from model.order import steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from model.build import Plan
    from model.evaluate import Array, Values

CHUNK: Final = 512


@cache
def kernel_for(plan: Plan, varying: frozenset[str], wanted: tuple[str, ...]) -> Kernel:
    return Kernel(plan, varying, wanted, source_of(plan, wanted))


@dataclass(frozen=True, eq=False)
class Kernel:
    plan: Plan
    varying: frozenset[str]
    wanted: tuple[str, ...]
    source: Source

    @cached_property
    def function(self) -> Any:
        namespace: dict[str, Any] = {"CACHE": False}
        exec(compile(self.source.text, "kernel", "exec"), namespace)
        return namespace["run"]

    @cached_property
    def given(self):
        return [Stage(step, tuple(term_of(job.formula, self.plan, job.row.vintage) for job in step.jobs)) for step in steps_of(self.source.found.given)]

    @cached_property
    def active(self):
        moving = set(self.varying)
        # what a flag computes
        out = []
        found = self.source.found
        jobs = {}
        for phase in found.jobs.values():
            for job in phase:
                jobs.setdefault(job.row.key, set()).update(used for used in __import__("model.kernel_rows").kernel_rows.used_keys(job.formula))
        changed = True
        while changed:
            new = {key for key, used in jobs.items() if key not in moving and used & moving}
            moving |= new
            changed = bool(new)
        return np.array([bool(flag & moving) for flag in self.source.flags], dtype=np.bool_)

    def run(self, drivers: Mapping[str, Array], reported: Mapping[str, Array], draws: int = 1) -> Values:
        source, layout = self.source, self.source.layout
        length = self.plan.axis.length
        start = np.full(source.size, np.nan)
        for key, row in layout.rows.items():
            if row.vintage is not None and key in layout.slots:
                at = layout.slots[key]
                start[at:at + layout.length(key)] = 0.0
        values = {**drivers, **{key: row[:, np.newaxis] for key, row in reported.items()}}
        for stage in self.given:
            for job in stage.step.jobs:
                values[job.row.key] = np.full((length, 1), np.nan)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for stage in self.given:
                stage.run(values)
                for job in stage.step.jobs:
                    at = layout.slots[job.row.key]
                    start[at:at+length] = values[job.row.key][:, 0]
        inputs, slots = [], []
        for key in source.found.drivers + source.found.reported:
            at, n = layout.slots[key], layout.length(key)
            if key in self.varying:
                full = np.broadcast_to(drivers[key], (n, draws))
                inputs.append(full)
                slots.append(np.arange(at, at + n))
            else:
                start[at:at + n] = values[key][:, 0]
        input_slots = np.concatenate(slots).astype(np.uint32) if slots else np.empty(0, np.uint32)
        s = np.repeat(start, LANES)
        w = np.empty(length * LANES)
        quarters = np.concatenate([calendar_values(what, self.plan.axis)[:, 0] for what in CALENDAR])
        out_slots, places = [], {}
        total = 0
        for key in self.wanted:
            n = layout.length(key)
            out_slots.append(np.arange(layout.slots[key], layout.slots[key] + n))
            places[key] = slice(total, total + n)
            total += n
        output_slots = np.concatenate(out_slots).astype(np.uint32)
        outputs = np.empty((total, draws))
        for done in range(0, draws, CHUNK):
            now = min(CHUNK, draws - done)
            chunk = np.concatenate([each[:, done:done + now] for each in inputs]) if inputs else np.empty((0, now))
            self.function(now, done, chunk, input_slots, self.active, done == 0, s, w, quarters, source.slots, source.numbers, outputs, output_slots)
        return {key: outputs[places[key]] for key in self.wanted}
