"""How the values of rules become one verdict."""

import datetime as dt

import pytest

from jurisdictions.compile import compile_packs
from jurisdictions.evaluate import Verdict, evaluate, evidence_of, explain
from jurisdictions.facts import FactValue
from jurisdictions.pack import Pack, RedactScope, parse_pack
from schemas.records import Fact, RuleRef

DAY = dt.date(2026, 6, 1)
RULE = """
  - id: {id}
    title: A rule for tests
    citation: {{law: Some law, article: "1", address: somewhere, language: en, accessed: 2026-11-23, checked: text, checked_by: nobody}}
    in_force: {{{force}}}
    when: {when}
    {effect}
    obligations: [{duty}]
    tests:
      - {{facts: {{{fact}: true}}, fires: true}}
      - {{facts: {{{fact}: false}}, fires: false}}
"""


def pack_of(*rules: tuple[str, ...], head: str = "") -> Pack:
    text = "id: tt\nversion: 2.0.1\ntitle: For tests\n" + head + "rules:"
    for number, (fact, effect, *more) in enumerate(rules):
        negated = fact.startswith("not ")
        name = fact.removeprefix("not ")
        rule = RULE.format(
            id=f"TT-{number}", when=fact, effect=effect, fact=name, duty="log", force=more[0] if more else "from: 2024-01-01"
        )
        if negated:
            rule = rule.replace("fires: true", "fires: MAYBE").replace("fires: false", "fires: true").replace("MAYBE", "false")
        text += rule
    return parse_pack(text, "tt.v1.yaml")


def decide(pack: Pack, facts: dict[str, FactValue], on: dt.date = DAY) -> Verdict:
    return evaluate(compile_packs([pack], on), facts)


def test_no_rule_fires_and_the_text_is_released_for_certain() -> None:
    verdict = decide(pack_of(("ciio", "action: hold")), {"ciio": False})
    assert (verdict.action, verdict.certain, verdict.rules) == ("release", True, ())


def test_the_strictest_action_wins_and_obligations_and_rules_add_up() -> None:
    pack = pack_of(("ciio", "action: hold"), ("personal", "action: block"), ("sensitive", "action: label\n    labels: [tt.tag]"))
    verdict = decide(pack, {"ciio": True, "personal": True, "sensitive": True})
    assert verdict.action == "block"
    assert verdict.rules == tuple(RuleRef(f"TT-{number}", "tt@2.0.1") for number in range(3))
    assert verdict.labels == ("tt.tag",)
    assert verdict.obligations == ("log",)


@pytest.mark.parametrize("action", ["hold", "block"])
def test_what_may_hold_or_block_but_not_surely_is_held(action: str) -> None:
    verdict = decide(pack_of(("ciio", f"action: {action}")), {})
    assert (verdict.action, verdict.certain) == ("hold", False)
    assert verdict.unsettled == (RuleRef("TT-0", "tt@2.0.1"),)
    assert verdict.rules == ()


def test_an_unknown_fact_that_changes_nothing_delays_nothing() -> None:
    pack = pack_of(("ciio", "action: block"), ("personal", "action: hold"))
    verdict = decide(pack, {"ciio": True})
    assert (verdict.action, verdict.certain, verdict.unsettled) == ("block", True, ())


def test_a_rule_without_an_action_never_holds_but_its_duty_is_owed_while_unknown() -> None:
    verdict = decide(pack_of(("ciio", "note: counts")), {})
    assert (verdict.action, verdict.certain, verdict.obligations) == ("release", True, ("log",))


@pytest.mark.parametrize(
    ("effects", "certain"),
    [
        (("action: label\n    labels: [tt.a]", "action: label\n    labels: [tt.a]"), True),
        (("action: label\n    labels: [tt.a]", "action: label\n    labels: [tt.b]"), False),
        (("action: redact", "action: redact\n    redact: {provenance: [unmatched]}"), False),
        (("action: redact", "action: redact"), True),
    ],
)
def test_a_text_whose_labels_or_redactions_are_open_is_held(effects: tuple[str, str], certain: bool) -> None:
    pack = pack_of(("personal", effects[0]), ("ciio", effects[1]))
    assert decide(pack, {"personal": True}).certain is certain


def test_two_rules_that_share_out_an_unknown_fact_and_agree_are_certain() -> None:
    label = "action: label\n    labels: [tt.mark]"
    verdict = decide(pack_of(("ciio", label), ("not ciio", label)), {})
    assert (verdict.action, verdict.certain, verdict.labels) == ("label", True, ("tt.mark",))


