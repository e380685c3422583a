"""What the packs of the Union, the United Kingdom, the United States and Canada do to deliveries, all packs in force together."""

import datetime as dt
from dataclasses import replace

import pytest

from jurisdictions.condition import facts_in
from jurisdictions.facts import FactValue
from jurisdictions.labels import check_labels
from jurisdictions.pack import Rule
from tests.sent import AMERICA, MISSING, PACKS, RULES, Sent, decide, echo, fired

WEST = {"eu": "DE", "uk": "GB", "us": "US", "ca": "CA"}
OURS = [pytest.param(rule, id=rule.id) for pack in PACKS if pack.id in WEST for rule in pack.rules]
UNION = {"placed_before_2026_08_02": False}


# The inbound leg.

GROUNDS = {
    "DE": ("EU-GDPR-001", ("eu_scc", "eu_bcr", "eu_adequacy", "eu_art49", "direct_collection")),
    "GB": ("UK-001", ("uk_idta", "uk_addendum")),
    "CA": ("CA-001", ("ca_contract",)),
}
NUMBER = {"DE": "DE_TAX_ID", "GB": "UK_NINO", "US": "US_SSN", "CA": "CA_SIN"}


@pytest.mark.parametrize("place", sorted(GROUNDS))
def test_a_prompt_that_brought_western_data_without_a_ground_is_tagged_and_answered(place: str) -> None:
    verdict = decide(Sent(place, echo("PHONE_NUMBER")))
    assert (verdict.action, verdict.certain) == ("label", True)
    assert MISSING in verdict.labels
    assert GROUNDS[place][0] in {ref.id for ref in verdict.rules}
    assert "notify_customer" in verdict.obligations


@pytest.mark.parametrize(("place", "ground"), [(place, ground) for place, (_, kinds) in GROUNDS.items() for ground in kinds])
def test_every_ground_of_a_western_law_takes_the_tag_away(place: str, ground: str) -> None:
    assert MISSING not in decide(Sent(place, echo("PHONE_NUMBER"), papers=(ground,))).labels


@pytest.mark.parametrize("place", sorted(GROUNDS))
def test_a_number_of_a_western_state_asks_for_its_ground_wherever_the_answer_goes(place: str) -> None:
    verdict = decide(Sent("MX", echo(NUMBER[place])))
    assert GROUNDS[place][0] in {ref.id for ref in verdict.rules}
    assert verdict.certain


def test_the_grounds_of_the_union_and_of_the_united_kingdom_do_not_stand_for_one_another() -> None:
    assert MISSING in decide(Sent("GB", echo("PHONE_NUMBER"), papers=("eu_scc",))).labels
    assert MISSING in decide(Sent("DE", echo("PHONE_NUMBER"), papers=("uk_idta",))).labels


@pytest.mark.parametrize("place", sorted(WEST.values()))
def test_a_plain_answer_for_the_west_is_certain_and_goes_even_if_nobody_read_what_it_is_about(place: str) -> None:
    verdict = decide(Sent(place, domains=None, unknown=frozenset({"realistic"})))
    assert verdict.certain
    assert verdict.action == ("label" if place == "DE" else "release")


# Marks in the Union.


def test_the_duty_to_mark_begins_in_the_union_on_the_second_of_august() -> None:
    assert "eu.machine_readable" not in decide(Sent("FR", on=dt.date(2026, 8, 1), told={**UNION})).labels
    assert "eu.machine_readable" in decide(Sent("FR", on=dt.date(2026, 8, 2), told={**UNION})).labels


@pytest.mark.parametrize(("day", "marked"), [(dt.date(2026, 8, 2), False), (dt.date(2026, 12, 1), False), (dt.date(2026, 12, 2), True)])
def test_an_older_system_has_until_the_second_of_december(day: dt.date, marked: bool) -> None:
    older = Sent("FR", on=day, told={"placed_before_2026_08_02": True})
    assert ("eu.machine_readable" in decide(older).labels) is marked


def test_an_end_user_in_the_union_is_enough_for_the_mark_and_one_outside_is_not() -> None:
    assert "eu.machine_readable" in decide(Sent("SG", user="IT", papers=("sg_contract",))).labels
    assert "eu.machine_readable" not in decide(Sent("SG", papers=("sg_contract",))).labels


