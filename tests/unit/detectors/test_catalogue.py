"""All identifiers can be switched on at once: nothing is refused, nothing shadows Presidio's own, whole and in pieces agree."""

from __future__ import annotations

import functools

import presidio_analyzer.predefined_recognizers as presidio
import pytest
from presidio_analyzer import AnalyzerEngine

from detectors.analyzer import analyze, build_engine
from detectors.recognizers.catalogue import ALL, BY_COUNTRY, of_countries
from detectors.scanner import Scanner
from schemas.errors import ConfigurationError
from tests.pieces import in_pieces

TEXTS = (
    "身份证号11010519491231002X，护照E12345678，车牌粤A12345。邮箱zhang@qq.com",
    "My NRIC is S1234567D, Aadhaar 2341 2341 2346, CPF 111.444.777-35, card 4111 1111 1111 1111.",
    "Token ghp_abcdefghijklmnopqrstuvwxyz0123456789 at https://user:secret1@example.com/x, IP是8.8.8.8。",
    "加我的QQ: 12345678 谢谢，RG: 12.345.678-9, MST: 0123456789 nhé, call +1 23456789 now",
    "Order 2024-0001 of 3 May has 12 items at 4.50 each; ISBN 978-3-16-148410-0; version 1.2.3-rc4; phone +49 30 901820.",
)


@functools.cache
def engine() -> AnalyzerEngine:
    return build_engine([ALL])


@functools.cache
def scanner() -> Scanner:
    return Scanner(engine(), step_chars=1)


@pytest.mark.parametrize("text", TEXTS)
def test_with_every_country_on_pieces_and_whole_agree(text: str) -> None:
    whole = sorted(analyze(engine(), text))
    for size in (1, 2, 3, 7, 50):
        assert in_pieces(scanner(), text, size) == whole


@pytest.mark.parametrize(
    ("text", "entity_type"),
    [(TEXTS[0], "CN_VEHICLE_PLATE"), (TEXTS[1], "SG_NRIC_FIN"), (TEXTS[1], "BR_CPF"), (TEXTS[2], "API_KEY"), (TEXTS[2], "URL_CREDENTIALS")],
)
def test_an_identifier_of_the_catalogue_is_found(text: str, entity_type: str) -> None:
    assert any(found.entity_type == entity_type and found.score >= 0.35 for found in analyze(engine(), text))


def test_no_class_of_ours_has_the_name_of_one_of_presidio() -> None:
    """Presidio finds its configured recognisers by class name among all subclasses: a second class of that name would replace it."""
    ours = {one.__name__ for group in BY_COUNTRY.values() for one in group}
    assert not ours & set(dir(presidio))


def test_an_unknown_country_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="no recognisers for atlantis; known: all, ae"):
        of_countries(["Atlantis"])
