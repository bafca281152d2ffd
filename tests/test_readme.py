"""Every command of the README and of the analysis runs, and prints what the page shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from shared import computed

from model.language.periods import Period
from model.simulation.run import simulate

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ANALYSIS = (ROOT / "docs" / "analysis.md").read_text(encoding="utf-8")
LEFT_OUT = "..."
"""A line that stands for any number of lines."""


def blocks(language: str, page: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def sessions() -> list[tuple[str, str]]:
    """Return each command with the output that is shown for it."""
    found = []
    for block in (*blocks("console"), *blocks("console", ANALYSIS)):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def comparable(output: str) -> list[str]:
    """Drop what differs from run to run: seconds, the size of rounding noise, and space at the ends of lines."""
    lines = [re.sub(r"\d+\.\d s\b|\d+(\.\d+)?e-\d+", "#", line).rstrip() for line in output.splitlines()]
    return [line for line in lines if line]


def shows(shown: list[str], printed: list[str]) -> bool:
    """Tell whether a page shows what was printed, but for the lines that it leaves out."""
    text = "\n".join(re.escape(line) if line != LEFT_OUT else "(?:.*\n)*?.*" for line in shown)
    return re.fullmatch(text, "\n".join(printed)) is not None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the README's own scenario, in which its commands run one after the other."""
    path = tmp_path_factory.mktemp("readme")
    (scenario,) = blocks("toml")
    (path / "mine.toml").write_text(scenario, encoding="utf-8")
    return path


@pytest.mark.parametrize(("command", "output"), sessions(), ids=lambda text: text.split("\n")[0][:60])
def test_every_command_prints_what_is_shown(command: str, output: str, folder: Path) -> None:
    program, *arguments = shlex.split(command)
    assert program == "amzn-fcf"
    done = subprocess.run(
        [sys.executable, "-m", "amzn_fcf", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown, printed = comparable(output), comparable(done.stdout)
    assert shows(shown, printed) if LEFT_OUT in shown else printed == shown, done.stdout


@pytest.mark.parametrize("scenario", ["article", "base"])
def test_the_headline_is_what_the_simulation_gives(scenario: str) -> None:
    heads, _, *rows = re.search(r"(\| quarter .*?)\n\n", README, re.DOTALL)[1].splitlines()  # type: ignore[index]
    quarters = [each.strip() for each in heads.strip("|").split("|")][1:]
    (cells,) = (
        [each.strip() for each in row.strip("|").split("|")][1:]
        for row in rows
        if row.startswith(f"| `{scenario}`")
    )
    found = simulate(scenario, draws=100_000, seed=1)
    chances = found.positive_by_quarter()
    for quarter, cell in zip(quarters, cells, strict=True):
        if quarter in chances:
            assert cell == f"{chances[quarter].probability:.1%}", quarter
        else:
            flow = computed(scenario).value("ttm_free_cash_flow", Period.parse(quarter))
            assert cell == f"**{flow / 1000:.1f}bn**", quarter


def test_the_analysis_in_python_gives_what_the_command_prints() -> None:
    (example,) = blocks("python", ANALYSIS)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"0\.3\d+\nChance\(probability=0\.4\d+, standard_error=0\.\d+\)\n", done.stdout), (
        done.stdout
    )


def test_the_python_example_runs() -> None:
    (example,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True)
    assert re.search(r"free_cash_flow\s+-\d+", done.stdout), done.stdout


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile
