"""`carnet scan --explain` gives the reasons that the recogniser itself had."""

from __future__ import annotations

import pytest

from console.documents import Document
from console.explain import Explainer, Explanation
from console.scan import new_engine, new_scanner, scan_documents
from detectors.analyzer import Engine
from detectors.finding import Finding
from detectors.scanner import Scanner


@pytest.fixture(scope="module")
def engine() -> Engine:
    return new_engine()


@pytest.fixture(scope="module")
def scanner(engine: Engine) -> Scanner:
    return new_scanner(engine)


@pytest.fixture(scope="module")
def explainer(engine: Engine) -> Explainer:
    return Explainer(engine)


def why(explainer: Explainer, scanner: Scanner, text: str, entity_type: str) -> tuple[Finding, Explanation]:
    [scanned] = scan_documents([Document("d", text)], scanner)
    found = max((each for each in scanned.findings if each.entity_type == entity_type), key=lambda each: each.score)
    return found, explainer.explain(text, found, 0.4, "of the type")


def test_a_check_digit_that_holds_is_said_with_the_norm_that_defines_it(explainer: Explainer, scanner: Scanner) -> None:
    found, reasons = why(explainer, scanner, "身份证号码是11010519491231002X。", "CN_RESIDENT_ID")
    assert (found.score, reasons.base_score, reasons.check) == (1.0, 1.0, "held")
    assert "GB 11643" in reasons.norm
    assert "resident id" in reasons.found_by
    assert not reasons.context_word


def test_a_word_that_lifted_the_score_is_named(explainer: Explainer, scanner: Scanner) -> None:
    found, reasons = why(explainer, scanner, "请打我的手机13812345678，谢谢。", "CN_MOBILE_NUMBER")
    assert reasons.check == "none"
    assert found.score > reasons.base_score
    assert reasons.context_word == "手机"


def test_a_context_word_far_back_is_found_again_in_a_long_text(explainer: Explainer, scanner: Scanner) -> None:
    text = "Nothing to see here at all. " * 60 + "His passport is of the old kind, H12345678."
    found, reasons = why(explainer, scanner, text, "US_PASSPORT")
    assert found.score > reasons.base_score
    assert reasons.context_word == "passport"


def test_a_bare_form_has_neither_check_nor_word(explainer: Explainer, scanner: Scanner) -> None:
    found, reasons = why(explainer, scanner, "Then 192.168.10.24 answers.", "IP_ADDRESS")
    assert reasons.base_score == found.score
    assert not reasons.context_word


def test_names_are_explained_by_their_model_and_telephone_numbers_by_their_country(explainer: Explainer, scanner: Scanner) -> None:
    text = "Ask Maria Keller, +44 20 7946 0958."
    assert "model" in why(explainer, scanner, text, "PERSON")[1].found_by
    assert "GB" in why(explainer, scanner, text, "PHONE_NUMBER")[1].found_by


def test_an_explanation_holds_no_text_of_the_stream(explainer: Explainer, scanner: Scanner) -> None:
    text = "Mail ann@quarrydesk.com, card 4111 1111 1111 1111, Maria Keller, NRIC S1234567D."
    [scanned] = scan_documents([Document("d", text)], scanner)
    assert len(scanned.findings) >= 4
    for found in scanned.findings:
        written = str(explainer.explain(text, found, 0.4, "of the type").as_fields())
        assert text[found.start : found.end] not in written


def test_the_types_that_the_engine_can_report_are_known(explainer: Explainer) -> None:
    assert {"PERSON", "PHONE_NUMBER", "CN_RESIDENT_ID", "SG_NRIC_FIN"} <= explainer.types()
