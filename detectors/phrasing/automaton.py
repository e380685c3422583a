"""Regular expressions over classes of tokens, followed by an automaton that always knows whether more text could change its answer.

Thompson's construction (Commun. ACM 11(6), 1968) with the subset construction done while reading, so that only sets of states that
some text reaches are ever built. Python's own expressions cannot be used: they tell neither the longest match nor whether a match
could grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.errors import ConfigurationError

DEAD = 0
_LEXEME = re.compile(r"\s*(?:(\{\d+,\d+\})|([()|?*+])|([^\s(){}|?*+]+))")
_REPEATS_MAX = 16


@dataclass(frozen=True, slots=True)
class Atom:
    """One token: it must have all properties of ``need`` and none of ``refuse`` (bit sets)."""

    need: int
    refuse: int

    def takes(self, properties: int) -> bool:
        """Tell whether a token with these properties fits."""
        return properties & self.need == self.need and not properties & self.refuse


@dataclass(slots=True)
class _Node:
    """A state of the automaton without determinism: moves on a token, and moves on nothing."""

    moves: list[tuple[Atom, int]] = field(default_factory=list)
    free: list[int] = field(default_factory=list)


class _Parser:
    """Reads one expression into a list of nodes (recursive descent)."""

    def __init__(self, source: str, bits: Mapping[str, int], macros: Mapping[str, str], nodes: list[_Node]) -> None:
        self._source = source
        self._bits = bits
        self._macros = macros
        self._nodes = nodes
        self._lexemes = _lexemes(source)
        self._at = 0

    def read(self) -> tuple[int, int]:
        """Return the first and the last node of the expression."""
        ends = self._choice()
        if self._at != len(self._lexemes):
            raise ConfigurationError(f"phrase rule {self._source!r}: stray {self._lexemes[self._at]!r}")
        return ends

    def _peek(self) -> str:
        return self._lexemes[self._at] if self._at < len(self._lexemes) else ""

    def _node(self) -> int:
        self._nodes.append(_Node())
        return len(self._nodes) - 1

    def _choice(self) -> tuple[int, int]:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        first, last = self._node(), self._node()
        for start, end in branches:
            self._nodes[first].free.append(start)
            self._nodes[end].free.append(last)
        return first, last

    def _sequence(self) -> tuple[int, int]:
        first = last = self._node()
        while self._peek() not in {"", "|", ")"}:
            start, end = self._repeated()
            self._nodes[last].free.append(start)
            last = end
        return first, last

    def _repeated(self) -> tuple[int, int]:
        begin = self._at
        start, end = self._single()
        after = self._at
        sign = self._peek()
        if sign and sign in "?*+":
            self._at += 1
            first, last = self._node(), self._node()
            self._nodes[first].free.append(start)
            self._nodes[end].free.append(last)
            if sign != "+":
                self._nodes[first].free.append(last)
            if sign != "?":
                self._nodes[end].free.append(start)
            return first, last
        if not sign.startswith("{"):
            return start, end
        least, most = (int(number) for number in sign[1:-1].split(","))
        if not 0 <= least <= most <= _REPEATS_MAX or most == 0:
            raise ConfigurationError(f"phrase rule {self._source!r}: bad count {sign}")
        first, last = self._node(), self._node()
        if least == 0:
            self._nodes[first].free.append(last)
        self._nodes[first].free.append(start)
        for count in range(1, most + 1):
            if count >= least:
                self._nodes[end].free.append(last)
            if count < most:
                self._at = begin
                start, following = self._single()
                self._nodes[end].free.append(start)
                end = following
        self._at = after + 1
        return first, last

    def _single(self) -> tuple[int, int]:
        lexeme = self._peek()
        if not lexeme or lexeme in "|?*+)" or lexeme.startswith("{"):
            raise ConfigurationError(f"phrase rule {self._source!r}: {lexeme or 'the end'!r} where a class is due")
        self._at += 1
        if lexeme == "(":
            ends = self._choice()
            if self._peek() != ")":
                raise ConfigurationError(f"phrase rule {self._source!r}: a bracket is not closed")
            self._at += 1
            return ends
        if lexeme in self._macros:
            return _Parser(self._macros[lexeme], self._bits, self._macros, self._nodes).read()
        first, last = self._node(), self._node()
        self._nodes[first].moves.append((self._atom(lexeme), last))
        return first, last

    def _atom(self, lexeme: str) -> Atom:
        need = refuse = 0
        for name in lexeme.split("&"):
            bit = self._bits.get(name.lstrip("!"))
            if bit is None:
                raise ConfigurationError(f"phrase rule {self._source!r}: no class {name!r}")
            if name.startswith("!"):
                refuse |= bit
            else:
                need |= bit
        return Atom(need, refuse)


def _lexemes(source: str) -> list[str]:
    out = []
    at = 0
    source = source.rstrip()
    while at < len(source):
        found = _LEXEME.match(source, at)
        if found is None:
            raise ConfigurationError(f"phrase rule {source!r}: not understood at {at}")
        out.append(found[1] or found[2] or found[3])
        at = found.end()
    return out


class Automaton:
    """Follows several expressions at once.

    Equal texts give equal answers whatever was read before: the states that are remembered only save time.

    Args:
        sources: The expressions, in order of priority.
        bits: Bit of each class of tokens.
        macros: Names that stand for expressions.
        alphabet: Properties of each symbol, a bit set; it may grow at its end while the automaton is in use.

    Raises:
        ConfigurationError: An expression cannot be read, or takes the empty text.
    """

    def __init__(self, sources: Sequence[str], bits: Mapping[str, int], macros: Mapping[str, str], alphabet: Sequence[int]) -> None:
        self._alphabet = alphabet
        self._nodes: list[_Node] = []
        self._rule_of: dict[int, int] = {}
        starts = []
        for rule, source in enumerate(sources):
            start, end = _Parser(source, bits, macros, self._nodes).read()
            starts.append(start)
            self._rule_of[end] = rule
        self._ids: dict[frozenset[int], int] = {frozenset(): DEAD}
        self._sets: list[frozenset[int]] = [frozenset()]
        self.tables: list[dict[int, int]] = [{}]
        self.accepts: list[int] = [-1]
        self.grows: list[bool] = [False]
        self.start = self._state(self._closed(starts))
        if self.accepts[self.start] >= 0:
            raise ConfigurationError(f"phrase rule {sources[self.accepts[self.start]]!r} takes the empty text")

    def first_atoms(self) -> list[Atom]:
        """Return what the first token of a match may be."""
        return [atom for node in self._sets[self.start] for atom, _ in self._nodes[node].moves]

    def step(self, state: int, symbol: int) -> int:
        """Return the state after one more token; ``DEAD`` when no rule can match any more."""
        following = self.tables[state].get(symbol)
        if following is None:
            properties = self._alphabet[symbol]
            reached = [target for node in self._sets[state] for atom, target in self._nodes[node].moves if atom.takes(properties)]
            following = self._state(self._closed(reached))
            self.tables[state][symbol] = following
        return following

    def matches(self, symbols: Sequence[int]) -> bool:
        """Tell whether the whole sequence fits one of the expressions."""
        state = self.start
        for one in symbols:
            state = self.step(state, one)
        return self.accepts[state] >= 0

    def ends(self, symbols: Sequence[int]) -> list[int]:
        """Return each length at which a prefix of the sequence fits, in ascending order."""
        state = self.start
        out = []
        for count, one in enumerate(symbols, start=1):
            state = self.step(state, one)
            if state == DEAD:
                break
            if self.accepts[state] >= 0:
                out.append(count)
        return out

    def _closed(self, nodes: Iterable[int]) -> frozenset[int]:
        seen = set(nodes)
        waiting = list(seen)
        while waiting:
            for target in self._nodes[waiting.pop()].free:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return frozenset(node for node in seen if self._nodes[node].moves or node in self._rule_of)

    def _state(self, nodes: frozenset[int]) -> int:
        known = self._ids.get(nodes)
        if known is not None:
            return known
        self._ids[nodes] = len(self._sets)
        self._sets.append(nodes)
        self.tables.append({})
        self.grows.append(any(self._nodes[node].moves for node in nodes))
        self.accepts.append(min((self._rule_of[node] for node in nodes if node in self._rule_of), default=-1))
        return len(self._sets) - 1
