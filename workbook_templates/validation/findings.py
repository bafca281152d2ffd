"""The findings of validating a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from model.errors import WorkbookError

if TYPE_CHECKING:
    from model.results import Results
    from workbook_templates.read.inputs import WorkbookInputs
    from workbook_templates.validation.changed import ChangedInput
    from workbook_templates.validation.parity import Comparison

Severity = Literal["error", "warning", "note"]
"""``error``: the workbook must not be trusted; ``warning``: a person should look; ``note``: worth knowing."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """A fault of a workbook: the rule, the place, expected and found content, and the remedy.

    ``cell`` is a cell or a range; both it and ``sheet`` are empty for a fault of the file.
    """

    rule: str
    severity: Severity
    sheet: str
    cell: str
    expected: str
    found: str
    remedy: str = ""

    @property
    def place(self) -> str:
        """Where, as people write it: ``Sales!B5``, or ``the file``."""
        return "!".join(filter(None, (self.sheet, self.cell))) or "the file"


@dataclass
class Report:
    """The outcome of validating one workbook."""

    path: str
    scenario: str = ""
    """The selected scenario; empty for a workbook that is not one of ours."""
    model: Results | None = None
    """The model, computed with the inputs that the workbook has selected."""
    findings: list[Finding] = field(default_factory=list)
    compared: dict[str, Comparison] = field(default_factory=dict)
    """Comparisons with the model: of the cached values, and of each engine's."""
    inputs: WorkbookInputs | None = None
    """The inputs of a workbook of ours."""
    is_as_built: bool = False
    """Whether these are the ones with which it was built."""
    changed: list[ChangedInput] = field(default_factory=list)
    """Inputs that were changed since the workbook was built."""
    remarks: list[str] = field(default_factory=list)
    """Notes for the reader of the report: which rules were applied, and why not all."""

    @property
    def results(self) -> Results:
        """The model of a workbook of ours; a :class:`WorkbookError` for any other."""
        if self.model is None:
            raise WorkbookError(f"{self.path}: not a workbook of this model")
        return self.model

    @property
    def is_clean(self) -> bool:
        """Tell whether there are no findings."""
        return not self.findings

    @property
    def worst(self) -> Severity | None:
        """The gravest severity found."""
        found = {finding.severity for finding in self.findings}
        return next((each for each in SEVERITIES if each in found), None)
