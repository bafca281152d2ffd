"""A batch of workbooks: on all cores, whole files whatever ends it, and a second run that goes on."""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest
import ready_made
from commands import amzn_fcf
from processes import AMZN_FCF, finished, running
from scenario_files import CASE, cases
from shared import calculated

from amzn_fcf.building import batch
from amzn_fcf.building.batch import Family, Job, Outcome, existing, outcomes
from amzn_fcf.building.records import FOLDER, kept_record
from amzn_fcf.building.selection import Offer
from amzn_fcf.building.workbooks import Built
from model.amazon import AMAZON
from model.errors import WorkbookError
from model.parallel.workers import Workers
from model.results import run
from model.scenarios.composing import load_scenario
from workbook_templates.engines.engines import DEFAULT_ENGINE
from workbook_templates.validation.findings import Finding, Report
from workbook_templates.validation.parity import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

Found = TypeVar("Found")
NAMES = ("base", "bull", "bear", "base+price_war", "base+power_delay", "base+silicon_delay", "article")
KILLS = int(os.environ.get("AMZN_FCF_TEST_KILLS", "8"))

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills process groups")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real workbook, from which the ready-made ones are."""
    path = tmp_path_factory.mktemp("made") / "base.xlsx"
    path.write_bytes(calculated("base"))
    return path


def quick(workbook: Path, number: int, *arguments: str, seconds: float = 0) -> list[str]:
    """Return the command that builds from a ready-made workbook."""
    given = (str(ready_made.__file__), str(workbook), str(number), str(seconds))
    return [sys.executable, *given, "build", *arguments]


def of_base() -> Family:
    """Return workbooks that offer base alone."""
    return Family("", AMAZON, Offer((load_scenario("base"),), ()))


