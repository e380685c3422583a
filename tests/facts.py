"""Random facts near what rules ask for, so that rules fire, do not, and cannot be told."""

import random
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from jurisdictions.compile import Compiled
from jurisdictions.condition import Atom, Node, Operand, facts_in, value_of
from jurisdictions.facts import FactValue, vocabulary


def words_named(compiled: Compiled) -> dict[str, list[FactValue]]:
    """Fact → the values that some rule compares it with, the numbers beside those, and some that no rule names."""
    named: dict[str, set[str | int]] = {name: set() for name in compiled.facts_read}
    for entry in compiled.rules:
        for atom in _atoms(entry.condition):
            for fact, other in ((atom.left, atom.right), (atom.right, atom.left)):
                if fact is not None and fact.fact and other is not None and not other.fact:
                    named[fact.fact] |= _few(other)
    return {name: sorted(values | _beside(name, values), key=str) for name, values in named.items()}


def random_facts(source: random.Random, compiled: Compiled, words: Mapping[str, list[FactValue]]) -> dict[str, FactValue]:
    """Facts of one answer, half of the time near one rule; each is missing with a chance that differs from set to set."""
    facts = {name: random_value(source, name, words[name]) for name in compiled.read_order}
    if source.random() < 0.5:
        near = source.choice(compiled.rules)
        for _ in range(30):
            if value_of(near.applies, facts) is True:
                break
            facts.update({name: random_value(source, name, words[name]) for name in sorted(facts_in(near.applies))})
        fires = [test.facts for test in near.rule.tests if test.fires]
        where = facts_in(near.applies)
        told = source.choice(fires) if fires else {}
        facts.update({name: value for name, value in told.items() if name in facts and (name not in where or source.random() < 0.5)})
    gaps = source.choice((0.0, 0.05, 0.2, 0.5))
    return {name: value for name, value in facts.items() if source.random() >= gaps}


def random_value(source: random.Random, name: str, words: list[FactValue]) -> FactValue:
    kind = vocabulary()[name].kind
    if kind == "bool":
        return source.random() < 0.5
    if kind == "set":
        return frozenset(str(word) for word in source.sample(words, min(source.choice((0, 1, 1, 2, 3)), len(words))))
    return source.choice(words)


def _beside(name: str, values: set[str | int]) -> set[str | int]:
    """Numbers next to those that rules name, and words that they do not."""
    fact = vocabulary()[name]
    if fact.kind == "bool":
        return set()
    if fact.kind == "int":
        beside: set[str | int] = {0}
        return beside.union(near for number in values if isinstance(number, int) for near in (number - 1, number + 1) if near >= 0)
    near: set[str | int] = {"ZZ"} if fact.open_ended else set()
    return near.union(sorted(fact.values or {"x", "y"})[:2])


def _few(literal: Operand) -> set[str | int]:
    """The words of a literal; of a long set, such as all countries, some."""
    if isinstance(literal.value, frozenset):
        return set(sorted(literal.value)[:3])
    return {literal.value} if not isinstance(literal.value, bool) else set()


def _atoms(node: Node) -> list[Atom]:
    if isinstance(node, Atom):
        return [node]
    found: list[Atom] = []
    for field in fields(node) if is_dataclass(node) else ():
        part = getattr(node, field.name)
        for inner in part if isinstance(part, tuple) else (part,):
            if is_dataclass(inner):
                found += _atoms(inner)  # type: ignore[arg-type]
    return found
