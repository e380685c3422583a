"""What a reviewer is shown and what is made of the answer, without Kafka."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from console import review_desk
from console.readers import Message
from console.review import review_app
from console.review_desk import CaseBook, OpenCase, approvals, rejection
from console.review_keys import load_key, make_key
from console.review_view import MAY, MUST, case_view, cases_table, clock, marked, span
from jurisdictions.pack import load_packs
from schemas.errors import ConfigurationError
from schemas.records import Review
from streams.reviews import REASONS, Reviewers, sign
from tests.desk import CODEC, DAY_MS, DEADLINE, HELD_AT, KEYS, LINES, STREAM, Desk

run = CliRunner()
MINUTE_MS, HOUR_MS = 60_000, 3_600_000


def book(desk: Desk) -> CaseBook:
    found = CaseBook(CODEC)
    for offset, item in enumerate(desk.outcome.outputs):
        found.note(Message(item.topic, item.partition, offset, HELD_AT, item.key, item.value))
    return found


def case_of(desk: Desk) -> OpenCase:
    return book(desk).case(STREAM)


def planned(desk: Desk, reviewer: str = "anna", redact: tuple[str, ...] = ()) -> list[Review]:
    reviews = approvals(case_of(desk), CODEC, reason="false_positive", redact=redact, note_sha256=b"", reviewer=reviewer)
    return [sign(review, KEYS[reviewer]) for review in reviews]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def plain(shown: object) -> str:
    screen = Console(width=200, color_system=None)
    with screen.capture() as taken:
        screen.print(shown)
    return taken.get()


def test_what_was_answered_is_no_longer_listed(desk: Desk) -> None:
    assert book(desk).cases == []
    desk.hold("One. ")
    desk.hold("Two.")
    assert [case.characters for case in book(desk).cases] == [len("One. Two.")]
    desk.answer(desk.review(0))
    assert [held.segment_index for held in case_of(desk).segments] == [1]
    desk.answer(desk.review(1, verdict="reject"))
    assert book(desk).cases == []
    with pytest.raises(ConfigurationError, match="nothing of stream s-1 waits"):
        case_of(desk)


def test_what_is_blocked_and_what_expired_is_not_listed(desk: Desk) -> None:
    desk.hold("One.")
    desk.partition.now_ms = DEADLINE + 1
    desk.reviews.expire(0, desk.partition, desk.outcome)
    desk.hold("Two.", action="block")
    assert book(desk).cases == []


def test_topics_that_are_read_apart_give_no_half_segment(desk: Desk) -> None:
    desk.hold("One. ")
    desk.hold("Two.")
    entry = next(item for item in desk.outcome.outputs if item.value and item.topic == "carnet.audit.v1")
    desk.outcome.outputs.remove(entry)
    assert book(desk).cases == []


def test_what_is_planned_is_applied_as_planned(desk: Desk) -> None:
    desk.hold("Mei Tan. ", ("PERSON", "Mei Tan"))
    desk.hold("Two.")
    desk.answer(*planned(desk, redact=("PERSON",)))
    assert [record.text for record in desk.deliveries] == ["<PERSON>. ", "Two."]
    assert desk.refused == []


def test_a_large_case_becomes_several_reviews_in_order(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        desk.hold(f"Part {number}. ", ("OUR_BADGE", str(number)))
    sizes = [len(CODEC.encode(held)) for held in desk.held]
    monkeypatch.setattr(review_desk, "REVIEW_BYTES_MAX", 3 * max(sizes))
    reviews = planned(desk, redact=("OUR_BADGE",))
    assert [len(review.held) for review in reviews] == [3, 3, 1]
    desk.answer(*reviews)
    assert "".join(record.text for record in desk.deliveries) == "Part <OUR_BADGE>. " * 7


def test_a_segment_larger_than_a_review_still_gets_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.hold("One. ")
    desk.hold("Two.")
    monkeypatch.setattr(review_desk, "REVIEW_BYTES_MAX", 1)
    assert [len(review.held) for review in planned(desk)] == [1, 1]


def test_two_people_who_cut_a_large_case_differently_still_agree(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        desk.hold(f"Part {number}. ", two_person=True)
    size = max(len(CODEC.encode(held)) for held in desk.held)
    monkeypatch.setattr(review_desk, "REVIEW_BYTES_MAX", 2 * size)
    desk.answer(*planned(desk))
    monkeypatch.setattr(review_desk, "REVIEW_BYTES_MAX", 100 * size)
    desk.hold("Part 4. ", two_person=True)
    desk.answer(*planned(desk, "bo"))
    assert [record.text for record in desk.deliveries] == [f"Part {number}. " for number in range(4)]
    assert desk.refused == []
    assert case_of(desk).first == (("bo", 1),)
    desk.answer(*planned(desk, "anna"))
    assert len(desk.deliveries) == 5


def test_who_approved_first_is_told_that_a_second_must(desk: Desk) -> None:
    desk.hold("One.", two_person=True)
    desk.answer(*planned(desk))
    with pytest.raises(ConfigurationError, match="a second person must"):
        planned(desk)


def test_a_first_approval_by_somebody_who_was_taken_off_the_list_is_not_counted(desk: Desk) -> None:
    desk.hold("One.", two_person=True)
    desk.answer(desk.review(0))
    other = Desk(Reviewers(LINES[1:]), partition=desk.partition, held=desk.held, entries=desk.entries, outcome=desk.outcome)
    other.answer(other.review(0, reviewer="bo"))
    assert case_of(desk).first == (("bo", 1),)


def test_a_type_that_was_not_found_is_refused_before_anything_is_sent(desk: Desk) -> None:
    desk.hold("a@example.sg", ("EMAIL_ADDRESS", "a@example.sg"))
    with pytest.raises(ConfigurationError, match="--redact EMAIL: not found in this text, found were EMAIL_ADDRESS"):
        planned(desk, redact=("EMAIL",))


def test_a_rejection_names_what_was_seen_and_carries_no_text(desk: Desk) -> None:
    desk.hold("One. ")
    desk.hold("Two.")
    review = rejection(case_of(desk), reason="unclear", note_sha256=b"", reviewer="anna")
    assert review.delivery_ids == ("s-1:0", "s-1:1")
    assert review.held == ()


@pytest.mark.parametrize(
    ("now_ms", "style", "shown"),
    [
        (HELD_AT, "green", "7 d 0 h"),
        (HELD_AT + DAY_MS, "yellow", "6 d 0 h, escalated"),
        (DEADLINE - 5 * HOUR_MS, "bold red", "5 h 0 min"),
        (DEADLINE - 5 * MINUTE_MS, "bold red", "5 min"),
        (DEADLINE + 2 * HOUR_MS, "bold red", "overdue by 2 h 0 min"),
    ],
)
def test_the_clock_runs_from_green_to_red(desk: Desk, now_ms: int, style: str, shown: str) -> None:
    desk.hold("One.")
    found = clock(case_of(desk), now_ms)
    assert (found.plain, str(found.style)) == (shown, style)


def test_a_span_has_two_units() -> None:
    assert [span(size) for size in (0, 59 * MINUTE_MS, 25 * HOUR_MS, -3 * DAY_MS)] == ["0 min", "59 min", "1 d 1 h", "3 d 0 h"]


def test_findings_are_highlighted_where_they_stand_in_later_segments_too(desk: Desk) -> None:
    desk.hold("x" * 100)
    desk.hold("Mei Tan, +65 8123 4567.", ("PERSON", "Mei Tan"), ("PHONE_NUMBER", "+65 8123 4567"), must=(1,))
    shown = marked(case_of(desk), ["x" * 100, "Mei Tan, +65 8123 4567."])
    assert [(shown.plain[found.start : found.end], found.style) for found in shown.spans] == [("Mei Tan", MAY), ("+65 8123 4567", MUST)]


def test_held_text_cannot_move_the_cursor_or_turn_the_reading(desk: Desk) -> None:
    text = "a\x1b[2Jb\u202ec\u2066d\re\x9bf"
    desk.hold(text)
    shown = marked(case_of(desk), [text]).plain
    assert not set(shown) & set("\x1b\u202e\u2066\r\x9b")
    assert len(shown) == len(text)


def test_a_case_is_shown_with_its_rules_and_their_sources(desk: Desk) -> None:
    rules = {rule.id: rule for pack in load_packs() for rule in pack.rules}
    desk.hold("One.", rule_ids=("CN-XB-002", "XX-GONE"))
    desk.hold("Two.", rule_ids=(), error_code="sequence_gap")
    shown = plain(case_view(case_of(desk), ["One.", "Two."], rules, HELD_AT))
    assert "One.Two." in shown
    assert rules["CN-XB-002"].citation.article in shown
    assert "sequence_gap  A chunk is missing" in shown
    assert "XX-GONE  neither a rule" in shown
    assert "may not have been looked at by any detector" in shown
    assert "not legal advice" in shown


def test_the_list_shows_no_text_and_says_who_must_answer(desk: Desk) -> None:
    desk.hold("zebra", ("PERSON", "zebra"), two_person=True)
    assert "two" in plain(cases_table(book(desk).cases, HELD_AT))
    desk.answer(*planned(desk))
    shown = plain(cases_table(book(desk).cases, HELD_AT))
    assert "first: anna" in shown
    assert "zebra" not in shown
    assert "nothing waits" in plain(cases_table([], HELD_AT))


def test_a_key_is_its_owners_alone_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "anna.pem"
    line = make_key("anna", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "anna" in Reviewers([line])
    review = sign(replace(_review(), reviewer="anna"), load_key(path))
    Reviewers([line]).verify(review)
    with pytest.raises(ConfigurationError, match="exists"):
        make_key("anna", path)
    with pytest.raises(ConfigurationError):
        make_key("an na", tmp_path / "other.pem")
    assert not (tmp_path / "other.pem").exists()


def _review() -> Review:
    return Review(STREAM, (), "reject", (), "unclear", b"", "", b"", b"", ())


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "anna.pem"
    make_key("anna", path)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        load_key(path)
    path.chmod(0o600)
    path.write_text("no key", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no Ed25519 key"):
        load_key(path)


def test_the_command_makes_a_key_and_prints_the_line(tmp_path: Path) -> None:
    answer = run.invoke(review_app, ["keys", "new", "anna", "--out", str(tmp_path / "anna.pem")])
    assert answer.exit_code == 0
    assert "anna" in Reviewers([answer.stdout])


@pytest.mark.parametrize("words", [["list"], ["show"], ["approve"], ["reject"], ["keys", "new"]])
def test_every_command_of_review_explains_itself_and_offers_json(words: list[str]) -> None:
    answer = run.invoke(review_app, [*words, "--help"])
    assert answer.exit_code == 0
    assert "--json" in answer.output


def test_a_wrong_reason_prints_the_list_and_reads_nothing(tmp_path: Path) -> None:
    words = ["approve", STREAM, "--reason", "because", "--reviewer", "anna", "--key", str(tmp_path / "none.pem")]
    answer = run.invoke(review_app, words)
    assert answer.exit_code == 2
    assert all(word in answer.stderr for word in REASONS["approve"])
