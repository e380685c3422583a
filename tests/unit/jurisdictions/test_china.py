"""China and its neighbours as a compliance officer asks: may this leave, on what ground, and from which number on no longer."""

import datetime as dt

import pytest

from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.condition import facts_in
from jurisdictions.evaluate import Verdict, evaluate
from jurisdictions.facts import FactValue, facts_of
from jurisdictions.pack import load_packs

PACKS = load_packs()
OURS = [pack for pack in PACKS if pack.id.startswith("cn_") or pack.id in {"hk", "mo", "tw"}]
TODAY = compile_packs(PACKS, dt.date(2026, 11, 24))
BASE = ("art9_unlabelled", "sg_contract", "art4_attest")
CONSENT = ("sep_consent", "pipia")
ORDINARY = (("PERSON", "domestic_source"), ("CN_RESIDENT_ID", "domestic_source"))
ILLNESS = (("PERSON", "domestic_source"), ("MEDICAL_HISTORY", "domestic_source"))
ECHO = (("PHONE_NUMBER", "foreign_echo"),)
DRAFTED = [
    *(f"CN-SEC-{number:03}" for number in range(1, 7)),
    *(f"CN-XB-{number:03}" for number in range(1, 18)),
    *(f"CN-PI-{number:03}" for number in range(1, 6)),
    *(f"CN-REC-{number:03}" for number in range(1, 4)),
    *(f"CN-INC-{number:03}" for number in range(1, 4)),
    *(f"CN-AI-{number:03}" for number in range(1, 7)),
    *("CN-GBA-001", "HK-001", "HK-002", "MO-001", "TW-001"),
]


def deliver(
    findings: tuple[tuple[str, str], ...] = (),
    *papers: str,
    destination: str = "SG",
    user: str | None = None,
    people: int | None = 8_123,
    sensitive: int | None = 12,
    base: tuple[str, ...] = BASE,
    compiled: Compiled = TODAY,
    **told: FactValue,
) -> Verdict:
    """Evaluate over all packs of the release, with the operator's declarations, unless ``told`` says otherwise."""
    counted = {"cn_people_since_january": people, "cn_sensitive_people_since_january": sensitive}
    known: dict[str, FactValue] = {name: number for name, number in counted.items() if number is not None}
    facts = facts_of(
        findings,
        destination=destination,
        end_user_location=destination if user is None else user,
        origin_data_centre="shantou-1",
        model_origin="CN",
        route="shantou-singapore",
        mechanisms=(*base, *papers),
        token_count=50,
        domains=frozenset(),
        declared={**compiled.assumed, **known, **told},
    )
    return evaluate(compiled, facts)


def fired(verdict: Verdict) -> set[str]:
    return {ref.id for ref in verdict.rules}


def test_every_drafted_rule_is_in_a_pack() -> None:
    assert set(DRAFTED) <= {rule.id for pack in OURS for rule in pack.rules}


def test_no_rule_here_waits_for_a_fact_that_nobody_measures_or_declares() -> None:
    measured = set(
        facts_of([], destination="SG", end_user_location="SG", origin_data_centre="a", model_origin="CN", route="r", mechanisms=())
    )
    measured |= {"cn_people_since_january", "cn_sensitive_people_since_january"}
    read = {fact for pack in OURS for rule in pack.rules if rule.action for fact in facts_in(rule.condition) | facts_in(pack.applies)}
    assert read <= measured | set(TODAY.assumed)


def test_no_rule_here_asks_what_a_text_is_about_other_than_through_its_sensitivity() -> None:
    assert not any(facts_in(rule.condition) & {"domains", "form"} for pack in OURS for rule in pack.rules)


# Article 4: what came in from abroad goes back.


def test_the_customers_own_data_goes_back_on_the_ground_of_article_4() -> None:
    verdict = deliver(ECHO)
    assert (verdict.action, verdict.certain) == ("release", True)
    assert "CN-XB-001" in fired(verdict)
    assert {"evidence", "minimise", "expire_content"} <= set(verdict.obligations)
    assert "escalate" not in verdict.obligations


@pytest.mark.parametrize(
    ("mixed_in", "action", "rule"),
    [
        (("PERSON", "domestic_source"), "redact", "CN-XB-003"),
        (("PERSON", "unmatched"), "redact", "CN-XB-002"),
        (("PERSON", "unknown"), "redact", "CN-XB-002"),
    ],
)
def test_article_4_is_no_ground_once_something_else_was_mixed_in(mixed_in: tuple[str, str], action: str, rule: str) -> None:
    verdict = deliver((*ECHO, mixed_in))
    assert verdict.action == action
    assert rule in fired(verdict)
    assert "CN-XB-001" not in fired(verdict)
    assert verdict.redacts(*mixed_in)
    assert not verdict.redacts(*ECHO[0])


