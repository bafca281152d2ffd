"""Amazon's free cash flow, margins and turning point: declared once, computed by numpy, written to Excel.

Examples
--------
>>> import amzn_fcf
>>> results = amzn_fcf.run(["base"])
>>> results.value("free_cash_flow", amzn_fcf.Period.parse("2025"))
11194.0
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from model.companies import using_data
    from model.errors import AmznFcfError
    from model.language.periods import Period, Quarter
    from model.outputs import Output
    from model.reported.actuals import axis_at
    from model.results import Results, run
    from model.scenarios.composing import load_scenario
    from model.scenarios.scenario import Scenario
    from model.simulation.run import simulate

__version__ = "0.1.0"

_HOMES: Final = {
    "AmznFcfError": "model.errors", "Output": "model.outputs", "Period": "model.language.periods",
    "Quarter": "model.language.periods", "Results": "model.results", "Scenario": "model.scenarios.scenario",
    "axis_at": "model.reported.actuals", "load_scenario": "model.scenarios.composing", "run": "model.results",
    "simulate": "model.simulation.run", "using_data": "model.companies",
}  # fmt: skip

__all__ = [
    "AmznFcfError", "Output", "Period", "Quarter", "Results", "Scenario", "__version__", "axis_at",
    "load_scenario", "run", "simulate", "using_data",
]  # fmt: skip


def __getattr__(name: str) -> Any:  # noqa: ANN401  # loaded when first used, so that --help is fast
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
