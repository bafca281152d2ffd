"""Scenario and overlay files: TOML text in, checked entries out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from model import companies
from model.data_folder import SCENARIOS
from model.errors import Faults, InputError, UnknownNameError, did_you_mean, located, shown
from model.files import text_of_file
from model.language.periods import Quarter
from model.scenarios import drivers
from model.scenarios.adjustment import OPERATIONS, Operation
from model.scenarios.drivers import spec_named

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from model.company import Company
    from model.scenarios.spec import DriverSpec

Word = Operation | Literal["value", "values"]
"""How an entry gives values: it replaces those of the base, or changes them."""
Entry = tuple["DriverSpec", Word, dict[str, Any]]
"""The driver of an entry, how it gives values, and its table, which holds them under that word."""
Allowed = TypeVar("Allowed", bound=str)
Kind = TypeVar("Kind", str, float, int, bool, list[Any], dict[str, Any])
GIVEN: Final = ("value", "values")
_BARE_ONWARDS: Final = re.compile(r"(?m)(?:^|[{,])\s*([0-9]{4}\+)\s*=")
_SCENARIO_KEYS: Final = ("name", "title", "note", "base", "as_of", "weight", "overlay", "drivers", "place")
_OVERLAY_KEYS: Final = ("name", "title", "note", "overlay", "changes", "place")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_NOT_IN_CELLS: Final = re.compile(r"^=|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""Texts that a cell would read as a formula, or that a file cannot hold."""
_KINDS: Final[dict[type, str]] = {
    str: "a text", float: "a number", int: "a whole number", bool: "true or false", list: "a list",
    dict: "a table",
}  # fmt: skip


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario or overlay file, parsed and checked."""

    name: str
    title: str
    note: str
    base: tuple[str, ...] | None
    """A scenario, and the overlays joined to it; empty: the defaults of the drivers; None: not named."""
    as_of: Quarter | None
    weight: float
    overlay: bool
    entries: tuple[Entry, ...]
    place: int = 0
    """Position of a file that ships among its kind in lists; those in the same place are sorted by name."""


def builtin_scenarios(company: Company | None = None) -> list[str]:
    """Names of the scenarios that ship, in order of their place."""
    return [file.name for file in _shipped(company or companies.default()).values() if not file.overlay]


def builtin_overlays(company: Company | None = None) -> list[str]:
    """Names of the overlays that ship."""
    return [file.name for file in _shipped(company or companies.default()).values() if file.overlay]


@cache
def _texts(company: Company) -> dict[str, str]:
    names = [each for each in company.names(SCENARIOS) if each.endswith(".toml")]
    return {each.removesuffix(".toml"): company.text(f"{SCENARIOS}/{each}") for each in names}


@cache
def _shipped(company: Company) -> dict[str, ScenarioFile]:
    """Return the files that ship, by name: scenarios and overlays, as each declares itself."""
    files = {name: parse_file(text, f"{name}.toml", company) for name, text in _texts(company).items()}
    for name, file in files.items():
        if file.name != name:
            named = f"holds the scenario {file.name!r}: a file that ships is named after it"
            raise InputError(f"{name}.toml: {named}")
    in_order = sorted(files.values(), key=lambda each: (each.overlay, each.place, each.name))
    return {file.name: file for file in in_order}


def is_path(name: str) -> bool:
    """Tell whether a name is the path of a scenario file: it ends in .toml, in any case."""
    return name.lower().endswith(".toml")


def parts_of(name: str, folder: Path | None = None) -> tuple[str, ...]:
    """Return a scenario and the overlays joined to it by ``+``; what is not of this form is refused.

    A path or pattern that exists, seen from ``folder``, is one part even if it holds a ``+``.
    """
    words = name.split("+")
    parts: list[str] = []
    while words:
        ends = range(len(words), 1, -1)
        joined = ("+".join(words[:end]).strip() for end in ends)
        found = (end for end, each in zip(ends, joined, strict=True) if _exists(each, folder))
        end = next(found, 1)
        parts.append("+".join(words[:end]).strip())
        words = words[end:]
    if not all(parts) or len(set(parts)) < len(parts):
        form = "a scenario and each overlay once, joined by +, such as base+power_delay"
        raise InputError(f"{shown(name)}: write {form}")
    return tuple(parts)


def _exists(name: str, folder: Path | None) -> bool:
    try:
        path = (folder or Path()) / name
        return any(path.parent.glob(path.name)) if "*" in path.name else path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def read_file(name: str, company: Company) -> ScenarioFile:
    """Read a scenario or overlay that ships, or from a path that ends in .toml."""
    shipped = _shipped(company)
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if _exists(name, None) and path.is_dir():
        raise InputError(f"{name} is a folder: name a scenario file in it; only build takes folders")
    if not is_path(name):
        renamed = "; a scenario file needs a name that ends in .toml" if _exists(name, None) else ""
        raise UnknownNameError(f"unknown scenario {shown(name)}{renamed or did_you_mean(name, shipped)}")
    return parse_own(text_of_file(path, "scenario"), name, company, path.parent)


def parse_own(text: str, where: str, company: Company, folder: Path | None = None) -> ScenarioFile:
    """Read the text of a user's file; ``where`` begins messages, ``folder`` holds its bases.

    A scenario that names no base starts from that of the company; from the defaults if ``base`` is blank.
    """
    file = parse_file(text, where, company, folder)
    if file.base is None:
        has_base = not file.overlay and company.base in _texts(company)
        file = replace(file, base=(company.base,) if has_base else ())
    if file.place:
        raise InputError(f"{where}: 'place' does not belong in a scenario of your own")
    if file.name.lower() in {each.lower() for each in _texts(company)}:
        raise InputError(f"{where}: {shown(file.name)} is the name of a scenario that ships: choose another")
    return file


def toml_content(text: str, where: str) -> dict[str, Any]:
    """Return the content of a TOML text; invalid TOML is an :class:`InputError`."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        onwards = _BARE_ONWARDS.search(text)
        hint = f'; write "{onwards[1]}" in quotes' if onwards else ""
        raise InputError(f"{where}: is not valid TOML: {error}{hint}") from None


