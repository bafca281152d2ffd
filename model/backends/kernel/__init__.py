"""The model compiled by numba to one loop over draws, from the same bound nodes as numpy and Excel."""

from __future__ import annotations

from model.backends.kernel.kernel import Kernel, kernel_for

__all__ = ["Kernel", "kernel_for"]
