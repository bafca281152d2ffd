"""Descriptions of the functions for Excel's function wizard, within the limits of Excel and VBA."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from xlwings_udfs.cells.descriptions import Description

# MS-VBAL 3.3.5.2: words that VBA reserves, in any case
_RESERVED_WORDS: Final = (
    "abs addressof and any array as attribute boolean byref byte byval call case cbool cbyte ccur "
    "cdate cdbl cdec cdecl cint circle clng clnglng clngptr close const csng cstr currency cvar cverr "
    "date debug decimal declare defbool defbyte defcur defdate defdbl defdec defint deflng deflnglng "
    "deflngptr defobj defsng defstr defvar dim do doevents double each else elseif empty end endif "
    "enum eqv erase event exit false fix for friend function get global gosub goto if imp implements "
    "in input inputb int integer is lbound len lenb let like lineinput lock long longlong longptr loop "
    "lset me mid midb mod new next not nothing null on open option optional or paramarray preserve "
    "print private pset public put raiseevent redim rem resume return rset scale seek select set sgn "
    "shared single spc static stop string strptr sub tab then to true type typeof ubound unlock until "
    "variant wend while with withevents write xor"
)
# words that LibreOffice's Basic reserves besides, which runs the same module
_RESERVED_IN_LIBREOFFICE: Final = "base binary compare error line name output random text"
_RESERVED: Final = frozenset([*_RESERVED_WORDS.split(), *_RESERVED_IN_LIBREOFFICE.split()])


@cache
def descriptions() -> dict[str, Description]:
    """Return the description of every function, by name."""
    return {name: _within_limits(each) for name, each in described(FUNCTIONS).items()}


def _within_limits(found: Description) -> Description:
    renamed = [f"{each.name}_name" if each.name in _RESERVED else each.name for each in found.arguments]
    pairs = zip(found.arguments, renamed, strict=True)
    return replace(found, text=found.shown, arguments=tuple(replace(each, name=name) for each, name in pairs))
