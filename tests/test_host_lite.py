"""xlwings Lite: a pure wheel that needs only what Pyodide has; custom functions made of ``main.py``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import zipfile
from email.parser import HeaderParser
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from calls import CALLS
from office_calls import ANSWERS, assert_same, body, environment, expected
from packaging.markers import default_environment
from packaging.requirements import Requirement
from programs import needs

from xlwings_udfs import AMZN_FCF, AMZN_IMPLIED
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.wheel import write_project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

ROOT = Path(__file__).parent.parent
IN_PYODIDE = {"numpy", "scipy"}
PATIENCE = 300
EVERY_CALL = (
    f"{ANSWERS}\nimport asyncio, json, sys\nprint(json.dumps(asyncio.run(found(json.load(sys.stdin)))))"
)
IN_A_BARE_PLACE = """
import importlib.util, sys
for absent in ("formualizer", "ironcalc", "numba", "openpyxl", "pandas", "rich", "xlwings"):
    assert importlib.util.find_spec(absent) is None, absent
from xlwings_udfs import AMZN_FCF, AMZN_IMPLIED
import xlwings_udfs.functions.figures
assert "site-packages" in xlwings_udfs.functions.figures.__file__
print(AMZN_FCF(2026, "bull"), AMZN_IMPLIED("wacc", 234.75, "dcf", "article"))
"""


@pytest.fixture(scope="module")
def wheel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this project."""
    needs(request, "hatchling")
    folder = tmp_path_factory.mktemp("dist")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
    ]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True, timeout=PATIENCE)
    (found,) = folder.iterdir()
    return found


def test_the_wheel_is_pure_python(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (label,) = (archive.read(name).decode() for name in names if name.endswith(".dist-info/WHEEL"))
    assert "Root-Is-Purelib: true" in label
    assert not [name for name in names if name.endswith((".so", ".pyd", ".dll", ".dylib"))]
    assert {
        "xlwings_udfs/functions/figures.py",
        "xlwings_udfs/hosts/officejs.py",
        "model/amazon/data/drivers.csv",
    } <= set(names)
    assert "xlwings_udfs/hosts/server/project/.env.template" in names
    assert "xlwings_udfs/hosts/lite/project/main.py" in names


def test_the_wheel_that_is_written_holds_what_pip_builds(wheel: Path, tmp_path: Path) -> None:
    write_project("lite", tmp_path / "lite")
    with zipfile.ZipFile(wheel) as built, zipfile.ZipFile(tmp_path / "lite" / wheel.name) as ours:
        assert ours.testzip() is None
        names = [name for name in ours.namelist() if ".dist-info/" not in name]
        assert sorted(names) == sorted(name for name in built.namelist() if ".dist-info/" not in name)
        assert [name for name in names if ours.read(name) != built.read(name)] == []
        (record,) = (ours.read(name).decode() for name in ours.namelist() if name.endswith("/RECORD"))
    assert [line.split(",")[0] for line in record.splitlines()] == ours.namelist()


def test_in_pyodide_the_wheel_asks_only_for_what_pyodide_has(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (label,) = (
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".dist-info/METADATA")
        )
    there: dict[str, str | AbstractSet[str]] = {
        **cast("dict[str, str]", default_environment()),
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "extra": "",
    }
    asked = [Requirement(line) for line in HeaderParser().parsestr(label).get_all("Requires-Dist", [])]
    assert {each.name for each in asked if each.marker is None or each.marker.evaluate(there)} == IN_PYODIDE


def test_the_wheel_computes_where_only_numpy_and_scipy_are(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True, timeout=PATIENCE)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    for name in IN_PYODIDE:
        _link(name, packages)
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "--python",
        str(python),
        "install",
        "--no-index",
    ]
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, timeout=PATIENCE)
    done = subprocess.run(
        [str(python), "-I", "-c", IN_A_BARE_PLACE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    found = [float(each) for each in done.stdout.split()]
    assert_same(found, [AMZN_FCF(2026, "bull"), AMZN_IMPLIED("wacc", 234.75, "dcf", "article")], "bare")


def _link(name: str, packages: Path) -> None:
    """Make an installed package visible in another place, if it is installed at all."""
    try:
        found = distribution(name)
    except ModuleNotFoundError:
        return
    for top in {Path(str(file)).parts[0] for file in found.files or []} - {"..", "__pycache__"}:
        source, target = Path(str(found.locate_file(top))), packages / top
        if not target.exists():
            target.symlink_to(source, target_is_directory=source.is_dir())


@pytest.fixture(scope="module")
def lite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401  # what xlwings prints
    """Return what xlwings makes of our ``main.py``: metadata, and the answers to all calls."""
    needs(request, "xlwings")
    folder = tmp_path_factory.mktemp("host") / "lite"
    write_project("lite", folder)
    done = subprocess.run(
        [sys.executable, "-c", EVERY_CALL], cwd=folder, env=environment(),
        input=json.dumps([body(*each) for each in CALLS]),
        capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_xlwings_makes_metadata_of_every_function(lite: Any) -> None:  # noqa: ANN401  # what xlwings prints
    functions = {each["name"]: each for each in lite["meta"]["functions"]}
    assert set(functions) == set(FUNCTIONS)
    for each in functions.values():
        assert re.fullmatch(r"[^`\n]+ Example: [^`\n]+", each["description"]), each["name"]
        assert each["result"] == {"dimensionality": "matrix", "type": "any"}
        assert "volatile" not in each["options"]
        for parameter in each["parameters"]:
            assert not parameter["description"].startswith("Positional"), each["name"]


def test_arguments_that_can_be_left_out_are_optional(lite: Any) -> None:  # noqa: ANN401  # what xlwings prints
    functions = {each["name"]: each["parameters"] for each in lite["meta"]["functions"]}
    optional = {
        name: [each["name"] for each in parameters if each.get("optional")]
        for name, parameters in functions.items()
    }
    assert optional["AMZN_FCF"] == ["period", "scenario", "measure", "overrides"]
    assert optional["AMZN_MULTIPLE"] == ["period", "scenario", "price", "overrides"]
    assert optional["AMZN_ACTUAL"] == []


def test_choices_are_enums(lite: Any) -> None:  # noqa: ANN401  # what xlwings prints
    choices = {
        each["id"]: [value["stringValue"] for value in each["values"]] for each in lite["meta"]["enums"]
    }
    assert choices["AMZN_MULTIPLE.MULTIPLE"] == ["P/S", "EV/EBITDA", "P/OCF", "P/FCF", "P/E"]
    assert choices["AMZN_TABLE.FREQUENCY"] == ["annual", "quarterly", "ttm"]
    parameters = {each["name"]: each["parameters"] for each in lite["meta"]["functions"]}["AMZN_FCF"]
    assert [each.get("customEnumId") for each in parameters] == [None, None, "AMZN_FCF.MEASURE", None]


@pytest.mark.parametrize("number", range(len(CALLS)), ids=lambda number: str(CALLS[number]))
def test_every_function_answers_as_python_does(lite: Any, number: int) -> None:  # noqa: ANN401  # what xlwings prints
    name, arguments = CALLS[number]
    assert_same(lite["answers"][number], expected(name, arguments), name)


def test_what_is_written_names_the_wheel_that_is_built(wheel: Path, tmp_path: Path) -> None:
    written: Sequence[Path] = write_project("lite", tmp_path / "lite")
    assert {path.name for path in written} == {"README.md", "main.py", "requirements.txt", wheel.name}
    for path in written:
        if path.suffix not in {".py", ".whl"}:
            assert wheel.name in path.read_text(encoding="utf-8")
