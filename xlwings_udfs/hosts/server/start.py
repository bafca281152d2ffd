"""Start of the server, which needs a licence key, a token and its guard."""

from __future__ import annotations

import inspect
import os
from contextlib import asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Final

from model.errors import InputError
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.server.guard import GUARDED, Guard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_LICENCE: Final = "XLWINGS_LICENSE_KEY"
_OUR_PROVIDER: Final = "custom"


def guarded_app() -> Guard:
    """Return xlwings Server behind its guard; exit if it lacks a licence key, authentication or a token."""
    try:
        path = _checked_settings()
    except InputError as error:
        raise SystemExit(str(error)) from None
    counts = {name: len(inspect.signature(function).parameters) for name, function in FUNCTIONS.items()}
    return Guard(import_module("xlwings_server.main").main_app, path, counts)


@asynccontextmanager
async def lifespan(_application: object) -> AsyncIterator[None]:
    """Refuse to start a server without its guard, as ``xlwings-server run`` does."""
    if not GUARDED.get():
        raise InputError("start this server with: uvicorn amzn_server:app")
    yield


def _checked_settings() -> str:
    settings = import_module("xlwings_server.config").settings
    if not (os.environ.get(_LICENCE) or settings.license_key):
        keys = "noncommercial for noncommercial use, or the key you bought"
        raise InputError(f"{_LICENCE} is missing: set it in the environment ({keys})")
    try:
        auth = import_module("xlwings_udfs.hosts.server.auth")
    except Exception as error:
        # without a licence xlwings cannot be imported, nor can its errors
        if type(error).__name__ != "LicenseError":
            raise
        raise InputError(f"{_LICENCE}: {error}") from None
    if not settings.auth_providers:
        remedy = "leave auth_providers in pyproject.toml as it is, or name another provider of xlwings Server"
        raise InputError(f"authentication is off: {remedy}")
    if _OUR_PROVIDER in settings.auth_providers:
        if not auth.expected_token():
            needed = f"set a secret of {auth.SHORTEST_TOKEN} characters or more"
            raise InputError(f"{auth.TOKEN_VARIABLE} is missing or short: {needed}")
        # if the project's own provider cannot be imported, xlwings Server falls back on a public token
        if import_module(f"auth.{_OUR_PROVIDER}").validate_token is not auth.validate_token:
            changed = "auth/custom of this project is not the one that was written"
            raise InputError(f"{changed}: write the project again")
    if settings.enable_socketio or settings.enable_wasm:
        raise InputError("enable_socketio and enable_wasm must stay false: the functions need neither")
    return f"{settings.app_path}/xlwings/custom-functions-call"
