"""The whole-text engine works without a network and refuses, as a scanner's source, what cannot be scanned in pieces."""

from __future__ import annotations

import functools
import socket

import pytest
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, Pattern, PatternRecognizer
from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

from detectors.analyzer import analyze, build_engine, take_apart
from detectors.scanner import Scanner
from schemas.errors import ConfigurationError


@functools.cache
def engine() -> AnalyzerEngine:
    return build_engine()


def test_building_and_analysing_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = {(one.entity_type, one.score) for one in analyze(build_engine(), "Mail joe@example.org, see https://example.org/a")}
    assert {("EMAIL_ADDRESS", 1.0), ("URL", 0.6)} <= found


def test_an_address_without_a_public_suffix_is_no_mail_address() -> None:
    assert not [one for one in analyze(engine(), "joe@host.invalidsuffix") if one.entity_type == "EMAIL_ADDRESS"]


def test_findings_come_in_order_with_the_name_of_their_recogniser() -> None:
    found = analyze(engine(), "Anna Schmidt, Berlin, card 4111 1111 1111 1111")
    assert list(found) == sorted(found)
    assert ("CREDIT_CARD", "CreditCardRecognizer") in {(one.entity_type, one.recognizer) for one in found}
    assert ("PERSON", "SpacyRecognizer") in {(one.entity_type, one.recognizer) for one in found}
    organisations = [
        one for one in analyze(engine(), "Microsoft Corporation and the United Nations agreed.") if one.entity_type == "ORGANIZATION"
    ]
    assert {one.recognizer for one in organisations} == {"PhraseRecognizer"}


def test_numbers_glued_to_chinese_are_found() -> None:
    assert {one.entity_type for one in analyze(engine(), "我的手机号是13812345678，谢谢")} >= {"CN_MOBILE_NUMBER"}


@pytest.mark.parametrize(("regex", "why"), [(r"name: .*", "line break"), (r"[a-z]+ [a-z]+ street", "wider"), (r"(?<=id )\d+", "sees past")])
def test_a_recogniser_that_cannot_be_scanned_in_pieces_is_refused_at_the_start(regex: str, why: str) -> None:
    extended = build_engine()
    extended.registry.add_recognizer(PatternRecognizer("X", name="Street", patterns=[Pattern("long", regex, 0.5)]))
    with pytest.raises(ConfigurationError, match=f"Street, pattern long: .*{why}"):
        Scanner(extended)


def test_a_recogniser_with_a_deny_list_is_accepted_and_found_in_pieces() -> None:
    extended = build_engine()
    extended.registry.add_recognizer(PatternRecognizer("PROJECT", name="Projects", deny_list=["Bluebird", "Kestrel"]))
    scanner = Scanner(extended, step_chars=1)
    scan = scanner.open()
    for char in "We call it Bluebird, and so on.":
        scanner.feed(scan, char)
        scanner.advance([scan])
    scanner.close(scan)
    scanner.advance([scan])
    assert ("PROJECT", 11, 19) in {(one.entity_type, one.start, one.end) for one in scan.take()}


def test_a_recogniser_of_an_unknown_kind_is_refused() -> None:
    class Whole(EntityRecognizer):
        def load(self) -> None:
            pass

    extended = build_engine()
    extended.registry.add_recognizer(Whole(supported_entities=["WHOLE"]))
    with pytest.raises(ConfigurationError, match="Whole is of a kind"):
        take_apart(extended)


def test_an_engine_with_another_context_rule_is_refused() -> None:
    other = AnalyzerEngine(registry=engine().registry, nlp_engine=engine().nlp_engine, context_aware_enhancer=LemmaContextAwareEnhancer())
    with pytest.raises(ConfigurationError, match="build_engine"):
        take_apart(other)
