"""From findings to a verdict to records: what may leave of a stream, why, and the evidence for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from detectors.finding import Finding
from detectors.redact import redact_text
from detectors.redaction.policy import Policy
from detectors.thresholds import bundled
from jurisdictions.compile import Compiled
from jurisdictions.evaluate import Verdict, evaluate, evidence_of
from jurisdictions.facts import facts_of
from jurisdictions.lists import entity
from schemas.records import (
    Covers,
    Decision,
    DeliveryRecord,
    EvidenceRef,
    Fact,
    FindingNote,
    HeldSegment,
    HoldBack,
    ModelUse,
    Redaction,
    UsageRecord,
)
from streams import names
from streams.ledger import Ledger
from streams.needs import Needs, day_of
from streams.sealing import Sealer, commitment
from streams.state import LANGUAGE_WINDOW_CHARS, PartitionState, StreamState
from streams.tick import Outcome
from streams.windows import domains_of, form_of, uses_of

_UNTRACED = "unknown"  # the provenance of what was not looked up; looked up again, what cannot be known gives the same
_STOPPING = frozenset({"hold", "block"})


@dataclass(frozen=True, slots=True)
class Segment:
    """Text of a stream that is final: code points [start, end), what was found in it, whether the stream ends with it."""

    stream: StreamState
    start: int
    end: int
    text: str
    findings: tuple[Finding, ...]
    close_reason: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A segment with its verdict; ``action`` is the strictest of the verdict and of what stopped the stream before."""

    segment: Segment
    action: str
    verdict: Verdict
    facts: tuple[Fact, ...]
    models: tuple[ModelUse, ...]


class Decider:
    """Judges segments and writes their records.

    Args:
        rules_on: Day → compiled packs in force.
        packs_sha256: Digest of all packs, written in every decision.
        redaction: How redacted findings are written.
        sealer: Digests of values; keys of hashes and pseudonyms; seals held text.
        ledger: Takes the decisions.
    """

    def __init__(
        self,
        *,
        rules_on: Callable[[date], Compiled],
        packs_sha256: str,
        redaction: Policy,
        sealer: Sealer,
        ledger: Ledger,
    ) -> None:
        self._thresholds = bundled()
        self.needs = Needs(rules_on)
        self._rules_on = rules_on
        self._packs_sha256 = packs_sha256
        self._redaction = redaction
        self._sealer = sealer
        self._ledger = ledger

    def judge(self, segments: Sequence[Segment]) -> list[Judged]:
        """Return the verdict over each segment; a hold or a block suspends the stream."""
        return [self._judge_one(segment) for segment in segments]

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

    def _judge_one(self, segment: Segment) -> Judged:
        stream = segment.stream
        request = stream.request
        findings = tuple(
            item
            if item.provenance != _UNTRACED
            else replace(item, provenance=stream.echo.classify(segment.text[item.start - segment.start : item.end - segment.start]))
            for item in self.kept(stream, segment.findings)
        )
        personal = [item for item in findings if entity(item.entity_type).personal]
        rules = self._rules_on(day_of(stream.last_at_ms))
        facts = facts_of(
            [(item.entity_type, item.provenance) for item in findings],
            destination=request.destination,
            end_user_location=request.end_user_location,
            origin_data_centre=request.origin_data_centre,
            model_origin=request.model.origin,
            route=request.route,
            mechanisms=request.mechanisms,
            language=stream.language.label or None,
            token_count=stream.tokens,
            personal_before=stream.personal,
            form=form_of(stream, segment.start, segment.end),
            domains=domains_of(stream, self.needs.of(stream), segment.start, segment.end, personal),
            declared=rules.assumed,
        )
        verdict = evaluate(rules, facts)
        if verdict.action in _STOPPING:
            stream.suspend(verdict.action, "", _stopped_by(rules, verdict))
        action = stream.suspended or verdict.action
        stream.personal = cast("int", facts["personal_values"])
        spoke = (stream.language,) if stream.language.name else ()
        models = (*spoke, *uses_of(stream, segment.start, segment.end))
        return Judged(replace(segment, findings=findings), action, verdict, evidence_of(rules, facts), models)

    def write(self, number: int, partition: PartitionState, judged: Judged, outcome: Outcome) -> None:
        """Write a judged segment: audit entry, then delivery or held text, then usage when the stream ends."""
        segment = judged.segment
        stream = segment.stream
        delivery_id = f"{stream.request.stream_id}:{stream.segments}"
        is_held = judged.action in _STOPPING
        text, redactions = ("", ()) if is_held else self._released(judged)
        covered = _covered(segment, judged) if judged.action == "redact" else 0
        salt = self._sealer.salt(delivery_id)
        covers, hold_back = _covers(segment, partition.now_ms)
        decision = Decision(
            delivery_id=delivery_id,
            segment_index=stream.segments,
            customer_id=stream.request.customer_id,
            destination=stream.request.destination,
            covers=covers,
            characters_released=0 if is_held else len(segment.text) - covered,
            characters_redacted=0 if is_held else covered,
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
            is_last=segment.close_reason is not None,
        )
        index, digest = self._ledger.decision(number, partition, stream.request.stream_id, decision, stream.last_at_ms, outcome)
        if is_held:
            self._withhold(number, decision, index, segment, outcome)
        if not is_held or not stream.noticed or decision.is_last:
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
            _in_scope(judged),
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

    def _withhold(self, number: int, decision: Decision, index: int, segment: Segment, outcome: Outcome) -> None:
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
            index,
            sealed,
        )
        self._ledger.emit(names.HELD, number, stream.request.stream_id, held, decision.delivery_id, stream.last_at_ms, outcome)

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


def _stopped_by(rules: Compiled, verdict: Verdict) -> tuple[str, ...]:
    """Return the rules that demand what the verdict demands; if none surely does, those on which it hangs."""
    fired = {rule.id for rule in verdict.rules}
    demanding = tuple(entry.rule.id for entry in rules.rules if entry.rule.id in fired and entry.rule.action == verdict.action)
    return demanding or tuple(rule.id for rule in verdict.unsettled)


def _in_scope(judged: Judged) -> list[Finding]:
    return [item for item in judged.segment.findings if judged.verdict.redacts(item.entity_type, item.provenance)]


def _covered(segment: Segment, judged: Judged) -> int:
    """Return how many code points of the segment lie in a redacted finding."""
    covered, reached = 0, segment.start
    for item in sorted(_in_scope(judged)):
        covered += max(0, item.end - max(item.start, reached))
        reached = max(reached, item.end)
    return covered


def _covers(segment: Segment, now_ms: int) -> tuple[Covers, HoldBack]:
    """Return which chunks and offsets the segment took text from, and how much of the stream still waits."""
    stream = segment.stream
    used = [mark for mark in stream.marks if mark.end <= segment.end]
    if len(used) < len(stream.marks) and segment.end > (used[-1].end if used else segment.start):
        used.append(stream.marks[len(used)])
    offset_to = stream.last_offset if segment.close_reason is not None else (used[-1].offset if used else stream.last_offset)
    first_sequence = used[0].sequence if used else stream.next_sequence
    covers = Covers(
        offset_from=used[0].offset if used else stream.last_offset,
        offset_to=offset_to,
        sequence_from=first_sequence,
        sequence_to=used[-1].sequence if used else stream.next_sequence - 1,
        start=segment.start,
        end=segment.end,
    )
    waited_ms = max(0, now_ms - used[0].timestamp_ms) if used else 0
    return covers, HoldBack(stream.received - segment.end, waited_ms)
