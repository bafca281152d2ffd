"""The text of a kernel: functions that compute its parts for a few draws, and one that runs them for all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from model.backends.kernel.expressions import LANES, Code, Layout
from model.backends.kernel.loops import Part, Parts, is_long_sum, parts_of
from model.backends.kernel.rewriting import KernelRows, rows_for
from model.errors import DeclarationError
from model.language import nodes
from model.plan.plan import Plan, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from model.language.nodes import Expr
    from model.plan.schedule import Task

LINES_A_FUNCTION: Final = 100
"""Parts are gathered in functions of about this length: compile time grows faster than the length."""
_LANE_LOOP: Final = f"for j in range({LANES}):"
_SMALL_LOOP: Final = "for j in range(lanes):"
"""For small bodies: given a constant, LLVM would unroll the loop before it could vectorise it."""
_ARGUMENTS: Final = "s, w, quarters, slots, numbers, active, lanes, fresh"
_HEAD: Final = '''"""Written for numba by model/backends/kernel/program.py from the lines of the model."""

from numba import njit
from numba.core.compiler import Compiler

NAN = float("nan")


class Apart(Compiler):
    """Tells LLVM that arrays do not overlap, without which it cannot use vectors."""

    def define_pipelines(self):
        self.state.flags.noalias = True
        return super().define_pipelines()
'''
_PART: Final = f"""
@njit(nogil=True, error_model="numpy", pipeline_class=Apart, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def {{name}}({_ARGUMENTS}):
{{body}}
"""
_RUN: Final = f'''
@njit(
    "void(i8, i8, f8[:, ::1], u4[::1], f8[:, ::1], u4[::1],"
    " f8[::1], f8[::1], f8[::1], u4[::1], f8[::1], b1[::1], i8, b1)",
    nogil=True, error_model="numpy", pipeline_class=Apart, no_cfunc_wrapper=True, cache=CACHE,
)
def run(draws, done, inputs, input_slots, outputs, output_slots, {_ARGUMENTS}):
    """Compute ``draws`` draws, {LANES} at a time, and write them from column ``done`` on."""
    for begin in range(0, draws, {LANES}):
        for i in range(input_slots.size):
            to = int(input_slots[i])
            {_LANE_LOOP}
                s[to + j] = inputs[i, min(begin + j, draws - 1)]
{{calls}}
        fresh = False
        for i in range(output_slots.size):
            at = int(output_slots[i])
            for j in range(min({LANES}, draws - begin)):
                outputs[i, done + begin + j] = s[at + j]
'''


@dataclass(frozen=True, eq=False)
class Source:
    """A kernel's text, and the tables that it reads.

    ``size``: number of slots; ``width``: slots of working memory; ``flags``: for each flag, the rows that the
    work under it reads; ``slots`` and ``numbers``: addresses and other parameters of rows that share a loop.
    """

    text: str
    layout: Layout
    work: KernelRows
    size: int
    width: int
    flags: tuple[frozenset[str], ...]
    slots: NDArray[np.uint32]
    numbers: NDArray[np.float64]


@lru_cache(maxsize=16)
def source_of(plan: Plan, wanted: tuple[str, ...], *, history: bool) -> Source:
    """Write the kernel for the ``wanted`` rows of a plan."""
    work = rows_for(plan, wanted, history=history)
    parts = parts_of(work, wanted)
    slots: dict[str, int] = {}
    size = 0
    # rows of one slot come first, so that a lag never leads before the first slot
    for key, row in sorted(work.rows.items(), key=lambda item: item[1].timed):
        if key not in parts.added:
            slots[key] = size
            size += plan.axis.length if row.timed else 1
    layout = Layout(slots, work.rows, plan.axis)
    writer = _Writer(layout, parts)
    for part in parts.parts:
        writer.write(part)
    return Source(
        writer.text(), layout, work, size, writer.width, tuple(writer.flags),
        np.array(writer.slots, dtype=np.uint32), np.array(writer.numbers, dtype=np.float64),
    )  # fmt: skip


@dataclass
class _Shape:
    """Tasks whose formulas have the same text but for their parameters."""

    code: Code
    value: str
    tasks: list[Task] = field(default_factory=list)
    parameters: list[list[int | float]] = field(default_factory=list)

    @property
    def comment(self) -> str:
        return f"# {self.tasks[0].row.declared.name}: {len(self.tasks)} rows"


@dataclass
class _Writer:
    layout: Layout
    parts: Parts
    width: int = 1
    bodies: list[list[str]] = field(default_factory=lambda: [[]])
    flags: list[frozenset[str]] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)

    def write(self, part: Part) -> None:
        """Write a part, into the current function or, if that is long, the next one."""
        write = {"fused": self._fused, "alike": self._alike, "sums": self._sums, "whole": self._whole}[
            part.kind
        ]
        lines = write(part)
        if self.bodies[-1] and len(self.bodies[-1]) + len(lines) > LINES_A_FUNCTION:
            self.bodies.append([])
        self.bodies[-1] += lines

    def text(self) -> str:
        functions = [
            _PART.format(name=f"part_{number}", body="\n".join(_indented(body or ["pass"])))
            for number, body in enumerate(self.bodies)
        ]
        calls = [f"part_{number}({_ARGUMENTS})" for number in range(len(functions))]
        return "\n".join([_HEAD, *functions, _RUN.format(calls="\n".join(_indented(calls, 2)))])

    def _flag(self, tasks: Sequence[Task]) -> str:
        """Return the condition for tasks: the first draws, or later ones if a row that they read changes."""
        self.flags.append(frozenset(key for task in tasks for key in self.parts.inputs(task)))
        return f"if fresh or active[{len(self.flags) - 1}]:"

    def _fused(self, part: Part) -> list[str]:
        lines = []
        for tasks in part.loops():
            loop = _SMALL_LOOP if part.phase == "result" else _LANE_LOOP
            lines += [self._flag(tasks), *_indented([loop, *_indented(self._together(tasks, part))])]
        return (
            [f"for t in range({part.first}, {part.last}):", *_indented(lines)]
            if part.timed
            else ["t = 0", *lines]
        )

    def _together(self, tasks: Sequence[Task], part: Part) -> list[str]:
        known: dict[str, str] = {}
        lines = [f"n = t * {LANES} + j"] if part.timed else ["n = j"]
        for number, task in enumerate(tasks):
            code = Code(self.layout, f"x{number}", task.row.vintage, part.phase == "history", known)
            value = code.filled(code.value(task.formula))
            name = f"y{number}"
            lines += [f"# {task.row.key}", *map(code.filled, code.lines), f"{name} = {value}"]
            if task.row.key in self.parts.kept:
                lines.append(f"{code.filled(code.at(task.row.key))} = {name}")
            known[task.row.key] = name
        return lines

    def _alike(self, part: Part) -> list[str]:
        """Write rows of one shape as one loop over a table.

        LLVM cannot tell that a row's slots differ from those it reads, so results go to working memory first.
        """
        lines = []
        for shape in self._shapes(part.tasks, part):
            to = [self.layout.slots[task.row.key] * LANES for task in shape.tasks]
            head, names = self._table(shape, part, to)
            body = [
                _SMALL_LOOP,
                *_indented(self._lane(shape, names, part, "w[j] =")),
                _SMALL_LOOP,
                f"    s[t * {LANES} + j + to] = w[j]",
            ]
            looped = ["for t in range(begin, end):", *_indented(body)] if part.timed else ["t = 0", *body]
            lines += [self._flag(shape.tasks), *_indented([shape.comment, *head, *_indented(looped)])]
        return lines

    def _sums(self, part: Part) -> list[str]:
        """Write long sums over time, row after row as numpy adds; rows without slots are computed here."""
        length = self.layout.axis.length
        self.width = max(self.width, len(part.tasks) * length)
        sums = [number * length * LANES for number in range(len(part.tasks))]  # addresses in working memory
        lines = [f"for n in range({len(sums) * length * LANES}):", "    w[n] = 0.0"]
        added, address = [], {}
        for task, to in zip(part.tasks, sums, strict=True):
            for term in self._terms(task, part):
                added.append(term)
                address[id(term)] = to
        for shape in self._shapes(added, part):
            head, names = self._table(shape, part, [address[id(term)] for term in shape.tasks])
            body = [_LANE_LOOP, *_indented(self._lane(shape, names, part, "w[n + to] +="))]
            lines += [shape.comment, *head, *_indented(["for t in range(begin, end):", *_indented(body)])]
        for task, to in zip(part.tasks, sums, strict=True):
            lines.append(f"# {task.row.key}")
            lines.append(f"for n in range({part.first * LANES}, {part.last * LANES}):")
            lines.append(f"    s[n + {self.layout.slots[task.row.key] * LANES}] = w[n + {to}]")
        return [self._flag(part.tasks), *_indented(lines)]

    def _terms(self, task: Task, part: Part) -> Iterator[Task]:
        """Yield a task for each term of a long sum: the term's own, or one that reads it from its slots."""
        for ref in cast("nodes.Sum", task.formula).refs:
            term = self.parts.added.get(key_of(ref)) or replace(task, formula=ref)
            first, last = max(term.first, part.first), min(term.last, part.last)
            if first < last:
                yield replace(term, first=first, last=last)

    def _lane(self, shape: _Shape, names: dict[int, str], part: Part, target: str) -> list[str]:
        """Write what one lane computes in a loop over a table."""
        lines = [*shape.code.lines, f"{target} {shape.value}"]
        return [
            f"n = t * {LANES} + j" if part.timed else "n = j",
            *(shape.code.filled(each, names.__getitem__) for each in lines),
        ]

    def _shapes(self, tasks: Sequence[Task], part: Part) -> list[_Shape]:
        shapes: dict[str, _Shape] = {}
        for task in tasks:
            code = Code(self.layout, "x", task.row.vintage, part.phase == "history")
            value = code.value(task.formula)
            shape = shapes.setdefault("\n".join((*code.lines, value)), _Shape(code, value))
            shape.tasks.append(task)
            shape.parameters.append(code.parameters)
        return list(shapes.values())

    def _table(self, shape: _Shape, part: Part, to: list[int]) -> tuple[list[str], dict[int, str]]:
        """Write the head of the loop over rows of one shape; return a name or number for each parameter."""
        columns: dict[str, list[int | float]] = {"to": [*to]}
        if part.timed:
            columns["begin"] = [task.first for task in shape.tasks]
            columns["end"] = [task.last for task in shape.tasks]
        names: dict[int, str] = {}
        for number, values in enumerate(zip(*shape.parameters, strict=True)):
            column = list(values)
            if len(set(column)) == 1:  # the same in all rows: written as a number
                names[number] = repr(column[0])
                continue
            equal = [name for name, other in columns.items() if _are_equal(column, other)]
            names[number] = equal[0] if equal else f"p{number}"
            columns[names[number]] = column
        lines = [f"for i in range({len(shape.tasks)}):"]
        for name, column in columns.items():
            if isinstance(column[0], float):
                lines.append(f"    {name} = numbers[{len(self.numbers)} + i]")
                self.numbers += column
            else:
                lines.append(f"    {name} = int(slots[{len(self.slots)} + i])")
                self.slots += map(int, column)
        return lines, names

    def _whole(self, part: Part) -> list[str]:
        """Write a loop over the whole axis, or a long sum of single values."""
        (task,) = part.tasks
        code = Code(self.layout, "x")
        formula = task.formula
        if is_long_sum(formula):
            keys = map(key_of, cast("nodes.Sum", formula).refs)
            added = [f"w[j] += {code.filled(code.fixed(key, 0))}" for key in keys]
            lines = [_LANE_LOOP, "    w[j] = 0.0", *_indented(added)]
        else:
            lines = self._look(formula, code)
        write = [_LANE_LOOP, f"    {code.filled(code.fixed(task.row.key, 0))} = w[j]"]
        return [self._flag([task]), *_indented([f"# {task.row.key}", *lines, *write])]

    def _look(self, formula: Expr, code: Code) -> list[str]:
        """Write a loop over the whole axis that leaves its result in ``w``."""
        if not isinstance(formula, (nodes.Reduction, nodes.PositionOf, nodes.CountBeyond)):
            raise DeclarationError(f"{type(formula).__name__} does not look over the whole axis")
        key = key_of(formula.ref)
        row = self.layout.rows[key]
        begin, end = (row.start, row.stop) if row.timed else (0, 1)
        here = code.filled(f"s[t * {LANES} + j + {self.layout.slots[key] * LANES}]")
        loop = f"for t in range({begin}, {end}):"
        match formula:
            case nodes.Reduction("sum"):
                start, update = "0.0", [f"w[j] += {here}"]
            case nodes.Reduction(function):
                sign = "<" if function == "lowest" else ">"
                start, loop = code.filled(code.fixed(key, begin)), f"for t in range({begin + 1}, {end}):"
                update = [f"x = {here}", f"w[j] = x if (x {sign} w[j]) | (x != x) else w[j]"]
            case nodes.PositionOf(sought):  # from the end, so that the first one stays
                start, loop = "NAN", f"for t in range({self.layout.length(key) - 1}, -1, -1):"
                update = [f"w[j] = t + 1.0 if {here} == {code.filled(code.value(sought))} else w[j]"]
            case nodes.CountBeyond(_, tolerance):
                start = "0.0"
                update = [
                    f"x = abs({here})", f"limit = {code.filled(code.value(tolerance))}",
                    "w[j] += (NAN if x != x else (NAN if limit != limit else (1.0 if x > limit else 0.0)))",
                ]  # fmt: skip
        return [_LANE_LOOP, f"    w[j] = {start}", loop, *_indented([_LANE_LOOP, *_indented(update)])]


def _are_equal(one: list[int | float], other: list[int | float]) -> bool:
    return one == other and type(one[0]) is type(other[0])


def _indented(lines: Sequence[str], levels: int = 1) -> list[str]:
    return ["    " * levels + line for line in lines]
