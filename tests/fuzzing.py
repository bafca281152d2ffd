"""Odd inputs made at random from real ones, and what may come of them: a result, or an error of one line.

``make fuzz`` runs this as a program, for longer than the suite does, and prints what it counted: for each
fault the kind, the seed and what happened. Its status is 1 if there are any.
"""

from __future__ import annotations

import argparse
import inspect
import math
import os
import random
import re
import sys
import time
import traceback
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

import once
import tampering
from shared import calculated

from model import companies
from model.errors import AmznFcfError
from model.scenarios.composing import compose
from model.scenarios.files import parse_own
from model.simulation.files import load_uncertainty
from workbook_templates.read.book import read_book
from workbook_templates.read.inputs import read_inputs
from workbook_templates.validation.validate import validate
from xlwings_udfs.cells.error_values import ErrorValue
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NUMBERS: Final = (
    "0", "-1", "1e308", "-1e-308", "1e400", "nan", "inf", "-inf", "007", "1_000", "0x1F", "true", "12.5.3",
    "2026-10-06", "99999999999999999999", '"0.5"', "[]", "{}", "'''", "0.1 0.2", "",
)  # fmt: skip
TEXTS: Final = (
    "", " ", "=1+1", "base", "aws_growth", "2026Q3", "TTM 2026Q3", "\u0000", "\U0001f600", "a" * 5000,
    "../x.toml", "+", "a+b", "日本", "#N/A", "nan", "1,000", "8%", "_x0041_", "\u202e", "'", '"',
)  # fmt: skip
CELLS: Final[tuple[object, ...]] = (
    None, 0, 1, -1, 0.5, 2026, 20263, 2026.5, 1e308, -1e308, math.nan, math.inf, 10**400, True, False, *TEXTS,
    "bull", "BASE", "company", "capex_scale", "value_per_share[dcf,mid]", ErrorValue("#N/A"),
    object(), [], [[]], [[None]], [[2025], [2026]], [["aws_growth", 0.2]], [["aws_growth", "x"]], [[1, [2]]],
    [0.1, 0.2], [["driver", 2027], ["wacc", 0.1]],
    [["driver", "unit", "2026Q4"], ["capex_scale", "times", 0.9]],
)  # fmt: skip
TRIES_IN_TURN: Final = {"scenario_file": 20, "uncertainty_file": 20, "function": 20, "workbook": 1}
"""A workbook takes as long as twenty of the others."""
_APART: Final = max(TRIES_IN_TURN.values())


def odd_text(text: str, dice: random.Random) -> str:
    """Return a text with one to three changes: lines, numbers, texts, names or single characters."""
    for _ in range(dice.randint(1, 3)):
        text = dice.choice(_CHANGES)(text, dice)
    return text


