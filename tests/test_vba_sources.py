"""What Excel's compiler asks of the generated VBA, for code that nothing here can run in Excel."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import pytest

from xlwings_udfs.cells.descriptions import LONGEST_SHOWN
from xlwings_udfs.cells.error_values import BAD_NUMBER, BAD_VALUE, MARK, NOT_AVAILABLE
from xlwings_udfs.functions import FUNCTIONS
from xlwings_udfs.hosts.desktop.vba_module import PYTHON_MODULE, modules
from xlwings_udfs.hosts.desktop.wizard import descriptions

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES: Final = {each.name: each.source for each in modules(["Sheet1"])}
WORDS: Final = """
    and as byref byval call case const declare dim do each else end error exit explicit false for function
    get goto if in is lib long longptr loop me new next not nothing object on option optional private
    ptrsafe public resume select set string sub then to true until variant while with withevents boolean
    module attribute or
"""
OF_VBA: Final = """
    array ascw chrw cstr cverr err instr instrrev isarray lbound left len mid msgbox replace strcomp strptr
    ubound vartype vbcrlf vbexclamation vbinformation vbnullchar vbobjecterror vbstring vbtextcompare
"""
OF_EXCEL: Final = """
    application range thisworkbook workbook worksheet xlcalculationmanual xldialogfunctionwizard xlerrdiv0
    xlerrna xlerrname xlerrnull xlerrnum xlerrref xlerrvalue xlexcellinks xlformulas xllinktypeexcellinks
    xlpart
"""
KNOWN: Final = frozenset([*WORDS.split(), *OF_VBA.split(), *OF_EXCEL.split()])
OF_ONE_LANGUAGE: Final = re.compile(
    r"(?<![.\w])(Dir|GetAttr|SetAttr|Environ|Shell|FileLen|Kill|ChDir|MkDir|Open|CurDir)\b", re.IGNORECASE
)
PROCEDURE: Final = re.compile(
    r"^(?:Public |Private )?(Sub|Function) (\w+)\((.*?)\)(?: As \w+)?$(.*?)^End \1$", re.MULTILINE | re.DOTALL
)
TEXT: Final = r'"((?:[^"]|"")*)"'
DECLARED: Final = re.compile(r"(?:ByVal|ByRef) (\w+)")


def plain(source: str) -> str:
    """Return code on whole lines, without attributes, comments, directives and what stands in quotes."""
    code = re.sub(r"^Attribute .*$|^#.*$", "", source, flags=re.MULTILINE)
    code = re.sub(r'"(?:[^"\n]|"")*"', '""', code)
    return re.sub(r" _\n\s*", " ", re.sub(r"'.*$", "", code, flags=re.MULTILINE))


def at_the_top(code: str) -> set[str]:
    """Return what a module declares outside its procedures, and the names of these."""
    names = {match[2] for match in PROCEDURE.finditer(code)}
    rest = PROCEDURE.sub("", code)
    names |= set(re.findall(r"^(?:Public|Private) (?:Const |WithEvents )?(\w+) As", rest, re.MULTILINE))
    return names | set(re.findall(r"^Private Declare PtrSafe Function (\w+)", rest, re.MULTILINE))


def used(code: str) -> Iterator[str]:
    """Yield the names that stand for something declared: no members, no named arguments."""
    for match in re.finditer(r"(?<![.\w&])([A-Za-z]\w*)\b(?!\s*:=)", code):
        yield match[1]


def undeclared(sources: dict[str, str]) -> list[str]:
    code = {name: plain(source) for name, source in sources.items()}
    known = {name.lower() for each in code.values() for name in at_the_top(each)} | {
        each.lower() for each in code
    }
    found = []
    for module, text in code.items():
        for procedure in PROCEDURE.finditer(text):
            body = procedure[4]
            ours = set(DECLARED.findall(procedure[3])) | set(re.findall(r"^(\w+):$", body, re.MULTILINE))
            for line in re.findall(r"^ *Dim (.*)$", body, re.MULTILINE):
                ours |= set(re.findall(r"(\w+) As", line))
            allowed = known | KNOWN | {each.lower() for each in ours}
            found += [
                f"{module}.{procedure[2]}: {each}" for each in used(body) if each.lower() not in allowed
            ]
    return found


def test_every_name_is_declared_as_option_explicit_asks() -> None:
    assert undeclared(SOURCES) == []
    broken = {"M": "Option Explicit\nPublic Sub A()\n    Dim x As Long\n    x = y + Later(x).z\nEnd Sub\n"}
    assert undeclared(broken) == ["M.A: y", "M.A: Later"]


def test_letters_of_other_languages_in_paths_are_not_lost() -> None:
    """VBA's own functions for files and the environment turn them into question marks."""
    for source in SOURCES.values():
        for match in PROCEDURE.finditer(plain(source)):
            assert OF_ONE_LANGUAGE.findall(match[4]) == [], match[2]


def test_what_windows_brings_is_declared_for_32_and_64_bits() -> None:
    declared = re.findall(r"^Private Declare .*$", plain(SOURCES["AmznPython"]), re.MULTILINE)
    assert len(declared) == 6
    for each in declared:
        assert each.startswith("Private Declare PtrSafe Function ")
        assert not re.search(r"(path|shortPath|content|variableName) As Long\b", each), each
    theirs = parameters_of_the_call(files("xlwings").joinpath("xlwings.bas").read_text())
    ours = parameters_of_the_call(SOURCES["AmznPython"])
    assert ours == theirs[:2]  # for 64 and 32 bits


