"""The documents: examples print what is shown, tables are those of the code, links resolve."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from refresh import PAGES, ROOT, kept, refreshed

import xlwings_udfs

if TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "README.md"
MOST_BYTES = 12_000
OTHER_PAGES = (ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them from headings."""
    heads = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page: Path) -> list[tuple[Path, str]]:
    """Return where the links of a page lead to within the project: file and anchor."""
    found = re.findall(r"\]\(([^)#\s]*)#?([^)\s]*)\)", prose(page))
    return [
        ((page.parent / target).resolve() if target else page, anchor)
        for target, anchor in found if not target.startswith(("http:", "https:"))
    ]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_examples_print_what_is_shown_and_tables_are_those_of_the_code(page: Path, tmp_path: Path) -> None:
    text = page.read_text("utf-8")
    assert refreshed(text, tmp_path) == text, "make docs writes what is printed now"


@pytest.mark.parametrize("page", [*PAGES, *OTHER_PAGES], ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target, anchor in links(page):
        assert target.exists(), target
        assert not anchor or anchor in anchors(target), f"{name_of(target)}#{anchor}"


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    assert index in dict(links(README))
    assert {page for page in PAGES if page not in {index, README}} <= set(dict(links(index)))


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= MOST_BYTES


def test_make_targets_of_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for page in [*PAGES, *OTHER_PAGES]:
        for target in re.findall(r"^    make (\w+)", page.read_text("utf-8"), re.MULTILINE):
            assert f"\n{target}:" in makefile


def test_the_examples_of_functions_are_those_that_there_are() -> None:
    for page in PAGES:
        assert set(re.findall(r"\bAMZN_[A-Z]+(?=\()", prose(page))) <= set(xlwings_udfs.__all__), name_of(
            page
        )


def test_what_differs_in_seconds_and_rounding_noise_is_kept() -> None:
    shown = "built in 12.1 s, off by 4e-15\n"
    assert kept(shown, "built in 9.8 s, off by 3.8e-15\n") == shown
    assert kept(shown, "built in 9.8 s, off by 3.8\n") == "built in 9.8 s, off by 3.8\n"


def test_lines_left_out_stay_left_out() -> None:
    shown = "head\n...\nchance of rain: 10 %\n...\n"
    printed = "Head\nrow\nrow\nchance of rain: 12 %\nrow\ntail\n"
    assert kept(shown, printed) == "Head\n...\nchance of rain: 12 %\n...\n"
