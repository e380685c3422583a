"""`carnet packs`: what differs between two sets of rules, and which decisions of the past would have been others."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from audit import store
from console.evidence import KEY_NAME
from console.packs import packs_app
from jurisdictions.compile import compile_packs
from jurisdictions.evaluate import evaluate, evidence_of
from jurisdictions.facts import FactValue
from jurisdictions.pack import load_packs, packs_sha256
from jurisdictions.signing import SIGNED, Key, sign_folder
from schemas.codec import Codec
from schemas.records import AuditEntry, Covers, Decision, HoldBack
from tests.facts import random_facts, words_named

run = CliRunner()
DAY = dt.date(2026, 11, 24)
AT_MS = int(dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC).timestamp() * 1000)
HEAD = """
id: tt
version: {version}
title: For tests
covers: [SG]
assume:
  ciio: {{value: {ciio}, declared_by: legal, note: As we see it.}}
rules:
"""
RULE = """
  - id: {id}
    title: A rule for tests
    citation:
      {{law: The Act, article: "{article}", address: somewhere, language: en, accessed: 2026-11-23, checked: text, checked_by: nobody}}
    in_force: {{from: {since}}}
    when: {when}
    {effect}
    obligations: [log]
    tests: [{{facts: {fires}, fires: true}}, {{facts: {quiet}, fires: false}}]
