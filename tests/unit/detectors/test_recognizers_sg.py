"""Singapore identifiers: check letters of persons and entities, telephones, postal codes."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.sg import RECOGNIZERS
from detectors.recognizers.sg.nric import SgNricFinRecognizer
from detectors.recognizers.sg.phone import SgPhoneRecognizer
from detectors.recognizers.sg.postal_code import SgPostalCodeRecognizer
from detectors.recognizers.sg.uen import SgUenIdentifierRecognizer

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
def test_every_singaporean_pattern_can_be_scanned_in_pieces(kind: type[IdentifierRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags or 0)) for pattern in recognizer.patterns] == [""] * len(kind.PATTERNS)


@pytest.mark.parametrize("written", ["S1234567D", "s1234567d", "Ｓ１２３４５６７Ｄ", "M1234567K"])
def test_a_singaporean_number_of_a_person_is_beyond_doubt(written: str) -> None:
    assert found(SgNricFinRecognizer, f"身份证号{written}的申请") == [(written, 1.0)]


@pytest.mark.parametrize("series", "STFGM")
@pytest.mark.parametrize("digits", ["0000001", "7654321", "9999999"])
def test_one_check_letter_is_right_in_each_series(series: str, digits: str) -> None:
    offset = {"T": 4, "G": 4, "M": 3}.get(series, 0)
    total = offset + sum(int(digit) * weight for digit, weight in zip(digits, (2, 7, 6, 5, 4, 3, 2), strict=True))
    table = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}[series]
    right = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if found(SgNricFinRecognizer, series + digits + letter)]
    assert right == [table[total % 11]]


@pytest.mark.parametrize("near_miss", ["S1234567A", "A1234567D", "S123456D", "S12345678D", "XS1234567D", "S1234567DX", "S12३4567D"])
def test_a_wrong_letter_or_form_is_no_person_of_singapore(near_miss: str) -> None:
    assert found(SgNricFinRecognizer, near_miss) == []


@pytest.mark.parametrize("written", ["197401143C", "S16FC0121D", "T01FC6132D", "t01fc6132d", "１９７４０１１４３Ｃ"])
def test_a_company_or_other_entity_is_beyond_doubt(written: str) -> None:
    assert found(SgUenIdentifierRecognizer, f"公司注册号{written}有效") == [(written, 1.0)]


def test_a_business_waits_for_a_word_because_other_countries_have_the_form() -> None:
    assert_waits(SgUenIdentifierRecognizer, "UEN为", "00192200M", "的商号")


@pytest.mark.parametrize("near_miss", ["197401143D", "00192200X", "T01ZZ6132D", "T01FC6132E", "317401143C", "1197401143C", "197401143CC"])
def test_a_wrong_letter_kind_or_year_is_no_entity(near_miss: str) -> None:
    assert found(SgUenIdentifierRecognizer, near_miss) == []


@pytest.mark.parametrize(
    "written", ["+65 9123 4567", "+6581234567", "+65-6123-4567", "0065 31234567", "(+65)91234567", "＋６５ ９１２３４５６７"]
)
def test_a_singaporean_phone_with_the_country_code_is_found_alone(written: str) -> None:
    ((text, score),) = found(SgPhoneRecognizer, f"电话{written}联系")
    assert text == written
    assert score > NOTICED


@pytest.mark.parametrize("written", ["9123 4567", "81234567", "6123-4567", "９１２３４５６７"])
def test_a_bare_singaporean_phone_waits_for_a_word_beside_it(written: str) -> None:
    assert_waits(SgPhoneRecognizer, "电话", written, "联系")


@pytest.mark.parametrize(
    "no_phone", ["71234567", "20240131", "912345678", "$91234567", "9123.4567", "+852 91234567", "91234567元", "S9123456A"]
)
def test_other_eight_digits_are_no_singaporean_phone(no_phone: str) -> None:
    assert found(SgPhoneRecognizer, no_phone) == []


@pytest.mark.parametrize("written", ["238823", "018956", "８２９９９１"])
def test_a_postal_code_waits_for_a_word_beside_it(written: str) -> None:
    assert_waits(SgPostalCodeRecognizer, "新加坡邮编", written, "收")


def test_the_postal_code_of_an_address_in_brackets_is_found_alone() -> None:
    ((text, score),) = found(SgPostalCodeRecognizer, "1 Raffles Place, S(048616)")
    assert text == "S(048616)"
    assert score > NOTICED


@pytest.mark.parametrize("no_code", ["838823", "748823", "500000", "2388231", "$238823", "238,823", "238823%", "238823人"])
def test_unknown_sectors_and_amounts_are_no_postal_codes(no_code: str) -> None:
    assert found(SgPostalCodeRecognizer, no_code) == []
