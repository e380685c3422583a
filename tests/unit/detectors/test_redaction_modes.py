"""What stands in the delivered text, mode by mode."""

from __future__ import annotations

import pytest

from detectors.finding import Finding
from detectors.redact import redact_text
from detectors.redaction.keys import derive_keys
from detectors.redaction.modes import check_pseudonym, reveal
from detectors.redaction.policy import parse_policy
from schemas.errors import InvariantError

KEYS = derive_keys(b"v" * 32, "c-1", "s-1")
OTHER_STREAM = derive_keys(b"v" * 32, "c-1", "s-2")
OTHER_CUSTOMER = derive_keys(b"v" * 32, "c-2", "s-3")


def written(treatment: str, entity_type: str, value: str, *, labels: str = "type", destination: str = "SG", language: str = "") -> str:
    """Return what one value becomes."""
    policy = parse_policy(f'version: 1\nlabels: {labels}\ntypes: {{"*": {{mode: replace}}, {entity_type}: {treatment}}}')
    finding = Finding(5, 5 + len(value), entity_type, 1.0, "SomeRecognizer")
    text, (redaction,) = redact_text(f"von: {value}.", [finding], policy, KEYS, destination, language=language)
    assert text[: redaction.start] == "von: "
    assert text[redaction.end :] == "."
    assert redaction.entity_type == entity_type
    return text[redaction.start : redaction.end]


@pytest.mark.parametrize(
    ("labels", "destination", "language", "label"),
    [
        ("type", "CN", "zh", "<PERSON>"),
        ("destination", "CN", "en", "<姓名>"),
        ("destination", "US", "zh", "<person>"),
        ("text", "US", "zh", "<姓名>"),
        ("text", "CN", "tlh", "<PERSON>"),
        ("ja", "US", "en", "<氏名>"),
    ],
)
def test_a_label_is_the_type_or_a_word_in_the_language_asked_for(labels: str, destination: str, language: str, label: str) -> None:
    assert written("{mode: replace}", "PERSON", "李雷", labels=labels, destination=destination, language=language) == label


@pytest.mark.parametrize(
    ("treatment", "value", "masked"),
    [
        ("{mode: mask}", "+65 8123 4567", "•" * 13),
        ("{mode: mask, keep_separators: true}", "+65 8123-4567", "••• ••••-••••"),
        ("{mode: mask, keep_separators: true}", "Jos\u00e9\u0301 o'Neil", "•••••" + " " + "••••••"),
        ("{mode: mask, keep_separators: true}", "--- --", "••••••"),  # nothing but separators: they are the value
        ('{mode: mask, char: "*"}', "張三", "**"),
    ],
)
def test_a_mask_is_as_long_as_the_value(treatment: str, value: str, masked: str) -> None:
    assert written(treatment, "PHONE_NUMBER", value) == masked


@pytest.mark.parametrize(
    ("treatment", "entity_type", "value", "kept"),
    [
        ("{mode: keep, last: 4}", "CREDIT_CARD", "4111 1111 1111 1234", "•••• •••• •••• 1234"),
        ("{mode: keep, first: 6, last: 4}", "CREDIT_CARD", "4111 1111 1111 1234", "4111 •••• •••• 1234"),  # half at most, the last first
        ("{mode: keep, last: 40}", "CREDIT_CARD", "4111 1111 1111 1234", "•••• •••• 1111 1234"),
        ("{mode: keep, first: 40, last: 6}", "PASSWORD", "a!b@c#d$", "••••c#d$"),
        ("{mode: keep, first: 1}", "PERSON", "張三豐", "張••"),
        ("{mode: keep, first: 1}", "PERSON", "李", "•"),
        ("{mode: keep, last: 4}", "PASSWORD", "-- --", "•••--"),
        ("{mode: keep, first: 1, domain: true}", "EMAIL_ADDRESS", "zhang.san@mail.example.com", "z••••••••@mail.example.com"),
        ("{mode: keep, domain: true}", "EMAIL_ADDRESS", "a_-@example.com", "•••@example.com"),
        ("{mode: keep, domain: true, first: 9}", "EMAIL_ADDRESS", "張三＠例子.中国", "張•＠例子.中国"),
        ("{mode: keep, domain: true}", "EMAIL_ADDRESS", "nobody", "••••••"),
    ],
)
def test_what_is_kept_is_never_more_than_half(treatment: str, entity_type: str, value: str, kept: str) -> None:
    assert written(treatment, entity_type, value) == kept


