"""One thread for numpy's matrix products.

The matrices of one step are small. OpenBLAS still wakes a thread per core for them, and the threads burn more time in waiting than the
product takes: six times the cost of a delta, measured. Other workers have a use for those cores.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np

_SETTERS = (
    "scipy_openblas_set_num_threads64_",
    "scipy_openblas_set_num_threads",
    "openblas_set_num_threads64_",
    "openblas_set_num_threads",
)


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
