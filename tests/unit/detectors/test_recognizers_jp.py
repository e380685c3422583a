"""Japan: made-up numbers, and what only looks like one."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.jp import RECOGNIZERS
from detectors.recognizers.jp.documents import JpDriverLicenseRecognizer, JpPassportRecognizer
from detectors.recognizers.jp.numbers import JpCorporateNumberRecognizer, JpMyNumberRecognizer
from detectors.recognizers.jp.phone import JpPhoneRecognizer

REPORTED_MIN = 0.35


def scores(recognizer: type[IdentifierRecognizer], text: str) -> dict[str, float]:
    hits = recognizer().analyze(text, [recognizer.ENTITY], None)
    return {text[hit.start : hit.end]: hit.score for hit in hits}


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_the_scanner_takes_every_pattern_of_jp(recognizer: type[IdentifierRecognizer]) -> None:
    built = recognizer()
    assert [pattern.name for pattern in built.patterns if refusal(pattern.regex, int(built.global_regex_flags))] == []


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_a_context_word_of_jp_can_be_one_token(recognizer: type[IdentifierRecognizer]) -> None:
    assert recognizer.CONTEXT
    assert [word for word in recognizer.CONTEXT if " " in word or ":" in word or word != word.lower()] == []


@pytest.mark.parametrize(
    "written", ["123456789018", "1234 5678 9018", "1234-5678-9018", "１２３４５６７８９０１８", "１２３４－５６７８－９０１８"]
)
def test_an_individual_number_glued_to_kana_waits_for_a_word(written: str) -> None:
    found = scores(JpMyNumberRecognizer, f"マイナンバーは{written}です")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_number",
    [
        "123456789019",
        "1234 5678 9019",
        "1234567890180",
        "1234 5678 9018 0000",
        "0000 1234 5678 9018",
        "A123456789018",
        "1234\n5678\n9018",
        "0.123456789018",
    ],
)
def test_a_wrong_check_digit_or_part_of_a_card_is_no_individual_number(no_number: str) -> None:
    assert scores(JpMyNumberRecognizer, no_number) == {}


@pytest.mark.parametrize("written", ["T7123456789012", "T7-1234-5678-9012", "Ｔ７１２３４５６７８９０１２"])
def test_an_invoice_issuer_number_is_reported_by_itself(written: str) -> None:
    found = scores(JpCorporateNumberRecognizer, f"登録番号{written}の請求書")
    assert found[written] >= REPORTED_MIN


@pytest.mark.parametrize("written", ["7123456789012", "7-1234-5678-9012", "７１２３４５６７８９０１２"])
def test_a_corporate_number_waits_for_a_word(written: str) -> None:
    found = scores(JpCorporateNumberRecognizer, f"法人番号{written}の会社")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_number", ["8123456789012", "T8123456789012", "71234567890120", "71234567890.12", "AT7123456789012"])
def test_a_wrong_check_digit_is_no_corporate_number(no_number: str) -> None:
    assert scores(JpCorporateNumberRecognizer, no_number) == {}


@pytest.mark.parametrize("written", ["TK1234567", "MZ7654321", "ＴＫ１２３４５６７"])
def test_a_japanese_passport_number_waits_for_a_word(written: str) -> None:
    found = scores(JpPassportRecognizer, f"旅券番号{written}の所持人")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_passport", ["T1234567", "TKA1234567", "TK12345678", "TK123456"])
def test_other_shapes_are_no_japanese_passport(no_passport: str) -> None:
    assert scores(JpPassportRecognizer, no_passport) == {}


# The sample number of a licence issued in Tokyo in 1990, as explanations of the number print it.
@pytest.mark.parametrize("written", ["309012345620", "309212345690", "３０９０１２３４５６２０"])
def test_a_licence_number_waits_for_a_word(written: str) -> None:
    found = scores(JpDriverLicenseRecognizer, f"運転免許証番号{written}です")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize("no_licence", ["309012345630", "159012345620", "3090123456200", "009012345620"])
def test_a_wrong_check_digit_or_commission_is_no_licence(no_licence: str) -> None:
    assert scores(JpDriverLicenseRecognizer, no_licence) == {}


@pytest.mark.parametrize(
    "written",
    [
        "090-1234-5678",
        "080 1234 5678",
        "０７０－１２３４－５６７８",
        "03-3581-0101",
        "03(3581)0101",
        "+81 90-1234-5678",
        "+81-3-3581-0101",
        "+819012345678",
        "+81(0)90 1234 5678",
    ],
)
def test_a_japanese_telephone_number_is_reported_by_itself(written: str) -> None:
    found = scores(JpPhoneRecognizer, f"電話は{written}です")
    assert list(found) == [written]
    assert found[written] >= REPORTED_MIN


@pytest.mark.parametrize("written", ["09012345678", "045-123-4567", "0120-123-456", "0335810101", "(045) 671-1234"])
def test_a_number_that_other_countries_could_have_waits_for_a_word(written: str) -> None:
    found = scores(JpPhoneRecognizer, f"連絡先{written}まで")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_phone",
    [
        "00-1234-5678",
        "0101234567",
        "010-0123-4567",
        "0001234567",
        "090-1234-567",
        "090-1234-56789",
        "+49 90 1234 5678",
        "2024-01-02",
        "1090-1234-5678",
        "010-1234-5678",
        "1-090-1234-5678",
    ],
)
def test_what_the_plan_does_not_know_is_no_japanese_number(no_phone: str) -> None:
    assert scores(JpPhoneRecognizer, no_phone) == {}
