"""The parts of the extension that follow from the functions: their interface, their descriptions, and what the add-in reads."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from functools import cache
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.cells.version import version
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from xlwings_udfs.cells.descriptions import Argument, Description

IMPLEMENTATION: Final = "org.amznfcf.AddIn"
PROGRAMMATIC_PREFIX: Final = f"{IMPLEMENTATION.upper()}."
"""What stands before a function's name in a file that is written for Calc: AMZN_FCF alone is for typing."""
TYPE_LIBRARY: Final = "XAmznFcf.rdb"
INTERFACE: Final = "XAmznFcf.idl"
ONE_VALUE: Final = frozenset(
    {"AMZN_EXPLAIN", "AMZN_IMPLIED", "AMZN_INFLECTION", "AMZN_UPSIDE", "AMZN_VALUE", "AMZN_VERSION"}
)
"""Functions that never give a block. The others are declared as blocks: Calc takes no block out of an ``any``."""

_OLDEST_OFFICE: Final = "7.0"
_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@cache
def descriptions() -> list[Description]:
    """Return the description of every function, each argument with its default."""
    return [
        replace(each, arguments=tuple(map(_with_default, each.arguments)))
        for each in described(FUNCTIONS).values()
    ]


def _with_default(argument: Argument) -> Argument:
    # Calc calls every argument of the type any optional
    return argument if argument.optional else replace(argument, text=f"{argument.text} (required)")


def interface() -> str:
    """Return the add-in's interface in UNO's language: one method a function, every argument ``any`` so that it can be left out."""
    lines = ["module org { module amznfcf {", "interface XAmznFcf", "{"]
    for each in descriptions():
        result = "any" if each.name in ONE_VALUE else "sequence< sequence< any > >"
        arguments = ", ".join(
            f"[in] any {_without_underscores(argument.name)}" for argument in each.arguments
        )
        lines.append(f"    {result} {each.name}({arguments});")
    return "\n".join([*lines, "};", "}; };", ""])


def _without_underscores(name: str) -> str:
    """Return a name as UNO's language allows it for an argument: ``asOf``."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def calc_add_ins() -> str:
    """Return the configuration from which Calc's function wizard knows the functions before the add-in is loaded."""
    nodes = "\n".join(map(_function_node, descriptions()))
    return (
        f'{_XML}<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' oor:name="CalcAddIns" oor:package="org.openoffice.Office">\n'
        f'<node oor:name="AddInInfo"><node oor:name="{IMPLEMENTATION}" oor:op="replace"><node oor:name="AddInFunctions">\n'
        f"{nodes}\n</node></node></node></oor:component-data>\n"
    )


def _function_node(function: Description) -> str:
    arguments = "".join(
        f'\n  <node oor:name="{letter}" oor:op="replace">{_texts(each.name, each.text)}</node>'
        for letter, each in zip(
            ascii_lowercase, function.arguments, strict=False
        )  # Calc sorts the nodes by their names
    )
    return (
        f' <node oor:name="{function.name}" oor:op="replace">{_texts(function.name, function.summary)}'
        '<prop oor:name="Category"><value>Add-In</value></prop>'
        f'<prop oor:name="CompatibilityName"><value xml:lang="en-US">{function.name}</value></prop>'
        f'<node oor:name="Parameters">{arguments}</node></node>'
    )


def _texts(name: str, text: str) -> str:
    return (
        f'<prop oor:name="DisplayName"><value xml:lang="en-US">{escape(name)}</value></prop>'
        f'<prop oor:name="Description"><value xml:lang="en-US">{escape(text)}</value></prop>'
    )


def components() -> str:
    """Return the registration of the add-in: a list that Calc reads without running the add-in, whose interface it does not know yet."""
    return (
        f'{_XML}<components xmlns="http://openoffice.org/2010/uno-components">\n'
        f' <component loader="com.sun.star.loader.Python" uri="addin.py">\n  <implementation name="{IMPLEMENTATION}">'
        f'<service name="{IMPLEMENTATION}"/><service name="com.sun.star.sheet.AddIn"/></implementation>\n </component>\n</components>\n'
    )


def manifest() -> str:
    """Return the list of the extension's parts that Calc must register."""
    kinds = {
        TYPE_LIBRARY: "application/vnd.sun.star.uno-typelibrary;type=RDB",
        "addin.components": "application/vnd.sun.star.uno-components",
        "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    }
    entries = "".join(
        f' <manifest:file-entry manifest:full-path={quoteattr(name)} manifest:media-type="{kind}"/>\n'
        for name, kind in kinds.items()
    )
    return f'{_XML}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n{entries}</manifest:manifest>\n'


def description() -> str:
    """Return who the extension is and which office it needs."""
    found = re.match(r"\d+(\.\d+)*", version())  # the office compares versions by their numbers
    return (
        f'{_XML}<description xmlns="http://openoffice.org/extensions/description/2006" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:l="http://libreoffice.org/extensions/description/2011">\n'
        f' <identifier value="org.amznfcf.calc"/>\n <version value="{found.group() if found else "0"}"/>\n'
        f' <dependencies><l:LibreOffice-minimal-version value="{_OLDEST_OFFICE}" name="LibreOffice {_OLDEST_OFFICE}"/></dependencies>\n'
        ' <display-name><name lang="en">Amazon FCF: functions in cells</name></display-name>\n</description>\n'
    )


def recorded() -> str:
    """Return what the add-in reads: the interpreter that runs the functions, and the texts of the function wizard."""
    functions = {
        each.name: {
            "text": each.summary,
            "arguments": [[argument.name, argument.text] for argument in each.arguments],
            "one_value": each.name in ONE_VALUE,
        }
        for each in descriptions()
    }
    return json.dumps({"interpreter": sys.executable, "functions": functions}, indent=1) + "\n"
