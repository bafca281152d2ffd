"""The command line ``amzn-fcf``: arguments in, exit status out, errors as one line on stderr."""

from __future__ import annotations

import argparse
import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

from amzn_fcf import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

CANNOT_READ: Final = 2
NO_ROOT: Final = 3
INTERRUPTED: Final = 130
_LONGEST_LINE: Final = 600
_HOSTS: Final = ("desktop", "server", "lite", "calc")
_SAMPLINGS: Final = ("latin_hypercube", "sobol", "plain")
_COMPUTED_BY: Final = ("auto", "kernel", "numpy")
_ENGINES: Final = ("formualizer", "ironcalc", "libreoffice")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 done; 1 findings (``validate``) or a result that does not prove; 2 bad input; 3 no root (``solve``);
        130 interrupted.
    """
    arguments = _parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a character shows its code
    try:
        command = import_module(f"amzn_fcf.commands.{arguments.command}")
        status = int(command.run(arguments))
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("amzn-fcf: interrupted; files written so far are whole", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        from model.errors import AmznFcfError, NoRootError  # noqa: PLC0415  # the model is loaded by commands, not by --help

        if isinstance(error, OSError):
            error = AmznFcfError(f"the output cannot be written: {error.strerror}")
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, AmznFcfError):
            raise
        print(f"amzn-fcf: error: {one_line(str(error))}", file=sys.stderr)
        return NO_ROOT if isinstance(error, NoRootError) else CANNOT_READ
    return status


def one_line(message: str) -> str:
    """Return a message as one line of bearable length."""
    text = " ".join(message.split())
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]} ..."


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the arguments and where to find help; exit with status 2."""
        print(f"amzn-fcf: error: {one_line(message)}; see {self.prog} --help", file=sys.stderr)
        sys.exit(CANNOT_READ)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="amzn-fcf",
        description="Amazon's free cash flow, margins and their turning point, as live Excel workbooks and on the command line.",
        epilog="example: amzn-fcf show free_cash_flow --scenario base --period annual",
    )
    parser.add_argument("--version", action="version", version=f"amzn-fcf {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_build(commands)
    _add_show(commands)
    _add_value(commands)
    _add_solve(commands)
    _add_tornado(commands)
    _add_grid(commands)
    _add_claims(commands)
    _add_backtest(commands)
    _add_simulate(commands)
    _add_validate(commands)
    _add_read(commands)
    _add_template(commands)
    return parser


def _add(
    commands: argparse._SubParsersAction[_Parser], name: str, summary: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=summary, description=f"{summary[:1].upper()}{summary[1:]}.", epilog=f"example: {example}"
    )


def _add_scenario(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--scenario", action="append", metavar="NAME",
        help=f"a scenario, overlays joined by + (base+power_delay), or the path of a .toml file; may be repeated; default: {default}",
    )  # fmt: skip
    _add_as_of(parser)


def _add_as_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as-of", metavar="QUARTER", help="last quarter taken as reported, instead of the scenario's own"
    )


def _add_build(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "build", "build, calculate and validate scenario workbooks",
        "amzn-fcf build --scenario base --scenario base+power_delay --out out",
    )  # fmt: skip
    parser.add_argument(
        "--scenario", action="extend", nargs="+", metavar="NAME",
        help="scenarios, overlays joined by + (base+power_delay), paths of .toml files, or folders of them; "
        "default: all that ship, and base with each overlay",
    )  # fmt: skip
    _add_as_of(parser)
    parser.add_argument("--out", default="out", metavar="DIR", help="folder for the workbooks; default: out")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="how many processes build at once; default: one a core"
    )
    _add_scheduler(parser, "build")
    parser.add_argument(
        "--force",
        action="store_true",
        help="build all, and replace workbooks that were changed since they were built",
    )


def _add_scheduler(parser: argparse.ArgumentParser, verb: str) -> None:
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help=f"{verb} on a Dask cluster, such as tcp://127.0.0.1:8786 (extra cluster)",
    )


