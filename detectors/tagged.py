"""Names out of the tags that the text model gives to the pieces of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from detectors.finding import Finding
from models.text_labels import NAME_TAGS
from models.tokenizer import Encoded

RECOGNIZER = "TextModel"

_SCORE_DECIMALS = 3
_CHARS_MIN = 2
_OUTSIDE = 0
_TYPES = tuple(tag.removeprefix("B-") for tag in NAME_TAGS[1::2])
# Two letters of a script with blanks between words: Latin, Greek, Cyrillic, Devanagari. Korean and Arabic glue particles to names.
_LETTER = "[A-Za-z\u00aa-\u024f\u0370-\u052f\u0900-\u097f\u1e00-\u1fff]"
_SPACED = re.compile(_LETTER + _LETTER)
# The begin of a line that is a comment, or of one where a comment began before the name.
_COMMENT = re.compile(r"\A\s*(?:\*|%|;|REM\b)|(?:\A|\s)(?:#|//|--\s|/\*|<!--)")

Scores = npt.NDArray[np.float32]
Probabilities = npt.NDArray[np.float64]


class _Word(NamedTuple):
    """A word that is in a name: where it lies, of which type, how probable, and whether it begins one."""

    start: int
    end: int
    kind: str
    sure: float
    begins: bool


def names_in(text: str, pieces: Encoded, scores: Scores, least: float, *, code: bool) -> tuple[Finding, ...]:
    """Return the names of a text, in order; offsets are code points of it.

    In scripts that put blanks between words the pieces of a word vote together, so no part of a word is a name. A name is a run of words
    of one type; one begins where the model says so, behind a gap that no piece covers, and behind a line break. Blanks at its ends are not
    part of a name, and one character, or digits and signs alone, are none.

    Args:
        text: What was read.
        pieces: Its pieces.
        scores: float32 ``[pieces, 7]``: what the model said of each piece, as it came.
        least: Names below this score are left out.
        code: The text is code: names count in its comments alone, the others are identifiers.
    """
    tags = scores.argmax(axis=1)
    if not tags.any():
        return ()
    found: list[Finding] = []
    for first, past, kind, sure in _runs(text, _words(text, pieces, _probabilities(scores))):
        start, end = _trimmed(text, first, past)
        score = round(sure, _SCORE_DECIMALS)
        if score < least or end - start < _CHARS_MIN or not any(map(str.isalpha, text[start:end])):
            continue
        if code and _COMMENT.search(text[text.rfind("\n", 0, start) + 1 : start]) is None:
            continue
        found.append(Finding(start, end, kind, score, RECOGNIZER))
    return tuple(found)


def _probabilities(scores: Scores) -> Probabilities:
    """Return the probability of each tag of each piece."""
    wide = scores.astype(np.float64)
    weights: Probabilities = np.exp(wide - wide.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _words(text: str, pieces: Encoded, probabilities: Probabilities) -> Iterator[_Word]:
    """Yield the words that are in a name: the pieces of a word that no script divides have one say."""
    starts, ends = pieces.starts.tolist(), pieces.ends.tolist()
    last = len(starts)
    number = 0
    while number < last:
        past = number + 1
        while past < last and ends[past - 1] == starts[past] and _is_one_word(text, starts[past]):
            past += 1
        mean = probabilities[number:past].mean(axis=0)
        by_type = mean[1::2] + mean[2::2]
        best = int(by_type.argmax())
        if by_type[best] > mean[_OUTSIDE] and ends[past - 1] > starts[number]:
            begins = probabilities[number, 1 + 2 * best] > probabilities[number, 2 + 2 * best]
            yield _Word(starts[number], ends[past - 1], _TYPES[best], float(by_type[best]), bool(begins))
        number = past


def _is_one_word(text: str, at: int) -> bool:
    """Tell whether a place lies inside a word of a script whose words are not put together from names and particles."""
    return 0 < at < len(text) and _SPACED.match(text, at - 1) is not None


def _runs(text: str, words: Iterable[_Word]) -> Iterator[tuple[int, int, str, float]]:
    """Yield start, end, type and mean probability of each name."""
    run: list[_Word] = []
    for word in words:
        if run and not _goes_on(text, run[-1], word):
            yield run[0].start, run[-1].end, run[0].kind, sum(one.sure for one in run) / len(run)
            run = []
        run.append(word)
    if run:
        yield run[0].start, run[-1].end, run[0].kind, sum(one.sure for one in run) / len(run)


def _goes_on(text: str, before: _Word, word: _Word) -> bool:
    """Tell whether a word belongs to the name of the one before it."""
    between = text[before.end : word.start]
    return word.kind == before.kind and not word.begins and not between.strip() and "\n" not in between


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the blanks at its ends."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))
