"""Hong Kong identifiers: valid and near-valid numbers as people write them, alone and in Chinese text."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers.hk import RECOGNIZERS
from detectors.recognizers.hk.id_card import HkIdCardRecognizer
from detectors.recognizers.hk.phone import HkPhoneRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

NOTICED = 0.35  # what counts as found without a word beside it


def found(kind: type[IdentifierRecognizer], text: str) -> list[tuple[str, float]]:
    hits = kind().analyze(text, [kind.ENTITY], None)
    return [(text[hit.start : hit.end], hit.score) for hit in sorted(hits, key=lambda hit: hit.start)]


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_every_hong_kong_pattern_can_be_scanned_in_pieces(kind: type[IdentifierRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags or 0)) for pattern in recognizer.patterns] == [""] * len(kind.PATTERNS)


@pytest.mark.parametrize("written", ["A123456(3)", "a123456(3)", "AB987654(3)", "A123456 (3)", "Ａ１２３４５６（３）", "G123456(A)"])
def test_an_identity_card_number_with_its_check_in_brackets_is_beyond_doubt(written: str) -> None:
    assert found(HkIdCardRecognizer, f"陳先生的身份證號碼是{written}已登記") == [(written, 1.0)]


@pytest.mark.parametrize("written", ["A1234563", "A123456-3", "AB9876543"])
def test_an_identity_card_number_in_one_run_waits_for_a_word_beside_it(written: str) -> None:
    ((text, score),) = found(HkIdCardRecognizer, f"號碼{written}。")
    assert text == written
    assert 0 < score < NOTICED


@pytest.mark.parametrize("body", [f"{letter}{number:06d}" for letter in ("C", "Z", "WX", "Y") for number in (1, 246810, 999999)])
def test_one_check_character_in_eleven_is_right(body: str) -> None:
    assert [check for check in "0123456789A" if found(HkIdCardRecognizer, f"{body}({check})")] == [check_of(body)]


def check_of(body: str) -> str:
    """Return the check character: weights 9 to 2 from the left, a missing first letter counts as 36."""
    letters = [36 if char == " " else ord(char) - 55 for char in body[:-6].rjust(2)]
    total = sum(value * weight for value, weight in zip([*letters, *map(int, body[-6:])], range(9, 1, -1), strict=True))
    return "0A987654321"[total % 11]


@pytest.mark.parametrize("near_miss", ["A123456(4)", "A1234564", "1A123456(3)", "ABC123456(3)", "A12345633", "A12345(3)", "A१२३456(3)"])
def test_what_fails_check_or_form_is_no_identity_card(near_miss: str) -> None:
    assert found(HkIdCardRecognizer, near_miss) == []


@pytest.mark.parametrize(
    "written", ["+852 2123 4567", "+852-91234567", "+85251234567", "00852 2123 4567", "００８５２ ２１２３４５６７", "(+852)61234567"]
)
def test_a_phone_number_with_the_country_code_is_found_alone(written: str) -> None:
    ((text, score),) = found(HkPhoneRecognizer, f"電話{written}找李小姐")
    assert text == written
    assert score > NOTICED


@pytest.mark.parametrize("written", ["2123 4567", "91234567", "6123-4567", "２１２３４５６７"])
def test_eight_digits_wait_for_a_word_beside_them(written: str) -> None:
    ((text, score),) = found(HkPhoneRecognizer, f"致電{written}查詢")
    assert text == written
    assert 0 < score < NOTICED


@pytest.mark.parametrize(
    "no_phone", ["20240131", "12345678", "212345678", "$21234567", "2123.4567", "21234567.50", "+65 91234567", "21234567元", "A21234567"]
)
def test_dates_amounts_and_longer_runs_are_no_phone_numbers(no_phone: str) -> None:
    assert found(HkPhoneRecognizer, no_phone) == []