def _line(text: str, dice: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    place, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    what = dice.choice(["drop", "twice", "swap", "end"])
    if what == "drop":
        del lines[place]
    elif what == "twice":
        lines.insert(other, lines[place])
    elif what == "swap":
        lines[place], lines[other] = lines[other], lines[place]
    else:
        lines[place:] = [lines[place][: len(lines[place]) // 2]]
    return "".join(lines)


def _replaced(pattern: str, new: Callable[[str, random.Random], str]) -> Callable[[str, random.Random], str]:
    def change(text: str, dice: random.Random) -> str:
        found = list(re.finditer(pattern, text))
        if not found:
            return text
        match = dice.choice(found)
        return text[: match.start()] + new(text, dice) + text[match.end() :]

    return change


def _another_word(text: str, dice: random.Random) -> str:
    words: list[str] = re.findall(r"[A-Za-z_]{3,}", text) or ["x"]
    return dice.choice(words)


_CHANGES: Final[tuple[Callable[[str, random.Random], str], ...]] = (
    _line,
    _replaced(r"-?\b\d+(\.\d+)?\b", lambda _, dice: dice.choice(NUMBERS)),
    _replaced(r'"[^"\n]*"', lambda _, dice: f'"{dice.choice(TEXTS)}"'),
    _replaced(r"[A-Za-z_]{3,}", _another_word),
    _replaced(
        r"[\s\S]", lambda _, dice: dice.choice(["", "\0", '"', "[", "]", "=", "\n", "é", "\ufeff", "#"])
    ),
)


def scenario_file(dice: random.Random) -> None:
    """Read and compose a file that ships, changed, as a user's own."""
    company = companies.default()
    name = dice.choice(["base", "bull", "bear", "article", "power_delay", "price_war"])
    text = company.text(f"scenarios/{name}.toml").replace(f'"{name}"', f'"my_{name}"', 1)
    file = parse_own(re.sub(r"(?m)^place.*\n", "", odd_text(text, dice)), "mine.toml", company)
    if not file.overlay:
        compose(file, company)


def uncertainty_file(dice: random.Random) -> None:
    """Read the uncertainty file that ships, changed."""
    company = companies.default()
    path = once.run_folder("fuzzing") / f"{os.getpid()}.toml"
    path.write_text(odd_text(company.text("uncertainty.toml"), dice), encoding="utf-8", errors="replace")
    load_uncertainty(str(path))


@cache
def _parts() -> dict[str, bytes]:
    return tampering.parts_of(calculated("base"))


def workbook(dice: random.Random) -> None:
    """Validate, without engines, and read a workbook of ours with one place of one part changed."""
    parts = dict(_parts())
    name = dice.choice(sorted(parts))
    part = parts[name]
    what = dice.choice(["text", "byte", "cut", "gone", "empty"])
    if what == "text":
        parts[name] = dice.choice(_CHANGES[1:])(part.decode(errors="surrogateescape"), dice).encode(
            errors="replace"
        )
    elif what == "byte" and part:
        place = dice.randrange(len(part))
        parts[name] = part[:place] + bytes([dice.randrange(256)]) + part[place + 1 :]
    elif what == "cut":
        parts[name] = part[: dice.randrange(len(part) + 1)]
    elif what == "gone":
        del parts[name]
    else:
        parts[name] = b""
    data = tampering.packed(parts)
    for use in (
        lambda: validate(data, "book.xlsx", engines=()),
        lambda: read_inputs(read_book(data).contents),
    ):
        try:
            use()
        except AmznFcfError as error:
            _check_message(error)


def function(dice: random.Random) -> None:
    """Call a function with odd arguments; it gives what cells can hold."""
    name = dice.choice(sorted(FUNCTIONS))
    parameters = inspect.signature(FUNCTIONS[name]).parameters
    result = FUNCTIONS[name](*(dice.choice(CELLS) for _ in range(dice.randint(0, len(parameters)))))
    cells = [cell for row in result for cell in row] if isinstance(result, list) else [result]
    for cell in cells:
        assert cell is None or isinstance(cell, str) or math.isfinite(cell), f"{name} gives {cell!r}"


def _check_message(error: Exception) -> None:
    message = str(error)
    assert message.strip(), f"{type(error).__name__} without a word"
    assert "\n" not in message, f"a message of several lines: {message!r}"


KINDS: Final = {each.__name__: each for each in (scenario_file, uncertainty_file, workbook, function)}


def outcome(kind: str, seed: int) -> str:
    """Try one odd input; return ``"taken"`` or ``"refused"``. Any other exception is a fault."""
    try:
        KINDS[kind](random.Random(f"{kind} {seed}"))
    except AmznFcfError as error:
        _check_message(error)
        return "refused"
    except TypeError as error:  # too few arguments, as a host would say itself
        if kind == "function" and "required positional argument" in str(error):
            return "refused"
        raise
    return "taken"


def main(arguments: Sequence[str] | None = None) -> int:
    """Try odd inputs of all kinds in turn, for a number of seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs=2, metavar=("KIND", "NUMBER"), help="try one input again")
    options = parser.parse_args(arguments)
    once.begin()
    if options.only:
        print(outcome(options.only[0], int(options.only[1])))
        return 0
    counts: Counter[tuple[str, str]] = Counter()
    faults: dict[str, str] = {}
    end, seed = time.monotonic() + options.seconds, options.seed
    while time.monotonic() < end:
        for kind in KINDS:
            for each in range(TRIES_IN_TURN[kind]):
                number = seed * _APART + each
                try:
                    counts[kind, outcome(kind, number)] += 1
                except Exception as error:  # noqa: BLE001  # faults are what is looked for
                    counts[kind, "fault"] += 1
                    frame = traceback.extract_tb(error.__traceback__)[-1]
                    place = f"{frame.filename}:{frame.lineno} {type(error).__name__}: {error}"
                    faults.setdefault(place[:300], f"{kind} {number}")
        seed += 1
    once.end()
    for (kind, what), count in sorted(counts.items()):
        print(f"{kind:18}{what:10}{count:>8,}")
    for place, first in faults.items():
        print(f"FAULT --only {first}: {place}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
