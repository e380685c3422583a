"""From findings to a verdict to records: what may leave of a stream, why, and the evidence for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from detectors.finding import Finding
from detectors.redact import redact_text
from detectors.redaction.policy import Policy
from detectors.thresholds import bundled
from jurisdictions.compile import Compiled
from jurisdictions.evaluate import evaluate, evidence_of
from jurisdictions.facts import facts_of, sensitivity_of
from jurisdictions.lists import entity
from jurisdictions.people import Ahead, Seen
from jurisdictions.shape import ReviewShape, milliseconds
from schemas.errors import ReviewRejectedError
from schemas.records import (
    Decision,
    DeliveryRecord,
    EvidenceRef,
    FindingNote,
    HeldSegment,
    Redaction,
    Totals,
    UsageRecord,
)
from streams import names
from streams.counts import Counts
from streams.judged import Judged, Segment, characters_covered, in_scope, place_of, stopped_by, transferred
from streams.ledger import Ledger
from streams.needs import Needs, day_of
from streams.release import Marks
from streams.reviews import Reviews
from streams.sealing import Sealer, commitment
from streams.standing import Standing
from streams.state import LANGUAGE_WINDOW_CHARS, PartitionState, StreamState
from streams.tick import Control, Outcome
from streams.windows import domains_of, form_of, uses_of

_UNTRACED = "unknown"  # the provenance of what was not looked up; looked up again, what cannot be known gives the same
_STOPPING = frozenset({"hold", "block"})


class Decider:
    """Judges segments and writes their records.

    Args:
        rules_on: Day → compiled packs in force.
        packs_sha256: Digest of all packs, written in every decision.
        redaction: How redacted findings are written.
        sealer: Digests of values; keys of hashes and pseudonyms; seals held text.
        reviews: Opens a case for what is held.
        standing: Which legal bases are on file, and the totals of people.
        counts: Turns both into facts and records.
        marks_of: Returns how the labels of a delivery must be put.
        ledger: Takes the decisions.
    """

    def __init__(
        self,
        *,
        rules_on: Callable[[date], Compiled],
        packs_sha256: str,
        redaction: Policy,
        sealer: Sealer,
        reviews: Reviews,
        standing: Standing,
        counts: Counts,
        marks_of: Marks,
        ledger: Ledger,
    ) -> None:
        self._thresholds = bundled()
        self.needs = Needs(rules_on, standing.mechanisms)
        self._standing = standing
        self._counts = counts
        self._marks_of = marks_of
        self._rules_on = rules_on
        self._packs_sha256 = packs_sha256
        self._redaction = redaction
        self._sealer = sealer
        self._reviews = reviews
        self._ledger = ledger

    def control(self, records: Iterable[Control]) -> list[Totals]:
        """Take in totals and mechanisms as they came; return the totals that became newer."""
        return self._standing.take(records)

    @property
    def totals(self) -> Iterable[Totals]:
        """The newest totals of each scope."""
        return self._standing.totals.values()

    def kept(self, stream: StreamState, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings that are strong enough where the stream comes from, goes to, and in its language."""
        request = stream.request
        places = (request.origin_data_centre, request.destination, request.end_user_location)
        return self._thresholds.keep(findings, self._thresholds.in_play(places, (stream.language.label,)))

    def trace(self, stream: StreamState) -> None:
        """Look up where each finding in the undecided text of a stream came from, if it counts and was not looked up before."""
        if all(item.provenance != _UNTRACED for item in stream.found):
            return
        text, start = "".join(stream.pending), stream.decided
        counts = set(self.kept(stream, stream.found))
        stream.found = [
            replace(item, provenance=stream.echo.classify(text[item.start - start : item.end - start]))
            if item.provenance == _UNTRACED and item in counts
            else item
            for item in stream.found
        ]

    def asked(self, stream: StreamState) -> tuple[Finding, ...]:
        """Return the findings in undecided text that rules may ask the surroundings of: all that are personal, or none."""
        personal = tuple(item for item in self.kept(stream, stream.found) if entity(item.entity_type).personal)
        came_from = frozenset(item.provenance for item in personal)
        return personal if came_from and self.needs.asks(stream, came_from) else ()

    def judge(self, segment: Segment, aheads: Sequence[Ahead]) -> Judged:
        """Return the verdict over a segment; a hold or a block suspends the stream.

        Args:
            segment: The next of its stream; the one before it is written.
            aheads: The people whom the partitions of this worker counted ahead of the totals, those of the segment's partition first.
        """
        stream, request = segment.stream, segment.stream.request
        findings = self._traced(segment)
        personal = [item for item in findings if entity(item.entity_type).personal]
        today = day_of(stream.last_at_ms)
        rules = self._rules_on(today)
        domains = domains_of(stream, self.needs.of(stream), segment.start, segment.end, personal)
        about = sensitivity_of([item.entity_type for item in findings], domains)
        sensitive = about is not False or rules.assumed.get("minor_under_14", True) is not False  # PIPL Art 28: under fourteen
        counted = self._counts.before(request, stream.last_at_ms, aheads, segment.text, segment.start, personal, sensitive=sensitive)
        found = frozenset(entity(item.entity_type).category for item in personal)
        on_file = self._standing.mechanisms(request, today, found, transferred(counted))
        facts = facts_of(
            [(item.entity_type, item.provenance) for item in findings],
            destination=request.destination,
            end_user_location=request.end_user_location,
            origin_data_centre=request.origin_data_centre,
            model_origin=request.model.origin,
            route=request.route,
            mechanisms=on_file.kinds,
            customer=request.customer_id,
            language=stream.language.label or None,
            token_count=stream.tokens,
            personal_before=stream.personal,
            form=form_of(stream, segment.start, segment.end),
            domains=domains,
            declared={**rules.assumed, **counted.facts} if counted.facts else rules.assumed,
        )
        verdict = evaluate(rules, facts)
        if verdict.action in _STOPPING:
            stream.suspend(verdict.action, "", stopped_by(rules, verdict))
        stream.personal = cast("int", facts["personal_values"])
        spoke = (stream.language,) if stream.language.name else ()
        return Judged(
            segment=replace(segment, findings=findings),
            action=stream.suspended or verdict.action,
            verdict=verdict,
            facts=evidence_of(rules, facts),
            models=(*spoke, *uses_of(stream, segment.start, segment.end)),
            people=counted.people,
            sensitive=sensitive,
            totals=counted.uses,
            mechanisms=on_file,
        )

    def _traced(self, segment: Segment) -> tuple[Finding, ...]:
        """Return the findings of a segment that count, each with its provenance."""
        return tuple(
            item
            if item.provenance != _UNTRACED
            else replace(item, provenance=segment.stream.echo.classify(segment.text[item.start - segment.start : item.end - segment.start]))
            for item in self.kept(segment.stream, segment.findings)
        )

    def write(self, number: int, partition: PartitionState, judged: Judged, outcome: Outcome) -> None:
        """Write a judged segment: audit entry, then delivery or held text, then usage when the stream ends."""
        segment = judged.segment
        stream = segment.stream
        delivery_id = f"{stream.request.stream_id}:{stream.segments}"
        is_held = judged.action in _STOPPING
        text, redactions = ("", ()) if is_held else self._released(judged)
        hidden = characters_covered(segment, judged) if judged.action == "redact" else 0
        salt = self._sealer.salt(delivery_id)
        place, hold_back = place_of(segment, partition.now_ms)
        decision = Decision(
            delivery_id=delivery_id,
            segment_index=stream.segments,
            customer_id=stream.request.customer_id,
            destination=stream.request.destination,
            covers=place,
            characters_released=0 if is_held else len(segment.text) - hidden,
            characters_redacted=0 if is_held else hidden,
            characters_withheld=len(segment.text) if is_held else 0,
            findings=tuple(self._note(segment, item) for item in segment.findings),
            facts=judged.facts,
            action=judged.action,
            obligations=judged.verdict.obligations,
            rules=judged.verdict.rules,
            error_code=stream.error_code if is_held else "",
            models=judged.models,
            packs_sha256=self._packs_sha256,
            text_commitment=commitment(salt, segment.text if is_held else text),
            hold_back=hold_back,
            totals=judged.totals,
            mechanisms=judged.mechanisms.ids,
            mechanisms_refused=self._standing.refused(judged.mechanisms),
            is_last=segment.close_reason is not None,
        )
        index, digest = self._ledger.decision(number, partition, stream.request.stream_id, decision, stream.last_at_ms, outcome)
        if not is_held and judged.people:
            self._count(number, partition, judged, index, outcome)
        if is_held:
            self._withhold(number, partition, decision, (index, digest), judged, outcome)
        is_over = stream.error_code == ReviewRejectedError.code  # the rejection was the last notice of the stream
        if not is_held or not stream.noticed or (decision.is_last and not is_over):
            # A notice does not open the commitment to the text that it withholds.
            evidence = EvidenceRef(number, index, digest, b"" if is_held else salt)
            self._deliver(number, judged, decision, (text, redactions), evidence, outcome)
            stream.noticed = stream.noticed or is_held
        self._account(number, decision, segment, outcome)

    def _released(self, judged: Judged) -> tuple[str, tuple[Redaction, ...]]:
        """Return the text that leaves: as it is, or with the findings in scope written as the policy says."""
        segment = judged.segment
        if judged.action != "redact":
            return segment.text, ()
        request = segment.stream.request
        return redact_text(
            segment.text,
            in_scope(judged),
            self._redaction,
            self._sealer.redaction_keys(request.customer_id, request.stream_id),
            request.destination,
            text_start=segment.start,
            language=segment.stream.language.label,
        )

    def _note(self, segment: Segment, item: Finding) -> FindingNote:
        value = segment.text[item.start - segment.start : item.end - segment.start]
        digest = self._sealer.value_digest(segment.stream.request.customer_id, value)
        return FindingNote(item.entity_type, item.start, item.end, item.score, item.recognizer, item.provenance, digest)

    def _withhold(
        self, number: int, partition: PartitionState, decision: Decision, entry: tuple[int, bytes], judged: Judged, outcome: Outcome
    ) -> None:
        """Seal held text, with all that an approval will need; a hold opens or extends the case of its stream, a block has none."""
        segment = judged.segment
        stream = segment.stream
        sealed = self._sealer.seal(stream.data_key, segment.text.encode("utf-8", "surrogatepass"), f"held:{decision.delivery_id}".encode())
        held = HeldSegment(
            decision.delivery_id,
            stream.request.stream_id,
            decision.segment_index,
            decision.customer_id,
            decision.destination,
            decision.action,
            stream.rule_ids,
            stream.error_code,
            len(segment.text),
            decision.is_last,
            stream.last_at_ms,
            entry[0],
            sealed,
            segment.start,
            stream.language.label,
            decision.findings,
            tuple(place for place, item in enumerate(segment.findings) if judged.verdict.redacts(item.entity_type, item.provenance)),
            judged.verdict.labels,
            *self._terms(stream, decision.action, partition.now_ms),
        )
        self._ledger.emit(names.HELD, number, stream.request.stream_id, held, decision.delivery_id, stream.last_at_ms, outcome)
        if decision.action == "hold":
            self._reviews.held(partition, held, entry[1], (decision.covers.sequence_from, decision.covers.sequence_to))

    def _count(self, number: int, partition: PartitionState, judged: Judged, index: int, outcome: Outcome) -> None:
        """Write the people whose data leaves with a segment, once as long as the totals do not have them."""
        segment, verdict = judged.segment, judged.verdict
        stream = segment.stream
        left = judged.people
        if judged.action == "redact":
            left = tuple(kept for person in left if (kept := person.without(verdict.redacts)) is not None)

        def value_of(one: Seen) -> str:
            return segment.text[one.start - segment.start : one.end - segment.start]

        place, at_ms = (number, index), stream.last_at_ms
        self._counts.note(partition, stream.request, at_ms, left, value_of, place, outcome, sensitive=judged.sensitive)

    def _terms(self, stream: StreamState, action: str, now_ms: int) -> tuple[int, int, bool]:
        """Return until when, and how, a human may answer a hold: the shortest of the terms of the rules that held."""
        if action != "hold":
            return 0, 0, False
        rules = self._rules_on(day_of(stream.last_at_ms)).rules
        asked = [entry.rule.review for entry in rules if entry.rule.id in stream.rule_ids and entry.rule.review] or [ReviewShape()]
        deadline = min(milliseconds(shape.deadline) for shape in asked)
        escalate = min(milliseconds(shape.escalate) for shape in asked)
        return now_ms + deadline, now_ms + min(escalate, deadline), any(shape.two_person for shape in asked)

    def _deliver(
        self,
        number: int,
        judged: Judged,
        decision: Decision,
        content: tuple[str, tuple[Redaction, ...]],
        evidence: EvidenceRef,
        outcome: Outcome,
    ) -> None:
        stream = judged.segment.stream
        record = DeliveryRecord(
            delivery_id=decision.delivery_id,
            stream_id=stream.request.stream_id,
            segment_index=decision.segment_index,
            customer_id=decision.customer_id,
            destination=decision.destination,
            text=content[0],
            sequence_from=decision.covers.sequence_from,
            sequence_to=decision.covers.sequence_to,
            action=decision.action,
            rule_ids=tuple(rule.id for rule in decision.rules),
            labels=judged.verdict.labels,
            redactions=content[1],
            is_last=decision.is_last,
            evidence=evidence,
            hold_back=decision.hold_back,
        )
        if decision.action not in _STOPPING:
            record = replace(record, marks=self._marks_of(record))
        self._ledger.emit(names.DELIVERIES, number, stream.request.stream_id, record, decision.delivery_id, stream.last_at_ms, outcome)

    def _account(self, number: int, decision: Decision, segment: Segment, outcome: Outcome) -> None:
        """Move the stream on, and write what it used when it ends."""
        stream = segment.stream
        stream.segments += 1
        stream.released += decision.characters_released
        stream.redacted += decision.characters_redacted
        stream.withheld += decision.characters_withheld
        stream.tail = (stream.tail + segment.text)[-LANGUAGE_WINDOW_CHARS:]
        stream.decided = segment.end
        while stream.marks and stream.marks[0].end <= segment.end:
            stream.marks.popleft()
        outcome.count("segments", decision.action)
        for item in decision.findings:
            outcome.count("findings", item.entity_type)
        if not decision.is_last:
            return
        request = stream.request
        usage = UsageRecord(
            request.stream_id,
            request.customer_id,
            request.destination,
            request.origin_data_centre,
            request.route,
            request.model.name,
            stream.next_sequence,
            stream.tokens,
            stream.received,
            stream.released,
            stream.redacted,
            stream.withheld,
            stream.opened_at_ms,
            stream.last_at_ms,
        )
        self._ledger.emit(names.USAGE, number, request.stream_id, usage, request.stream_id, stream.last_at_ms, outcome)
        outcome.count("streams", "withheld" if stream.suspended else "delivered")