"""


def rule(name: str, when: str, effect: str, fires: str, quiet: str, *, article: str = "1", since: str = "2024-01-01") -> str:
    return RULE.format(id=name, when=when, effect=effect, fires=fires, quiet=quiet, article=article, since=since)


PERSONAL = rule("TT-1", "personal", "action: redact", "{personal: true}", "{personal: false}")
CRITICAL = rule("TT-2", "ciio", "action: hold", "{ciio: true}", "{ciio: false}")
SECRET = rule("TT-3", "state_secret", "action: block", "{state_secret: true}", "{state_secret: false}")


def folder(path: Path, *rules: str, ciio: str = "false", version: str = "1.0.0") -> Path:
    path.mkdir(exist_ok=True)
    (path / "tt.v1.yaml").write_text(HEAD.format(ciio=ciio, version=version) + ("".join(rules) or "  []"), "utf-8")
    return path


def entry(packs: Path, number: int, facts: Mapping[str, FactValue]) -> AuditEntry:
    """A decision as a worker with these packs writes it."""
    loaded = load_packs(packs)
    compiled = compile_packs(loaded, DAY)
    known = {**compiled.assumed, **facts}
    verdict = evaluate(compiled, known)
    decision = Decision(
        delivery_id=f"s-{number}:0",
        segment_index=0,
        customer_id="c",
        destination="SG",
        covers=Covers(number, number, 0, 0, 0, 10),
        characters_released=10,
        characters_redacted=0,
        characters_withheld=0,
        findings=(),
        facts=evidence_of(compiled, known),
        action=verdict.action,
        obligations=verdict.obligations,
        rules=verdict.rules,
        error_code="",
        models=(),
        packs_sha256=packs_sha256(loaded),
        text_commitment=bytes(32),
        hold_back=HoldBack(0, 0),
    )
    return AuditEntry("decision", 0, number, AT_MS, f"s-{number}", decision=decision)


def export(path: Path, *entries: AuditEntry) -> Path:
    store.write_partition(path, 0, [Codec.committed().encode(one) for one in entries], [])
    (path / KEY_NAME).write_text("unused\n")
    return path


def packs(*words: object, code: int = 0) -> Any:
    answer = run.invoke(packs_app, [*map(str, words), "--json"])
    assert answer.exit_code == code, answer.output
    return json.loads(answer.stdout) if answer.stdout else answer.stderr


def changed(said: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    return {one["id"]: (one["kind"], one["parts"]) for one in said["changes"]}


def test_a_folder_does_not_differ_from_itself_and_a_mere_move_to_another_line_is_no_change(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", PERSONAL, CRITICAL)
    other = folder(tmp_path / "b", CRITICAL, PERSONAL.replace("when: personal", "when: >-\n      personal\n"))
    assert packs("diff", one, one)["changes"] == []
    assert packs("diff", one, other)["changes"] == []


def test_rules_are_added_removed_and_changed_by_what_they_say(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", PERSONAL, CRITICAL)
    stricter = rule("TT-1", "personal", "action: hold", "{personal: true}", "{personal: false}", article="2")
    after = folder(tmp_path / "b", stricter, SECRET, ciio="true")
    assert changed(packs("diff", before, after, "--on", DAY)) == {
        "TT-1": ("changed", ["action", "redact", "citation"]),
        "TT-2": ("removed", []),
        "TT-3": ("added", []),
        "assume ciio": ("changed", ["value"]),
    }
    told = next(one for one in packs("diff", before, after)["changes"] if one["id"] == "TT-1")
    assert (told["before"]["action"], told["after"]["action"], told["after"]["citation"]["article"]) == ("redact", "hold", "2")


def test_a_named_set_that_changed_changes_the_condition_that_names_it(tmp_path: Path) -> None:
    sets = rule("TT-1", "destination in PLACES", "action: hold", "{destination: SG}", "{destination: DE}")
    before, after = folder(tmp_path / "a", sets), folder(tmp_path / "b", sets)
    for path, members in ((before, "[SG]"), (after, "[SG, MY]")):
        file = path / "tt.v1.yaml"
        file.write_text(file.read_text().replace("rules:", f"sets: {{PLACES: {members}}}\nrules:", 1).replace("covers: [SG]\n", ""))
    assert changed(packs("diff", before, after)) == {"TT-1": ("changed", ["condition"])}


def test_past_decisions_that_would_change_are_counted_by_the_rule_that_changes_them(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", PERSONAL, CRITICAL)
    after = folder(
        tmp_path / "b", rule("TT-1", "personal", "action: hold", "{personal: true}", "{personal: false}"), CRITICAL, version="1.1.0"
    )
    log = export(tmp_path / "log", *(entry(before, number, {"personal": number % 2 == 0}) for number in range(5)))
    said = packs("diff", before, after, "--against", log)["against"]
    assert (said["decisions"], said["changed"], said["other_packs"], said["recorded_otherwise"]) == (5, 3, 0, 0)
    assert said["by_rule"] == {"TT-1": {"stricter": 3}}
    assert [(one["delivery_id"], one["before"], one["after"]) for one in said["turned"]] == [
        (f"s-{number}:0", "redact", "hold") for number in (0, 2, 4)
    ]
    back = packs("diff", after, before, "--against", log)["against"]
    assert (back["by_rule"], back["other_packs"]) == ({"TT-1": {"looser": 3}}, 5)


def test_what_was_taken_as_declared_takes_the_value_that_each_side_declares(tmp_path: Path) -> None:
    before, after = folder(tmp_path / "a", PERSONAL, CRITICAL), folder(tmp_path / "b", PERSONAL, CRITICAL, ciio="true")
    log = export(tmp_path / "log", entry(before, 0, {"personal": False}), entry(before, 1, {"personal": False, "ciio": True}))
    said = packs("diff", before, after, "--against", log)["against"]
    assert [(one["delivery_id"], one["before"], one["after"]) for one in said["turned"]] == [("s-0:0", "release", "hold")]


def test_what_was_measured_stays_so_though_the_new_side_declares_it(tmp_path: Path) -> None:
    before, after = folder(tmp_path / "a", PERSONAL, CRITICAL), folder(tmp_path / "b", PERSONAL, CRITICAL)
    file = after / "tt.v1.yaml"
    file.write_text(file.read_text().replace("assume:\n", "assume:\n  personal: {value: true, declared_by: legal, note: Always so.}\n"))
    log = export(tmp_path / "log", entry(before, 0, {"personal": False}))
    assert packs("diff", before, after, "--against", log)["against"]["turned"] == []


def test_a_decision_that_hangs_on_a_fact_which_the_log_never_kept_is_told_apart(tmp_path: Path) -> None:
    secret = rule("TT-3", "state_secret and not ciio", "action: block", "{state_secret: true, ciio: false}", "{state_secret: false}")
    before, after = folder(tmp_path / "a", PERSONAL), folder(tmp_path / "b", PERSONAL, secret)
    log = export(tmp_path / "log", entry(before, 0, {"personal": False, "state_secret": False}))
    said = packs("diff", before, after, "--against", log)["against"]
    (one,) = said["turned"]
    assert (one["after"], one["told"], one["missing"], one["rules"]) == ("hold", False, ["state_secret"], ["TT-3"])
    assert said["by_rule"] == {"TT-3": {"untold": 1}}


def test_a_fact_that_was_unknown_then_is_no_fact_that_the_log_lost(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", PERSONAL)
    after = folder(tmp_path / "b", rule("TT-1", "personal", "action: block", "{personal: true}", "{personal: false}"))
    log = export(tmp_path / "log", entry(before, 0, {}))
    (one,) = packs("diff", before, after, "--against", log)["against"]["turned"]
    assert (one["before"], one["after"], one["parts"], one["told"], one["missing"]) == ("hold", "hold", ["redact"], True, [])


def test_a_fact_that_the_old_rules_did_not_read_is_taken_as_the_new_side_declares_it(tmp_path: Path) -> None:
    before, after = folder(tmp_path / "a", PERSONAL), folder(tmp_path / "b", PERSONAL, CRITICAL, ciio="true")
    log = export(tmp_path / "log", entry(before, 0, {"personal": False}))
    (one,) = packs("diff", before, after, "--against", log)["against"]["turned"]
    assert (one["after"], one["told"], one["rules"]) == ("hold", True, ["TT-2"])


def test_each_decision_is_made_again_by_the_rules_of_its_own_day(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", PERSONAL)
    later = rule("TT-4", "not personal", "action: hold", "{personal: false}", "{personal: true}", since="2026-11-25")
    after = folder(tmp_path / "b", PERSONAL, later)
    log = export(tmp_path / "log", entry(before, 0, {"personal": False}))
    assert changed(packs("diff", before, after, "--on", "2026-11-24")) == {"TT-4": ("added", [])}
    assert packs("diff", before, after, "--against", log)["against"]["changed"] == 0


def test_the_facts_that_an_entry_keeps_lead_to_the_recorded_decision_again(tmp_path: Path) -> None:
    compiled = compile_packs(load_packs(), DAY)
    source, words = random.Random(20261124), words_named(compiled)
    rows: list[dict[str, Any]] = []
    for number in range(400):
        drawn = random_facts(source, compiled, words)
        facts = {**compiled.assumed} | {
            name: value for name, value in drawn.items() if name not in compiled.assumed or source.random() < 0.1
        }
        notes = [{"name": fact.name, "value": fact.value} for fact in evidence_of(compiled, facts)]
        decision = {"delivery_id": str(number), "destination": "", "facts": notes, "action": evaluate(compiled, facts).action}
        rows.append({"decided_at_ms": AT_MS, "decision": decision})
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(map(json.dumps, rows)))
    said = packs("diff", "-", "-", "--against", log)["against"]
    assert (said["decisions"], said["recorded_otherwise"], said["changed"]) == (400, 0, 0)
    assert len({row["decision"]["action"] for row in rows}) >= 3


def test_json_lines_do_as_well_as_an_export(tmp_path: Path) -> None:
    before, after = folder(tmp_path / "a", PERSONAL), folder(tmp_path / "b")
    lines = tmp_path / "log.jsonl"
    rows = [
        {"decided_at_ms": AT_MS, "decision": {"delivery_id": "x:0", "facts": [{"name": "personal", "value": "true"}], "action": "redact"}},
        {"decided_at_ms": AT_MS, "stamp": {"offset_from": 0}},
        {"decided_at_ms": AT_MS, "facts": {"personal": False}, "action": "hold"},
    ]
    lines.write_text("\n".join(map(json.dumps, rows)))
    said = packs("diff", before, after, "--against", lines)["against"]
    assert (said["decisions"], [one["delivery_id"] for one in said["turned"]]) == (2, ["x:0"])
    assert said["recorded_otherwise"] == 1
    lines.write_text('{"decided_at_ms": 1, "facts": 7}\n')
    assert "line 1 is no audit entry" in packs("diff", before, after, "--against", lines, code=2)


def test_the_tables_name_the_rule_and_say_what_they_are_worth(tmp_path: Path) -> None:
    before, after = folder(tmp_path / "a", PERSONAL), folder(tmp_path / "b")
    log = export(tmp_path / "log", entry(before, 0, {"personal": True}))
    said = run.invoke(packs_app, ["diff", str(before), str(after), "--against", str(log)]).stdout
    assert "1 decisions looked at, 1 would change" in said
    assert "TT-1" in said
    assert "Engineering support, not legal advice." in said


def test_packs_are_listed_with_how_far_their_sources_were_read(tmp_path: Path) -> None:
    said = packs("list", folder(tmp_path / "a", PERSONAL, CRITICAL))
    (pack,) = said["packs"]
    assert (pack["pack"], pack["rules"], pack["checked"], pack["covers"]) == ("tt@1.0.0", 2, {"text": 2}, ["SG"])


def test_verify_names_a_rule_that_breaks_and_a_label_that_nobody_puts(tmp_path: Path) -> None:
    good = folder(tmp_path / "a", PERSONAL)
    said = packs("verify", good)
    assert (said["rules"], said["tests"], said["signed"]) == (1, 2, False)
    folder(good, PERSONAL.replace("when: personal", "when: not personal"))
    assert "TT-1: test 1 expects true" in packs("verify", good, code=2)
    folder(good, rule("TT-1", "personal", "action: label\n    labels: [tt.nobody]", "{personal: true}", "{personal: false}"))
    assert "label 'tt.nobody'" in packs("verify", good, code=2)


def test_verify_with_a_key_refuses_a_folder_that_was_altered_after_it_was_signed(tmp_path: Path) -> None:
    good, private = folder(tmp_path / "a", PERSONAL), Ed25519PrivateKey.generate()
    (good / SIGNED).write_text(sign_folder(good, private, "carnet.example/rules"), "utf-8")
    vkey = Key.of("carnet.example/rules", private).vkey
    assert packs("verify", good, "--key", vkey)["signed"] is True
    keys = tmp_path / "keys"
    keys.write_text(f"{Key.of('carnet.example/other', Ed25519PrivateKey.generate()).vkey}\n{vkey}\n")
    assert packs("verify", good, "--key", keys)["signed"] is True
    folder(good, PERSONAL.replace("A rule for tests", "Another rule for tests"))
    assert "tt.v1.yaml" in packs("verify", good, "--key", vkey, code=2)


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    assert "no folder of packs" in packs("diff", tmp_path / "none", "-", code=2)
    assert "is not there" in packs("diff", "-", "-", "--against", tmp_path / "none", code=2)
