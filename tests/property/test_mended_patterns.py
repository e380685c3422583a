"""A rewritten pattern finds in texts with blanks between words what it found before, and no more."""

from __future__ import annotations

import functools
import re
from typing import Any

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.patterns import parse
from detectors.recognizers.presidio import country_classes, mend
from detectors.rewrite import mended, width

FLAGS = int(re.IGNORECASE | re.MULTILINE | re.DOTALL)
# Those that are rewritten by hand, each with another meaning on purpose (detectors/recognizers/presidio.py).
BY_HAND = frozenset({
    "DeKfzRecognizer",
    "DeHandelsregisterRecognizer",
    "InPanRecognizer",
    "ItVatCodeRecognizer",
    "UsClaimNumberRecognizer",
    "UsHealthInsuranceMemberIdRecognizer",
    "UsPrescriptionNumberRecognizer",
    "UsPriorAuthorizationNumberRecognizer",
    "UsProviderTaxIdRecognizer",
    "UsReferralNumberRecognizer",
    "ZaMobileNumberRecognizer",
    "ZaTelephoneNumberRecognizer",
})  # fmt: skip
NUMBERS = st.from_regex(r"[0-9]{1,5}([- ./]?[0-9]{2,5}){0,4}", fullmatch=True)
CODES = st.from_regex(r"[A-Z]{1,3}[- ]?[0-9]{1,9}[- ]?[A-Z0-9]{0,4}", fullmatch=True)
GLUE = st.sampled_from(["", " ", ", ", "-", "/", ": ", "_", "x", "ß", "é", "Ж", "ع", "५", "№", "(", "\u00a0"])
TEXTS = st.lists(st.one_of(NUMBERS, CODES, GLUE), max_size=12).map("".join)
PATTERNS = st.sampled_from([
    r"\bEMP-\d{3,6}\b", r"\b(?:AB|C)[- ]?\d{2}\b|\b\d{4}\b", r"(?<!\w)\d{3}(?![\w-])", r"\b[A-Z]+\d*\b", r"(\d)\1{2,}", r"\b\w{3}\b",
    r"\d{2}(?=\s\d)", r"[^\W\d]{2}\d+?\b", r"(?:\b-)?\d{4}\B",
])  # fmt: skip


@functools.cache
def pairs() -> list[tuple[Any, Any]]:
    return [(kind(supported_language="en"), mend(kind, "en")) for name, kind in country_classes().items() if name not in BY_HAND]  # type: ignore[call-arg]


def spans(recognizer: Any, text: str) -> set[tuple[int, int, float]]:
    return {(one.start, one.end, one.score) for one in recognizer.analyze(text, recognizer.supported_entities, None)}


@settings(deadline=None, max_examples=200)
@given(text=TEXTS)
def test_presidios_recognisers_find_what_they_found_before(text: str) -> None:
    for before, after in pairs():
        assert spans(after, text) == spans(before, text), after.name


@settings(deadline=None, max_examples=200)
@given(source=PATTERNS, text=TEXTS)
def test_a_users_pattern_finds_what_it_found_before(source: str, text: str) -> None:
    after = mended(source, FLAGS)
    assert [hit.span() for hit in regex.finditer(after, text, FLAGS)] == [hit.span() for hit in regex.finditer(source, text, FLAGS)]


@settings(deadline=None, max_examples=200)
@given(source=st.sampled_from([r"ID\d+", r"ID\d+ \d+", r"(?:\d+ )+x", r"a{2,}c*"]), cap=st.integers(1, 80))
def test_a_cap_is_kept_or_the_pattern_is_refused(source: str, cap: int) -> None:
    try:
        after = mended(source, FLAGS, cap=cap)
    except ValueError:
        assert int(parse(source, FLAGS).getwidth()[0]) > cap
    else:
        assert width(parse(after, FLAGS)) <= cap
