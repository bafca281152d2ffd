"""Errors as one line on stderr, and the exit statuses that go with them."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from typing import Final

PARTIAL: Final = 1
CANNOT_READ: Final = 2
NO_ROOT: Final = 3
INTERRUPTED: Final = 130
TERMINATED: Final = 143
_LONGEST_LINE: Final = 600
_VERY_LONG: Final = re.compile(r"(\S{60})\S{241,}")
"""A word that is longer than any name or path."""


def one_line(message: str) -> str:
    """Return a message as one line of limited length; of very long words the beginning alone."""
    text = _VERY_LONG.sub(r"\1...", " ".join(message.split()))
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]} ..."


def complain(message: str) -> None:
    """Print an error; where none can be printed, the exit status says that there was one."""
    with contextlib.suppress(OSError):
        print(f"amzn-fcf: error: {one_line(message)}", file=sys.stderr, flush=True)


def in_shell(argument: str) -> str:
    """Return an argument of a command as a user must type it: in quotes if it has blanks or the like."""
    return subprocess.list2cmdline([argument]) if os.name == "nt" else shlex.quote(argument)
