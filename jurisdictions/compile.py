"""Packs in force on a day → one generated function that says, for every rule, whether it surely and whether it possibly fires.

The function is generated from the checked condition trees alone: fact names come from the vocabulary, words of a pack stand in it only
as quoted literals or as members of sets that are passed in. Rules that share their first test share its evaluation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from jurisdictions.condition import Atom, Constant, Every, Node, Not, Operand, facts_in
from jurisdictions.facts import FactValue
from jurisdictions.pack import Pack, Rule, check_together

if TYPE_CHECKING:
    from jurisdictions.evaluate import Verdict

ALWAYS = Constant(value=True)
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
        packs: Names of the packs, sorted.
        rules: Rules in force; rule ``i`` owns bit ``i``.
        destinations: ISO 3166-1 codes that some pack covers. Any other string is an unknown destination.
        facts_read: Facts that some rule in force reads.
        assumed: Facts that the operator declares; to be passed to ``facts_of`` as ``declared``.
        decide: The generated function: a look-up (``None``: unknown) → bits of the rules that surely fire, bits of those that may.
        source: Its text, for people.
        read_order: ``facts_read``, sorted.
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
    memo: dict[tuple[int, int], Verdict] = field(default_factory=dict, compare=False, repr=False)


def compile_packs(packs: Sequence[Pack], on: dt.date) -> Compiled:
    """Compile the rules that are in force on a day; the order of packs and rules does not matter.

    Raises:
        PackError: Two packs contradict each other.
    """
    check_together(packs)
    rules = tuple(
        _in_force(rule, pack)
        for pack in sorted(packs, key=lambda pack: pack.name)
        for rule in sorted(pack.rules, key=lambda rule: (repr(_first_test(rule.condition)), rule.id))
        if rule.in_force.since <= on and (rule.in_force.until is None or on <= rule.in_force.until)
    )
    facts_read = frozenset().union(*(entry.facts for entry in rules))
    source, literals = _generate(rules, sorted(facts_read))
    scope: dict[str, object] = dict(literals)
    exec(compile(source, "<packs>", "exec"), scope)  # noqa: S102 - generated from checked trees; see the module's first lines
    decide: Decide = scope["decide"]  # type: ignore[assignment]
    return Compiled(
        on=on,
        packs=tuple(sorted(pack.name for pack in packs)),
        rules=rules,
        destinations=frozenset().union(*(pack.covers for pack in packs)),
        facts_read=facts_read,
        assumed={name: assumption.value for pack in packs for name, assumption in pack.assume.items()},
        decide=decide,
        source=source,
        read_order=tuple(sorted(facts_read)),
    )


def _first_test(node: Node) -> Node | None:
    """The test that a conjunction begins with, if it begins with a plain one."""
    return node.parts[0] if isinstance(node, Every) and isinstance(node.parts[0], Atom) else None


def _in_force(rule: Rule, pack: Pack) -> RuleInForce:
    condition = rule.condition if pack.applies == ALWAYS else Every((pack.applies, rule.condition))
    return RuleInForce(rule, pack.name, pack.applies, condition, facts_in(condition))


def _generate(rules: Sequence[RuleInForce], facts: Sequence[str]) -> tuple[str, dict[str, frozenset[str]]]:
    """Write the function; grouped first by the pack's condition, then by the first test that rules share."""
    literals: dict[frozenset[str], str] = {}
    lines = ["def decide(look):", *(f"    f_{name} = look({name!r})" for name in facts), "    must = may = 0"]
    for (_, applies), of_pack in groupby(enumerate(rules), key=lambda entry: (entry[1].pack, entry[1].applies)):
        outer = "    "
        if applies != ALWAYS:
            lines.append(f"    if {_may(applies, literals)}:")
            outer = "        "
        for first, of_test in groupby(of_pack, key=lambda entry: _first_test(entry[1].rule.condition)):
            members = list(of_test)
            shared = first if len(members) > 1 else None
            if shared is not None:
                lines.append(f"{outer}if {_may(shared, literals)}:")
            for bit, entry in members:
                lines += _rule_lines(entry, bit, shared, outer if shared is None else outer + "    ", literals)
    lines.append("    return must, may")
    return "\n".join(lines) + "\n", {name: members for members, name in literals.items()}


def _rule_lines(entry: RuleInForce, bit: int, shared: Node | None, indent: str, literals: dict[frozenset[str], str]) -> list[str]:
    """The lines of one rule; ``shared`` is the first test if it was made already."""
    own = entry.rule.condition
    rest = Every(own.parts[1:]) if shared is not None and isinstance(own, Every) else own
    return [
        f"{indent}if {_may(rest, literals)}:",
        f"{indent}    may |= {1 << bit}",
        f"{indent}    if {_must(entry.condition, literals)}:",
        f"{indent}        must |= {1 << bit}",
    ]


def _must(node: Node, literals: dict[frozenset[str], str]) -> str:
    """Python text that is true if the condition is true whatever the unknown facts are."""
    match node:
        case Constant(value):
            return str(value)
        case Atom():
            known = "".join(f"f_{name} is not None and " for name in node.facts() if node.op != "true")
            return f"({known}{_test(node, literals)})" if known else _test(node, literals)
        case Not(part):
            return f"(not {_may(part, literals)})"
        case Every(parts):
            return "(" + " and ".join(_must(part, literals) for part in parts) + ")"
        case _:
            return "(" + " or ".join(_must(part, literals) for part in node.parts) + ")"


def _may(node: Node, literals: dict[frozenset[str], str]) -> str:
    """Python text that is true unless the condition is false whatever the unknown facts are."""
    match node:
        case Constant(value):
            return str(value)
        case Atom(op="true"):
            return f"(f_{node.left.fact} is not False)"
        case Atom():
            unknown = "".join(f"f_{name} is None or " for name in node.facts())
            return f"({unknown}{_test(node, literals)})"
        case Not(part):
            return f"(not {_must(part, literals)})"
        case Every(parts):
            return "(" + " and ".join(_may(part, literals) for part in parts) + ")"
        case _:
            return "(" + " or ".join(_may(part, literals) for part in node.parts) + ")"


def _test(atom: Atom, literals: dict[frozenset[str], str]) -> str:
    """The test over known facts."""
    left = _side(atom.left, literals)
    if atom.right is None:
        return left
    right = _side(atom.right, literals)
    return f"(not {left}.isdisjoint({right}))" if atom.op == "meets" else f"({left} {atom.op} {right})"


def _side(side: Operand, literals: dict[frozenset[str], str]) -> str:
    if side.fact:
        return f"f_{side.fact}"
    if isinstance(side.value, frozenset):
        return literals.setdefault(side.value, f"L{len(literals)}")
    return repr(side.value)
