"""The packs of this release: each rule's own tests, the golden rule, and the deliveries that a customer knows."""

import datetime as dt

import pytest

from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.condition import facts_in, value_of
from jurisdictions.evaluate import Verdict, evaluate
from jurisdictions.facts import FactValue, facts_of
from jurisdictions.lists import named_sets
from jurisdictions.pack import Rule, RuleTest, load_packs

PACKS = load_packs()
RULES = [(pack, rule) for pack in PACKS for rule in pack.rules]
TESTS = [pytest.param(rule, test, id=f"{rule.id}-{number}") for _, rule in RULES for number, test in enumerate(rule.tests, 1)]
TODAY = compile_packs(PACKS, dt.date(2026, 11, 23))
COUNTED = {
    "cn_people_since_january": 8123,
    "cn_sensitive_people_since_january": 12,
    "us_health_people": 0,
    "us_financial_people": 0,
    "us_identifier_people": 0,
}


def deliver(
    *findings: tuple[str, str],
    destination: str = "SG",
    user: str | None = None,
    mechanisms: tuple[str, ...] = ("art9_unlabelled", "sg_contract"),
    compiled: Compiled = TODAY,
    unknown: frozenset[str] = frozenset(),
    domains: frozenset[str] | None = frozenset(),
    **declared: FactValue,
) -> Verdict:
    facts = facts_of(
        findings,
        destination=destination,
        end_user_location=destination if user is None else user,
        origin_data_centre="shantou-1",
        model_origin="CN",
        route="shantou-singapore",
        mechanisms=mechanisms,
        token_count=50,
        domains=domains,
        declared={**compiled.assumed, **COUNTED, **declared},
    )
    return evaluate(compiled, {name: value for name, value in facts.items() if name not in unknown})


def fired(verdict: Verdict) -> set[str]:
    return {ref.id for ref in verdict.rules}


@pytest.mark.parametrize(("rule", "test"), TESTS)
def test_each_rule_does_what_its_own_tests_say(rule: Rule, test: RuleTest) -> None:
    assert value_of(rule.condition, test.facts) is test.fires


def test_every_rule_says_in_a_word_of_the_privacy_vocabulary_what_it_is_about() -> None:
    assert [rule.id for _, rule in RULES if not rule.dpv] == []


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for _, rule in RULES])
def test_only_a_provision_that_was_read_blocks_or_releases(rule: Rule) -> None:
    if rule.citation.checked != "text":
        assert rule.action in {None, "label", "redact", "hold"}
        assert rule.citation.quote is None


def test_china_is_there_by_subject_beside_its_neighbours_and_the_rest() -> None:
    china = {"outbound", "sensitive", "minors", "secrets", "labelling", "geofence", "records", "incidents"}
    assert {f"cn_{subject}" for subject in china} | {"hk", "mo", "tw", "sg", "eu", "us", "default", "operator"} <= {
        pack.id for pack in PACKS
    }
    assert sum(pack.id.startswith("cn_") for pack, _ in RULES) >= 62


def test_every_iso_code_is_a_known_destination_and_no_other_string_is() -> None:
    assert TODAY.destinations == named_sets()["ISO_3166_1"]
    assert not {"EU", "UK", "XX", "sg", ""} & TODAY.destinations


def test_a_plain_answer_under_an_agreement_without_label_is_released() -> None:
    verdict = deliver()
    assert (verdict.action, verdict.certain, verdict.labels) == ("release", True, ())
    assert "record_recipient" in verdict.obligations


def test_a_plain_answer_without_that_agreement_carries_the_explicit_label() -> None:
    verdict = deliver(mechanisms=())
    assert (verdict.action, verdict.labels) == ("label", ("cn.explicit",))


def test_the_customers_own_number_goes_back_under_article_4() -> None:
    verdict = deliver(("PHONE_NUMBER", "foreign_echo"))
    assert verdict.action == "release"
    assert "CN-XB-001" in fired(verdict)
    assert "evidence" in verdict.obligations


def test_a_mainland_identity_number_out_of_nowhere_is_redacted_and_the_place_beside_it_is_not() -> None:
    verdict = deliver(("CN_RESIDENT_ID", "unmatched"), ("LOCATION", "unmatched"), ("PHONE_NUMBER", "foreign_echo"))
    assert (verdict.action, verdict.certain) == ("redact", True)
    assert verdict.redacts("CN_RESIDENT_ID", "unmatched")
    assert not verdict.redacts("LOCATION", "unmatched")
    assert not verdict.redacts("PHONE_NUMBER", "foreign_echo")


def test_a_domestic_value_without_a_mechanism_is_redacted_and_the_echo_beside_it_is_not() -> None:
    verdict = deliver(("PERSON", "domestic_source"), ("PERSON", "foreign_echo"))
    assert verdict.action == "redact"
    assert "CN-XB-003" in fired(verdict)
    assert verdict.redacts("PERSON", "domestic_source")
    assert not verdict.redacts("PERSON", "foreign_echo")


def test_a_lawful_path_for_domestic_data_does_not_cover_values_of_unknown_origin() -> None:
    papers = ("cn_scc", "sep_consent", "pipia", "art9_unlabelled")
    assert deliver(("PERSON", "domestic_source"), mechanisms=papers).action == "release"
    verdict = deliver(("PERSON", "domestic_source"), ("EMAIL_ADDRESS", "unmatched"), mechanisms=papers)
    assert verdict.action == "redact"
    assert verdict.redacts("EMAIL_ADDRESS", "unmatched")
    assert not verdict.redacts("PERSON", "domestic_source")