def _add_show(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands,
        "show",
        "show lines of the model",
        "amzn-fcf show free_cash_flow aws_margin --period 'TTM 2026Q3' --format json",
    )
    parser.add_argument("line", nargs="*", metavar="LINE", help="names of lines; none: list all of them")
    _add_scenario(parser, "base")
    parser.add_argument(
        "--period",
        default="annual",
        metavar="PERIOD",
        help="annual, quarterly, ttm, 2026, 2026Q3 or 'TTM 2026Q3'; default: annual",
    )
    _add_format(parser)


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="default: text")


def _add_value(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "value", "value the share by every method, and show what the value rests on",
        "amzn-fcf value --scenario base --scenario base+price_war",
    )  # fmt: skip
    _add_scenario(parser, "all that ship, and their weighted value")
    _add_format(parser)


def _add_solve(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "solve", "find the value of a driver at which a method of valuation gives a price",
        "amzn-fcf solve wacc --price 234.75 --scenario article",
    )  # fmt: skip
    parser.add_argument(
        "driver", metavar="DRIVER",
        help="a driver, or growth (AWS), margin (AWS cash cost), capex or inflection (both the scale of capital expenditure)",
    )  # fmt: skip
    parser.add_argument(
        "--price", type=float, metavar="USD", help="value per share to reach; default: the scenario's price"
    )
    parser.add_argument(
        "--method",
        default="dcf",
        metavar="METHOD",
        help="dcf, exit_multiple, sotp, price_to_sales or net_margin; default: dcf",
    )
    parser.add_argument(
        "--scenario", default="base", metavar="NAME", help="a scenario, overlays joined by +; default: base"
    )
    _add_as_of(parser)
    parser.add_argument(
        "--between",
        type=float,
        nargs=2,
        metavar=("A", "B"),
        help="where to look; default: the driver's allowed range",
    )
    parser.add_argument(
        "--shift",
        action="store_true",
        help="add the same to the driver in all years ahead, instead of one value for all",
    )
    _add_format(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "output", nargs="+", metavar="OUTPUT",
        help="a line of the model, with a period where it varies with time: free_cash_flow 2027, value_per_share[dcf,mid], positive",
    )  # fmt: skip
    parser.add_argument(
        "--scenario", default="base", metavar="NAME", help="a scenario, overlays joined by +; default: base"
    )
    parser.add_argument(
        "--as-of", metavar="QUARTER", help="last quarter taken as reported, instead of the scenario's own"
    )
    parser.add_argument("--plot", metavar="FILE.png", help="draw it, too (needs matplotlib)")


def _add_tornado(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "tornado", "move one driver at a time, down and up, and show what a figure does",
        "amzn-fcf tornado free_cash_flow 2027 --swing 0.1 --plot tornado.png",
    )  # fmt: skip
    _add_output(parser)
    parser.add_argument(
        "--swing",
        type=float,
        default=0.1,
        metavar="SHARE",
        help="share of its values ahead; default: 0.1 (10 %%)",
    )
    parser.add_argument(
        "--driver",
        action="append",
        metavar="NAME",
        help="move this driver; may be repeated; default: all drivers",
    )
    parser.add_argument("--top", type=int, default=15, metavar="N", help="rows of the table; default: 15")
    _add_format(parser)


def _add_grid(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "grid", "compute a figure over two drivers",
        "amzn-fcf grid value_per_share[dcf,mid] --x wacc 0.08:0.1:5 --y aws_growth add -0.05 0 0.05 --break-even price",
    )  # fmt: skip
    _add_output(parser)
    for name in ("x", "y"):
        parser.add_argument(
            f"--{name}", nargs="+", required=True, metavar="WORD",
            help="a driver and its values ahead (0.08 0.09, or first:last:count); add or scale before them changes the scenario's own; "
            "quote it all when a range begins below 0: 'aws_growth add -0.1:0.1:5'",
        )  # fmt: skip
    parser.add_argument(
        "--break-even",
        metavar="TARGET",
        help="for each x, find the y at which the output is this number, or price",
    )
    _add_format(parser)


def _add_claims(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands,
        "claims",
        "show the article's claims and what became of them",
        "amzn-fcf claims --as-of 2026Q2",
    )
    parser.add_argument(
        "--as-of",
        metavar="QUARTER",
        help="judge by what was known when this quarter was reported; default: the latest",
    )
    _add_format(parser)


