"""The note as a reader sees it: its figures with their marks, its texts, and its pictures."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

SKIPPED = {"style", "title", "desc"}
MINUS = "\u2212"


class Figure(NamedTuple):
    """A figure: its text, its exact value, and the record that holds it."""

    text: str
    value: str
    command: str
    line: str
    period: str
    item: str


class Reader(HTMLParser):
    """Collects figures, quoted texts, texts of pictures, and all other text."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: list[Figure] = []
        self.quoted: list[Figure] = []
        self.drawn: list[str] = []
        self.texts: list[str] = []
        self.heads: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = tag, {key: value or "" for key, value in attrs}
        self.tags.append(element)
        if tag not in {"meta", "link", "br", "col"}:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        assert opened == tag, f"<{opened}> ends as </{tag}>"

    def handle_data(self, data: str) -> None:
        names = [name for name, _ in self.open]
        _, marks = self.open[-1] if self.open else ("", {})
        if SKIPPED & {*names} or not data.strip():
            return
        found = Figure(
            data,
            marks.get("value", ""),
            *(marks.get(f"data-{key}", "") for key in ("from", "line", "period", "item")),
        )
        if names[-1] == "data":
            self.figures.append(found)
        elif found.command:
            self.quoted.append(found)
        elif "svg" in names:
            self.drawn.append(data)
        elif {"h1", "h2"} & {*names}:
            self.heads.append(data)
        else:
            self.texts.append(data)


def read(page: str) -> Reader:
    """Read a note; one whose elements do not end in order fails."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return reader


def number_in(text: str) -> tuple[float, float]:
    """Return the number that a text shows, and half of its last digit, in the unit shown."""
    digits = re.sub(rf"[(){MINUS}+,%-]|bn", "", text)
    decimals = len(digits.partition(".")[2])
    return (-1 if text[0] in f"({MINUS}-" else 1) * float(digits), 0.5 * 10**-decimals
