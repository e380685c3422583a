"""Who may load whom: the arrows between the packages, and a core that can be used without Kafka."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SHELL_LIBRARIES = {"faust", "mode", "aiokafka", "confluent_kafka", "kafka"}


def loaded_by(root: Path, module: str) -> set[str]:
    """Return the top-level names that a fresh interpreter has loaded after importing a module."""
    code = f"import json, sys, {module}; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_the_processor_loads_neither_faust_nor_a_kafka_client(root: Path) -> None:
    assert loaded_by(root, "streams.processor") & SHELL_LIBRARIES == set()


def test_a_worker_is_what_loads_them(root: Path) -> None:
    assert {"faust", "confluent_kafka"} <= loaded_by(root, "streams.worker")


@pytest.mark.parametrize("package", ["audit", "jurisdictions", "schemas", "models"])
def test_the_core_loads_no_kafka_and_no_shell(root: Path, package: str) -> None:
    modules = [f"{package}.{path.stem}" for path in (root / package).glob("*.py") if path.stem not in {"__init__", "__main__", "build"}]
    assert modules
    assert loaded_by(root, ", ".join(modules)) & (SHELL_LIBRARIES | {"streams", "console"}) == set()


def test_an_auditor_needs_only_the_ledger_and_cryptography(root: Path) -> None:
    modules = [f"audit.{path.stem}" for path in (root / "audit").glob("*.py") if path.stem not in {"__init__", "__main__"}]
    heavy = {"detectors", "jurisdictions", "models", "spacy", "onnxruntime", "presidio_analyzer", "numpy", "pydantic", "structlog"}
    assert loaded_by(root, ", ".join(modules)) & heavy == set()


def test_packages_import_only_downwards(root: Path) -> None:
    command = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([str(command), "--no-cache"], cwd=root, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stdout[-4000:]
