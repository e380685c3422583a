"""How long text waits follows from the rules, before there is a text."""

import datetime as dt

import pytest

from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.needs import asks_of, hold_back_of, need_of
from jurisdictions.pack import parse_pack

RULE = """id: tt
version: 1.0.0
title: For tests
rules:
  - id: TT-1
    title: A rule for tests
    citation: {{law: Some law, article: "1", address: somewhere, language: en, accessed: 2026-11-23, checked: text, checked_by: nobody}}
    in_force: {{from: 2024-01-01}}
    when: "{when}"
    {effect}
    tests:
      - {{facts: {fires}, fires: true}}
      - {{facts: {not_}, fires: false}}
"""
ABOUT = ("{domains: [health], personal: true, destination: SG, provenance_set: [unmatched]}", "{domains: [], destination: DE}")


def rules_with(when: str, effect: str = "action: hold", tests: tuple[str, str] = ABOUT) -> Compiled:
    fires, not_ = tests
    pack = parse_pack(RULE.format(when=when, effect=effect, fires=fires, not_=not_), "tt.v1.yaml")
    return compile_packs([pack], dt.date(2026, 11, 24))


@pytest.mark.parametrize(
    ("when", "need", "wait"),
    [
        ("'health' in domains", "always", "sentence"),
        ("personal and 'health' in domains", "personal", "sentence"),
        ("destination == 'SG' and 'health' in domains and personal", "personal", "sentence"),
        ("destination == 'SG' and personal", "never", "characters"),
    ],
)
def test_the_text_model_is_waited_for_where_a_rule_reads_it(when: str, need: str, wait: str) -> None:
    rules = rules_with(when)
    found = hold_back_of(rules, "SG")
    assert (found.need, found.wait) == (need, wait)
    assert found.rules == (("TT-1",) if wait == "sentence" else ())
    assert need_of(rules, {"destination": "SG"}) == need


def test_a_rule_of_another_destination_keeps_nothing_waiting() -> None:
    assert hold_back_of(rules_with("destination == 'SG' and 'health' in domains"), "DE").wait == "characters"


def test_a_rule_that_only_adds_duties_keeps_nothing_waiting() -> None:
    assert hold_back_of(rules_with("'health' in domains", "obligations: [log]"), "SG").wait == "characters"


def test_where_even_a_plain_text_is_stopped_the_whole_answer_waits() -> None:
    tests = ("{end_user_location: CN}", "{end_user_location: SG}")
    rules = rules_with("end_user_location == 'CN'", tests=tests)
    assert hold_back_of(rules, "SG").wait == "characters"
    assert hold_back_of(rules, "SG", end_user_location="CN").wait == "answer"
    assert hold_back_of(rules, "CN").rules == ("TT-1",)


def test_a_mechanism_on_file_may_spare_the_wait() -> None:
    rules = rules_with(
        "personal and 'health' in domains and 'sep_consent' not in mechanisms", tests=(ABOUT[0][:-1] + ", mechanisms: []}", ABOUT[1])
    )
    assert hold_back_of(rules, "SG").wait == "sentence"
    assert hold_back_of(rules, "SG", mechanisms=frozenset({"sep_consent"})).wait == "characters"


def test_what_came_from_elsewhere_is_not_asked_about() -> None:
    rules = rules_with("personal and 'unmatched' in provenance_set and 'health' in domains")
    assert asks_of(rules, {}, frozenset({"unmatched"}))
    assert asks_of(rules, {}, frozenset({"unmatched", "foreign_echo"}))
    assert not asks_of(rules, {}, frozenset({"foreign_echo"}))
