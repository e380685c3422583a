"""Which recognisers need to see a stretch of text: one pass of RE2 says so, and it never says no where a recogniser would find something.

Each recogniser's patterns are rewritten wider (``detectors.patterns.wider_re2``) and joined. RE2 runs in time linear in the text for any
pattern (R. Cox, "Regular Expression Matching in the Wild", 2010), and falls back to its NFA when its automaton grows too large: unlike
RE2's ``Set``, which then answers "nothing".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import re2

from detectors.patterns import parse, wider_re2

_EVERYTHING = "(?s:.)"


class Prefilter:
    """Selects the recognisers whose patterns may match.

    Args:
        patterns: For each recogniser its patterns, each with the flags it is compiled with.
    """

    def __init__(self, patterns: Sequence[Sequence[tuple[str, int]]]) -> None:
        sources = ["|".join(_wider(source, flags) for source, flags in own) for own in patterns]
        self._each = [_compile(source) for source in sources]
        self._any = _compile("|".join(f"(?:{source})" for source in sources)) if sources else None

    def select(self, text: str) -> list[int]:
        """Return the indices of the recognisers that must see this text, in order."""
        if self._any is None or self._any.search(text) is None:
            return []
        return [index for index, one in enumerate(self._each) if one.search(text) is not None]

    def may_match(self, index: int, text: str) -> bool:
        """Tell whether recogniser ``index`` may find something in this text."""
        return self._each[index].search(text) is not None


def _wider(source: str, flags: int) -> str:
    """Return the wider RE2 expression; what cannot be parsed always runs."""
    try:
        tree = parse(source, flags)
    except re.error:
        return _EVERYTHING
    return ("(?i:" if (flags | tree.state.flags) & re.IGNORECASE else "(?:") + wider_re2(tree) + ")"


def _compile(source: str) -> Any:
    """Compile for RE2; an expression that it refuses as too large always matches."""
    options = re2.Options()
    options.never_capture = True
    options.log_errors = False
    options.max_mem = 64 << 20
    try:
        return re2.compile(source, options)
    except re2.error:
        return re2.compile(_EVERYTHING, options)
