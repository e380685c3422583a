"""What can be checked of the GPU image without a container engine and without a GPU."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def gpu_services(root: Path) -> dict[str, Any]:
    """Return the services as Compose resolves them with the file for GPUs on top."""
    files = ["-f", "docker/compose.yaml", "-f", "docker/compose.gpu.yaml"]
    command = [str(BIN / "docker-compose"), *files, "config", "--format", "json"]
    chosen = {**os.environ, "RUNTIME": "gpu", "CARNET_IMAGE_TAG": "gpu"}
    ran = subprocess.run(command, cwd=root, env=chosen, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    resolved: dict[str, Any] = json.loads(ran.stdout)["services"]
    return resolved


@pytest.mark.parametrize("worker", ["worker-0", "worker-1"])
def test_a_gpu_worker_gets_a_device_and_refuses_to_run_without(gpu_services: dict[str, Any], worker: str) -> None:
    service = gpu_services[worker]
    (device,) = service["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])
    assert service["environment"]["CARNET_MODELS_REQUIRE_GPU"] == "true"
    assert service["environment"]["CARNET_WORKER_INSTANCE"] == worker.removeprefix("worker-")
    assert (service["image"], service["build"]["args"]["RUNTIME"]) == ("carnet:gpu", "gpu")


def test_every_setting_of_the_gpu_file_is_one_of_ours(gpu_services: dict[str, Any]) -> None:
    from streams.settings import refuse_unknown

    for service in gpu_services.values():
        refuse_unknown(service.get("environment") or {})


def test_the_gpu_image_brings_cuda_and_cudnn_as_packages(root: Path) -> None:
    locked = (root / "docker" / "requirements.gpu.lock").read_text(encoding="utf-8")
    names = set(re.findall(r"^([a-z0-9._-]+)==", locked, re.MULTILINE))
    assert {"onnxruntime-gpu", "nvidia-cublas", "nvidia-cudnn-cu13", "nvidia-cuda-runtime"} <= names


@pytest.mark.parametrize(("runtime", "asked"), [("gpu", "--all"), ("cpu", "")])
def test_only_the_gpu_image_builds_the_model_for_gpus(root: Path, runtime: str, asked: str) -> None:
    """The line of the Dockerfile itself is run, with the interpreter replaced by one that says what it was asked."""
    dockerfile = (root / "docker" / "Dockerfile").read_text(encoding="utf-8")
    (line,) = re.findall(r"^RUN (if .*?models\.build.*?) \\\n && /opt/tools/bin/python -m build", dockerfile, re.MULTILINE | re.DOTALL)
    script = line.replace("\\\n", " ").replace("/opt/tools/bin/python -m models.build", "printf '%s'")
    ran = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script], env={"RUNTIME": runtime}, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (0, asked)
