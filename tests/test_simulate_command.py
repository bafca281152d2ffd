"""``amzn-fcf simulate`` as a user runs it."""

from __future__ import annotations

import csv
import io
import signal
import sys
import time
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]  # has no types
import pytest
from commands import amzn_fcf, records, refused
from processes import AMZN_FCF, running

from model.simulation.run import simulate

if TYPE_CHECKING:
    from pathlib import Path

FEW = ("simulate", "--draws", "400", "--engine", "numpy")
MANY = ("simulate", "--draws", "2000000", "--engine", "numpy", "--workers", "2")
PNG = b"\x89PNG\r\n\x1a\n"


def test_text_shows_what_was_done_and_every_table(tmp_path: Path) -> None:
    done = amzn_fcf(*FEW, "--output", "aws_margin 2028", "--plot", "base.png", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "wrote base.png\n"
    first = done.stdout.splitlines()[0]
    assert first.startswith(
        "base (as-of 2026Q2): 400 draws, latin_hypercube, seed 1, 25 blocks, by numpy in "
    )
    found = simulate("base", draws=400, engine="numpy", workers=1)
    chance = found.positive_by_quarter()["2027Q4"].probability
    row = next(line for line in done.stdout.splitlines() if line.split()[:1] == ["2027Q4"])
    assert row.split()[1] == f"{chance:.1%}"
    for text in ("aws_margin 2028", "mean of lowest 5%",
        "chance that the discounted cash flow exceeds the price of 256.29 USD",
                 "never below 0", "intensity_peak", "correlation ratio", "Convergence"):  # fmt: skip
        assert text in done.stdout
    assert (tmp_path / "base.png").read_bytes().startswith(PNG)
    assert [path.name for path in tmp_path.iterdir()] == ["base.png"]


def test_json_and_csv_hold_the_same_records() -> None:
    printed = records(*FEW, "--sampling", "sobol", "--seed", "3")
    rows = list(
        csv.DictReader(
            io.StringIO(amzn_fcf(*FEW, "--sampling", "sobol", "--seed", "3", "--format", "csv").stdout)
        )
    )
    kept = [each for each in printed if each["item"] or each["name"] != "seconds"]
    assert [(each["kind"], each["name"], each["item"]) for each in kept] == [
        (each["kind"], each["name"], each["item"])
        for each in rows
        if each["item"] or each["name"] != "seconds"
    ]
    values = {(each["kind"], each["name"], each["item"]): each["value"] for each in printed}
    found = simulate("base", draws=400, seed=3, sampling="sobol", engine="numpy", workers=1)
    value = found.estimates["value_per_share[dcf,mid]"]
    assert values["simulated", value.name, "mean"] == value.mean
    assert values["simulated", value.name, "p95"] == value.percentiles[95]
    assert values["above", value.name, "price"] == found.above[value.name].probability
    assert values["event", "trough", "2027Q1"] == found.events["trough"]["2027Q1"].probability
    assert values["run", "seed", ""] == 3
    assert values["run", "lost", ""] == ""


def test_one_draw_is_one_draw_and_has_no_spread() -> None:
    text = amzn_fcf("simulate", "--draws", "1", "--engine", "numpy", "--workers", "1").stdout
    assert "base (as-of 2026Q2): 1 draw, latin_hypercube, seed 1, 1 block, by numpy" in text
    assert "nan" not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--draws", "0"], "draws must be a whole number from 1 to 1,000,000,000, not 0"),
        (
            ["--draws", "1000000000000"],
            "draws must be a whole number from 1 to 1,000,000,000, not 1000000000000",
        ),
        (["--draws", "many"], "argument --draws: needs a whole number, not 'many'"),
        (["--seed", "1.5"], "argument --seed: needs a whole number, not '1.5'"),
        (["--seed", "-1"], "seed must be a whole number of 0 or more, not -1"),
        (["--workers", "0"], "workers must be a whole number from 1"),
        (["--sampling", "sobel"], "argument --sampling: invalid choice"),
        (["--scenario", "bse"], "unknown scenario 'bse'; did you mean base"),
        (["--output", "free_cash_flw 2027"], "unknown line 'free_cash_flw'; did you mean free_cash_flow"),
        (["--uncertainty", "none.toml"], "none.toml: cannot read the uncertainty file: No such file"),
        (["--plot", "base.jpg"], "--plot writes a .png or .svg file, not 'base.jpg'"),
        (
            ["--plot", "no_such_folder/base.png"],
            "--plot no_such_folder/base.png: there is no folder no_such_folder",
        ),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    assert message in refused("simulate", *arguments, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('[drivers.aws_grwth]\nunit = "ratio"', "unknown driver 'aws_grwth'; did you mean aws_growth"),
        (('[drivers.delayed]\nunit = "ratio"\ngrade = "J"\nsource = "me"\n'
         'set = { distribution = "uniform", low = 0, high = 2 }'),
         ("set in delayed, which must stay in 0..1 in every period: "
         "uniform from 0 to 2 leaves 0..1: narrow it")),
    ],
)  # fmt: skip
def test_a_bad_file_of_distributions_is_one_line(entry: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(entry, encoding="utf-8")
    assert message in refused("simulate", "--draws", "100", "--uncertainty", "mine.toml", cwd=tmp_path)


def test_a_file_of_the_users_own_is_what_is_drawn_from(tmp_path: Path) -> None:
    sure = 'set = { distribution = "discrete", values = [1.15], probabilities = [1] }'
    (tmp_path / "sure.toml").write_text(
        f'[drivers.beta]\nunit = "times"\ngrade = "J"\nsource = "me"\n{sure}', encoding="utf-8"
    )
    done = amzn_fcf(*FEW, "--uncertainty", "sure.toml", "--format", "csv", cwd=tmp_path)
    rows = {
        (row["name"], row["item"]): row["value"]
        for row in csv.DictReader(io.StringIO(done.stdout))
        if row["kind"] == "simulated"
    }
    plain = float(rows["value_per_share[dcf,mid]", "plain"])
    assert float(rows["value_per_share[dcf,mid]", "mean"]) == pytest.approx(plain, rel=1e-12)
    assert float(rows["value_per_share[dcf,mid]", "deviation"]) == pytest.approx(0, abs=1e-9)


def test_ctrl_c_in_the_middle_is_one_line_and_leaves_no_picture(tmp_path: Path) -> None:
    with running([*AMZN_FCF, *MANY, "--plot", "base.png"], tmp_path) as command:
        workers = _busy_workers(command.pid)
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (130, "")
    assert err == "amzn-fcf: interrupted; files already written are complete\n"
    assert list(tmp_path.iterdir()) == []
    assert not [each for each in workers if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.skipif(sys.platform == "win32", reason="kills a process group")
def test_workers_end_with_a_command_that_is_killed(tmp_path: Path) -> None:
    with running([*AMZN_FCF, *MANY], tmp_path, quiet=True) as command:
        workers = _busy_workers(command.pid)
        command.kill()
        command.wait()
        _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive


def _busy_workers(pid: int) -> list[psutil.Process]:
    """Wait until two worker processes compute, and return them."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = psutil.Process(pid).children(recursive=True)
        busy = [each for each in children if each.cpu_times().user > 1.5]
        if len(busy) >= 2:  # more than it takes to start
            return busy
        time.sleep(0.1)
    pytest.fail("the workers did not start")
