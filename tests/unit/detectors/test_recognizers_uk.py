"""British identifiers: examples of the NHS and of HMRC, never anybody's."""

from __future__ import annotations

import pytest
from presidio_analyzer import PatternRecognizer

from detectors.patterns import refusal
from detectors.recognizers.uk import RECOGNIZERS
from detectors.recognizers.uk.national import UkHealthServiceRecognizer, UkNationalInsuranceRecognizer, UkTaxpayerReferenceRecognizer
from detectors.recognizers.uk.postcode import UkPostalCodeRecognizer

WIDE = str.maketrans({code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *range(0x41, 0x5B))})


def found(recognizer: PatternRecognizer, text: str) -> list[tuple[str, float]]:
    hits = recognizer.analyze(text, recognizer.supported_entities, None)
    return [(text[hit.start : hit.end], hit.score) for hit in hits]


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_british_patterns_can_be_scanned_in_pieces(kind: type[PatternRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags)) for pattern in recognizer.patterns] == [""] * len(
        recognizer.patterns
    )


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (UkHealthServiceRecognizer, "943 476 5919"),
        (UkHealthServiceRecognizer, "943-476-5919"),
        (UkHealthServiceRecognizer, "9434765919"),
        (UkHealthServiceRecognizer, "9434765919".translate(WIDE)),
        (UkNationalInsuranceRecognizer, "AA123456A"),
        (UkNationalInsuranceRecognizer, "AA123456A".translate(WIDE)),
        (UkNationalInsuranceRecognizer, "AA-12-34-56-A"),
        (UkNationalInsuranceRecognizer, "AA12 34 56 A"),
        (UkNationalInsuranceRecognizer, "AA\u00a012 34 56 A"),
        (UkTaxpayerReferenceRecognizer, "1955839661"),
        (UkTaxpayerReferenceRecognizer, "19558 39661"),
        (UkTaxpayerReferenceRecognizer, "1955839661K"),
        (UkTaxpayerReferenceRecognizer, "1955839661".translate(WIDE)),
        (UkPostalCodeRecognizer, "SW1A 1AA"),
        (UkPostalCodeRecognizer, "M1 1AE"),
        (UkPostalCodeRecognizer, "EC1A1BB"),
    ],
)
def test_a_british_number_is_found_glued_to_chinese(kind: type[PatternRecognizer], written: str) -> None:
    assert [value for value, _ in found(kind(), f"号码{written}，请核对")] == [written]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (UkHealthServiceRecognizer, "943 476 5918"),
        (UkHealthServiceRecognizer, "1943 476 5919"),
        (UkHealthServiceRecognizer, "94347659190"),
        (UkNationalInsuranceRecognizer, "GB123456A"),
        (UkNationalInsuranceRecognizer, "DA123456A"),
        (UkNationalInsuranceRecognizer, "AA123456E"),
        (UkNationalInsuranceRecognizer, "AAA123456A"),
        (UkNationalInsuranceRecognizer, "AA123456A7"),
        (UkTaxpayerReferenceRecognizer, "2955839661"),
        (UkTaxpayerReferenceRecognizer, "19558396610"),
        (UkPostalCodeRecognizer, "XX1A 1AA"),
        (UkPostalCodeRecognizer, "SW1A 1CA"),
        (UkPostalCodeRecognizer, "sw1a 1aa"),
        (UkPostalCodeRecognizer, "USW1A 1AA"),
    ],
)
def test_what_is_never_given_is_no_british_number(kind: type[PatternRecognizer], text: str) -> None:
    assert found(kind(), text) == []


def test_of_a_national_insurance_number_with_a_blank_behind_the_letters_the_digits_are_found_weakly() -> None:
    ((value, score),) = found(UkNationalInsuranceRecognizer(), "NI number AA 12 34 56 A")
    assert value == "12 34 56 A"
    assert score < 0.35


@pytest.mark.parametrize(
    ("kind", "text"),
    [(UkHealthServiceRecognizer, "943 476 5919"), (UkTaxpayerReferenceRecognizer, "1955839661"), (UkPostalCodeRecognizer, "SW1A 1AA")],
)
def test_a_british_number_that_others_resemble_needs_a_word_beside_it(kind: type[PatternRecognizer], text: str) -> None:
    ((_, score),) = found(kind(), text)
    assert score < 0.35
