"""Every setting of a worker, read from ``CARNET_*`` here and nowhere else; a wrong or unknown one stops the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from schemas.errors import ConfigurationError

_PREFIX = "CARNET_"


def _comma_separated(value: object) -> object:
    """Read ``a, b`` as two names."""
    return tuple(name for part in value.split(",") if (name := part.strip())) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KafkaSettings(_Group):
    """How to reach Kafka, and the limits of one transaction."""

    bootstrap_servers: str = "127.0.0.1:9092"
    group_id: str = "carnet"
    session_timeout_ms: int = Field(default=6_000, ge=1_000)
    heartbeat_interval_ms: int = Field(default=1_000, ge=100)
    transaction_timeout_ms: int = Field(default=10_000, ge=1_000)
    tick_records_max: int = Field(default=4_000, ge=1)
    tick_age_ms_max: int = Field(default=180_000, ge=1_000)
    """A tick that takes longer hangs: the worker leaves with exit code 75 and its supervisor starts it anew."""
    properties: dict[str, str] = Field(default_factory=dict)
    """Further librdkafka properties as JSON, for TLS and SASL: ``{"security.protocol": "SASL_SSL", ...}``."""


class WorkerSettings(_Group):
    """Who this worker is: ``instance`` must be unique and stable over restarts, it names the transactional id."""

    instance: str = "0"


class HealthSettings(_Group):
    """Where ``/healthz`` and ``/metrics`` listen; port 0 switches them off."""

    host: str = "127.0.0.1"
    port: int = Field(default=6_066, ge=0, le=65_535)


class KeysSettings(_Group):
    """The directory of the key-encryption key, the value key and the checkpoint key; created with mode 0700 when absent."""

    dir: Path = Path(".carnet/keys")
    kek_base64: SecretStr | None = None
    """A 32-byte key-encryption key in base64, instead of the file ``kek.bin``."""


class SchemaSettings(_Group):
    """A Confluent-compatible registry; without one, ids come from the committed ``schemas/ids.json``."""

    registry_url: str | None = None
    register_missing: bool = True
    """Whether schemas that the registry does not have are registered; if not, the start is refused."""


class TopicsSettings(_Group):
    """The shape of the topics: every topic has the same number of partitions."""

    partitions: int = Field(default=4, ge=1, le=1_000)
    replication_factor: int = Field(default=1, ge=1)


class ScanSettings(_Group):
    """The caps of the hold-back, in code points and in milliseconds of record time, and the step of the scanner."""

    step_chars: int = Field(default=22, ge=1)
    hold_back_chars_max: int = Field(default=512, ge=64)
    hold_back_ms_max: int = Field(default=300_000, ge=100)
    chunk_chars_max: int = Field(default=65_536, ge=1)


class DetectSettings(_Group):
    """What is looked for: countries (``auto``: all, by the thresholds of each stream), and recognisers of your own."""

    countries: Names = ("auto",)
    recognizers: Path | None = None
    """A YAML file of patterns, in Presidio's format; ``carnet recognizers`` shows what became of them."""
    modules: Names = ()
    """Python classes as ``package.module:Class``."""


class AuditSettings(_Group):
    """The name of the ledger: checkpoint origins are ``<origin>/<partition>``."""

    origin: str = "carnet.example/audit"


class ModelsSettings(_Group):
    """Where the built models lie, and whether a GPU is demanded."""

    dir: Path | None = None
    require_gpu: bool = False


class ClassifySettings(_Group):
    """Which windows of text the text model reads: those that a rule or the names need, all, or none (then the rules hold)."""

    read: Literal["needed", "always", "never"] = "needed"


class RedactSettings(_Group):
    """How redacted findings are written: a policy file (docs/redaction.md), by default the one in the wheel."""

    policy: Path | None = None


class PacksSettings(_Group):
    """Which rule packs decide: those in the wheel, or a signed directory of the operator; and the overlays of its customers."""

    dir: Path | None = None
    key: str | None = None
    """The verifier key (C2SP vkey) that ``dir`` and ``overlays`` are signed with; the wheel's packs have their own."""
    overlays: Path | None = None
    """A signed directory of ``*.overlay.yaml``: stricter rules for single customers, and waivers."""
    waiver_keys: Path | None = None
    """A file of verifier keys, one a line: who may grant waivers."""


class MechanismsSettings(_Group):
    """What counts as a legal basis: kinds as the request declares them, or documents on ``carnet.mechanisms.v1`` alone."""

    mode: Literal["declared", "register"] = "declared"


class ReviewSettings(_Group):
    """Who may answer held text: a file of ``<name> <vkey>`` lines; without one nobody may approve."""

    reviewers: Path | None = None


class LabelsSettings(_Group):
    """The codes in labels that the law asks for: who produces and who propagates the content (GB 45438-2025, Annex E)."""

    producer: str = Field(default="carnet.example", min_length=1)
    propagator: str = Field(default="carnet.example", min_length=1)


class PeopleSettings(_Group):
    """Counters of people: up to how many they are counted exactly; beyond, by a sketch with a stated error."""

    exact_max: int = Field(default=200_000, ge=1)


class LogSettings(_Group):
    """The lowest level that is written."""

    level: str = Field(default="info", pattern="^(debug|info|warning|error)$")


class Settings(BaseSettings):
    """All settings; ``CARNET_KAFKA_BOOTSTRAP_SERVERS`` is ``settings.kafka.bootstrap_servers``, and so on."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="_", env_nested_max_split=1, extra="forbid", frozen=True, case_sensitive=False
    )

    kafka: KafkaSettings = KafkaSettings()
    worker: WorkerSettings = WorkerSettings()
    health: HealthSettings = HealthSettings()
    keys: KeysSettings = KeysSettings()
    schema_: SchemaSettings = Field(default=SchemaSettings(), alias="CARNET_SCHEMA")
    topics: TopicsSettings = TopicsSettings()
    scan: ScanSettings = ScanSettings()
    detect: DetectSettings = DetectSettings()
    audit: AuditSettings = AuditSettings()
    models: ModelsSettings = ModelsSettings()
    classify: ClassifySettings = ClassifySettings()
    redact: RedactSettings = RedactSettings()
    packs: PacksSettings = PacksSettings()
    mechanisms: MechanismsSettings = MechanismsSettings()
    review: ReviewSettings = ReviewSettings()
    labels: LabelsSettings = LabelsSettings()
    people: PeopleSettings = PeopleSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            ConfigurationError: One line naming the variable, the reason and the known names.
        """
        refuse_unknown(os.environ)
        try:
            return cls()
        except ValidationError as failure:
            first = failure.errors(include_url=False, include_input=False)[0]
            name = _PREFIX + "_".join(str(part) for part in first["loc"]).upper().removeprefix(_PREFIX)
            raise ConfigurationError(f"{name}: {first['msg']}") from None


def known_names() -> frozenset[str]:
    """Return every ``CARNET_*`` variable that means something."""
    names = set()
    for field_name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            names |= {f"{_PREFIX}{field_name.rstrip('_')}_{inner}".upper() for inner in group.model_fields}
    return frozenset(names)


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Refuse a ``CARNET_*`` variable that nobody reads: a misspelt setting must not be a silent default.

    Raises:
        ConfigurationError: Names the variable and the nearest known ones.
    """
    known = known_names()
    for name in sorted(environment):
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise ConfigurationError(f"{name} is no setting of Carnet; known: {', '.join(sorted(known))}")