def test_article_4_is_no_ground_for_an_echo_with_important_data() -> None:
    verdict = deliver(ECHO, important_data=True)
    assert verdict.action == "block"
    assert "CN-XB-001" not in fired(verdict)


def test_what_is_neither_personal_nor_important_may_stand_beside_an_echo() -> None:
    assert "CN-XB-001" in fired(deliver((*ECHO, ("LOCATION", "unmatched"), ("ORGANIZATION", "domestic_source"))))


def test_without_the_attestation_the_answer_goes_and_the_officer_is_told() -> None:
    verdict = deliver(ECHO, base=("art9_unlabelled", "sg_contract"))
    assert verdict.action == "release"
    assert "CN-XB-023" in fired(verdict)
    assert "escalate" in verdict.obligations


def test_a_plain_answer_needs_no_mechanism_and_owes_nobody_a_notice() -> None:
    verdict = deliver(destination="AR")
    assert (verdict.action, verdict.certain) == ("release", True)
    assert "CN-XB-022" in fired(verdict)
    assert not any(duty.startswith(("notify", "file", "report")) for duty in verdict.obligations)


# Articles 5(4), 7 and 8: the numbers.


@pytest.mark.parametrize(
    ("people", "path", "action", "rule"),
    [
        (99_999, None, "release", "CN-XB-004"),
        (99_999, "vol_exempt", "release", "CN-XB-004"),
        (100_000, None, "hold", "CN-XB-005"),
        (100_000, "vol_exempt", "hold", "CN-XB-005"),
        (100_001, "vol_exempt", "hold", "CN-XB-005"),
        (100_000, "cn_scc", "release", "CN-XB-020"),
        (100_000, "cn_cert", "release", "CN-REC-004"),
        (999_999, None, "hold", "CN-XB-005"),
        (999_999, "cn_scc", "release", "CN-XB-020"),
        (1_000_000, "cn_scc", "hold", "CN-XB-007"),
        (1_000_000, "cn_cert", "hold", "CN-XB-011"),
        (1_000_001, "cn_scc", "hold", "CN-XB-007"),
        (1_000_000, "cn_sa", "release", "CN-XB-021"),
    ],
)
def test_ordinary_data_is_exempt_then_needs_a_contract_then_an_assessment(people: int, path: str | None, action: str, rule: str) -> None:
    verdict = deliver(ORDINARY, *CONSENT, *([path] if path else ()), people=people)
    assert (verdict.action, verdict.certain) == (action, True)
    assert rule in fired(verdict)


@pytest.mark.parametrize(
    ("people", "path", "action", "rule"),
    [
        (1, None, "hold", "CN-XB-006"),
        (1, "vol_exempt", "hold", "CN-XB-006"),
        (1, "cn_scc", "release", "CN-XB-020"),
        (9_999, None, "hold", "CN-XB-006"),
        (9_999, "cn_scc", "release", "CN-XB-020"),
        (9_999, "cn_cert", "release", "CN-REC-004"),
        (10_000, "cn_scc", "hold", "CN-XB-007"),
        (10_000, "cn_cert", "hold", "CN-XB-007"),
        (10_001, "cn_scc", "hold", "CN-XB-007"),
        (10_000, "cn_sa", "release", "CN-XB-021"),
    ],
)
def test_sensitive_data_needs_a_contract_from_the_first_person_and_an_assessment_from_the_ten_thousandth(
    people: int, path: str | None, action: str, rule: str
) -> None:
    verdict = deliver(ILLNESS, *CONSENT, *([path] if path else ()), sensitive=people)
    assert (verdict.action, verdict.certain) == (action, True)
    assert rule in fired(verdict)


def test_exactly_the_ten_thousandth_sensitive_person_flips_the_verdict() -> None:
    actions = [deliver(ILLNESS, *CONSENT, "cn_scc", sensitive=people).action for people in range(9_998, 10_002)]
    assert actions == ["release", "release", "hold", "hold"]


def test_at_each_number_exactly_one_rule_on_numbers_speaks() -> None:
    spoken = {"CN-XB-004", "CN-XB-005", "CN-XB-006", "CN-XB-007"}
    for people in (0, 99_999, 100_000, 999_999, 1_000_000, 5_000_000):
        assert len(fired(deliver(ORDINARY, people=people)) & spoken) == 1
    for people in (0, 9_999, 10_000, 50_000):
        assert len(fired(deliver(ILLNESS, sensitive=people)) & spoken) == 1


