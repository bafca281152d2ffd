"""The folder that a host needs, written completely or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import WorkbookError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable


def texts_of(folder: Traversable, within: str = "") -> dict[str, str]:
    """Return the texts of all files below a folder of this package, by their path within it."""
    found: dict[str, str] = {}
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir() and each.name != "__pycache__":
            found |= texts_of(each, f"{within}{each.name}/")
        elif each.is_file():
            found[within + each.name] = each.read_text(encoding="utf-8")
    return found


def write_folder(out: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write files into a folder and return their paths; other files there stay.

    Raises
    ------
    WorkbookError
        If a file of the same name has another content, which may be somebody's changes, or if the folder
        cannot be written. Nothing is written then.
    """
    try:
        changed = [name for name, text in texts.items() if _differs(out / name, text)]
        if changed:
            raise WorkbookError(
                f"{out / changed[0]} is there and differs: move the folder away or choose another with --out"
            )
        target = out.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as name:
            staged = Path(name) / "complete"
            for each, text in texts.items():
                (staged / each).parent.mkdir(parents=True, exist_ok=True)
                (staged / each).write_text(text, encoding="utf-8", newline="\n")
            if not target.exists():
                staged.rename(target)
            else:
                for each in texts:
                    (target / each).parent.mkdir(parents=True, exist_ok=True)
                    (staged / each).replace(target / each)
    except OSError as error:
        raise WorkbookError(
            f"{out}: cannot be written ({error.strerror}); choose another folder with --out"
        ) from None
    return [out / name for name in texts]


def _differs(path: Path, text: str) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != text.encode())
