"""A human's answer to held text: signed by the reviewer, bound to what was held, applied once, in order, with evidence.

What can be approved are the oldest held segments of a stream, so that text never overtakes text. What a rule redacts is redacted in
every case; a reviewer may add entity types. A rejection, or a deadline that passes in record time, ends the stream.
Each record on the topic of reviews ends in exactly one audit entry: of kind ``review``, or a dead letter with its code.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.checkpoint import Verifier
from detectors.redaction.policy import Policy
from jurisdictions.lists import entity_types
from schemas.codec import Codec
from schemas.errors import (
    CaseTooLargeError,
    ConfigurationError,
    HeldAlteredError,
    KeyMismatchError,
    NoCaseError,
    NotOldestHeldError,
    ReviewError,
    ReviewerUnknownError,
    ReviewSignatureError,
    ReviewTooLateError,
    ReviewWordError,
    SamePersonError,
    SchemaError,
    UnexpectedRecordError,
)
from schemas.records import EvidenceRef, HeldSegment, Review, ReviewNote, ReviewOutcome
from streams import names
from streams.cases import SEGMENTS_MAX, FirstApproval, HeldRef, HoldCase
from streams.ledger import Ledger
from streams.release import Marks, Released, Releaser, notice, withheld
from streams.sealing import Sealer
from streams.state import PartitionState
from streams.tick import Inbound, Outcome

OnRelease = Callable[[PartitionState, Released, tuple[int, int], int, Outcome], None]

APPROVE, FIRST_APPROVE, REJECT, EXPIRE = "approve", "first_approve", "reject", "expire"
REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    APPROVE: {
        "lawful_basis_confirmed": "a legal basis for this transfer was checked and is in force",
        "consent_on_file": "the individuals' separate consent is on file",
        "false_positive": "what was found is not what the detector took it for",
        "public_information": "the information is lawfully public",
        "no_personal_information": "nobody can be identified by it",
        "redaction_sufficient": "with what is redacted, nothing remains that the rule protects",
        "technical_hold": "an error held the text, no rule did, and it was read in full",
    },
    REJECT: {
        "not_lawful": "the law forbids that this text leaves",
        "no_lawful_basis": "no legal basis covers this transfer",
        "sensitive": "it is sensitive, and redaction would not be enough",
        "security": "state secrets, important data or controlled technology may be in it",
        "unclear": "it could not be clarified in time",
    },
    EXPIRE: {"deadline": "nobody answered before the deadline"},
}
"""Verdict → the words that may be its reason, and what each means."""

_DOMAIN: Final = b"carnet review v1\0"
_SHA256_BYTES: Final = 32


def signed_bytes(review: Review) -> bytes:
    """Return what a reviewer signs: a domain and all fields but signature and held segments, each with its length before it.

    Text is UTF-8; a length is four bytes, big-endian; a list is its length and its items. The held segments are bound by their ids and
    by the digests that the ledger has of them.
    """
    return _DOMAIN + b"".join(
        (
            _framed(review.stream_id.encode()),
            _listed(review.delivery_ids),
            _framed(review.verdict.encode()),
            _listed(review.redact),
            _framed(review.reason.encode()),
            _framed(review.note_sha256),
            _framed(review.reviewer.encode()),
            _framed(review.entry_sha256),
        )
    )


def sign(review: Review, key: Ed25519PrivateKey) -> Review:
    """Return the review with the signature of its reviewer (Ed25519, RFC 8032)."""
    return replace(review, signature=key.sign(signed_bytes(review)))


class Reviewers:
    """Who may answer, by which key.

    Args:
        lines: ``<name> <vkey>``, the vkey as signed-note has it and under the same name; empty lines and ``#`` comments count for nothing.

    Raises:
        ConfigurationError: A line is no such line; a name or a key stands twice, which would make two people of one.
    """

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._keys: dict[str, Ed25519PublicKey] = {}
        seen: set[bytes] = set()
        for number, line in enumerate(lines, 1):
            words = line.partition("#")[0].split()
            if not words:
                continue
            if len(words) != 2 or Verifier(words[1]).name != words[0]:  # noqa: PLR2004 - a name and a key
                raise ConfigurationError(f"reviewers, line {number}: not `<name> <vkey>` with the key's own name")
            raw = base64.b64decode(words[1].split("+", 2)[2])[1:]
            if words[0] in self._keys or raw in seen:
                raise ConfigurationError(f"reviewers, line {number}: this name or key stands there already")
            seen.add(raw)
            self._keys[words[0]] = Ed25519PublicKey.from_public_bytes(raw)

    def __contains__(self, name: object) -> bool:
        """Tell whether somebody may answer."""
        return name in self._keys

    def verify(self, review: Review) -> None:
        """Return if the review is signed by the reviewer that it names.

        Raises:
            ReviewerUnknownError: Nobody of that name may answer.
            ReviewSignatureError: The signature is not theirs, or of another review.
        """
        key = self._keys.get(review.reviewer)
        if key is None:
            raise ReviewerUnknownError(f"a name of {len(review.reviewer)} characters, {len(self._keys)} reviewers are known")
        try:
            key.verify(review.signature, signed_bytes(review))
        except InvalidSignature:
            raise ReviewSignatureError(f"signature of {len(review.signature)} bytes") from None


def load_reviewers(path: Path | None) -> Reviewers:
    """Return the reviewers of a file; without one there are none, and nobody may answer.

    Raises:
        ConfigurationError: The file cannot be read, or ``Reviewers`` refuses a line.
    """
    if path is None:
        return Reviewers()
    try:
        return Reviewers(path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as failure:
        raise ConfigurationError(f"reviewers {path}: cannot be read ({type(failure).__name__}): CARNET_REVIEW_REVIEWERS") from None


@dataclass(frozen=True, slots=True)
class _Answer:
    """A review that was checked whole: what is left is to write it down. ``released`` is empty unless text leaves."""

    review: Review
    case: HoldCase
    verdict: str
    refs: Sequence[HeldRef]
    released: tuple[Released, ...] = ()


class Reviews:
    """Opens cases, applies reviews to them, and ends those whose deadline passed.

    Args:
        codec: Decodes reviews; encodes held segments to compare digests.
        sealer: Opens held text; salts of commitments; keys of redaction.
        ledger: Takes the entries.
        redaction: How redacted findings are written.
        reviewers: Who may answer.
        marks_of: Returns how the labels of a delivery must be put.
        released: Is told each segment that leaves, with partition and index of its entry and the record time.
    """

    def __init__(
        self, codec: Codec, sealer: Sealer, ledger: Ledger, redaction: Policy, reviewers: Reviewers, *, marks_of: Marks, released: OnRelease
    ) -> None:
        self._codec = codec
        self._releaser = Releaser(sealer, redaction, marks_of)
        self._released = released
        self._ledger = ledger
        self._reviewers = reviewers

    def held(self, partition: PartitionState, held: HeldSegment, entry_sha256: bytes, sequences: tuple[int, int]) -> HoldCase | None:
        """Open the case of a stream, or extend it by what was just held; what is blocked has none.

        Args:
            partition: Has the cases.
            held: As it is written to the topic of held segments.
            entry_sha256: Digest of the audit entry that held it.
            sequences: First and last chunk that it took text from, inclusive.
        """
        if held.action != "hold":
            return None
        case = partition.cases.get(held.stream_id)
        if case is None:
            case = HoldCase(held.stream_id, held.customer_id, held.destination, held.held_at_ms, held.rule_ids)
            partition.cases[held.stream_id] = case
        partition.cases_changed.add(held.stream_id)
        if len(case.segments) >= SEGMENTS_MAX:
            case.is_full = True
            return case
        ref = HeldRef(
            held.delivery_id,
            held.segment_index,
            held.entry_index,
            entry_sha256,
            self._digest(held),
            held.characters,
            held.deadline_ms,
            held.escalate_ms,
            held.is_last,
            held.two_person,
            *sequences,
        )
        case.segments.append(ref)
        return case

    def take(
        self, number: int, partition: PartitionState, records: Iterable[Inbound], poison: frozenset[int], outcome: Outcome
    ) -> list[tuple[str, bool]]:
        """Apply the reviews of a tick in offset order, after everything that the tick decided.

        Args:
            number: The partition's.
            partition: Has the cases.
            records: Of the topic of reviews.
            poison: Offsets of those on which an earlier attempt failed: they are set aside.
            outcome: Takes what is written.

        Returns:
            Stream id, and True if all that was held of it is approved (it may go on), False if it is rejected (the rest must be blocked).
        """
        answered: list[tuple[str, bool]] = []
        for inbound in records:
            try:
                answer = self._checked(partition, self._readable(inbound, poison), inbound.timestamp_ms)
            except (SchemaError, ReviewError) as failure:
                self._ledger.dead_letter(number, partition, inbound, failure, outcome, names.REVIEWS)
                continue
            partition.cases_changed.add(answer.case.stream_id)
            if answer.verdict == REJECT:
                self._end(number, partition, answer.case, (answer.review, inbound.offset), inbound.timestamp_ms, outcome)
                answered.append((answer.case.stream_id, False))
            elif self._approve(number, partition, answer, inbound, outcome):
                answered.append((answer.case.stream_id, True))
        return answered

    def expire(self, number: int, partition: PartitionState, outcome: Outcome) -> list[tuple[str, bool]]:
        """End the cases whose deadline passed in record time; return their streams, as ``take`` does."""
        # Sorted: after a restore the cases stand in another order, and a replay must give the same bytes.
        late = sorted(stream_id for stream_id, case in partition.cases.items() if case.deadline_ms < partition.now_ms)
        for stream_id in late:
            partition.cases_changed.add(stream_id)
            self._end(number, partition, partition.cases[stream_id], None, partition.now_ms, outcome)
        return [(stream_id, False) for stream_id in late]

    def _readable(self, inbound: Inbound, poison: frozenset[int]) -> Review:
        """Return a review whose words are of the lists and whose signature is its reviewer's."""
        if inbound.offset in poison:
            raise ReviewError("an earlier attempt failed on this record")
        review = self._codec.decode(inbound.value)
        if not isinstance(review, Review):
            raise UnexpectedRecordError(type(review).__name__)
        if inbound.key != review.stream_id.encode():
            raise KeyMismatchError(f"key of {len(inbound.key or b'')} bytes")
        # Listed words and a digest only: they go into the ledger, where no text may be.
        if review.verdict not in {APPROVE, REJECT} or review.reason not in REASONS[review.verdict]:
            raise ReviewWordError("verdict or reason")
        if len(review.note_sha256) not in {0, _SHA256_BYTES}:
            raise ReviewWordError(f"digest of a note of {len(review.note_sha256)} bytes")
        self._reviewers.verify(review)
        return review

    def _checked(self, partition: PartitionState, review: Review, at_ms: int) -> _Answer:
        """Compare a review with the case that it answers, and open what it approves; writes nothing."""
        case = partition.cases.get(review.stream_id)
        if case is None:
            raise NoCaseError
        if at_ms > case.deadline_ms:
            raise ReviewTooLateError(f"{at_ms - case.deadline_ms} ms after the deadline")
        if any(one.reviewer not in self._reviewers for one in case.first):
            case.first.clear()  # who was taken off the list has not approved
            partition.cases_changed.add(review.stream_id)
        is_second = review.verdict == APPROVE and bool(case.first) and case.names(review.delivery_ids)
        start = 0 if is_second or review.verdict == REJECT else case.first_approved
        refs = case.segments[start : start + len(review.delivery_ids)]
        if not case.names(review.delivery_ids, start) or refs[0].entry_sha256 != review.entry_sha256:
            raise NotOldestHeldError(f"names {len(review.delivery_ids)} of {len(case.segments)} held segments")
        strange = set(review.redact) - entity_types() - {found.entity_type for held in review.held for found in held.findings}
        if strange:
            raise ReviewWordError(f"{len(strange)} entity types that nobody looks for")
        if review.verdict == REJECT:
            return _Answer(review, case, REJECT, refs)
        return self._checked_approval(review, case, refs, case.first[0] if is_second else None)

    def _checked_approval(self, review: Review, case: HoldCase, refs: Sequence[HeldRef], first: FirstApproval | None) -> _Answer:
        if case.is_full:
            raise CaseTooLargeError(f"more than {SEGMENTS_MAX} segments are held")
        if first and first.segments != len(refs):
            raise NotOldestHeldError(f"names {len(refs)} segments, the first approval named {first.segments}")
        if first and first.reviewer == review.reviewer:
            raise SamePersonError
        if [self._digest(held) for held in review.held] != [ref.held_sha256 for ref in refs]:
            raise HeldAlteredError(f"{len(review.held)} held segments for {len(refs)} ids")
        redact = frozenset(review.redact).union(first.redact if first else ())
        # Opened for a first approval too: a second person must not be asked for what can never leave.
        released = tuple(self._releaser.open(held, ref, redact) for held, ref in zip(review.held, refs, strict=True))
        if first is None and (case.first or any(ref.two_person for ref in refs)):
            return _Answer(review, case, FIRST_APPROVE, refs)
        return _Answer(review, case, APPROVE, refs, released)

    def _approve(self, number: int, partition: PartitionState, answer: _Answer, inbound: Inbound, outcome: Outcome) -> bool:
        """Write an approval down; tell whether nothing of the stream waits any more."""
        case, source, at_ms = answer.case, (answer.review, inbound.offset), inbound.timestamp_ms
        outcomes = [one.outcome for one in answer.released] or [withheld(ref) for ref in answer.refs]
        evidence = self._note(number, partition, answer.verdict, answer.refs[0], case, outcomes, source, at_ms, outcome)
        if answer.verdict == FIRST_APPROVE:
            case.first.append(FirstApproval(answer.review.reviewer, len(answer.refs), answer.review.redact))
            return False
        for one in answer.released:
            record = self._releaser.delivery(one, evidence, at_ms)
            self._ledger.emit(names.DELIVERIES, number, case.stream_id, record, record.delivery_id, at_ms, outcome)
            self._released(partition, one, (number, evidence.entry_index), at_ms, outcome)
        del case.segments[: len(answer.refs)]
        del case.first[:1]
        if case.segments:
            return False
        del partition.cases[case.stream_id]
        return True

    def _end(
        self, number: int, partition: PartitionState, case: HoldCase, source: tuple[Review, int] | None, at_ms: int, outcome: Outcome
    ) -> None:
        """Withhold all of a case for good, whatever of it a rejection names, and say so downstream."""
        verdict = EXPIRE if source is None else REJECT
        outcomes = [withheld(ref) for ref in case.segments]
        evidence = self._note(number, partition, verdict, case.segments[0], case, outcomes, source, at_ms, outcome)
        record = notice(case, evidence, at_ms)
        self._ledger.emit(names.DELIVERIES, number, case.stream_id, record, record.delivery_id, at_ms, outcome)
        del partition.cases[case.stream_id]

    def _note(
        self,
        number: int,
        partition: PartitionState,
        verdict: str,
        ref: HeldRef,
        case: HoldCase,
        outcomes: Sequence[ReviewOutcome],
        source: tuple[Review, int] | None,
        at_ms: int,
        outcome: Outcome,
    ) -> EvidenceRef:
        """Append the entry of an answer; return where it lies. ``source`` is the review and its offset, None if a deadline decided."""
        review, offset = source or (None, -1)
        note = ReviewNote(
            verdict=verdict,
            reviewer=review.reviewer if review else "",
            reason=review.reason if review else next(iter(REASONS[EXPIRE])),
            note_sha256=review.note_sha256 if review else b"",
            redact=review.redact if review else (),
            held_entry_index=ref.entry_index,
            held_entry_sha256=ref.entry_sha256,
            review_offset=offset,
            signature=review.signature if review else b"",
            outcomes=tuple(outcomes),
        )
        index, digest = self._ledger.review(number, partition, case.stream_id, note, at_ms, outcome)
        outcome.count("reviews", verdict)
        return EvidenceRef(number, index, digest, b"")

    def _digest(self, held: HeldSegment) -> bytes:
        return hashlib.sha256(self._codec.encode(held)).digest()


def _framed(field: bytes) -> bytes:
    return len(field).to_bytes(4, "big") + field


def _listed(items: Sequence[str]) -> bytes:
    return len(items).to_bytes(4, "big") + b"".join(_framed(item.encode()) for item in items)
