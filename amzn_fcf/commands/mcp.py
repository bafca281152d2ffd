"""``amzn-fcf mcp``: the functions of cells as tools of an assistant that speaks MCP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from amzn_fcf.commands.options import Arguments

SUMMARY: Final = "answer an assistant that speaks MCP: the functions of cells as tools, over stdin and stdout"
EXAMPLE: Final = "amzn-fcf mcp --data my-data"
OPTIONS: Final = ()


def run(arguments: Arguments) -> int:  # noqa: ARG001  # every command takes them
    import sys
    from importlib.util import find_spec

    from model.errors import EngineError

    if find_spec("mcp") is None:
        raise EngineError('assistants need the extra "mcp": pip install "amzn-fcf[mcp]"')
    from xlwings_udfs.hosts.assistant import serve

    if sys.stdin.isatty():
        print("amzn-fcf: waiting for an assistant, whose settings start this command", file=sys.stderr)
    serve()
    return 0
