"""A finding's score depends on its neighbours alone."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

from detectors.analyzer import LANGUAGE, analyze, build_engine
from detectors.context import KeywordTable, boosted, supports


@functools.cache
def engine() -> AnalyzerEngine:
    return build_engine()


@functools.cache
def with_presidios_rule() -> AnalyzerEngine:
    registry = RecognizerRegistry(recognizers=list(engine().registry.recognizers), supported_languages=[LANGUAGE])
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=engine().nlp_engine,
        supported_languages=[LANGUAGE],
        context_aware_enhancer=LemmaContextAwareEnhancer(),
    )


def words() -> KeywordTable:
    return KeywordTable(engine().nlp_engine.get_nlp(LANGUAGE).vocab)


def ids(text: str) -> np.ndarray:
    return engine().nlp_engine.get_nlp(LANGUAGE).tokenizer.tokens(text, 0).lower


@pytest.mark.parametrize(
    "text",
    [
        "Her phone number is 212-555-0123, the bank account 12345678901 is closed.",
        "00:1A:2B:3C:4D:5E mac address, 00:1A:2B:3C:4D:5F hello",
        "My credit card 4111 1111 1111 1111 and driver license A1234567 were stolen in Paris on Monday.",
        "Please call 020 7946 0958 or 212 555 0123; the US passport is H12345678 and the SSN 536-22-8714.",
        "我的手机号是13812345678，身份证110105199003078531。",
        "The itin of the taxpayer is 912-70-1234.\nThe date of the birthday: 2021-03-04.",
    ],
)
def test_realistic_texts_score_as_with_presidios_own_rule(text: str) -> None:
    ours = [(one.start, one.end, one.entity_type, one.score) for one in analyze(engine(), text)]
    assert ours == [(one.start, one.end, one.entity_type, one.score) for one in analyze(with_presidios_rule(), text)]
    assert ours


def test_the_end_of_a_document_does_not_change_a_score_at_its_start() -> None:
    """The one difference to Presidio: there "call:me" turns the stop word "call" into a keyword everywhere."""
    start = "call 212-555-0123 today."
    at_start = [one for one in analyze(engine(), start) if one.entity_type == "PHONE_NUMBER"]
    later = [one for one in analyze(engine(), start + " Then call:me again.") if one.entity_type == "PHONE_NUMBER"]
    assert at_start
    assert [one.score for one in at_start] == [one.score for one in later]
    assert max(one.score for one in analyze(with_presidios_rule(), start + " Then call:me again.")) > 0.7


def test_stop_words_punctuation_and_words_with_a_colon_are_no_keywords() -> None:
    assert [words().of_word(word) for word in ("the", ",", "a:b", "be", "card")] == [None, None, None, None, "card"]


def test_the_last_six_keywords_count_and_reach_into_the_text_before() -> None:
    assert words().latest(ids("red and blue"), ("p", "q", "r", "s", "t", "u")) == ("r", "s", "t", "u", "red", "blue")
    assert words().latest(ids("one1 two2 three3 four4 five5 six6 seven7"), ("p",)) == ("two2", "three3", "four4", "five5", "six6", "seven7")


def test_the_first_keyword_is_the_next_one_that_counts() -> None:
    assert words().first(ids("of the card number")) == "card"
    assert words().first(ids("of the")) is None


def test_a_context_word_may_be_part_of_a_keyword() -> None:
    assert supports(("creditcards",), ("card",))
    assert not supports(("car",), ("card",))


@pytest.mark.parametrize(("score", "expected"), [(0.01, 0.4), (0.3, 0.65), (0.85, 1.0)])
def test_a_boost_adds_a_third_has_a_floor_and_a_ceiling(score: float, expected: float) -> None:
    assert boosted(score) == pytest.approx(expected)
