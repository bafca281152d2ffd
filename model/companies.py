"""The company that is used where none is named: Amazon, unless another one is put in its place."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from inspect import signature
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from model.data_folder import VARIABLE, OwnData, read_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from model.company import Company

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

_in_use: ContextVar[Company | None] = ContextVar("company in use", default=None)


def default(*, ships: bool = False) -> Company:
    """Return the company in use; ``ships``: without the folder of data that a variable may name."""
    if company := _in_use.get():
        return company
    from model.amazon import AMAZON  # noqa: PLC0415  # the one import of a company: when it is needed

    folder = None if ships else os.environ.get(VARIABLE)
    return with_data_folder(folder, AMAZON) if folder else AMAZON


def with_data_folder(folder: str | Path, company: Company | None = None) -> Company:
    """Return a company with a folder of the user's own data laid over its data; see :mod:`model.data_folder`.

    A folder that is not there, or a file that is no text, is an :class:`InputError`.
    """
    return laid_over(company or default(), read_folder(str(folder)))


@contextmanager
def using_data(folder: str | Path) -> Iterator[Company]:
    """Use a folder of the user's own data in this thread or task: :func:`using`, :func:`with_data_folder`."""
    with using(with_data_folder(folder)) as company:
        yield company


def laid_over(company: Company, own: OwnData) -> Company:
    """Return a company with data of the user's own laid over its data."""
    from model.company import with_own_data  # noqa: PLC0415  # --help is fast

    return with_own_data(company, own)


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
    expected = signature(function).parameters.values()
    names = [each.name for each in expected]
    defaults = {each.name: each.default for each in expected if each.default is not each.empty}

    @wraps(function)
    def call(*arguments: Arguments.args, **named: Arguments.kwargs) -> Answer:
        given = defaults | dict(zip(names, arguments, strict=False)) | named  # one key however they are given
        given["company"] = given.get("company") or default()
        return kept(**given)

    vars(call)["cache_clear"] = kept.cache_clear
    return call
