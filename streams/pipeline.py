"""Puts the rooms together: settings → codec, models, rules, keys → processor. Nothing else builds these objects."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from audit.checkpoint import Signer, load_or_create_key
from detectors.analyzer import build_engine
from detectors.classifier import LanguageClassifier
from detectors.reading import PIECES, ROWS_MAX, ROWS_MIN, TextReader
from detectors.recognizers.custom import load_custom
from detectors.redaction.policy import load_policy
from detectors.scanner import Scanner
from jurisdictions.compile import compile_packs
from jurisdictions.labels import check_labels, marks_of
from jurisdictions.overlay import Overlay, check_overlays, load_overlays
from jurisdictions.pack import Pack, load_packs, packs_sha256
from jurisdictions.signing import read_vkeys, release_key
from models import manifest
from models.pool import ModelPool, Wanted, text_shapes
from models.session import open_model
from schemas.codec import Codec
from schemas.records import DeliveryRecord, Mark
from streams.codecs import build_codec
from streams.counts import Counts
from streams.decide import Decider
from streams.intake import Intake
from streams.ledger import Ledger
from streams.processor import Limits, Processor
from streams.release import Marks
from streams.reviews import Reviews, load_reviewers
from streams.sealing import Sealer, load_sealer
from streams.settings import Settings
from streams.standing import Standing
from streams.state import StateCodec
from streams.windows import WindowReader


@dataclass(frozen=True, slots=True)
class Equipment:
    """What takes seconds to load and can be shared: detectors with the entity types they look for, models, rules."""

    scanner: Scanner
    entity_types: frozenset[str]
    classifier: LanguageClassifier
    readers: ModelPool[TextReader] | None
    packs: tuple[Pack, ...]
    overlays: tuple[Overlay, ...] = ()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What a worker runs, and the parts that others look at."""

    processor: Processor
    state: StateCodec
    codec: Codec


def load_equipment(settings: Settings) -> Equipment:
    """Load detectors, models and rules; every file that is missing or altered stops it here.

    Raises:
        ConfigurationError: One line: what, why, what cures it.
    """
    detect = settings.detect
    engine = build_engine(detect.countries, custom=load_custom(detect.recognizers, detect.modules))
    scanner = Scanner(engine, step_chars=settings.scan.step_chars, hold_back_chars_max=settings.scan.hold_back_chars_max)
    pinned, gpu, directory = manifest.load(), settings.models.require_gpu, settings.models.dir
    classifier = LanguageClassifier(open_model(pinned, "language", require_gpu=gpu, directory=directory))
    readers: ModelPool[TextReader] | None = None
    if settings.classify.read != "never":
        shapes = text_shapes(PIECES, ROWS_MIN, ROWS_MAX)
        wanted = Wanted("text_fp16" if gpu else "text_int8", shapes=shapes, require_gpu=gpu, directory=directory, on_cpu=not gpu)
        readers = ModelPool(wanted, lambda model: TextReader(model, classifier))
        readers.open(pinned)
    return Equipment(scanner, frozenset(engine.get_supported_entities()), classifier, readers, *load_rules(settings))


def load_rules(settings: Settings) -> tuple[tuple[Pack, ...], tuple[Overlay, ...]]:
    """Load the packs and overlays that decide; one that is unsigned or altered stops the start, and so does a label without words.

    Raises:
        PackError: Which file, and why.
    """
    chosen = settings.packs
    packs = load_packs(chosen.dir, signed=True, key=chosen.key)
    check_labels(packs)
    if chosen.overlays is None:
        return packs, ()
    granters = read_vkeys(chosen.waiver_keys) if chosen.waiver_keys else ()
    overlays = load_overlays(chosen.overlays, keys=[chosen.key or release_key()], waiver_keys=granters)
    check_overlays(packs, overlays)
    check_labels([overlay.pack for overlay in overlays])
    return packs, overlays


