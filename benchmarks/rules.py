"""Microseconds per decision for the shipped packs, beside the same conditions interpreted by a walk over their syntax trees.

Both answer the same facts in the same run and must agree on every rule; the claim is the ratio, the microseconds depend on the machine.

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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jurisdictions.compile import Compiled, compile_packs
from jurisdictions.evaluate import evaluate, evidence_of
from jurisdictions.facts import FactValue, facts_of
from jurisdictions.lists import PACKS, named_sets, read_yaml
from jurisdictions.pack import load_packs

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
    """The rival: pack by pack the pack's own condition, then each rule in force."""
    in_force = {entry.rule.id for entry in compiled.rules}
    packs = []
    for path in sorted(PACKS.glob("*.v1.yaml")):
        document = read_yaml(path.read_text("utf-8"))
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


def microseconds(call: Callable[[], object], repeat: int) -> float:
    """Best of some rounds."""
    return min(timeit.repeat(call, number=CALLS, repeat=repeat)) / CALLS * 1e6


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--day", type=dt.date.fromisoformat, default=dt.date(2026, 11, 23))
    arguments.add_argument("--repeat", type=int, default=7)
    chosen = arguments.parse_args()
    compiled = compile_packs(load_packs(), chosen.day)
    rival = interpreted(compiled)
    print(f"{len(compiled.rules)} rules over {len(compiled.facts_read)} facts, in force on {chosen.day}; microseconds")
    print(f"{'delivery':<12}{'compiled':>10}{'walked':>10}{'ratio':>8}" + f"{'verdict':>10}{'facts_of':>10}{'evidence':>10}  action")
    counted = {"cn_people_since_january": 8_123, "cn_sensitive_people_since_january": 12, "token_count": 50}
    for name, findings in DELIVERIES.items():

        def measured(findings: tuple[tuple[str, str], ...] = findings) -> dict[str, FactValue]:
            return facts_of(
                findings,
                destination="SG",
                end_user_location="SG",
                origin_data_centre="shantou-1",
                model_origin="CN",
                route="shantou-singapore",
                mechanisms=("art9_unlabelled", "sg_contract"),
                domains=frozenset(),
                declared=compiled.assumed,
            )

        facts = {**measured(), **counted}
        must, _ = compiled.decide(facts.get)
        fired = {entry.rule.id for bit, entry in enumerate(compiled.rules) if must >> bit & 1}
        assert fired == rival(facts), f"{name}: the two disagree"
        quick = microseconds(lambda facts=facts: compiled.decide(facts.get), chosen.repeat)  # type: ignore[misc]
        slow = microseconds(lambda facts=facts: rival(facts), 1)  # type: ignore[misc]
        verdict = microseconds(lambda facts=facts: evaluate(compiled, facts), chosen.repeat)  # type: ignore[misc]
        building = microseconds(measured, chosen.repeat)
        evidence = microseconds(lambda facts=facts: evidence_of(compiled, facts), chosen.repeat)  # type: ignore[misc]
        row = f"{name:<12}{quick:>10.2f}{slow:>10.1f}{slow / quick:>8.0f}{verdict:>10.2f}{building:>10.2f}{evidence:>10.2f}"
        print(f"{row}  {evaluate(compiled, facts).action}")


if __name__ == "__main__":
    main()
