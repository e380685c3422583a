"""Each jurisdiction that an incident concerns gets its clock, from when it was concerned, by its own calendar."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from jurisdictions.facts import fact_note
from jurisdictions.incidents import ClockRule, Incident, clocks, concerned, incidents, jurisdictions_of, load_clocks
from schemas.errors import PackError
from schemas.records import AuditEntry, Covers, Decision, Fact, FindingNote, HoldBack, RuleRef, Stamp

KNOWN = dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC)  # a Friday
START_MS = int(KNOWN.timestamp() * 1000)
HOUR_MS = 3_600_000
OPENING = frozenset({"CN-INC-002", "EU-GDPR-004"})
DECLARED = {"origin_country": "CN", "ciio": False}


def rule(name: str, jurisdiction: str, within: str, runs_from: str = "awareness") -> ClockRule:
    return ClockRule(
        name, jurisdiction, "A law", "Art 1", "an address", "text", dt.date(2026, 11, 24), "the authority", "any", within, runs_from, ""
    )


RULES = (
    rule("BR-1", "BR", "3wd"),
    rule("CN-1", "CN", "4h"),
    rule("CN-2", "CN", "immediately"),
    rule("EU-1", "EU", "72h"),
    rule("HK-1", "HK", "voluntary"),
    rule("SG-1", "SG", "3d", "assessment"),
)


def entry(
    index: int,
    *,
    at_ms: int = START_MS,
    customer: str = "c-1",
    destination: str = "SG",
    rules: tuple[str, ...] = ("CN-INC-002",),
    facts: tuple[Fact, ...] = (),
    values: tuple[bytes, ...] = (),
) -> AuditEntry:
    notes = tuple(FindingNote("PERSON", 0, 4, 0.9, "test", "domestic_source", value) for value in values)
    refs = tuple(RuleRef(name, "pack@1.0.0") for name in rules)
    decision = Decision(
        f"s-{index}:0",
        0,
        customer,
        destination,
        Covers(0, 0, 0, 0, 0, 4),
        4,
        0,
        0,
        notes,
        facts,
        "hold",
        (),
        refs,
        "",
        (),
        "00",
        b"",
        HoldBack(0, 0),
    )
    return AuditEntry("decision", 0, index, at_ms, f"s-{index}", decision=decision)


def opened(*entries: AuditEntry) -> tuple[Incident, ...]:
    return incidents(entries, OPENING, DECLARED)


def test_clocks_come_by_deadline_and_those_without_a_number_last() -> None:
    running = clocks(["CN", "BR", "HK", "SG", "DE"], KNOWN, rules=RULES)
    assert [(clock.rule.id, clock.deadline and clock.deadline.isoformat()) for clock in running] == [
        ("CN-2", "2026-11-27T18:00:00+08:00"),
        ("CN-1", "2026-11-27T22:00:00+08:00"),
        ("EU-1", "2026-11-30T12:00:00+02:00"),
        ("SG-1", "2026-11-30T23:59:59+08:00"),
        ("BR-1", "2026-12-02T23:59:59-03:00"),
        ("HK-1", None),
    ]


def test_a_jurisdiction_that_is_not_concerned_has_no_clock() -> None:
    assert [clock.rule.id for clock in clocks(["SG"], KNOWN, rules=RULES)] == ["SG-1"]
    assert clocks(["JP"], KNOWN, rules=RULES) == ()


def test_a_clock_that_runs_from_an_assessment_runs_from_awareness_until_there_is_one() -> None:
    (early,) = clocks(["SG"], KNOWN, rules=RULES)
    assert (early.is_early, early.starts) == (True, KNOWN)
    assessed = KNOWN + dt.timedelta(days=2)
    (sure,) = clocks(["SG"], KNOWN, assessed_at=assessed, rules=RULES)
    assert (sure.is_early, sure.starts, sure.deadline) == (False, assessed, early.deadline and early.deadline + dt.timedelta(days=2))
    assert clocks(["CN"], KNOWN, assessed_at=assessed, rules=RULES) == clocks(["CN"], KNOWN, rules=RULES)


def test_a_moment_without_a_zone_has_no_clock() -> None:
    with pytest.raises(PackError, match="needs a time zone"):
        clocks(["CN"], dt.datetime(2026, 11, 27, 10), rules=RULES)
    with pytest.raises(PackError, match="needs a time zone"):
        clocks(["CN"], KNOWN, assessed_at=dt.datetime(2026, 11, 27, 10), rules=RULES)


def test_a_member_state_brings_the_union_and_another_country_does_not() -> None:
    assert jurisdictions_of(["DE"]) == {"DE", "EU"}
    assert jurisdictions_of(["NO", "SG"]) == {"NO", "SG", "EU"}
    assert jurisdictions_of(["UK", "CH"]) == {"GB", "CH"}
    assert jurisdictions_of(["EU"]) == {"EU"}


def test_a_place_that_is_none_is_refused_by_hand_and_passed_over_in_facts() -> None:
    with pytest.raises(PackError, match="'ZZ' is no jurisdiction"):
        jurisdictions_of(["CN", "ZZ"])
    assert concerned({"destination": "ZZ", "subjects": frozenset({"KR"})}) == {"KR"}


def test_where_it_went_who_used_it_whose_it_was_and_where_it_was_made_are_concerned() -> None:
    facts = {"destination": "SG", "end_user_location": "FR", "subjects": frozenset({"KR", "JP"}), "origin_country": "CN", "customer": "US"}
    assert concerned(facts) == {"SG", "FR", "EU", "KR", "JP", "CN"}
    assert concerned({}) == frozenset()


def test_a_decision_with_a_rule_that_opens_an_incident_opens_one() -> None:
    facts = (fact_note("end_user_location", "FR"), fact_note("subjects", frozenset({"KR"})), Fact("assumed", '"all"'))
    (found,) = opened(entry(7, facts=facts, values=(b"a", b"b")), entry(8, rules=("CN-XB-002",)))
    assert (found.id, found.rules, found.streams, found.entries) == ("c-1/0/7", {"CN-INC-002"}, {"s-7"}, [(0, 7)])
    assert found.known_at == dict.fromkeys(("SG", "FR", "EU", "KR", "CN"), KNOWN)
    assert [clock.rule.id for clock in found.clocks(RULES)] == ["CN-2", "CN-1", "EU-1", "SG-1"]


def test_what_the_decision_knew_wins_over_what_is_declared() -> None:
    (found,) = opened(entry(0, facts=(fact_note("origin_country", "MY"),)))
    assert set(found.known_at) == {"SG", "MY"}


def test_entries_of_other_kinds_open_nothing() -> None:
    assert opened(AuditEntry("stamp", 0, 1, START_MS, "", stamp=Stamp(0, 1, 1, b"", 0)), entry(2, rules=())) == ()


def test_decisions_of_a_customer_within_a_day_are_one_incident_whatever_their_order() -> None:
    entries = [
        entry(0, values=(b"a",)),
        entry(1, at_ms=START_MS + 20 * HOUR_MS, destination="MY", rules=("EU-GDPR-004",), values=(b"a", b"b")),
        entry(2, at_ms=START_MS + 44 * HOUR_MS),
        entry(3, at_ms=START_MS + 68 * HOUR_MS + 1),
        entry(4, customer="c-2"),
    ]
    found = opened(*reversed(entries))
    assert [(one.customer_id, [index for _, index in one.entries]) for one in found] == [("c-1", [3]), ("c-2", [4]), ("c-1", [0, 1, 2])]
    first = found[2]
    assert (first.rules, first.values) == ({"CN-INC-002", "EU-GDPR-004"}, {b"a", b"b"})
    assert first.last - first.first == dt.timedelta(hours=44)


def test_each_jurisdiction_has_its_clock_from_when_it_was_first_concerned() -> None:
    (found,) = opened(
        entry(0), entry(1, at_ms=START_MS + HOUR_MS, destination="DE"), entry(2, at_ms=START_MS + 2 * HOUR_MS, destination="DE")
    )
    starts = {clock.rule.id: clock.starts for clock in found.clocks(RULES)}
    assert starts["SG-1"] == starts["CN-1"] == KNOWN
    assert starts["EU-1"] == KNOWN + dt.timedelta(hours=1)


def test_a_value_that_concerns_nobody_is_no_person() -> None:
    note = FindingNote("AWS_ACCESS_KEY", 0, 4, 0.9, "test", "domestic_source", b"k")
    one = entry(0, values=(b"a",))
    assert one.decision is not None
    (found,) = opened(replace(one, decision=replace(one.decision, findings=(*one.decision.findings, note))))
    assert found.values == {b"a"}


@pytest.mark.parametrize("at_ms", [-1, 2**62])
def test_a_time_out_of_reach_is_still_a_moment(at_ms: int) -> None:
    (found,) = opened(entry(0, at_ms=at_ms))
    assert len(found.clocks(RULES)) == 3


ENTRY = {
    "id": "SG-INC-1",
    "jurisdiction": "SG",
    "law": "Personal Data Protection Act",
    "article": "s.26D",
    "address": "https://sso.agc.gov.sg",
    "checked": "secondary",
    "accessed": "2026-11-24",
    "to": "PDPC",
    "when": "notifiable data breach",
    "within": "3d",
    "from": "assessment",
}


def written(tmp_path: Path, *entries: dict[str, str]) -> Path:
    path = tmp_path / "clocks.v1.yaml"
    lines = [f"- {json.dumps(each)}".replace('"2026-11-24"', "2026-11-24") for each in entries]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_list_is_read_to_the_last_key(tmp_path: Path) -> None:
    (found,) = load_clocks(written(tmp_path, ENTRY))
    assert (found.id, found.within, found.runs_from, found.accessed) == ("SG-INC-1", "3d", "assessment", dt.date(2026, 11, 24))


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([{**ENTRY, "colour": "red"}], "colour"),
        ([{**ENTRY, "from": "breakfast"}], "from"),
        ([{**ENTRY, "checked": "seen"}], "checked"),
        ([{**ENTRY, "jurisdiction": "ZZ"}], "ZZ is no jurisdiction"),
        ([{**ENTRY, "within": "3x24h"}], "neither a term"),
        ([{name: value for name, value in ENTRY.items() if name != "law"}], "law"),
        ([ENTRY, ENTRY], "a clock stands twice"),
        ([], "dictionary"),
    ],
)
def test_a_list_that_is_not_understood_is_refused_with_the_reason(tmp_path: Path, entries: list[dict[str, str]], words: str) -> None:
    with pytest.raises(PackError, match=words):
        load_clocks(written(tmp_path, *entries))


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"nowhere\.yaml"):
        load_clocks(tmp_path / "nowhere.yaml")


def test_every_clock_of_the_release_can_be_computed() -> None:
    rules = load_clocks()
    running = clocks({found.jurisdiction for found in rules}, KNOWN)
    assert {clock.rule.id for clock in running} == {found.id for found in rules}
    assert all(clock.deadline is None or clock.deadline >= KNOWN for clock in running)


def test_the_clocks_that_everybody_asks_for_are_there() -> None:
    spans = {(clock.rule.jurisdiction, clock.rule.within) for clock in clocks(["CN", "EU", "SG", "BR"], KNOWN)}
    assert {("CN", "4h"), ("CN", "1h"), ("EU", "72h"), ("SG", "3d"), ("BR", "3wd")} <= spans
