"""Which recognisers need to see a stretch of text: one pass of RE2 says so, and it never says no where a recogniser would find something.

Each recogniser's patterns are rewritten wider (``detectors.wider``) and all are matched at once by one automaton, in time
linear in the text (R. Cox, "Regular Expression Matching in the Wild", 2010). RE2's ``Set`` answers "nothing" when its automaton finds no
memory; so the text is handed to it with a mark at its end that always matches, and an answer without the mark is taken as "everything".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import re2

from detectors.patterns import parse
from detectors.wider import wider_re2

_EVERYTHING = "(?s:.)"
_MARK = b"\0"
# The automaton is built as texts need it. So much keeps that of all countries' recognisers whole on prose; beyond, it is begun anew.
_MEMORY_BYTES = 192 << 20


class Prefilter:
    """Selects the recognisers whose patterns may match.

    Args:
        patterns: For each recogniser its patterns, each with the flags it is compiled with.
    """

    def __init__(self, patterns: Sequence[Sequence[tuple[str, int]]]) -> None:
        self._sources = ["|".join(_wider(source, flags) for source, flags in own) for own in patterns]
        self._each: list[Any] = []
        self._mark = len(self._sources)
        self._all: Any = re2.Set.SearchSet(_options(_MEMORY_BYTES))
        for source in self._sources:
            self._add(source)
        self._add(r"\x00")
        self._all.Compile()
        self._match = self._all.Match

    def select(self, text: str) -> Sequence[int]:
        """Return the indices of the recognisers that must see this text, in order."""
        try:
            found: list[int] | None = self._match(text.encode() + _MARK)
        except UnicodeEncodeError:
            return range(self._mark)  # half a character, which RE2 cannot read
        if found is None or self._mark not in found:
            return [index for index, one in enumerate(self._compiled()) if one.search(text) is not None]
        if len(found) == 1:
            return ()
        found.remove(self._mark)
        found.sort()
        return found

    def _compiled(self) -> list[Any]:
        """Return the expressions one by one, which are needed where the automaton found no memory."""
        if not self._each:
            self._each = [_compile(source) for source in self._sources]
        return self._each

    def _add(self, source: str) -> None:
        """Add an expression to the automaton; one that RE2 refuses as too large always matches."""
        try:
            self._all.Add(source)
        except re2.error:
            self._all.Add(_EVERYTHING)


def _wider(source: str, flags: int) -> str:
    """Return the wider RE2 expression; what cannot be parsed always runs."""
    try:
        tree = parse(source, flags)
    except re.error:
        return _EVERYTHING
    return ("(?i:" if (flags | tree.state.flags) & re.IGNORECASE else "(?:") + wider_re2(tree) + ")"


def _compile(source: str) -> Any:
    """Compile for RE2; an expression that it refuses as too large always matches."""
    options = _options(64 << 20)
    try:
        return re2.compile(source, options)
    except re2.error:
        return re2.compile(_EVERYTHING, options)


def _options(memory_bytes: int) -> Any:
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = memory_bytes
    return options
