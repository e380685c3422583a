"""Numbers of the member states: examples of the norms and of python-stdnum's documentation, never anybody's."""

from __future__ import annotations

import pytest
from presidio_analyzer import PatternRecognizer

from detectors.patterns import refusal
from detectors.recognizers.eu import RECOGNIZERS
from detectors.recognizers.eu.germany import icao_check_digit, pension_check_digit

WIDE = str.maketrans({code: code + 0xFEE0 for code in (*range(0x30, 0x3A), *range(0x41, 0x5B))})
BY_ENTITY = {kind.ENTITY: kind() for kind in RECOGNIZERS}
# The first writing of each is the plainest.
WRITINGS = {
    "DE_TAX_ID": ("36574261809", "36 574 261 809", "36/574/261/809"),
    "DE_ID_CARD": ("T220001293", "T22000129", "T220001293D"),
    "DE_PASSPORT": ("C01X00T478", "C01X00T47", "C01X00T478D"),
    "DE_SOCIAL_SECURITY": ("15070649C103", "15 070649 C 103", "15-070649-C-10-3"),
    "FR_NIR": ("295109912611193", "2 95 10 99 126 111 93", "2-95-10-99-126-111-93"),
    "FR_SIREN": ("552008443", "552 008 443", "552.008.443"),
    "FR_SIRET": ("73282932000074", "732 829 320 00074", "732.829.320.00074"),
    "IT_FISCAL_CODE": ("RCCMNL83S18D969H", "rccmnl83s18d969h", "RccMnl83s18d969H"),
    "IT_VAT_CODE": ("00743110157",),
    "ES_NIF": ("54362315K", "54362315-K", "54.362.315-K"),
    "ES_NIE": ("X2482300W", "X-2482300-W", "x2482300w"),
    "ES_CIF": ("A13585625", "A-13585625", "a13585625"),
    "PT_NIF": ("501964843", "501 964 843", "501.964.843"),
    "GR_AMKA": ("01013099997",),
    "NL_BSN": ("111222333", "1112.22.333", "111 222 333"),
    "BE_NATIONAL_NUMBER": ("85073003328", "85.07.30-033.28", "85 07 30 033 28"),
    "AT_SOCIAL_INSURANCE": ("1237010180", "1237 010180", "1237-010180"),
    "IE_PPS": ("6433435F", "6433435IH", "6433435f"),
    "SE_PERSONNUMMER": ("8803200016", "880320-0016", "19880320-0016"),
    "FI_PERSONAL_IDENTITY_CODE": ("131052-308T", "131052–308T", "131052-308t"),
    "DK_CPR": ("2110625629", "211062-5629", "211062 5629"),
    "EE_PERSONAL_CODE": ("36805280109",),
    "LT_PERSONAL_CODE": ("33309240064",),
    "PL_PESEL": ("44051401359",),
    "PL_NIP": ("8567346215", "856-734-62-15", "856-73-46-215"),
    "CZ_BIRTH_NUMBER": ("7103192745", "710319/2745", "510319/123"),
    "RO_CNP": ("1630615123457",),
    "BG_EGN": ("7523169263",),
    "HR_OIB": ("33392005961",),
    "SI_EMSO": ("0101006500006",),
    "EU_VAT_NUMBER": ("DE136695976", "FR40303265045", "NL004495445B01"),
}
VAT_NUMBERS = (  # noqa: SIM905 - a list literal of these takes a line each
    "ATU13585627 BE0428759497 BG175074752 CY10259033P CZ25123891 DE136695976 DK13585628 EE100931558 EL094259216 ESA13585625 "
    "FI20774740 FR40303265045 HR33392005961 HU12892312 IE6433435F IT00743110157 LT119511515 LU15027442 LV40003521600 "
    "MT11679112 NL004495445B01 PL8567346215 PT501964843 RO18547290 SE123456789701 SI50223054 SK2022749619 XI980780684"
).split()
CERTAIN = {"DE_SOCIAL_SECURITY", "FR_NIR", "IT_FISCAL_CODE", "ES_NIF", "ES_NIE", "BE_NATIONAL_NUMBER", "FI_PERSONAL_IDENTITY_CODE"}
RARE = CERTAIN | {"RO_CNP", "EU_VAT_NUMBER"}
CASES = [(entity, written) for entity, writings in WRITINGS.items() for written in writings]
FORMAT_WITHOUT_CHECK = {"DK_CPR"}


def found(entity: str, text: str) -> list[tuple[str, float]]:
    hits = BY_ENTITY[entity].analyze(text, [entity], None)
    return [(text[hit.start : hit.end], hit.score) for hit in hits]