@pytest.mark.parametrize("kind", ["image", "audio", "video"])
def test_every_generated_picture_for_the_union_says_that_the_deployer_discloses_deep_fakes(kind: str) -> None:
    picture = Sent("FR", kind=kind, unknown=frozenset({"realistic"}))
    assert "eu.deployer_discloses" in decide(picture).labels
    assert "eu.deployer_discloses" not in decide(replace(picture, kind="text")).labels
    assert "eu.deployer_discloses" not in decide(replace(picture, on=dt.date(2026, 8, 1))).labels


def test_consumers_in_the_union_are_told_that_they_deal_with_a_machine() -> None:
    assert "eu.interaction_notice" in decide(Sent("FR", told={"recipient_kind": "consumer"})).labels
    assert "eu.interaction_notice" not in decide(Sent("FR")).labels


@pytest.mark.parametrize(("tokens", "missing"), [(200, False), (201, True)])
def test_a_signatory_of_the_code_is_told_of_a_missing_watermark_above_two_hundred_tokens(tokens: int, missing: bool) -> None:
    answer = Sent("FR", tokens=tokens, told={"code_of_practice": True})
    assert ("eu.watermark_missing" in decide(answer).labels) is missing
    assert "eu.watermark_missing" not in decide(replace(answer, told={})).labels


def test_intimate_imagery_for_the_union_waits_for_two_people_from_december() -> None:
    film = Sent("FR", kind="video", on=dt.date(2026, 12, 2), told={"intimate_or_abuse": True})
    assert decide(film).action == "hold"
    assert "EU-AIA-005" in fired(decide(film))
    assert decide(replace(film, told={"intimate_or_abuse": False})).action == "label"
    assert decide(replace(film, on=dt.date(2026, 12, 1))).action == "label"
    review = RULES["EU-AIA-005"].review
    assert review is not None
    assert review.two_person


def test_a_film_that_no_detector_saw_is_held_for_the_union_and_text_is_not() -> None:
    film = Sent("FR", kind="video", on=dt.date(2026, 12, 2))
    assert (decide(film).action, decide(film).certain) == ("hold", False)
    assert decide(replace(film, kind="text")).certain
    assert decide(replace(film, to="GB")).certain


# Special categories.


def test_words_about_health_beside_a_number_of_the_union_leave_the_number_out() -> None:
    ill = Sent("FR", echo("FR_NIR", "MEDICAL_HISTORY"), papers=("eu_scc",))
    assert decide(ill).action == "redact"
    assert decide(ill).redacts("FR_NIR", "foreign_echo")
    assert decide(replace(ill, papers=("eu_scc", "eu_art9_basis"))).action == "label"


@pytest.mark.parametrize(("place", "rule"), [("DE", "EU-GDPR-005"), ("GB", "UK-004"), ("CA", "CA-006")])
def test_what_a_text_is_about_brings_duties_in_the_west_and_never_stops_it(place: str, rule: str) -> None:
    ground = GROUNDS[place][1][:1]
    about = Sent(place, echo("PERSON"), papers=ground, domains=frozenset({"religion"}))
    assert rule in fired(decide(about))
    assert "notice_and_consent" in decide(about).obligations
    assert rule not in fired(decide(replace(about, domains=frozenset())))
    for domains in (frozenset({"religion"}), frozenset(), None):
        verdict = decide(replace(about, domains=domains))
        assert (verdict.certain, MISSING in verdict.labels) == (True, False)
        assert verdict.action == ("label" if place == "DE" else "release")


# Incidents.


def opened(sent: Sent) -> set[str]:
    """The rules that open an incident, without those of the place that it happened in."""
    return {rule for rule in fired(decide(sent)) if RULES[rule].incident and not rule.startswith("CN-")}


@pytest.mark.parametrize(
    ("place", "told", "rules", "duties"),
    [
        ("DE", {"significant_harm": False}, {"EU-GDPR-004"}, {"notify_authority:72h", "notify_customer"}),
        ("DE", {"significant_harm": True}, {"EU-GDPR-004", "EU-GDPR-006"}, {"notify_authority:72h", "notify_individuals"}),
        ("GB", {"significant_harm": False}, {"UK-002"}, {"notify_authority:72h", "notify_customer"}),
        ("GB", {"significant_harm": True}, {"UK-002", "UK-003"}, {"notify_individuals"}),
        ("CA", {"significant_harm": True}, {"CA-003", "CA-004"}, {"notify_authority", "notify_individuals", "retain:2y"}),
        ("CA", {"significant_harm": False}, {"CA-004"}, {"notify_customer", "retain:2y"}),
        ("US", {}, {"US-INC-001"}, {"notify_customer", "notify_individuals", "escalate"}),
    ],
)
def test_a_breach_starts_the_western_clocks(place: str, told: dict[str, FactValue], rules: set[str], duties: set[str]) -> None:
    for found in (echo(NUMBER[place]), echo("EMAIL_ADDRESS")):
        breach = Sent(place, found, told={"incident": True, **told})
        assert opened(breach) == rules
        assert duties <= set(decide(breach).obligations)
    assert not opened(Sent(place, echo(NUMBER[place])))


