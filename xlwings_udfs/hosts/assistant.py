"""The functions as read-only tools of assistants that speak MCP, over stdin and stdout (extra ``mcp``).

An answer holds the result, as other hosts get it in JSON, and where it comes from: scenario, as-of, a hash of
the assumptions, version, and the formula that shows it in a cell.
"""

from __future__ import annotations

import inspect
import json
import signal
from typing import TYPE_CHECKING, Final

import anyio
import mcp_types as types
from anyio.to_thread import run_sync
from mcp.server import Server
from mcp.server.stdio import stdio_server

from model import companies
from model.errors import AmznFcfError, InputError, did_you_mean, shown
from model.language.periods import Period
from model.scenarios.files import builtin_scenarios
from model.scenarios.scenario import assumption_hash
from xlwings_udfs.cells.arguments import Cell, is_block, period_of, rows_of
from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.cells.models import scenario, scenario_name
from xlwings_udfs.cells.overrides import overrides_of
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.functions.explain import version
from xlwings_udfs.functions.value import WEIGHTED
from xlwings_udfs.hosts.answers import answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mcp.server.context import ServerRequestContext

    from xlwings_udfs.cells.descriptions import Argument, Description

_LONGEST_FORMULA: Final = 8192
_TEXT: Final = {"type": "string"}
_CELL: Final = {"anyOf": [{"type": "number"}, _TEXT, {"type": "array", "items": {}}]}
_ANSWER: Final = {
    "type": "object",
    "properties": {
        "result": {"description": "a figure or a text; a block as a list of rows, with {'error': '#N/A'}"},
        **dict.fromkeys(("scenario", "as_of", "assumptions", "version", "formula"), _TEXT),
    },
}
_ABOUT: Final = (
    "{company}: free cash flow, margins, value and turning points by scenario. Money is in USD millions, a "
    "value per share in USD, 0.1 is 10%. A range of cells is a list of rows. AMZN_SCENARIOS lists scenarios, "
    "AMZN_TABLE shows statements, AMZN_DRIVERS assumptions, AMZN_EXPLAIN how a line comes about."
)


def serve() -> None:
    """Answer the calls of one assistant until it closes stdin, or a signal ends the process."""
    for each in (signal.SIGINT, signal.SIGTERM):  # the thread that reads stdin would outlive an exception
        signal.signal(each, signal.SIG_DFL)
    anyio.run(_serve)


async def _serve() -> None:
    tools = {name: _tool(each) for name, each in described(FUNCTIONS).items()}
    one_at_a_time = anyio.CapacityLimiter(1)

    async def listed(_context: ServerRequestContext, _page: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[*tools.values()])

    async def called(
        _context: ServerRequestContext, call: types.CallToolRequestParams
    ) -> types.CallToolResult:
        return await run_sync(_answered, call.name, call.arguments or {}, limiter=one_at_a_time)

    about = _ABOUT.format(company=companies.default().title)
    server = Server(
        "amzn-fcf", version=version(), instructions=about, on_list_tools=listed, on_call_tool=called
    )
    async with stdio_server() as (ingoing, outgoing):
        await server.run(ingoing, outgoing, server.create_initialization_options())


def _tool(function: Description) -> types.Tool:
    schema = {
        "type": "object",
        "properties": {each.name: _schema(each) for each in function.arguments},
        "required": [each.name for each in function.arguments if not each.optional],
    }
    return types.Tool(
        name=function.name, description=function.text, input_schema=schema, output_schema=_ANSWER,
        annotations=types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )  # fmt: skip


def _schema(argument: Argument) -> dict[str, object]:
    taken = {**_TEXT, "enum": [*argument.words]} if argument.words else _CELL
    return {**taken, "description": argument.text}


def _answered(name: str, named: Mapping[str, Cell]) -> types.CallToolResult:
    try:
        arguments = _arguments(name, named)
        found = answer(name, arguments)
        if "error" not in found:
            content = {"result": found["value"], **_origin(name, named), "formula": _formula(name, arguments)}
            text = json.dumps(content, allow_nan=False)
            return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=content)
        message = f"{found['error']}: {found['message']}"
    except AmznFcfError as error:
        message = str(error)
    return types.CallToolResult(content=[types.TextContent(text=message)], is_error=True)


def _arguments(name: str, named: Mapping[str, Cell]) -> list[Cell]:
    """Return arguments in their order, without those left out at the end."""
    if name not in FUNCTIONS:
        raise InputError(f"unknown tool {shown(name)}{did_you_mean(name, FUNCTIONS)}")
    known = {each.name: each for each in described(FUNCTIONS)[name].arguments}
    if wrong := [each for each in named if each not in known]:
        raise InputError(f"{name} has no argument {shown(wrong[0])}{did_you_mean(wrong[0], known)}")
    for each in known.values():
        if not each.optional and named.get(each.name) is None:
            raise InputError(f"{name} needs {each.name}: {each.text}")
    given = [named.get(each) for each in known]
    while given and given[-1] is None:
        given.pop()
    return given


def _origin(name: str, named: Mapping[str, Cell]) -> dict[str, str]:
    """Return where a result comes from: one scenario with its overrides, or all that ship."""
    own = scenario(scenario_name(named.get("scenario")), overrides_of(named.get("overrides")))
    of_one = "scenario" in inspect.signature(FUNCTIONS[name]).parameters and named.get("method") != WEIGHTED
    used = [own] if of_one else [scenario(each) for each in builtin_scenarios()]
    return {
        "scenario": ", ".join(each.name for each in used),
        "as_of": str(period_of(named.get("as_of"), Period.of(own.as_of))),
        "assumptions": assumption_hash(used),
        "version": version(),
    }


def _formula(name: str, arguments: Sequence[Cell]) -> str:
    """Return the formula that gives a result in a cell, or nothing if it is too long for one."""
    text = f"={name}({','.join(map(_in_formula, arguments))})"
    return text if len(text) <= _LONGEST_FORMULA else ""


def _in_formula(value: Cell) -> str:
    """Return an argument as a formula writes it; a range is a constant of rows, without empty cells."""
    if is_block(value):
        rows = rows_of(value)
        width = max(map(len, rows), default=0)
        cells = [[_in_formula(each) or '""' for each in (*row, *[None] * (width - len(row)))] for row in rows]
        return f"{{{';'.join(map(','.join, cells))}}}"
    if isinstance(value, str):
        return '"{}"'.format(value.replace('"', '""'))
    return "" if value is None else str(value).upper()
