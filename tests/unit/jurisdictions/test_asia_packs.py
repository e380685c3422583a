"""What the packs of nine Asian jurisdictions do to the deliveries that an officer asks about, all packs in force together."""

import datetime as dt
from dataclasses import replace

import pytest

from jurisdictions.condition import facts_in
from jurisdictions.facts import FactValue
from jurisdictions.lists import mechanism_kinds
from jurisdictions.pack import Rule
from tests.sent import MISSING, PACKS, RULES, Sent, decide, echo, fired, rules_of

ASIA = ("SG", "ID", "MY", "TH", "VN", "PH", "JP", "KR", "IN")
HARMLESS: dict[str, FactValue] = {"property_harm": False, "malicious": False}


# The inbound leg: what the customer's own law asks of sending prompts to China.

GROUNDS = {
    "SG": ("SG-001", ("sg_contract", "sg_consent", "cbpr")),
    "ID": ("ID-001", ("id_equivalent", "id_binding", "id_consent")),
    "MY": ("MY-001", ("my_similar_law", "my_due_diligence", "my_consent")),
    "TH": ("TH-001", ("asean_mcc", "eu_scc", "th_bcr", "th_derogation")),
    "VN": ("VN-001", ("vn_ctia", "vn_self_transfer", "vn_exempt")),
    "PH": ("PH-001", ("ph_contract",)),
    "JP": ("JP-001", ("jp_equiv_system", "jp_consent")),
    "KR": ("KR-001", ("kr_consent", "kr_contract_notice", "kr_cert", "kr_equivalence")),
}
OWN_NUMBER = {"SG": "SG_PHONE_NUMBER", "ID": "ID_NPWP", "MY": "MY_MYKAD", "TH": "TH_TNIN", "VN": "VN_CCCD", "PH": "PH_TIN",
              "JP": "JP_PASSPORT", "KR": "KR_PHONE_NUMBER", "IN": "IN_PAN"}  # fmt: skip


@pytest.mark.parametrize("country", sorted(GROUNDS))
def test_a_customers_own_data_without_a_ground_for_sending_it_is_tagged_and_delivered(country: str) -> None:
    verdict = decide(Sent(country, echo("PHONE_NUMBER")))
    assert (verdict.action, verdict.certain) == ("label", True)
    assert MISSING in verdict.labels
    assert GROUNDS[country][0] in fired(verdict)
    assert "notify_customer" in verdict.obligations


@pytest.mark.parametrize(("country", "ground"), [(country, ground) for country, (_, kinds) in GROUNDS.items() for ground in kinds])
def test_each_ground_that_the_law_knows_takes_the_tag_away(country: str, ground: str) -> None:
    verdict = decide(Sent(country, echo("PHONE_NUMBER"), papers=(ground,)))
    assert verdict.certain
    assert MISSING not in verdict.labels


@pytest.mark.parametrize("country", sorted(GROUNDS))
def test_a_number_of_the_country_tags_wherever_the_answer_goes(country: str) -> None:
    verdict = decide(Sent("BR", echo(OWN_NUMBER[country]), papers=("br_scc",)))
    assert GROUNDS[country][0] in fired(verdict)
    assert MISSING in verdict.labels


@pytest.mark.parametrize("country", ASIA)
def test_an_answer_without_personal_data_asks_for_no_ground(country: str) -> None:
    verdict = decide(Sent(country))
    assert verdict.certain
    assert MISSING not in verdict.labels
    assert verdict.action in {"release", "label"}


@pytest.mark.parametrize("country", ASIA)
def test_an_answer_that_goes_elsewhere_and_finds_nobody_meets_no_rule_of_the_country(country: str) -> None:
    assert not fired(decide(Sent("BR"))) & {rule.id for rule in rules_of(country)}


def test_every_ground_of_these_countries_that_may_be_on_file_is_asked_for_by_a_rule() -> None:
    prefixes = tuple(f"{country.lower()}_" for country in ASIA)
    asked = " ".join(rule.when for country in ASIA for rule in rules_of(country))
    assert [kind for kind in sorted(mechanism_kinds()) if kind.startswith(prefixes) and f"'{kind}'" not in asked] == []


