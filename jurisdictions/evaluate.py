"""Facts → verdict: the strictest action wins, obligations add up, and what is not known for sure is held.

The verdict is *certain* if no value of an unknown fact could change what happens to the text: its action, and, while the text is
delivered, its labels and what is redacted. Otherwise the text is held. Duties are taken generously: an obligation that may be owed is
owed, and on a held text the labels and redactions of every rule that may fire are kept, so that an approval cannot forget one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from jurisdictions.compile import ASSUMED, Compiled, RuleInForce
from jurisdictions.condition import value_of
from jurisdictions.facts import FactValue, fact_note, vocabulary
from jurisdictions.pack import RedactScope
from jurisdictions.shape import ACTIONS
from schemas.records import Fact, RuleRef

_RANK = {action: rank for rank, action in enumerate(ACTIONS)}
_HOLD = _RANK["hold"]
_ALL: FactValue = "all"
_MEMO_ENTRIES_MAX = 4096
_CASES_FACTS_MAX = 3  # 2 ** 3 evaluations at most, and only where a verdict is open


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must happen to a segment.

    Attributes:
        action: The strictest action of the rules that fire; ``hold`` if it cannot be told.
        obligations: Sorted; of every rule that fires or may fire.
        rules: The rules that surely fire, by id.
        labels: Sorted.
        redact: What to redact, in a fixed order. Of use with the action ``redact``, and after the approval of a held text.
        certain: Whether further knowledge could change the outcome.
        unsettled: If not certain: the rules on which it depends.
    """

    action: str
    obligations: tuple[str, ...]
    rules: tuple[RuleRef, ...]
    labels: tuple[str, ...]
    redact: tuple[RedactScope, ...]
    certain: bool
    unsettled: tuple[RuleRef, ...] = ()

    def redacts(self, entity_type: str, provenance: str) -> bool:
        """Whether a finding must be redacted."""
        return any(scope.covers(entity_type, provenance) for scope in self.redact)


def evaluate(compiled: Compiled, facts: Mapping[str, FactValue]) -> Verdict:
    """Decide.

    Args:
        compiled: The packs in force on the day of the record.
        facts: What is known. A fact that is absent is unknown; nothing is assumed here (``facts_of(declared=...)`` does that).
    """
    bits = compiled.decide(facts.get)
    verdict = compiled.memo.get(bits)
    if verdict is None:
        if len(compiled.memo) >= _MEMO_ENTRIES_MAX:
            compiled.memo.clear()
        verdict = compiled.memo[bits] = _verdict(compiled, *bits)
    return verdict if verdict.certain else _by_cases(compiled, facts, bits, verdict)


def explain(compiled: Compiled, facts: Mapping[str, FactValue]) -> list[tuple[str, bool | None]]:
    """Every rule in force with the value of its condition (``None``: unknown), by rule id; interpreted, so slow and independent."""
    return sorted((entry.rule.id, value_of(entry.condition, facts)) for entry in compiled.rules)


def evidence_of(compiled: Compiled, facts: Mapping[str, FactValue]) -> tuple[Fact, ...]:
    """The facts as the audit entry keeps them: those that rules in force read, by name, as canonical JSON.

    What the operator declared is not repeated: one fact ``assumed`` says ``"all"``, or names those that were taken as declared. Their
    values stand in the packs, whose digest is in the same entry.

    Args:
        compiled: The packs that decided.
        facts: As they were evaluated.
    """
    order, assumed = compiled.told, _ALL
    if not _as_declared(compiled, facts):
        own = frozenset(name for name in compiled.declared if facts.get(name) == compiled.assumed[name])
        order, assumed = tuple(sorted({*compiled.facts_read - own, *((ASSUMED,) if own else ())})), own
    notes = []
    for name in order:
        value = assumed if name == ASSUMED else facts.get(name)
        if value is not None:
            notes.append(fact_note(name, value))
    return tuple(notes)


def _as_declared(compiled: Compiled, facts: Mapping[str, FactValue]) -> bool:
    """Whether all that the operator declares was taken as declared: the way of almost every segment, so a quick one."""
    try:
        return compiled.declared_in(facts) == compiled.declared_values
    except KeyError:
        return False


def _verdict(compiled: Compiled, must: int, may: int) -> Verdict:
    sure = [entry for bit, entry in enumerate(compiled.rules) if must >> bit & 1]
    possible = [entry for bit, entry in enumerate(compiled.rules) if may >> bit & 1]
    at_least, at_most = _fate(sure), _fate(possible)
    certain = at_least == at_most or (at_least[0] == at_most[0] >= _HOLD)
    open_rules = [entry for entry in possible if entry not in sure and (entry.rule.action or entry.rule.labels)]
    return Verdict(
        action=ACTIONS[at_least[0]] if certain else "hold",
        obligations=tuple(sorted({duty for entry in possible for duty in entry.rule.obligations})),
        rules=tuple(sorted((RuleRef(entry.rule.id, entry.pack) for entry in sure), key=lambda ref: ref.id)),
        labels=tuple(sorted(at_most[1])),
        redact=tuple(sorted(at_most[2], key=_scope_order)),
        certain=certain,
        unsettled=() if certain else tuple(sorted((RuleRef(entry.rule.id, entry.pack) for entry in open_rules), key=lambda ref: ref.id)),
    )


def _fate(entries: Iterable[RuleInForce]) -> tuple[int, frozenset[str], frozenset[RedactScope]]:
    """What rules that all fire do to a text: rank of the action, labels, redactions."""
    rules = [entry.rule for entry in entries]
    rank = max((_RANK[rule.action] for rule in rules if rule.action), default=0)
    labels = frozenset(label for rule in rules for label in rule.labels)
    return rank, labels, frozenset(rule.redact for rule in rules if rule.redact)


def _scope_order(scope: RedactScope) -> tuple[list[str], list[str]]:
    return sorted(scope.types or ()), sorted(scope.provenance or ())


def _by_cases(compiled: Compiled, facts: Mapping[str, FactValue], bits: tuple[int, int], verdict: Verdict) -> Verdict:
    """Settle an open verdict if each value of a few unknown true-or-false facts leads to the same outcome.

    Rule by rule, three-valued logic cannot see that "before the day" and "not before the day" both put the same label.
    """
    open_bits = bits[1] & ~bits[0]
    open_rules = [entry for bit, entry in enumerate(compiled.rules) if open_bits >> bit & 1 and (entry.rule.action or entry.rule.labels)]
    read = frozenset().union(*(entry.facts for entry in open_rules))
    cases = sorted(name for name in read if name not in facts and vocabulary()[name].kind == "bool")
    if not cases or len(cases) > _CASES_FACTS_MAX:
        return verdict
    outcomes = set()
    for values in product((False, True), repeat=len(cases)):
        case = compiled.decide({**facts, **dict(zip(cases, values, strict=True))}.get)
        outcome = _verdict(compiled, *case)
        if not outcome.certain:
            return verdict
        outcomes.add((outcome.action, outcome.labels, outcome.redact))
    if len(outcomes) != 1:
        return verdict
    action, labels, redact = outcomes.pop()
    return Verdict(action, verdict.obligations, verdict.rules, labels, redact, certain=True)