def test_a_harmless_breach_in_canada_does_not_go_to_the_commissioner() -> None:
    harmless = Sent("CA", echo("CA_SIN"), told={"incident": True, "significant_harm": False})
    assert opened(harmless) == {"CA-004"}
    assert opened(replace(harmless, told={"incident": True, "significant_harm": True})) == {"CA-003", "CA-004"}


# The United States.

SECURED = ("us_dsp_security",)
NUMBERS = [
    ("US-DSP-GENOMIC", "us_genomic_people", 100, False),
    ("US-DSP-OMIC", "us_omic_people", 1_000, False),
    ("US-DSP-BIO", "us_biometric_people", 1_000, True),
    ("US-DSP-GEO", "us_geolocation_devices", 1_000, True),
    ("US-DSP-HEALTH", "us_health_people", 10_000, True),
    ("US-DSP-FIN", "us_financial_people", 10_000, True),
    ("US-DSP-ID", "us_identifier_people", 100_000, True),
]


@pytest.mark.parametrize(("rule", "fact", "number", "restricted"), NUMBERS)
def test_the_bulk_rule_blocks_one_above_each_of_its_seven_numbers(rule: str, fact: str, number: int, restricted: bool) -> None:
    for people in (number - 1, number):
        assert decide(Sent("US", told={fact: people})).action == "release"
    above = Sent("US", told={fact: number + 1})
    assert decide(above).action == "block"
    assert {one for one in fired(decide(above)) if one.startswith("US-DSP")} == {rule}
    assert "escalate" in decide(above).obligations
    assert decide(replace(above, papers=SECURED)).action == ("release" if restricted else "block")
    assert decide(replace(above, told={**above.told, "us_exempt": True})).action == "release"
    assert decide(replace(above, on=dt.date(2025, 4, 7), told={**above.told})).action == "release"


@pytest.mark.parametrize("fact", sorted(AMERICA))
def test_while_a_counter_stands_still_what_goes_to_america_is_held_and_nothing_else(fact: str) -> None:
    still = frozenset({fact})
    for sent in (Sent("US", unknown=still), Sent("MX", echo("US_SSN"), unknown=still)):
        assert (decide(sent).action, decide(sent).certain) == ("hold", False)
    assert decide(Sent("MX", echo("PHONE_NUMBER"), unknown=still)).certain


def test_an_american_end_user_of_a_customer_elsewhere_asks_for_no_counter_that_nobody_keeps() -> None:
    assert decide(Sent("MX", echo("PHONE_NUMBER"), user="US")).certain


def test_a_number_of_an_american_counts_for_a_customer_elsewhere() -> None:
    assert decide(Sent("MX", echo("US_SSN"), told={"us_identifier_people": 100_001})).action == "block"
    assert decide(Sent("MX", echo("US_SSN"), told={"us_identifier_people": 100_000})).action == "release"


def test_one_combined_set_over_its_lowest_number_is_blocked_unless_secured_or_exempt() -> None:
    combined = Sent("US", told={"us_combined_over_lowest": True})
    assert decide(combined).action == "block"
    assert decide(replace(combined, papers=SECURED)).action == "release"
    assert decide(replace(combined, papers=SECURED, told={**combined.told, "us_omic_people": 1})).action == "block"
    assert decide(replace(combined, told={**combined.told, "us_exempt": True})).action == "release"


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ({"us_identifier_people": 10_000, "us_financial_people": 1}, False),
        ({"us_identifier_people": 10_001, "us_financial_people": 1}, True),
        ({"us_identifier_people": 10_001, "us_health_people": 1}, True),
        ({"us_identifier_people": 10_001}, False),
        ({"us_identifier_people": 1_000, "us_geolocation_devices": 1}, False),
        ({"us_identifier_people": 1_001, "us_geolocation_devices": 1}, True),
        ({"us_health_people": 1_001, "us_biometric_people": 1}, True),
        ({"us_health_people": 100, "us_genomic_people": 1}, False),
        ({"us_health_people": 101, "us_genomic_people": 1}, True),
    ],
)
def test_counters_that_would_make_bulk_if_combined_are_told_to_the_legal_officer(told: dict[str, FactValue], seen: bool) -> None:
    sent = Sent("US", told=told)
    assert ("US-DSP-COMB-SEEN" in fired(decide(sent))) is seen
    assert ("escalate" in decide(sent).obligations) is seen
    assert decide(sent).action == "release"


