"""Simulations on a Dask cluster: the same bits as on one machine, even if a worker or the scheduler dies."""

from __future__ import annotations

import math
from contextlib import contextmanager
from functools import partial
from operator import truediv
from typing import TYPE_CHECKING

import pytest
from dask_processes import dask_processes
from distributed import LocalCluster
from shared import answers

from amzn_fcf.cli import main
from model.errors import EngineError, InputError
from model.parallel.cluster import cluster_workers
from model.parallel.workers import WorkersLostError, in_order
from model.simulation.run import simulate
from model.simulation.sampling import blocks_of
from workbook_templates.validation.validate import validate_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from model.simulation.results import Simulation

DRAWS = 2000


@pytest.fixture(scope="module")
def local() -> Simulation:
    return simulate("base", draws=DRAWS, engine="numpy", workers=1)


def test_a_local_cluster_gives_the_same_bits(local: Simulation) -> None:
    options = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "processes": False,
        "dashboard_address": ":0",
        "host": "127.0.0.1",
        "protocol": "tcp",
    }
    with LocalCluster(**options) as cluster:  # type: ignore[no-untyped-call]  # distributed is typed in part
        found = simulate("base", draws=DRAWS, engine="numpy", scheduler=cluster.scheduler_address)
        assert answers(found) == answers(local)
        assert not found.lost
        with pytest.raises(ZeroDivisionError):  # what goes wrong here is no failure of the cluster
            simulate(
                "base", draws=DRAWS, engine="numpy", scheduler=cluster.scheduler_address, on_block=mistaken
            )


def mistaken(draws: int) -> None:
    raise ZeroDivisionError(draws)


def test_a_worker_that_is_killed_on_the_way_changes_nothing(local: Simulation, tmp_path: Path) -> None:
    with dask_processes(tmp_path) as dask:
        done = []

        def kill_one(draws: int) -> None:
            done.append(draws)
            if len(done) == 2:
                dask.workers[0].kill()

        found = simulate("base", draws=DRAWS, engine="numpy", scheduler=dask.address, on_block=kill_one)
        assert dask.workers[0].poll() is not None
        assert (found.draws, found.lost) == (DRAWS, "")
        assert answers(found) == answers(local)
        assert done == sorted(done)
        assert done[-1] == DRAWS

        # what a piece raises on a worker is the error of the call
        with cluster_workers(dask.address) as workers:
            assert workers.at_once == 2  # of one thread
            assert list(in_order(workers, math.factorial, range(5))) == [1, 1, 2, 6, 24]
            with pytest.raises(InputError, match="draws must be a whole number from 1"):
                list(in_order(workers, blocks_of, range(5)))
        for piece, reason in (
            (partial(truediv, 1), "ZeroDivisionError"),
            (here_alone, "ModuleNotFoundError"),
        ):
            with (
                pytest.raises(WorkersLostError, match=f"the cluster failed: {reason}"),
                cluster_workers(dask.address) as workers,
            ):
                list(in_order(workers, piece, range(5)))


def here_alone(piece: int) -> float:
    """Return what other machines, which have no such module, cannot compute."""
    return piece


def test_a_scheduler_that_is_killed_leaves_the_blocks_that_were_done(
    local: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with dask_processes(tmp_path) as dask:

        @contextmanager
        def killing(_total: int, _what: str) -> Iterator[Callable[[int], None]]:
            def kill(_done: int) -> None:
                dask.scheduler.kill()

            yield kill

        monkeypatch.setattr("amzn_fcf.text.tables.progress_bar", killing)
        status = main(
            ["simulate", "--draws", str(10 * DRAWS), "--engine", "numpy", "--scheduler", dask.address]
        )
    out, err = capsys.readouterr()
    assert status == 1
    assert err.startswith("amzn-fcf: error: the connection to the scheduler is lost; ")
    assert err.endswith(f" of {10 * DRAWS:,} draws are in the estimates, which are partial\n")
    assert len(err.splitlines()) == 1
    assert f"draws of {10 * DRAWS:,} asked: PARTIAL" in out.splitlines()[0]
    assert "chance > 0" in out
    assert local.draws == DRAWS


def test_a_scheduler_that_is_not_there_or_has_no_workers_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.parallel.cluster._SECONDS_TO_ANSWER", 1)
    with pytest.raises(
        EngineError,
        match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9 .*: start one with `dask scheduler`",
    ):
        simulate("base", draws=100, engine="numpy", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(EngineError, match="no Dask scheduler answers at nonsense://x"):
        simulate("base", draws=100, engine="numpy", scheduler="nonsense://x")
    with pytest.raises(EngineError, match="'' is not the address of a Dask scheduler: write one such as tcp"):
        simulate("base", draws=100, engine="numpy", scheduler="")
    with (
        dask_processes(tmp_path, workers=0) as dask,
        pytest.raises(EngineError, match="has no workers: start some with `dask worker"),
    ):
        simulate("base", draws=100, engine="numpy", scheduler=dask.address)


def test_a_batch_of_workbooks_is_built_on_the_cluster_and_written_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    order = ["build", "--scenario", "base", "bear", "--out", str(out)]
    with dask_processes(tmp_path) as dask:
        dask.workers[0].kill()  # what it was given goes to the other
        assert main([*order, "--scheduler", dask.address]) == 0
    assert "wrote " in capsys.readouterr().out
    for name in ("base", "bear"):
        assert validate_file(out / f"amzn-fcf_{name}.xlsx", engines=()).is_clean
    assert main(order) == 0  # what the cluster built is known here, and kept
    assert "2 workbooks (2 kept)" in capsys.readouterr().out


def test_a_missing_extra_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(EngineError, match=r'needs the extra "cluster": pip install "amzn-fcf\[cluster\]"'):
        simulate("base", draws=100, engine="numpy", scheduler="tcp://127.0.0.1:9")