def workbooks(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.xlsx"))


def parts(folder: Path) -> list[Path]:
    return [*folder.glob(".*.part"), *(folder / FOLDER).glob(".*.part")]


def assert_whole(path: Path) -> None:
    """Assert that a workbook is complete, and recorded as built and unchanged since."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        assert "xl/workbook.xml" in package.namelist()
    assert kept_record(path, "another key", replace_changed=False) is None  # it may be replaced: no error


def run_of(path: Path) -> int:
    """Return the run in which a ready-made workbook was written."""
    name, number = zipfile.ZipFile(path).read(ready_made.MARK).decode().split()
    assert path.name == f"amzn-fcf_{name}.xlsx"
    return int(number)


def changed_since(earlier: Mapping[Path, int]) -> list[Path]:
    """Return the files that were written again since their time of change was looked at."""
    return [path for path, then in earlier.items() if path.stat().st_mtime_ns != then]


def wait_for(ask: Callable[[], Sequence[Found]], at_least: int, patience: float = 30) -> list[Found]:
    """Wait until there are so many."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = ask()
        if len(found) >= at_least:
            return list(found)
        time.sleep(0.05)
    pytest.fail(f"fewer than {at_least} after {patience} s")


# Kills


def test_random_kills_leave_whole_workbooks_and_lose_none(
    workbook: Path, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    """Every run replaces all workbooks; a kill leaves each as an earlier run or this one wrote it.

    Half of the kills fall anywhere in a run, half into the time in which workbooks are written.
    """
    out = tmp_path / "out"
    arguments = ("--force", "--workers", "2", "--out", str(out), "--scenario", *NAMES)
    started = time.time()
    assert finished(quick(workbook, 0, *arguments), tmp_path).returncode == 0
    whole = time.time() - started
    written_at = sorted(path.stat().st_mtime for path in workbooks(out))
    writing = written_at[-1] - written_at[0]
    chance = random.Random(5)
    half_written, amid = 0, 0
    for number in range(1, KILLS + 1):
        with running(quick(workbook, number, *arguments), tmp_path, quiet=True):
            if number % 2:
                earlier = {path: path.stat().st_mtime_ns for path in workbooks(out)}
                wait_for(partial(changed_since, earlier), 1)
                time.sleep(chance.uniform(0, writing))
            else:
                time.sleep(chance.uniform(0, whole))
        assert [path.name for path in workbooks(out)] == sorted(f"amzn-fcf_{name}.xlsx" for name in NAMES)
        for path in workbooks(out):
            assert_whole(path)
        runs = [run_of(path) for path in workbooks(out)]
        assert max(runs) <= number
        amid += number in runs and min(runs) < number
        half_written += bool(parts(out))
    measured(
        f"{KILLS} kills of a batch of {len(NAMES)}: {amid} between workbooks of one run, "
        f"{half_written} in the middle of a file"
    )
    done = finished(quick(workbook, KILLS + 1, *arguments), tmp_path)
    assert done.returncode == 0, done.stderr
    assert {run_of(path) for path in workbooks(out)} == {KILLS + 1}
    assert not parts(out)
    assert amid > 0


def test_3_kills_of_real_builds_lose_nothing_and_the_next_run_goes_on(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    names = ("base", "bear", "bull")
    out = tmp_path / "out"
    line = [*AMZN_FCF, "build", "--workers", "2", "--out", "out", "--scenario", *names]
    chance = random.Random(6)
    for _ in range(2):
        with running(line, tmp_path, quiet=True):
            time.sleep(chance.uniform(1, 8))
        for path in workbooks(out):
            assert_whole(path)
    before = len(workbooks(out))
    with running(line, tmp_path, quiet=True):
        wait_for(lambda: workbooks(out), before + 1, patience=200)
    there = workbooks(out)
    for path in there:
        assert_whole(path)
    done = finished(line, tmp_path)
    measured(f"3 kills of real builds: the last run kept {len(there)} of {len(names)} workbooks")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("kept out/") == len(there)
    assert done.stdout.count("wrote out/") == len(names) - len(there)
    assert not parts(out)
    checked = amzn_fcf("validate", *map(str, workbooks(out)))
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count(": clean") == len(names)


def test_processes_end_with_the_one_that_started_them(workbook: Path, tmp_path: Path) -> None:
    line = quick(workbook, 1, "--workers", "2", "--out", "out", "--scenario", *NAMES, seconds=30)
    with running(line, tmp_path, quiet=True) as process:
        workers_and_tracker = 3
        started = wait_for(lambda: psutil.Process(process.pid).children(recursive=True), workers_and_tracker)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(started, timeout=20)
        assert not alive


# Ctrl-C


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_says_what_is_missing_and_a_second_run_goes_on(
    workers: str, workbook: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = ("--workers", workers, "--out", "out", "--scenario", *NAMES)
    line = quick(workbook, 1, *arguments, seconds=0.7)
    with running(line, tmp_path) as process:
        wait_for(lambda: workbooks(out), 1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it: to all
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    lines = errors.splitlines()
    assert len(lines) == 2, errors
    done = workbooks(out)
    assert 0 < len(done) < len(NAMES)
    assert output.count("wrote out/") == len(done)
    missing = [name for name in NAMES if not (out / f"amzn-fcf_{name}.xlsx").exists()]
    files = ", ".join(f"amzn-fcf_{name}.xlsx" for name in missing)
    assert (
        lines[0] == f"amzn-fcf: {len(missing)} of {len(NAMES)} not built: {files}; "
        "run the same command again to continue"
    )
    assert lines[1] == "amzn-fcf: interrupted; files already written are complete"
    assert not parts(out)
    again = finished(quick(workbook, 2, *arguments), tmp_path)
    assert again.returncode == 0, again.stderr
    assert {path: run_of(path) for path in done} == dict.fromkeys(done, 1)
    assert again.stdout.count("kept out/") == len(done)
    assert len(workbooks(out)) == len(NAMES)
    assert f"7 workbooks ({len(done)} kept) in " in again.stdout


# What fails, and what goes on


def test_one_scenario_that_fails_does_not_stop_the_rest(workbook: Path, tmp_path: Path) -> None:
    cases(tmp_path / "cases", 2)
    (tmp_path / "cases" / "broken.toml").write_text("name = ", encoding="utf-8")
    (tmp_path / "cases" / "overlay.toml").write_text('name = "o"\noverlay = true\n', encoding="utf-8")
    out = tmp_path / "out"
    (out / "amzn-fcf_base.xlsx").mkdir(parents=True)
    (out / "amzn-fcf_bull.xlsx").write_bytes(workbook.read_bytes())
    line = quick(workbook, 1, "--workers", "2", "--scenario", "cases", "base", "bull", "bear")
    done = finished(line, tmp_path)
    assert done.returncode == 2
    errors = done.stderr.splitlines()
    assert len(errors) == 4, done.stderr
    assert errors[0].startswith("amzn-fcf: error: cases/broken.toml: is not valid TOML")
    assert (
        errors[1] == "amzn-fcf: error: out/amzn-fcf_base.xlsx: cannot be written (not a file); "
        "choose another folder with --out"
    )
    assert errors[2].startswith(
        "amzn-fcf: error: out/amzn-fcf_bull.xlsx was changed since it was built, or comes from elsewhere"
    )
    assert errors[3].startswith("amzn-fcf: 2 of 5 not built: amzn-fcf_base.xlsx, amzn-fcf_bull.xlsx; ")
    written = re.findall(r"^wrote out/amzn-fcf_(.*)\.xlsx$", done.stdout, re.MULTILINE)
    assert written == ["case00", "case01", "bear"]
    assert (out / "amzn-fcf_bull.xlsx").read_bytes() == workbook.read_bytes()


def test_what_was_changed_is_kept_and_what_is_out_of_date_is_built_again(
    workbook: Path, tmp_path: Path
) -> None:
    """A file that was changed by hand is kept; one whose assumptions have changed is replaced."""
    paths = cases(tmp_path, 2)
    out = tmp_path / "out"
    line = ("--workers", "1", "--scenario", *map(str, paths))
    assert finished(quick(workbook, 1, *line), tmp_path).returncode == 0
    changed, outdated = workbooks(out)
    changed.write_bytes(changed.read_bytes() + b"\0")
    paths[1].write_text(CASE.format(name=paths[1].stem, value=0.3), encoding="utf-8")
    done = finished(quick(workbook, 2, *line), tmp_path)
    assert done.returncode == 2
    assert run_of(outdated) == 2
    assert changed.read_bytes().endswith(b"\0")
    assert "replace it with --force" in done.stderr
    assert finished(quick(workbook, 3, *line, "--force"), tmp_path).returncode == 0
    assert {run_of(path) for path in workbooks(out)} == {3}
    workbooks(out)[0].unlink()
    again = finished(quick(workbook, 4, *line), tmp_path)
    assert [run_of(path) for path in workbooks(out)] == [4, 3]
    assert "2 workbooks (1 kept)" in again.stdout


def test_a_full_disk_ends_the_batch_and_leaves_earlier_workbooks(workbook: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: the system refuses in the middle of a workbook."""
    out = tmp_path / "out"
    line = quick(workbook, 1, "--workers", "2", "--force", "--scenario", *NAMES)
    assert finished(line, tmp_path).returncode == 0
    line[3] = "2"
    limited = ["bash", "-c", 'ulimit -f 1000; exec "$@"', "bash", *line]
    done = finished(limited, tmp_path)
    assert done.returncode == 2
    errors = done.stderr.splitlines()
    assert re.fullmatch(
        r"amzn-fcf: error: out/amzn-fcf_.*\.xlsx: cannot be written \(File too large\); choose .*", errors[0]
    ), done.stderr
    assert errors[-1].startswith("amzn-fcf: 7 of 7 not built: ")
    assert {run_of(path) for path in workbooks(out)} == {1}
    assert not parts(out)


def test_a_read_only_folder_and_a_read_only_workbook_are_refused_before_anything_is_built(
    workbook: Path, tmp_path: Path
) -> None:
    job = Job(of_base(), load_scenario("base"), tmp_path / "amzn-fcf_base.xlsx")
    job.path.write_bytes(workbook.read_bytes())
    job.path.chmod(0o444)
    with pytest.raises(WorkbookError, match="it is read-only"):
        kept_record(job.path, job.key, replace_changed=True)
    done = finished(quick(workbook, 1, "--scenario", "base", "--out", "/proc/self/fdinfo"), tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(
        r"amzn-fcf: error: /proc/self/fdinfo/\.amzn-fcf: cannot be made \(.*\); choose another place\n",
        done.stderr,
    )


def test_a_process_that_is_ended_from_outside_is_said_and_the_command_ends(
    workbook: Path, tmp_path: Path
) -> None:
    line = quick(workbook, 1, "--workers", "2", "--out", "out", "--scenario", *NAMES, seconds=30)
    with running(line, tmp_path) as process:
        workers_and_tracker = 3
        started = wait_for(lambda: psutil.Process(process.pid).children(recursive=True), workers_and_tracker)
        next(each for each in started if "spawn_main" in " ".join(each.cmdline())).kill()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "a worker process was killed, or memory ran out: try fewer workers" in errors
    assert "Traceback" not in errors
    assert "7 of 7 not built" in errors


def test_a_workbook_that_is_refused_can_be_looked_at_until_one_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = load_scenario("base")
    job = Job(of_base(), scenario, tmp_path / "base.xlsx")
    beside = tmp_path / "base.refused.xlsx"
    wrong = Finding(
        "failed-check", "error", "Checks", "E71", "0 quarters beyond tolerance", "Cash identity: 2"
    )

    def built(findings: list[Finding], data: bytes) -> Outcome:
        report = Report("", scenario.name, run([scenario]), findings, {DEFAULT_ENGINE: Comparison(1)})
        monkeypatch.setattr(batch, "_planned", lambda _job: None)
        monkeypatch.setattr(batch, "build", lambda _plan: Built(scenario, data, report))
        with ThreadPoolExecutor(1) as executor:
            (outcome,) = outcomes([job], Workers(executor, 1))
        return outcome

    assert built([], b"good").state == "wrote"
    for data in (b"bad", b"worse"):
        refused = built([wrong], data)
        assert refused.state == "refused"
        assert "Cash identity: 2" in refused.message
        assert refused.message.endswith(f"; to look at it, open {beside}")
        assert (job.path.read_bytes(), beside.read_bytes()) == (b"good", data)
    assert built([], b"better").state == "wrote"
    assert job.path.read_bytes() == b"better"
    assert not beside.exists()
    built([wrong], b"bad")
    kept = existing(job, replace_changed=False)
    assert kept is not None
    assert kept.state == "kept"
    assert not beside.exists()


# Who builds what


def test_any_executor_can_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers as of a cluster: files are written here, and no more of them wait than are under way."""
    jobs = [Job(of_base(), load_scenario("base"), tmp_path / f"{place}.xlsx") for place in range(9)]
    built = []

    def build(job: Job) -> tuple[Outcome, bytes]:
        built.append(job)
        return Outcome(job.path, "wrote"), job.path.name.encode()

    monkeypatch.setattr(batch, "_built", build)
    at_once = 3
    with ThreadPoolExecutor(2) as executor:
        for number, outcome in enumerate(outcomes(jobs, Workers(executor, at_once))):
            assert (outcome.path, outcome.state) == (jobs[number].path, "wrote")
            assert outcome.path.read_bytes() == outcome.path.name.encode()
            assert len(built) <= number + at_once
    assert sorted(built, key=lambda job: job.path) == jobs
