"""Microseconds per decision for the shipped packs, beside the same conditions in a Rust engine and in a walk over their syntax trees.

All answer the same facts in the same run and must agree on every rule; the claim is the ratio, the microseconds depend on the machine.
The Rust engine is ``common-expression-language``: every rule compiled beforehand; ``cel`` runs them over a context that is built already,
``+context`` builds it from the facts as each decision would have to.

    python benchmarks/rules.py [--day 2026-11-23] [--repeat 7]
"""

from __future__ import annotations

import argparse
import ast
import datetime as dt
import operator
import sys
import timeit
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import cel

from jurisdictions.cel import cel_facts, cel_text
from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.evaluate import evaluate, evidence_of
from jurisdictions.facts import FactValue, facts_of, vocabulary
from jurisdictions.lists import PACKS, named_sets, read_yaml
from jurisdictions.pack import load_packs
from jurisdictions.versions import texts_in

CALLS = 5_000
COMPARE: dict[type[ast.cmpop], Callable[..., bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
DESTINATIONS = ("SG", "US", "DE", "BR")
DELIVERIES: dict[str, tuple[tuple[str, str], ...]] = {
    "plain text": (),
    "an echo": (("PHONE_NUMBER", "foreign_echo"),),
    "unmatched": (("CN_RESIDENT_ID", "unmatched"), ("PERSON", "foreign_echo")),
    "domestic": (("PERSON", "domestic_source"), ("CN_BANK_CARD", "domestic_source")),
}


def walk(node: ast.expr, names: Mapping[str, object]) -> object:
    """Value of a condition over known facts, the plain way."""
    value: object
    match node:
        case ast.BoolOp(op=ast.And()):
            value = all(walk(part, names) for part in node.values)
        case ast.BoolOp():
            value = any(walk(part, names) for part in node.values)
        case ast.UnaryOp():
            value = not walk(node.operand, names)
        case ast.BinOp():
            value = walk(node.left, names) & walk(node.right, names)  # type: ignore[operator]
        case ast.Compare():
            sides = [walk(side, names) for side in (node.left, *node.comparators)]
            value = all(COMPARE[type(op)](sides[at], sides[at + 1]) for at, op in enumerate(node.ops))
        case ast.Name():
            value = names[node.id]
        case ast.Set():
            value = frozenset(walk(member, names) for member in node.elts)
        case _:
            value = ast.literal_eval(node)
    return value


def interpreted(compiled: Compiled) -> Callable[[Mapping[str, FactValue]], set[str]]:
    """The plain rival: pack by pack the pack's own condition, then each rule in force."""
    in_force = {entry.rule.id for entry in compiled.rules}
    packs = []
    for text in texts_in(PACKS).values():
        document = read_yaml(text)
        if f"{document['id']}@{document['version']}" not in compiled.packs:
            continue
        sets = {**named_sets(), **{name: frozenset(members) for name, members in document.get("sets", {}).items()}}
        rules = [(rule["id"], ast.parse(rule["when"], mode="eval").body) for rule in document.get("rules", ()) if rule["id"] in in_force]
        packs.append((ast.parse(document.get("applies", "True"), mode="eval").body, rules, sets))

    def fired(facts: Mapping[str, FactValue]) -> set[str]:
        found: set[str] = set()
        for applies, rules, sets in packs:
            names = {**sets, **facts}
            if walk(applies, names):
                found.update(name for name, tree in rules if walk(tree, names))
        return found

    return fired


def microseconds(call: Callable[[], object], repeat: int, calls: int = CALLS) -> float:
    """Best of some rounds."""
    return min(timeit.repeat(call, number=calls, repeat=repeat)) / calls * 1e6


def in_cel(compiled: Compiled) -> tuple[Callable[[cel.Context], set[str]], Callable[[Mapping[str, FactValue]], cel.Context]]:
    """The Rust rival: what fires in a context, and the context of some facts."""
    programs = [(entry.rule.id, cel.compile(cel_text(entry.condition)).execute) for entry in compiled.rules]
    read = compiled.facts_read

    def fired(context: cel.Context) -> set[str]:
        return {name for name, execute in programs if execute(context)}

    def context_of(facts: Mapping[str, FactValue]) -> cel.Context:
        return cel.Context(cel_facts({name: value for name, value in facts.items() if name in read}))

    return fired, context_of


def facts_for(compiled: Compiled, destination: str, findings: tuple[tuple[str, str], ...]) -> Callable[[], dict[str, FactValue]]:
    """What builds the facts of one delivery, all of them known."""
    return lambda: facts_of(
        findings,
        destination=destination,
        end_user_location=destination,
        origin_data_centre="shantou-1",
        model_origin="CN",
        route="shantou-singapore",
        mechanisms=("art9_unlabelled", "sg_contract"),
        domains=frozenset(),
        form="prose",
        declared=compiled.assumed,
    )


def completed(compiled: Compiled, facts: dict[str, FactValue]) -> dict[str, FactValue]:
    """The facts, and a value for each that neither the pipeline nor the operator told here: the rivals know no unknown."""
    empty: dict[str, FactValue] = {"bool": False, "int": 0, "str": "", "set": frozenset()}
    counted: dict[str, FactValue] = {"cn_people_since_january": 8_123, "cn_sensitive_people_since_january": 12, "token_count": 50}
    return {**{name: empty[vocabulary()[name].kind] for name in compiled.facts_read}, **facts, **counted}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--day", type=dt.date.fromisoformat, default=dt.date(2026, 11, 23))
    arguments.add_argument("--repeat", type=int, default=7)
    chosen = arguments.parse_args()
    compiled = compile_packs(load_packs(), chosen.day)
    walked, (in_rust, context_of) = interpreted(compiled), in_cel(compiled)
    print(f"{len(compiled.rules)} rules over {len(compiled.facts_read)} facts, in force on {chosen.day}; microseconds")
    titles = ("decide", "+evaluate", "cel", "ratio", "+context", "ratio", "walked", "ratio", "facts_of", "evidence")
    print(f"{'to':<4}{'delivery':<11}" + "".join(f"{title:>10}" for title in titles) + "  action")
    worst, least = 0.0, float("inf")
    for destination, (name, findings) in product(DESTINATIONS, DELIVERIES.items()):
        build = facts_for(compiled, destination, findings)
        facts = completed(compiled, build())
        context = context_of(facts)
        must, _ = compiled.decide(facts.get)
        fired = {entry.rule.id for bit, entry in enumerate(compiled.rules) if must >> bit & 1}
        assert fired == walked(facts) == in_rust(context), f"{destination}, {name}: they disagree"
        decide = microseconds(lambda facts=facts: compiled.decide(facts.get), chosen.repeat)  # type: ignore[misc]
        ours = microseconds(lambda facts=facts: evaluate(compiled, facts), chosen.repeat)  # type: ignore[misc]
        rust = microseconds(lambda context=context: in_rust(context), chosen.repeat, 500)  # type: ignore[misc]
        whole = microseconds(lambda facts=facts: in_rust(context_of(facts)), chosen.repeat, 500)  # type: ignore[misc]
        slow = microseconds(lambda facts=facts: walked(facts), 1, 500)  # type: ignore[misc]
        building = microseconds(build, chosen.repeat)
        evidence = microseconds(lambda facts=facts: evidence_of(compiled, facts), chosen.repeat)  # type: ignore[misc]
        figures = (decide, ours, rust, rust / ours, whole, whole / ours, slow, slow / ours, building, evidence)
        print(f"{destination:<4}{name:<11}" + "".join(f"{figure:>10.2f}" for figure in figures) + f"  {evaluate(compiled, facts).action}")
        worst, least = max(worst, ours), min(least, rust / ours)
    print(f"slowest decide+evaluate {worst:.2f} us; at least {least:.1f} x the Rust engine over a ready context")


if __name__ == "__main__":
    main()
