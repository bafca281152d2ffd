"""A worker of another version or without the package computes nothing, and nobody waits for lost workers."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

import pytest
from dask_processes import DaskProcesses, changed_packages, dask_processes
from processes import AMZN_FCF, finished

from amzn_fcf.building import batch
from amzn_fcf.building.batch import Family, Job, Outcome, outcomes
from amzn_fcf.building.records import FOLDER, kept_record
from amzn_fcf.building.selection import Offer
from amzn_fcf.cli import main
from model.amazon import AMAZON
from model.parallel.cluster import _refusal
from model.parallel.software import software
from model.parallel.workers import ThisThread, Workers
from model.scenarios.composing import load_scenario
from model.simulation.run import simulate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Result = TypeVar("Result")
SECONDS = 180
"""Far more than any of the commands needs: what takes longer hangs."""
DRAWS = 4000
COMMANDS = {
    "simulate": ("simulate", "--draws", str(DRAWS), "--engine", "numpy"),
    "build": ("build", "--scenario", "base", "bear", "--out", "out"),
}
CHANGES = {
    "code": ("model/amazon/value.py", "-Assets.net_capex, history=0", "-2 * Assets.net_capex, history=0"),
    "data": ("model/amazon/data/drivers.csv", "price,USD/share,256.29", "price,USD/share,256.28"),
    "workbook": ("workbook_templates/a1.py", "from __future__", "\nfrom __future__"),
    "command": ("amzn_fcf/cli.py", "_PARTS: Final = (", "_PARTS: Final = (  "),
}
OF_ANOTHER_VERSION = (
    r"the worker at tcp://\S+ has code and data \w{16}, but this process has code and data \w{16}: "
    r"install the same on both and restart the worker"
)
WITHOUT_THE_PACKAGE = (
    r"the worker at tcp://\S+ cannot load amzn-fcf \(No module named 'model'\): "
    r"install amzn-fcf \S+ there and restart the worker"
)


def start_wrong_worker(dask: DaskProcesses, kind: str) -> None:
    if kind == "bare":
        dask.start_worker(bare=True)
    else:
        dask.start_worker(changed_packages(dask.folder / "other", *CHANGES["code"]))


def within(seconds: float, function: Callable[[], Result]) -> Result:
    """Return what a function returns, or fail if it takes too long."""
    answer: Future[Result] = Future()

    def run() -> None:
        try:
            answer.set_result(function())
        except BaseException as error:  # noqa: BLE001  # raised by the future
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer.result(seconds)


# Before any work


def test_workers_with_other_software_are_refused_in_one_line_before_anything_is_computed(
    tmp_path: Path,
) -> None:
    """One right worker throughout, and beside it one of another version, one without the package, or both."""
    either = f"({OF_ANOTHER_VERSION}|{WITHOUT_THE_PACKAGE})"
    expected = {
        ("changed", "bare"): rf"{either} \(2 of 3 workers cannot compute\)",
        ("bare",): WITHOUT_THE_PACKAGE,
        ("changed",): OF_ANOTHER_VERSION,
    }
    with dask_processes(tmp_path, workers=1) as dask:
        for kinds, line in expected.items():
            for kind in kinds:
                start_wrong_worker(dask, kind)
            dask.wait_for_workers()
            for command in COMMANDS.values():
                done = finished([*AMZN_FCF, *command, "--scheduler", dask.address], tmp_path, timeout=SECONDS)
                assert (done.returncode, done.stdout) == (2, "")
                assert re.fullmatch(f"amzn-fcf: error: {line}\n", done.stderr), done.stderr
            assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
            while len(dask.workers) > 1:
                wrong = dask.workers.pop()
                wrong.kill()
                wrong.wait()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_code_or_data_in_any_package_is_other_software(change: str, tmp_path: Path) -> None:
    packages = changed_packages(tmp_path, *CHANGES[change])
    code = "import json; from model.parallel.software import software; print(json.dumps(software()))"
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    done = finished([sys.executable, "-c", code], tmp_path, env=environment)
    found = json.loads(done.stdout)
    assert {name for name in software() if found[name] != software()[name]} == {"code and data"}


@pytest.mark.parametrize("name", ["amzn-fcf", "Python", "numpy", "numba"])
def test_another_version_of_what_computes_is_refused_with_both_versions(name: str) -> None:
    here = software()
    assert _refusal("tcp://a:1", {**here, name: "0.0.1"}, here) == (
        f"the worker at tcp://a:1 has {name} 0.0.1, but this process has {name} {here[name]}: "
        "install the same on both and restart the worker"
    )
    assert not _refusal("tcp://a:1", dict(here), here)


# During the work


@pytest.mark.parametrize(("kind", "line"), [("changed", OF_ANOTHER_VERSION), ("bare", WITHOUT_THE_PACKAGE)])
def test_a_worker_with_other_software_that_joins_later_computes_nothing(
    kind: str, line: str, tmp_path: Path
) -> None:
    with dask_processes(tmp_path, workers=1) as dask:

        def replace_worker(_draws: int) -> None:
            if len(dask.workers) == 1:
                start_wrong_worker(dask, kind)
                dask.wait_for_workers()
                dask.workers[0].kill()

        found = within(
            SECONDS,
            lambda: simulate(
                "base", draws=DRAWS, engine="numpy", scheduler=dask.address, on_block=replace_worker
            ),
        )
    assert re.fullmatch(line, found.lost), found.lost
    alone = simulate("base", draws=DRAWS, engine="numpy", workers=1)
    assert 0 < found.draws < alone.draws
    value = "value_per_share[dcf,mid]"
    assert found.estimates[value].mean == pytest.approx(alone.estimates[value].mean, rel=0.1)


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up soon after the last worker is lost."""
    monkeypatch.setattr("model.parallel.cluster._SECONDS_WITHOUT_WORKERS", 1)