# Numbers that nobody may see, not even the customer who sent them.


@pytest.mark.parametrize(
    ("number", "rule", "papers"),
    [
        ("SG_NRIC_FIN", "SG-002", ("sg_contract",)),
        ("JP_MY_NUMBER", "JP-002", ("jp_consent",)),
        ("KR_RRN", "KR-002", ("kr_consent",)),
        ("IN_AADHAAR", "IN-006", ("in_consent",)),
    ],
)
@pytest.mark.parametrize("to", ["own", "BR"])
def test_the_number_is_taken_out_as_an_echo_and_with_consent_on_file(number: str, rule: str, papers: tuple[str, ...], to: str) -> None:
    place = number[:2] if to == "own" else to
    verdict = decide(Sent(place, echo(number, "PERSON"), papers=papers))
    assert (verdict.action, verdict.certain) == ("redact", True)
    assert rule in fired(verdict)
    assert verdict.redacts(number, "foreign_echo")
    assert not verdict.redacts("PERSON", "foreign_echo")


def test_the_nric_stays_where_the_customer_recorded_why_it_is_needed() -> None:
    assert decide(Sent("SG", echo("SG_NRIC_FIN"), papers=("sg_contract", "nric_justified"))).action == "release"


@pytest.mark.parametrize("number", ["JP_CORPORATE_NUMBER", "IN_AADHAAR_VID", "KR_BRN", "SG_UEN", "PH_TIN"])
def test_a_number_that_resembles_it_stays(number: str) -> None:
    assert not decide(Sent(number[:2], echo(number))).redacts(number, "foreign_echo")


def test_a_registration_number_that_nobody_sent_is_taken_out_too() -> None:
    verdict = decide(Sent("KR", (("KR_RRN", "unmatched"),)))
    assert verdict.action == "redact"
    assert verdict.redacts("KR_RRN", "unmatched")


# Marks on generated content.


def test_text_for_korea_carries_notice_and_mark_because_it_leaves_the_service() -> None:
    verdict = decide(Sent("KR"))
    assert verdict.action == "label"
    assert set(verdict.labels) == {"kr.ai_notice", "kr.output_mark"}


def test_a_korean_end_user_of_a_singapore_customer_is_told_too() -> None:
    assert "kr.ai_notice" in decide(Sent("SG", user="KR", papers=("sg_contract",))).labels


def test_a_notice_alone_leaves_the_mark_to_be_put() -> None:
    verdict = decide(Sent("KR", told={"labels_present": frozenset({"notice"})}))
    assert verdict.labels == ("kr.output_mark",)


def test_korea_asks_for_no_mark_before_its_act_is_in_force() -> None:
    assert not [label for label in decide(Sent("KR", on=dt.date(2026, 1, 21))).labels if label.startswith("kr.")]
    assert [label for label in decide(Sent("KR", on=dt.date(2026, 1, 22))).labels if label.startswith("kr.")]


@pytest.mark.parametrize("country", ["SG", "ID", "MY", "TH", "VN", "PH", "JP", "IN"])
def test_no_other_of_these_countries_asks_for_a_mark_on_text(country: str) -> None:
    assert not [label for label in decide(Sent(country)).labels if label.startswith(f"{country.lower()}.")]


@pytest.mark.parametrize("kind", ["image", "audio", "video"])
def test_pictures_for_vietnam_are_marked_for_machines_unless_they_stay_inside(kind: str) -> None:
    assert "vn.machine_readable" in decide(Sent("VN", kind=kind)).labels
    assert "vn.machine_readable" not in decide(Sent("VN", kind=kind, told={"internal_only": True})).labels
    assert "vn.machine_readable" not in decide(Sent("VN", kind=kind, on=dt.date(2026, 4, 30))).labels


@pytest.mark.parametrize(
    ("country", "label"), [("VN", "vn.visible"), ("KR", "kr.realistic"), ("IN", "in.prominent"), ("IN", "in.permanent_metadata")]
)
def test_a_film_that_may_be_taken_for_real_carries_what_people_see_and_a_cartoon_does_not(country: str, label: str) -> None:
    assert label in decide(Sent(country, kind="video", told={"realistic": True})).labels
    assert label not in decide(Sent(country, kind="video", told={"realistic": False})).labels
    assert label not in decide(Sent(country, kind="text", told={"realistic": True})).labels