def parse_file(text: str, where: str, company: Company, folder: Path | None = None) -> ScenarioFile:
    """Read the text of a file that ships, or of the user's own data; see :func:`parse_own`."""
    content = toml_content(text, where)
    overlay = take(content, "overlay", bool, where, default=False)
    allowed = _OVERLAY_KEYS if overlay else _SCENARIO_KEYS
    faults = Faults(where)
    with faults.kept():
        check_keys(content, allowed, where, "an overlay" if overlay else "a scenario")
    section = "changes" if overlay else "drivers"
    entries = content.get(section, {})
    texts = {key: take(content, key, str, where, "") for key in ("name", "title", "note", "base", "as_of")}
    weight = take(content, "weight", float, where, 0.0)
    if not _NAME.fullmatch(texts["name"]):
        raise InputError(f'{where}: needs name = "..." of letters, digits, - and _')
    for key, each in texts.items():
        check_text(each, f"{where}: {key}")
    if not isinstance(entries, dict):
        needed = f"a table [{section}.NAME] for each driver that it changes"
        raise InputError(f"{where}: needs {needed}, not {section} = {shown(entries)}")
    if not 0 <= weight <= 1:
        raise InputError(f"{where}: weight must be a number from 0 to 1")
    specs = drivers.driver_specs(company)
    words: tuple[Word, ...] = OPERATIONS if overlay else GIVEN
    read = []
    for key, entry in entries.items():
        with faults.kept():
            read.append(read_entry(key, entry, specs, words, where))
    faults.check()
    place = take(content, "place", int, where, 0)
    with located(f"{where}: as_of"):
        as_of = Quarter.parse(texts["as_of"]) if texts["as_of"] else None
    with located(f"{where}: base"):
        parts = parts_of(texts["base"], folder) if texts["base"].strip() else ()
    found = tuple(str(folder / part) if folder and is_path(part) else part for part in parts)
    base = found if "base" in content else None
    name, note = texts["name"], texts["note"]
    title = texts["title"] or name
    return ScenarioFile(name, title, note, base, as_of, weight, overlay, tuple(read), place)


def check_keys(content: Mapping[str, object], allowed: Sequence[str], where: str, what: str) -> None:
    """Refuse keys that do not belong in a table of a file; ``what``: what the table is."""
    for key in content:
        if key not in allowed:
            raise InputError(f"{where}: {shown(key)} does not belong in {what}{did_you_mean(key, allowed)}")


def take(entry: Mapping[str, Any], key: str, kind: type[Kind], where: str, default: Kind) -> Kind:
    """Return an entry of a kind, or the default if there is none; another kind is an :class:`InputError`."""
    value = entry.get(key, default)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InputError(f"{where}: {key} must be {_KINDS[kind]}, not {shown(value)}")
    return value


def check_text(text: object, where: str) -> None:
    """Refuse all but texts, and texts that a cell would read as a formula or a file cannot hold."""
    if not isinstance(text, str) or _NOT_IN_CELLS.search(text):
        raise InputError(f"{where} must be a text that does not start with = and has no control characters")


def read_entry(
    name: str,
    entry: object,
    specs: Mapping[str, DriverSpec],
    allowed: Sequence[Allowed],
    where: str,
    more: Collection[str] = (),
) -> tuple[DriverSpec, Allowed, dict[str, Any]]:
    """Return the driver of an entry, the one of the ``allowed`` keys that it holds, and its checked table.

    ``more``: other texts that it may hold; ``driver`` among them names the driver instead of ``name``.
    """
    here = f"{where}: {name}"
    texts = {"grade", "source", "note", *more}
    keys = {"unit", *GIVEN, *OPERATIONS, *texts}
    if not isinstance(entry, dict) or not set(entry) <= keys:
        found = ", ".join(sorted(set(entry) - keys)) if isinstance(entry, dict) else shown(entry)
        holds = " or ".join(reversed(allowed))
        raise InputError(f"{here}: must be a table with unit, source and {holds}; found {found}")
    for key in sorted(texts):
        check_text(entry.get(key, ""), f"{here}: {key}")
    spec = spec_named(entry.get("driver", name), specs, here if "driver" in entry else where)
    given = [key for key in (*GIVEN, *OPERATIONS) if key in entry]
    held = [key for key in allowed if given == [key]]
    if not held:
        found = ", ".join(given) or "none"
        raise InputError(f"{here}: needs exactly one of {', '.join(allowed)}; found {found}")
    if entry.get("unit") != spec.driver.unit:
        raise InputError(f"{here}: needs unit = {shown(spec.driver.unit)}, not {shown(entry.get('unit'))}")
    if not entry.get("source", "").strip():
        raise InputError(f'{here}: needs source = "where the values come from"')
    return spec, held[0], entry