def build_pipeline(settings: Settings, partitions: int, equipment: Equipment, limits: Limits | None = None) -> Pipeline:
    """Put a processor together.

    Raises:
        ConfigurationError: A key or the policy of redaction cannot be read, or the registry does not answer.
    """
    codec = build_codec(settings)
    kek = settings.keys.kek_base64
    sealer = load_sealer(settings.keys.dir, kek.get_secret_value() if kek else None, os.urandom)
    ledger = Ledger(codec, sealer, build_signers(settings), settings.audit.origin)
    standing = Standing(codec, settings.mechanisms.mode)
    counts = Counts(sealer.people_root(), standing.totals, ledger, partitions)
    joined = join(settings, partitions, equipment, Ground(codec, sealer, ledger, standing, counts), limits)
    return Pipeline(joined.processor, joined.state, codec)


@dataclass(frozen=True, slots=True)
class Ground:
    """What decisions stand on, and which classes read records and reviews: a worker's own, or a replay's (``streams.recorded``)."""

    codec: Codec
    sealer: Sealer
    ledger: Ledger
    standing: Standing
    counts: Counts
    intake: type[Intake] = Intake
    reviews: type[Reviews] = Reviews


@dataclass(frozen=True, slots=True)
class Joined:
    """A processor, and those of its parts that others look at."""

    processor: Processor
    state: StateCodec
    intake: Intake
    reviews: Reviews


def join(settings: Settings, partitions: int, equipment: Equipment, ground: Ground, limits: Limits | None = None) -> Joined:
    """Join rules, detectors and models over a ground.

    Args:
        settings: The installation's.
        partitions: Of every topic.
        equipment: Detectors, models and rules.
        ground: What the decisions stand on.
        limits: Those of the settings by default.

    Raises:
        ConfigurationError: The policy of redaction or the reviewers cannot be read.
    """
    packs, overlays = equipment.packs, equipment.overlays
    redaction, marks_of = load_policy(settings.redact.policy, equipment.entity_types), build_marks(settings)
    codec, sealer, ledger, counts = ground.codec, ground.sealer, ground.ledger, ground.counts
    reviewers = load_reviewers(settings.review.reviewers)
    reviews = ground.reviews(codec, sealer, ledger, redaction, reviewers, marks_of=marks_of, released=counts.note_released)
    decider = Decider(
        rules_on=lru_cache(maxsize=64)(partial(compile_packs, packs, overlays=overlays)),
        packs_sha256=packs_sha256(packs, overlays),
        redaction=redaction,
        sealer=sealer,
        reviews=reviews,
        standing=ground.standing,
        counts=counts,
        marks_of=marks_of,
        ledger=ledger,
    )
    intake = ground.intake(
        codec=codec,
        scanner=equipment.scanner,
        sealer=sealer,
        ledger=ledger,
        destinations=frozenset().union(*(pack.covers for pack in packs)),
        partitions=partitions,
        chunk_chars_max=settings.scan.chunk_chars_max,
    )
    state = StateCodec(codec, sealer, equipment.scanner)
    processor = Processor(
        scanner=equipment.scanner,
        windows=WindowReader(equipment.readers, equipment.classifier, settings.classify.read),
        intake=intake,
        decider=decider,
        reviews=reviews,
        ledger=ledger,
        state=state,
        limits=limits or Limits(hold_back_ms_max=settings.scan.hold_back_ms_max),
    )
    return Joined(processor, state, intake, reviews)


def build_marks(settings: Settings) -> Marks:
    """Return how the labels of a delivery are put in this installation."""
    producer, propagator = settings.labels.producer, settings.labels.propagator

    def put(record: DeliveryRecord) -> tuple[Mark, ...]:
        if not record.labels:
            return ()
        return marks_of(
            record.labels,
            destination=record.destination,
            kind="text",
            is_first=record.segment_index == 0,
            is_last=record.is_last,
            producer=producer,
            produce_id=record.stream_id,
            propagator=propagator,
            propagate_id=record.delivery_id,
        )

    return put


def build_signers(settings: Settings) -> Callable[[int], Signer]:
    """Return partition → signer; one key, one origin a partition."""
    key = load_or_create_key(settings.keys.dir / "checkpoint.pem", settings.audit.origin)
    return lru_cache(maxsize=None)(lambda number: Signer(f"{settings.audit.origin}/{number}", key))