def test_data_of_the_government_wait_for_two_people_whatever_their_number() -> None:
    assert decide(Sent("US", told={"us_government_related": True})).action == "hold"
    review = RULES["US-DSP-GOV"].review
    assert review is not None
    assert review.two_person


def test_an_exemption_leaves_a_record_for_ten_years() -> None:
    assert "US-DSP-EX" in fired(decide(Sent("US", told={"us_exempt": True})))
    assert RULES["US-DSP-EX"].retain == RULES["US-DSP-REC"].retain == "10y"
    assert "US-DSP-EX" not in fired(decide(Sent("US")))


def test_california_asks_for_a_latent_disclosure_above_a_million_users() -> None:
    picture = Sent("US", kind="image", told={"monthly_users": 1_000_001, "destination_subdivision": "CA"})
    assert "us.ca.latent" in decide(picture).labels
    assert "US-CA-002" in fired(decide(picture))
    others: list[Sent] = [
        replace(picture, told={**picture.told, "monthly_users": 1_000_000}),
        replace(picture, told={**picture.told, "destination_subdivision": "NY"}),
        replace(picture, kind="text"),
        replace(picture, on=dt.date(2026, 8, 1)),
    ]
    for other in others:
        assert decide(other).certain
        assert "us.ca.latent" not in decide(other).labels
    carried = replace(picture, told={**picture.told, "labels_present": frozenset({"c2pa"})})
    assert "us.ca.latent" not in decide(carried).labels


def test_only_a_large_provider_must_know_the_state_and_only_for_pictures() -> None:
    large: dict[str, FactValue] = {"monthly_users": 1_000_001}
    assert not decide(Sent("US", kind="image", told=large)).certain
    assert decide(Sent("US", kind="text", told=large)).certain
    assert decide(Sent("US", kind="image")).certain


# Canada.


def test_quebec_wants_an_assessment_and_no_other_province_does() -> None:
    quebec = Sent("CA", echo("PHONE_NUMBER"), papers=("ca_contract",), told={"destination_subdivision": "QC"})
    assert "impact_assessment" in decide(quebec).obligations
    assert "impact_assessment" not in decide(replace(quebec, papers=("ca_contract", "ca_qc_assessment"))).obligations
    assert "impact_assessment" not in decide(replace(quebec, told={"destination_subdivision": "ON"})).obligations


def test_an_unknown_province_owes_the_assessment_and_delivers() -> None:
    verdict = decide(Sent("CA", echo("PHONE_NUMBER"), papers=("ca_contract",)))
    assert (verdict.action, verdict.certain) == ("release", True)
    assert "impact_assessment" in verdict.obligations


@pytest.mark.parametrize("kind", ["text", "image", "audio", "video"])
@pytest.mark.parametrize("place", ["CA", "GB"])
def test_canada_and_the_united_kingdom_ask_for_no_mark(place: str, kind: str) -> None:
    verdict = decide(Sent(place, kind=kind, unknown=frozenset({"realistic", "intimate_or_abuse"})))
    assert verdict.certain
    assert [label for label in verdict.labels if not label.startswith("cn.")] == []


# What holds for all four packs.


@pytest.mark.parametrize(("name", "place"), sorted(WEST.items()))
def test_a_western_pack_stays_silent_for_what_goes_elsewhere_and_names_nobody(name: str, place: str) -> None:
    (pack,) = (pack for pack in PACKS if pack.id == name)
    assert place in pack.covers
    assert not fired(decide(Sent("MX"))) & {rule.id for rule in pack.rules}


@pytest.mark.parametrize("rule", OURS)
def test_no_western_rule_that_does_something_waits_for_the_text_model(rule: Rule) -> None:
    assert rule.action is None or not facts_in(rule.condition) & {"domains", "form", "sensitive"}


@pytest.mark.parametrize("rule", OURS)
def test_a_western_provision_is_quoted_only_where_it_was_read(rule: Rule) -> None:
    assert rule.citation.quote is None or rule.citation.checked == "text"
    assert rule.action not in {"block", "release"} or rule.citation.checked == "text"


def test_every_label_of_the_packs_is_one_that_somebody_knows_how_to_put() -> None:
    check_labels(PACKS)
    assert {label for pack in PACKS if pack.id in WEST for rule in pack.rules for label in rule.labels} >= {"us.ca.latent", MISSING}
