"""Authentication: callers must send the token that the server was started with."""

from __future__ import annotations

import os
import secrets
from typing import Final

from fastapi import HTTPException, status
from xlwings_server.models import User

TOKEN_VARIABLE: Final = "AMZN_FCF_TOKEN"  # noqa: S105  # the name of a variable
SHORTEST_TOKEN: Final = 16


def expected_token() -> str:
    """Return the token of the environment; empty if it is missing or too short to be a secret."""
    token = os.environ.get(TOKEN_VARIABLE, "").strip()
    return token if len(token) >= SHORTEST_TOKEN else ""


async def validate_token(token_string: str) -> User:
    """Return the user of an Authorization header, ``Bearer <token>`` or the token alone; 401 for any other.

    xlwings Server calls it.
    """
    scheme, _, rest = (token_string or "").strip().partition(" ")
    given = rest.strip() if scheme.lower() == "bearer" else (token_string or "").strip()
    expected = expected_token()
    if not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        reason = "the token is missing or wrong: enter it in the task pane"
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, detail=reason)
    return User(id="token", name="holder of the token")
