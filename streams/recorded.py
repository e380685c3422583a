"""Stand-ins for what a replay cannot make anew: they answer from the recorded entries, and make everything else as a worker does.

The totals of people, the legal bases on file, the nonces of sealed text and the signatures of checkpoints came from elsewhere. Their effect
on a decision is in its entry. All else is a function of the records, and stays the worker's own code.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import Signer
from detectors.finding import Finding
from jurisdictions.mechanisms import InForce, Mode
from jurisdictions.people import Ahead
from schemas.codec import Codec
from schemas.errors import CarnetError, ConfigurationError
from schemas.records import Decision, HeldSegment, RequestOpened, Review, ReviewNote, Sealed, Totals
from streams import names
from streams.cases import HoldCase
from streams.codecs import build_codec
from streams.counts import Counted, Counts
from streams.intake import Intake, Touched
from streams.ledger import Ledger
from streams.pipeline import Equipment, Ground, join
from streams.processor import Limits, Processor
from streams.release import Released
from streams.reviews import Reviews
from streams.sealing import Sealer
from streams.settings import Settings
from streams.standing import Standing
from streams.state import PartitionState, StateCodec
from streams.tick import Control, Inbound, Outcome

COUNTER_FACTS: Final = (
    "cn_people_since_january",
    "cn_sensitive_people_since_january",
    "us_health_people",
    "us_financial_people",
    "us_identifier_people",
)
"""The facts that come from the totals of people (``streams.counts``)."""
_BLANK: Final = Sealed("", b"", b"", b"")


@dataclass(frozen=True, slots=True)
class Keys:
    """What an installation keeps secret and a replay needs; the key-encryption key is not among it.

    Attributes:
        value: Keys salts, digests of values and what stands for redacted text.
        source: Shared with senders that hand over digests of sources; None if there are none.
    """

    value: bytes
    source: bytes | None


def read_keys(directory: Path) -> Keys | None:
    """Return the keys of an installation, None if it has none there; none is ever made.

    Raises:
        ConfigurationError: A key cannot be read.
    """
    try:
        value, source = directory / "value.bin", directory / "sources.bin"
        return Keys(value.read_bytes(), source.read_bytes() if source.exists() else None) if value.exists() else None
    except OSError as failure:
        raise ConfigurationError(f"keys in {directory}: {failure.strerror}; name the directory with --keys") from None


@dataclass(slots=True)
class Plan:
    """What the log says of one tick of one partition.

    Attributes:
        first_index: Index of its first entry.
        decisions: Stream id and start in the stream → the decision.
        skipped: Indexes of entries that no replay can make: their streams began before the log does.
        foreign: Offsets of the inbound records of such streams.
        foreign_reviews: Offsets of the reviews of such streams.
        held_sha256: Index → SHA-256 of the entries that held text; filled where the replay has no keys to make them whole.
        at_ms: The time that its stamp has, where a review that may have brought it is gone; else 0.
        is_begun: An entry of it was made.
    """

    first_index: int = 0
    decisions: Mapping[tuple[str, int], Decision] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()
    foreign: frozenset[int] = frozenset()
    foreign_reviews: frozenset[int] = frozenset()
    held_sha256: Mapping[int, bytes] = field(default_factory=dict)
    at_ms: int = 0
    is_begun: bool = False


@dataclass(slots=True)
class Recorded:
    """The tick that is being made anew, the decision about which the rules ask right now, and whether the keys are at hand."""

    has_keys: bool
    plan: Plan = field(default_factory=Plan)
    asked: Decision | None = None


class RecordedCounts(Counts):
    """Answers with the numbers that the recorded decision names; writes nobody down."""

    def __init__(self, recorded: Recorded, ledger: Ledger, partitions: int) -> None:
        super().__init__(b"", {}, ledger, partitions)
        self._recorded = recorded

    def before(
        self,
        request: RequestOpened,
        at_ms: int,  # noqa: ARG002 - all of these decided the recorded numbers
        aheads: Sequence[Ahead],  # noqa: ARG002
        text: str,  # noqa: ARG002
        start: int,
        personal: Sequence[Finding],  # noqa: ARG002
        *,
        sensitive: bool,  # noqa: ARG002
    ) -> Counted:
        """Return the facts of the decision over the text that begins here; none if there is no such decision."""
        decision = self._recorded.asked = self._recorded.plan.decisions.get((request.stream_id, start))
        if decision is None:
            return Counted({}, (), ())
        facts = {fact.name: int(json.loads(fact.value)) for fact in decision.facts if fact.name in COUNTER_FACTS}
        return Counted(facts, decision.totals, ())

    def note(self, *_: Any, **__: Any) -> None:
        """Write nothing: the records of people are not compared."""

    def note_released(self, partition: PartitionState, one: Released, place: tuple[int, int], at_ms: int, outcome: Outcome) -> None:
        """Write nothing, either."""


class RecordedStanding(Standing):
    """Answers a verdict with the legal bases that the recorded decision names; what waits for a window is asked of the documents given.

    Args:
        codec: Decodes the documents.
        mode: As the installation has it.
        recorded: The tick.
        documents: Records of ``carnet.mechanisms.v1``.
    """

    def __init__(self, codec: Codec, mode: Mode, recorded: Recorded, documents: Iterable[Control] = ()) -> None:
        super().__init__(codec, mode)
        self._recorded = recorded
        self._answer: InForce | None = None
        self._refused: tuple[str, ...] = ()
        super().take([one for one in documents if one.topic == names.MECHANISMS])

    def take(self, records: Iterable[Control]) -> list[Totals]:  # noqa: ARG002 - what is newer than the log decided nothing in it
        """Take nothing in."""
        return []

    def mechanisms(self, request: RequestOpened, on: date, categories: frozenset[str] = frozenset(), people: int | None = None) -> InForce:
        """Return what counted in the decision that is being made anew; else what the documents say."""
        decision, self._recorded.asked = self._recorded.asked, None
        if decision is None:
            return super().mechanisms(request, on, categories, people)
        kinds = next((json.loads(fact.value) for fact in decision.facts if fact.name == "mechanisms"), ())
        self._answer, self._refused = InForce(frozenset(kinds), decision.mechanisms), decision.mechanisms_refused
        return self._answer

    def refused(self, found: InForce) -> tuple[str, ...]:
        """Return what the recorded decision says was refused."""
        return self._refused if found is self._answer else super().refused(found)


class RecordedLedger(Ledger):
    """Numbers the entries of a tick from where the log has its first, and passes over those that cannot be made."""

    def follow(self, recorded: Recorded) -> None:
        """Say where the log is."""
        self._recorded = recorded

    def decision(
        self, number: int, partition: PartitionState, stream_id: str, decision: Decision, at_ms: int, outcome: Outcome
    ) -> tuple[int, bytes]:
        """Append a decision."""
        self._reach(partition)
        return super().decision(number, partition, stream_id, decision, at_ms, outcome)

    def review(
        self, number: int, partition: PartitionState, stream_id: str, note: ReviewNote, at_ms: int, outcome: Outcome
    ) -> tuple[int, bytes]:
        """Append an answer."""
        self._reach(partition)
        return super().review(number, partition, stream_id, note, at_ms, outcome)

    def dead_letter(
        self,
        number: int,
        partition: PartitionState,
        record: Inbound,
        failure: CarnetError,
        outcome: Outcome,
        topic: str = names.INFERENCE,
    ) -> None:
        """Append a dead letter."""
        self._reach(partition)
        super().dead_letter(number, partition, record, failure, outcome, topic)

    def stamp(self, number: int, partition: PartitionState, records: list[Inbound], outcome: Outcome) -> None:
        """Append the stamp."""
        self._reach(partition)
        super().stamp(number, partition, records, outcome)

    def _reach(self, partition: PartitionState) -> None:
        plan = self._recorded.plan
        if not plan.is_begun:
            plan.is_begun = True
            partition.entry_index = plan.first_index
        while partition.entry_index in plan.skipped:
            partition.entry_index += 1


class RecordedIntake(Intake):
    """Takes the records in as a worker does, but for those of streams that began before the log does."""

    def follow(self, recorded: Recorded) -> None:
        """Say where the log is."""
        self._recorded = recorded

    def take(
        self, number: int, partition: PartitionState, records: list[Inbound], poison: frozenset[tuple[int, int]], outcome: Outcome
    ) -> Touched:
        """Apply the records; the time of those that are left out counts."""
        plan = self._recorded.plan
        group = super().take(number, partition, [one for one in records if one.offset not in plan.foreign], poison, outcome)
        partition.now_ms = max([partition.now_ms, plan.at_ms, *(one.timestamp_ms for one in records)])
        return group


class RecordedReviews(Reviews):
    """Applies reviews to text that was held anew: under other data keys and nonces, so no digest covers what is sealed.

    What leaves is opened from the replay's own sealed text: so no key-encryption key is needed, and an approval is proven to release what
    the replay held.
    """

    def follow(self, recorded: Recorded) -> None:
        """Say where the log is."""
        self._recorded = recorded
        self._own: dict[str, dict[str, Sealed]] = {}

    def forget(self) -> None:
        """Drop all that was held: another partition follows."""
        self._own.clear()

    def held(self, partition: PartitionState, held: HeldSegment, entry_sha256: bytes, sequences: tuple[int, int]) -> HoldCase | None:
        """Open or extend a case."""
        entry_sha256 = self._recorded.plan.held_sha256.get(held.entry_index, entry_sha256)
        case = super().held(partition, held, entry_sha256, sequences)
        if case is not None:
            self._own.setdefault(held.stream_id, {})[held.delivery_id] = held.sealed_text
        return case

    def take(
        self, number: int, partition: PartitionState, records: Iterable[Inbound], poison: frozenset[int], outcome: Outcome
    ) -> list[tuple[str, bool]]:
        """Apply the reviews, but for those of streams that began before the log does."""
        foreign = self._recorded.plan.foreign_reviews
        answered = super().take(number, partition, [one for one in records if one.offset not in foreign], poison, outcome)
        self._drop(partition, answered)
        return answered

    def expire(self, number: int, partition: PartitionState, outcome: Outcome) -> list[tuple[str, bool]]:
        """End cases whose deadline passed."""
        answered = super().expire(number, partition, outcome)
        self._drop(partition, answered)
        return answered

    def _drop(self, partition: PartitionState, answered: Iterable[tuple[str, bool]]) -> None:
        for stream_id, _ in answered:
            if stream_id not in partition.cases:
                self._own.pop(stream_id, None)

    def _readable(self, inbound: Inbound, poison: frozenset[int]) -> Review:
        review = super()._readable(inbound, poison)
        own = self._own.get(review.stream_id, {})
        return replace(review, held=tuple(replace(one, sealed_text=own.get(one.delivery_id, one.sealed_text)) for one in review.held))

    def _digest(self, held: HeldSegment) -> bytes:
        notes = held.findings if self._recorded.has_keys else tuple(replace(note, value_hmac=b"") for note in held.findings)
        return super()._digest(replace(held, sealed_text=_BLANK, findings=notes))


@dataclass(frozen=True, slots=True)
class Remaking:
    """A worker's processor over recorded answers, and the parts that the replay moves."""

    processor: Processor
    state: StateCodec
    codec: Codec
    recorded: Recorded
    reviews: RecordedReviews


