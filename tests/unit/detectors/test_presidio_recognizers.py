"""Presidio's recognisers of countries: all can be switched on, are exact in a stream, and see beside Chinese and Thai letters."""

from __future__ import annotations

import functools
from typing import Any

import presidio_analyzer.predefined_recognizers as predefined
import pytest
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts

from detectors.analyzer import analyze, build_engine, take_apart
from detectors.patterns import parse, refusal
from detectors.recognizers.catalogue import BY_COUNTRY, REPLACES
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.presidio import country_classes, mend
from detectors.rewrite import width
from detectors.scanner import Scanner
from detectors.whole_text import NamesNlpEngine
from tests.pieces import in_pieces

# Values that Presidio documents, or of the form that it documents with the check put right.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "AuAbnRecognizer": ("51 824 753 556", "51824753556"),
    "AuAcnRecognizer": ("000 000 180", "000000180"),
    "AuMedicareRecognizer": ("2123 45670 1", "2123456701"),
    "AuTfnRecognizer": ("876 543 210", "876543210"),
    "CaPostalCodeRecognizer": ("K1A 0B1", "M5V3L9"),
    "CaSinRecognizer": ("130-692-544", "130692544"),
    "DeBsnrRecognizer": ("021234568",),
    "DeFuehrerscheinRecognizer": ("BO12345678A",),
    "DeHandelsregisterRecognizer": ("HRB 12345", "HRA123"),
    "DeHealthInsuranceRecognizer": ("A000500015",),
    "DeIdCardRecognizer": ("L01X00T44", "T22000129"),
    "DeKfzRecognizer": ("M-AB-1234", "B-XY 123"),
    "DeLanrRecognizer": ("123456601",),
    "DePassportRecognizer": ("C01X00T41",),
    "DePlzRecognizer": ("10115",),
    "DeSocialSecurityRecognizer": ("15070649C103",),
    "DeTaxIdRecognizer": ("86095742719",),
    "DeTaxNumberRecognizer": ("123/456/78901", "0912345678901"),
    "DeVatIdRecognizer": ("DE136695976", "DE 136 695 976"),
    "EsNieRecognizer": ("X9613851N", "Z8078221M"),
    "EsNifRecognizer": ("55555555K", "1111111-G"),
    "EsPassportRecognizer": ("AAA123456",),
    "FiPersonalIdentityCodeRecognizer": ("010594Y9032", "131052-308T"),
    "InAadhaarRecognizer": ("312345678909", "3123 4567 8909"),
    "InGstinRecognizer": ("27AAPFU0939F1ZV",),
    "InPanRecognizer": ("AAAPL1234C", "ABCD1234#X"),
    "InPassportRecognizer": ("A3456781", "A34 56781"),
    "InVehicleRegistrationRecognizer": ("KA53ME3456", "22BH1234AA"),
    "InVoterRecognizer": ("KSD1287349",),
    "ItDriverLicenseRecognizer": ("AA0123456B", "U1H000000B"),
    "ItFiscalCodeRecognizer": ("AAAAAA00B11C333R",),
    "ItIdentityCardRecognizer": ("AA 1234567", "CA00000AA", "1234567AA"),
    "ItPassportRecognizer": ("AA1234567",),
    "ItVatCodeRecognizer": ("01333550323", "0 1333 550 323"),
    "KrBrnRecognizer": ("123-45-67891", "1234567891"),
    "KrDriverLicenseRecognizer": ("11-22-333333-44", "112233333344"),
    "KrFrnRecognizer": ("960121-5123456",),
    "KrPassportRecognizer": ("M12345678", "M123A4567"),
    "KrRrnRecognizer": ("960121-1234567",),
    "NgNinRecognizer": ("12345678902",),
    "NgVehicleRegistrationRecognizer": ("ABC-123DE", "LAG 123AB"),
    "PhPassportRecognizer": ("P1234567A", "EB1234567"),
    "PhTinRecognizer": ("123-456-782", "123-456-782-000"),
    "PhUmidRecognizer": ("0028-1215160-9", "002812151609"),
    "PlPeselRecognizer": ("11111111116",),
    "SeOrganisationsnummerRecognizer": ("556036-0793",),
    "SePersonnummerRecognizer": ("811218-9876", "198112189876"),
    "SgFinRecognizer": ("S2740116C", "G1122144L"),
    "SgUenRecognizer": ("53125226D", "201434292D", "T10LL0002B"),
    "ThTninRecognizer": ("1234567890121",),
    "TrLicensePlateRecognizer": ("34 ABC 123", "06-AB-1234"),
    "TrNationalIdRecognizer": ("10000000146",),
    "NhsRecognizer": ("401-023-2137", "221 395 1837"),
    "UkDrivingLicenceRecognizer": ("MORGA657054SM9IJ",),
    "UkNinoRecognizer": ("AA 12 34 56 B", "AB123456C"),
    "UkPassportRecognizer": ("AB1234567",),
    "UkPostcodeRecognizer": ("SW1A 1AA", "M11AA"),
    "UkVehicleRegistrationRecognizer": ("AB51 ABC", "A123 BCD", "ABC 123D"),
    "AbaRoutingRecognizer": ("121000358", "3222-7162-7"),
    "MedicalLicenseRecognizer": ("BB1388568", "F91234563"),
    "UsBankRecognizer": ("945456787654",),
    "UsClaimNumberRecognizer": ("CLM-123456789",),
    "UsHealthInsuranceMemberIdRecognizer": ("ABC123456789",),
    "UsItinRecognizer": ("911-70-1234", "911701234"),
    "UsLicenseRecognizer": ("H12234567", "C1234567"),
    "UsMbiRecognizer": ("1EG4-TE5-MK73", "1EG4TE5MK73"),
    "UsNpiRecognizer": ("1234567893", "1245 319 599"),
    "UsPassportRecognizer": ("912803456", "Z12803456"),
    "UsPrescriptionNumberRecognizer": ("RX-1234567",),
    "UsPriorAuthorizationNumberRecognizer": ("PA-987654321",),
    "UsProviderTaxIdRecognizer": ("12-3456789",),
    "UsReferralNumberRecognizer": ("REF-123456",),
    "UsSsnRecognizer": ("078-05-1123", "078 05 1123"),
    "ZaCompanyRegistrationRecognizer": ("2015/123456/07", "CK1998/123456"),
    "ZaDriverLicenseRecognizer": ("40390005X3NK",),
    "ZaIdNumberRecognizer": ("8001015009087",),
    "ZaIncomeTaxNumberRecognizer": ("0001339050",),
    "ZaLicensePlateRecognizer": ("ABC123GP", "AB 12 CD GP", "CA 123 WP"),
    "ZaMobileNumberRecognizer": ("082 123 4567", "+27821234567"),
    "ZaPassportRecognizer": ("A12345678",),
    "ZaTelephoneNumberRecognizer": ("011 234 5678", "+27 21 123 4567"),
    "ZaTrafficRegisterNumberRecognizer": ("1234567890121",),
    "ZaVatNumberRecognizer": ("4123456789",),
}
# A label in front, with what lies between it and the number; the number alone is found.
LABELLED = {
    "UsClaimNumberRecognizer": ("claim 12345678", "Claim: 12345678", "claim number 12345678", "claim # 12345678"),
    "UsPrescriptionNumberRecognizer": ("Rx 12345678", "prescription: 12345678", "prescription no. 12345678", "Rx number: 12345678"),
    "UsPriorAuthorizationNumberRecognizer": ("authorization 12345678", "prior authorization number: 12345678", "prior auth 12345678"),
    "UsReferralNumberRecognizer": ("referral 12345678", "infusion referral id 12345678"),
}
# Presidio takes the blank behind an Italian number into the finding.
NOT_AS_STOCK = {"ItVatCodeRecognizer"}
# Examples whose check letter is wrong: ours refuse them, which is why they stand for Presidio's.
# and one whose blanks nobody writes.
REFUSED_BY_OURS = {"AAAAAA00B11C333R", "G1122144L", "ABCD1234#X", "0 1333 550 323"}
WITHOUT_COUNTRY = {
    "EmailRecognizer": ("joe@example.org",),
    "IpRecognizer": ("192.168.0.1", "684D:1111:222:3333:4444:5555:6:77"),
    "MacAddressRecognizer": ("00:1A:2B:3C:4D:5E", "00-1A-2B-3C-4D-5E", "001A.2B3C.4D5E"),
    "UuidRecognizer": ("123e4567-e89b-42d3-a456-426614174000",),
    "CreditCardRecognizer": ("4012888888881881", "3782 822463 10005", "5555-5555-5555-4444"),
    "IbanRecognizer": ("DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19"),
    "CryptoRecognizer": ("16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ", "bc1q5d8l0w33h65e2l5x7ty6wgnvkvlqcz0wfaslpz"),
}
OURS = {kind.__name__: kind for group in BY_COUNTRY.values() for kind in group}


