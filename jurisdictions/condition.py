"""The language of conditions: a small part of Python's expressions, checked against the facts, with three values.

Grammar: ``and``, ``or``, ``not``; a fact that is true or false; a set that is not empty (``bool(...)`` may be written); comparisons
``== != < <= > >= in not in``, chained as in Python; ``fact & set``; literals, set literals, and named sets. Nothing else parses.

Over known facts a condition has the value that Python gives it. Over unknown ones it has Kleene's (strong) three-valued value.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from jurisdictions.facts import FactKind, FactValue, check_value, vocabulary
from schemas.errors import PackError

Operator = Literal["true", "some", "meets", "==", "!=", "<", "<=", ">", ">=", "in", "not in"]

_COMPARE: dict[type[ast.cmpop], Operator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
APPLY: dict[Operator, Callable[..., object]] = {
    "true": bool,
    "some": bool,
    "meets": lambda left, right: not left.isdisjoint(right),
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}


@dataclass(frozen=True, slots=True)
class Operand:
    """A fact (by name) or a literal."""

    kind: FactKind
    fact: str = ""
    value: FactValue = False


@dataclass(frozen=True, slots=True)
class Atom:
    """One test over one or two operands, of which at least one is a fact."""

    op: Operator
    left: Operand
    right: Operand | None = None

    def facts(self) -> tuple[str, ...]:
        """The facts that it reads."""
        return tuple(side.fact for side in (self.left, self.right) if side is not None and side.fact)


@dataclass(frozen=True, slots=True)
class Constant:
    """True or false, whatever the facts."""

    value: bool


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    part: Node


@dataclass(frozen=True, slots=True)
class Every:
    """Conjunction."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Disjunction."""

    parts: tuple[Node, ...]


Node = Atom | Constant | Not | Every | AnyOf


def parse(text: str, sets: Mapping[str, frozenset[str]]) -> Node:
    """Read a condition.

    Args:
        text: The expression.
        sets: The named sets that it may use.

    Raises:
        PackError: Not in the grammar, an unknown name, or types that do not go together.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise PackError(f"condition does not parse at column {error.offset}") from error
    return _condition(tree.body, sets)


def _condition(node: ast.expr, sets: Mapping[str, frozenset[str]]) -> Node:
    match node:
        case ast.BoolOp():
            parts = tuple(_condition(part, sets) for part in node.values)
            return Every(parts) if isinstance(node.op, ast.And) else AnyOf(parts)
        case ast.UnaryOp(op=ast.Not()):
            return Not(_condition(node.operand, sets))
        case ast.Constant(value=bool()):
            return Constant(bool(node.value))
        case ast.Call(func=ast.Name(id="bool"), args=[inner], keywords=[]):
            return _condition(inner, sets)
        case ast.Compare():
            return _comparison(node, sets)
    return _plain(node, sets)


def _comparison(node: ast.Compare, sets: Mapping[str, frozenset[str]]) -> Node:
    """A chain is the conjunction of its links, as in Python."""
    sides = [_operand(side, sets) for side in (node.left, *node.comparators)]
    links = tuple(_checked(Atom(_operator(op), *pair)) for op, pair in zip(node.ops, pairwise(sides), strict=True))
    return links[0] if len(links) == 1 else Every(links)


def _plain(node: ast.expr, sets: Mapping[str, frozenset[str]]) -> Atom:
    """A fact by itself, or the sets that two operands have in common."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        return _checked(Atom("meets", _operand(node.left, sets), _operand(node.right, sets)))
    fact = _operand(node, sets) if isinstance(node, ast.Name) else None
    if fact is None:
        raise PackError(f"a condition may not contain {type(node).__name__}")
    if fact.kind not in {"bool", "set"}:
        raise PackError(f"{fact.fact!r} is neither true nor false: compare it")
    return _checked(Atom("true" if fact.kind == "bool" else "some", fact))


def _operator(op: ast.cmpop) -> Operator:
    if type(op) not in _COMPARE:
        raise PackError(f"a condition may not contain {type(op).__name__}")
    return _COMPARE[type(op)]


def _operand(node: ast.expr, sets: Mapping[str, frozenset[str]]) -> Operand:
    match node:
        case ast.Name(id=name) if name in sets:
            return Operand("set", value=sets[name])
        case ast.Name(id=name):
            if name not in vocabulary():
                raise PackError(f"unknown fact {name!r}")
            return Operand(vocabulary()[name].kind, fact=name)
        case ast.Constant(value=bool()):
            return Operand("bool", value=bool(node.value))
        case ast.Constant(value=int(value)):
            return Operand("int", value=value)
        case ast.Constant(value=str(value)):
            return Operand("str", value=value)
        case ast.Set(elts=members):
            words = [member.value for member in members if isinstance(member, ast.Constant) and isinstance(member.value, str)]
            if len(words) != len(members):
                raise PackError("a set literal holds strings only")
            return Operand("set", value=frozenset(words))
    raise PackError(f"a condition may not contain {type(node).__name__}")


def _checked(atom: Atom) -> Atom:
    """Refuse an atom whose types do not go together, or whose words the fact never has."""
    left, right = atom.left, atom.right
    if not atom.facts():
        raise PackError("a comparison of two constants says nothing about the facts")
    if right is None:
        return atom
    allowed: dict[Operator, set[tuple[FactKind, FactKind]]] = {
        "meets": {("set", "set")},
        "in": {("str", "set")},
        "not in": {("str", "set")},
        "==": {("bool", "bool"), ("int", "int"), ("str", "str"), ("set", "set")},
        "<=": {("int", "int"), ("set", "set")},
        "<": {("int", "int")},
    }
    same = {"not in": "in", "!=": "==", ">=": "<=", ">": "<"}
    pairs = allowed[atom.op] if atom.op in allowed else allowed[same[atom.op]]  # type: ignore[index]
    if (left.kind, right.kind) not in pairs:
        raise PackError(f"{atom.op!r} does not go between {left.kind} and {right.kind}")
    for fact, literal in ((left, right), (right, left)):
        if fact.fact and not literal.fact:
            _check_words(fact.fact, literal.value)
    return atom


def _check_words(fact: str, literal: FactValue) -> None:
    """A word that the fact never has would silently never match."""
    one_by_one = literal if isinstance(literal, frozenset) else (literal,)
    for word in sorted(one_by_one, key=str):
        check_value(fact, frozenset({word}) if vocabulary()[fact].kind == "set" else word, named_in_rule=True)


def facts_in(node: Node) -> frozenset[str]:
    """The facts that a condition reads."""
    match node:
        case Atom():
            return frozenset(node.facts())
        case Constant():
            return frozenset()
        case Not(part):
            return facts_in(part)
        case Every(parts) | AnyOf(parts):
            return frozenset().union(*(facts_in(part) for part in parts))


def value_of(node: Node, facts: Mapping[str, FactValue]) -> bool | None:
    """Interpret a condition; ``None`` is unknown. The compiled packs must agree with this, and the tests hold them to it."""
    match node:
        case Constant(value):
            return value
        case Atom():
            if any(name not in facts for name in node.facts()):
                return None
            sides = [side for side in (node.left, node.right) if side is not None]
            return bool(APPLY[node.op](*(facts[side.fact] if side.fact else side.value for side in sides)))
        case Not(part):
            inner = value_of(part, facts)
            return None if inner is None else not inner
        case Every(parts):
            values = [value_of(part, facts) for part in parts]
            return False if False in values else None if None in values else True
        case AnyOf(parts):
            values = [value_of(part, facts) for part in parts]
            return True if True in values else None if None in values else False
