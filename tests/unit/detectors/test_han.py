"""Written Chinese is told apart by characters."""

from __future__ import annotations

import pytest

from detectors.classifier import LanguageClassifier
from detectors.han import _COMPLEX, _SIMPLE, variety
from models.manifest import load
from models.session import open_model


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请把这个文件发给我们的经理", "zh"),
        ("請把這個檔案寄給我們的經理", "zh-Hant"),
        ("唔該將份文件寄俾我哋經理", "yue"),
        ("佢琴日去咗邊度", "yue"),
        ("中文", "zh"),  # written alike on both sides
        ("他說：“我们”和“他们”都对", "zh"),  # one quoted character does not make a text traditional
        ("", "zh"),
    ],
)
def test_the_variety_follows_the_characters(text: str, expected: str) -> None:
    assert variety(text) == expected


def test_no_character_counts_for_both_sides() -> None:
    assert not _SIMPLE & _COMPLEX
    assert len(_SIMPLE) > 250
    assert len(_COMPLEX) > 250


def test_the_classifier_gives_the_variety_as_label() -> None:
    classifier = LanguageClassifier(open_model(load(), "language", require_gpu=False))
    texts = ["我们在上海开会，请带上护照。", "我們在臺北開會，請帶上護照。", "我哋聽日去開會，唔使帶護照。"]
    assert [use.label for use in classifier.classify(texts)] == ["zh", "zh-Hant", "yue"]


@pytest.mark.parametrize("text", ["12 × 30 × 45 mm", "i += 1; j--", "2026-11-24 14:03", "$1,250.00", "…"])
def test_what_is_hardly_letters_is_no_language(text: str) -> None:
    classifier = LanguageClassifier(open_model(load(), "language", require_gpu=False))
    assert [(use.label, use.score) for use in classifier.classify([text])] == [("zxx", 1.0)]


def test_digits_do_not_hide_an_ideograph() -> None:
    classifier = LanguageClassifier(open_model(load(), "language", require_gpu=False))
    assert classifier.classify(["2024年5月6日"])[0].label != "zxx"
