"""The generated VBA project: readers that others wrote for malware and forensics find what was put in."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from importlib.resources import files
from typing import TYPE_CHECKING

import olefile
import pyolecf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from readers_of_vba import VBA_Parser, decompress, decompress_stream

from xlwings_udfs.hosts.desktop.compound_file import compound_file
from xlwings_udfs.hosts.desktop.compression import compress
from xlwings_udfs.hosts.desktop.vba_module import PROJECT, modules, project
from xlwings_udfs.hosts.desktop.vba_project import obfuscated, procedures, vba_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

SHEETS = ["Sheet1", "Sheet2"]


def streams_by_olefile(data: bytes) -> dict[str, bytes]:
    with olefile.OleFileIO(data) as file:
        assert file.parsing_issues == []
        return {"/".join(path): file.openstream(path).read() for path in file.listdir()}


def streams_by_libolecf(data: bytes) -> dict[str, bytes]:
    def within(item: Any, path: str) -> Iterator[tuple[str, bytes]]:  # noqa: ANN401  # a reader without types
        for each in item.sub_items:
            name = f"{path}{each.name}"
            if each.number_of_sub_items:
                yield from within(each, f"{name}/")
            else:
                yield name, each.read(each.size) if each.size else b""

    file = pyolecf.file()
    file.open_file_object(io.BytesIO(data))
    found = dict(within(file.root_item, ""))
    file.close()
    return found


def macros_by_olevba(data: bytes) -> dict[str, str]:
    parser = VBA_Parser("vbaProject.bin", data=data)
    return {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}


def test_olevba_reads_back_the_sources_that_were_generated() -> None:
    found = macros_by_olevba(project(SHEETS))
    assert list(found) == [each.name for each in modules(SHEETS)]
    for module in modules(SHEETS):
        # olevba leaves the attributes out, which are for Excel
        code = [line for line in module.source.splitlines() if not line.startswith("Attribute VB_")]
        shown = [line for line in found[module.name].splitlines() if not line.startswith("Attribute VB_")]
        assert shown == code, module.name


def test_two_readers_of_compound_files_find_the_same_streams() -> None:
    data = project(SHEETS)
    found = streams_by_olefile(data)
    assert found == streams_by_libolecf(data)
    assert set(found) == {"PROJECT", "PROJECTwm", "VBA/_VBA_PROJECT", "VBA/dir"} | {
        f"VBA/{each.name}" for each in modules(SHEETS)
    }
    for module in modules(SHEETS):
        assert bytes(decompress_stream(bytearray(found[f"VBA/{module.name}"]))) == module.encoded()


def test_the_project_is_source_alone_without_a_password() -> None:
    found = streams_by_olefile(project(SHEETS))
    assert found["VBA/_VBA_PROJECT"] == bytes.fromhex("CC61FFFF000100")
    text = found["PROJECT"].decode("cp1252")
    assert re.findall(r"^(\w+)=(\w+)(/&H00000000)?\r$", text, re.MULTILINE)[: len(modules(SHEETS))] == [
        (each.kind, each.name, "/&H00000000" * (each.kind == "Document")) for each in modules(SHEETS)
    ]
    assert not [name for name in found if "SIG" in name.upper()]
    (identity,) = re.findall(r'^ID="(.*)"', text, re.MULTILINE)
    shown = {name: revealed(digits, identity) for name, digits in re.findall(r'(CMG|DPB|GC)="(.*)"', text)}
    assert shown == {"CMG": bytes(4), "DPB": bytes(1), "GC": b"\xff"}


def revealed(digits: str, identity: str) -> bytes:
    """Undo the obfuscation ([MS-OVBA] 2.4.3.3), written apart from what writes it."""
    seed, version, key, *rest = bytes.fromhex(digits)
    assert version ^ seed == 2
    assert key ^ seed == sum(map(ord, identity)) % 256
    older, last, plain = version, key, key ^ seed
    found = []
    for byte in rest:
        older, last, plain = last, byte, byte ^ (older + plain) % 256
        found.append(plain)
    found = found[(seed & 6) // 2 :]
    (length,) = struct.unpack("<I", bytes(found[:4]))
    assert len(found) == 4 + length
    return bytes(found[4:])


def test_the_obfuscation_is_that_of_a_project_which_excel_wrote() -> None:
    """The values of the workbook that xlwings ships, which Excel has read on many computers."""
    package = zipfile.ZipFile(
        io.BytesIO(files("xlwings").joinpath("quickstart_standalone.xlsm").read_bytes())
    )
    text = streams_by_olefile(package.read("xl/vbaProject.bin"))["PROJECT"].decode("cp1252")
    (identity,) = re.findall(r'^ID="(.*)"', text, re.MULTILINE)
    theirs = dict(re.findall(r'(CMG|DPB|GC)="(.*)"', text))
    assert {name: revealed(digits, identity) for name, digits in theirs.items()} == {
        name: revealed(obfuscated(data, identity), identity)
        for name, data in {"CMG": bytes(4), "DPB": bytes(1), "GC": b"\xff"}.items()
    }


@pytest.mark.parametrize("name", ["quickstart_standalone.xlsm", "quickstart_addin_ribbon.xlam"])
def test_its_records_are_those_of_projects_which_excel_reads(name: str) -> None:
    package = zipfile.ZipFile(io.BytesIO(files("xlwings").joinpath(name).read_bytes()))
    theirs = streams_by_olefile(package.read("xl/vbaProject.bin"))
    ours = streams_by_olefile(project(SHEETS))
    assert theirs["VBA/_VBA_PROJECT"] == ours["VBA/_VBA_PROJECT"]
    their_records, our_records = records(theirs["VBA/dir"]), records(ours["VBA/dir"])
    module = [identifier for identifier in their_records if identifier in range(0x19, 0x4A)]
    assert our_records[:13] == their_records[:13] == [
        0x01, 0x02, 0x14, 0x03, 0x04, 0x05, 0x40, 0x06, 0x3D, 0x07, 0x08, 0x09, 0x0C,
    ]  # fmt: skip
    assert our_records[-1] == their_records[-1] == 0x10
    assert set(our_records) - set(their_records) == set()
    assert module


def records(stream: bytes) -> list[int]:
    """Return the kinds of the records of a dir stream, in their order."""
    data, at, found = bytes(decompress_stream(bytearray(stream))), 0, []
    while at < len(data):
        kind, size = struct.unpack_from("<HI", data, at)
        found.append(kind)
        at += 6 + (6 if kind == 0x09 else size)  # the version's length leaves out two bytes
    assert at == len(data)
    return found


def test_the_same_sources_give_the_same_bytes_and_another_order_of_names_is_sorted() -> None:
    assert project(SHEETS) == project(SHEETS)
    assert compound_file({"b": b"1", "a": b"2"}) == compound_file({"a": b"2", "b": b"1"})


@given(st.binary(max_size=200), st.integers(1, 60))
def test_what_was_compressed_comes_back_in_our_reader_and_in_olevba(piece: bytes, times: int) -> None:
    text = piece * times
    data = compress(text)
    assert decompress(data) == text
    if text:
        assert bytes(decompress_stream(bytearray(data))) == text


@given(st.text("ab\r\n", max_size=9000))
def test_texts_that_repeat_themselves_come_back(text: str) -> None:
    assert decompress(compress(text.encode())) == text.encode()


def test_the_example_of_the_specification_is_read() -> None:
    """[MS-OVBA] 3.2.2; the way in which a compressor chooses among equally long copies is free."""
    text = b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"
    theirs = (
        "01 2F B0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6A 01 38 08 61 6B 6C 00 30 6D 6E 6F 70 "
        "06 71 02 70 04 10 72 73 74 75 76 10 77 78 79 7A 00 3C"
    )
    assert decompress(bytes.fromhex(theirs)) == text
    assert len(compress(text)) == len(bytes.fromhex(theirs))


@pytest.mark.parametrize("digits", ["", "02", "0103B0FF0000"])
def test_damaged_texts_are_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="compressed"):
        decompress(bytes.fromhex(digits))


def test_what_does_not_compress_is_refused_because_excel_drops_such_modules() -> None:
    import random  # noqa: PLC0415  # only here

    with pytest.raises(ValueError, match="does not compress"):
        compress(random.Random(1).randbytes(4096))


@given(
    st.dictionaries(
        st.text("abcXYZ09", min_size=1, max_size=31), st.binary(max_size=9000), min_size=1, max_size=40
    )
)
def test_any_streams_are_found_by_both_readers(streams: dict[str, bytes]) -> None:
    by_name = {name.upper(): (name, content) for name, content in streams.items()}  # capitals do not count
    wanted = dict(by_name.values())
    data = compound_file(wanted)
    assert streams_by_olefile(data) == wanted
    assert streams_by_libolecf(data) == wanted


def test_streams_of_many_sectors_and_long_names_are_within_limits() -> None:
    wanted = {"small": b"x" * 4095, "large": bytes(range(256)) * 3000, "edge": b"y" * 4096, "none": b""}
    assert streams_by_olefile(compound_file(wanted)) == wanted
    with pytest.raises(ValueError, match="1 to 31 characters"):
        compound_file({"x" * 32: b""})
    with pytest.raises(ValueError, match="6 MB"):
        compound_file({"x": bytes(8_000_000)})


def test_a_module_of_many_lines_is_one_stream_of_several_chunks() -> None:
    code = "".join(f"' line {number}\n" for number in range(2000))
    found = macros_by_olevba(vba_project(PROJECT, [procedures("Long", code)]))
    assert code.splitlines()[-1] in found["Long"]
    assert len(found["Long"].splitlines()) >= 2000
