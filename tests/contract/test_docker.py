"""What can be checked of the images without a container engine: the files are valid and agree with the code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def services(root: Path) -> dict[str, Any]:
    """Return the services of the compose file as Compose itself resolves them, every profile on."""
    command = [str(BIN / "docker-compose"), "-f", "docker/compose.yaml", "--profile", "*", "config", "--format", "json"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    resolved: dict[str, Any] = json.loads(ran.stdout)["services"]
    return resolved


def test_the_compose_file_starts_a_broker_topics_and_two_workers(services: dict[str, Any]) -> None:
    assert set(services) == {"kafka", "topics", "worker-0", "worker-1", "feed"}
    assert services["feed"]["profiles"] == ["feed"]


def test_every_published_port_is_on_loopback(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert {port.get("host_ip") for port in ports} == {"127.0.0.1"}


def test_each_worker_has_its_own_transactional_identity(services: dict[str, Any]) -> None:
    instances = [service["environment"]["CARNET_WORKER_INSTANCE"] for name, service in services.items() if name.startswith("worker-")]
    assert len(set(instances)) == len(instances) == 2


def test_every_setting_in_the_compose_file_is_one_of_ours(services: dict[str, Any]) -> None:
    from streams.settings import refuse_unknown

    for service in services.values():
        refuse_unknown(service.get("environment") or {})


def test_the_broker_is_the_version_that_the_embedded_one_is(services: dict[str, Any], root: Path) -> None:
    embedded = re.search(r"kafka_2\.13</artifactId><version>([\d.]+)<", (root / "docker" / "kafka" / "pom.xml").read_text(encoding="utf-8"))
    assert embedded is not None
    assert services["kafka"]["image"] == f"apache/kafka:{embedded.group(1)}"


@pytest.mark.parametrize("name", ["topics", "feed"])
def test_a_container_runs_a_command_that_the_console_has(services: dict[str, Any], name: str) -> None:
    program, *words = services[name]["command"]
    ran = subprocess.run([str(BIN / program), *words, "--help"], capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr


def test_an_image_starts_a_worker_as_the_supervisor_does(services: dict[str, Any], root: Path, tmp_path: Path) -> None:
    from console.supervisor import worker_plans

    stated = re.findall(r"^CMD (\[.*\])$", (root / "docker" / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)[-1]
    (plan,) = worker_plans(1, {}, tmp_path, [6066])
    in_image = json.loads(stated)[1:]
    assert in_image == list(plan.command)[-len(in_image) :]
    assert services["worker-0"]["command"] is None


def test_the_dockerfile_has_no_known_weakness(root: Path) -> None:
    ran = subprocess.run([str(BIN / "hadolint"), "docker/Dockerfile"], cwd=root, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stdout


def test_the_image_does_not_run_as_root_and_says_when_it_is_unwell(root: Path) -> None:
    last_stage = (root / "docker" / "Dockerfile").read_text(encoding="utf-8").rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last_stage, re.MULTILINE)
    assert "/healthz" in last_stage


@pytest.mark.parametrize(
    ("runtime", "present", "absent"), [("cpu", "onnxruntime", "onnxruntime-gpu"), ("gpu", "onnxruntime-gpu", "onnxruntime")]
)
def test_an_image_holds_exactly_one_onnx_runtime(root: Path, runtime: str, present: str, absent: str) -> None:
    locked = (root / "docker" / f"requirements.{runtime}.lock").read_text(encoding="utf-8")
    names = set(re.findall(r"^([a-z0-9._-]+)==", locked, re.MULTILINE))
    assert present in names
    assert absent not in names
    assert names.isdisjoint({"pytest", "ruff", "mypy", "onnx"})


def test_an_image_holds_every_dependency_of_the_project(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[^A-Za-z0-9._-]|[=<>]", requirement, maxsplit=1)[0].lower() for requirement in project["dependencies"]}
    for runtime in ("cpu", "gpu"):
        locked = (root / "docker" / f"requirements.{runtime}.lock").read_text(encoding="utf-8")
        assert sorted(wanted - set(re.findall(r"^([a-z0-9._-]+)==", locked, re.MULTILINE))) == [], "make lock"


def test_the_locks_agree_on_what_they_share(root: Path) -> None:
    def pins(path: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", (root / path).read_text(encoding="utf-8"), re.MULTILINE))

    everything = pins("requirements.lock")
    for runtime in ("cpu", "gpu"):
        image = pins(f"docker/requirements.{runtime}.lock")
        assert {name: pin for name, pin in image.items() if everything.get(name, pin) != pin} == {}