def values(entity: str, text: str) -> list[str]:
    return [value for value, _ in found(entity, text)]


def test_every_recogniser_of_the_union_has_vectors() -> None:
    assert set(BY_ENTITY) == set(WRITINGS)


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_european_patterns_can_be_scanned_in_pieces(kind: type[PatternRecognizer]) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags)) for pattern in recognizer.patterns] == [""] * len(
        recognizer.patterns
    )


@pytest.mark.parametrize(("entity", "written"), CASES)
def test_a_european_number_is_found_glued_to_chinese_in_both_widths(entity: str, written: str) -> None:
    for form in (written, written.upper().translate(WIDE)):
        assert values(entity, f"他的号码是{form}，请核对") == [form]
        assert values(entity, f"หมายเลข{form}ครับ") == [form]


@pytest.mark.parametrize(("entity", "written"), CASES)
def test_a_european_number_inside_a_longer_run_is_not_found(entity: str, written: str) -> None:
    for text in (f"7{written}", f"{written}7", f"Q{written}", f"5.{written}", f"€{written}"):
        assert written not in values(entity, text)
        assert text not in values(entity, text)


@pytest.mark.parametrize(
    ("entity", "written"), [(entity, writings[0]) for entity, writings in WRITINGS.items() if entity not in FORMAT_WITHOUT_CHECK]
)
def test_most_changes_of_one_digit_are_seen_by_the_check(entity: str, written: str) -> None:
    at = [index for index, char in enumerate(written) if char.isdigit()]
    changed = [written[:index] + str((int(written[index]) + 1) % 10) + written[index + 1 :] for index in at]
    assert sum(wrong in values(entity, wrong) for wrong in changed) <= len(changed) // 4


@pytest.mark.parametrize("written", VAT_NUMBERS)
def test_a_vat_number_of_every_state_reports_without_a_word(written: str) -> None:
    ((value, score),) = found("EU_VAT_NUMBER", f"税号{written}。")
    assert value == written
    assert score >= 0.35


@pytest.mark.parametrize("text", ["DE136695977", "XX136695976", "DE1366959760", "ADE136695976", "DE 136695976x", "FR41303265045"])
def test_what_no_state_gives_is_no_vat_number(text: str) -> None:
    assert found("EU_VAT_NUMBER", text) == []


@pytest.mark.parametrize("entity", sorted(WRITINGS))
def test_a_number_reports_without_a_word_only_if_it_is_rare_by_chance(entity: str) -> None:
    ((_, score),) = found(entity, WRITINGS[entity][0])
    assert (score >= 0.35) == (entity in RARE)
    assert (score == 1.0) == (entity in CERTAIN)


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("DE_ID_CARD", "T220001294"),  # wrong check digit
        ("DE_ID_CARD", "TROUBLESX"),
        ("DE_ID_CARD", "TPRTVWXYZ"),  # no digit
        ("DE_PASSPORT", "CA1X00T47"),  # a vowel
        ("DE_SOCIAL_SECURITY", "15 320649 C 103"),  # 32 June
        ("FR_NIR", "295139912611193"),  # month 13
        ("FR_SIRET", "73282932000075"),
        ("ES_CIF", "A13585626"),
        ("ES_NIE", "X2482300A"),
        ("BE_NATIONAL_NUMBER", "85.13.30-033.28"),
        ("AT_SOCIAL_INSURANCE", "1237 320180"),
        ("SE_PERSONNUMMER", "880320-0018"),
        ("SE_PERSONNUMMER", "17880320-0016"),
        ("SE_PERSONNUMMER", "881320-0016"),
        ("FI_PERSONAL_IDENTITY_CODE", "131052-308U"),
        ("FI_PERSONAL_IDENTITY_CODE", "131052G308T"),
        ("DK_CPR", "311162-5629"),  # 31 November
        ("DK_CPR", "991062-5629"),
        ("PL_PESEL", "13812345678"),  # a Chinese mobile number
        ("CZ_BIRTH_NUMBER", "710319/2746"),
        ("RO_CNP", "1700000000000"),  # a time stamp in milliseconds
    ],
)
def test_look_alikes_are_no_european_numbers(entity: str, text: str) -> None:
    assert found(entity, text) == []


def test_the_check_digits_of_the_specimen_documents_hold() -> None:
    assert icao_check_digit("T22000129") == "3"  # specimen of the Federal Ministry of the Interior, 2010
    assert icao_check_digit("L01X00T47") == "1"  # specimen, 2021
    assert pension_check_digit("15070649C10") == "3"  # Deutsche Rentenversicherung's example
