"""The model compiled to one loop over draws, by numba, from the same bound nodes as numpy and the workbook."""

from __future__ import annotations

from model.backends.kernel.kernel import Kernel, kernel_for

__all__ = ["Kernel", "kernel_for"]