def test_from_ten_thousand_sensitive_people_on_ordinary_data_waits_too() -> None:
    assert deliver(ORDINARY, *CONSENT, "cn_scc", people=5, sensitive=9_999).action == "release"
    assert deliver(ORDINARY, *CONSENT, "cn_scc", people=5, sensitive=10_000).action == "hold"


def test_an_exemption_on_file_is_none_when_the_counters_say_otherwise() -> None:
    for verdict in (deliver(ORDINARY, "vol_exempt", people=100_000), deliver(ILLNESS, "vol_exempt")):
        assert verdict.action == "hold"
        assert "CN-XB-003" in fired(verdict)
        assert "CN-XB-004" not in fired(verdict)


def test_the_exemption_still_wants_consent_and_an_impact_assessment() -> None:
    assert {"CN-XB-015", "CN-XB-016"} <= fired(deliver(ORDINARY, "vol_exempt"))
    assert deliver(ORDINARY, "vol_exempt", "pipia").action == "hold"
    assert deliver(ORDINARY, "vol_exempt", "sep_consent").action == "hold"
    assert deliver(ORDINARY, "sep_consent").action == "hold"
    assert deliver(ORDINARY, "vol_exempt", *CONSENT).action == "release"


def test_below_the_number_and_with_nothing_on_file_the_domestic_values_are_taken_out() -> None:
    verdict = deliver(ORDINARY)
    assert (verdict.action, verdict.certain) == ("redact", True)
    assert all(verdict.redacts(*finding) for finding in ORDINARY)


@pytest.mark.parametrize("papers", [(), ("vol_exempt", *CONSENT), ("cn_scc", *CONSENT)])
def test_a_counter_that_stands_still_never_releases_domestic_data(papers: tuple[str, ...]) -> None:
    verdict = deliver(ORDINARY, *papers, people=None, sensitive=None)
    assert (verdict.action, verdict.certain) == ("hold", False)
    assert "CN-XB-007" in {ref.id for ref in verdict.unsettled}


def test_what_a_contract_of_the_individual_needs_is_exempt_at_any_number() -> None:
    for people, sensitive in ((1_000_000, 0), (0, 10_000), (100_000, 0)):
        for findings in (ORDINARY, ILLNESS):
            verdict = deliver(findings, "contract_necessity", *CONSENT, people=people, sensitive=sensitive)
            assert verdict.action == "release"
            assert "CN-XB-009" in fired(verdict)


# Documents that ran out: the kind is no longer among the mechanisms in force.


@pytest.mark.parametrize(
    ("findings", "people", "sensitive", "path", "rule"),
    [
        (ORDINARY, 150_000, 0, "cn_scc", "CN-XB-005"),
        (ORDINARY, 150_000, 0, "cn_cert", "CN-XB-005"),
        (ILLNESS, 0, 300, "cn_scc", "CN-XB-006"),
        (ORDINARY, 1_200_000, 0, "cn_sa", "CN-XB-007"),
        (ILLNESS, 0, 12_000, "cn_sa", "CN-XB-007"),
    ],
)
def test_a_mechanism_that_ran_out_holds_what_it_carried(
    findings: tuple[tuple[str, str], ...], people: int, sensitive: int, path: str, rule: str
) -> None:
    assert deliver(findings, *CONSENT, path, people=people, sensitive=sensitive).action == "release"
    verdict = deliver(findings, *CONSENT, people=people, sensitive=sensitive)
    assert (verdict.action, verdict.certain) == ("hold", True)
    assert rule in fired(verdict)


def test_consent_or_impact_assessment_that_ran_out_holds_too() -> None:
    assert deliver(ORDINARY, "cn_scc", "pipia").action == "hold"
    assert deliver(ORDINARY, "cn_scc", "sep_consent").action == "hold"


def test_papers_of_a_customer_are_no_ground_for_values_that_nobody_can_trace() -> None:
    verdict = deliver((*ORDINARY, ("EMAIL_ADDRESS", "unmatched")), "cn_sa", *CONSENT)
    assert verdict.action == "redact"
    assert verdict.redacts("EMAIL_ADDRESS", "unmatched")
    assert not verdict.redacts(*ORDINARY[0])


# Who sends, from where.


