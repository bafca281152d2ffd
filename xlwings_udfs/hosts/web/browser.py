"""What runs in the browser's Python: a call as JSON in, its answer as JSON out."""

from __future__ import annotations

import json

from xlwings_udfs.functions.explain import version
from xlwings_udfs.hosts.answers import answer
from xlwings_udfs.hosts.office_arguments import argument

VERSION = version()


def answered(call: str) -> str:
    """Return the answer to ``["AMZN_FCF", [[[2026]], null]]`` as :mod:`xlwings_udfs.hosts.answers` has it."""
    name, arguments = json.loads(call)
    return json.dumps(answer(name, [argument(each) for each in arguments]))
