"""The policy file: read to the last key, or refused with the place and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.redaction.labels import language_of_destination, languages, word
from detectors.redaction.policy import Keep, Mask, Replace, default_policy, load_policy, parse_policy
from schemas.errors import ConfigurationError

POLICY = """
version: 1
types:
  "*": {mode: replace}
  CN_*: {mode: mask}
  CN_BANK_*: {mode: keep, last: 4}
  CN_MOBILE_NUMBER: {mode: replace}
destinations:
  NO:
    CN_*: {mode: replace}
  SG:
    "*": {mode: mask}
"""


@pytest.mark.parametrize(
    ("entity_type", "destination", "treatment"),
    [
        ("PERSON", "DE", Replace(mode="replace")),
        ("CN_RESIDENT_ID", "DE", Mask(mode="mask")),
        ("CN_BANK_CARD", "DE", Keep(mode="keep", last=4)),  # the longest prefix
        ("CN_MOBILE_NUMBER", "DE", Replace(mode="replace")),  # the type itself
        ("CNX_ID", "DE", Replace(mode="replace")),  # a prefix ends at an underscore
        ("CN_BANK_CARD", "NO", Replace(mode="replace")),  # the destination, even by a shorter prefix
        ("PERSON", "NO", Replace(mode="replace")),
        ("CN_MOBILE_NUMBER", "SG", Mask(mode="mask")),  # the destination, even by *
    ],
)
def test_the_destination_goes_first_and_then_the_closest_key(entity_type: str, destination: str, treatment: object) -> None:
    assert parse_policy(POLICY).treatment(entity_type, destination) == treatment


def test_the_policy_of_the_release_replaces_everything_by_its_type() -> None:
    policy = default_policy()
    assert {type(policy.treatment(kind, place)) for kind in ("PERSON", "CREDIT_CARD", "API_KEY") for place in ("SG", "CN", "")} == {Replace}
    assert policy.labels == "type"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[", "line 1"),
        ("", "file"),
        ('version: 2\ntypes: {"*": {mode: replace}}', "version"),
        ("version: 1\ntypes: {}", r"no treatment for \*"),
        ('version: 1\ntypes: {"*": {mode: replace}, PERSON: {mode: shred}}', "types.PERSON"),
        ('version: 1\ntypes: {"*": {mode: replace, last: 4}}', "last"),
        ('version: 1\ntypes: {"*": {mode: keep, last: -1}}', "last"),
        ('version: 1\ntypes: {"*": {mode: keep, last: "4"}}', "last"),
        ('version: 1\ntypes:\n  "*": {mode: replace}\n  "*": {mode: mask}', "line 4"),
        ('version: 1\ntypes: {"*": {mode: mask, char: ab}}', "char"),
        ('version: 1\ntypes: {"*": {mode: mask, char: "7"}}', "char"),
        ('version: 1\ntypes: {"*": {mode: mask, char: "<"}}', "char"),
        ('version: 1\nlabels: klingon\ntypes: {"*": {mode: replace}}', "klingon"),
        ('version: 1\ntypes: {"*": {mode: replace}, person: {mode: mask}}', "person"),
        ('version: 1\ntypes: {"*": {mode: replace}}\ndestinations: {sg: {}}', "sg"),
        ('version: 1\ntypes: {"*": {mode: hash, scope: world}}', "scope"),
        ('version: 1\ntypes: {"*": {mode: pseudonym, valid: true}}', "single types"),
        ('version: 1\ntypes: {"*": {mode: replace}, US_SSN: {mode: pseudonym, valid: true}}', "US_SSN"),
        ('version: 1\ntypes: {"*": {mode: replace}, CN_RESIDENT_ID: {mode: pseudonym, valid: true}}', "CN_RESIDENT_ID"),
        ('version: 1\ntypes: {"*": {mode: keep, domain: true}}', "EMAIL_ADDRESS"),
        ('version: 1\ntypes: {"*": {mode: replace}, EMAIL_ADDRESS: {mode: keep, domain: true, char: "*"}}', "address"),
        ('version: 1\ntypes: {"*": {mode: replace}, EMAIL_ADDRESS: {mode: keep, domain: true, last: 1}}', "domain"),
    ],
)
def test_a_policy_that_is_not_understood_is_refused_with_the_place(text: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        parse_policy(text)


def test_a_type_that_nobody_looks_for_is_refused() -> None:
    text = 'version: 1\ntypes: {"*": {mode: replace}, CN_*: {mode: mask}, PRESON: {mode: mask}}'
    assert parse_policy(text).named_types() == {"PRESON"}
    with pytest.raises(ConfigurationError, match="PRESON"):
        parse_policy(text, known={"PERSON"})


def test_norway_is_a_destination_and_no_boolean() -> None:
    assert set(parse_policy(POLICY).destinations) == {"NO", "SG"}


def test_a_file_that_is_not_there_is_named_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"policy\.yaml.*CARNET_REDACT_POLICY"):
        load_policy(tmp_path / "policy.yaml")
    (tmp_path / "other.yaml").write_text("version: 3", "utf-8")
    with pytest.raises(ConfigurationError, match=r"other\.yaml"):
        load_policy(tmp_path / "other.yaml")


def test_the_digest_of_a_policy_is_that_of_its_file() -> None:
    assert parse_policy(POLICY).sha256 != parse_policy(POLICY + "# \n").sha256


def test_every_language_has_a_word_for_every_noun() -> None:
    kinds = ("PERSON", "LOCATION", "SG_PHONE_NUMBER", "CN_RESIDENT_ID", "CREDIT_CARD", "API_KEY", "JP_PASSPORT", "DATE_OF_BIRTH")
    for language in languages():
        words = {word(kind, language) for kind in kinds}
        assert len(words) == len(kinds)
        assert not words & set(kinds)
        assert not any(char in "<>:" for each in words for char in each)


def test_a_label_falls_back_to_the_language_without_its_region_and_then_to_the_type() -> None:
    assert word("PERSON", "zh-TW") == word("PERSON", "zh") == "姓名"
    assert word("PERSON", "xx") == "PERSON"
    assert word("SOMETHING_NEW", "zh") == "SOMETHING_NEW"
    assert (language_of_destination("JP"), language_of_destination("XX")) == ("ja", "en")
