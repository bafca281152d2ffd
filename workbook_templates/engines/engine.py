"""The interface of a spreadsheet engine: a workbook file (and changes of inputs) in, values out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from model.errors import AmznFcfError, EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook_templates.read.values import Changes, Grids


def failed(engine: str, error: Exception) -> EngineError:
    """Return the error of an engine that failed on a workbook."""
    return EngineError(f"{engine} could not calculate the workbook: {type(error).__name__}: {error}")


class Engine(ABC):
    """A spreadsheet engine."""

    name: str
    how_to_get: str

    @abstractmethod
    def is_available(self) -> bool:
        """Tell whether the engine can run here."""

    @abstractmethod
    def _calculate(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        """Calculate the jobs with the engine, which is there."""

    def calculate_all(self, jobs: Sequence[tuple[bytes, Changes]]) -> list[Grids]:
        """Calculate several workbooks, each with some input cells replaced; return the values of each.

        Errors are texts such as ``#N/A``. Raises :class:`EngineError` if the engine is missing or fails.
        """
        self.require()
        try:
            return self._calculate(jobs)
        except AmznFcfError:
            raise
        except Exception as error:
            raise failed(self.name, error) from error

    def calculate(self, data: bytes, changes: Changes | None = None) -> Grids:
        """Calculate one workbook."""
        return self.calculate_all([(data, changes or {})])[0]

    def require(self) -> None:
        """Raise an :class:`EngineError` that says how to get the engine unless it can run here."""
        if not self.is_available():
            raise EngineError(f"engine {self.name} is not installed: {self.how_to_get}")