def test_critical_infrastructure_is_blocked_from_the_first_person_on() -> None:
    assert deliver(ORDINARY, "cn_scc", *CONSENT, people=1, ciio=True).action == "block"
    assert deliver(ORDINARY, "cn_sa", *CONSENT, people=1, ciio=True).action == "release"


@pytest.mark.parametrize(
    ("zone", "destination", "user", "action"),
    [
        ("CN-GD-SZ", "HK", "HK", "release"),
        ("CN-GD-ZH", "MO", "MO", "release"),
        ("CN-GD-ST", "HK", "HK", "hold"),
        ("CN-GD-SZ", "SG", "SG", "hold"),
        ("CN-GD-SZ", "HK", "SG", "hold"),
    ],
)
def test_the_bay_area_contract_reaches_from_nine_cities_to_two_places_only(zone: str, destination: str, user: str, action: str) -> None:
    verdict = deliver(ORDINARY, "gba_sc", *CONSENT, destination=destination, user=user, people=150_000, zone=zone)
    assert verdict.action == action
    assert ("CN-GBA-003" in fired(verdict)) is (action == "hold")


def test_the_zones_exemption_counts_inside_a_zone_with_a_list_and_for_data_that_it_does_not_name() -> None:
    inside = deliver(ORDINARY, "ftz_outside_list", *CONSENT, zone="CN-HI", outside_negative_list=True)
    assert inside.action == "release"
    assert "CN-XB-010" in fired(inside)
    for zone, outside in (("CN-GD-ST", True), ("CN-HI", False)):
        verdict = deliver(ORDINARY, "ftz_outside_list", *CONSENT, zone=zone, outside_negative_list=outside)
        assert verdict.action == "hold"
        assert "CN-XB-019" in fired(verdict)


def test_from_shantou_as_the_operator_declares_it_neither_of_the_two_helps() -> None:
    assert deliver(ORDINARY, "ftz_outside_list", *CONSENT).action == "hold"
    assert deliver(ORDINARY, "gba_sc", *CONSENT, destination="HK").action == "hold"


# Minors, secrets, important data.


def test_data_of_a_child_under_fourteen_is_sensitive_whatever_it_says() -> None:
    assert "CN-XB-006" in fired(deliver(ORDINARY, *CONSENT, "guardian_consent", minor_under_14=True))
    assert deliver(ORDINARY, *CONSENT, "cn_scc", minor_under_14=True).action == "redact"
    assert deliver(ORDINARY, *CONSENT, "cn_scc", "guardian_consent", minor_under_14=True).action == "release"


def test_private_information_of_a_minor_is_stopped() -> None:
    assert deliver(ECHO, minor_under_18=True, minor_private_information=True).action == "block"


def test_signs_of_a_state_secret_block_are_reported_and_open_an_incident() -> None:
    verdict = deliver(state_secret=True)
    assert verdict.action == "block"
    assert {"notify_authority", "escalate"} <= set(verdict.obligations)
    assert any(rule.incident for pack in OURS for rule in pack.rules if rule.id in fired(verdict))


def test_important_data_leaves_only_assessed_and_a_suspicion_only_waits() -> None:
    assert deliver(important_data=True).action == "block"
    assert deliver((), "cn_scc", important_data=True).action == "block"
    assessed = deliver((), "cn_sa", important_data=True)
    assert assessed.action == "release"
    assert {"impact_assessment", "report", "record_transfer"} <= set(assessed.obligations)
    assert deliver(suspected_important=True).action == "hold"
    assert deliver((), "cn_sa", important_data=True, beyond_assessed_scope=True).action == "hold"


def test_controlled_technology_waits_for_two_reviewers() -> None:
    verdict = deliver(export_control=True)
    assert verdict.action == "hold"
    held_by = [rule for pack in OURS for rule in pack.rules if rule.id == "CN-SEC-005"]
    assert held_by[0].review is not None
    assert held_by[0].review.two_person


def test_nothing_goes_to_a_foreign_court_or_to_a_listed_recipient() -> None:
    assert deliver(recipient_kind="foreign_authority").action == "block"
    assert deliver(recipient_restricted=True).action == "block"


# Labels and the geofence.


def test_a_label_on_the_way_is_kept_and_a_lost_one_stops_the_answer() -> None:
    assert "keep_label" in deliver(labels_present=frozenset({"aigc"})).obligations
    assert deliver(labels_removed=True).action == "hold"