def test_a_hash_is_the_same_for_all_streams_of_a_customer_and_no_other() -> None:
    policy = parse_policy('version: 1\ntypes: {"*": {mode: hash}}')
    finding = [Finding(0, 13, "PHONE_NUMBER", 1.0, "R")]
    one, same, other = (redact_text("+65 8123 4567", finding, policy, keys, "SG")[0] for keys in (KEYS, OTHER_STREAM, OTHER_CUSTOMER))
    assert one == same != other
    assert one.startswith("<PHONE_NUMBER:")
    assert check_pseudonym("PHONE_NUMBER", one, KEYS.customer, "+6581234567")
    assert not check_pseudonym("PHONE_NUMBER", one, KEYS.customer, "+6581234568")
    with pytest.raises(InvariantError):
        reveal("PHONE_NUMBER", one, KEYS.customer)


@pytest.mark.parametrize("scope", ["stream", "customer"])
def test_a_pseudonym_is_the_same_within_its_scope(scope: str) -> None:
    policy = parse_policy(f'version: 1\ntypes: {{"*": {{mode: pseudonym, scope: {scope}}}}}')
    text = "Li Lei met LI LEI"
    findings = [Finding(0, 6, "PERSON", 0.85, "R"), Finding(11, 17, "PERSON", 0.85, "R")]
    first, second = redact_text(text, findings, policy, KEYS, "SG"), redact_text(text, findings, policy, OTHER_STREAM, "SG")
    names = [first[0][each.start : each.end] for each in first[1]]
    assert names[0] == names[1]
    assert names[0].startswith("Person-")
    assert (first == second) == (scope == "customer")
    assert redact_text(text, findings, policy, OTHER_CUSTOMER, "SG") != first
    assert check_pseudonym("PERSON", names[0], KEYS.of("customer" if scope == "customer" else "stream"), "Li Lei")


@pytest.mark.parametrize(
    ("entity_type", "value", "starts"),
    [
        ("PERSON", "張三", "姓名-"),
        ("LOCATION", "12 High Street", "<地点:"),
        ("US_SSN", "536-90-4399", "<身份证件号:"),
        ("CREDIT_CARD", "4111111111111111", ""),
    ],
)
def test_a_reversible_pseudonym_leads_back_with_the_key_alone(entity_type: str, value: str, starts: str) -> None:
    pseudonym = written("{mode: pseudonym, reversible: true}", entity_type, value, labels="zh")
    assert pseudonym.startswith(starts)
    assert value not in pseudonym
    assert reveal(entity_type, pseudonym, KEYS.stream) == value
    assert check_pseudonym(entity_type, pseudonym, KEYS.stream, value)
    assert not check_pseudonym(entity_type, pseudonym, KEYS.customer, value)


def test_an_irreversible_pseudonym_has_no_way_back() -> None:
    pseudonym = written("{mode: pseudonym}", "PERSON", "張三")
    with pytest.raises(InvariantError) as refusal:
        reveal("PERSON", pseudonym, KEYS.stream)
    assert pseudonym not in str(refusal.value)


@pytest.mark.parametrize("treatment", ["{mode: keep, last: 4}", "{mode: mask, keep_separators: true}"])
def test_of_findings_that_were_merged_nothing_is_kept(treatment: str) -> None:
    policy = parse_policy(f'version: 1\ntypes: {{"*": {treatment}}}')
    findings = [Finding(0, 12, "CREDIT_CARD", 1.0, "R"), Finding(8, 19, "PHONE_NUMBER", 0.4, "R")]
    text, (redaction,) = redact_text("4111-1111-1111-1234", findings, policy, KEYS, "SG")
    assert text == "•" * 19
    assert redaction.entity_type == "CREDIT_CARD"


def test_a_merged_finding_gets_a_token_and_no_number_of_its_form() -> None:
    policy = parse_policy('version: 1\ntypes: {"*": {mode: pseudonym}}')
    findings = [Finding(0, 16, "CREDIT_CARD", 1.0, "R"), Finding(10, 18, "LOCATION", 0.4, "R")]
    text, _ = redact_text("4111111111111111ab", findings, policy, KEYS, "SG")
    assert text.startswith("<CREDIT_CARD:")
