"""The company that is used where none is named: Amazon, unless another one is put in its place."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache, wraps
from inspect import signature
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from model.company import Company

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

_in_use: list[Company] = []


def default() -> Company:
    """Return the company in use."""
    if not _in_use:
        from model.amazon import AMAZON  # noqa: PLC0415  # the one import of a company: when it is needed

        _in_use.append(AMAZON)
    return _in_use[-1]


@contextmanager
def using(company: Company) -> Iterator[Company]:
    """Use another company in this process, threads included: commands and functions are then its own."""
    default()
    _in_use.append(company)
    try:
        yield company
    finally:
        _in_use.pop()  # blocks of ``with`` end in the order in which they nest


def cached(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Keep what a function gives for its arguments; a ``company`` that is left out is the one in use.

    ``functools.cache`` would keep the answer for the company that was in use at the first call.
    """
    kept = cache(function)
    names = list(signature(function).parameters)

    @wraps(function)
    def call(*arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
        given = dict(zip(names, arguments, strict=False)) | named  # one key however arguments are given
        given["company"] = given.get("company") or default()
        return kept(**given)

    vars(call)["cache_clear"] = kept.cache_clear
    return call
