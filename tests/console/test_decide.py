"""`carnet decide`: one answer, several destinations, a verdict each, with every rule that led to it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from console.decide import decide, moment_of, read_question
from console.derivation import derive, facts_for, rules_in
from jurisdictions.compile import compile_packs
from schemas.errors import ConfigurationError

app = typer.Typer(rich_markup_mode=None)
app.command()(decide)
run = CliRunner()
MOMENT = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.UTC)
CITATION = (
    'citation: {law: The Act, article: "7", address: somewhere, language: en, accessed: 2026-11-23, checked: text, checked_by: nobody'
)
PACK = f"""
id: tt
version: 1.0.0
title: For tests
covers: [SG, DE]
assume:
  ciio: {{value: false, declared_by: legal, note: Not designated.}}
rules:
  - id: SG-900
    title: Personal data of Singapore stays
    {CITATION}, quote: "The data shall stay.", quote_lang: en}}
    in_force: {{from: 2024-01-01}}
    when: personal and destination == 'SG'
    action: block
    obligations: [log, "notify_authority:72h"]
    retain: 3y
    disputed: Whether an echo is meant.
    tests: [{{facts: {{personal: true, destination: SG}}, fires: true}}, {{facts: {{personal: false}}, fires: false}}]
  - id: DE-901
    title: Secrets are looked at by a human
    {CITATION}}}
    in_force: {{from: 2024-01-01}}
    when: destination == 'DE' and not ciio and state_secret
    action: hold
    obligations: [escalate, "file:10wd"]
    review: {{deadline: 48h, escalate: 12h, two_person: true}}
    tests: [{{facts: {{destination: DE, ciio: false, state_secret: true}}, fires: true}}, {{facts: {{ciio: true}}, fires: false}}]
  - id: DE-902
    title: Text is marked for machines
    {CITATION}}}
    in_force: {{from: 2024-01-01}}
    when: destination == 'DE' and synthetic
    action: label
    labels: [eu.machine_readable]
    tests: [{{facts: {{destination: DE, synthetic: true}}, fires: true}}, {{facts: {{destination: SG}}, fires: false}}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tt.v1.yaml").write_text(PACK, "utf-8")
    return tmp_path


def verdicts(folder: Path, *words: str) -> list[dict[str, Any]]:
    answer = run.invoke(app, ["--packs", str(folder), "--on", "2026-11-24T10:00", "--json", *words])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert said["note"] == "Engineering support, not legal advice."
    return said["verdicts"]  # type: ignore[no-any-return]


def test_one_answer_gets_a_verdict_for_each_destination_in_the_order_asked(folder: Path) -> None:
    found = verdicts(
        folder, "--finding", "EMAIL_ADDRESS:unmatched", "--fact", "state_secret=false", "--destination", "DE", "--destination", "SG"
    )
    assert [(one["destination"], one["action"], one["certain"]) for one in found] == [("DE", "label", True), ("SG", "block", True)]


def test_a_verdict_names_its_rules_with_source_quote_condition_and_the_facts_that_they_read(folder: Path) -> None:
    (found,) = verdicts(folder, "--finding", "EMAIL_ADDRESS:unmatched", "--destination", "SG")
    (rule,) = found["rules"]
    assert (rule["id"], rule["pack"], rule["fires"], rule["decides"], rule["action"]) == ("SG-900", "tt@1.0.0", True, True, "block")
    assert rule["citation"]["law"] == "The Act"
    assert rule["citation"]["quote"] == "The data shall stay."
    assert rule["when"] == "personal and destination == 'SG'"
    assert rule["facts"] == {"personal": True, "destination": "SG"}
    assert rule["disputed"] == "Whether an echo is meant."


def test_duties_have_the_end_of_their_term_by_the_calendar_of_their_jurisdiction(folder: Path) -> None:
    (found,) = verdicts(folder, "--finding", "EMAIL_ADDRESS:unmatched", "--destination", "SG")
    terms = {(one["duty"], one["term"]): one["until"] for one in found["obligations"]}
    assert terms["notify_authority", "72h"] == "2026-11-27T18:00:00+08:00"
    assert terms["retain", "3y"].startswith("2029-11-24T23:59:59+08:00")
    assert terms["log", ""] is None
    (held,) = verdicts(folder, "--nothing-found", "--fact", "state_secret=true", "--destination", "DE")
    assert next(one["until"] for one in held["obligations"] if one["duty"] == "file") == "2026-12-08T23:59:59+01:00"


def test_an_unknown_fact_holds_and_is_named(folder: Path) -> None:
    (found,) = verdicts(folder, "--nothing-found", "--destination", "DE")
    assert (found["action"], found["certain"], found["missing"]) == ("hold", False, ["state_secret"])
    deciding = [(rule["id"], rule["fires"], rule["facts"]["state_secret"]) for rule in found["rules"] if rule["decides"]]
    assert deciding == [("DE-901", "unknown", None)]


def test_what_the_operator_declares_counts_until_a_fact_says_otherwise(folder: Path) -> None:
    base = ["--nothing-found", "--destination", "DE", "--fact", "state_secret=true"]
    assert verdicts(folder, *base)[0]["action"] == "hold"
    assert verdicts(folder, *base, "--fact", "ciio=true")[0]["action"] == "label"
    assert verdicts(folder, *base, "--fact", "ciio=?")[0]["missing"] == ["ciio"]


def test_a_delivered_text_shows_its_marks_and_a_held_one_puts_none(folder: Path) -> None:
    (found,) = verdicts(folder, "--nothing-found", "--fact", "state_secret=false", "--destination", "DE")
    assert [(mark["label"], mark["place"]) for mark in found["marks"]] == [("eu.machine_readable", "metadata")]
    (held,) = verdicts(folder, "--nothing-found", "--fact", "state_secret=true", "--destination", "DE")
    assert (held["labels"], held["marks"]) == (["eu.machine_readable"], [])


def test_an_overlay_in_the_folder_counts_for_its_customer_alone(folder: Path) -> None:
    (folder / "acme.overlay.yaml").write_text(
        "id: acme\nversion: 1.0.0\ntitle: For Acme\ncustomer: acme\nrules: []\n"
        "waivers: [{id: ACM-W1, rule: DE-901, until: 2026-12-31, reason: Agreed with counsel, granted_by: legal}]\n",
        "utf-8",
    )
    words = ["--nothing-found", "--fact", "state_secret=true", "--destination", "DE"]
    (waived,) = verdicts(folder, *words, "--fact", "customer=acme")
    assert (waived["action"], "ACM-W1" in {rule["id"] for rule in waived["rules"]}) == ("label", True)
    (other,) = verdicts(folder, *words, "--fact", "customer=other")
    assert (other["action"], "ACM-W1" in {rule["id"] for rule in other["rules"]}) == ("hold", False)


def test_facts_come_from_a_file_and_an_option_wins_over_it(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps({"state_secret": True, "findings": ["EMAIL_ADDRESS:foreign_echo"], "destinations": ["DE", "SG"]}))
    assert [one["action"] for one in verdicts(folder, str(file))] == ["hold", "block"]
    assert [one["action"] for one in verdicts(folder, str(file), "--fact", "state_secret=false")] == ["label", "block"]
    assert [one["action"] for one in verdicts(folder, str(file), "--nothing-found", "--destination", "SG")] == ["release"]


def test_the_table_explains_on_request_and_always_says_what_it_is_worth(folder: Path) -> None:
    words = ["--packs", str(folder), "--fact", "state_secret=true", "--nothing-found", "--destination", "DE"]
    short, long = run.invoke(app, words).stdout, run.invoke(app, [*words, "--explain"]).stdout
    assert "The Act" not in short
    assert "DE-901" in short
    for part in ("The Act, 7", "when destination == 'DE' and not ciio and state_secret", "state_secret = true", "ciio = false"):
        assert part in long
    assert "a human within 48 hours, escalated after 12 hours · two must agree" in long
    assert all("Engineering support, not legal advice." in said for said in (short, long))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--destination", "SG", "--fact", "colour=red"], "unknown fact 'colour'"),
        (["--destination", "SG", "--fact", "ciio=perhaps"], "takes bool"),
        (["--destination", "SG", "--fact", "provenance_set=foriegn_echo"], "never has the value"),
        (["--destination", "SG", "--fact", "ciio"], "name=value"),
        (["--destination", "SG", "--finding", "EMAIL_ADDRESS"], "TYPE:PROVENANCE"),
        (["--nothing-found"], "where to?"),
        (["--destination", "SG", "--on", "tomorrow"], "neither a day nor a moment"),
    ],
)
def test_a_wrong_question_is_a_usage_error_in_one_line(folder: Path, words: list[str], reason: str) -> None:
    answer = run.invoke(app, ["--packs", str(folder), *words])
    assert answer.exit_code == 2
    assert reason in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_sets_are_written_with_commas_and_null_in_a_file_is_unknown() -> None:
    question = read_question(
        "ciio: null\nmechanisms: [eu_scc]",
        facts=["provenance_set=foreign_echo, unmatched", "domains=", "cn_people_since_january=12", "customer=7"],
        findings=None,
        destinations=["NO"],
        users_at_destination=True,
        moment=MOMENT,
    )
    assert question.facts == {
        "ciio": None,
        "mechanisms": frozenset({"eu_scc"}),
        "provenance_set": frozenset({"foreign_echo", "unmatched"}),
        "domains": frozenset(),
        "cn_people_since_january": 12,
        "customer": "7",
    }
    facts = facts_for(question, "NO", {"ciio": False})
    assert "ciio" not in facts
    assert "personal" not in facts
    assert (facts["destination_region"], facts["end_user_location"]) == ("EEA", "NO")


