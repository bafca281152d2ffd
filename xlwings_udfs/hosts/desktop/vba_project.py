"""A VBA project as source alone, the part ``vbaProject.bin`` of a workbook with macros: [MS-OVBA].

The version 0xFFFF says that there is no compiled code (2.3.4.1): every Excel compiles the sources itself.
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xlwings_udfs.hosts.desktop.compound_file import compound_file
from xlwings_udfs.hosts.desktop.compression import compress

if TYPE_CHECKING:
    from collections.abc import Sequence

CODE_PAGE: Final = "cp1252"
_CODE_PAGE_NUMBER, _ENGLISH = 1252, 0x0409
_COOKIE: Final = 0xFFFF
"""2.3.4.2.3.2.7: any number, which is ignored."""
_SEED: Final = 0x5C
_TYPES: Final = {"Module": 0x21, "Class": 0x22, "Document": 0x22}
"""2.3.4.2.3.2.8: procedural modules, and all others."""
_OLE_AUTOMATION: Final = (
    r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"
)
_EDITOR: Final = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"

_WORKBOOK: Final = "{00020819-0000-0000-C000-000000000046}"
_SHEET: Final = "{00020820-0000-0000-C000-000000000046}"
_CLASS: Final = "{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
_ATTRIBUTES: Final = """\
Attribute VB_Name = "{name}"
Attribute VB_Base = "0{base}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = {is_document}
Attribute VB_Exposed = {is_document}
Attribute VB_TemplateDerived = False
Attribute VB_Customizable = {is_document}
"""


@dataclass(frozen=True)
class VbaModule:
    """A module: name, kind (``Module``, ``Class`` or ``Document``), and source with attributes."""

    name: str
    kind: str
    source: str

    def encoded(self) -> bytes:
        """Return the source as Windows writes it."""
        return self.source.replace("\n", "\r\n").encode(CODE_PAGE)


def procedures(name: str, code: str) -> VbaModule:
    """Return a module of procedures."""
    return VbaModule(name, "Module", f'Attribute VB_Name = "{name}"\n{code}')


def class_module(name: str, code: str) -> VbaModule:
    """Return a module that is a class."""
    return VbaModule(name, "Class", _ATTRIBUTES.format(name=name, base=_CLASS, is_document=False) + code)


def document(name: str, code: str = "") -> VbaModule:
    """Return the module of ``ThisWorkbook`` or, by its code name, of a sheet: each of them needs one."""
    base = _WORKBOOK if name == "ThisWorkbook" else _SHEET
    return VbaModule(name, "Document", _ATTRIBUTES.format(name=name, base=base, is_document=True) + code)


def vba_project(name: str, modules: Sequence[VbaModule]) -> bytes:
    """Return a project with these modules."""
    streams = {each.name: compress(each.encoded()) for each in modules}
    # 2.3.4.1: a fixed number, version 0xFFFF, and three bytes that are ignored; no cache follows
    streams["_VBA_PROJECT"] = bytes.fromhex("CC61FFFF000100")
    streams["dir"] = compress(_directory(name, modules))
    described = {"PROJECT": _project(name, modules), "PROJECTwm": _names(modules)}
    return compound_file({**described, "VBA": streams})


def _project(name: str, modules: Sequence[VbaModule]) -> bytes:
    """Return the PROJECT stream (2.3.1), which the editor reads."""
    identity = f"{{{uuid.uuid5(uuid.NAMESPACE_DNS, name)}}}".upper()
    lines = [
        f'ID="{identity}"',
        *(f"{each.kind}={each.name}{'/&H00000000' * (each.kind == 'Document')}" for each in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{obfuscated(bytes(4), identity)}"',  # 2.3.1.15: the user may see and change it
        f'DPB="{obfuscated(bytes(1), identity)}"',  # 2.3.1.16: no password
        f'GC="{obfuscated(bytes([0xFF]), identity)}"',  # 2.3.1.17: it is visible
        "",
        "[Host Extender Info]",
        _EDITOR,
        "",
        "[Workspace]",
        *(f"{each.name}=0, 0, 0, 0, C" for each in modules),
        "",
    ]
    return "\r\n".join(lines).encode(CODE_PAGE)


def obfuscated(data: bytes, identity: str) -> str:
    """Return data as the PROJECT stream holds them, in hexadecimal digits (2.4.3.2)."""
    key = sum(identity.encode()) & 0xFF
    before_last, last, plain = _SEED ^ 2, _SEED ^ key, key
    found = [_SEED, before_last, last]
    ignored = bytes((_SEED & 6) // 2)
    for byte in ignored + struct.pack("<I", len(data)) + data:
        before_last, last, plain = last, byte ^ (before_last + plain & 0xFF), byte
        found.append(last)
    return bytes(found).hex().upper()


def _names(modules: Sequence[VbaModule]) -> bytes:
    """Return the PROJECTwm stream (2.3.3): the names of the modules in two encodings."""
    pairs = (_text(each.name) + b"\0" + _wide(each.name) + b"\0\0" for each in modules)
    return b"".join(pairs) + b"\0\0"


def _directory(name: str, modules: Sequence[VbaModule]) -> bytes:
    """Return the dir stream (2.3.4.2): project, references and modules as records."""
    information = [  # 2.3.4.2.1
        _record(0x01, _number(1)),  # for 32 bits; 64 bits read it too
        _record(0x02, _number(_ENGLISH)),
        _record(0x14, _number(_ENGLISH)),
        _record(0x03, struct.pack("<H", _CODE_PAGE_NUMBER)),
        _record(0x04, _text(name)),
        _twice(0x05, 0x40, ""),  # description
        _record(0x06, b"") + _record(0x3D, b""),  # help files
        _record(0x07, _number(0)),
        _record(0x08, _number(0)),
        struct.pack("<HIIH", 0x09, 4, 1, 0),  # version 1.0; the length does not count the last field
        _twice(0x0C, 0x3C, ""),  # constants
    ]
    library = _text(_OLE_AUTOMATION)
    references = [  # 2.3.4.2.2: VBA and Excel themselves need none
        _twice(0x16, 0x3E, "stdole"),
        _record(0x0D, _number(len(library)) + library + bytes(6)),
    ]
    head = [_record(0x0F, struct.pack("<H", len(modules))), _record(0x13, struct.pack("<H", _COOKIE))]
    parts = [*information, *references, *head, *map(_module, modules), _record(0x10, b"")]
    return b"".join(parts)


def _module(module: VbaModule) -> bytes:
    """Return the records of a module (2.3.4.2.3.2)."""
    parts = [
        _twice(0x19, 0x47, module.name),
        _twice(0x1A, 0x32, module.name),  # its stream
        _twice(0x1C, 0x48, ""),  # description
        _record(0x31, _number(0)),  # the source begins at once: there is no compiled code before it
        _record(0x1E, _number(0)),
        _record(0x2C, struct.pack("<H", _COOKIE)),
        _record(_TYPES[module.kind], b""),
        _record(0x2B, b""),
    ]
    return b"".join(parts)


def _record(identifier: int, content: bytes) -> bytes:
    return struct.pack("<HI", identifier, len(content)) + content


def _twice(identifier: int, wide: int, text: str) -> bytes:
    return _record(identifier, _text(text)) + _record(wide, _wide(text))


def _number(value: int) -> bytes:
    return struct.pack("<I", value)


def _text(text: str) -> bytes:
    return text.encode(CODE_PAGE)


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")
