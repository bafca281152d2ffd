"""Parts of the extension that follow from the functions: interface, descriptions, data of the add-in."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from html import escape
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final

from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.functions.explain import version

if TYPE_CHECKING:
    from xlwings_udfs.cells.descriptions import Argument, Description

IMPLEMENTATION: Final = "org.amznfcf.AddIn"
PROGRAMMATIC_PREFIX: Final = f"{IMPLEMENTATION.upper()}."
"""Prefix of a function's name in files for Calc; people type AMZN_FCF alone."""
TYPE_LIBRARY: Final = "XAmznFcf.rdb"
INTERFACE: Final = "XAmznFcf.idl"


def descriptions() -> list[Description]:
    """Return the description of every function, with required arguments marked."""
    found = described(FUNCTIONS).values()
    return [replace(each, arguments=tuple(map(_with_mark, each.arguments))) for each in found]


def _with_mark(argument: Argument) -> Argument:
    # Calc shows every argument of the type any as optional
    return argument if argument.optional else replace(argument, text=f"{argument.text} (required)")


def interface() -> str:
    """Return the add-in's interface in UNO's language: one method for each function.

    Arguments are of the type ``any``, which can be left out. Functions that can give a block are declared as
    blocks, because Calc accepts no block in an ``any``.
    """
    lines = ["module org { module amznfcf {", "interface XAmznFcf", "{"]
    for each in descriptions():
        result = "any" if each.one_value else "sequence< sequence< any > >"
        arguments = ", ".join(f"[in] any {_uno_name(argument.name)}" for argument in each.arguments)
        lines.append(f"    {result} {each.name}({arguments});")
    return "\n".join([*lines, "};", "}; };", ""])


def _uno_name(name: str) -> str:
    """Return the name of an argument as UNO's language allows it: ``asOf``."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def nodes() -> str:
    """Return the functions as Calc's wizard knows them before the add-in is loaded."""
    return "\n".join(map(_function_node, descriptions()))


def _function_node(function: Description) -> str:
    letters = zip(ascii_lowercase, function.arguments, strict=False)  # Calc sorts the nodes by their names
    arguments = "".join(
        f'\n  <node oor:name="{letter}" oor:op="replace">{_texts(each.name, each.text)}</node>'
        for letter, each in letters
    )
    return (
        f' <node oor:name="{function.name}" oor:op="replace">{_texts(function.name, function.summary)}'
        '<prop oor:name="Category"><value>Add-In</value></prop>'
        f'<prop oor:name="CompatibilityName"><value xml:lang="en-US">{function.name}</value></prop>'
        f'<node oor:name="Parameters">{arguments}</node></node>'
    )


def _texts(name: str, text: str) -> str:
    return (
        f'<prop oor:name="DisplayName"><value xml:lang="en-US">{escape(name, quote=False)}</value></prop>'
        f'<prop oor:name="Description"><value xml:lang="en-US">{escape(text, quote=False)}</value></prop>'
    )


def office_version() -> str:
    """Return the version of this package as the office compares versions: by their numbers."""
    found = re.match(r"\d+(\.\d+)*", version())
    return found.group() if found else "0"


def recorded() -> str:
    """Return the data of the add-in: the interpreter that runs the functions, and the wizard's texts."""
    functions = {}
    for each in descriptions():
        arguments = [[argument.name, argument.text] for argument in each.arguments]
        functions[each.name] = {"text": each.summary, "arguments": arguments, "one_value": each.one_value}
    return json.dumps({"interpreter": sys.executable, "functions": functions}, indent=1) + "\n"
