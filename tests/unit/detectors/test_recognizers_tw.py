"""Taiwan identifiers: check digits old and new, and the ways people write them."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.tw import RECOGNIZERS
from detectors.recognizers.tw.mobile import TwMobileRecognizer
from detectors.recognizers.tw.national_id import TwNationalIdRecognizer, TwResidentCertificateRecognizer
from detectors.recognizers.tw.tax_id import TwTaxIdRecognizer
from detectors.recognizers.tw.vehicle_plate import TwVehiclePlateRecognizer

NOTICED = 0.35  # what counts as found without a word beside it


def found(kind: type[IdentifierRecognizer], text: str) -> list[tuple[str, float]]:
    hits = kind().analyze(text, [kind.ENTITY], None)
    return [(text[hit.start : hit.end], hit.score) for hit in sorted(hits, key=lambda hit: hit.start)]


def assert_waits(kind: type[IdentifierRecognizer], before: str, written: str, after: str) -> None:
    """Assert that this alone is found, with a score that needs a word beside it."""
    ((text, score),) = found(kind, before + written + after)
    assert text == written
    assert 0 < score < NOTICED


def with_check(body: str) -> str:
    """Return letter (or two letters) and digits with the check digit that makes the weighted sum a multiple of ten."""
    values = {letter: value for value, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", 10)}
    second = values[body[1]] % 10 if body[1].isalpha() else int(body[1])
    digits = [*divmod(values[body[0]], 10), second, *(int(digit) for digit in body[2:])]
    total = sum(digit * weight for digit, weight in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return body + str(-total % 10)


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_every_taiwanese_pattern_can_be_scanned_in_pieces(kind: type[IdentifierRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags or 0)) for pattern in recognizer.patterns] == [""] * len(kind.PATTERNS)


@pytest.mark.parametrize(
    "written",
    ["A123456789", "a123456789", "Ａ１２３４５６７８９", with_check("W20000000"), with_check("I19876543"), with_check("O27182818")],
)
def test_a_citizens_number_is_beyond_doubt(written: str) -> None:
    assert found(TwNationalIdRecognizer, f"身分證字號{written}已登記") == [(written, 1.0)]


@pytest.mark.parametrize("near_miss", ["A123456788", "A323456789", "AA123456789", "A1234567890", "A12345678", "A800000014", "A1२3456789"])
def test_a_wrong_check_or_form_is_no_citizens_number(near_miss: str) -> None:
    assert found(TwNationalIdRecognizer, near_miss) == []


@pytest.mark.parametrize(
    "written",
    ["A800000014", "Ａ８００００００１４", with_check("F98765432"), with_check("AC0123456"), with_check("FD1234567"), "ac01234567"],
)
def test_residents_numbers_of_both_forms_are_beyond_doubt(written: str) -> None:
    assert found(TwResidentCertificateRecognizer, f"居留證{written}到期") == [(written, 1.0)]


def test_every_single_digit_error_in_a_residents_number_is_noticed_or_has_a_weight_that_hides_it() -> None:
    number = "A800000014"
    for position in (2, 4, 6, 8, 9):  # weights 7, 5, 3, 1, 1: only 5 shares a factor with 10
        for digit in "0123456789":
            wrong = number[:position] + digit + number[position + 1 :]
            hidden = position == 4 and (int(digit) - int(number[position])) % 2 == 0
            assert bool(found(TwResidentCertificateRecognizer, wrong)) == (wrong == number or hidden)


@pytest.mark.parametrize("near_miss", ["A800000015", "A700000014", "AE01234567", "XA800000014", "A8000000140", "A123456789"])
def test_what_fails_the_check_is_no_residents_number(near_miss: str) -> None:
    assert found(TwResidentCertificateRecognizer, near_miss) == []


@pytest.mark.parametrize("written", ["00501503", "04595257", "００５０１５０３", "10458575", "00501508"])  # the last one only since 2023
def test_a_uniform_number_waits_for_a_word_beside_it(written: str) -> None:
    assert_waits(TwTaxIdRecognizer, "統一編號", written, "的公司")


@pytest.mark.parametrize("near_miss", ["00501502", "00501504", "005015030", "A00501503", "00501503元", "$00501503", "00501503.5"])
def test_a_wrong_sum_or_an_amount_is_no_uniform_number(near_miss: str) -> None:
    assert found(TwTaxIdRecognizer, near_miss) == []


@pytest.mark.parametrize(
    "written",
    ["+886 912 345 678", "+886-912-345-678", "+886912345678", "00886912345678", "+886 0912 345 678", "＋８８６ ９１２３４５６７８"],
)
def test_a_taiwanese_mobile_with_the_country_code_is_found_alone(written: str) -> None:
    ((text, score),) = found(TwMobileRecognizer, f"手機{written}請回電")
    assert text == written
    assert score > NOTICED


@pytest.mark.parametrize("written", ["0912345678", "0912-345-678", "0912 345 678", "０９１２３４５６７８"])
def test_a_bare_taiwanese_mobile_waits_for_a_word_beside_it(written: str) -> None:
    assert_waits(TwMobileRecognizer, "手機", written, "請回電")


@pytest.mark.parametrize(
    "no_mobile", ["0812345678", "091234567", "09123456789", "+84 0912345678", "0912.345.678", "0912345678元", "A0912345678"]
)
def test_other_ten_digits_are_no_taiwanese_mobile(no_mobile: str) -> None:
    assert found(TwMobileRecognizer, no_mobile) == []


@pytest.mark.parametrize("written", ["ABC-1234", "1234-AB", "AB-1234", "MKP-123", "123-ABC", "A1-2345", "ＡＢＣ－１２３４"])
def test_a_taiwanese_plate_waits_for_a_word_beside_it(written: str) -> None:
    assert_waits(TwVehiclePlateRecognizer, "車牌", written, "的車")


@pytest.mark.parametrize("no_plate", ["ABCD-1234", "ABC-12345", "ABC1234", "ISO-9001", "12345-AB", "AB-123", "1ABC-1234"])
def test_other_letters_and_digits_are_no_taiwanese_plate(no_plate: str) -> None:
    assert found(TwVehiclePlateRecognizer, no_plate) == []