def _add_backtest(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "backtest", "compare forecasts made with what was known at each as-of with what was reported",
        "amzn-fcf backtest --format csv",
    )  # fmt: skip
    _add_format(parser)


def _add_simulate(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "simulate", "simulate a scenario: the distribution of free cash flow, of the quarter in which it turns, and of value",
        "amzn-fcf simulate --scenario base --draws 100000 --seed 1 --plot base.png",
    )  # fmt: skip
    parser.add_argument(
        "--scenario", default="base", metavar="NAME", help="a scenario, overlays joined by +; default: base"
    )
    parser.add_argument(
        "--as-of", metavar="QUARTER", help="last quarter taken as reported, instead of the scenario's own"
    )
    parser.add_argument("--draws", type=int, default=100_000, metavar="N", help="default: 100000")
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="the same seed gives the same result; default: 1"
    )
    parser.add_argument(
        "--sampling", choices=_SAMPLINGS, default=_SAMPLINGS[0], help=f"default: {_SAMPLINGS[0]}"
    )
    parser.add_argument(
        "--output", action="append", metavar="FIGURE",
        help="a further figure, such as 'aws_margin 2028' or terminal_share; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--uncertainty",
        metavar="FILE",
        help="distributions and correlations as .toml; default: those that ship",
    )
    parser.add_argument(
        "--engine",
        choices=_COMPUTED_BY,
        default="auto",
        help="auto: the kernel (extra fast), numpy where it is missing",
    )
    parser.add_argument("--workers", type=int, metavar="N", help="on this machine; default: one a core")
    _add_scheduler(parser, "compute")
    parser.add_argument("--plot", metavar="FILE", help="write a picture (.png), too (extra plot)")
    _add_format(parser)


def _add_validate(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "validate", "check workbooks: ours against the model, cell by cell; any other by what an auditor looks for",
        "amzn-fcf validate out/*.xlsx --engine formualizer --engine ironcalc; exit status: 0 no errors, 1 errors, 2 a file cannot be read",
    )  # fmt: skip
    parser.add_argument("file", nargs="*", metavar="FILE", help="workbooks: .xlsx or .xlsm")
    parser.add_argument(
        "--engine", action="append", choices=_ENGINES, help="engines to calculate with; default: formualizer"
    )
    parser.add_argument(
        "--rule", action="append", metavar="NAME", help="apply this rule or group only; may be repeated"
    )
    parser.add_argument(
        "--skip", action="append", metavar="NAME", help="leave out this rule or group; may be repeated"
    )
    parser.add_argument("--strict", action="store_true", help="exit status 1 for warnings too")
    parser.add_argument(
        "--list-rules", action="store_true", help="list the rules, with severity and what they look for"
    )
    parser.add_argument("--format", choices=("text", "json", "junit"), default="text", help="default: text")


def _add_read(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "read", "read the drivers that were changed by hand in a workbook into a scenario file",
        "amzn-fcf read out/amzn-fcf_base.xlsx --out mine.toml",
    )  # fmt: skip
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a workbook written by amzn-fcf build; the scenario that it has selected is read",
    )
    parser.add_argument("--out", metavar="FILE.toml", help="the scenario file; default: print it")
    parser.add_argument(
        "--name", metavar="NAME", help="name of the scenario; default: that of the file, without its ending"
    )
    parser.add_argument("--force", action="store_true", help="replace the scenario file if it is there")


def _add_template(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _add(
        commands, "template", "write what a host needs to call the functions in cells, such as =AMZN_FCF(2026)",
        "amzn-fcf template --host desktop --out functions",
    )  # fmt: skip
    parser.add_argument(
        "--host",
        required=True,
        choices=_HOSTS,
        help="Excel on Windows, xlwings Server, xlwings Lite, or LibreOffice Calc",
    )
    parser.add_argument(
        "--scenario",
        default="base",
        metavar="NAME",
        help="scenario of the workbook that comes with it; default: base",
    )
    parser.add_argument(
        "--out", default="functions", metavar="DIR", help="folder for the files; default: functions"
    )


if __name__ == "__main__":
    sys.exit(main())
