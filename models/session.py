"""The only place that builds an ONNX Runtime session: which provider runs, and what is refused.

Both wheels of ONNX Runtime own the same import folder, so the one installed last silently replaces the other (microsoft/onnxruntime#26996);
and a session that is asked for CUDA silently runs on the CPU where CUDA cannot start. Neither is left to chance here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.manifest import Manifest, ModelCard, verify
from schemas.errors import ArtifactError, DetectionError, ProviderError

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
_CPU_WHEEL = "onnxruntime"
_GPU_WHEEL = "onnxruntime-gpu"
_CURE = f"run `pip uninstall -y {_CPU_WHEEL} {_GPU_WHEEL}`, then `pip install carnet[cpu]` or `pip install carnet[gpu]`"
WARM_UP_SIZE = 8  # stands in for every free dimension
_LOG_ERRORS_ONLY = 3
_COUNTED = "live"  # the input of text models that says where pieces are


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """A verified model, ready to run.

    Attributes:
        name: Its name in the manifest.
        sha256: Digest of its file.
        provider: The execution provider that really runs it.
        labels: What the columns of its first output mean.
    """

    name: str
    sha256: str
    provider: str
    labels: tuple[str, ...]
    session: Any

    def run(self, feeds: dict[str, npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Return the model's outputs, in the order of the graph.

        Raises:
            DetectionError: The runtime failed; the message holds shapes, no values.
        """
        try:
            outputs: list[npt.NDArray[Any]] = self.session.run(None, feeds)
        except Exception as error:  # noqa: BLE001  the runtime's exceptions share no public base but this one
            shapes = {name: array.shape for name, array in feeds.items()}
            raise DetectionError(f"model {self.name} failed on {shapes} with {type(error).__name__}") from None
        return outputs


def check_runtime(is_installed: Callable[[str], bool] | None = None) -> str:
    """Return which of the two ONNX Runtime wheels is installed, if it is exactly one.

    Args:
        is_installed: Answers for a distribution's name; by default the metadata of this environment.

    Raises:
        ProviderError: None or both are installed; the message names the cure.
    """
    installed = [name for name in (_CPU_WHEEL, _GPU_WHEEL) if (is_installed or _is_installed)(name)]
    if len(installed) == 1:
        return installed[0]
    found = "both are" if installed else "none is"
    raise ProviderError(f"exactly one of {_CPU_WHEEL} and {_GPU_WHEEL} must be installed, {found}: {_CURE}")


def has_gpu_wheel() -> bool:
    """Say whether the runtime for GPUs is installed; a GPU may be missing all the same."""
    return _is_installed(_GPU_WHEEL)


def open_model(
    manifest: Manifest,
    name: str,
    *,
    require_gpu: bool,
    directory: Path | None = None,
    threads: int = 1,
    on_cpu: bool = False,
    labelled: bool = True,
    warm_up_size: int = WARM_UP_SIZE,
) -> OnnxModel:
    """Return a model after its digest was checked and one run was made.

    Runs on CUDA where the GPU wheel is installed and CUDA starts, else on the CPU.

    Args:
        manifest: What is pinned.
        name: A model in it.
        require_gpu: Refuse anything but CUDA; no operator may fall back to the CPU either.
        directory: Where the artefacts lie, if not in this package.
        threads: Threads inside an operator. One by default: a worker is one of several on its machine.
        on_cpu: Run on the CPU whatever is installed: the model is made for it, and is to score alike on every machine.
        labelled: The columns of the first output are the labels of the manifest. False for a model whose output is a picture, or which
            carries the list of its labels itself.
        warm_up_size: Stands in for every free dimension in the first run.

    Raises:
        ArtifactError: The file is missing, not the pinned one, or its output does not fit its labels.
        ProviderError: Not exactly one runtime is installed, or the GPU demanded does not run the model.
    """
    wheel = check_runtime()
    card = manifest.card(name)
    path = verify(card, directory)
    runtime = importlib.import_module("onnxruntime")  # only now: with both wheels installed the import itself may be broken
    if require_gpu and CUDA not in runtime.get_available_providers():
        raise ProviderError(f"model {name} must run on a GPU and {wheel} has no {CUDA}: {_CURE}")
    session = _session(runtime, path, card, require_gpu=require_gpu, threads=threads, on_cpu=on_cpu)
    provider: str = session.get_providers()[0]
    if require_gpu and provider != CUDA:
        raise ProviderError(f"model {name} must run on a GPU and runs on {provider}: check the driver (nvidia-smi), or unset require_gpu")
    columns = session.get_outputs()[0].shape[-1]
    if labelled and columns != len(card.labels):
        raise ArtifactError(f"model {name} has {columns} output columns, the manifest has {len(card.labels)} labels")
    model = OnnxModel(name, card.sha256, provider, card.labels, session)
    model.run({each.name: blank(each, free_size=warm_up_size) for each in session.get_inputs()})
    return model


def _session(runtime: Any, path: Path, card: ModelCard, *, require_gpu: bool, threads: int, on_cpu: bool) -> Any:
    """Return a session on the first provider that starts."""
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _LOG_ERRORS_ONLY
    if require_gpu:
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    providers: list[Any] = [CPU]
    if CUDA in runtime.get_available_providers() and not on_cpu:
        runtime.preload_dlls()  # CUDA and cuDNN from the wheels that carnet[gpu] brings
        # TF32 would round products to ten bits: the scores in the evidence would depend on the card.
        providers = [(CUDA, {"use_tf32": "0"})] if require_gpu else [(CUDA, {"use_tf32": "0"}), CPU]
    try:
        return runtime.InferenceSession(str(path), sess_options=options, providers=providers)
    except Exception as error:  # the runtime's exceptions share no public base but this one
        if require_gpu:
            raise ProviderError(f"model {card.name} does not start on {CUDA} alone: {type(error).__name__}") from error
        raise ArtifactError(f"model {card.name}: {card.file} does not load: {type(error).__name__}") from error


def blank(declared: Any, shape: Sequence[int] | None = None, *, free_size: int = WARM_UP_SIZE) -> npt.NDArray[Any]:
    """Return an array that fits a declared input: zeros, but ones where pieces are counted and zero divides.

    Args:
        declared: An input as the session declares it.
        shape: Its shape; without it every free dimension is ``free_size`` long.
        free_size: See there.
    """
    element = declared.type.removeprefix("tensor(").removesuffix(")")
    dtype = {"float": "float32", "double": "float64", "float16": "float16"}.get(element, element)
    shape = shape or [size if isinstance(size, int) else free_size for size in declared.shape]
    return np.ones(shape, dtype) if declared.name == _COUNTED else np.zeros(shape, dtype)


def _is_installed(name: str) -> bool:
    """Say whether a distribution is installed in this environment."""
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