def test_metadata_do_not_replace_the_label_that_india_wants_people_to_see() -> None:
    labels = decide(Sent("IN", kind="video", told={"realistic": True, "labels_present": frozenset({"c2pa"})})).labels
    assert "in.prominent" in labels
    assert "in.permanent_metadata" not in labels


@pytest.mark.parametrize("country", ["VN", "KR", "IN"])
def test_a_film_of_which_nobody_knows_whether_it_looks_real_is_held_and_text_is_not(country: str) -> None:
    film = Sent(country, kind="video", unknown=frozenset({"realistic"}))
    assert (decide(film).action, decide(film).certain) == ("hold", False)
    assert decide(replace(film, kind="text")).certain


def test_consumers_in_vietnam_are_told_that_they_talk_to_a_machine() -> None:
    assert "vn.interaction_notice" in decide(Sent("VN", told={"recipient_kind": "consumer"})).labels
    assert "vn.interaction_notice" not in decide(Sent("VN")).labels


# Incidents and their clocks.


@pytest.mark.parametrize(
    ("country", "told", "rules", "duties"),
    [
        ("SG", {"incident_people": 500, "significant_harm": False}, {"SG-004", "SG-006"}, {"notify_authority:3d", "notify_customer"}),
        ("SG", {"incident_people": 1, "significant_harm": True}, {"SG-004", "SG-005"}, {"notify_authority:3d", "notify_individuals"}),
        ("ID", {}, {"ID-003"}, {"notify_authority:72h", "notify_individuals:72h"}),
        ("MY", {"incident_people": 1001, "significant_harm": False}, {"MY-003"}, {"notify_authority:72h", "report:30d", "retain:2y"}),
        ("MY", {"incident_people": 1, "significant_harm": True}, {"MY-003", "MY-005"}, {"notify_individuals:7d"}),
        ("TH", {"significant_harm": True}, {"TH-003", "TH-004"}, {"notify_authority:72h", "notify_individuals"}),
        ("VN", {}, {"VN-003"}, {"notify_authority:72h"}),
        ("PH", {}, {"PH-003"}, {"notify_authority:72h", "notify_individuals:72h"}),
        (
            "JP",
            {**HARMLESS, "incident_people": 1001},
            {"JP-003", "JP-005"},
            {"notify_authority:5d", "report:30d"},
        ),
        (
            "JP",
            {**HARMLESS, "incident_people": 1, "malicious": True},
            {"JP-003", "JP-006"},
            {"notify_authority:5d", "report:60d"},
        ),
        ("KR", {"incident_people": 1000, "malicious": False}, {"KR-003", "KR-007"}, {"notify_authority:72h", "notify_individuals:72h"}),
        ("IN", {}, {"IN-008"}, {"notify_authority:6h", "retain:180d"}),
    ],
)
def test_a_leak_starts_the_clocks_of_the_country(country: str, told: dict[str, FactValue], rules: set[str], duties: set[str]) -> None:
    verdict = decide(Sent(country, echo(OWN_NUMBER[country]), told={"incident": True, **told}))
    assert rules <= fired(verdict)
    assert duties <= set(verdict.obligations)
    assert all(RULES[rule].incident for rule in rules)


@pytest.mark.parametrize(
    ("country", "told", "rule"),
    [
        ("SG", {"incident_people": 499, "significant_harm": False}, "SG-004"),
        ("MY", {"incident_people": 1000, "significant_harm": False}, "MY-003"),
        ("JP", {**HARMLESS, "incident_people": 1000}, "JP-003"),
        ("KR", {"incident_people": 999, "malicious": False}, "KR-003"),
    ],
)
def test_a_small_leak_below_the_number_does_not_go_to_the_authority(country: str, told: dict[str, FactValue], rule: str) -> None:
    number = "KR_PHONE_NUMBER" if country == "KR" else "PHONE_NUMBER"
    verdict = decide(Sent(country, echo(number), told={"incident": True, **told}))
    assert rule not in fired(verdict)
    assert not [duty for duty in verdict.obligations if duty in {d for d in RULES[rule].obligations if d.startswith("notify_authority")}]


