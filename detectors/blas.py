"""Matrix products on numpy's BLAS: in one thread, and such that a row's product does not depend on the rows beside it.

The matrices of one step are small. OpenBLAS still wakes a thread per core for them, and the threads burn more time in waiting than the
product takes: six times the cost of a delta, measured. Other workers have a use for those cores.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from thinc.api import NumpyOps

Floats = NDArray[np.float32]
_SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


def product(rows: Floats, weights: Floats) -> Floats:
    """Multiply such that a row's product does not depend, to the last bit, on what else is in the batch.

    BLAS takes another path for a single row, which adds up in another order; two equal rows keep it on the common one. So it does for
    transposed weights and few rows, so the weights must lie in memory as they are multiplied.
    """
    if len(rows) == 1:
        pair: Floats = np.repeat(rows, 2, axis=0) @ weights
        return pair[:1]
    multiplied: Floats = rows @ weights
    return multiplied


class SteadyOps(NumpyOps):  # type: ignore[misc]  # thinc is not typed
    """thinc's operations with ``product``: what a model makes of a word does not depend on the words that come with it."""

    def gemm(self, x: Floats, y: Floats, *, out: Floats | None = None, trans1: bool = False, trans2: bool = False) -> Floats:
        """Multiply two matrices, each transposed first if so said."""
        rows = np.ascontiguousarray(x.T if trans1 else x)
        found = product(rows, np.ascontiguousarray(y.T if trans2 else y))
        if out is None:
            return found
        out[...] = found
        return out


def use_one_thread() -> bool:
    """Make the OpenBLAS that numpy's wheel brings use one thread in this process; tell whether it was found.

    A numpy built against another library is left as it is: its own environment variable sets the threads there.
    """
    for library in sorted(Path(np.__file__).parent.parent.glob("numpy.libs/*openblas*")):
        loaded = ctypes.CDLL(str(library))
        for name in _SETTERS:
            setter = getattr(loaded, name, None)
            if setter is not None:
                setter(ctypes.c_int(1))
                return True
    return False
