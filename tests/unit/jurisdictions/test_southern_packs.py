"""What the packs of Australia, the Emirates, Saudi Arabia and Brazil do to deliveries, all packs in force together."""

import datetime as dt
from dataclasses import replace

import pytest

from jurisdictions.condition import facts_in
from jurisdictions.facts import FactValue
from jurisdictions.incidents import load_clocks
from jurisdictions.lists import mechanism_kinds
from jurisdictions.needs import need_of
from jurisdictions.pack import Rule
from tests.sent import CHINA, MISSING, PACKS, RULES, TODAY, Sent, decide, echo, fired, in_force, rules_of

SOUTH = ("AU", "AE", "SA", "BR")
LEAK: dict[str, FactValue] = {"incident": True}
ELSEWHERE = "NZ"  # has no pack of its own


# The inbound leg: what the customer's own law asks of sending prompts to China.

GROUNDS = {
    "AU": ("au_app8",),
    "AE": ("ae_contract", "ae_consent", "ae_adequate"),
    "SA": ("sa_scc", "sa_bcr", "sa_cert", "sa_adequate"),
    "BR": ("br_scc", "br_specific_clauses", "br_bcr", "br_consent"),
}
OWN_NUMBER = {"AU": "AU_TFN", "AE": "AE_EMIRATES_ID", "SA": "SA_NATIONAL_ID", "BR": "BR_CPF"}


@pytest.mark.parametrize("country", SOUTH)
def test_a_southern_customers_own_data_without_a_ground_is_tagged_and_delivered(country: str) -> None:
    verdict = decide(Sent(country, echo("PHONE_NUMBER")))
    assert (verdict.action, verdict.certain, verdict.labels) == ("label", True, (MISSING,))
    assert f"{country}-001" in fired(verdict)
    assert "notify_customer" in verdict.obligations


@pytest.mark.parametrize(("country", "ground"), [(country, ground) for country, kinds in GROUNDS.items() for ground in kinds])
def test_with_a_ground_of_the_southern_law_the_reply_is_released(country: str, ground: str) -> None:
    verdict = decide(Sent(country, echo("PHONE_NUMBER"), papers=(ground,)))
    assert (verdict.action, verdict.certain, verdict.labels) == ("release", True, ())


@pytest.mark.parametrize("country", SOUTH)
def test_a_ground_of_a_neighbour_is_none(country: str) -> None:
    others = tuple(kinds[0] for place, kinds in GROUNDS.items() if place != country)
    assert MISSING in decide(Sent(country, echo("PHONE_NUMBER"), papers=others)).labels


@pytest.mark.parametrize("country", SOUTH)
def test_a_southern_number_tags_wherever_the_reply_goes(country: str) -> None:
    verdict = decide(Sent(ELSEWHERE, echo(OWN_NUMBER[country])))
    assert f"{country}-001" in fired(verdict)
    assert MISSING in verdict.labels


@pytest.mark.parametrize("country", SOUTH)
def test_a_plain_reply_is_released_there_and_no_rule_of_the_country_counts(country: str) -> None:
    verdict = decide(Sent(country))
    assert (verdict.action, verdict.certain, verdict.labels) == ("release", True, ())
    assert not fired(verdict) & {rule.id for rule in rules_of(country)}


@pytest.mark.parametrize("country", SOUTH)
def test_what_the_customer_did_not_send_is_no_transfer_of_its_data(country: str) -> None:
    verdict = decide(Sent(country, (("PERSON", "domestic_source"),), papers=("cn_scc", "sep_consent", "pipia")))
    assert f"{country}-001" not in fired(verdict)
    assert MISSING not in verdict.labels


def test_every_southern_ground_that_may_be_on_file_is_asked_for_by_a_rule() -> None:
    prefixes = tuple(f"{country.lower()}_" for country in SOUTH)
    assert sorted(kind for kind in mechanism_kinds() if kind.startswith(prefixes)) == sorted(
        kind for kinds in GROUNDS.values() for kind in kinds
    )


# Numbers that nobody may see.


@pytest.mark.parametrize("number", ["AU_TFN", "AU_MEDICARE"])
@pytest.mark.parametrize("to", ["AU", ELSEWHERE])
def test_an_australian_number_is_taken_out_even_as_an_echo(number: str, to: str) -> None:
    verdict = decide(Sent(to, echo(number, "PERSON"), papers=("au_app8",)))
    assert (verdict.action, verdict.certain) == ("redact", True)
    assert "AU-002" in fired(verdict)
    assert verdict.redacts(number, "foreign_echo")
    assert not verdict.redacts("PERSON", "foreign_echo")


