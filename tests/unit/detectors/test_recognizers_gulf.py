"""The Emirates and Saudi Arabia: made-up numbers, and what only looks like one."""

from __future__ import annotations

import pytest

from detectors.patterns import refusal
from detectors.recognizers import ae, sa
from detectors.recognizers.ae.emirates_id import AeEmiratesIdRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.sa.national_id import SaIqamaRecognizer, SaNationalIdRecognizer

RECOGNIZERS = (*ae.RECOGNIZERS, *sa.RECOGNIZERS)
REPORTED_MIN = 0.35


def scores(recognizer: type[IdentifierRecognizer], text: str) -> dict[str, float]:
    hits = recognizer().analyze(text, [recognizer.ENTITY], None)
    return {text[hit.start : hit.end]: hit.score for hit in hits}


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_the_scanner_takes_every_pattern_of_gulf(recognizer: type[IdentifierRecognizer]) -> None:
    built = recognizer()
    assert [pattern.name for pattern in built.patterns if refusal(pattern.regex, int(built.global_regex_flags))] == []


@pytest.mark.parametrize("recognizer", RECOGNIZERS, ids=lambda one: one.ENTITY)
def test_a_context_word_of_gulf_can_be_one_token(recognizer: type[IdentifierRecognizer]) -> None:
    assert recognizer.CONTEXT
    assert [word for word in recognizer.CONTEXT if " " in word or ":" in word or word != word.lower()] == []


@pytest.mark.parametrize(
    "written", ["784-1990-1234567-6", "784199012345676", "784 1990 1234567 6", "７８４－１９９０－１２３４５６７－６", "٧٨٤-١٩٩٠-١٢٣٤٥٦٧-٦"]
)
def test_an_emirates_number_is_proved(written: str) -> None:
    assert scores(AeEmiratesIdRecognizer, f"身份证号{written}的持有人") == {written: 1.0}


@pytest.mark.parametrize(
    "no_number",
    [
        "784-1990-1234567-7",
        "784-2190-1234567-4",
        "785-1990-1234567-6",
        "7841990123456760",
        "1784199012345676",
        "784-1990\n1234567-6",
        "A784199012345676",
    ],
)
def test_a_wrong_luhn_digit_or_century_is_no_emirates_number(no_number: str) -> None:
    assert scores(AeEmiratesIdRecognizer, no_number) == {}


@pytest.mark.parametrize("recognizer", [SaNationalIdRecognizer, SaIqamaRecognizer])
@pytest.mark.parametrize("shape", ["bare", "grouped", "wide", "arabic"])
def test_a_saudi_number_waits_for_a_word(recognizer: type[IdentifierRecognizer], shape: str) -> None:
    digits = "1000000008" if recognizer is SaNationalIdRecognizer else "2123456788"
    written = {
        "bare": digits,
        "grouped": f"{digits[:4]} {digits[4:7]} {digits[7:]}",
        "wide": digits.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
        "arabic": digits.translate({48 + digit: 0x660 + digit for digit in range(10)}),
    }[shape]
    found = scores(recognizer, f"沙特身份号{written}的")
    assert list(found) == [written]
    assert found[written] < REPORTED_MIN


@pytest.mark.parametrize(
    "no_number", ["1000000009", "2123456789", "3000000006", "10000000080", "0.1000000008", "11-1000000008", "١٠٠٠٠٠٠٠٠٨٠"]
)
def test_a_wrong_luhn_digit_is_no_saudi_number(no_number: str) -> None:
    assert scores(SaNationalIdRecognizer, no_number) == {}
    assert scores(SaIqamaRecognizer, no_number) == {}


def test_citizens_and_residents_are_told_apart() -> None:
    assert scores(SaIqamaRecognizer, "1000000008") == {}
    assert scores(SaNationalIdRecognizer, "2123456788") == {}
