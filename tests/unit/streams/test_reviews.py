"""What a compliance officer, a reviewer and an auditor rely on when held text is answered."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from audit.checkpoint import verifier_key
from schemas.errors import (
    CaseTooLargeError,
    ConfigurationError,
    HeldAlteredError,
    KeyMismatchError,
    NoCaseError,
    NotOldestHeldError,
    ReviewError,
    ReviewerUnknownError,
    ReviewRejectedError,
    ReviewSignatureError,
    ReviewTooLateError,
    ReviewWordError,
    SamePersonError,
    TruncatedError,
    UnexpectedRecordError,
)
from schemas.records import Review, StreamClosed
from streams import cases, names
from streams.cases import HoldCase
from streams.reviews import REASONS, Reviewers, load_reviewers, sign, signed_bytes
from streams.sealing import commitment
from tests.desk import CODEC, DEADLINE, KEYS, LINES, STREAM, Desk, sealer

CANARY = "zebra-7731-canary"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_approved_text_leaves_in_order_with_the_entry_as_its_evidence(desk: Desk) -> None:
    desk.hold("The first part. ")
    desk.hold("The second part.", is_last=True)
    desk.answer(desk.review(0, 1))
    assert [record.text for record in desk.deliveries] == ["The first part. ", "The second part."]
    assert [record.delivery_id for record in desk.deliveries] == ["s-1:0:r", "s-1:1:r"]
    assert [record.is_last for record in desk.deliveries] == [False, True]
    assert [(record.sequence_from, record.sequence_to) for record in desk.deliveries] == [(0, 0), (1, 1)]
    entry = [item for item in desk.outcome.outputs if item.topic == names.AUDIT][-1]
    note = desk.notes[0]
    assert (note.verdict, note.reviewer, note.review_offset, note.held_entry_index) == ("approve", "anna", 0, desk.held[0].entry_index)
    assert note.held_entry_sha256 == desk.entries[0]
    for record, found in zip(desk.deliveries, note.outcomes, strict=True):
        assert record.evidence.entry_sha256 == hashlib.sha256(entry.value or b"").digest()
        assert found.text_commitment == commitment(record.evidence.salt, record.text)
        assert found.characters_released == len(record.text)
    assert desk.answered == [(STREAM, True)]
    assert desk.partition.cases == {}


def test_every_answer_is_written_into_the_state(desk: Desk) -> None:
    answers = ["first_approve", "approve", "reject", "expire"]
    for answer in answers:
        desk.hold("One. ", two_person=answer == "first_approve")
        desk.partition.cases_changed.clear()
        index = len(desk.held) - 1
        if answer == "expire":
            desk.partition.now_ms = DEADLINE + 1
            desk.reviews.expire(0, desk.partition, desk.outcome)
        else:
            desk.answer(desk.review(index, verdict="reject" if answer == "reject" else "approve"))
        assert desk.partition.cases_changed == {STREAM}, answer
        desk.partition.cases.clear()
    assert [note.verdict for note in desk.notes] == answers


def test_the_entry_stands_before_the_text_that_it_is_the_evidence_of(desk: Desk) -> None:
    desk.hold("Some text.")
    desk.answer(desk.review(0))
    assert [item.topic for item in desk.outcome.outputs][-2:] == [names.AUDIT, names.DELIVERIES]


def test_labels_and_their_marks_travel_with_approved_text(desk: Desk) -> None:
    desk.hold("Some text.")
    desk.answer(desk.review(0))
    assert desk.deliveries[0].labels == ("cn.explicit",)
    assert [mark.label for mark in desk.deliveries[0].marks] == ["cn.explicit"]


def test_the_same_review_twice_delivers_once(desk: Desk) -> None:
    desk.hold("Some text.")
    review = desk.review(0)
    desk.answer(review, review)
    desk.answer(review)
    assert [record.text for record in desk.deliveries] == ["Some text."]
    assert desk.refused == [NoCaseError.code] * 2
    assert len(desk.notes) == 1


def test_text_that_came_after_the_reviewer_looked_still_waits(desk: Desk) -> None:
    desk.hold("Seen. ")
    review = desk.review(0)
    desk.hold("Not seen.")
    desk.answer(review)
    assert [record.text for record in desk.deliveries] == ["Seen. "]
    assert desk.answered == []
    desk.answer(review, desk.review(1))
    assert [record.text for record in desk.deliveries] == ["Seen. ", "Not seen."]
    assert desk.refused == [NotOldestHeldError.code]
    assert desk.answered == [(STREAM, True)]


@pytest.mark.parametrize("indexes", [(1,), (1, 0), (0, 2), (0, 0)])
def test_text_never_overtakes_text(desk: Desk, indexes: tuple[int, ...]) -> None:
    for text in ("One. ", "Two. ", "Three."):
        desk.hold(text)
    desk.answer(desk.review(*indexes))
    assert desk.refused == [NotOldestHeldError.code]
    assert desk.deliveries == []
    assert len(desk.partition.cases[STREAM].segments) == 3


def test_a_review_of_nothing_and_of_more_than_is_held_is_refused(desk: Desk) -> None:
    desk.hold("One.")
    desk.answer(desk.review(0, delivery_ids=(), held=()), desk.review(0, delivery_ids=("s-1:0", "s-1:1")))
    assert desk.refused == [NotOldestHeldError.code] * 2


def test_the_answer_must_chain_to_the_entry_that_held(desk: Desk) -> None:
    desk.hold("One.")
    desk.answer(desk.review(0, entry_sha256=b"\0" * 32))
    assert desk.refused == [NotOldestHeldError.code]


@pytest.mark.parametrize(
    "change",
    [{"must_redact": ()}, {"findings": ()}, {"destination": "US"}, {"labels": ()}, {"customer_id": "c-2"}, {"is_last": True}, {"start": 3}],
)
def test_an_altered_held_segment_is_not_released(desk: Desk, change: dict[str, object]) -> None:
    held = desk.hold("Call +65 8123 4567 now.", ("PHONE_NUMBER", "+65 8123 4567"), must=(0,))
    desk.answer(desk.review(0, held=(replace(held, **change),)))  # type: ignore[arg-type]
    assert desk.refused == [HeldAlteredError.code]
    assert desk.deliveries == []
    desk.answer(desk.review(0))
    assert [record.text for record in desk.deliveries] == ["Call <PHONE_NUMBER> now."]


def test_text_of_another_segment_cannot_be_slipped_in(desk: Desk) -> None:
    desk.hold("One. ")
    other = desk.hold("Two.")
    desk.answer(desk.review(0, held=(other,)), desk.review(0, held=()))
    assert desk.refused == [HeldAlteredError.code] * 2


def test_what_a_rule_redacts_cannot_be_forgotten_and_more_may_be_redacted(desk: Desk) -> None:
    desk.hold("Just so. ")
    values = (("PHONE_NUMBER", "+65 8123 4567"), ("EMAIL_ADDRESS", "a@example.sg"), ("PERSON", "Mei Tan"))
    text = "Mei Tan, +65 8123 4567, a@example.sg."
    desk.hold(text, *values, must=(0,))
    desk.answer(desk.review(0, 1, redact=("PERSON",)))
    record = desk.deliveries[1]
    assert record.text == "<PERSON>, <PHONE_NUMBER>, a@example.sg."
    assert [desk.deliveries[0].action, record.action] == ["release", "redact"]
    assert [record.text[found.start : found.end] for found in record.redactions] == ["<PERSON>", "<PHONE_NUMBER>"]
    found = desk.notes[0].outcomes[1]
    assert found.characters_redacted == len("Mei Tan") + len("+65 8123 4567")
    assert found.characters_released + found.characters_redacted == len(text)
    assert desk.notes[0].redact == ("PERSON",)


def test_a_secret_that_lies_far_into_its_stream_is_redacted_whole(desk: Desk) -> None:
    desk.hold("x" * 1_000)
    desk.hold("The key is 4111 1111 1111 1111 and no other.", ("CREDIT_CARD", "4111 1111 1111 1111"), must=(0,))
    desk.answer(desk.review(0, 1))
    assert desk.deliveries[1].text == "The key is <CREDIT_CARD> and no other."


def test_a_misspelt_type_is_refused_and_does_not_redact_nothing(desk: Desk) -> None:
    desk.hold("Write to a@example.sg.", ("EMAIL_ADDRESS", "a@example.sg"))
    desk.answer(desk.review(0, redact=("EMAIL",)))
    assert desk.refused == [ReviewWordError.code]
    assert desk.deliveries == []


def test_a_type_of_a_custom_recogniser_may_be_redacted(desk: Desk) -> None:
    desk.hold("Badge 4711.", ("OUR_BADGE", "4711"))
    desk.answer(desk.review(0, redact=("OUR_BADGE",)))
    assert desk.deliveries[0].text == "Badge <OUR_BADGE>."


def test_only_the_reviewers_own_key_signs(desk: Desk) -> None:
    desk.hold("One.")
    wrong = sign(desk.review(0), KEYS["bo"])
    altered = replace(desk.review(0, redact=("PERSON",)), redact=())
    unsigned = replace(desk.review(0), signature=b"")
    desk.answer(wrong, altered, unsigned, desk.review(0, reviewer="mallory"))
    assert desk.refused == [ReviewSignatureError.code] * 3 + [ReviewerUnknownError.code]
    assert desk.deliveries == []


@pytest.mark.parametrize(
    "change",
    [
        {"stream_id": "s-2"},
        {"delivery_ids": ("s-1:0", "s-1:1")},
        {"delivery_ids": ("s-1:", "0")},
        {"verdict": "reject"},
        {"redact": ("PERSON",)},
        {"reason": "false_positive"},
        {"note_sha256": b"n" * 32},
        {"reviewer": "bo"},
        {"entry_sha256": b"e" * 32},
    ],
)
def test_every_field_is_signed(desk: Desk, change: dict[str, object]) -> None:
    desk.hold("One.")
    review = desk.review(0)
    assert signed_bytes(replace(review, **change)) != signed_bytes(review)  # type: ignore[arg-type]


def test_without_a_list_of_reviewers_nobody_may_approve() -> None:
    desk = Desk(reviewers=load_reviewers(None))
    desk.hold("One.")
    desk.answer(desk.review(0))
    assert desk.refused == [ReviewerUnknownError.code]


def test_an_auditor_can_check_the_signature_from_the_entry_alone(desk: Desk) -> None:
    desk.hold("One. ")
    desk.hold("Two.")
    desk.answer(desk.review(0, redact=("PERSON",), note_sha256=b"n" * 32))
    note = desk.notes[0]
    ids = tuple(found.held_delivery_id for found in note.outcomes)
    signed = Review(
        STREAM, ids, note.verdict, note.redact, note.reason, note.note_sha256, note.reviewer, note.held_entry_sha256, note.signature, ()
    )
    Reviewers(LINES).verify(signed)
    with pytest.raises(ReviewSignatureError):
        Reviewers(LINES).verify(replace(signed, delivery_ids=()))


def test_two_people_must_approve_where_a_rule_says_so(desk: Desk) -> None:
    desk.hold("One. ", ("PERSON", "One"), two_person=True)
    desk.hold("Two.")
    desk.answer(desk.review(0, 1, redact=("PERSON",)))
    assert desk.deliveries == []
    assert desk.notes[0].verdict == "first_approve"
    assert sum(found.characters_withheld for found in desk.notes[0].outcomes) == len("One. Two.")
    desk.answer(desk.review(0, 1), desk.review(0, 1, reviewer="bo"))
    assert desk.refused == [SamePersonError.code]
    assert [record.text for record in desk.deliveries] == ["<PERSON>. ", "Two."]  # the first asked for it
    assert [note.verdict for note in desk.notes] == ["first_approve", "approve"]
    assert desk.answered == [(STREAM, True)]


def test_two_people_approve_the_same_segments_or_nothing_leaves(desk: Desk) -> None:
    desk.hold("One. ", two_person=True)
    desk.hold("Two. ", two_person=True)
    desk.answer(desk.review(0, 1), desk.review(0, reviewer="bo"))
    assert desk.refused == [NotOldestHeldError.code]
    assert desk.deliveries == []


def test_a_long_case_is_approved_by_two_people_part_by_part(desk: Desk) -> None:
    for text in ("One. ", "Two. ", "Three."):
        desk.hold(text, two_person=True)
    desk.answer(desk.review(0), desk.review(1, 2))
    assert [note.verdict for note in desk.notes] == ["first_approve"] * 2
    desk.answer(desk.review(1, 2, reviewer="bo"))
    assert desk.deliveries == []
    desk.answer(desk.review(0, reviewer="bo"), desk.review(1, 2, reviewer="bo"))
    assert [record.text for record in desk.deliveries] == ["One. ", "Two. ", "Three."]
    assert desk.refused == [NotOldestHeldError.code]


def test_text_that_one_person_may_approve_waits_behind_text_that_two_must(desk: Desk) -> None:
    desk.hold("One. ", two_person=True)
    desk.hold("Two.")
    desk.answer(desk.review(0), desk.review(1, reviewer="bo"))
    assert desk.deliveries == []
    desk.answer(desk.review(0, reviewer="bo"), desk.review(1))
    assert [record.text for record in desk.deliveries] == ["One. ", "Two."]


def test_who_was_taken_off_the_list_has_not_approved(desk: Desk) -> None:
    desk.hold("One.", two_person=True)
    desk.answer(desk.review(0))
    other = Desk(reviewers=Reviewers(LINES[1:]), partition=desk.partition, held=desk.held, entries=desk.entries)
    other.answer(other.review(0, reviewer="bo"))
    assert other.deliveries == []
    assert [note.verdict for note in other.notes] == ["first_approve"]


def test_one_person_may_reject_after_a_first_approval(desk: Desk) -> None:
    desk.hold("One.", two_person=True)
    desk.answer(desk.review(0), desk.review(0, verdict="reject", reviewer="bo"))
    assert desk.answered == [(STREAM, False)]
    assert [record.text for record in desk.deliveries] == [""]


def test_a_rejection_ends_the_stream_whatever_of_it_was_named(desk: Desk) -> None:
    desk.hold("One. ")
    review = desk.review(0, verdict="reject")
    desk.hold("Two.", is_last=True)
    desk.answer(review)
    notice = desk.deliveries[0]
    assert (notice.action, notice.text, notice.is_last, notice.evidence.salt) == ("block", "", True, b"")
    assert notice.rule_ids == ("CN-XB-002",)
    assert [found.held_delivery_id for found in desk.notes[0].outcomes] == ["s-1:0", "s-1:1"]
    assert all(found.characters_released == 0 and not found.delivery_id for found in desk.notes[0].outcomes)
    assert desk.answered == [(STREAM, False)]
    desk.answer(desk.review(0, 1))
    assert desk.refused == [NoCaseError.code]
    assert len(desk.deliveries) == 1


def test_a_deadline_that_passes_ends_in_rejection(desk: Desk) -> None:
    desk.hold("One.")
    desk.partition.now_ms = DEADLINE
    assert desk.reviews.expire(0, desk.partition, desk.outcome) == []
    desk.partition.now_ms = DEADLINE + 1
    assert desk.reviews.expire(0, desk.partition, desk.outcome) == [(STREAM, False)]
    note = desk.notes[0]
    assert (note.verdict, note.reason, note.reviewer, note.signature, note.review_offset) == ("expire", "deadline", "", b"", -1)
    assert [(record.action, record.text) for record in desk.deliveries] == [("block", "")]
    assert desk.partition.cases == {}


def test_an_approval_after_the_deadline_releases_nothing(desk: Desk) -> None:
    desk.hold("One.")
    desk.answer(desk.review(0), at_ms=DEADLINE + 1)
    assert desk.refused == [ReviewTooLateError.code]
    desk.answer(desk.review(0), at_ms=DEADLINE)
    assert len(desk.deliveries) == 1


def test_text_that_is_blocked_has_no_case(desk: Desk) -> None:
    desk.hold("One.", action="block", deadline_ms=0)
    assert desk.partition.cases == {}
    desk.answer(desk.review(0))
    assert desk.refused == [NoCaseError.code]


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "because"},
        {"reason": "not_lawful"},
        {"reason": "deadline"},
        {"verdict": "expire", "reason": "deadline"},
        {"verdict": "first_approve"},
        {"note_sha256": CANARY.encode()},
    ],
)
def test_words_that_are_not_listed_are_refused(desk: Desk, change: dict[str, object]) -> None:
    desk.hold("One.")
    desk.answer(desk.review(0, **change))
    assert desk.refused == [ReviewWordError.code]


def test_records_that_are_no_review_are_set_aside(desk: Desk) -> None:
    desk.hold("One.")
    foreign = desk.review(0, stream_id="s-2")
    desk.answer(CODEC.encode(StreamClosed(STREAM, "stop", 0, 0)), CODEC.encode(desk.review(0))[:-3], foreign)
    assert desk.refused == [UnexpectedRecordError.code, TruncatedError.code, KeyMismatchError.code]


def test_a_review_on_which_an_attempt_failed_is_set_aside(desk: Desk) -> None:
    desk.hold("One.")
    desk.answer(desk.review(0), poison=frozenset({0}))
    assert desk.refused == [ReviewError.code]
    assert desk.deliveries == []


def test_a_worker_with_other_keys_refuses_and_does_not_stop(desk: Desk) -> None:
    desk.hold("One.")
    other = Desk(sealer=sealer(b"o" * 32), partition=desk.partition, held=desk.held, entries=desk.entries)
    other.answer(other.review(0))
    assert other.refused == [HeldAlteredError.code]
    desk.answer(desk.review(0))
    assert len(desk.deliveries) == 1


def test_a_case_that_outgrew_its_list_can_be_rejected_only(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.reviews.SEGMENTS_MAX", 2)
    for text in ("One. ", "Two. ", "Three."):
        desk.hold(text)
    assert len(desk.partition.cases[STREAM].segments) == 2
    desk.answer(desk.review(0, 1), desk.review(0, verdict="reject"))
    assert desk.refused == [CaseTooLargeError.code]
    assert desk.answered == [(STREAM, False)]
    assert cases.SEGMENTS_MAX > 2


def test_a_restart_between_holding_and_answering_changes_no_byte() -> None:
    def run(*, restart: bool) -> list[tuple[str, bytes | None]]:
        desk = Desk()
        desk.hold("Mei Tan said ", ("PERSON", "Mei Tan"), must=(0,), two_person=True)
        desk.hold("so.", is_last=True)
        for answer in (desk.review(0, 1), desk.review(0, 1), desk.review(0, 1, reviewer="bo")):
            if restart:
                desk.partition.cases = {name: HoldCase.from_bytes(case.to_bytes()) for name, case in desk.partition.cases.items()}
            desk.answer(answer)
        assert len(desk.deliveries) == 2
        return desk.bytes_written

    assert run(restart=True) == run(restart=False)


def test_cases_that_expire_together_are_written_in_one_order() -> None:
    def run(order: list[str]) -> list[tuple[str, bytes | None]]:
        desk = Desk()
        desk.hold("One.")
        case = desk.partition.cases.pop(STREAM)
        for stream_id in order:
            desk.partition.cases[stream_id] = replace(case, stream_id=stream_id)
        desk.partition.now_ms = DEADLINE + 1
        desk.reviews.expire(0, desk.partition, desk.outcome)
        return desk.bytes_written

    assert run(["s-2", "s-1", "s-3"]) == run(["s-1", "s-2", "s-3"])


def test_no_text_is_in_the_ledger_the_state_or_an_error(desk: Desk) -> None:
    desk.hold(f"It says {CANARY}. ", ("PERSON", CANARY), must=(0,))
    desk.hold(f"Again {CANARY}.", ("PERSON", CANARY))
    state = desk.partition.cases[STREAM].to_bytes()
    strange = [
        desk.review(0, reason=CANARY),
        desk.review(0, redact=(CANARY,)),
        desk.review(0, reviewer=CANARY),
        desk.review(0, delivery_ids=(CANARY,)),
        desk.review(0, note_sha256=CANARY.encode()),
        desk.review(0, held=()),
    ]
    desk.answer(*strange, desk.review(0, 1, redact=("PERSON",)))
    assert len(desk.refused) == len(strange)
    assert CANARY.encode() not in state
    for item in desk.outcome.outputs:
        assert CANARY.encode() not in (item.value or b"")
        assert CANARY.encode() not in (item.key or b"")
        assert all(CANARY.encode() not in value for _, value in item.headers)


def test_each_review_record_has_exactly_one_entry(desk: Desk) -> None:
    desk.hold("One. ", two_person=True)
    desk.hold("Two.")
    desk.answer(
        desk.review(1), desk.review(0), desk.review(0), b"", desk.review(0, reviewer="bo"), desk.review(1), desk.review(1, verdict="reject")
    )
    assert len(desk.notes) + len(desk.refused) == desk.offset
    assert sorted({note.review_offset for note in desk.notes}) == [note.review_offset for note in desk.notes]


def test_reviewers_are_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "reviewers"
    path.write_text("# who may answer\n\n" + "\n".join(LINES) + "  # since May\n", encoding="utf-8")
    found = load_reviewers(path)
    assert "anna" in found
    assert "bo" in found
    assert "mallory" not in found
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_reviewers(tmp_path / "missing")


@pytest.mark.parametrize(
    "lines",
    [
        ["anna"],
        [f"bo {verifier_key('anna', KEYS['anna'].public_key())}"],
        [LINES[0], LINES[0]],
        [LINES[0], f"anna-2 {verifier_key('anna-2', KEYS['anna'].public_key())}"],
        [LINES[0][:-4] + "AAA="],
        [LINES[0] + " more"],
    ],
)
def test_one_person_cannot_stand_on_the_list_twice_or_by_halves(lines: list[str]) -> None:
    with pytest.raises(ConfigurationError):
        Reviewers(lines)


def test_the_page_on_reviews_has_every_reason_and_every_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "review.md").read_text(encoding="utf-8")
    for words in REASONS.values():
        assert all(f"| `{word}` | {meaning} |" in page for word, meaning in words.items())
    codes = {kind.code for kind in (ReviewError, *ReviewError.__subclasses__())} - {ReviewRejectedError.code}
    assert {code for code in codes if f"`{code}`" not in page} == set()
