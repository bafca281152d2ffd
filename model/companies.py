"""The company that is used where none is named: Amazon, unless another one is put in its place."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from inspect import signature
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from model.company import Company

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

_in_use: ContextVar[Company | None] = ContextVar("company in use", default=None)


def default() -> Company:
    """Return the company in use."""
    if company := _in_use.get():
        return company
    from model.amazon import AMAZON  # noqa: PLC0415  # the one import of a company: when it is needed

    return AMAZON


@contextmanager
def using(company: Company) -> Iterator[Company]:
    """Use another company in this thread or task: commands and functions are then its own.

    A thread that is started meanwhile uses the default, unless it is one of
    :class:`model.parallel.workers.Threads` or runs in a copy of this context.
    """
    token = _in_use.set(company)
    try:
        yield company
    finally:
        _in_use.reset(token)


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
