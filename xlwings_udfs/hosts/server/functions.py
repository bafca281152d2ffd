"""The functions as xlwings Server calls them: computed outside the event loop, one at a time."""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import TYPE_CHECKING, Final

from model.parallel.workers import Threads
from xlwings_udfs.hosts.officejs import catching_functions, registered

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from xlwings_udfs.cells.arguments import Result

_MODEL: Final = Threads(max_workers=1, thread_name_prefix="model")
"""One thread, so that long calls do not block the event loop and no two calls compute at once."""


def server_functions() -> dict[str, Callable[..., Coroutine[object, object, Result]]]:
    """Return every function by name, ready for xlwings Server."""
    return {name: registered(_outside_the_loop(function)) for name, function in catching_functions().items()}


def _outside_the_loop(function: Callable[..., Result]) -> Callable[..., Coroutine[object, object, Result]]:
    @wraps(function)
    async def call(*arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(_MODEL, function, *arguments)

    return call
