"""GPUs are counted by their driver; without one there are none."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from models.devices import gpu_names


class Driver:
    """Answers as CUDA's driver does."""

    def __init__(self, names: tuple[bytes, ...], *, failing: str = "") -> None:
        self._names = names
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        """Return one call of the driver."""
        if name == self._failing:
            return lambda *_: 100  # CUDA_ERROR_NO_DEVICE
        return {
            "cuInit": lambda _flags: 0,
            "cuDeviceGetCount": lambda count: self._put(count, len(self._names)),
            "cuDeviceGet": self._put,
            "cuDeviceGetName": self._name,
        }[name]

    @staticmethod
    def _put(reference: Any, value: int) -> int:
        reference._obj.value = value
        return 0

    def _name(self, buffer: ctypes.Array[ctypes.c_char], _size: int, device: ctypes.c_int) -> int:
        buffer.value = self._names[device.value]
        return 0


def test_without_a_driver_there_is_no_gpu() -> None:
    def absent(name: str) -> Any:
        raise OSError(name)

    assert gpu_names(absent) == ()


def test_each_gpu_has_its_name() -> None:
    assert gpu_names(lambda _: Driver((b"First", b"Second"))) == ("First", "Second")


@pytest.mark.parametrize("call", ["cuInit", "cuDeviceGetCount", "cuDeviceGet", "cuDeviceGetName"])
def test_a_driver_that_answers_with_an_error_has_no_gpu(call: str) -> None:
    assert gpu_names(lambda _: Driver((b"First",), failing=call)) == ()
