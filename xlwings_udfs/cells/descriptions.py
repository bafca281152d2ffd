"""Descriptions of functions for the function wizards of all hosts: summary, text, arguments.

An annotation holds the text of an argument, and the words among which to choose if it takes no other.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CATEGORY: Final = "Amazon FCF"
"""The group of the functions in Excel's wizard."""
LONGEST_SHOWN: Final = 255
"""Characters that Excel's wizard shows of a function or an argument."""


@dataclass(frozen=True)
class Argument:
    """An argument of a function; ``default`` is ``inspect.Parameter.empty`` if the argument is required."""

    name: str
    text: str
    words: tuple[str, ...] = ()
    default: object = inspect.Parameter.empty

    @property
    def optional(self) -> bool:
        """Whether the argument can be left out."""
        return self.default is not inspect.Parameter.empty


@dataclass(frozen=True)
class Description:
    """A function in plain text: the first paragraph of its docstring, and all of it in one line."""

    name: str
    summary: str
    text: str
    arguments: tuple[Argument, ...]
    one_value: bool
    """Whether the function never gives a block."""

    @property
    def shown(self) -> str:
        """The text as Excel's wizard shows it: the summary where all of it would be cut."""
        return self.text if len(self.text) <= LONGEST_SHOWN else self.summary


def described(functions: Mapping[str, Callable[..., Any]]) -> dict[str, Description]:
    """Return the descriptions of functions, by name."""
    return {name: _described(name, function) for name, function in functions.items()}


def _described(name: str, function: Callable[..., Any]) -> Description:
    hints = get_type_hints(function, include_extras=True)
    arguments = []
    for each in inspect.signature(function).parameters.values():
        given = get_args(hints[each.name])[1]
        text, words = (given, ()) if isinstance(given, str) else given
        arguments.append(Argument(each.name, text, words, each.default))
    docstring = (function.__doc__ or "").replace("``", "")
    summary = " ".join(docstring.partition("\n\n")[0].split())
    one_value = hints["return"] in (float, str)
    return Description(name, summary, " ".join(docstring.split()), tuple(arguments), one_value)
