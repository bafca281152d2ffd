"""Run every example of the documents and write its output; write the generated tables: ``make docs``.

A page is Markdown with four kinds of parts that this tool keeps true:

- a ``console`` block: commands after ``$ `` with their output; a line ``...`` stands for lines left out;
- a ``toml`` block that begins with ``# NAME.toml``, or a ``csv`` block with ``# NAME.csv`` above its heads:
  the file of that name, for the commands after it;
- a ``python`` block, and the ``text`` block after it: the program and what it prints;
- what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``: a table of :mod:`reference`.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import re
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import reference

from amzn_fcf import cli

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
LEFT_OUT: Final = "..."
_BLOCK: Final = re.compile(r"^```(console|toml|csv|python|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_GENERATED: Final = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_VARYING: Final = re.compile(r"\d+\.\d s\b|\d+(\.\d+)?e-\d+")
"""Seconds, and the size of rounding noise."""


class Examples:
    """The examples of one page, run one after the other in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed: str | None = None

    def renewed(self, block: re.Match[str]) -> str:
        """Return a block with the output that its commands print now."""
        language, body = block.groups()
        if language == "console":
            first, *parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
            body = first + "".join(self._session(part) for part in parts)
        elif language == "python":
            self.printed = self._captured(lambda: exec(compile(body, "example", "exec"), {}))  # noqa: S102  # our own pages
        elif language == "text" and self.printed is not None:
            body, self.printed = kept(body, self.printed), None
        elif name := re.match(r"# (\S+\.(?:toml|csv))\n", body):
            held = body[name.end() :] if language == "csv" else body
            (self.folder / name[1]).write_text(held, encoding="utf-8")
        return f"```{language}\n{body}```"

    def _session(self, part: str) -> str:
        command, _, shown = part.partition("\n")
        program, *arguments = shlex.split(command)
        if program != "amzn-fcf":
            raise ValueError(f"{command}: only amzn-fcf is run from a console block")
        return f"$ {command}\n{kept(shown, self._captured(lambda: _status(arguments)))}"

    def _captured(self, run: Callable[[], object]) -> str:
        printed = io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            run()
        return printed.getvalue()


def _status(arguments: list[str]) -> None:
    """Run a command, and print its exit status where it is not 0."""
    try:
        status: object = cli.main(arguments)
    except SystemExit as stop:
        status = stop.code
    if status:
        print(f"(exit status {status})")


def kept(shown: str, printed: str) -> str:
    """Return the output as shown, unless the new one differs by more than seconds and rounding noise."""
    lines = [line.rstrip() for line in printed.splitlines() if line.strip()]
    new = "".join(f"{line}\n" for line in _shortened(shown.splitlines(), lines))
    return shown if _comparable(shown) == _comparable(new) else new


def _comparable(text: str) -> str:
    return _VARYING.sub("#", text)


def _shortened(shown: list[str], printed: list[str]) -> list[str]:
    """Leave out the lines that a page leaves out: each part is found by its first line."""
    if LEFT_OUT not in shown:
        return printed
    gaps = [place for place, line in enumerate(shown) if line == LEFT_OUT]
    found, place = printed[: gaps[0]], gaps[0]
    for gap, end in zip(gaps, [*gaps[1:], len(shown)], strict=True):
        part = shown[gap + 1 : end]
        if part:
            ahead = printed[place:]
            start = place + ahead.index(difflib.get_close_matches(part[0], ahead, n=1, cutoff=0.0)[0])
            place = start + len(part)
        found += [LEFT_OUT, *(printed[start:place] if part else [])]
    return found


def refreshed(text: str, folder: Path) -> str:
    """Return a page with its examples run in ``folder`` and its tables written anew."""
    text = _GENERATED.sub(lambda part: f"{part[1]}\n{reference.TABLES[part[2]]()}\n\n{part[3]}", text)
    return _BLOCK.sub(Examples(folder).renewed, text)


def main() -> None:
    """Refresh the pages named on the command line, or all of them; say which changed."""
    for page in [Path(name).resolve() for name in sys.argv[1:]] or PAGES:
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            new = refreshed(text, Path(folder))
        if new != text:
            page.write_text(new, encoding="utf-8")
        print(f"{page.relative_to(ROOT)}: {'written' if new != text else 'as it was'}", file=sys.stderr)


if __name__ == "__main__":
    main()
