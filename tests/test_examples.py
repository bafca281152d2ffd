"""The examples in docstrings do what they say: each is run with the names that its text leaves out."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest

import model
import workbook_templates
from model.analysis.swings import Steps
from model.outputs import Output
from model.results import run
from model.scenarios.composing import load_scenario
from model.scenarios.drivers import driver_specs
from model.simulation.run import simulate

if TYPE_CHECKING:
    from types import ModuleType

ASSUMED = {each.__name__: each for each in (Output, Steps, driver_specs, load_scenario, run, simulate)}


def modules(package: ModuleType) -> list[str]:
    return [each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]


NAMES = [*modules(model), *modules(workbook_templates), "xlwings_udfs", "amzn_fcf"]


@pytest.mark.parametrize("name", NAMES)
def test_examples_give_what_they_show(name: str) -> None:
    module = importlib.import_module(name)
    found = doctest.testmod(module, extraglobs=ASSUMED, optionflags=doctest.ELLIPSIS)
    assert not found.failed
