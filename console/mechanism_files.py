"""The file that `carnet mechanisms put` takes: documents in YAML, checked to the last key."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jurisdictions.lists import named_sets, read_yaml
from jurisdictions.mechanisms import check
from schemas.errors import ConfigurationError, PackError
from schemas.records import MechanismOnFile


class _DocumentShape(BaseModel):
    """One document; ``evidence`` is its file, whose digest goes on file, the document itself stays where it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: str
    customer_id: str = Field(max_length=200)
    direction: Literal["outbound", "inbound", "both"]
    destinations: list[str] = []
    categories: list[str] = []
    people_max: int = Field(default=0, ge=0, strict=True)
    number: str = Field(default="", max_length=200)
    valid_from: dt.date
    valid_to: dt.date | None = None
    evidence: str | None = Field(default=None, min_length=1)
    evidence_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


def read_documents(path: Path) -> list[MechanismOnFile]:
    """Read a file with one document, or a list of them; all are right, or the file is refused.

    ``destinations`` are ISO 3166-1 codes or named sets such as ``EEA``. The proof is a file beside this one (``evidence``) or its digest.

    Raises:
        ConfigurationError: The file cannot be read, or a document is refused; the message names document and reason.
    """
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8") from None
    except PackError as error:
        raise ConfigurationError(f"{path}: {error.detail}") from error
    entries = content if isinstance(content, list) else [content]
    if not entries:
        raise ConfigurationError(f"{path}: no document in it")
    records = [_record(entry, path) for entry in entries]
    if len({record.id for record in records}) < len(records):
        raise ConfigurationError(f"{path}: an id stands twice")
    return records


def _record(entry: Any, path: Path) -> MechanismOnFile:
    name = entry.get("id", "a document without id") if isinstance(entry, dict) else "an entry"
    try:
        shape = _DocumentShape.model_validate(entry)
        record = MechanismOnFile(
            id=shape.id,
            kind=shape.kind,
            customer_id=shape.customer_id,
            direction=shape.direction,
            destinations=_countries(shape.destinations),
            categories=tuple(sorted(set(shape.categories))),
            people_max=shape.people_max,
            number=shape.number,
            valid_from=shape.valid_from.isoformat(),
            valid_to=shape.valid_to.isoformat() if shape.valid_to else "",
            evidence_sha256=_digest(shape, path),
            revoked=False,
        )
        check(record)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise ConfigurationError(f"{path}: {name}: {where}: {problem['msg']}" if where else f"{path}: {name}: {problem['msg']}") from error
    except PackError as error:
        raise ConfigurationError(f"{path}: {error.detail}") from error
    return record


def _countries(named: Iterable[str]) -> tuple[str, ...]:
    sets = {name: members for name, members in named_sets().items() if name in {"EEA", "ASEAN"}}
    return tuple(sorted({code for name in named for code in sets.get(name, frozenset({name}))}))


def _digest(shape: _DocumentShape, path: Path) -> str:
    """Return the digest of the proof.

    Raises:
        PackError: There is none, or there are two.
        OSError: Its file cannot be read.
    """
    if (shape.evidence is None) == (shape.evidence_sha256 is None):
        raise PackError(f"{shape.id}: the proof is wanted: its file as evidence, or its digest as evidence_sha256")
    if shape.evidence is None:
        return shape.evidence_sha256 or ""
    with (path.parent / shape.evidence).open("rb") as proof:
        return hashlib.file_digest(proof, "sha256").hexdigest()