def test_domestic_health_data_under_the_small_numbers_exemption_is_held() -> None:
    verdict = deliver(("PERSON", "domestic_source"), ("MEDICAL_HISTORY", "domestic_source"), mechanisms=("vol_exempt",))
    assert verdict.action == "hold"
    assert "CN-XB-006" in fired(verdict)


def test_an_unread_counter_holds_domestic_data_and_nothing_else() -> None:
    uncounted = frozenset(COUNTED)
    papers = ("cn_scc", "sep_consent", "pipia", "art9_unlabelled")
    domestic = deliver(("PERSON", "domestic_source"), mechanisms=papers, unknown=uncounted)
    assert (domestic.action, domestic.certain) == ("hold", False)
    assert {ref.id for ref in domestic.unsettled} == {"CN-XB-007"}
    assert deliver(("PERSON", "foreign_echo"), mechanisms=papers, unknown=uncounted).certain


def test_a_mainland_end_user_is_held_and_an_unknown_one_too() -> None:
    assert deliver(user="CN").action == "hold"
    unknown = deliver(user="")
    assert (unknown.action, unknown.certain) == ("hold", False)
    assert "CN-AI-001" in {ref.id for ref in unknown.unsettled}


@pytest.mark.parametrize("destination", ["ZZ", "UK", "EU", "sg", "Singapore", ""])
def test_a_destination_that_is_no_country_is_held(destination: str) -> None:
    verdict = deliver(destination=destination, user="SG")
    assert verdict.action == "hold"
    assert "XX-000" in fired(verdict)


@pytest.mark.parametrize("destination", sorted(TODAY.destinations - {"CN"}))
def test_no_country_but_the_mainland_is_held_for_a_plain_answer(destination: str) -> None:
    verdict = deliver(destination=destination)
    assert verdict.certain
    assert verdict.action in {"release", "label"}


def test_a_credential_is_redacted_unless_the_customer_sent_it() -> None:
    verdict = deliver(("API_KEY", "unmatched"))
    assert verdict.action == "redact"
    assert verdict.redacts("API_KEY", "unmatched")
    assert not verdict.redacts("API_KEY", "foreign_echo")
    assert deliver(("API_KEY", "foreign_echo")).action == "release"


def test_an_nric_number_is_redacted_even_as_an_echo() -> None:
    verdict = deliver(("SG_NRIC_FIN", "foreign_echo"))
    assert verdict.action == "redact"
    assert {"CN-XB-001", "SG-002"} <= fired(verdict)
    assert verdict.redacts("SG_NRIC_FIN", "foreign_echo")


def test_a_missing_mechanism_for_the_inbound_leg_tags_and_does_not_stop() -> None:
    for destination in ("SG", "DE"):
        verdict = deliver(("PHONE_NUMBER", "foreign_echo"), destination=destination, mechanisms=("art9_unlabelled",))
        assert verdict.action == "label"
        assert "ingress.mechanism_missing" in verdict.labels
        assert "notify_customer" in verdict.obligations


def test_output_for_the_union_is_marked_for_machines() -> None:
    verdict = deliver(destination="DE")
    assert (verdict.action, verdict.labels) == ("label", ("eu.machine_readable",))


def test_the_grace_for_older_systems_ends_on_the_second_of_december() -> None:
    for day, action in ((1, "release"), (2, "label")):
        compiled = compile_packs(PACKS, dt.date(2026, 12, day))
        assert deliver(destination="DE", compiled=compiled, placed_before_2026_08_02=True).action == action


def test_from_that_day_nobody_needs_to_know_how_old_the_system_is() -> None:
    for day, certain in ((1, False), (2, True)):
        compiled = compile_packs(PACKS, dt.date(2026, 12, day))
        verdict = deliver(destination="DE", compiled=compiled, unknown=frozenset({"placed_before_2026_08_02"}))
        assert verdict.certain is certain


@pytest.mark.parametrize(("people", "action"), [(10_000, "release"), (10_001, "block")])
def test_bulk_health_data_of_americans_is_blocked_above_the_number(people: int, action: str) -> None:
    assert deliver(destination="US", us_health_people=people).action == action


@pytest.mark.parametrize("fact", ["state_secret", "core_data", "important_data", "state_organ_data", "recipient_restricted"])
def test_what_must_never_leave_is_blocked_wherever_it_goes(fact: str) -> None:
    for destination in ("SG", "DE", "US", "BR"):
        assert deliver(("PHONE_NUMBER", "foreign_echo"), destination=destination, **{fact: True}).action == "block"


@pytest.mark.parametrize("fact", sorted(TODAY.assumed))
def test_every_declaration_of_the_operator_is_one_that_some_rule_reads(fact: str) -> None:
    assert fact in frozenset().union(*(facts_in(rule.condition) | facts_in(pack.applies) for pack, rule in RULES))


def test_without_the_operators_declarations_nothing_is_released() -> None:
    facts = facts_of([], destination="SG", end_user_location="SG", origin_data_centre="a", model_origin="CN", route="r", mechanisms=())
    verdict = evaluate(TODAY, facts)
    assert (verdict.action, verdict.certain) == ("hold", False)
