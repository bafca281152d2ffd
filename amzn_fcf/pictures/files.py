"""Picture files: the check before any work is done, and saving."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf.building.new_files import check_target
from model.errors import InputError, shown
from model.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPEATED: Final = {"svg.hashsalt": "amzn-fcf", "svg.fonttype": "none"}
"""Settings with which a picture is the same text each time, with its words as text."""
_KINDS: Final = (".png", ".svg")


def can_draw() -> bool:
    """Tell whether there is matplotlib."""
    return importlib.util.find_spec("matplotlib") is not None


def picture_path(name: str | None) -> Path | None:
    """Return the path of a picture, None for none; refuse a bad name, a missing folder, a missing library."""
    if name is None:
        return None
    path = Path(name)
    if path.suffix.lower() not in _KINDS:
        raise InputError(f"--plot writes a .png or .svg file, not {shown(name)}")
    check_target("--plot", path)
    if not can_draw():
        raise InputError("--plot needs matplotlib: python -m pip install 'amzn-fcf[plot]'")
    return path


def save(figure: Figure, path: Path, dpi: int = 150) -> None:
    """Write a picture as PNG or SVG, as its name says; equal pictures give equal files."""
    from matplotlib import rc_context  # noqa: PLC0415  # slow to load

    data, kind = io.BytesIO(), path.suffix.lower().removeprefix(".")
    with rc_context(REPEATED):  # type: ignore[arg-type]  # names of settings
        figure.savefig(data, format=kind, dpi=dpi, metadata={"Date": None} if kind == "svg" else None)
    write_whole(path, data.getvalue())
