"""Packs in force on a day → one generated function that says, for every rule, whether it surely and whether it possibly fires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from jurisdictions.condition import Every, Node, facts_in
from jurisdictions.facts import FactValue
from jurisdictions.generate import ALWAYS, Member, generate, scope_of
from jurisdictions.overlay import Overlay, with_overlays
from jurisdictions.pack import Pack, Rule, check_together

if TYPE_CHECKING:
    from jurisdictions.evaluate import Verdict

ASSUMED = "assumed"  # the note that says which facts were taken as declared
Look = Callable[[str], FactValue | None]
Decide = Callable[[Look], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """A rule that counts on the day: its pack, the pack's condition, the whole condition (both), and the facts that this reads."""

    rule: Rule
    pack: str
    applies: Node
    condition: Node
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The rules of one day, ready to decide.

    Attributes:
        on: The day (of the record's time, never of the clock).
        packs: Names of the packs and overlays in force, sorted.
        rules: Rules in force; rule ``i`` owns bit ``i``.
        destinations: ISO 3166-1 codes that some pack covers. Any other string is an unknown destination.
        facts_read: Facts that some rule in force reads.
        assumed: Facts that the operator declares; to be passed to ``facts_of`` as ``declared``.
        decide: The generated function: a look-up (``None``: unknown) → bits of the rules that surely fire, bits of those that may.
        source: Its text, for people.
        read_order: ``facts_read``, sorted.
        declared: Of these, those that the operator declares, sorted.
        told: The other ones and, if there are declared ones, ``assumed``, sorted: the order of the notes in an audit entry.
        declared_values: What is declared of them.
        declared_in: Facts → the values of ``declared``, in order.
        memo: Verdicts by bits; a cache, no part of the meaning.
    """

    on: dt.date
    packs: tuple[str, ...]
    rules: tuple[RuleInForce, ...]
    destinations: frozenset[str]
    facts_read: frozenset[str]
    assumed: Mapping[str, FactValue]
    decide: Decide
    source: str
    read_order: tuple[str, ...]
    declared: tuple[str, ...]
    told: tuple[str, ...]
    declared_values: tuple[FactValue, ...]
    declared_in: Callable[[Mapping[str, FactValue]], tuple[FactValue, ...]]
    memo: dict[tuple[int, int], Verdict] = field(default_factory=dict, compare=False, repr=False)


def compile_packs(packs: Sequence[Pack], on: dt.date, overlays: Sequence[Overlay] = ()) -> Compiled:
    """Compile the rules that are in force on a day; the order of packs, overlays and rules does not matter.

    Args:
        packs: All versions; those of the day are taken.
        on: The day of the record.
        overlays: What holds for single customers, told by the fact ``customer``.

    Raises:
        PackError: Two packs contradict each other, or an overlay does not fit them.
    """
    check_together(packs)
    current = sorted(with_overlays(packs, overlays, on), key=lambda pack: pack.name)
    rules = tuple(
        _in_force(rule, pack) for pack in current for rule in sorted(pack.rules, key=lambda rule: rule.id) if rule.in_force.has(on)
    )
    source, literals = generate([Member(bit, entry.applies, entry.rule.condition) for bit, entry in enumerate(rules)])
    scope = scope_of(literals)
    exec(compile(source, "<packs>", "exec"), scope)  # noqa: S102 - generated from checked trees; see jurisdictions/generate.py
    decide: Decide = scope["decide"]  # type: ignore[assignment]
    facts_read = frozenset().union(*(entry.facts for entry in rules))
    assumed = {name: assumption.value for pack in current for name, assumption in pack.assume.items()}
    declared = tuple(sorted(facts_read & assumed.keys()))
    return Compiled(
        on=on,
        packs=tuple(pack.name for pack in current),
        rules=rules,
        destinations=frozenset().union(*(pack.covers for pack in current)),
        facts_read=facts_read,
        assumed=assumed,
        decide=decide,
        source=source,
        read_order=tuple(sorted(facts_read)),
        declared=declared,
        told=tuple(sorted({*facts_read.difference(declared), *((ASSUMED,) if declared else ())})),
        declared_values=tuple(assumed[name] for name in declared),
        declared_in=_values_of(declared),
    )


def _in_force(rule: Rule, pack: Pack) -> RuleInForce:
    condition = rule.condition if pack.applies == ALWAYS else Every((pack.applies, rule.condition))
    return RuleInForce(rule, pack.name, pack.applies, condition, facts_in(condition))


def _values_of(names: Sequence[str]) -> Callable[[Mapping[str, FactValue]], tuple[FactValue, ...]]:
    """Facts → the values of some of them; a ``KeyError`` where one is missing."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda facts: tuple(facts[name] for name in names)