@pytest.mark.parametrize(
    ("number", "papers"),
    [
        ("AU_ABN", ()),
        ("AE_EMIRATES_ID", ("ae_contract",)),
        ("SA_NATIONAL_ID", ("sa_scc",)),
        ("SA_IQAMA", ("sa_scc",)),
        ("BR_CPF", ("br_scc",)),
    ],
)
def test_no_southern_law_that_was_read_hides_the_other_numbers(number: str, papers: tuple[str, ...]) -> None:
    assert decide(Sent(number[:2], echo(number), papers=papers)).action == "release"


# Incidents and their clocks.


@pytest.mark.parametrize(
    ("country", "told", "rules", "duties"),
    [
        ("AU", {"significant_harm": True}, {"AU-003", "AU-006"}, {"notify_customer", "notify_authority", "notify_individuals"}),
        ("AE", {}, {"AE-002"}, {"notify_customer", "notify_authority"}),
        ("SA", {}, {"SA-003", "SA-005"}, {"notify_customer", "notify_authority:72h", "notify_individuals"}),
        ("BR", {}, {"BR-003"}, {"notify_authority:3wd", "notify_individuals:3wd", "report:20wd", "retain:5y"}),
    ],
)
def test_a_leak_starts_the_clocks_of_the_southern_country(
    country: str, told: dict[str, FactValue], rules: set[str], duties: set[str]
) -> None:
    verdict = decide(Sent(country, echo("PHONE_NUMBER"), told={**LEAK, **told}))
    assert rules <= fired(verdict)
    assert duties <= set(verdict.obligations)
    assert all(RULES[rule].incident for rule in rules)


@pytest.mark.parametrize("country", SOUTH)
def test_every_rule_that_opens_an_incident_has_its_clock_in_the_list(country: str) -> None:
    opening = {rule.id for rule in rules_of(country) if rule.incident}
    assert opening
    assert opening <= {clock.id for clock in load_clocks() if clock.jurisdiction == country}


@pytest.mark.parametrize("country", SOUTH)
def test_without_an_incident_no_southern_clock_runs(country: str) -> None:
    verdict = decide(Sent(country, echo(OWN_NUMBER[country])))
    assert not [rule for rule in fired(verdict) if RULES[rule].incident]


def test_a_leak_that_harms_nobody_stays_out_of_the_commissioners_office() -> None:
    harmless = Sent("AU", echo("PHONE_NUMBER"), papers=("au_app8",), told={**LEAK, "significant_harm": False})
    assert not {"AU-003", "AU-006"} & fired(decide(harmless))


def test_while_nobody_knows_whether_a_leak_harms_it_must_be_assessed_and_the_reply_goes() -> None:
    verdict = decide(Sent("AU", echo("PHONE_NUMBER"), papers=("au_app8",), told=LEAK))
    assert "notify_individuals" in verdict.obligations
    assert (verdict.action, verdict.certain) == ("release", True)


def test_a_leak_of_data_of_nobody_concerns_no_southern_authority() -> None:
    assert not [rule for country in SOUTH for rule in fired(decide(Sent(country, told=LEAK))) if rule.startswith(f"{country}-")]


# Duties that follow from what was found, what the text is about, or what the output is for.

SENSITIVE = {"AU": "AU-005", "AE": "AE-003", "SA": "SA-006", "BR": "BR-002"}


@pytest.mark.parametrize("country", SOUTH)
def test_health_data_of_people_in_the_south_want_a_consent_of_their_own_and_are_delivered(country: str) -> None:
    plain = Sent(country, echo("PERSON"), papers=GROUNDS[country][:1])
    assert SENSITIVE[country] not in fired(decide(plain))
    verdict = decide(replace(plain, found=echo("PERSON", "MEDICAL_HISTORY")))
    assert SENSITIVE[country] in fired(verdict)
    assert "notice_and_consent" in verdict.obligations
    assert (verdict.action, verdict.certain) == ("release", True)


