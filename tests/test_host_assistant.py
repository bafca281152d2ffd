"""The functions as tools of assistants: the SDK's own client starts ``amzn-fcf mcp`` and calls them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import anyio
import formualizer
import pytest
from calls import CALLS, Call
from commands import refused
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from office_calls import assert_same
from processes import AMZN_FCF, PATIENCE, default_interrupt
from refresh import ROOT
from scenario_files import HEAD, entry, write

from amzn_fcf import __version__
from model.errors import ERROR_VALUES
from model.scenarios.composing import load_scenario
from model.scenarios.scenario import assumption_hash
from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.cells.error_values import ErrorValue
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.headless import register

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mcp_types import CallToolResult, Tool

Named = dict[str, object]
REFUSED: list[tuple[str, Named, str]] = [
    ("AMZN_FCF", {"scenario": "bul"}, "#VALUE!: unknown scenario 'bul'; did you mean bull?"),
    ("AMZN_FCF", {"overrides": {"wacc": 0.09}}, "#VALUE!: overrides need a range of two columns"),
    ("AMZN_FCF", {"perod": 2026}, "AMZN_FCF has no argument 'perod'; did you mean period?"),
    ("AMZN_LINE", {}, "AMZN_LINE needs line: Name of a line of the model"),
    ("AMZN_LINE", {"line": None}, "AMZN_LINE needs line: Name of a line of the model"),
    ("AMZN_FFC", {}, "unknown tool 'AMZN_FFC'; did you mean AMZN_FCF"),
]


def asked(calls: Sequence[tuple[str, Named]], *options: str) -> tuple[list[Tool], list[CallToolResult]]:
    """Start the command as an assistant does; return its tools, and the answers to calls."""

    async def session() -> tuple[list[Tool], list[CallToolResult]]:
        program, *arguments = AMZN_FCF
        server = StdioServerParameters(command=program, args=[*arguments, "mcp", *options])
        async with Client(stdio_client(server)) as client:
            tools = (await client.list_tools()).tools
            return tools, [await client.call_tool(name, given) for name, given in calls]

    return anyio.run(session)


@cache
def answers() -> tuple[list[Tool], list[CallToolResult]]:
    """Return the tools, and the answers to the calls of all hosts and to those that are refused."""
    calls: list[tuple[str, Named]] = []
    for call in CALLS:
        names = [each.name for each in described(FUNCTIONS)[call.name].arguments]
        calls.append((call.name, dict(zip(names, call.arguments, strict=False))))
    return asked([*calls, *((name, given) for name, given, _ in REFUSED)])


def text_of(answer: CallToolResult) -> str:
    (content,) = answer.content
    assert content.type == "text"
    return content.text


def as_json(value: object) -> object:
    """Return a value of Python as an answer holds it."""
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return {"error": str(value)} if isinstance(value, ErrorValue) else value


def test_every_function_is_a_tool_that_only_reads() -> None:
    tools, _ = answers()
    for tool, function in zip(tools, described(FUNCTIONS).values(), strict=True):
        assert (tool.name, tool.description) == (function.name, function.text)
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        arguments = tool.input_schema["properties"]
        assert {name: each["description"] for name, each in arguments.items()} == {
            each.name: each.text for each in function.arguments
        }
        assert tool.input_schema["required"] == [
            each.name for each in function.arguments if not each.optional
        ]
    values = next(tool for tool in tools if tool.name == "AMZN_VALUE").input_schema["properties"]["method"]
    assert values["enum"][:2] == ["dcf", "exit_multiple"]


@pytest.mark.parametrize(("place", "call"), list(enumerate(CALLS)), ids=str)
def test_every_call_gives_what_it_gives_in_python(place: int, call: Call) -> None:
    answer, expected = answers()[1][place], call.in_python()
    assert answer.is_error == isinstance(expected, ErrorValue)
    if isinstance(expected, ErrorValue):
        assert text_of(answer).startswith(f"{expected}: ")
        return
    assert_same(answer.structured_content["result"], as_json(expected), str(call))
    assert json.loads(text_of(answer)) == answer.structured_content
    assert answer.structured_content["version"] == __version__


def test_the_formula_of_an_answer_gives_it_in_a_cell() -> None:
    book = formualizer.Workbook()
    register(book)
    shown = [each.structured_content for each in answers()[1] if not each.is_error]
    for place, content in enumerate(shown):
        book.add_sheet(f"S{place}")
        book.sheet(f"S{place}").set_formula(1, 1, content["formula"])
    book.evaluate_all()
    for place, content in enumerate(shown):
        result = content["result"]
        first = result[0][0] if isinstance(result, list) else result
        found = book.get_value(f"S{place}", 1, 1)
        if isinstance(first, dict):
            assert found == {"type": "Error", "kind": ERROR_VALUES[first["error"]]}, content["formula"]
        else:
            assert_same(found, "" if first is None else first, content["formula"])


@pytest.mark.parametrize(("place", "case"), list(enumerate(REFUSED)), ids=str)
def test_an_error_is_an_error_with_its_message(place: int, case: tuple[str, Named, str]) -> None:
    answer = answers()[1][len(CALLS) + place]
    assert answer.is_error
    assert text_of(answer).startswith(case[2])


def test_an_answer_says_where_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    write(tmp_path / "scenarios", HEAD + entry(values="{ 2027 = 0.2 }"))
    calls: list[tuple[str, Named]] = [
        ("AMZN_FCF", {"period": 2027, "scenario": "mine"}),
        ("AMZN_FCF", {"period": 2027, "overrides": [["driver", 2027], ["aws_growth", 0.2]]}),
        ("AMZN_FCF", {"period": 2027}),
        ("AMZN_CLAIMS", {"as_of": "2025Q3"}),
        ("AMZN_VALUE", {"method": "weighted", "scenario": "bear"}),
        ("AMZN_TABLE", {"frequency": "quarterly"}),
        ("AMZN_FCF", {"overrides": [["wacc", 0.08]] + [["", ""]] * 2000}),
    ]
    _, found = asked(calls, "--data", str(tmp_path))
    mine, overridden, base, claims, weighted, table, long = (each.structured_content for each in found)
    assert (mine["scenario"], mine["as_of"]) == ("mine", "2026Q2")
    assert mine["result"] == overridden["result"] != base["result"]
    assert overridden["formula"] == '=AMZN_FCF(2027,,,{"driver",2027;"aws_growth",0.2})'
    assert base["assumptions"] == assumption_hash([load_scenario("base")]) != overridden["assumptions"]
    assert claims["as_of"] == "2025Q3"
    assert set(weighted["scenario"].split(", ")) == {"article", "base", "bull", "bear", "trend", "mine"}
    assert len(table["result"][0]) == 2 + 56  # line, unit, quarters
    assert not long["formula"]


def test_the_page_shows_an_answer_as_it_is() -> None:
    page = (ROOT / "docs" / "how-to" / "agents.md").read_text("utf-8")
    settings, shown = map(json.loads, re.findall(r"^```json\n(.*?)^```", page, re.DOTALL | re.MULTILINE))
    (server,) = settings["mcpServers"].values()
    _, (answer,) = asked([("AMZN_FCF", {"period": 2026, "scenario": "bull"})])
    assert (server["command"], server["args"]) == ("amzn-fcf", ["mcp"])
    assert shown == answer.structured_content


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert 'pip install "amzn-fcf[mcp]"' in refused("mcp")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_it_waits(number: signal.Signals) -> None:
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "me", "version": "1"},
    }
    line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    command, pipe = [*AMZN_FCF, "mcp"], subprocess.PIPE
    with default_interrupt(), subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "amzn-fcf"
        process.send_signal(number)
        assert process.wait(PATIENCE) == -number
