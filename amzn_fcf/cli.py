"""The command line ``amzn-fcf``: runs one command and prints errors as one line."""

from __future__ import annotations

import argparse
import io
import os
import re
import signal
import sys
import threading
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from amzn_fcf import __version__
from amzn_fcf.commands import COMMANDS
from amzn_fcf.commands.options import DATA
from amzn_fcf.text.errors import CANNOT_READ, INTERRUPTED, NO_ROOT, TERMINATED, complain, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

_STDERR: Final = 2
_CHOICE: Final = re.compile(r"(.*: invalid choice: '(.*)') \(choose from (.*)\)", re.DOTALL)
_CHOSEN: Final = re.compile(r"[\w.-]+")
_PARTS: Final = ("SUMMARY", "EXAMPLE", "OPTIONS", "run")


class _Terminated(KeyboardInterrupt):
    """The signal SIGTERM, which ``kill`` and ``timeout`` send."""


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """Let SIGTERM end a command as Ctrl-C does: worker processes end, and leave nothing behind."""
    by_default = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not by_default or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one does not disturb the end
        raise _Terminated

    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@_termination_as_interrupt()
def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 done; 1 errors found (``validate``) or a workbook that does not match the model; 2 bad input;
        3 no root (``solve``); 130 interrupted; 143 terminated.
    """
    _open_missing_streams()
    try:
        given = sys.argv[1:] if argv is None else argv
        if any("\0" in each for each in given):
            complain("an argument holds a zero byte, which no name can")
            return CANNOT_READ
        arguments = _parser().parse_args(given)
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # if a terminal lacks a character, its code
        with _data_of(arguments):
            status = int(arguments.run(arguments))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        _discard_output()
        return 0
    except _Terminated:
        print("amzn-fcf: terminated; files already written are complete", file=sys.stderr)
        return TERMINATED
    except KeyboardInterrupt:
        print("amzn-fcf: interrupted; files already written are complete", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        from model.errors import AmznFcfError, NoRootError  # noqa: PLC0415  # --help is fast

        if isinstance(error, OSError) and error.filename is not None:
            error = AmznFcfError(f"{error.filename}: cannot be read or written: {error.strerror}")
        elif isinstance(error, OSError):
            error = AmznFcfError(f"the output cannot be written: {error.strerror or error}")
            _discard_output()
        if not isinstance(error, AmznFcfError):
            raise
        complain(str(error))
        return NO_ROOT if isinstance(error, NoRootError) else CANNOT_READ
    return status


@contextmanager
def _data_of(arguments: argparse.Namespace) -> Iterator[None]:
    """Lay the user's own data over those that ship, if there is a folder of them."""
    from model import companies  # noqa: PLC0415  # --help is fast
    from model.data_folder import VARIABLE, read_folder  # noqa: PLC0415
    from model.errors import InputError  # noqa: PLC0415

    if arguments.data == "":
        raise InputError("--data needs the name of a folder")
    folder = arguments.data or os.environ.get(VARIABLE)
    if not folder:
        yield
        return
    own = read_folder(folder, may_be_new=arguments.makes_data)
    with companies.using(companies.laid_over(companies.default(ships=True), own)):
        yield


def _open_missing_streams() -> None:
    """Give a process without stdin, stdout or stderr an empty one: services, pythonw, ``2>&-``.

    Python has None for such a stream, and the next file that is opened would get its number.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        pass
    os.close(descriptor)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # until the end


def _discard_output() -> None:
    """Send the rest of the output nowhere, so that flushing it at exit cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _with_near_choice(message: str) -> str:
    """Return a message of argparse about a wrong choice with the nearest ones, if there are any."""
    from model.errors import did_you_mean  # noqa: PLC0415  # --help is fast

    if found := _CHOICE.fullmatch(message):
        said, wrong, choices = found.groups()
        return said + (did_you_mean(wrong, _CHOSEN.findall(choices)) or f"; choose from {choices}")
    return message


def _what_to_write(given: str) -> str:
    """Return how to give what was given without the name of its option."""
    from model.scenarios.files import builtin_scenarios  # noqa: PLC0415  # only where something is wrong

    if given.endswith(".toml") or re.split(r"[+@]", given)[0] in builtin_scenarios():
        return f"a scenario is given as --scenario {given}"
    return "put a value with blanks in quotes, such as 'TTM 2026Q3'"


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong with the arguments and where to find help; exit with status 2."""
        if re.match(r"unrecognized arguments: -[.\d]", message):
            message += ": put values that begin below 0 in quotes, such as --x 'aws_growth add -0.05:0.05:3'"
        elif message.startswith("unrecognized arguments") and " -" not in message:
            message += f": {_what_to_write(message.partition(': ')[2])}"
        complain(f"{one_line(_with_near_choice(message))}; see {self.prog} --help")
        sys.exit(CANNOT_READ)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="amzn-fcf",
        description="Amazon's free cash flow, margins and turning point, as live workbooks and as text.",
        epilog="example: amzn-fcf show free_cash_flow --scenario base --period annual",
    )
    parser.add_argument("--version", action="version", version=f"amzn-fcf {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = import_module(f"amzn_fcf.commands.{name}")
        missing = [part for part in _PARTS if not hasattr(module, part)]
        if missing:
            from model.errors import AmznFcfError  # noqa: PLC0415  # as above

            lacking = ", ".join(missing)
            raise AmznFcfError(f"amzn_fcf/commands/{name}.py lacks {lacking}: see amzn_fcf/commands")
        text, example = module.SUMMARY, f"example: {module.EXAMPLE}"
        sentence = f"{text[:1].upper()}{text[1:]}."
        command = commands.add_parser(name, help=text, description=sentence, epilog=example)
        for argument, keywords in (*module.OPTIONS, DATA):
            command.add_argument(argument, **keywords)
        command.set_defaults(run=module.run, makes_data=getattr(module, "MAKES_DATA", False))
    return parser
