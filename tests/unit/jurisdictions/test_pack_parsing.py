"""A pack that is not understood to the last key is refused, and the message says where and why."""

import datetime as dt
from pathlib import Path

import pytest

from jurisdictions.compile import compile_packs
from jurisdictions.evaluate import evaluate
from jurisdictions.facts import FactValue
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


def dated(version: str, force: str, action: str = "block", name: str = "tt") -> str:
    text = PACK.replace("version: 1.0.0", f"version: {version}\nin_force: {{{force}}}").replace("action: block", f"action: {action}")
    return text.replace("id: tt", f"id: {name}")


def test_the_day_of_the_record_picks_the_version(tmp_path: Path) -> None:
    (tmp_path / "tt.v1.yaml").write_text(dated("1.4.2", "from: 2024-01-01, to: 2025-12-31", "hold"), "utf-8")
    (tmp_path / "tt.v2.0.0.yaml").write_text(dated("2.0.0", "from: 2026-01-01"), "utf-8")
    packs = load_packs(tmp_path)
    facts: dict[str, FactValue] = {"personal": True, "provenance_set": frozenset({"foreign_echo"})}
    for day, action, names in (
        (dt.date(2023, 12, 31), "release", ()),
        (dt.date(2024, 1, 1), "hold", ("tt@1.4.2",)),
        (dt.date(2025, 12, 31), "hold", ("tt@1.4.2",)),
        (dt.date(2026, 1, 1), "block", ("tt@2.0.0",)),
    ):
        compiled = compile_packs(packs, day)
        assert compiled.packs == names
        assert evaluate(compiled, facts).action == action


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("from: 2024-01-01, to: 2026-01-01", "from: 2026-01-01"),
        ("from: 2024-01-01", "from: 2026-01-01"),
        ("from: 2026-01-01", "from: 2024-01-01, to: 2026-05-01"),
    ],
)
def test_versions_of_a_pack_that_are_in_force_on_the_same_day_are_refused(one: str, other: str) -> None:
    packs = [parse_pack(dated("1.0.0", one), "a"), parse_pack(dated("1.1.0", other), "b")]
    with pytest.raises(PackError, match=r"pack tt: versions 1\.0\.0 and 1\.1\.0 are in force on the same day"):
        check_together(packs)


def test_a_version_without_dates_is_in_force_beside_every_other_and_refused() -> None:
    packs = [parse_pack(PACK, "a"), parse_pack(dated("1.1.0", "from: 2030-01-01"), "b")]
    with pytest.raises(PackError, match="on the same day"):
        check_together(packs)


def test_the_same_version_twice_is_refused_whatever_its_dates() -> None:
    packs = [parse_pack(dated("1.0.0", f"from: {year}-01-01, to: {year}-12-31"), "a") for year in (2024, 2025)]
    with pytest.raises(PackError, match=r"pack tt@1\.0\.0 is there twice"):
        check_together(packs)


def test_a_rule_may_move_to_another_pack_from_one_day_to_the_next() -> None:
    before = parse_pack(dated("1.0.0", "from: 2024-01-01, to: 2025-12-31"), "a")
    check_together([before, parse_pack(dated("1.0.0", "from: 2026-01-01", name="uu"), "b")])
    with pytest.raises(PackError, match="rule TT-001 stands in tt and in uu"):
        check_together([before, parse_pack(dated("1.0.0", "from: 2025-12-31", name="uu"), "b")])


def test_an_operator_may_declare_another_value_from_a_day_on() -> None:
    text = "id: oo\nversion: {}\ntitle: Declared\nin_force: {{{}}}\nassume: {{ciio: {{value: {}, declared_by: legal, note: none}}}}\n"
    packs = [
        parse_pack(text.format("1.0.0", "from: 2024-01-01, to: 2025-12-31", "false"), "a"),
        parse_pack(text.format("1.1.0", "from: 2026-01-01", "true"), "b"),
    ]
    assert compile_packs(packs, dt.date(2025, 12, 31)).assumed == {"ciio": False}
    assert compile_packs(packs, dt.date(2026, 1, 1)).assumed == {"ciio": True}


@pytest.mark.parametrize(
    ("file", "fits"),
    [("tt.v1.yaml", True), ("tt.v1.4.yaml", True), ("tt.v1.4.2.yaml", True), ("tt.v2.yaml", False), ("tt.v1.40.yaml", False)],
)
def test_the_name_of_a_file_says_the_version_in_it(tmp_path: Path, file: str, *, fits: bool) -> None:
    (tmp_path / file).write_text(PACK.replace("version: 1.0.0", "version: 1.4.2"), "utf-8")
    if fits:
        assert [pack.name for pack in load_packs(tmp_path)] == ["tt@1.4.2"]
    else:
        with pytest.raises(PackError, match=f"{file}: the name says version"):
            load_packs(tmp_path)


@pytest.mark.parametrize("file", ["eu.yaml", "eu.v1.yml", "eu.v1.2.3.4.yaml", "eu.v1.yaml.yaml", "eu-v1.yaml"])
def test_a_yaml_file_that_nobody_would_read_is_refused(tmp_path: Path, file: str) -> None:
    (tmp_path / "tt.v1.yaml").write_text(PACK, "utf-8")
    (tmp_path / file).write_text(PACK, "utf-8")
    with pytest.raises(PackError, match=f"{file}: named neither"):
        load_packs(tmp_path)


def test_a_file_that_is_no_text_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "tt.v1.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(PackError, match=r"tt\.v1\.yaml: cannot be read"):
        load_packs(tmp_path)
