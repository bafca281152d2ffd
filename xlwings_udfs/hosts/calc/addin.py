# ruff: noqa: D102, N802, N815  # the methods, and their names, are those of UNO's interfaces
"""The add-in that Calc loads: one method for each function, each answered by the worker process.

Runs in LibreOffice's own Python, 3.7 or later, without any package.
"""

from __future__ import annotations

import json
import os
import sys

import amzn_fcf_client as client  # type: ignore[import-not-found]  # client.py, by its name in the extension
import unohelper  # type: ignore[import-not-found]
from com.sun.star.lang import Locale, XServiceInfo, XServiceName  # type: ignore[import-not-found]
from com.sun.star.sheet import LocalizedName, XAddIn, XCompatibilityNames  # type: ignore[import-not-found]
from org.amznfcf import XAmznFcf  # type: ignore[import-not-found]

IMPLEMENTATION = "org.amznfcf.AddIn"
SERVICES = (IMPLEMENTATION, "com.sun.star.sheet.AddIn")
CATEGORY = "Amazon FCF"
EXPLAINS = "AMZN_EXPLAIN"
"""The function that names faults in words, those of the worker included."""

with open(os.path.splitext(client.__file__)[0] + ".json", encoding="utf-8") as _file:  # noqa: PTH122, PTH123  # os.path as the office has it
    RECORDED = json.load(_file)
FUNCTIONS = RECORDED["functions"]
CLIENT = client.Client(client.worker_command(RECORDED["interpreter"]))
SAID: set[str] = set()


def _answered(name: str, arguments: tuple[object, ...]) -> object:
    one_value = FUNCTIONS[name]["one_value"]
    try:
        value = CLIENT.call(name, arguments)
    except client.WorkerError as error:
        if str(error) not in SAID:
            SAID.add(str(error))
            sys.stderr.write(f"amzn-fcf: {error}\n")
        value = str(error) if name == EXPLAINS else {"error": "#VALUE!"}
    return client.cell(value) if one_value else client.block(value)


class AddIn(unohelper.Base, XAmznFcf, XAddIn, XServiceName, XServiceInfo, XCompatibilityNames):  # type: ignore[misc]  # UNO is not typed
    """The functions, and what Calc asks about them. Display names and programmatic names are the same."""

    def __init__(self, _context: object, *_arguments: object) -> None:
        self._locale = Locale("en", "US", "")

    def getServiceName(self) -> str:
        return IMPLEMENTATION

    getImplementationName = getServiceName

    def supportsService(self, name: str) -> bool:
        return name in SERVICES

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        return SERVICES

    def setLocale(self, locale: object) -> None:
        self._locale = locale

    def getLocale(self) -> object:
        return self._locale

    def getDisplayFunctionName(self, name: str) -> str:
        return name if name in FUNCTIONS else ""

    getProgrammaticFuntionName = getDisplayFunctionName  # UNO spells it so

    def getFunctionDescription(self, name: str) -> str:
        return str(FUNCTIONS[name]["text"]) if name in FUNCTIONS else ""

    def getDisplayArgumentName(self, name: str, place: int) -> str:
        return self._argument(name, place)[0]

    def getArgumentDescription(self, name: str, place: int) -> str:
        return self._argument(name, place)[1]

    def getProgrammaticCategoryName(self, _name: str) -> str:
        return "Add-In"

    def getDisplayCategoryName(self, _name: str) -> str:
        return CATEGORY

    def getCompatibilityNames(self, name: str) -> tuple[object, ...]:
        return (LocalizedName(Locale("en", "US", ""), self.getDisplayFunctionName(name)),)

    @staticmethod
    def _argument(name: str, place: int) -> list[str]:
        arguments = FUNCTIONS[name]["arguments"] if name in FUNCTIONS else []
        return arguments[place] if 0 <= place < len(arguments) else ["", ""]


def _method(name: str) -> object:
    def call(_self: AddIn, *arguments: object) -> object:
        return _answered(name, arguments)

    return call


for _name in FUNCTIONS:
    setattr(AddIn, _name, _method(_name))

# the name under which LibreOffice's Python loader looks for it
g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816
g_ImplementationHelper.addImplementation(AddIn, IMPLEMENTATION, SERVICES)
