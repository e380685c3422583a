"""Conditions as text of the Common Expression Language, for a second engine that shares no code with ours.

One text carries all three values: an unknown fact is a variable that is not declared, which is an error in CEL; ``&&`` and ``||`` absorb
errors on either side if the other side decides (cel-spec, logical operators), and that is Kleene's logic. So *true* is true, *false* is
false, and an error about an undeclared variable is unknown. Sets are lists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from jurisdictions.condition import AnyOf, Atom, Constant, Every, Node, Not, Operand
from jurisdictions.facts import FactValue


def cel_text(node: Node) -> str:
    """A condition in CEL."""
    match node:
        case Constant(value):
            return _literal(value)
        case Not(part):
            return f"!({cel_text(part)})"
        case Every(parts):
            return " && ".join(f"({cel_text(part)})" for part in parts) or "true"
        case AnyOf(parts):
            return " || ".join(f"({cel_text(part)})" for part in parts) or "false"
        case Atom():
            return _guarded(node)


def cel_facts(facts: Mapping[str, FactValue]) -> dict[str, bool | int | str | list[str]]:
    """The facts that are known, as CEL has them; what is unknown stays out."""
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in facts.items()}


def _guarded(atom: Atom) -> str:
    """An atom is unknown as soon as one of its facts is.

    A macro over an empty list never looks at the other operand, so that one is looked at before.
    """
    test = _test(atom)
    sets = [side for side in (atom.left, atom.right) if side is not None and side.kind == "set"]
    hidden = [side.fact for side in sets if side.fact] if len(sets) > 1 else []
    return f"({' + '.join(f'size({name})' for name in hidden)} >= 0 ? {test} : false)" if hidden else test


def _test(atom: Atom) -> str:
    left = _side(atom.left)
    right = "" if atom.right is None else _side(atom.right)
    if atom.op in {"true", "some"}:
        return left if atom.op == "true" else f"size({left}) > 0"
    if atom.op == "meets":
        return f"{left}.exists(word, word in {right})"
    if atom.op in {"in", "not in"}:
        return f"{left} in {right}" if atom.op == "in" else f"!({left} in {right})"
    if atom.left.kind != "set":
        return f"{left} {atom.op} {right}"
    within, without = f"{left}.all(word, word in {right})", f"{right}.all(word, word in {left})"
    return {"<=": within, ">=": without, "==": f"{within} && {without}", "!=": f"!({within} && {without})"}[atom.op]


def _side(side: Operand) -> str:
    return side.fact or _literal(side.value)


def _literal(value: FactValue) -> str:
    """JSON's literals are CEL's."""
    return json.dumps(sorted(value) if isinstance(value, frozenset) else value, ensure_ascii=False)