def test_a_day_is_its_first_moment_so_that_no_term_ends_later_than_the_law_has_it() -> None:
    assert moment_of("2026-11-24") == dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    assert moment_of("2026-11-24T09:30+08:00").utcoffset() == dt.timedelta(hours=8)
    with pytest.raises(ConfigurationError):
        moment_of("24.11.2026")


def test_one_answer_with_five_destinations_under_the_shipped_rules() -> None:
    """A foreign customer's own number, a mainland resident id from a domestic source, a statement of health."""
    question = read_question(
        "",
        facts=["domains=health", "mechanisms=sg_contract", "cn_people_since_january=50", "cn_sensitive_people_since_january=5"],
        findings=["PHONE_NUMBER:foreign_echo", "CN_RESIDENT_ID:domestic_source"],
        destinations=["SG", "DE", "US", "ID", "CN"],
        users_at_destination=True,
        moment=MOMENT,
    )
    packs, overlays = rules_in(None)
    found = derive(question, compile_packs(packs, MOMENT.date(), overlays), producer="p", propagator="q")
    assert [one.destination for one in found] == ["SG", "DE", "US", "ID", "CN"]
    for one in found:
        assert one.verdict.action == "hold"
        deciding = [step for step in one.steps if step.decides]
        assert deciding
        assert all(step.entry.rule.citation.law and step.facts for step in deciding)
    assert {step.entry.rule.id for step in found[4].steps if step.decides} > {step.entry.rule.id for step in found[0].steps if step.decides}