def test_a_small_leak_of_registration_numbers_goes_to_the_korean_commission() -> None:
    told: dict[str, FactValue] = {"incident": True, "incident_people": 1, "malicious": False}
    assert "KR-003" in fired(decide(Sent("KR", echo("KR_RRN"), told=told)))


def test_a_leak_of_unknown_size_is_told_as_if_it_were_large() -> None:
    for country, duty in (("SG", "notify_authority:3d"), ("MY", "notify_authority:72h"), ("JP", "report:60d")):
        assert duty in decide(Sent(country, echo("PHONE_NUMBER"), told={"incident": True})).obligations


@pytest.mark.parametrize("country", ASIA)
def test_without_an_incident_no_clock_runs(country: str) -> None:
    verdict = decide(Sent(country, echo(OWN_NUMBER[country])))
    assert not [rule for rule in fired(verdict) if RULES[rule].incident]


# Duties that follow from what the text is about.


@pytest.mark.parametrize(
    ("country", "rule"),
    [("ID", "ID-002"), ("MY", "MY-002"), ("TH", "TH-002"), ("VN", "VN-002"), ("PH", "PH-002"), ("JP", "JP-004"), ("KR", "KR-008")],
)
def test_health_data_of_people_there_want_a_consent_of_their_own_and_are_delivered(country: str, rule: str) -> None:
    ground = GROUNDS[country][1][:1]
    verdict = decide(Sent(country, echo("PERSON", "MEDICAL_HISTORY"), papers=ground))
    assert rule in fired(verdict)
    assert "notice_and_consent" in verdict.obligations
    assert verdict.action in {"release", "label"}
    plain = decide(Sent(country, echo("PERSON"), papers=ground))
    assert rule not in fired(plain)


@pytest.mark.parametrize("country", ["ID", "MY", "TH", "VN", "PH", "JP", "KR"])
def test_the_text_need_not_be_read_for_that_and_unread_the_duty_is_owed(country: str) -> None:
    unread = decide(Sent(country, echo("PERSON"), papers=GROUNDS[country][1][:1], domains=None))
    assert unread.certain
    assert "notice_and_consent" in unread.obligations


def test_a_number_of_the_philippine_state_is_itself_sensitive() -> None:
    assert "PH-002" in fired(decide(Sent("PH", echo("PH_TIN"))))
    assert "PH-002" not in fired(decide(Sent("PH", echo("EMAIL_ADDRESS"))))


@pytest.mark.parametrize(("country", "rule"), [("ID", "ID-004"), ("PH", "PH-004"), ("KR", "KR-010")])
def test_a_decision_without_a_human_brings_duties_where_the_law_knows_it(country: str, rule: str) -> None:
    answer = Sent(country, echo("PERSON"))
    assert rule not in fired(decide(answer))
    assert rule in fired(decide(replace(answer, told={"automated_decision": True})))


@pytest.mark.parametrize(
    ("country", "number", "rule", "duties"),
    [
        ("ID", "ID_NIK", "ID-005", {"record_transfer"}),
        ("MY", "MY_MYKAD", "MY-004", {"log"}),
        ("TH", "TH_TNIN", "TH-005", {"record_transfer"}),
        ("JP", "JP_PASSPORT", "JP-007", {"record_transfer", "retain:3y"}),
        ("PH", "PH_PHILSYS", "PH-005", {"minimise"}),
        ("KR", "KR_PASSPORT", "KR-009", {"notice_and_consent", "minimise"}),
    ],
)
def test_what_went_through_leaves_the_record_that_the_country_wants(country: str, number: str, rule: str, duties: set[str]) -> None:
    verdict = decide(Sent(country, echo(number)))
    assert rule in fired(verdict)
    assert duties <= set(verdict.obligations)
    assert not verdict.redacts(number, "foreign_echo")


# Single countries.


def test_nric_as_a_password_is_held_from_the_last_day_of_the_year() -> None:
    answer = Sent("SG", echo("SG_NRIC_FIN"), papers=("sg_contract",), told={"nric_as_credential": True})
    assert decide(replace(answer, on=dt.date(2026, 12, 30))).action == "redact"
    assert decide(replace(answer, on=dt.date(2026, 12, 31))).action == "hold"


