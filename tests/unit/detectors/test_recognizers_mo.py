"""Macau identifiers: the forms of the card and of telephone numbers, and what only looks like them."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.mo import RECOGNIZERS
from detectors.recognizers.mo.id_card import MoIdCardRecognizer
from detectors.recognizers.mo.phone import MoPhoneRecognizer

NOTICED = 0.35  # what counts as found without a word beside it


def found(kind: type[IdentifierRecognizer], text: str) -> list[tuple[str, float]]:
    hits = kind().analyze(text, [kind.ENTITY], None)
    return [(text[hit.start : hit.end], hit.score) for hit in sorted(hits, key=lambda hit: hit.start)]


def assert_waits(kind: type[IdentifierRecognizer], before: str, written: str, after: str) -> None:
    """Assert that this alone is found, with a score that needs a word beside it."""
    ((text, score),) = found(kind, before + written + after)
    assert text == written
    assert 0 < score < NOTICED


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_every_macau_pattern_can_be_scanned_in_pieces(kind: type[IdentifierRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags or 0)) for pattern in recognizer.patterns] == [""] * len(kind.PATTERNS)


@pytest.mark.parametrize("written", ["5215432(8)", "1234567（8）", "７２１５４３２（８）", "5/215432/8", "52154328"])
def test_a_macau_card_number_waits_for_a_word_beside_it(written: str) -> None:
    assert_waits(MoIdCardRecognizer, "澳門居民身份證", written, "已核對")


@pytest.mark.parametrize(
    "no_card", ["2215432(8)", "5215432(8", "521543(28)", "5215432(A)", "X5215432(8)", "521543288", "5/21543/28", "$52154328"]
)
def test_another_issuer_or_length_is_no_macau_card(no_card: str) -> None:
    assert found(MoIdCardRecognizer, no_card) == []


@pytest.mark.parametrize(
    "written", ["+853 6612 3456", "+853-28123456", "+85388881234", "00853 66123456", "（+853）66123456", "＋８５３ ６６１２３４５６"]
)
def test_a_macau_phone_with_the_country_code_is_found_alone(written: str) -> None:
    ((text, score),) = found(MoPhoneRecognizer, f"請致電{written}查詢")
    assert text == written
    assert score > NOTICED


@pytest.mark.parametrize("written", ["6612 3456", "28123456", "６６１２３４５６"])
def test_a_bare_macau_phone_waits_for_a_word_beside_it(written: str) -> None:
    assert_waits(MoPhoneRecognizer, "電話", written, "找何小姐")


@pytest.mark.parametrize("no_phone", ["20240131", "31234567", "661234567", "+852 66123456", "66123456元", "6612.3456", "A66123456"])
def test_other_eight_digits_are_no_macau_phone(no_phone: str) -> None:
    assert found(MoPhoneRecognizer, no_phone) == []