@pytest.mark.parametrize("country", SOUTH)
def test_text_that_nobody_read_owes_the_southern_duty_and_does_not_wait(country: str) -> None:
    verdict = decide(Sent(country, echo("PERSON"), papers=GROUNDS[country][:1], domains=None))
    assert verdict.certain
    assert "notice_and_consent" in verdict.obligations


@pytest.mark.parametrize("country", SOUTH)
def test_the_text_model_is_not_asked_about_an_echo_for_the_south(country: str) -> None:
    compiled = in_force(TODAY)
    before: dict[str, FactValue] = {
        **compiled.assumed,
        **CHINA,
        "destination": country,
        "destination_region": "other",
        "end_user_location": country,
        "mechanisms": frozenset({"art9_unlabelled"}),
        "kind": "text",
        "synthetic": True,
    }
    neighbour = need_of(compiled, {**before, "destination": ELSEWHERE, "end_user_location": ELSEWHERE})
    assert need_of(compiled, before) == neighbour != "always"


@pytest.mark.parametrize(
    ("country", "duties"),
    [("AE", {"explain", "human_review"}), ("SA", {"notice_and_consent", "impact_assessment"}), ("BR", {"explain", "human_review"})],
)
def test_a_decision_without_a_human_brings_the_duties_of_the_southern_law(country: str, duties: set[str]) -> None:
    papers = {"AE": "ae_adequate", "SA": "sa_adequate", "BR": "br_scc"}[country]
    answer = Sent(country, echo("PERSON"), papers=(papers,))
    assert not duties & set(decide(answer).obligations)
    assert duties <= set(decide(replace(answer, told={"automated_decision": True})).obligations)


@pytest.mark.parametrize(("day", "counts"), [(dt.date(2026, 12, 9), False), (dt.date(2026, 12, 10), True)])
def test_australian_policies_name_automated_decisions_from_the_tenth_of_december(day: dt.date, counts: bool) -> None:
    reply = Sent("AU", echo("PERSON"), papers=("au_app8",), on=day, told={"automated_decision": True})
    assert ("AU-004" in fired(decide(reply))) is counts


@pytest.mark.parametrize(
    ("country", "rule", "duties"),
    [("AE", "AE-006", {"record_transfer"}), ("SA", "SA-002", {"record_transfer", "retain:5y"}), ("BR", "BR-005", {"record_transfer"})],
)
def test_what_went_through_leaves_the_record_that_the_southern_law_wants(country: str, rule: str, duties: set[str]) -> None:
    verdict = decide(Sent(country, echo("PERSON")))
    assert rule in fired(verdict)
    assert duties <= set(verdict.obligations)


def test_health_data_of_the_emirates_are_told_to_the_customer_and_the_officer() -> None:
    reply = Sent("AE", echo("PERSON", "MEDICAL_HISTORY"), papers=("ae_consent",))
    assert {"AE-004"} <= fired(decide(reply))
    assert {"notify_customer", "escalate"} <= set(decide(reply).obligations)
    assert "AE-004" not in fired(decide(replace(reply, found=echo("PERSON"))))


@pytest.mark.parametrize(("paper", "wanted"), [("sa_scc", True), ("sa_bcr", True), ("sa_cert", True), ("sa_adequate", False)])
def test_a_saudi_safeguard_wants_a_risk_assessment_and_an_adequate_place_does_not(paper: str, wanted: bool) -> None:
    assert ("impact_assessment" in decide(Sent("SA", echo("PERSON"), papers=(paper,))).obligations) is wanted


def test_minors_in_brazil_bring_the_duties_of_sensitive_data() -> None:
    reply = Sent("BR", echo("PERSON"), papers=("br_scc",))
    assert "BR-002" in fired(decide(replace(reply, told={"minor_under_18": True})))
    assert "BR-002" not in fired(decide(reply))


# What holds for all four packs.


@pytest.mark.parametrize("country", SOUTH)
def test_each_southern_country_is_covered_by_its_own_pack_and_that_covers_nothing_else(country: str) -> None:
    (pack,) = (pack for pack in PACKS if pack.id == country.lower())
    assert pack.covers == {country}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for country in SOUTH for rule in rules_of(country)])
def test_a_southern_rule_that_does_something_reads_only_what_is_measured_or_declared(rule: Rule) -> None:
    measured = {"subjects", "destination", "personal", "provenance_set", "mechanisms", "types"}
    assert not (rule.action or rule.labels) or facts_in(rule.condition) <= measured
    assert rule.action not in {"block", "release", "hold"}
