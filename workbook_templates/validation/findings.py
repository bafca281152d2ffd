"""What validating a workbook found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from model.errors import WorkbookError

if TYPE_CHECKING:
    from model.results import Results
    from workbook_templates.validation.parity import Comparison

Severity = Literal["error", "warning", "note"]
"""``error``: the workbook must not be trusted; ``warning``: a person should look; ``note``: worth knowing."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a workbook: which rule, where, what was expected and found, and what to do.

    ``cell`` is a cell or a range; both it and ``sheet`` are empty for what concerns the file.
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
    """The scenario that the workbook has selected; empty if it is not one of ours."""
    model: Results | None = None
    """The model, computed with the inputs that the workbook has selected."""
    findings: list[Finding] = field(default_factory=list)
    compared: dict[str, Comparison] = field(default_factory=dict)
    """What was compared with the model: the cached values, and each engine's."""
    remarks: list[str] = field(default_factory=list)
    """What a reader of the report must know: which rules were applied, and why not all."""

    @property
    def results(self) -> Results:
        """The model of a workbook of ours; a :class:`WorkbookError` for any other."""
        if self.model is None:
            raise WorkbookError(f"{self.path}: not a workbook of this model")
        return self.model

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings

    @property
    def worst(self) -> Severity | None:
        """The gravest severity found."""
        found = {finding.severity for finding in self.findings}
        return next((each for each in SEVERITIES if each in found), None)
