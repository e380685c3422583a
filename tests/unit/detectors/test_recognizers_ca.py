"""Canadian identifiers; 046 454 286 is the number that Canada's revenue agency prints in its examples."""

from __future__ import annotations

import pytest
from presidio_analyzer import PatternRecognizer

from detectors.patterns import refusal
from detectors.recognizers.ca import RECOGNIZERS
from detectors.recognizers.ca.sin import CaSocialInsuranceRecognizer


def found(text: str) -> list[tuple[str, float]]:
    hits = CaSocialInsuranceRecognizer().analyze(text, ["CA_SIN"], None)
    return [(text[hit.start : hit.end], hit.score) for hit in hits]


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_canadian_patterns_can_be_scanned_in_pieces(kind: type[PatternRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags)) for pattern in recognizer.patterns] == [""] * len(
        recognizer.patterns
    )


@pytest.mark.parametrize("written", ["123-456-782", "123 456 782", "123456782", "１２３-４５６-７８２", "１２３４５６７８２"])
def test_a_social_insurance_number_is_found_below_the_threshold(written: str) -> None:
    ((value, score),) = found(f"社会保险号{written}，已登记")
    assert value == written
    assert 0 < score < 0.35


@pytest.mark.parametrize(
    "written", ["123-456-783", "1123-456-782", "123-456-7821", "046-454-286-1", "$123456782", "823-456-785", "ISBN123456782", "0.123456782"]
)
def test_what_fails_the_check_or_is_longer_is_no_social_insurance_number(written: str) -> None:
    assert found(written) == []
