"""What the customer reads where something was taken out."""

from __future__ import annotations

import pytest

from detectors.finding import Finding
from detectors.redact import redact, resolve_overlaps
from schemas.errors import InvariantError
from schemas.records import Redaction


def finding(start: int, end: int, entity_type: str = "PERSON", score: float = 0.85) -> Finding:
    return Finding(start, end, entity_type, score, "SomeRecognizer.v1")


def test_a_finding_is_replaced_by_its_type_and_the_rest_stays() -> None:
    text, redactions = redact("call +65 8123 4567 now", 0, [finding(5, 18, "PHONE_NUMBER")])
    assert text == "call <PHONE_NUMBER> now"
    assert redactions == (Redaction("PHONE_NUMBER", 5, 19),)


def test_offsets_of_findings_count_from_the_start_of_the_stream() -> None:
    text, redactions = redact("张三和李四", 1000, [finding(1003, 1005), finding(1000, 1002)])
    assert text == "<PERSON>和<PERSON>"
    assert [text[each.start : each.end] for each in redactions] == ["<PERSON>", "<PERSON>"]


def test_text_without_findings_is_left_alone() -> None:
    assert redact("nothing here", 7, []) == ("nothing here", ())


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        (finding(0, 9, "URL", 0.5), finding(3, 6, "PERSON", 0.9)),  # score before length
        (finding(0, 4, "URL"), finding(3, 9, "PERSON")),  # length
        (finding(3, 9, "DATE_TIME"), finding(0, 6, "PERSON")),  # begins first
        (finding(0, 6, "PERSON"), finding(0, 6, "LOCATION")),  # type name
    ],
)
def test_the_winner_of_an_overlap_gives_the_type_and_covers_the_loser(loser: Finding, winner: Finding) -> None:
    for order in ([loser, winner], [winner, loser]):
        (resolved,) = resolve_overlaps(order)
        assert resolved.entity_type == winner.entity_type
        assert (resolved.start, resolved.end) == (min(loser.start, winner.start), max(loser.end, winner.end))


def test_findings_that_only_touch_stay_two() -> None:
    assert resolve_overlaps([finding(0, 3), finding(3, 6)]) == (finding(0, 3), finding(3, 6))


@pytest.mark.parametrize("span", [(9, 12), (18, 21), (9, 21)])
def test_a_finding_that_leaves_the_segment_is_refused_without_quoting_it(span: tuple[int, int]) -> None:
    with pytest.raises(InvariantError) as refusal:
        redact("secretsecr", 10, [finding(*span)])
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("span", [(3, 3), (5, 3)])
def test_an_empty_or_reversed_finding_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(InvariantError):
        resolve_overlaps([finding(*span)])
