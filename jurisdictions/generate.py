"""The text of the function that decides: rules that share a test share its evaluation, and a pack that does not apply costs nothing.

Rules are divided into *parts* by the condition under which their pack applies. Which parts may apply follows from few facts (destination,
whose people, where from), so that answer is remembered. Within a part the test that most rules have in common is made first, once for
all of them, and so on: a conjunction has the same three-valued value in any order. A fact is looked up where it is first needed.

The text is made from checked condition trees alone: names of facts come from the vocabulary, words of a pack stand in it only as quoted
literals or as members of sets that are passed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jurisdictions.condition import Atom, Constant, Every, Node, Not, Operand, facts_in
from jurisdictions.facts import vocabulary

ALWAYS = Constant(value=True)
CHOICES_MAX = 16_384
_SHARED_PARTS_MIN = 4  # a fact that so many parts read is looked up once for all


@dataclass(frozen=True, slots=True)
class Member:
    """A rule as the generator sees it: its bit, the condition under which its pack applies, and its own."""

    bit: int
    applies: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class _Open:
    """A rule within a block: the tests that are still to make, and the whole condition of its part."""

    bit: int
    tests: tuple[Node, ...]
    whole: Node


def generate(members: Sequence[Member]) -> tuple[str, dict[str, frozenset[str]]]:
    """Return the text of a module with the function ``decide``, and the sets that it needs by name.

    The order of the members decides about the layout, never about the answers.
    """
    always: list[_Open] = []
    parts: dict[Node, list[_Open]] = {}
    for member in members:
        if _can_be_chosen(member.applies):
            parts.setdefault(member.applies, []).append(_Open(member.bit, _tests(member.condition), member.condition))
        else:
            whole = member.condition if member.applies == ALWAYS else Every((member.applies, member.condition))
            always.append(_Open(member.bit, _tests(whole), whole))
    key = sorted(frozenset().union(*(facts_in(applies) for applies in parts)))
    shared = _shared([always, *parts.values()], key)
    writer = _Writer(shared)
    lines = writer.part("always", always)
    for number, opened in enumerate(parts.values()):
        lines += writer.part(f"part_{number}", opened)
    lines += writer.choose(list(parts), key)
    lines += _decide(key, shared)
    return "\n".join(lines) + "\n", {name: words for words, name in writer.literals.items()}


def _can_be_chosen(applies: Node) -> bool:
    """Whether a part may be chosen by the facts of its condition: not by numbers, of which there are too many to remember."""
    read = facts_in(applies)
    return bool(read) and all(vocabulary()[name].kind != "int" for name in read)


def _tests(node: Node) -> tuple[Node, ...]:
    """The tests of which a condition is the conjunction."""
    if not isinstance(node, Every):
        return (node,)
    return tuple(dict.fromkeys(test for part in node.parts for test in _tests(part)))


def _shared(parts: Iterable[Sequence[_Open]], key: Sequence[str]) -> list[str]:
    """The facts that are looked up once and handed to all parts."""
    read = Counter(name for part in parts for name in frozenset().union(*(facts_in(rule.whole) for rule in part)))
    return sorted({*key, *(name for name, count in read.items() if count >= _SHARED_PARTS_MIN)})


def _decide(key: Sequence[str], shared: Sequence[str]) -> list[str]:
    arguments = "".join(f", f_{name}" for name in shared)
    lines = ["def decide(look):", *(f"    f_{name} = look({name!r})" for name in shared), f"    must, may = always(look{arguments})"]
    if key:
        lines += [
            f"    key = ({''.join(f'f_{name}, ' for name in key)})",
            "    chosen = CHOICES.get(key)",
            "    if chosen is None:",
            "        chosen = choose(*key)",
            f"        if len(CHOICES) >= {CHOICES_MAX}:",
            "            CHOICES.clear()",
            "        CHOICES[key] = chosen",
            "    for part, sure in chosen:",
            f"        surely, maybe = part(look{arguments})",
            "        may |= maybe",
            "        if sure:",
            "            must |= surely",
        ]
    return [*lines, "    return must, may"]


class _Writer:
    """Writes conditions as Python text over the variables ``f_<fact>``, in which ``None`` is unknown."""

    def __init__(self, shared: Sequence[str]) -> None:
        self.literals: dict[frozenset[str], str] = {}
        self._shared = shared

    def part(self, name: str, rules: Sequence[_Open]) -> list[str]:
        """The function of one part: what to look up, and the shared facts → bits of the rules that surely fire, and that may."""
        head = f"def {name}(look{''.join(f', f_{fact}' for fact in self._shared)}):"
        return [head, "    must = may = 0", *self._block(list(rules), frozenset(self._shared), "    "), "    return must, may", ""]

    def choose(self, conditions: Sequence[Node], key: Sequence[str]) -> list[str]:
        """The function that says which parts may apply, and whether they surely do."""
        lines = ["CHOICES = {}", "", f"def choose({', '.join(f'f_{name}' for name in key)}):", "    chosen = []"]
        for number, condition in enumerate(conditions):
            lines += [f"    if {self.may(condition)}:", f"        chosen.append((part_{number}, bool({self.must(condition)})))"]
        return [*lines, "    return tuple(chosen)", ""]

    def _block(self, rules: list[_Open], known: frozenset[str], indent: str) -> list[str]:
        """The lines of rules that have come as far as here, in groups by the test that most of them share."""
        groups = _grouped(rules)
        reads = Counter(name for test, group in groups for name in _read_by(test, group))
        lines, known = _look_up((name for name, count in reads.items() if count > 1), known, indent)
        for test, group in groups:
            if test is None:
                lines += self._rule(group[0], known, indent)
                continue
            more, inside = _look_up(facts_in(test), known, indent)
            lines += [*more, f"{indent}if {self.may(test)}:"]
            lines += self._block([_without(rule, test) for rule in group], inside, indent + "    ")
        return lines

    def _rule(self, rule: _Open, known: frozenset[str], indent: str) -> list[str]:
        rest = Every(rule.tests)
        lines, known = _look_up(facts_in(rest), known, indent)
        if rule.tests:
            lines.append(f"{indent}if {self.may(rest)}:")
            indent += "    "
        more, _ = _look_up(facts_in(rule.whole), known, indent)
        return [
            *lines,
            *more,
            f"{indent}may |= {1 << rule.bit}",
            f"{indent}if {self.must(rule.whole)}:",
            f"{indent}    must |= {1 << rule.bit}",
        ]

    def must(self, node: Node) -> str:
        """Text that is true if the condition is true whatever the unknown facts are."""
        match node:
            case Constant(value):
                return str(value)
            case Atom():
                known = "".join(f"f_{name} is not None and " for name in node.facts() if node.op != "true")
                return f"({known}{self._test(node)})" if known else self._test(node)
            case Not(part):
                return f"(not {self.may(part)})"
            case Every(parts):
                return f"({' and '.join(self.must(part) for part in parts)})" if parts else "True"
            case _:
                return f"({' or '.join(self.must(part) for part in node.parts)})"

    def may(self, node: Node) -> str:
        """Text that is true unless the condition is false whatever the unknown facts are."""
        match node:
            case Constant(value):
                return str(value)
            case Atom(op="true"):
                return f"(f_{node.left.fact} is not False)"
            case Atom():
                unknown = "".join(f"f_{name} is None or " for name in node.facts())
                return f"({unknown}{self._test(node)})"
            case Not(part):
                return f"(not {self.must(part)})"
            case Every(parts):
                return f"({' and '.join(self.may(part) for part in parts)})" if parts else "True"
            case _:
                return f"({' or '.join(self.may(part) for part in node.parts)})"

    def _test(self, atom: Atom) -> str:
        """The test over known facts."""
        left = self._side(atom.left)
        if atom.right is None:
            return left
        right = self._side(atom.right)
        return f"(not {left}.isdisjoint({right}))" if atom.op == "meets" else f"({left} {atom.op} {right})"

    def _side(self, side: Operand) -> str:
        if side.fact:
            return f"f_{side.fact}"
        if isinstance(side.value, frozenset):
            return self.literals.setdefault(side.value, f"L{len(self.literals)}")
        return repr(side.value)


def _grouped(rules: list[_Open]) -> list[tuple[Node | None, list[_Open]]]:
    """Rules by the test that most of those left have in common; a rule that shares none stands alone under ``None``."""
    groups: list[tuple[Node | None, list[_Open]]] = []
    left = rules
    while left:
        counts = Counter(test for rule in left for test in rule.tests)
        best, count = max(counts.items(), key=lambda entry: entry[1], default=(None, 0))  # the first of equals: in the order of the rules
        if best is None or count == 1:
            return groups + [(None, [rule]) for rule in left]
        groups.append((best, [rule for rule in left if best in rule.tests]))
        left = [rule for rule in left if best not in rule.tests]
    return groups


def _without(rule: _Open, test: Node) -> _Open:
    return _Open(rule.bit, tuple(other for other in rule.tests if other != test), rule.whole)


def _read_by(test: Node | None, group: Sequence[_Open]) -> frozenset[str]:
    """The facts that a block looks up before it enters a group: of its test, or of all tests of a rule that stands alone."""
    return facts_in(Every(group[0].tests)) if test is None else facts_in(test)


def _look_up(names: Iterable[str], known: frozenset[str], indent: str) -> tuple[list[str], frozenset[str]]:
    """The lines that look up what is not known yet, and what is known behind them."""
    new = sorted(set(names) - known)
    return [f"{indent}f_{name} = look({name!r})" for name in new], known | frozenset(new)


def scope_of(literals: Mapping[str, frozenset[str]]) -> dict[str, object]:
    """The names that the generated text needs, and no builtins beside them."""
    return {"__builtins__": {"bool": bool, "len": len, "tuple": tuple}, **literals}