@pytest.mark.usefixtures("no_patience")
def test_a_simulation_whose_last_worker_is_lost_ends_and_gives_what_was_computed(tmp_path: Path) -> None:
    with dask_processes(tmp_path, workers=1) as dask:
        found = within(
            SECONDS,
            lambda: simulate(
                "base",
                draws=DRAWS,
                engine="numpy",
                scheduler=dask.address,
                on_block=lambda _draws: dask.workers[0].kill(),
            ),
        )
    assert found.lost == (
        f"the scheduler at {dask.address} has no workers any more: "
        f"start some with `dask worker {dask.address}`"
    )
    assert 0 < found.draws < DRAWS


@pytest.mark.usefixtures("no_patience")
def test_a_build_whose_last_worker_is_lost_ends_and_keeps_what_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write = batch._write  # noqa: SLF001  # the moment at which one workbook is there
    out = tmp_path / "out"
    with dask_processes(tmp_path, workers=1) as dask:

        def write_and_kill(job: Job, outcome: Outcome, data: bytes) -> Outcome:
            dask.workers[0].kill()
            return write(job, outcome, data)

        monkeypatch.setattr(batch, "_write", write_and_kill)
        command = ["build", "--scenario", "base", "bear", "bull", "--out", str(out)]
        assert within(SECONDS, lambda: main([*command, "--scheduler", dask.address])) == 2
    output, errors = capsys.readouterr()
    assert f"wrote {out}/amzn-fcf_base.xlsx\n1 workbook in " in output
    first, second = errors.splitlines()
    assert first == (
        f"amzn-fcf: error: {out}/amzn-fcf_bear.xlsx: the scheduler at {dask.address} has no workers any "
        f"more: start some with `dask worker {dask.address}`"
    )
    assert second.startswith("amzn-fcf: 2 of 3 not built: amzn-fcf_bear.xlsx, amzn-fcf_bull.xlsx; ")
    assert [path.name for path in out.glob("*.xlsx")] == ["amzn-fcf_base.xlsx"]


# What is kept


def test_a_workbook_is_kept_only_if_the_software_of_this_process_built_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the process that built it is one of this computer, started after the code was changed."""
    (tmp_path / FOLDER).mkdir()
    base = load_scenario("base")
    family = Family("", AMAZON, Offer((base,), ()))
    here, other = (Job(family, base, tmp_path / f"{name}.xlsx") for name in ("here", "other"))
    keys = {here.path: here.key, other.path: "of a process with other software"}
    monkeypatch.setattr(
        batch, "_built", lambda job: (Outcome(job.path, "wrote", key=keys[job.path]), b"workbook")
    )
    assert [each.state for each in outcomes([here, other], Workers(ThisThread(), 1))] == ["wrote", "wrote"]
    assert kept_record(here.path, here.key, replace_changed=False)
    assert kept_record(other.path, other.key, replace_changed=False) is None
