"""Every command of the README runs, and prints what the README shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def sessions() -> list[tuple[str, str]]:
    """Return each command with the output that is shown for it."""
    found = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def comparable(output: str) -> list[str]:
    """Drop what differs from run to run: seconds, the size of rounding noise, and space at the ends of lines."""
    lines = [re.sub(r"\d+\.\d s$|\d+(\.\d+)?e-\d+", "#", line).rstrip() for line in output.splitlines()]
    return [line for line in lines if line]


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
    done = subprocess.run([sys.executable, "-m", "amzn_fcf", *arguments], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    assert comparable(done.stdout) == comparable(output)


def test_the_python_example_runs() -> None:
    (example,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, check=True)
    assert re.search(r"free_cash_flow\s+-\d+", done.stdout), done.stdout


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile
