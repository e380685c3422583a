"""`carnet incidents` over an exported ledger, and for an incident that a human opens by hand."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from audit import store
from console.incidents import incidents_app, left
from jurisdictions.facts import fact_note
from jurisdictions.incidents import clocks
from schemas.codec import Codec
from schemas.records import AuditEntry, Covers, Decision, FindingNote, HoldBack, RuleRef, Stamp

run = CliRunner()
KNOWN = dt.datetime(2026, 11, 24, 1, 30, tzinfo=dt.UTC)
SECRET = "Mei Tan"
PACK = """\
id: leaks
version: 1.0.0
title: What opens an incident here
covers: [SG]
assume:
  origin_country: {value: CN, declared_by: operator, note: All data centres are in mainland China.}
rules:
  - id: CN-LEAK-001
    title: A label was removed on the way
    citation: &house
      {law: House rules, article: "1", address: the operator's handbook, language: en, accessed: 2026-11-24, checked: remembered,
       checked_by: "Carnet engineering, not counsel"}
    in_force: {from: 2026-01-01}
    when: labels_removed
    action: hold
    obligations: [escalate]
    incident: true
    tests:
      - {facts: {labels_removed: true}, fires: true}
      - {facts: {labels_removed: false}, fires: false}
  - id: CN-QUIET-001
    title: Something that is no incident
    citation: *house
    in_force: {from: 2026-01-01}
    when: personal
    obligations: [log]
    tests:
      - {facts: {personal: true}, fires: true}
      - {facts: {personal: false}, fires: false}
"""
OVERLAY = """\
id: strict
version: 1.0.0
title: What one customer wants besides
customer: c-1
rules:
  - id: XX-LEAK-002
    title: Personal data at all is an incident for this customer
    citation:
      {law: Contract, article: "7", address: contract on file, language: en, accessed: 2026-11-24, checked: remembered,
       checked_by: "Carnet engineering, not counsel"}
    in_force: {from: 2026-01-01}
    when: personal
    action: hold
    incident: true
    tests:
      - {facts: {personal: true}, fires: true}
      - {facts: {personal: false}, fires: false}