@functools.cache
def stock(name: str) -> Any:
    return country_classes()[name](supported_language="en")


@functools.cache
def mended(name: str) -> PatternRecognizer:
    return mend(country_classes()[name], "en")


@functools.cache
def engine() -> AnalyzerEngine:
    """Every recogniser of Presidio, those included that one of ours stands for."""
    whole = build_engine()
    for name in country_classes():
        whole.registry.remove_recognizer(name)
        whole.registry.add_recognizer(mended(name))
    return whole


@functools.cache
def scanner() -> Scanner:
    return Scanner(engine(), step_chars=1)


def found(recognizer: Any, text: str) -> set[tuple[str, float]]:
    artifacts: NlpArtifacts | None = None
    return {(text[one.start : one.end], one.score) for one in recognizer.analyze(text, recognizer.supported_entities, artifacts)}


def test_all_83_are_there_and_each_has_an_example() -> None:
    assert len(country_classes()) == 83
    assert country_classes().keys() == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_found_as_by_presidio_and_glued_to_letters_without_blanks_too(name: str) -> None:
    for value in EXAMPLES[name]:
        plain = found(mended(name), f"is {value} ok")
        assert value in {text for text, _ in plain}
        if name not in NOT_AS_STOCK:
            assert plain == found(stock(name), f"is {value} ok")
        for glued in (f"号码{value}是我的", f"番号は{value}です", f"เลข{value}ครับ", f"번호{value}입니다"):
            assert found(mended(name), glued) == plain


