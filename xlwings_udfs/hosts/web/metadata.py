"""What Excel reads about the functions: names, descriptions, arguments and choices (functions.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from xlwings_udfs.cells.descriptions import described
from xlwings_udfs.functions import FUNCTIONS

if TYPE_CHECKING:
    from xlwings_udfs.cells.descriptions import Argument, Description


def metadata(address: str = "") -> str:
    """Return the metadata as JSON; with the address of the folder each function has its place in the help.

    An argument is a block of any values, errors among them, as only the function knows what they mean. One
    that Excel offers words for is a single text: it takes a list of words for no other kind.
    """
    known = described(FUNCTIONS).values()
    return json.dumps(
        {
            "allowErrorForDataTypeAny": True,
            "functions": [_function(each, address) for each in known],
            "enums": [
                _choices(each.name, argument)
                for each in known
                for argument in each.arguments
                if argument.words
            ],
        },
        indent=1,
    )


def _function(each: Description, address: str) -> dict[str, object]:
    help_place = {"helpUrl": f"{address}index.html#{each.name}"} if address else {}
    return {
        "id": each.name, "name": each.name, "description": each.shown, **help_place,
        "parameters": [_parameter(each.name, argument) for argument in each.arguments],
        "result": {"type": "any", "dimensionality": "matrix"},
        "options": {"cancelable": True},
    }  # fmt: skip


def _parameter(function: str, argument: Argument) -> dict[str, object]:
    any_block = {"type": "any", "dimensionality": "matrix"}
    word = {"type": "string", "dimensionality": "scalar", "customEnumId": _choices_id(function, argument)}
    return {
        "name": argument.name, "description": argument.text, **(word if argument.words else any_block),
        **({"optional": True} if argument.optional else {}),
    }  # fmt: skip


def _choices(function: str, argument: Argument) -> dict[str, object]:
    words = [{"name": word, "stringValue": word} for word in argument.words]
    return {"id": _choices_id(function, argument), "type": "string", "values": words}


def _choices_id(function: str, argument: Argument) -> str:
    return f"{function}.{argument.name}".upper()
