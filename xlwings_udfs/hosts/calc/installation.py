"""The extension installed into LibreOffice, looked up and removed by its program unopkg."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from model.errors import EngineError
from model.files import temporary_folder
from xlwings_udfs.hosts.calc import write_template

if TYPE_CHECKING:
    from collections.abc import Mapping

IDENTIFIER: Final = "org.amznfcf.calc"
_SECONDS: Final = 240


@dataclass(frozen=True)
class Office:
    """LibreOffice: its program, the environment to start it in, and a profile that is not the user's own."""

    program: str | None
    environment: Mapping[str, str]
    profile: Path | None = None

    def install(self) -> None:
        """Install the extension; one that is there is replaced."""
        with temporary_folder("to write the extension") as made:
            extension, *_ = write_template(made)
            self._unopkg("add", "-f", str(extension))

    def remove(self) -> None:
        """Remove the extension."""
        self._unopkg("remove", IDENTIFIER)

    def version(self) -> str | None:
        """Return the version of the extension that is installed, if it is."""
        listed = self._unopkg("list")
        found = re.search(rf"^Identifier: {re.escape(IDENTIFIER)}\s+Version: (\S+)", listed, re.MULTILINE)
        return found[1] if found else None

    def _unopkg(self, action: str, *arguments: str) -> str:
        folder = Path(self.program or "").resolve().parent
        # on Windows the program with the ending .com is the one that waits and prints
        names = ("unopkg.com", "unopkg") if self.program else ()
        found = (shutil.which(name, path=str(folder)) for name in names)
        unopkg = next((each for each in found if each), None)
        if not unopkg:
            remedy = "install it, or open what  amzn-fcf template --host calc  writes"
            raise EngineError(f"LibreOffice is not on the PATH: {remedy}")
        # root may install for all users only; a profile of its own keeps what is for all users, too
        shared = ["--shared"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        places = []
        if self.profile:
            places.append(f"-env:UserInstallation={self.profile.absolute().as_uri()}")
            for_all = (self.profile.absolute() / "all_users").as_uri()
            places.append(f"-env:UNO_SHARED_PACKAGES_CACHE={for_all}")
        command = [unopkg, action, *shared, *places, *arguments]
        try:
            done = subprocess.run(  # noqa: S603  # our own arguments
                command,
                env=dict(self.environment),
                check=False,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise EngineError(f"unopkg did not finish within {_SECONDS} s: close LibreOffice") from None
        if done.returncode != 0:
            said = [line for line in done.stderr.splitlines() if line.strip()] or ["no word"]
            raise EngineError(f"unopkg {action} failed: {said[-1].strip()}: close LibreOffice and try again")
        return done.stdout
