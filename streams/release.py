"""What leaves when a human approves: held text opened, redacted, and written as deliveries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import cast

from detectors.finding import Finding, Provenance
from detectors.redact import redact_text
from detectors.redaction.policy import Policy
from schemas.errors import ConfigurationError, HeldAlteredError, InvariantError
from schemas.records import DeliveryRecord, EvidenceRef, FindingNote, HeldSegment, HoldBack, Mark, Redaction, ReviewOutcome
from streams.cases import HeldRef, HoldCase
from streams.sealing import Sealer, commitment

Marks = Callable[[DeliveryRecord], tuple[Mark, ...]]


@dataclass(frozen=True, slots=True)
class Released:
    """A held segment as it leaves.

    Attributes:
        opened: The text as it was held.
        left: What was found in it and is not redacted.
        text: With what is redacted.
        redactions: Where in it.
        covered: How many code points of the held text lie in a redacted finding.
        salt: Opens the commitment to the text.
    """

    held: HeldSegment
    ref: HeldRef
    opened: str
    left: tuple[FindingNote, ...]
    text: str
    redactions: tuple[Redaction, ...]
    covered: int
    salt: bytes

    @property
    def outcome(self) -> ReviewOutcome:
        """What the entry says of it."""
        return ReviewOutcome(
            held_delivery_id=self.ref.delivery_id,
            delivery_id=answered_id(self.ref),
            characters_released=self.ref.characters - self.covered,
            characters_redacted=self.covered,
            characters_withheld=0,
            text_commitment=commitment(self.salt, self.text),
            is_last=self.ref.is_last,
        )


class Releaser:
    """Opens held segments and writes what leaves of them.

    Args:
        sealer: Opens the text; salts of commitments; keys of redaction.
        redaction: How redacted findings are written.
        marks_of: Returns how the labels of a delivery must be put.
    """

    def __init__(self, sealer: Sealer, redaction: Policy, marks_of: Marks) -> None:
        self._sealer = sealer
        self._redaction = redaction
        self._marks_of = marks_of

    def open(self, held: HeldSegment, ref: HeldRef, redact: Collection[str]) -> Released:
        """Open one held segment and redact what must be, and findings of the types asked for.

        Raises:
            HeldAlteredError: It does not open with this worker's keys, or a finding is not whole inside it.
        """
        must = frozenset(held.must_redact)
        hidden = [note for place, note in enumerate(held.findings) if place in must or note.entity_type in redact]
        findings = [
            Finding(note.start, note.end, note.entity_type, note.score, note.recognizer, cast("Provenance", note.provenance))
            for note in hidden
        ]
        try:
            key = self._sealer.unwrap(held.sealed_text)
            opened = self._sealer.open(key, held.sealed_text, f"held:{held.delivery_id}".encode()).decode("utf-8", "surrogatepass")
            text, redactions = redact_text(
                opened,
                findings,
                self._redaction,
                self._sealer.redaction_keys(held.customer_id, held.stream_id),
                held.destination,
                text_start=held.start,
                language=held.language,
            )
        except (ConfigurationError, InvariantError) as failure:
            # A key that was exchanged must not stop the partition: the review is refused, the text stays held.
            raise HeldAlteredError(f"segment {held.segment_index} does not open or cannot be redacted ({failure.code})") from None
        left = tuple(note for note in held.findings if note not in hidden)
        return Released(held, ref, opened, left, text, redactions, _covered(findings, held.start), self._sealer.salt(answered_id(ref)))

    def delivery(self, one: Released, evidence: EvidenceRef, at_ms: int) -> DeliveryRecord:
        """Return the delivery of one segment; ``evidence`` names the entry of the review, without salt."""
        held, ref = one.held, one.ref
        record = DeliveryRecord(
            delivery_id=answered_id(ref),
            stream_id=held.stream_id,
            segment_index=held.segment_index,
            customer_id=held.customer_id,
            destination=held.destination,
            text=one.text,
            sequence_from=ref.sequence_from,
            sequence_to=ref.sequence_to,
            action="redact" if one.redactions else "release",
            rule_ids=held.rule_ids,
            labels=held.labels,
            redactions=one.redactions,
            is_last=held.is_last,
            evidence=replace(evidence, salt=one.salt),
            hold_back=HoldBack(0, max(0, at_ms - held.held_at_ms)),
        )
        return replace(record, marks=self._marks_of(record))


def answered_id(ref: HeldRef) -> str:
    """Return the id of the delivery that answers for a held segment."""
    return f"{ref.delivery_id}:r"


def withheld(ref: HeldRef) -> ReviewOutcome:
    """What an entry says of a segment of which nothing leaves."""
    return ReviewOutcome(ref.delivery_id, "", 0, 0, ref.characters, b"", is_last=ref.is_last)


def notice(case: HoldCase, evidence: EvidenceRef, at_ms: int) -> DeliveryRecord:
    """Return the delivery without text that ends a stream of which nothing more will come."""
    first, last = case.segments[0], case.segments[-1]
    return DeliveryRecord(
        delivery_id=answered_id(first),
        stream_id=case.stream_id,
        segment_index=first.segment_index,
        customer_id=case.customer_id,
        destination=case.destination,
        text="",
        sequence_from=first.sequence_from,
        sequence_to=last.sequence_to,
        action="block",
        rule_ids=case.rule_ids,
        labels=(),
        redactions=(),
        is_last=True,
        evidence=evidence,
        hold_back=HoldBack(0, max(0, at_ms - case.held_at_ms)),
    )


def _covered(findings: Iterable[Finding], start: int) -> int:
    """Return how many code points lie in a finding; findings may overlap."""
    covered, reached = 0, start
    for item in sorted(findings):
        covered += max(0, item.end - max(item.start, reached))
        reached = max(reached, item.end)
    return covered
