"""Compiles the text of kernels, and caches the result in a folder, so that each is compiled only once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import sys
import threading
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from model.errors import EngineError
from model.files import users_cache

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER_VARIABLE: Final = "AMZN_FCF_CACHE"
"""Environment variable: another folder for compiled kernels."""
_COMPILING: Final = threading.Lock()


def require_numba() -> None:
    """Raise an :class:`EngineError` that says how to get numba unless it can be imported."""
    try:
        import numba  # noqa: F401, PLC0415  # half a second, paid by those who simulate
    except ImportError as error:
        raise EngineError(
            f"numba compiles the model, and cannot be imported ({error}): pip install 'amzn-fcf[fast]'"
        ) from None


def cache_folder() -> Path:
    """Return the folder of compiled kernels: ``AMZN_FCF_CACHE``, or one in the user's cache folder."""
    given = os.environ.get(FOLDER_VARIABLE)
    return Path(given) if given else users_cache() / "kernels"


def compiled(text: str) -> Callable[..., None]:
    """Return the function ``run`` of a kernel's text, from the cache if it is there."""
    with _COMPILING:
        return _compiled(text)


@lru_cache(maxsize=16)
def _compiled(text: str) -> Callable[..., None]:
    for attempt in range(2):
        with contextlib.suppress(Exception):  # without a usable folder the kernel is compiled in memory
            path = _written(text)
            if attempt:  # numba could not load what it had kept
                for kept in path.parent.glob(f"__pycache__/{path.stem}.*"):
                    kept.unlink()
            return _run_of(text, str(path), cache=True)
    return _run_of(text, "<kernel>", cache=False)


def _run_of(text: str, name: str, *, cache: bool) -> Callable[..., None]:
    """Compile a text, or with ``cache`` load the code that numba keeps next to its file."""
    module = ModuleType(f"amzn_fcf_{Path(name).stem}")
    module.__dict__["CACHE"] = cache
    sys.modules[module.__name__] = module  # numba looks it up when it loads
    exec(compile(text, name, "exec"), module.__dict__)  # noqa: S102  # text of program.py
    run: Callable[..., None] = module.__dict__["run"]
    return run


def _written(text: str) -> Path:
    """Write the text to its file unless it is there: numba ignores its cache if the file is newer."""
    import numba  # noqa: PLC0415  # half a second, paid by those who simulate

    made_by = f"{text}\n{numba.__version__} {platform.python_version()} {platform.machine()}"
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"kernel_{hashlib.sha256(made_by.encode()).hexdigest()[:20]}.py"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    return path
