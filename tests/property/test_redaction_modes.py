"""No mode of redaction leaves, or makes, a value that the detectors take for a real one; the same text comes out every time."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.analyzer import Engine, analyze, build_engine
from detectors.finding import Finding
from detectors.recognizers.cn.resident_id import CnResidentIdRecognizer
from detectors.redact import redact_text
from detectors.redaction.keys import derive_keys
from detectors.redaction.modes import reveal
from detectors.redaction.policy import parse_policy
from detectors.redaction.pseudonym import disguise, open_token, sealed_token, undisguise
from detectors.redaction.validity import validates, validates_anywhere
from tests.identifiers import NEVER_VALID, WITH_CHECK, wide

MODES = (
    "{mode: replace}",
    "{mode: mask}",
    '{mode: mask, keep_separators: true, char: "*"}',
    "{mode: keep, last: 4}",
    "{mode: keep, first: 6, last: 40}",
    "{mode: hash, scope: stream}",
    "{mode: pseudonym}",
    "{mode: pseudonym, scope: customer, reversible: true}",
)
WITHOUT_CHECK = {
    "PHONE_NUMBER": "+65 8123 4567",
    "US_SSN": "536-90-4399",
    "EMAIL_ADDRESS": "zhang.san@example.com",
    "IP_ADDRESS": "10.0.12.254",
    "CN_MOBILE_NUMBER": "13812345678",
    "MAC_ADDRESS": "00:1A:2B:3C:4D:5E",
    "CRYPTO": "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "IN_PAN": "ABCPE1234F",
}


@cache
def engine() -> Engine:
    return build_engine(("all",))


@st.composite
def values(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a type and a value of it with a right check digit."""
    entity_type = draw(st.sampled_from(sorted(WITH_CHECK)))
    value = WITH_CHECK[entity_type]
    if entity_type in NEVER_VALID:
        born = f"{draw(st.integers(1930, 2019))}{draw(st.integers(1, 12)):02d}{draw(st.integers(1, 28)):02d}"
        digits = f"{draw(st.sampled_from(['110105', '310101', '440305']))}{born}{draw(st.integers(0, 999)):03d}"
        value = next(digits + check for check in "0123456789X" if CnResidentIdRecognizer().is_valid(digits + check))
    else:
        # A permutation of the valid values reaches all of them: it draws values as well as it hides them.
        value = disguise(draw(st.binary(min_size=32, max_size=32)), entity_type, value, valid=True) or value
    return entity_type, wide(value) if draw(st.integers(0, 4)) == 0 else value


@given(values(), st.sampled_from(MODES), st.sampled_from(["en", "text", "destination", "type"]), st.binary(min_size=32, max_size=32))
@settings(deadline=None, max_examples=150)
def test_the_redacted_text_has_no_finding_of_the_redacted_type(case: tuple[str, str], mode: str, labels: str, root: bytes) -> None:
    entity_type, value = case
    policy = parse_policy(f'version: 1\nlabels: {labels}\ntypes: {{"*": {mode}}}')
    before, after = "The number, 号码是", "，请核对 and call back."
    text = before + value + after
    finding = Finding(len(before), len(before) + len(value), entity_type, 1.0, "R")
    keys = derive_keys(root, "c", "s")
    redacted, (redaction,) = redact_text(text, [finding], policy, keys, "JP", language="zh")
    assert (redacted, (redaction,)) == redact_text(text, [finding], policy, keys, "JP", language="zh")
    assert redacted[: redaction.start] == before
    assert redacted[redaction.end :] == after
    assert value not in redacted
    assert not validates_anywhere(redacted[redaction.start : redaction.end])
    left = [each for each in analyze(engine(), redacted) if each.entity_type == entity_type and each.score >= 0.85]
    assert left == []


@given(st.sampled_from(sorted(WITHOUT_CHECK)), st.sampled_from(MODES), st.binary(min_size=32, max_size=32))
@settings(deadline=None, max_examples=60)
def test_a_value_without_a_check_digit_leaves_nothing_that_is_found_again(entity_type: str, mode: str, root: bytes) -> None:
    value = WITHOUT_CHECK[entity_type]
    policy = parse_policy(
        f'version: 1\ntypes: {{"*": {mode}, EMAIL_ADDRESS: {mode.replace("first: 6, last: 40", "first: 6, domain: true")}}}'
    )
    finding = Finding(6, 6 + len(value), entity_type, 1.0, "R")
    redacted, _ = redact_text(f"It is {value}, yes.", [finding], policy, derive_keys(root, "c", "s"), "SG")
    assert value not in redacted
    assert [each for each in analyze(engine(), redacted) if each.entity_type == entity_type and each.score >= 0.85] == []


@given(values(), st.booleans(), st.binary(min_size=32, max_size=32))
@settings(deadline=None, max_examples=150)
def test_a_disguise_leads_back_and_two_values_never_share_one(case: tuple[str, str], valid: bool, key: bytes) -> None:
    entity_type, value = case
    wanted = valid and entity_type not in NEVER_VALID
    other = disguise(key, entity_type, value, valid=wanted)
    if other is None:
        return
    assert validates(entity_type, other) == wanted
    assert undisguise(key, entity_type, other) == value
    assert reveal(entity_type, other, key) == value


@given(st.text(max_size=60), st.text("ABC_", min_size=1, max_size=8), st.binary(min_size=32, max_size=32))
def test_a_sealed_token_is_the_value_again(value: str, entity_type: str, key: bytes) -> None:
    token = sealed_token(key, entity_type, value)
    assert open_token(key, entity_type, token) == value
    assert token == sealed_token(key, entity_type, value)
