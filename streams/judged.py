"""A segment and its verdict, and what follows from the two alone."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.finding import Finding
from jurisdictions.compile import Compiled
from jurisdictions.evaluate import Verdict
from jurisdictions.mechanisms import InForce
from jurisdictions.people import Person
from schemas.records import Covers, Fact, HoldBack, ModelUse, TotalsUse
from streams.counts import Counted
from streams.state import StreamState


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
    """A segment with its verdict.

    Attributes:
        action: The strictest of the verdict and of what stopped the stream before.
        people: Whose data is in it.
        sensitive: Whether that is sensitive, or may be.
        totals: The totals of people that the rules were told.
        mechanisms: The legal bases: the documents that counted, and what was named and did not.
    """

    segment: Segment
    action: str
    verdict: Verdict
    facts: tuple[Fact, ...]
    models: tuple[ModelUse, ...]
    people: tuple[Person, ...]
    sensitive: bool
    totals: tuple[TotalsUse, ...]
    mechanisms: InForce


def stopped_by(rules: Compiled, verdict: Verdict) -> tuple[str, ...]:
    """Return the rules that demand what the verdict demands; if none surely does, those on which it hangs."""
    fired = {rule.id for rule in verdict.rules}
    demanding = tuple(entry.rule.id for entry in rules.rules if entry.rule.id in fired and entry.rule.action == verdict.action)
    return demanding or tuple(rule.id for rule in verdict.unsettled)


def transferred(counted: Counted) -> int | None:
    """Return how many people's data left China this year, with this text; None where that is not known."""
    numbers = [counted.facts.get(name) for name in ("cn_people_since_january", "cn_sensitive_people_since_january")]
    known = [number for number in numbers if isinstance(number, int)]
    return sum(known) if len(known) == len(numbers) else None


def in_scope(judged: Judged) -> list[Finding]:
    """Return the findings that the verdict redacts."""
    return [item for item in judged.segment.findings if judged.verdict.redacts(item.entity_type, item.provenance)]


def characters_covered(segment: Segment, judged: Judged) -> int:
    """Return how many code points of the segment lie in a redacted finding."""
    covered, reached = 0, segment.start
    for item in sorted(in_scope(judged)):
        covered += max(0, item.end - max(item.start, reached))
        reached = max(reached, item.end)
    return covered


def place_of(segment: Segment, now_ms: int) -> tuple[Covers, HoldBack]:
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
