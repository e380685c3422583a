"""Where a stream's text may be cut without changing what is found in it.

A *quiet* boundary is a place that no pattern of the engine can match across and at which spaCy's tokenizer starts afresh.
``detectors.patterns`` checks each recogniser against the assumptions made here, so a recogniser that breaks them is refused at the start
and not in production.
"""

from __future__ import annotations

import re

from detectors.tokens import CLAUSE_MARKS

# No pattern with a space in it is wider than this, and each has a digit before its first space or behind it (patterns.refusal).
QUIET_CHARS = 48
# What may stand between a word and the space after it. No colon and no apostrophe: spaCy puts emoticons and clitics together from them.
CLOSERS = frozenset(',.!?)*"”»') | frozenset(CLAUSE_MARKS)
# Letters that a telephone number may have between its digits ("555x12").
PHONE_LETTERS = frozenset("xXｘＸー")
_SENTENCE_ENDS = frozenset(".!?")
# A telephone extension may stand behind any number of blanks, so a long run of them can lead back to a digit out of sight.
_NOISY = re.compile(r"\d|[ \u00a0\t,\-]{9}")
# White space to Python and to the regex module alike; the separators of ASCII are so to Python only.
BLANK = re.compile(r"[^\S\x1c-\x1f]")
# A path has a host or a scheme before it; "A/B" and "per head/year" have none.
_PATH = re.compile(r"[.:][^/]*/")
_CANDIDATE = re.compile(rf"(?<=[\s{CLAUSE_MARKS}])(?=\S)")
_BEFORE_WORD = re.compile(rf"[\s{CLAUSE_MARKS}](?=\S)")  # the same, for looking from one to the next


def last_quiet_boundary(text: str, start: int, stop: int) -> int:
    """Return the largest quiet boundary in ``(start, stop]``.

    Args:
        text: What has arrived of the stream, in code points.
        start: The last boundary of this stream; text before it is not read.
        stop: Where to look at most; at least one character must follow a boundary, so the end of the text is none.

    Returns:
        The boundary, or ``start`` if there is none.
    """
    candidates = [found.end() for found in _CANDIDATE.finditer(text, start + 1, min(stop, len(text) - 1) + 1)]
    for at in reversed(candidates):
        if _is_quiet(text, start, at):
            return at
    return start


def _is_quiet(text: str, start: int, at: int) -> bool:
    """Tell whether no pattern can match across ``at``, which follows white space or a clause mark and precedes a character."""
    before = text[at - 1]
    if before in CLAUSE_MARKS:
        # The path of a URL takes everything up to white space, clause marks too.
        return _PATH.search(text, _word_start(text, start, at), at) is None
    if before == " " and not text[max(start, at - 2)].isspace():
        return _space_is_quiet(text, start, at)
    # No pattern matches a line break.
    return "\n" in text[_blanks_start(text, start, at) : at]


def _word_start(text: str, start: int, at: int) -> int:
    """Return where the word that ends at ``at`` begins."""
    while at > start and BLANK.match(text, at - 1) is None:
        at -= 1
    return at


def _blanks_start(text: str, start: int, at: int) -> int:
    """Return where the run of white space that ends at ``at`` begins."""
    while at > start and text[at - 1].isspace():
        at -= 1
    return at


def _space_is_quiet(text: str, start: int, at: int) -> bool:
    """Tell whether the single space before ``at`` can be in no pattern and in no word of the tokenizer."""
    after = text[at]
    last = at - 2
    if last < start or not after.isalnum():
        return False
    closer = ""
    if text[last] in CLOSERS:
        closer = text[last]
        last -= 1
        if last < start:
            return False
    end = text[last]
    if end.isdecimal():
        # "2, 3" and "in 2024. The": no pattern goes on like this.
        return (closer == "," and after.isdecimal()) or (closer in _SENTENCE_ENDS and after.isalpha() and after not in PHONE_LETTERS)
    # "plate 京A 12345": letters and a digit behind a space can be one identifier.
    if after.isdecimal() or not end.isalpha() or end in PHONE_LETTERS:
        return False
    if closer == "." and not text[max(start, last - 1)].isalpha():
        return False
    return _NOISY.search(text, max(start, at - 1 - QUIET_CHARS), at - 1) is None


def quiet_pieces(text: str, least: int) -> list[tuple[int, int]]:
    """Return the stretches between quiet boundaries that lie at least so far apart; joined, they are the text.

    Args:
        text: What lies between two quiet boundaries, or from one to the end of the stream.
        least: Code points of each stretch but the last.
    """
    pieces: list[tuple[int, int]] = []
    start, size = 0, len(text)
    found = _BEFORE_WORD.search(text, least - 1) if size > least else None
    while found is not None:
        at = found.end()
        if _is_quiet(text, start, at):
            pieces.append((start, at))
            start = at
            at += least - 1
        found = _BEFORE_WORD.search(text, at)
    pieces.append((start, size))
    return pieces