"""


def entry(index: int, rule: str, destination: str = "SG", hours: float = 0) -> bytes:
    note = FindingNote("PERSON", 0, 7, 0.9, "test", "domestic_source", b"digest")
    facts = (fact_note("assumed", "all"), fact_note("subjects", frozenset({"KR"})))
    decision = Decision(
        delivery_id=f"s-{index}:0",
        segment_index=0,
        customer_id="c-1",
        destination=destination,
        covers=Covers(index, index, 0, 0, 0, 7),
        characters_released=0,
        characters_redacted=0,
        characters_withheld=7,
        findings=(note,),
        facts=facts,
        action="hold",
        obligations=(),
        rules=(RuleRef(rule, "leaks@1.0.0"),),
        error_code="",
        models=(),
        packs_sha256="00",
        text_commitment=b"",
        hold_back=HoldBack(0, 0),
    )
    at_ms = int((KNOWN + dt.timedelta(hours=hours)).timestamp() * 1000)
    return Codec.committed().encode(AuditEntry("decision", 0, index, at_ms, f"s-{index}", decision=decision))


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "leaks.v1.yaml").write_text(PACK, encoding="utf-8")
    monkeypatch.setenv("CARNET_PACKS_DIR", str(packs))
    stamp = Codec.committed().encode(AuditEntry("stamp", 0, 3, 0, "", stamp=Stamp(0, 3, 3, b"", 0)))
    entries = [entry(0, "CN-LEAK-001"), entry(1, "CN-QUIET-001"), entry(2, "CN-LEAK-001", "DE", hours=2), stamp, b"damaged"]
    store.write_partition(tmp_path / "export", 0, entries, [])
    return tmp_path / "export"


def carnet(*words: str | Path, code: int = 0) -> Any:
    answer = run.invoke(incidents_app, [*map(str, words), "--json"])
    assert answer.exit_code == code, answer.output
    return json.loads(answer.stdout) if answer.stdout else answer.stderr


def test_decisions_that_opened_an_incident_are_listed_with_the_clock_of_each_jurisdiction(ledger: Path) -> None:
    (found,) = carnet("list", "--from", ledger)
    assert (found["id"], found["customer_id"], found["rules"], found["streams"]) == ("c-1/0/0", "c-1", ["CN-LEAK-001"], ["s-0", "s-2"])
    assert set(found["jurisdictions"]) == {"CN", "SG", "KR", "DE", "EU"}
    assert found["personal_values"] == 1
    deadlines = {(clock["jurisdiction"], clock["within"]): clock["deadline"] for clock in found["clocks"]}
    assert deadlines["CN", "4h"] == "2026-11-24T13:30:00+08:00"
    assert deadlines["EU", "72h"] == "2026-11-27T05:30:00+02:00"  # two hours later: by then it concerned the Union
    moments = [dt.datetime.fromisoformat(clock["deadline"]) for clock in found["clocks"] if clock["deadline"]]
    assert moments == sorted(moments)
    assert all(clock["law"] and clock["checked"] for clock in found["clocks"])


def test_a_rule_of_an_overlay_opens_an_incident_too(ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "overlays").mkdir()
    (tmp_path / "overlays" / "strict.overlay.yaml").write_text(OVERLAY, encoding="utf-8")
    monkeypatch.setenv("CARNET_PACKS_OVERLAYS", str(tmp_path / "overlays"))
    store.write_partition(ledger, 0, [entry(0, "XX-LEAK-002")], [])
    assert [found["rules"] for found in carnet("list", "--from", ledger)] == [["XX-LEAK-002"]]


def test_an_incident_that_did_not_go_on_since_is_left_out(ledger: Path) -> None:
    assert len(carnet("list", "--from", ledger, "--since", "2026-11-24")) == 1
    assert carnet("list", "--from", ledger, "--since", "2026-11-25") == []


def test_the_table_names_the_incident_and_says_that_it_is_no_legal_advice(ledger: Path) -> None:
    shown = run.invoke(incidents_app, ["list", "--from", str(ledger)]).stdout
    assert "c-1/0/0" in shown
    assert "not legal advice" in shown
    store.write_partition(ledger, 0, [], [])
    assert "no decision opened an incident" in run.invoke(incidents_app, ["list", "--from", str(ledger)]).stdout


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    assert "no exported ledger" in carnet("list", "--from", tmp_path, code=2)


def test_an_incident_by_hand_has_the_clocks_of_the_jurisdictions_that_are_named() -> None:
    told = carnet("clocks", "--jurisdiction", "cn", "--jurisdiction", "DE", "--known-at", "2026-11-24T09:30+08:00")
    assert {clock["jurisdiction"] for clock in told} == {"CN", "EU"}
    deadlines = {(clock["jurisdiction"], clock["within"]): clock["deadline"] for clock in told}
    assert deadlines["CN", "1h"] == "2026-11-24T10:30:00+08:00"
    assert deadlines["EU", "72h"] == "2026-11-27T03:30:00+02:00"


def test_an_assessment_moves_the_clocks_that_run_from_it() -> None:
    words = ["clocks", "--jurisdiction", "SG", "--known-at", "2026-11-24T09:30+08:00"]
    early = next(clock for clock in carnet(*words) if clock["within"] == "3d")
    sure = next(clock for clock in carnet(*words, "--assessed-at", "2026-11-26T09:30+08:00") if clock["within"] == "3d")
    assert (early["deadline"], early["may_be_later"]) == ("2026-11-27T23:59:59+08:00", True)
    assert (sure["deadline"], sure["may_be_later"]) == ("2026-11-29T23:59:59+08:00", False)


def test_a_jurisdiction_without_a_clock_is_said_to_have_none() -> None:
    shown = run.invoke(incidents_app, ["clocks", "--jurisdiction", "FJ", "--jurisdiction", "DE", "--known-at", "2026-11-24T09:30Z"]).stdout
    assert "no clock is listed for FJ\n" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--jurisdiction", "ZZ", "--known-at", "2026-11-24T09:30Z"], "'ZZ' is no jurisdiction"),
        (["--jurisdiction", "CN", "--known-at", "2026-11-24T09:30"], "time zone"),
        (["--jurisdiction", "CN", "--known-at", "yesterday"], "'yesterday' is no time"),
    ],
)
def test_what_cannot_be_computed_is_refused(words: list[str], said: str) -> None:
    assert said in carnet("clocks", *words, code=2)


@pytest.mark.parametrize(
    ("hours", "words", "style"),
    [
        (0, "3 d 0 h", "green"),
        (36, "1 d 12 h", "green"),
        (37, "1 d 11 h", "yellow"),
        (55, "17 h 0 min", "bold red"),
        (73, "overdue by 1 h 0 min", "bold red"),
    ],
)
def test_the_time_left_turns_yellow_and_red(hours: int, words: str, style: str) -> None:
    clock = next(clock for clock in clocks(["EU"], KNOWN) if clock.rule.within == "72h")
    told = left(clock, KNOWN + dt.timedelta(hours=hours))
    assert (told.plain.removesuffix(", or later"), str(told.style)) == (words, style)
