"""What a user gets who installs the wheel: the seven packages with their files, and nothing else."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml

PACKAGES = ("audit", "console", "detectors", "jurisdictions", "models", "schemas", "streams")


@pytest.fixture(scope="module")
def inside(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def test_only_the_seven_packages_can_be_imported(inside: frozenset[str]) -> None:
    tops = {name.split("/")[0] for name in inside}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_every_committed_file_of_a_package_is_in_the_wheel(inside: frozenset[str], committed: tuple[Path, ...]) -> None:
    wanted = {path.as_posix() for path in committed if path.parts[0] in PACKAGES and path.parts[:2] != ("models", "training")}
    assert sorted(wanted - inside) == []


@pytest.mark.parametrize(
    ("folder", "suffix"),
    [
        ("jurisdictions/packs/", ".yaml"),
        ("schemas/avro/", ".avsc"),
        ("schemas/", "ids.json"),
        ("models/", "manifest.yaml"),
        ("models/artifacts/", ".onnx"),
        ("console/samples/", ""),
    ],
)
def test_what_is_read_at_run_time_is_in_the_wheel(inside: frozenset[str], folder: str, suffix: str) -> None:
    assert [name for name in inside if name.startswith(folder) and name.endswith(suffix) and not name.endswith((".py", "/"))]


def test_every_pinned_model_that_each_machine_wants_is_in_the_wheel(inside: frozenset[str], root: Path) -> None:
    manifest = yaml.safe_load((root / "models" / "manifest.yaml").read_text(encoding="utf-8"))
    names = {card["file"] for card in manifest["models"].values() if card.get("wanted", "always") == "always"}
    assert len(names) > 2
    assert {f"models/artifacts/{Path(name).name}" for name in names} <= inside


def test_tests_training_and_keys_stay_out(inside: frozenset[str]) -> None:
    unwanted = ("tests/", "benchmarks/", "docs/", "models/training/", ".carnet/")
    assert [name for name in inside if name.startswith(unwanted) or name.endswith((".key", ".pem", ".bin"))] == []


def test_every_package_belongs_to_this_distribution(run_wheel: Callable[[str], str]) -> None:
    code = f"import importlib.metadata as m, json; p = m.packages_distributions(); print(json.dumps({{n: p.get(n) for n in {PACKAGES!r}}}))"
    assert json.loads(run_wheel(code)) == {package: ["carnet"] for package in PACKAGES}


def test_the_installed_packs_load(run_wheel: Callable[[str], str]) -> None:
    said = run_wheel(
        "import jurisdictions.pack as p; from pathlib import Path; print(len(p.load_packs()), Path(p.__file__).parent.parent.name)"
    )
    count, folder = said.split()
    assert int(count) > 0
    assert folder.startswith("site")


def test_the_installed_codec_knows_its_schemas(run_wheel: Callable[[str], str]) -> None:
    code = (
        "from schemas.codec import Codec; from schemas.records import TokenChunk; c = Codec.committed(); r = TokenChunk('s', 0, 'x', 1); "
        "print(c.decode(c.encode(r)) == r)"
    )
    assert run_wheel(code) == "True"


def test_the_installed_manifest_agrees_with_the_installed_models(run_wheel: Callable[[str], str]) -> None:
    code = (
        "from models.manifest import load; from models.session import open_model; "
        "print(open_model(load(), 'language', require_gpu=False).name)"
    )
    assert run_wheel(code) == "language"


def test_the_installed_command_says_what_it_can_do(run_wheel: Callable[[str], str]) -> None:
    said = run_wheel("import sys; sys.argv = ['carnet', '--help']; from console.cli import main; main()")
    assert "verify" in said


def test_the_environment_has_the_carnet_command() -> None:
    scripts = {entry.name: entry.value for entry in distribution("carnet").entry_points if entry.group == "console_scripts"}
    assert scripts == {"carnet": "console.cli:main"}
