"""The note in a real browser: no error, no request, two pages in print, and no sideways scrolling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browser import browser, dom_of, pages_of, printed
from commands import amzn_fcf

if TYPE_CHECKING:
    from pathlib import Path

CASES = {
    "base": (),
    "article": ("--scenario", "article"),
    "long": (
        "--as-of", "2024Q4", "--set", "aws_growth=0.2", "--set", "beta=1.3",
        "--set", "capex_budget@2027=300000",
    ),
}  # fmt: skip
MEASURED = """<iframe src="note.html" style="border:0;width:{width}px;height:900px" onload="
const page = this.contentDocument, root = page.documentElement;
const shown = [...page.querySelectorAll('svg')].filter(each => each.getBoundingClientRect().width > 0);
document.title = [root.scrollWidth > root.clientWidth ? 'scrolls' : 'fits',
                  ...shown.map(each => each.getAttribute('class'))].join(' ')"></iframe>"""
"""A page that shows the note at a width, and says which of its pictures are seen."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the note of base."""
    path = tmp_path_factory.mktemp("note") / "note.html"
    assert amzn_fcf("report", "--out", str(path)).returncode == 0
    return path


@pytest.mark.parametrize("case", CASES)
def test_it_opens_without_an_error_or_a_request_and_prints_on_two_pages(
    case: str, base: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    program, page = browser(request), base
    if case != "base":
        page = tmp_path / "note.html"
        assert amzn_fcf("report", *CASES[case], "--out", str(page)).returncode == 0
    found = printed(program, page, tmp_path)
    assert (found.requests, found.console, found.pages) == ([], [], 2)


def test_without_pictures_it_prints_on_two_pages_too(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, page = browser(request), tmp_path / "note.html"
    monkeypatch.setattr("amzn_fcf.pictures.files.can_draw", lambda: False)
    assert amzn_fcf("report", "--out", str(page)).returncode == 0
    assert printed(program, page, tmp_path).pages == 2


def test_a_page_that_errs_and_asks_is_seen(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """What the test above counts, it would find."""
    page = tmp_path / "bad.html"
    page.write_text('<img src="http://example.invalid/x.png"><script>nowhere()</script>', "utf-8")
    found = printed(browser(request), page, tmp_path)
    assert set(found.requests) == {"http://example.invalid/x.png"}
    assert any("nowhere is not defined" in line for line in found.console)
    assert found.pages == 1


@pytest.mark.parametrize(("width", "fan"), [(400, "narrow-fan"), (1280, "wide-fan")])
def test_it_fits_the_width_of_a_screen(
    width: int, fan: str, base: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    frame = base.with_name(f"frame{width}.html")
    frame.write_text(MEASURED.format(width=width), "utf-8")
    (title,) = re.findall("<title>(.*?)</title>", dom_of(browser(request), frame, tmp_path))
    assert title == f"fits {fan} bridge football"


def test_a_pdf_is_what_the_browser_prints(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    browser(request)
    done = amzn_fcf("report", "--format", "pdf", cwd=tmp_path)
    assert done.stdout == "wrote amzn-fcf_base.pdf\n"
    data = (tmp_path / "amzn-fcf_base.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert pages_of(data) == 2
    assert b"CreationDate" not in data
    again = tmp_path / "again.pdf"
    assert amzn_fcf("report", "--out", str(again)).returncode == 0
    assert again.read_bytes() == data
