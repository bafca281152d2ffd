"""Steps of ``validate`` that give the same for the same workbook, done once for all the workbooks that a test changes a little."""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING

from model.errors import WorkbookError
from model.scenarios.scenario import assumption_hash
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook
from workbook_templates.read.sheets import SheetReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from model.scenarios.scenario import Scenario
    from workbook_templates.read.archive import Archive

_plans: dict[tuple[object, ...], WorkbookPlan] = {}
_sheets: dict[tuple[object, ...], dict[str, object]] = {}


def planned(
    selected: Scenario,
    offered: Sequence[Scenario],
    version: str,
    functions: Callable[[str], str] | None = None,
    *,
    assumptions: str | None = None,
    stamped: bool = True,
) -> WorkbookPlan:
    """Return what ``plan_workbook`` returns."""
    sources = tuple(str(sorted(each.sources.items())) + each.note + each.title for each in offered)
    key = (
        assumption_hash([selected]),
        assumption_hash(offered),
        version,
        functions,
        assumptions,
        stamped,
        sources,
    )
    if key not in _plans:
        _plans[key] = plan_workbook(
            selected, offered, version, functions, assumptions=assumptions, stamped=stamped
        )
    return _plans[key]


class RememberingReader(SheetReader):
    """Reads a part of a workbook, unless it has read the same bytes before."""

    def read(self, archive: Archive, part: str) -> None:
        """Fill the sheet."""
        try:
            digest = hashlib.sha256(archive.read(part)).digest()
        except WorkbookError:
            super().read(archive, part)  # which says what is wrong
            return
        key = digest, hash(tuple(self.texts)), self.sheet.name, self.sheet.state, part
        if key not in _sheets:
            super().read(archive, part)
            _sheets[key] = {name: copy.copy(value) for name, value in vars(self.sheet).items()}
        vars(self.sheet).update({name: copy.copy(value) for name, value in _sheets[key].items()})