def parameters_of_the_call(source: str) -> list[list[str]]:
    """Return how each declaration of the call into xlwings' library hands over what, and as what."""
    code = re.sub(r" _\n\s*", "", source).replace("Optional ", "")
    found = re.findall(r"PtrSafe Function XLPyDLLActivateAuto Lib \S+ ?\((.*)\) As Long", code)
    return [re.findall(r"(By\w+) \w+ (As \w+)", each) for each in found]


def test_every_button_of_the_ribbon_has_its_macro() -> None:
    ribbon = files("xlwings_udfs.hosts.desktop").joinpath("ribbon.xml").read_text(encoding="utf-8")
    buttons = ET.fromstring(ribbon).iter("{http://schemas.microsoft.com/office/2009/07/customui}button")  # noqa: S314  # ours
    for button in buttons:
        name = button.get("onAction", "")
        assert f"Public Sub {name}(ByVal control As Object)" in SOURCES["AmznMacros"]
        assert all(len(button.get(each, "")) <= 1024 for each in ("label", "screentip", "supertip"))


def test_the_wizard_gets_no_more_texts_than_arguments_and_none_that_it_refuses() -> None:
    source = re.sub(r" _\n\s*", " ", SOURCES["AmznWorkbooks"])
    described = re.findall(r"Application\.MacroOptions Macro:=ours & \"(\w+)\", (.*)", source)
    functions = dict(
        re.findall(r"^Public Function (AMZN_\w+)\((.*)\) As", SOURCES["AmznFunctions"], re.MULTILINE)
    )
    assert {name for name, _ in described} == set(functions)
    for name, rest in described:
        head, _, texts = rest.partition(" ArgumentDescriptions:=")
        (summary,) = re.findall(rf"Description:={TEXT}", head)
        arguments = re.findall(TEXT, texts)
        assert len(arguments) == len(DECLARED.findall(functions[name])), name
        for text in (summary, *arguments):
            assert 0 < len(text.replace('""', '"')) <= LONGEST_SHOWN


def test_a_module_has_one_function_each_with_its_optional_arguments() -> None:
    text = SOURCES["AmznFunctions"]
    found = re.findall(
        r"^Public Function (\w+)\((.*)\) As Variant\n"
        r'    \1 = FromPython\("\1", Array\((.*)\)\)\nEnd Function$',
        text,
        re.MULTILINE,
    )
    assert [name for name, _, _ in found] == list(FUNCTIONS)
    for name, declared, handed_on in found:
        arguments = descriptions()[name].arguments
        assert handed_on == ", ".join(each.name for each in arguments)
        assert declared == ", ".join(
            f"{'Optional ' if each.optional else ''}ByVal {each.name} As Variant" for each in arguments
        )
    assert f'MODULE_OF_FUNCTIONS As String = "{PYTHON_MODULE}"' in SOURCES["AmznPython"]


def test_the_module_turns_every_mark_into_its_error_value() -> None:
    text = SOURCES["AmznFunctions"]
    cases = dict(re.findall(r'Case "(.*)": CellValue = CVErr\((\w+)\)', text))
    assert cases == {
        "#N/A": "xlErrNA", "#NUM!": "xlErrNum", "#VALUE!": "xlErrValue", "#REF!": "xlErrRef",
        "#DIV/0!": "xlErrDiv0", "#NAME?": "xlErrName",
        "#NULL!": "xlErrNull",
    }  # fmt: skip
    assert set(cases) > {NOT_AVAILABLE, BAD_NUMBER, BAD_VALUE}
    assert "Case Else: CellValue = CVErr(xlErrValue)" in text
    assert f"If Left$(value, 1) <> ChrW$({ord(MARK)}) Then Exit Function" in text
    assert text.count("CellValue(answer(") == 2  # in rows, and in rows and columns
    assert "Err.Description" not in text  # no exception's text in a cell


@pytest.mark.parametrize("name", SOURCES)
def test_the_modules_are_well_formed(name: str) -> None:
    source = SOURCES[name]
    lines = [line.strip() for line in plain(source).splitlines()]
    openings = {
        "Function": r"(?:Public |Private )?Function ", "Sub": r"(?:Public |Private )?Sub ",
        "If": r"If .* Then$", "Select": r"Select Case ", "With": r"With ",
    }  # fmt: skip
    for word, opening in openings.items():
        assert sum(bool(re.match(opening, line)) for line in lines) == lines.count(f"End {word}"), word
    assert sum(line.startswith("For ") for line in lines) == sum(line.startswith("Next ") for line in lines)
    assert sum(line.startswith("Do") for line in lines) == sum(line.startswith("Loop") for line in lines)
    assert max(map(len, source.splitlines())) < 1024
    assert all(run.count("\n") <= 24 for run in re.findall(r"(?:.* _\n)+", source))
    assert all(line.count("(") == line.count(")") for line in lines)
    assert "{" not in re.sub(r'"[^"]*"', "", source)  # no gap was left
    assert source.isascii()


def test_the_wizard_is_told_of_every_function_under_the_name_of_its_workbook() -> None:
    described = re.findall(r'MacroOptions Macro:=ours & "(\w+)"', SOURCES["AmznWorkbooks"])
    assert described == list(FUNCTIONS)
    assert "CalculateFull" not in "".join(SOURCES.values())


def test_no_macro_starts_a_program_or_makes_an_object_which_virus_scanners_look_for() -> None:
    code = "".join(map(plain, SOURCES.values()))
    assert not re.findall(r"\b(?:Shell|CreateObject|GetObject|ExecuteExcel4Macro|SendKeys)\b", code)


def test_the_command_that_starts_python_names_a_module_that_exists() -> None:
    (module,) = re.findall(r"-m ([\w.]+) \$\(CLSID\)", SOURCES["AmznPython"])
    assert find_spec(module) is not None
    assert "ActiveWorkbook" not in "".join(SOURCES.values())  # one Python, whichever book is active
