"""What holds for a country whose law no pack has, and what the rules of California and of the older British law add."""

import datetime as dt

import pytest

from jurisdictions.condition import value_of
from jurisdictions.facts import FactValue
from jurisdictions.pack import load_packs

PACKS = load_packs()
RULES = {rule.id: rule for pack in PACKS for rule in pack.rules}
OWN = frozenset[str]().union(*(pack.covers for pack in PACKS if pack.id != "default")) - {"CN"}
EVERYWHERE = frozenset[str]().union(*(pack.covers for pack in PACKS))


@pytest.mark.parametrize("destination", sorted(EVERYWHERE - {"CN"}))
def test_a_country_counts_as_without_a_pack_exactly_if_no_pack_covers_it(destination: str) -> None:
    facts: dict[str, FactValue] = {"personal": True, "incident": True, "destination": destination}
    for rule in ("XX-002", "XX-003"):
        assert value_of(RULES[rule].condition, facts) is (destination not in OWN)


def test_what_california_asks_is_not_asked_of_another_state() -> None:
    echo: dict[str, FactValue] = {"destination": "US", "synthetic": True, "personal": True, "provenance_set": frozenset({"foreign_echo"})}
    for rule in ("US-CA-003", "US-CA-004"):
        assert value_of(RULES[rule].condition, {**echo, "destination_subdivision": "CA"}) is True
        assert value_of(RULES[rule].condition, {**echo, "destination_subdivision": "NV"}) is False
        assert RULES[rule].action is None


def test_british_transfers_are_judged_without_a_gap_and_by_one_rule_a_day() -> None:
    change = dt.date(2026, 2, 5)
    for day, wanted in ((change - dt.timedelta(days=1), "UK-007"), (change, "UK-001")):
        assert [rule for rule in ("UK-001", "UK-007") if RULES[rule].in_force.has(day)] == [wanted]
