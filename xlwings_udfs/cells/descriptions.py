"""What Excel shows of the functions: names, descriptions and arguments, within the limits of Excel and VBA."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

import xlwings_udfs.functions  # noqa: F401  # declares functions, as the other does
from xlwings_udfs.cells.registry import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

CATEGORY: Final = "Amazon FCF"
LONGEST_DESCRIPTION: Final = 255
"""Characters of a description that the function wizard takes, of a function or of an argument."""

# MS-VBAL 3.3.5.2: words that VBA takes for itself, in any case
_RESERVED_WORDS: Final = (
    "abs addressof and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec cdecl cint "
    "circle clng clnglng clngptr close const csng cstr currency cvar cverr date debug decimal declare defbool defbyte defcur "
    "defdate defdbl defdec defint deflng deflnglng deflngptr defobj defsng defstr defvar dim do doevents double each else "
    "elseif empty end endif enum eqv erase event exit false fix for friend function get global gosub goto if imp implements "
    "in input inputb int integer is lbound len lenb let like lineinput lock long longlong longptr loop lset me mid midb mod "
    "new next not nothing null on open option optional or paramarray preserve print private pset public put raiseevent redim "
    "rem resume return rset scale seek select set sgn shared single spc static stop string strptr sub tab then to true type "
    "typeof ubound unlock until variant wend while with withevents write xor"
)
_RESERVED: Final = frozenset(_RESERVED_WORDS.split())


@dataclass(frozen=True)
class Argument:
    """An argument of a function as Excel shows it."""

    name: str
    description: str
    default: object = inspect.Parameter.empty

    @property
    def optional(self) -> bool:
        """Whether the argument can be left out."""
        return self.default is not inspect.Parameter.empty


@dataclass(frozen=True)
class Description:
    """A function as Excel shows it."""

    name: str
    text: str
    arguments: tuple[Argument, ...]


@cache
def descriptions() -> dict[str, Description]:
    """Return what Excel shows of every function, by name."""
    return {name: _described(name, function) for name, function in FUNCTIONS.items()}


def _described(name: str, function: Callable[..., Any]) -> Description:
    hints = get_type_hints(function, include_extras=True)
    arguments = tuple(
        Argument(vba_name(each.name), _argument_text(hints[each.name]), each.default)
        for each in inspect.signature(function).parameters.values()
    )
    return Description(name, _function_text(function.__doc__ or ""), arguments)


def vba_name(name: str) -> str:
    """Return the name of an argument, with "_name" behind a word that VBA reserves: ``event`` would not compile."""
    return f"{name}_name" if name in _RESERVED else name


def _function_text(docstring: str) -> str:
    """Return a docstring as one line; only its first paragraph where all of it is too long."""
    whole = " ".join(docstring.replace("``", "").split())
    return whole if len(whole) <= LONGEST_DESCRIPTION else " ".join(docstring.partition("\n\n")[0].split())


def _argument_text(hint: object) -> str:
    """Return the description of an argument, with the words that it takes unless it names them itself."""
    kind, text = hint, ""
    if get_origin(hint) is Annotated:
        kind, options, *_ = get_args(hint)
        text = str(options["doc"])
    words = get_args(kind) if get_origin(kind) is Literal else ()
    if all(word in text for word in words):
        return text
    listed = f"{text}. One of: {', '.join(words)}"
    return listed if len(listed) <= LONGEST_DESCRIPTION else text
