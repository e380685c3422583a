"""Weak findings count only where their country is concerned; the figures are data, and wrong data stops the start."""

from pathlib import Path

import pytest

from detectors.finding import Finding
from detectors.thresholds import Least, Thresholds, bundled
from schemas.errors import ConfigurationError

TEXT = """
default: {least: 0.4, home: 0.4}
types:
  SG_UEN: {least: 0.9, home: 0.3}
  UK_NHS: {least: 0.9, home: 0.5}
  MEDICAL_LICENSE: {least: 0.8, home: 0.2}
languages: {zh: [CN, SG]}
prefixes: {UK: GB}
countries: {MEDICAL_LICENSE: US}
"""


@pytest.fixture
def thresholds(tmp_path: Path) -> Thresholds:
    path = tmp_path / "thresholds.yaml"
    path.write_text(TEXT)
    return Thresholds.load(path)


def found(entity_type: str, score: float) -> Finding:
    return Finding(0, 5, entity_type, score, "SomeRecognizer")


@pytest.mark.parametrize(
    ("entity_type", "score", "places", "languages", "kept"),
    [
        ("SG_UEN", 0.3, ["SG"], [], True),
        ("SG_UEN", 0.3, ["US"], [], False),
        ("SG_UEN", 0.3, [""], ["zh"], True),
        ("SG_UEN", 0.9, ["US"], ["en"], True),
        ("UK_NHS", 0.5, ["GB"], [], True),
        ("UK_NHS", 0.5, ["UK"], [], False),
        ("MEDICAL_LICENSE", 0.2, ["US"], [], True),
        ("PERSON", 0.4, [], [], True),
        ("PERSON", 0.39, ["US"], [], False),
    ],
)
def test_a_weak_finding_counts_where_its_country_is_in_play(
    thresholds: Thresholds, entity_type: str, score: float, places: list[str], languages: list[str], *, kept: bool
) -> None:
    in_play = thresholds.in_play(places, languages)
    assert bool(thresholds.keep([found(entity_type, score)], in_play)) is kept


def test_with_all_countries_in_play_each_type_has_its_lower_score(thresholds: Thresholds) -> None:
    assert len(thresholds.keep([found("SG_UEN", 0.3), found("UK_NHS", 0.5), found("UK_NHS", 0.4)], None)) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("types: {}", "sections"),
        ("default: {least: 0.4, home: 0.4}\nmore: 1", "sections"),
        ("default: {least: 0.4}", "least and home"),
        ("default: {least: 0.4, home: 0.5}", "home <= least"),
        ("default: {least: 7, home: 0.5}", "<= 1"),
    ],
)
def test_wrong_figures_stop_the_start(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=why):
        Thresholds.load(path)


def test_the_bundled_figures_let_a_checked_number_pass_everywhere() -> None:
    assert bundled().least("SG_NRIC_FIN", frozenset()) <= 1.0
    assert isinstance(bundled().default, Least)