def test_two_rules_that_share_out_an_unknown_fact_and_differ_are_held() -> None:
    verdict = decide(pack_of(("ciio", "action: redact"), ("not ciio", "action: label\n    labels: [tt.mark]")), {})
    assert (verdict.action, verdict.certain) == ("hold", False)
    assert verdict.labels == ("tt.mark",)
    assert verdict.redacts("PERSON", "unmatched")


@pytest.mark.parametrize(
    ("day", "action"), [((2024, 12, 31), "release"), ((2025, 1, 1), "block"), ((2025, 6, 30), "block"), ((2025, 7, 1), "release")]
)
def test_a_rule_counts_from_its_first_to_its_last_day(day: tuple[int, int, int], action: str) -> None:
    pack = pack_of(("ciio", "action: block", "from: 2025-01-01, to: 2025-06-30"))
    assert decide(pack, {"ciio": True}, on=dt.date(*day)).action == action


def test_a_packs_own_condition_gates_all_its_rules() -> None:
    pack = pack_of(("ciio", "action: block"), ("ciio", "action: hold"), head="applies: origin_country == 'CN'\n")
    assert decide(pack, {"ciio": True, "origin_country": "CN"}).action == "block"
    assert decide(pack, {"ciio": True, "origin_country": "SG"}).action == "release"
    unknown = decide(pack, {"ciio": True})
    assert (unknown.action, unknown.certain) == ("hold", False)
    assert explain(compile_packs([pack], DAY), {"ciio": True}) == [("TT-0", None), ("TT-1", None)]


def test_a_scope_without_types_covers_what_concerns_a_person_and_nothing_else() -> None:
    scope = RedactScope(None, frozenset({"unmatched"}))
    assert scope.covers("PERSON", "unmatched")
    assert scope.covers("CL_RUT", "unmatched")
    assert not scope.covers("PERSON", "foreign_echo")
    assert not scope.covers("LOCATION", "unmatched")
    assert RedactScope(frozenset({"LOCATION"}), None).covers("LOCATION", "foreign_echo")


def test_the_evidence_names_what_was_declared_and_tells_the_rest() -> None:
    head = "assume: {ciio: {value: false, declared_by: nobody, note: none}, kind: {value: text, declared_by: nobody, note: none}}\n"
    compiled = compile_packs(
        [pack_of(("ciio", "action: hold"), ("personal", "action: hold"), ("sensitive", "action: hold"), head=head)], DAY
    )
    facts = {**compiled.assumed, "personal": True, "subjects": frozenset({"SG"})}
    assert evidence_of(compiled, facts) == (Fact("assumed", '"all"'), Fact("personal", "true"))
    assert evidence_of(compiled, {**facts, "ciio": True}) == (Fact("ciio", "true"), Fact("personal", "true"))


def test_the_evidence_names_what_was_declared_where_a_part_of_it_was_measured_or_is_missing() -> None:
    declares = "assume: {{ciio: {}, personal: {}}}\n".format(*["{value: false, declared_by: nobody, note: none}"] * 2)
    compiled = compile_packs([pack_of(("ciio", "action: hold"), ("personal", "action: hold"), head=declares)], DAY)
    part = Fact("assumed", '["ciio"]')
    assert evidence_of(compiled, {"ciio": False, "personal": True}) == (part, Fact("personal", "true"))
    assert evidence_of(compiled, {"ciio": False}) == (part,)
    assert evidence_of(compiled, {"personal": True}) == (Fact("personal", "true"),)
    assert evidence_of(compiled, {}) == ()


def test_where_nothing_is_declared_the_evidence_assumes_nothing() -> None:
    compiled = compile_packs([pack_of(("ciio", "action: hold"))], DAY)
    assert evidence_of(compiled, {"ciio": False}) == (Fact("ciio", "false"),)


def test_one_declared_fact_alone_is_told_as_all() -> None:
    head = "assume: {ciio: {value: false, declared_by: nobody, note: none}}\n"
    compiled = compile_packs([pack_of(("ciio", "action: hold"), head=head)], DAY)
    assert evidence_of(compiled, {"ciio": False}) == (Fact("assumed", '"all"'),)
    assert evidence_of(compiled, {"ciio": True}) == (Fact("ciio", "true"),)
