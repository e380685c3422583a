"""Redaction over all segments and all sets of findings."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from detectors.finding import Finding
from detectors.redact import redact, resolve_overlaps


@st.composite
def segments(draw: st.DrawFn) -> tuple[str, int, list[Finding]]:
    """Draw a text, where it begins in its stream, and findings inside it."""
    text = draw(st.text(alphabet="ab <>A１三\n😀", min_size=1, max_size=60))
    start = draw(st.integers(0, 10_000))
    findings = []
    for _ in range(draw(st.integers(0, 8))):
        first = draw(st.integers(0, len(text) - 1))
        last = draw(st.integers(first + 1, len(text)))
        kind = draw(st.sampled_from(["PERSON", "URL", "CN_RESIDENT_ID"]))
        findings.append(Finding(start + first, start + last, kind, draw(st.sampled_from([0.4, 0.85, 1.0])), "R.v1"))
    return text, start, findings


@given(segments())
def test_what_is_delivered_is_exactly_the_characters_outside_all_findings(segment: tuple[str, int, list[Finding]]) -> None:
    text, start, findings = segment
    covered = {position for each in findings for position in range(each.start - start, each.end - start)}
    new_text, redactions = redact(text, start, findings)
    kept, read_to = [], 0
    for each in redactions:
        assert new_text[each.start : each.end] == f"<{each.entity_type}>"
        kept.append(new_text[read_to : each.start])
        read_to = each.end
    kept.append(new_text[read_to:])
    assert "".join(kept) == "".join(char for position, char in enumerate(text) if position not in covered)


@given(segments(), st.data())
def test_resolved_findings_are_disjoint_sorted_and_cover_the_same_characters(
    segment: tuple[str, int, list[Finding]], order: st.DataObject
) -> None:
    _, _, findings = segment
    resolved = resolve_overlaps(findings)
    assert all(left.end <= right.start for left, right in pairwise(resolved))
    assert {p for each in resolved for p in range(each.start, each.end)} == {p for each in findings for p in range(each.start, each.end)}
    assert resolve_overlaps(order.draw(st.permutations(findings))) == resolved == resolve_overlaps(resolved)


@given(segments())
def test_no_finding_lost_to_one_of_lower_score(segment: tuple[str, int, list[Finding]]) -> None:
    _, _, findings = segment
    for each in resolve_overlaps(findings):
        inside = [other for other in findings if each.start <= other.start and other.end <= each.end]
        assert each.score == max(other.score for other in inside)
        assert each.entity_type in {other.entity_type for other in inside if other.score == each.score}
