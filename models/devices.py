"""The GPUs of this machine, as their driver counts them: a runtime that knows CUDA says nothing about whether there is a GPU."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

_DRIVER = "libcuda.so.1"
_NAME_BYTES = 128
_OK = 0


def gpu_names(load: Callable[[str], Any] = ctypes.CDLL) -> tuple[str, ...]:
    """Return the name of each GPU that CUDA can use; none where there is no driver or it finds no device.

    Args:
        load: Opens a shared library; OSError where it is not there.

    Source: CUDA Driver API, ``cuInit``, ``cuDeviceGetCount``, ``cuDeviceGetName``.
    """
    try:
        driver = load(_DRIVER)
    except OSError:
        return ()
    count = ctypes.c_int(0)
    if driver.cuInit(0) != _OK or driver.cuDeviceGetCount(ctypes.byref(count)) != _OK:
        return ()
    names = []
    for number in range(count.value):
        device, name = ctypes.c_int(0), ctypes.create_string_buffer(_NAME_BYTES)
        if driver.cuDeviceGet(ctypes.byref(device), number) != _OK or driver.cuDeviceGetName(name, _NAME_BYTES, device) != _OK:
            return ()
        names.append(name.value.decode("ascii", "replace"))
    return tuple(names)
