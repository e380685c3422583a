"""Australian identifiers: numbers made by the published checks, never anybody's."""

from __future__ import annotations

import pytest
from presidio_analyzer import PatternRecognizer
from stdnum.au import acn

from detectors.patterns import refusal
from detectors.recognizers.au import RECOGNIZERS
from detectors.recognizers.au.medicare import AuMedicareIdentifierRecognizer
from detectors.recognizers.au.tax import AuBusinessNumberRecognizer, AuCompanyNumberRecognizer, AuTaxFileRecognizer

WIDE = str.maketrans({code: code + 0xFEE0 for code in range(0x30, 0x3A)})
_ACN = "00425069" + acn.calc_check_digit("00425069")
# The tax office's, the business register's and Medicare's own examples.
VALID = [
    (AuTaxFileRecognizer, "123 456 782"),
    (AuTaxFileRecognizer, "123456782"),
    (AuTaxFileRecognizer, "123-456-782"),
    (AuBusinessNumberRecognizer, "51 824 753 556"),
    (AuBusinessNumberRecognizer, "51824753556"),
    (AuBusinessNumberRecognizer, "51-824-753-556"),
    (AuCompanyNumberRecognizer, _ACN),
    (AuCompanyNumberRecognizer, f"{_ACN[:3]} {_ACN[3:6]} {_ACN[6:]}"),
    (AuCompanyNumberRecognizer, f"{_ACN[:3]}-{_ACN[3:6]}-{_ACN[6:]}"),
    (AuMedicareIdentifierRecognizer, "2123 45670 1"),
    (AuMedicareIdentifierRecognizer, "2123456701"),
    (AuMedicareIdentifierRecognizer, "2123-45670-1"),
]


def found(recognizer: PatternRecognizer, text: str) -> list[tuple[str, float]]:
    hits = recognizer.analyze(text, recognizer.supported_entities, None)
    return [(text[hit.start : hit.end], hit.score) for hit in hits]


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_australian_patterns_can_be_scanned_in_pieces(kind: type[PatternRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags)) for pattern in recognizer.patterns] == [""] * len(
        recognizer.patterns
    )


@pytest.mark.parametrize(("kind", "written"), VALID)
def test_a_valid_australian_number_is_found_glued_to_chinese_in_both_widths(kind: type[PatternRecognizer], written: str) -> None:
    for form in (written, written.translate(WIDE)):
        assert [value for value, _ in found(kind(), f"他的号码是{form}，请核对")] == [form]


@pytest.mark.parametrize(("kind", "written"), VALID)
def test_an_australian_number_inside_a_longer_run_or_with_a_wrong_digit_is_not_found(kind: type[PatternRecognizer], written: str) -> None:
    at = next(index for index, char in enumerate(written) if index > 2 and char.isdigit())
    wrong = written[:at] + str((int(written[at]) + 1) % 10) + written[at + 1 :]
    for text in (f"7{written}", f"{written}7", f"X{written}", f"3.{written}", f"${written}", wrong):
        assert written not in [value for value, _ in found(kind(), text)]
        assert wrong not in [value for value, _ in found(kind(), text)]


@pytest.mark.parametrize(("kind", "written"), VALID)
def test_an_australian_number_with_one_check_digit_needs_a_word_beside_it(kind: type[PatternRecognizer], written: str) -> None:
    ((_, score),) = found(kind(), written)
    grouped_business_number = kind is AuBusinessNumberRecognizer and not written.isdigit()
    assert (score >= 0.35) == grouped_business_number