@pytest.mark.parametrize(("destination", "user"), [("SG", "CN"), ("CN", "CN"), ("CN", "SG")])
def test_nobody_in_the_mainland_is_served(destination: str, user: str) -> None:
    verdict = deliver(destination=destination, user=user)
    assert verdict.action == "hold"
    assert "CN-AI-001" in fired(verdict)


def test_hong_kong_macao_and_taiwan_are_abroad_and_are_served() -> None:
    assert all(deliver(destination=place).action == "release" for place in ("HK", "MO", "TW"))


# Incidents.


@pytest.mark.parametrize(
    ("level", "ciio", "terms"),
    [
        ("ordinary", False, set()),
        ("larger", False, {"notify_authority:4h"}),
        ("extreme", False, {"notify_authority:4h"}),
        ("larger", True, {"notify_authority:1h"}),
    ],
)
def test_a_larger_incident_is_reported_within_hours(level: str, ciio: bool, terms: set[str]) -> None:
    verdict = deliver(incident=True, incident_level=level, ciio=ciio)
    assert {duty for duty in verdict.obligations if duty.endswith("h")} == terms
    assert "notify_authority" in verdict.obligations


def test_an_incident_that_nobody_graded_is_taken_for_a_larger_one() -> None:
    assert "notify_authority:4h" in deliver(incident=True).obligations


def test_a_leak_of_personal_data_is_told_to_the_individuals_and_no_incident_tells_nobody() -> None:
    leak = deliver(ECHO, incident=True, incident_level="ordinary")
    assert {"CN-INC-002", "CN-INC-005"} <= fired(leak)
    assert "notify_individuals" in leak.obligations
    assert not any(duty.startswith("notify_") for duty in deliver(ECHO).obligations)


def test_a_defect_that_endangers_national_security_is_reported_within_a_day() -> None:
    verdict = deliver(product_vulnerability=True, harms_national_security=True)
    assert "notify_authority:24h" in verdict.obligations


# The neighbours: what their law asks of the request that came here.


def test_hong_kong_bans_nothing_yet_so_its_data_goes_back_without_a_label() -> None:
    verdict = deliver(ECHO, destination="HK")
    assert (verdict.action, verdict.labels) == ("release", ())
    assert {"HK-001", "HK-003"} <= fired(verdict)
    assert "notify_customer" in verdict.obligations
    assert "HK-003" not in fired(deliver(ECHO, "hk_model_clauses", destination="HK"))


@pytest.mark.parametrize(("destination", "basis", "rule"), [("MO", "mo_basis", "MO-001"), ("TW", "tw_basis", "TW-001")])
def test_macao_and_taiwan_tag_a_request_without_a_basis_and_hold_nothing(destination: str, basis: str, rule: str) -> None:
    verdict = deliver(ECHO, destination=destination)
    assert (verdict.action, verdict.labels) == ("label", ("ingress.mechanism_missing",))
    assert rule in fired(verdict)
    assert deliver(ECHO, basis, destination=destination).action == "release"


def test_an_identity_number_of_taiwan_sent_from_elsewhere_is_tagged_too() -> None:
    assert "TW-001" in fired(deliver((("TW_NATIONAL_ID", "foreign_echo"),), destination="AR"))


def test_a_sector_that_taiwan_bars_from_the_mainland_is_tagged_whatever_is_on_file() -> None:
    verdict = deliver(ECHO, "tw_basis", destination="TW", tw_restricted_sector=True)
    assert verdict.labels == ("ingress.mechanism_missing",)
    assert "TW-002" in fired(verdict)
    assert "escalate" in verdict.obligations


# Days on which rules begin.


@pytest.mark.parametrize(
    ("day", "rule", "counts"),
    [
        (dt.date(2024, 3, 21), "CN-XB-005", False),
        (dt.date(2024, 3, 22), "CN-XB-005", True),
        (dt.date(2024, 9, 9), "CN-GBA-002", False),
        (dt.date(2024, 9, 10), "CN-GBA-002", True),
        (dt.date(2025, 8, 31), "CN-AI-003", False),
        (dt.date(2025, 9, 1), "CN-AI-003", True),
        (dt.date(2025, 10, 31), "CN-INC-001", False),
        (dt.date(2025, 11, 1), "CN-INC-001", True),
        (dt.date(2025, 12, 31), "CN-XB-011", False),
        (dt.date(2026, 1, 1), "CN-XB-011", True),
    ],
)
def test_a_rule_counts_from_the_first_day_of_its_provision(day: dt.date, rule: str, counts: bool) -> None:
    assert (rule in {entry.rule.id for entry in compile_packs(OURS, day).rules}) is counts
