"""Answers on their way, decided by all packs together, for the tests of single jurisdictions."""

import datetime as dt
from dataclasses import dataclass, field

from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.evaluate import Verdict, evaluate
from jurisdictions.facts import FactValue, facts_of
from jurisdictions.pack import Rule, load_packs

PACKS = load_packs()
RULES = {rule.id: rule for pack in PACKS for rule in pack.rules}
TODAY = dt.date(2026, 11, 24)
MISSING = "ingress.mechanism_missing"
CHINA: dict[str, FactValue] = {"cn_people_since_january": 8123, "cn_sensitive_people_since_january": 12}
AMERICA: dict[str, FactValue] = {"us_health_people": 0, "us_financial_people": 0, "us_identifier_people": 0}
_DAYS: dict[dt.date, Compiled] = {}


@dataclass(frozen=True)
class Sent:
    """An answer on its way: where it goes, what was found in it, what is on file, and what is told besides.

    Totals for the United States are told exactly where the pipeline tells them: for what goes there or names a number of theirs.
    """

    to: str
    found: tuple[tuple[str, str], ...] = ()
    user: str = ""
    papers: tuple[str, ...] = ()
    kind: str = "text"
    on: dt.date = TODAY
    tokens: int = 50
    domains: frozenset[str] | None = frozenset()
    told: dict[str, FactValue] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()


def echo(*types: str) -> tuple[tuple[str, str], ...]:
    """Findings that the customer sent."""
    return tuple((entity_type, "foreign_echo") for entity_type in types)


def in_force(on: dt.date) -> Compiled:
    """The rules of a day."""
    return _DAYS.setdefault(on, compile_packs(PACKS, on))


def decide(sent: Sent) -> Verdict:
    """What becomes of an answer, with what the operator declares."""
    compiled = in_force(sent.on)
    is_counted = sent.to == "US" or any(entity_type.startswith("US_") for entity_type, _ in sent.found)
    facts = facts_of(
        sent.found,
        destination=sent.to,
        end_user_location=sent.user or sent.to,
        origin_data_centre="shantou-1",
        model_origin="CN",
        route="shantou-singapore",
        mechanisms=("art9_unlabelled", *sent.papers),
        token_count=sent.tokens,
        domains=sent.domains,
        kind=sent.kind,
        declared={**compiled.assumed, **CHINA, **(AMERICA if is_counted else {}), **sent.told},
    )
    return evaluate(compiled, {name: value for name, value in facts.items() if name not in sent.unknown})


def fired(verdict: Verdict) -> set[str]:
    """The rules that surely fire."""
    return {ref.id for ref in verdict.rules}


def rules_of(country: str) -> list[Rule]:
    """The rules of a pack."""
    return [rule for pack in PACKS if pack.id == country.lower() for rule in pack.rules]
