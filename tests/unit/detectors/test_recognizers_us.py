"""Numbers of the United States: examples of the agencies, never anybody's."""

from __future__ import annotations

import pytest
from presidio_analyzer import PatternRecognizer

from detectors.patterns import refusal
from detectors.recognizers.us import RECOGNIZERS
from detectors.recognizers.us.health import UsMedicareBeneficiaryRecognizer, UsPrescriberRecognizer, UsProviderRecognizer
from detectors.recognizers.us.licence import UsDriverLicenceRecognizer, UsZipCodeRecognizer
from detectors.recognizers.us.tax import UsEmployerRecognizer, UsIndividualTaxpayerRecognizer, UsSocialSecurityRecognizer

WIDE = str.maketrans({code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *range(0x41, 0x5B))})


def found(recognizer: PatternRecognizer, text: str) -> list[tuple[str, float]]:
    hits = recognizer.analyze(text, recognizer.supported_entities, None)
    return [(text[hit.start : hit.end], hit.score) for hit in hits]


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_american_patterns_can_be_scanned_in_pieces(kind: type[PatternRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags)) for pattern in recognizer.patterns] == [""] * len(
        recognizer.patterns
    )


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (UsSocialSecurityRecognizer, "536-90-4399"),
        (UsSocialSecurityRecognizer, "536-90-4399".translate(WIDE)),
        (UsSocialSecurityRecognizer, "536–90–4399"),
        (UsSocialSecurityRecognizer, "536 90 4399"),
        (UsSocialSecurityRecognizer, "536904399"),
        (UsIndividualTaxpayerRecognizer, "912-90-3456"),
        (UsIndividualTaxpayerRecognizer, "912-90-3456".translate(WIDE)),
        (UsIndividualTaxpayerRecognizer, "912903456"),
        (UsEmployerRecognizer, "91-1144442"),
        (UsEmployerRecognizer, "91-1144442".translate(WIDE)),
        (UsEmployerRecognizer, "91–1144442"),
        (UsProviderRecognizer, "1234567893"),
        (UsProviderRecognizer, "1234-567-893"),
        (UsProviderRecognizer, "1234567893".translate(WIDE)),
        (UsPrescriberRecognizer, "AB1234563"),
        (UsPrescriberRecognizer, "F91234563"),
        (UsPrescriberRecognizer, "AB1234563".translate(WIDE)),
        (UsMedicareBeneficiaryRecognizer, "1EG4-TE5-MK73"),
        (UsMedicareBeneficiaryRecognizer, "1EG4TE5MK73"),
        (UsDriverLicenceRecognizer, "A1234567"),
        (UsDriverLicenceRecognizer, "S530-4609-8765"),
        (UsDriverLicenceRecognizer, "A123-456-7801"),
        (UsZipCodeRecognizer, "20500"),
        (UsZipCodeRecognizer, "20500-0003"),
    ],
)
def test_an_american_number_is_found_glued_to_chinese(kind: type[PatternRecognizer], written: str) -> None:
    assert [value for value, _ in found(kind(), f"号码{written}，请核对")] == [written]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (UsSocialSecurityRecognizer, "000-12-3456"),
        (UsSocialSecurityRecognizer, "666-12-3456"),
        (UsSocialSecurityRecognizer, "912-12-3456"),
        (UsSocialSecurityRecognizer, "536-00-4399"),
        (UsSocialSecurityRecognizer, "078-05-1120"),  # printed on wallet inserts
        (UsSocialSecurityRecognizer, "1536-90-4399"),
        (UsSocialSecurityRecognizer, "536-90-4399-2"),
        (UsIndividualTaxpayerRecognizer, "912-93-3456"),
        (UsIndividualTaxpayerRecognizer, "812-90-3456"),
        (UsEmployerRecognizer, "07-1144442"),
        (UsEmployerRecognizer, "2024-91-1144442"),
        (UsProviderRecognizer, "1234567894"),
        (UsProviderRecognizer, "3234567893"),
        (UsPrescriberRecognizer, "AB1234564"),
        (UsPrescriberRecognizer, "NB1234563"),
        (UsMedicareBeneficiaryRecognizer, "1SG4-TE5-MK73"),
        (UsMedicareBeneficiaryRecognizer, "1EG4-TE5-MK733"),
        (UsDriverLicenceRecognizer, "AB12345"),
        (UsDriverLicenceRecognizer, "BA1234567890123"),
        (UsZipCodeRecognizer, "205001"),
        (UsZipCodeRecognizer, "$20500"),
    ],
)
def test_what_is_never_given_is_no_american_number(kind: type[PatternRecognizer], text: str) -> None:
    assert found(kind(), text) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (UsSocialSecurityRecognizer, "536904399"),
        (UsEmployerRecognizer, "91-1144442"),
        (UsProviderRecognizer, "1234567893"),
        (UsPrescriberRecognizer, "AB1234563"),
        (UsDriverLicenceRecognizer, "A1234567"),
        (UsZipCodeRecognizer, "20500"),
    ],
)
def test_an_american_number_without_its_own_form_needs_a_word_beside_it(kind: type[PatternRecognizer], text: str) -> None:
    ((_, score),) = found(kind(), text)
    assert score < 0.35


def test_a_social_security_number_with_hyphens_needs_no_word() -> None:
    ((_, score),) = found(UsSocialSecurityRecognizer(), "536-90-4399")
    assert score >= 0.35