def test_core_data_of_vietnam_waits_for_a_person_and_unknown_ones_too() -> None:
    assert decide(Sent("VN", told={"vn_core_or_important": True})).action == "hold"
    assert not decide(Sent("VN", unknown=frozenset({"vn_core_or_important"}))).certain
    assert decide(Sent("SG", papers=("sg_contract",), unknown=frozenset({"vn_core_or_important"}))).certain


def test_the_vietnamese_dossier_is_filed_within_sixty_days() -> None:
    assert "file:60d" in decide(Sent("VN", echo("VN_CCCD"))).obligations
    assert "file:60d" not in decide(Sent("VN", echo("VN_CCCD"), papers=("vn_ctia",))).obligations


@pytest.mark.parametrize(("day", "rule"), [(dt.date(2027, 5, 12), "IN-009"), (dt.date(2027, 5, 13), "IN-010")])
def test_india_changes_from_the_rules_of_2011_to_the_act_of_2023_without_a_gap(day: dt.date, rule: str) -> None:
    card = Sent("IN", echo("CREDIT_CARD"), on=day)
    assert fired(decide(card)) & {"IN-009", "IN-010"} == {rule}
    assert MISSING in decide(card).labels
    assert MISSING not in decide(replace(card, papers=("in_consent",))).labels


def test_until_then_india_asks_for_no_ground_where_nothing_is_sensitive() -> None:
    name = Sent("IN", echo("PERSON"))
    assert MISSING not in decide(name).labels
    assert MISSING in decide(replace(name, on=dt.date(2027, 5, 13))).labels


@pytest.mark.parametrize("told", [{"restricted_by_india": True}, {"minor_under_18": True}])
def test_what_indias_act_restricts_is_held_from_its_day(told: dict[str, FactValue]) -> None:
    answer = Sent("IN", echo("PERSON"), papers=("in_consent",), told=told)
    held = replace(answer, on=dt.date(2027, 5, 13))
    assert {"IN-001", "IN-004"} & fired(decide(held))
    assert decide(held).action in {"hold", "block"}
    assert not {"IN-001", "IN-004"} & fired(decide(answer))


def test_the_board_of_india_is_told_of_a_leak_from_the_day_of_the_act() -> None:
    leak = Sent("IN", echo("IN_PAN"), told={"incident": True})
    assert "IN-003" not in fired(decide(leak))
    later = decide(replace(leak, on=dt.date(2027, 5, 13)))
    assert {"IN-003", "IN-008"} <= fired(later)
    assert {"notify_authority:6h", "notify_authority:72h", "notify_individuals"} <= set(later.obligations)


def test_a_mark_that_a_picture_for_india_carries_is_kept() -> None:
    picture = Sent("IN", kind="image")
    assert "IN-011" not in fired(decide(picture))
    assert "IN-011" in fired(decide(replace(picture, told={"labels_present": frozenset({"c2pa"})})))


def test_india_wants_a_year_of_logs_from_its_day() -> None:
    answer = Sent("IN", echo("IN_PAN"), papers=("in_consent",))
    assert "retain:1y" not in decide(answer).obligations
    assert "retain:1y" in decide(replace(answer, on=dt.date(2027, 5, 13))).obligations


# What holds for all nine packs.


@pytest.mark.parametrize("country", ASIA)
def test_each_country_is_covered_by_its_own_pack_and_that_covers_nothing_else(country: str) -> None:
    (pack,) = (pack for pack in PACKS if pack.id == country.lower())
    assert pack.covers == {country}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for country in ASIA for rule in rules_of(country)])
def test_a_rule_that_does_something_does_not_wait_for_the_text_model(rule: Rule) -> None:
    assert rule.action is None or not facts_in(rule.condition) & {"domains", "form", "sensitive"}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for country in ASIA for rule in rules_of(country)])
def test_a_quotation_stands_only_where_the_provision_was_read(rule: Rule) -> None:
    assert rule.citation.quote is None or (rule.citation.checked == "text" and rule.citation.quote_lang)
    assert rule.action not in {"block", "release"}
