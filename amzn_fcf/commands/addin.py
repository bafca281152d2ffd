"""``amzn-fcf addin``: the functions in every workbook, by an add-in of Excel or of LibreOffice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from amzn_fcf.commands.options import Arguments, choice, flag, option

if TYPE_CHECKING:
    from xlwings_udfs.hosts.desktop.addin import Installed

SUMMARY: Final = "install the functions into Excel on Windows or LibreOffice, for all workbooks"
EXAMPLE: Final = "amzn-fcf addin install; amzn-fcf addin install --host calc"
_ACTIONS: Final = ("install", "status", "remove", "bundle")
_REMEDY_NEEDED: Final = 1
_IN_BUNDLE: Final = "bundle"
OPTIONS: Final = (
    option(
        "action", None, "bundle: a folder with wheels and install.cmd, for computers without a network",
        choices=_ACTIONS,
    ),
    choice("--host", ("excel", "calc"), "Excel on Windows (default), or LibreOffice Calc"),
    option(
        "--to", "DIR", "folder instead of Excel's start folder; LibreOffice's profile; for bundle: its folder"
    ),
    option("--from", "SOURCE", "for bundle: a folder, wheel or requirement for pip", dest="source"),
    flag("--force", "replace an add-in that is newer, or calls another Python"),
)  # fmt: skip


def run(arguments: Arguments) -> int:
    from model.errors import InputError

    if arguments.to == "":
        raise InputError("--to needs the name of a folder")
    if arguments.host == "calc" and (arguments.force or arguments.action == _IN_BUNDLE):
        raise InputError(
            "--force and  addin bundle  are for Excel; install for LibreOffice replaces what is there"
        )
    if arguments.action == _IN_BUNDLE:
        return _bundle(arguments)
    if arguments.source:
        raise InputError("--from is for  addin bundle")
    return _calc(arguments) if arguments.host == "calc" else _excel(arguments)


def _excel(arguments: Arguments) -> int:
    from xlwings_udfs.hosts.desktop.addin import ADD_IN, found_in, install, remove, start_folder
    from xlwings_udfs.hosts.desktop.vba_module import INSTALL

    folder = Path(arguments.to) if arguments.to else start_folder()
    if arguments.action == "install":
        for path in install(folder, force=arguments.force):
            print(f"wrote {path}")
        if arguments.to:
            print(f"In Excel once: File, Options, Add-ins, Go, Browse, {folder.absolute() / ADD_IN}")
        else:
            print("Close Excel if it is open, and start it.")
        print("The tab Amazon FCF is then there. Try =AMZN_FCF(2026)")
        return 0
    if arguments.action == "remove":
        removed = remove(folder)
        for path in removed:
            print(f"removed {path}")
        if not removed:
            print(f"{folder / ADD_IN} is not there: nothing to remove")
        return 0
    there = found_in(folder)
    if there is None:
        print(f"{folder / ADD_IN} is not installed: {INSTALL}")
        return _REMEDY_NEEDED
    return _print_status(there)


def _print_status(there: Installed) -> int:
    from amzn_fcf import __version__
    from xlwings_udfs.hosts.desktop.vba_module import INSTALL

    again = f"{INSTALL} --force"
    faults = []
    print(f"{there.path}, version {there.version}; this is version {__version__}")
    if there.version != __version__:
        faults.append(f"the versions differ: {again} writes the add-in of this one")
    if not there.python_is_there:
        faults.append(f"Python is not there any more: {again} writes the add-in for this one")
    elif not there.calls_this_python:
        faults.append(f"that is not the Python of this command: {again} lets the add-in call this one")
    print(f"Python: {there.python}")
    if not there.libraries:
        faults.append(f"xlwings' DLL {there.xlwings} is not beside it: {again}")
    print(f"xlwings' DLL: {', '.join(there.libraries) or 'missing'}")
    for fault in faults:
        print(fault)
    return _REMEDY_NEEDED if faults else 0


def _calc(arguments: Arguments) -> int:
    from amzn_fcf import __version__
    from workbook_templates.engines.libreoffice import office_environment, office_program
    from xlwings_udfs.hosts.calc.installation import Office

    profile = Path(arguments.to) if arguments.to else None
    office = Office(office_program(), office_environment(), profile)
    if arguments.action == "install":
        office.install()
        print("Installed into LibreOffice: start it anew, and try =AMZN_FCF(2026)")
        return 0
    installed = office.version()
    if installed is None:
        print("The extension is not installed: amzn-fcf addin install --host calc")
        return 0 if arguments.action == "remove" else _REMEDY_NEEDED
    if arguments.action == "remove":
        office.remove()
        print(f"Removed version {installed} from LibreOffice")
    else:
        print(f"LibreOffice has version {installed}; this is version {__version__}")
    return 0


def _bundle(arguments: Arguments) -> int:
    import platform
    import sys

    from model.files import check_place
    from xlwings_udfs.hosts.desktop.bundle import write_bundle

    folder = Path(arguments.to or "amzn-fcf_offline")
    check_place(folder)
    for path in write_bundle(folder, arguments.source):
        print(f"wrote {path}")
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    print(f"For {platform.system()} on {platform.machine()} with {python}: the wheels fit no other.")
    if sys.platform != "win32":
        print("For desks with Windows run this on Windows.")
    return 0
