"""``python -m amzn_fcf`` is ``amzn-fcf``."""

from __future__ import annotations

import sys

from amzn_fcf.cli import main

sys.exit(main())
