"""The errors that users can cause and correct, all :class:`AmznFcfError`; and the error values of cells."""

from __future__ import annotations

import difflib
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


_LONGEST_SHOWN: Final = 60
_THOUSANDS: Final = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_INITIAL: Final = re.compile(r"(?<![a-z0-9])[a-z0-9]")
_MOST_FAULTS: Final = 5
_SHORT_LIST = 12
"""Lists up to this length are shown in full."""
ERROR_VALUES: Final = {
    "#N/A": "Na", "#DIV/0!": "Div", "#VALUE!": "Value", "#REF!": "Ref", "#NAME?": "Name", "#NUM!": "Num",
    "#NULL!": "Null", "#CIRC!": "Circ", "#ERROR!": "Error", "#CALC!": "Calc", "#SPILL!": "Spill",
    "#BLOCKED!": "", "#CONNECT!": "", "#FIELD!": "", "#GETTING_DATA": "", "#N/IMPL!": "", "#UNKNOWN!": "",
}  # fmt: skip
"""Every error value that a cell or an engine can give, with its name in formualizer, if it has one."""


class AmznFcfError(Exception):
    """Base of all errors of this project; the message says what is wrong, where, and what to do."""


class DeclarationError(AmznFcfError):
    """A line or driver of the model is declared in a way that cannot be evaluated."""


class UnknownNameError(AmznFcfError):
    """A line, driver, scenario or option does not exist."""


class InputError(AmznFcfError):
    """A driver value or a data file is malformed, out of range, or incomplete."""


class PeriodError(AmznFcfError):
    """A period is malformed or lies outside the axis."""


class NotAvailableError(PeriodError):
    """No figure: the period is outside the axis or not reported yet, or the event does not happen."""


class NotMeaningfulError(AmznFcfError):
    """A figure has no meaning: a multiple of a loss, or a formula that yields no finite number."""


class NoRootError(AmznFcfError):
    """A reverse question has no answer in the bracket: its ``reason``, and the ``step`` to try next."""

    def __init__(self, reason: str, step: str = "") -> None:
        super().__init__(f"{reason}; {step}" if step else reason)
        self.reason = reason


class WorkbookError(AmznFcfError):
    """A workbook cannot be read or written, or is not one of ours."""


class EngineError(AmznFcfError):
    """A spreadsheet engine is missing or failed."""


class MissingLibraryError(AmznFcfError):
    """A library is missing that only some functions need."""

    def __init__(self, library: str, purpose: str) -> None:
        remedy = f"python -m pip install {library}; or write the add-in for browsers with {library}"
        super().__init__(f"{library} is missing, which {purpose} need: {remedy}")
        self.library = library


def is_error(value: object) -> bool:
    """Tell whether a value of a cell is an error value; other texts that begin with # are texts."""
    return isinstance(value, str) and value in ERROR_VALUES


_SYNONYMS: Final = {
    "yearly": "annual", "year": "annual", "years": "annual", "annually": "annual", "quarter": "quarterly",
    "quarters": "quarterly", "trailing": "ttm", "ltm": "ttm",
}  # fmt: skip
"""Words that people use for ours, and that are not spelt like them."""


def did_you_mean(name: str, known: Iterable[str], synonyms: Mapping[str, str] = _SYNONYMS) -> str:
    """Return ``"; did you mean a, b?"`` for near names; all names if they are few; else nothing.

    Near are one of which it is a synonym, those of which it is the initials (``fcf``), and those spelt like
    it, in any case.
    """
    names = {each.lower(): each for each in known}
    typed = re.sub(r"[\s-]+", "_", str(name)[:_LONGEST_SHOWN].strip().lower())
    near = [synonyms.get(typed, "")]
    if near[0] not in names:
        near = [each for each in names if len(typed) > 1 and "".join(_INITIAL.findall(each)) == typed]
        near += [each for each in difflib.get_close_matches(typed, names, cutoff=0.5) if each not in near]
    if near:
        return f"; did you mean {', '.join(names[each] for each in near[:3])}?"
    if len(names) <= _SHORT_LIST:
        return f"; allowed: {', '.join(names.values())}"
    return ""


def few(texts: Sequence[str], most: int, between: str = ", ", what: str = "more") -> str:
    """Return the first of some texts, and how many more there are.

    Examples
    --------
    >>> few(["a", "b", "c"], 2), few(["a", "b"], 2)
    ('a, b and 1 more', 'a, b')
    """
    return between.join(texts[:most]) + (f" and {len(texts) - most} {what}" if len(texts) > most else "")


def check_type(value: object, kind: type | tuple[type, ...], needed: str) -> None:
    """Refuse an argument of another kind; ``needed`` begins the message: what needs which argument."""
    if not isinstance(value, kind):
        raise InputError(f"{needed}, not {shown(value)}")


def shown(value: object) -> str:
    """Return what a message shows of a wrong value: its beginning, on one line, a text in quotes."""
    if isinstance(value, str):
        return repr(value) if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]!r}..."
    try:
        text = " ".join(str(value).split())
    except ValueError:  # a whole number of thousands of digits
        return f"a very large {type(value).__name__}"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def number_hint(value: object) -> str:
    """Return ``": write 0.5"`` for a text that stands for a number, such as ``0,5``, ``50%`` or ``1,000``."""
    meant = _number_meant(value) if isinstance(value, str) else None
    return "" if meant is None else f": write {meant:.15g}"


def _number_meant(text: str) -> float | None:
    plain = text.strip().rstrip("% ")
    plain = plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain.replace(",", ".", 1)
    try:
        found = float(plain)
    except ValueError:
        return None
    return found / 100 if text.strip().endswith("%") else found


@contextmanager
def located(where: str) -> Iterator[None]:
    """Begin the message of an error of this project with its place: a file, an entry, a declaration."""
    try:
        yield
    except AmznFcfError as error:
        error.args = (f"{where}: {error}",)
        raise


class Faults:
    """The faults of a file, told together; ``where`` begins their messages, and is said once."""

    def __init__(self, where: str) -> None:
        self.where, self.found = where, list[AmznFcfError]()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep an error of the user's for later."""
        try:
            yield
        except AmznFcfError as error:
            self.found.append(error)

    def check(self) -> None:
        """Raise what was kept as one error: the first ones, and how many there are more."""
        if self.found:
            first, *others = map(str, self.found[:_MOST_FAULTS])
            texts = [first, *(each.removeprefix(f"{self.where}: ") for each in others)]
            more = len(self.found) - _MOST_FAULTS
            raise type(self.found[0])("; also: ".join(texts) + (f"; and {more} more" if more > 0 else ""))