def build_remaking(
    settings: Settings,
    partitions: int,
    equipment: Equipment,
    keys: Keys | None,
    *,
    documents: Iterable[Control] = (),
    limits: Limits | None = None,
) -> Remaking:
    """Put a processor together as a worker does, over recorded answers; makes and needs no key file.

    Args:
        settings: The installation's.
        partitions: Of every topic.
        equipment: Detectors, models and rules to decide with.
        keys: None if they are not at hand: then nothing that hangs on them may be compared.
        documents: Records of ``carnet.mechanisms.v1``.
        limits: As the workers had them; those of the settings by default.

    Raises:
        ConfigurationError: The policy of redaction or the reviewers cannot be read, or the registry does not answer.
    """
    codec, recorded = build_codec(settings), Recorded(has_keys=keys is not None)
    sealer = Sealer(os.urandom(32), keys.value if keys else bytes(32), os.urandom, keys.source if keys else None)
    signer = Signer("replay", Ed25519PrivateKey.generate())  # checkpoints are signed for nobody, and not compared
    ledger = RecordedLedger(codec, sealer, lambda _: signer, settings.audit.origin)
    counts, standing = RecordedCounts(recorded, ledger, partitions), RecordedStanding(codec, settings.mechanisms.mode, recorded, documents)
    ground = Ground(codec, sealer, ledger, standing, counts, RecordedIntake, RecordedReviews)
    joined = join(settings, partitions, equipment, ground, limits)
    intake, reviews = cast("RecordedIntake", joined.intake), cast("RecordedReviews", joined.reviews)
    for part in (ledger, intake, reviews):
        part.follow(recorded)
    return Remaking(joined.processor, joined.state, codec, recorded, reviews)
