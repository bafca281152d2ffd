"""The faults of a file, told together."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from model.errors import AmznFcfError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN: Final = 5


class Faults:
    """The faults of a file, so that a user sees all of them at once.

    ``where`` begins their messages, and is said once.
    """

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
        if not self.found:
            return
        first, *others = map(str, self.found[:_SHOWN])
        more = len(self.found) - _SHOWN
        texts = [first, *(each.removeprefix(f"{self.where}: ") for each in others)]
        end = f"; and {more} more" if more > 0 else ""
        raise type(self.found[0])(f"{'; also: '.join(texts)}{end}") from None