@pytest.mark.parametrize("name", EXAMPLES)
def test_letters_and_digits_of_a_longer_word_still_hide_a_value(name: str) -> None:
    """Where Presidio sees no number inside a longer word, we see none either."""
    for value in EXAMPLES[name]:
        for text in (f"is Q7{value}7Q ok", f"is ß{value}ß ok", f"is 7{value} ok"):
            if not found(stock(name), text):
                assert not found(mended(name), text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_stream_gives_the_findings_of_the_whole_text(name: str) -> None:
    for value in EXAMPLES[name]:
        for text in (f"It is {value} today, says he.", f"我的号码{value}是这个，好", f"no {value}\nand id: {value}"):
            whole = sorted(analyze(engine(), text))
            assert any(one.recognizer == name for one in whole)
            for size in (1, 4, 60):
                assert in_pieces(scanner(), text, size) == whole


@pytest.mark.parametrize("name", LABELLED)
def test_a_labelled_number_is_found_without_its_label_whole_and_in_pieces(name: str) -> None:
    for said in LABELLED[name]:
        text = f"The patient gave the {said} yesterday."
        whole = sorted(analyze(engine(), text))
        assert ("12345678", True) in {(text[one.start : one.end], one.score >= 0.4) for one in whole if one.recognizer == name}
        for size in (1, 4, 60):
            assert in_pieces(scanner(), text, size) == whole


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_pattern_can_be_scanned_in_pieces_and_has_a_bound(name: str) -> None:
    flags = int(getattr(mended(name), "global_regex_flags", 0) or 0)
    patterns: list[Any] = getattr(mended(name), "patterns", [])
    assert patterns
    for pattern in patterns:
        assert refusal(pattern.regex, flags) == ""
        assert width(parse(pattern.regex, flags)) <= 64


def test_checks_context_and_scores_stay_those_of_presidio() -> None:
    assert not found(mended("AuAbnRecognizer"), "is 51 824 753 557 ok")
    for name in EXAMPLES:
        assert set(stock(name).context) <= set(mended(name).context)


def test_a_mended_recogniser_works_in_a_stock_engine() -> None:
    registry = RecognizerRegistry(recognizers=[mended("ThTninRecognizer"), mended("UsClaimNumberRecognizer")], supported_languages=["en"])
    nlp_engine = engine().nlp_engine
    assert isinstance(nlp_engine, NamesNlpEngine)
    whole = AnalyzerEngine(registry=registry, nlp_engine=nlp_engine, supported_languages=["en"])
    kinds = {one.entity_type for one in whole.analyze("เลข1234567890121ครับ, claim: 12345678", language="en")}
    assert kinds == {"TH_TNIN", "US_CLAIM_NUMBER"}


def test_a_plate_in_words_of_prose_is_none() -> None:
    """Presidio's German plates take "is in 2024" for one; a stream may be cut there, so ours do not."""
    assert found(stock("DeKfzRecognizer"), "as it was in AB 2024")
    assert not found(mended("DeKfzRecognizer"), "so it is in 2024")
    assert ("B\u00a0AB 1234", 0.3) in found(mended("DeKfzRecognizer"), "is B\u00a0AB 1234 ok")


def test_an_engine_with_every_country_runs_ours_where_it_is_better_and_presidios_everywhere_else() -> None:
    names = {part.name for part in take_apart(build_engine(["all"])).patterns}
    replaced = {theirs for theirs, _ in REPLACES.values()}
    assert not names & replaced
    assert names >= country_classes().keys() - replaced
    assert names >= REPLACES.keys()
    without = {part.name for part in take_apart(build_engine(["za"], presidio=False)).patterns}
    assert "ZaIdNumberRecognizer" not in without
    assert "ZaIdNumberRecognizer" in {part.name for part in take_apart(build_engine(["za"])).patterns}


@pytest.mark.parametrize("ours", REPLACES)
def test_what_stands_for_a_recogniser_of_presidio_has_its_type_and_finds_its_values(ours: str) -> None:
    theirs = REPLACES[ours][0]
    kind: type[IdentifierRecognizer] = OURS[ours]
    other = mended(theirs) if theirs in EXAMPLES else getattr(predefined, theirs)()
    assert other.supported_entities[0] == kind.ENTITY
    for value in set(EXAMPLES.get(theirs) or WITHOUT_COUNTRY[theirs]) - REFUSED_BY_OURS:
        assert value in {text for text, _ in found(kind(), f"is {value} ok")}
        assert value in {text for text, _ in found(kind(), f"号码{value}是我的")}
