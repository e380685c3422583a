"""What the rules get to know about a segment."""

import pytest

from jurisdictions.facts import check_value, facts_of, vocabulary
from jurisdictions.lists import entity, named_sets
from schemas.errors import PackError

STREAM = {
    "destination": "SG",
    "end_user_location": "SG",
    "origin_data_centre": "shantou-1",
    "model_origin": "CN",
    "route": "shantou-singapore",
    "mechanisms": ("sg_contract",),
}


def test_a_segment_without_findings_is_known_not_to_be_personal() -> None:
    facts = facts_of([], **STREAM)
    assert facts["personal"] is False
    assert facts["provenance_set"] == frozenset()
    assert facts["sensitive"] is False


@pytest.mark.parametrize("entity_type", ["DATE_TIME", "NRP", "URL", "LOCATION", "ORGANIZATION", "SG_UEN"])
def test_what_alone_concerns_nobody_neither_is_personal_nor_has_a_provenance_that_counts(entity_type: str) -> None:
    facts = facts_of([(entity_type, "unmatched")], **STREAM)
    assert facts["personal"] is False
    assert facts["provenance_set"] == frozenset()
    assert facts["types"] == {entity_type}


@pytest.mark.parametrize(
    "entity_type", ["PERSON", "PHONE_NUMBER", "EMAIL_ADDRESS", "CN_RESIDENT_ID", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN"]
)
def test_what_identifies_a_person_is_personal(entity_type: str) -> None:
    assert facts_of([(entity_type, "foreign_echo")], **STREAM)["personal"] is True


def test_a_type_that_no_list_knows_counts_as_personal() -> None:
    assert entity("XY_NEW_THING").personal
    assert entity("BRAND_NEW").category == "unclassified"
    assert entity("CL_RUT") == entity("CL_RUT").__class__("gov_id", personal=True, subject="CL")


def test_subjects_follow_from_the_country_of_the_identifier() -> None:
    facts = facts_of(
        [("CN_RESIDENT_ID", "unmatched"), ("UK_NINO", "foreign_echo"), ("PERSON", "foreign_echo"), ("SG_UEN", "unmatched")], **STREAM
    )
    assert facts["subjects"] == {"CN", "GB"}


def test_a_financial_account_is_sensitive_and_a_bare_identity_number_is_not() -> None:
    assert facts_of([("CN_BANK_CARD", "domestic_source")], **STREAM)["sensitive"] is True
    assert facts_of([("CN_RESIDENT_ID", "domestic_source")], **STREAM, domains=frozenset())["sensitive"] is False


def test_words_about_health_are_sensitive_only_beside_a_person() -> None:
    assert facts_of([("MEDICAL_MEDICATION", "unmatched")], **STREAM)["sensitive"] is False
    assert facts_of([("MEDICAL_MEDICATION", "unmatched"), ("PERSON", "unmatched")], **STREAM)["sensitive"] is True


@pytest.mark.parametrize(
    ("domains", "sensitive"),
    [(frozenset({"health"}), True), (frozenset({"religion", "union"}), True), (frozenset({"union"}), False), (frozenset(), False)],
)
def test_what_is_said_around_a_person_makes_personal_data_sensitive(domains: frozenset[str], *, sensitive: bool) -> None:
    assert facts_of([("PERSON", "unmatched")], **STREAM, domains=domains)["sensitive"] is sensitive
    assert facts_of([("URL", "unmatched")], **STREAM, domains=domains)["sensitive"] is False


def test_before_the_classifier_has_spoken_a_person_may_be_in_a_sensitive_context() -> None:
    assert "sensitive" not in facts_of([("PERSON", "unmatched")], **STREAM)
    assert facts_of([], **STREAM)["sensitive"] is False
    assert facts_of([("CN_BANK_CARD", "unmatched")], **STREAM)["sensitive"] is True


def test_personal_values_are_counted_over_the_stream() -> None:
    assert (
        facts_of([("PERSON", "unmatched"), ("URL", "unmatched"), ("PERSON", "unmatched")], **STREAM, personal_before=98)["personal_values"]
        == 100
    )


def test_what_nobody_knows_is_absent_and_not_guessed() -> None:
    facts = facts_of([], **{**STREAM, "end_user_location": ""})
    assert not {"end_user_location", "language", "token_count", "ciio", "cn_people_since_january"} & facts.keys()


def test_a_measured_fact_wins_over_a_declared_one() -> None:
    facts = facts_of([("PERSON", "unmatched")], **STREAM, declared={"personal": False, "ciio": False})
    assert facts["personal"] is True
    assert facts["ciio"] is False


def test_a_mechanism_of_unknown_kind_grants_nothing() -> None:
    assert facts_of([], **{**STREAM, "mechanisms": ("sg_contract", "letter_from_my_aunt")})["mechanisms"] == {"sg_contract"}


def test_the_region_follows_from_the_destination() -> None:
    regions = {place: facts_of([], **{**STREAM, "destination": place})["destination_region"] for place in ("NO", "SG", "US", "ZZ")}
    assert regions == {"NO": "EEA", "SG": "ASEAN", "US": "other", "ZZ": "other"}


def test_iso_3166_1_has_its_249_officially_assigned_codes() -> None:
    codes = named_sets()["ISO_3166_1"]
    assert len(codes) == 249
    assert named_sets()["EEA"] | named_sets()["ASEAN"] < codes
    assert len(named_sets()["EEA"]) == 30


def test_every_computed_fact_is_in_the_vocabulary_with_its_type() -> None:
    facts = facts_of([("PERSON", "unmatched"), ("API_KEY", "unmatched")], **STREAM, language="en", token_count=3)
    assert facts.keys() <= vocabulary().keys()
    assert {name: check_value(name, value) for name, value in facts.items()} == facts


@pytest.mark.parametrize(
    ("name", "value"), [("nonsense", True), ("ciio", 1), ("token_count", True), ("destination", 7), ("subjects", "CN")]
)
def test_a_fact_of_unknown_name_or_wrong_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(PackError):
        check_value(name, value)
