"""Steps of ``validate`` whose results can be reused: tests change little of a workbook."""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING, Final, TypeVar

from model.errors import WorkbookError
from model.scenarios.scenario import assumption_hash
from workbook_templates.plan.layout import Layout
from workbook_templates.plan.workbook import WorkbookPlan, plan_workbook
from workbook_templates.read.sheets import SheetReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from model.scenarios.overlay import Overlay
    from model.scenarios.scenario import Scenario
    from workbook_templates.plan.input_rows import VariantsAt
    from workbook_templates.read.archive import Archive

Kept = TypeVar("Kept")
_Key = tuple[object, ...]
_plans: dict[_Key, WorkbookPlan] = {}
_sheets: dict[_Key, dict[str, object]] = {}
_MOST_PLANS: Final = 12
_MOST_SHEETS: Final = 200


def _kept(store: dict[_Key, Kept], key: _Key, make: Callable[[], Kept], most: int) -> Kept:
    """Return the value of a key, made if need be; drop the value least recently used."""
    store[key] = store.pop(key) if key in store else make()
    if len(store) > most:
        del store[next(iter(store))]
    return store[key]


def planned(  # noqa: PLR0913  # those of plan_workbook
    selected: Scenario,
    offered: Sequence[Scenario],
    version: str,
    functions: Callable[[str], str] | None = None,
    *,
    switches: Sequence[Overlay],
    variants: VariantsAt,
    assumptions: str | None = None,
    stamped: bool = True,
) -> WorkbookPlan:
    """Return the result of ``plan_workbook``."""
    sources = tuple(str(sorted(each.sources.items())) + each.note + each.title for each in offered)
    hashes = assumption_hash([selected]), assumption_hash(offered, switches)
    rows = str(Layout(selected.plan, offered, switches, variants).inputs) + str(switches)
    key = (*hashes, version, functions, assumptions, stamped, sources, rows)

    def make() -> WorkbookPlan:
        return plan_workbook(
            selected, offered, version, functions, switches=switches, variants=variants,
            assumptions=assumptions, stamped=stamped,
        )  # fmt: skip

    return _kept(_plans, key, make, _MOST_PLANS)


class RememberingReader(SheetReader):
    """Reads a worksheet, unless the same bytes were read before."""

    def read(self, archive: Archive, part: str) -> None:
        """Fill the sheet."""
        try:
            digest = hashlib.sha256(archive.read(part)).digest()
        except WorkbookError:
            super().read(archive, part)  # raises the error that users see
            return
        key = digest, hash(tuple(self.texts)), self.sheet.name, self.sheet.state, part

        def make() -> dict[str, object]:
            super(RememberingReader, self).read(archive, part)
            return _copied(vars(self.sheet))

        vars(self.sheet).update(_copied(_kept(_sheets, key, make, _MOST_SHEETS)))


def _copied(fields: dict[str, object]) -> dict[str, object]:
    return {name: copy.copy(value) for name, value in fields.items()}
