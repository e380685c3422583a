"""Korea: made-up numbers, and what only looks like one."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.kr import RECOGNIZERS
from detectors.recognizers.kr.documents import (
    KrBrnIdentifierRecognizer,
    KrDriverLicenseIdentifierRecognizer,
    KrPassportIdentifierRecognizer,
)
from detectors.recognizers.kr.phone import KrPhoneRecognizer
from detectors.recognizers.kr.registration import KrFrnIdentifierRecognizer, KrRrnIdentifierRecognizer, check_digit

REPORTED_MIN = 0.35


def scores(recognizer: type[IdentifierRecognizer], text: str) -> dict[str, float]:
    hits = recognizer().analyze(text, [recognizer.ENTITY], None)
    return {text[hit.start : hit.end]: hit.score for hit in hits}


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_the_scanner_takes_every_pattern_of_kr(recognizer: type[IdentifierRecognizer]) -> None:
    built = recognizer()
    assert [pattern.name for pattern in built.patterns if refusal(pattern.regex, int(built.global_regex_flags))] == []


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_a_context_word_of_kr_can_be_one_token(recognizer: type[IdentifierRecognizer]) -> None:
    assert recognizer.CONTEXT
    assert [word for word in recognizer.CONTEXT if " " in word or ":" in word or word != word.lower()] == []


@pytest.mark.parametrize("written", ["900101-1234568", "900101 1234568", "９００１０１－１２３４５６８", "900101–1234568"])
def test_a_resident_number_with_the_old_check_digit_is_proved(written: str) -> None:
    assert scores(KrRrnIdentifierRecognizer, f"주민등록번호{written}입니다") == {written: 1.0}


@pytest.mark.parametrize("written", ["900101-1234567", "201231-3000001", "000229-4123456"])
def test_a_resident_number_since_2020_is_reported_without_a_check_digit(written: str) -> None:
    found = scores(KrRrnIdentifierRecognizer, f"주민번호{written}는")
    assert list(found) == [written]
    assert REPORTED_MIN <= found[written] < 1.0


@pytest.mark.parametrize("written", ["9001011234568", "9001011234567", "９００１０１１２３４５６７"])
def test_thirteen_bare_digits_wait_for_a_word(written: str) -> None:
    found = scores(KrRrnIdentifierRecognizer, f"주민등록{written}번")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_number",
    [
        "901301-1234567",
        "900231-1234567",
        "010229-3123456",
        "900101-5123456",
        "900101-12345678",
        "1900101-1234567",
        "1700000000000",
        "900101\n1234568",
    ],
)
def test_an_impossible_birthday_is_no_resident_number(no_number: str) -> None:
    assert scores(KrRrnIdentifierRecognizer, no_number) == {}


def test_residents_and_foreigners_have_different_check_digits() -> None:
    assert check_digit("900101123456", 11) == 8
    assert check_digit("900101523456", 13) == 1


@pytest.mark.parametrize("written", ["900101-5234561", "９００１０１－５２３４５６１", "900101 5234561"])
def test_a_foreigner_number_with_the_old_check_digit_is_proved(written: str) -> None:
    assert scores(KrFrnIdentifierRecognizer, f"외국인등록번호{written}입니다") == {written: 1.0}


@pytest.mark.parametrize("no_number", ["900101-1234568", "901301-5234561", "900101-9234561", "900101-52345611"])
def test_a_resident_number_is_no_foreigner_number(no_number: str) -> None:
    assert scores(KrFrnIdentifierRecognizer, no_number) == {}


@pytest.mark.parametrize("written", ["M12345678", "M123A4567", "Ｍ１２３４５６７８"])
def test_a_korean_passport_number_waits_for_a_word(written: str) -> None:
    found = scores(KrPassportIdentifierRecognizer, f"여권번호{written}입니다")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_passport", ["A12345678", "MM12345678", "M1234567", "M123A45678"])
def test_other_shapes_are_no_korean_passport(no_passport: str) -> None:
    assert scores(KrPassportIdentifierRecognizer, no_passport) == {}


@pytest.mark.parametrize(
    ("written", "reported"),
    [("11-09-123456-78", False), ("110912345678", False), ("서울-09-123456-78", True), ("１１－０９－１２３４５６－７８", False)],
)
def test_only_the_name_of_a_region_speaks_for_a_korean_licence(written: str, *, reported: bool) -> None:
    found = scores(KrDriverLicenseIdentifierRecognizer, f"면허번호{written}입니다")
    assert list(found) == [written]
    assert (found[written] >= REPORTED_MIN) is reported


@pytest.mark.parametrize("no_licence", ["27-09-123456-78", "10-09-123456-78", "11-09-123456-789", "1109123456789"])
def test_an_unknown_region_is_no_korean_licence(no_licence: str) -> None:
    assert scores(KrDriverLicenseIdentifierRecognizer, no_licence) == {}


@pytest.mark.parametrize("written", ["123-45-67891", "1234567891", "１２３－４５－６７８９１"])
def test_a_business_number_waits_for_a_word(written: str) -> None:
    found = scores(KrBrnIdentifierRecognizer, f"사업자등록번호{written}의")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_number", ["123-45-67892", "000-00-00000", "123-45-678910", "1-123-45-67891"])
def test_a_wrong_check_digit_is_no_business_number(no_number: str) -> None:
    assert scores(KrBrnIdentifierRecognizer, no_number) == {}


@pytest.mark.parametrize(
    "written",
    [
        "010-1234-5678",
        "010 2345 6789",
        "010.2345.6789",
        "０１０－２３４５－６７８９",
        "+82 10-2345-6789",
        "+82-2-312-3456",
        "+821023456789",
    ],
)
def test_a_korean_telephone_number_is_reported_by_itself(written: str) -> None:
    found = scores(KrPhoneRecognizer, f"전화번호는{written}입니다")
    assert list(found) == [written]
    assert found[written] >= REPORTED_MIN


@pytest.mark.parametrize("written", ["01023456789", "02-312-3456", "02)312-3456", "(02) 312-3456", "023123456"])
def test_a_korean_number_that_could_be_another_waits_for_a_word(written: str) -> None:
    found = scores(KrPhoneRecognizer, f"연락처{written}으로")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_phone", ["010-2345-67890", "0010123456", "001-0123-4567", "+1 010 2345 6789", "1-010-2345-6789", "2010-2345-6789", "015-0000"]
)
def test_what_the_plan_does_not_know_is_no_korean_number(no_phone: str) -> None:
    assert scores(KrPhoneRecognizer, no_phone) == {}
