"""A pack that is not understood to the last key is refused, and the message says where and why."""

import datetime as dt
from pathlib import Path

import pytest

from jurisdictions.pack import check_together, load_packs, packs_sha256, parse_pack
from schemas.errors import ConfigurationError, PackError

RULE = """
  - id: TT-001
    title: A rule for tests
    citation:
      law: Some law
      article: "4"
      address: https://example.org/law
      language: en
      accessed: 2026-11-23
      checked: text
      checked_by: nobody
    in_force: {from: 2024-01-01}
    when: personal and provenance_set == {'foreign_echo'}
    action: block
    obligations: [log]
    retain: 3y
    tests:
      - {facts: {personal: true, provenance_set: [foreign_echo]}, fires: true}
      - {facts: {personal: false}, fires: false}
      - {facts: {personal: true}, fires: unknown}
"""
PACK = "id: tt\nversion: 1.0.0\ntitle: For tests\ncovers: [SG]\nrules:" + RULE


def refusal(text: str) -> str:
    with pytest.raises(PackError) as caught:
        parse_pack(text, "tt.v1.yaml")
    return str(caught.value)


def test_a_pack_that_is_right_is_read_whole() -> None:
    pack = parse_pack(PACK, "tt.v1.yaml")
    assert pack.name == "tt@1.0.0"
    assert pack.covers == {"SG"}
    rule = pack.rules[0]
    assert (rule.id, rule.action, rule.obligations, rule.retain) == ("TT-001", "block", ("log",), "3y")
    assert rule.in_force.since == dt.date(2024, 1, 1)
    assert [test.fires for test in rule.tests] == [True, False, None]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("    retain: 3y", "    retian: 3y", "Extra inputs"),
        ("      accessed: 2026-11-23\n", "", "citation.accessed"),
        ('      article: "4"\n', "", "citation.article"),
        ("when: personal and", "when: persnal and", "unknown fact 'persnal'"),
        ("{'foreign_echo'}", "{'foriegn_echo'}", "never has the value 'foriegn_echo'"),
        ("      - {facts: {personal: false}, fires: false}\n", "", "tests are missing"),
        ("      - {facts: {personal: true, provenance_set: [foreign_echo]}, fires: true}\n", "", "tests are missing"),
        ("fires: unknown", "fires: true", "test 3 expects true, the condition says unknown"),
        ("obligations: [log]", "obligations: [lgo]", "unknown obligation 'lgo'"),
        ("action: block", "action: burn", "action"),
        ("action: block", "action: label", "labels go with the action label"),
        ("action: block", "action: block\n    redact: {provenance: [unmatched]}", "a redact scope needs the action redact"),
        ("action: block", "action: redact\n    redact: {provenance: [unmached]}", "unknown provenance"),
        ("action: block", "action: redact\n    redact: {types: [SG_NIRC]}", "unknown entity type"),
        ("action: block", "action: redact\n    redact: {categories: [secrets]}", "no entity type is listed"),
        ("action: block", "action: label\n    labels: [EXPLICIT]", "not of the form area.name"),
        ("{from: 2024-01-01}", "{from: 2024-01-02, to: 2024-01-01}", "until a day before it begins"),
        ("retain: 3y", "retain: three years", "retain"),
        ("when: personal and", "when: __import__('os') and", "may not contain Call"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_with_file_rule_and_reason(before: str, after: str, reason: str) -> None:
    assert before in PACK
    message = refusal(PACK.replace(before, after, 1))
    assert message.startswith("tt.v1.yaml: TT-001: ")
    assert reason in message


@pytest.mark.parametrize("action", ["block", "release"])
@pytest.mark.parametrize("checked", ["secondary", "remembered"])
def test_a_provision_that_was_not_read_never_blocks_and_never_releases(action: str, checked: str) -> None:
    text = PACK.replace("checked: text", f"checked: {checked}").replace("action: block", f"action: {action}")
    assert "needs a provision read at its source" in refusal(text)


@pytest.mark.parametrize("checked", ["secondary", "remembered"])
@pytest.mark.parametrize("effect", ["action: hold", "action: redact", "action: label\n    labels: [tt.tag]", "note: it only counts"])
def test_a_provision_that_was_not_read_may_still_hold_redact_label_and_count(effect: str, checked: str) -> None:
    text = PACK.replace("checked: text", f"checked: {checked}").replace("action: block", effect)
    assert parse_pack(text, "tt.v1.yaml").rules[0].citation.checked == checked


def test_a_quote_needs_a_text_that_was_read() -> None:
    text = PACK.replace("checked: text", "checked: secondary\n      quote: somebody says so\n      quote_lang: en")
    assert "a quote needs" in refusal(text.replace("action: block", "action: hold"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PACK.replace("title: For tests", "title: For tests\nowner: me"), "owner"),
        (PACK.replace("title: For tests", "title: For tests\ntitle: Again"), "line 4: key 'title' stands twice"),
        (PACK.replace("covers: [SG]", "covers: [EU]"), "'EU', which is no ISO 3166-1 code"),
        (PACK.replace("covers: [SG]", "sets: {EEA: [SG]}"), "set EEA: taken"),
        (PACK.replace("covers: [SG]", "assume: {ciio: {value: 3, declared_by: nobody, note: none}}"), "takes bool, not int"),
        (PACK.replace("version: 1.0.0", "version: 1"), "version"),
        ("id: [", "not YAML"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_name(text: str, reason: str) -> None:
    message = refusal(text)
    assert message.startswith("tt.v1.yaml: ")
    assert reason in message


def test_norway_stays_a_country() -> None:
    assert parse_pack(PACK.replace("covers: [SG]", "covers: [NO]"), "tt.v1.yaml").covers == {"NO"}


def test_packs_that_contradict_each_other_are_refused_together() -> None:
    one = parse_pack(PACK, "a.v1.yaml")
    other = parse_pack(PACK.replace("id: tt", "id: uu"), "b.v1.yaml")
    with pytest.raises(PackError, match="rule TT-001 stands in tt and in uu"):
        check_together([one, other])
    declares = "id: {}\nversion: 1.0.0\ntitle: For tests\nassume: {{ciio: {{value: {}, declared_by: nobody, note: none}}}}\n"
    yes, no = (parse_pack(declares.format(name, value), name) for name, value in (("yy", "true"), ("nn", "false")))
    with pytest.raises(PackError, match="ciio is declared with two values"):
        check_together([yes, no])


def test_a_folder_without_packs_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no \*\.v1\.yaml"):
        load_packs(tmp_path)


def test_the_digest_follows_the_content_and_not_the_layout_or_the_order(tmp_path: Path) -> None:
    (tmp_path / "a.v1.yaml").write_text(PACK, "utf-8")
    (tmp_path / "b.v1.yaml").write_text(PACK.replace("id: tt", "id: uu").replace("TT-001", "UU-001"), "utf-8")
    packs = load_packs(tmp_path)
    digest = packs_sha256(packs)
    assert packs_sha256(tuple(reversed(packs))) == digest
    (tmp_path / "a.v1.yaml").write_text("# a remark\n" + PACK.replace("    retain: 3y\n", "    retain:   3y\n"), "utf-8")
    assert packs_sha256(load_packs(tmp_path)) == digest
    (tmp_path / "a.v1.yaml").write_text(PACK.replace("retain: 3y", "retain: 4y"), "utf-8")
    assert packs_sha256(load_packs(tmp_path)) != digest
