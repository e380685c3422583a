"""Held text is answered once, whole, by an answer that names the entry that held it, or it waits: all else is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.account import Account
from audit.accountant import Accountant
from audit.entries import EntryReader
from audit.problems import Kind, PartitionReport, ProblemList
from streams import names
from tests.book import Book
from tests.desk import DEADLINE, Desk
from tests.golden.ledger_example import INBOUND


def account_of(report: PartitionReport) -> Account:
    assert report.account is not None
    return report.account


def told(report: PartitionReport) -> list[tuple[Kind, int]]:
    return [(problem.kind, problem.entry_index) for problem in report.problems]


def held_twice() -> Book:
    book = Book()
    book.segment("s", 0, action="hold")
    book.segment("s", 1, action="hold", is_last=True)
    book.stamp()
    return book


@pytest.mark.parametrize(
    ("plant", "detail"),
    [
        (lambda book: book.review("reject", "s", 0), "without an outcome for 1 held segments, the first s:1"),
        (lambda book: book.review("expire", "s", 1, last=True), "without an outcome for 1 held segments, the first s:0"),
        (lambda book: book.review("approve", "s", 0, outcome=lambda: {"characters_released": 6}), "9 characters, held were 10"),
        (
            lambda book: book.review("approve", "s", 0, outcome=lambda: {"characters_released": 17, "characters_redacted": -7}),
            "held were 10",
        ),
        (
            lambda book: book.review("approve", "s", 0, outcome=lambda: {"characters_released": 0, "characters_withheld": 7}),
            "approve with 3 characters that left and 7 withheld",
        ),
        (
            lambda book: book.review("first_approve", "s", 0, outcome=lambda: {"characters_released": 1, "characters_withheld": 9}),
            "first_approve with 1 characters",
        ),
        (lambda book: book.review("approve", "s", 0, outcome=lambda: {"delivery_id": "s:1:r"}), "another delivery"),
        (lambda book: book.review("approve", "s", 0, outcome=lambda: {"is_last": True}), "whether it is the last"),
        (lambda book: book.review("approve", "s", 0, held_entry_index=1), "names entry 1, held by entry 0"),
        (lambda book: book.review("approve", "s", 0, held_entry_index=2**40), "held by entry 0"),
        (lambda book: book.review("approve", "s", 0, held_entry_sha256=bytes(32)), "by another digest"),
        (lambda book: book.review("approve", "s", 7), "an outcome of segment s:7, which does not wait"),
        (lambda book: book.review("approve", "t", 0, held_entry_index=0), "an outcome of segment t:0, which does not wait"),
        (lambda book: book.review("approve", "s"), "a review without an outcome"),
        (lambda book: book.review("ignore", "s", 0), "a verdict that is not known"),
        (lambda book: book.review("approve", "s", 0, review_offset=-1), "approve with the review offset -1"),
        (lambda book: book.review("expire", "s", 0, 1, last=True, review_offset=4), "expire with the review offset 4"),
    ],
)
def test_an_answer_that_does_not_match_what_was_held_is_a_review_gap(plant: Callable[[Book], int], detail: str) -> None:
    book = held_twice()
    index = plant(book)
    book.stamp()
    report = book.report()
    assert told(report) == [(Kind.REVIEW_GAP, index)]
    assert detail in report.problems[0].detail


def test_text_that_leaves_before_the_oldest_that_waits_is_a_review_gap() -> None:
    book = Book()
    book.segment("s", 0, action="hold")
    book.segment("s", 1, action="hold")
    early = book.review("approve", "s", 1)
    free = book.segment("s", 2, is_last=True)
    book.stamp()
    report = book.report()
    assert told(report) == [(Kind.REVIEW_GAP, early)]
    assert "approved while the older s:0 waits" in report.problems[0].detail
    assert report.problems[0].entry_index_to == free + 1  # neighbours with the same problem are one


def test_a_second_outcome_of_a_segment_is_told_with_the_first() -> None:
    book = held_twice()
    first = book.review("approve", "s", 0)
    second = book.review("approve", "s", 0)
    book.stamp()
    report = book.report()
    assert told(report) == [(Kind.REVIEW_GAP, second)]
    assert report.problems[0].detail == f"a second outcome of segment s:0, the first is entry {first}"
    assert account_of(report).segments_approved == 1
    assert account_of(report).balances


def test_each_offset_of_the_topic_of_reviews_is_answered_once() -> None:
    book = held_twice()
    book.review("approve", "s", 0)
    letter = book.letter(names.REVIEWS, 0)
    book.letter(names.REVIEWS, 5)
    late = book.review("approve", "s", 1, last=True, review_offset=5)
    book.stamp()
    assert told(book.report()) == [(Kind.REVIEW_GAP, letter), (Kind.REVIEW_GAP, late)]


def test_what_waits_is_open_and_no_fault() -> None:
    book = held_twice()
    book.review("first_approve", "s", 0)
    book.stamp()
    report = book.report()
    assert report.problems == ()
    assert (account_of(report).open, account_of(report).segments_open) == (20, 2)


def account_of_desk(desk: Desk) -> Account:
    """The account of a desk's entries, in which nothing is told."""
    problems, reader = ProblemList(0), EntryReader(0)
    accountant = Accountant(reader, problems, inbound_topic=INBOUND)
    entries = [item.value for item in desk.outcome.outputs if item.topic == names.AUDIT and item.value is not None]
    for encoded in entries:
        brief = reader.brief(encoded)
        assert brief is not None
        accountant.see(brief, encoded)
    account = accountant.finish(len(entries))
    assert problems.found == []
    assert account.balances
    return account


def test_the_answers_of_the_real_desk_are_accounted_for() -> None:
    desk = Desk()
    for text in ("one", "two two", "three"):
        desk.hold(text)
    desk.answer(desk.review(0))
    desk.answer(desk.review(0))  # again: it is set aside, and its offset is used
    desk.answer(desk.review(1, 2, verdict="reject"))
    account = account_of_desk(desk)
    assert (account.held, account.approved, account.rejected, account.open) == (15, 3, 12, 0)
    assert account.reviews_refused == 1


def test_a_deadline_of_the_real_desk_is_accounted_for() -> None:
    desk = Desk()
    desk.hold("one")
    desk.hold("two")
    desk.partition.now_ms = DEADLINE + 1
    desk.reviews.expire(0, desk.partition, desk.outcome)
    account = account_of_desk(desk)
    assert (account.expired, account.segments_expired, account.segments_open) == (6, 2, 0)
