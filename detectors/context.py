"""Whether a word near a finding speaks for it, decided from a handful of neighbours.

Presidio's rule (``LemmaContextAwareEnhancer``): the last six keywords up to and including the finding's own token, and, where that token is
no keyword, the next keyword after it. A keyword is a token that is neither a stop word nor punctuation. Presidio looks each of them up in a
list over the whole document, which makes a document quadratic; here the rule is local, and so linear.

One difference follows, and it is meant. Presidio splits a token with a colon into pieces and lets a stop word anywhere in the document
count as a keyword if it equals such a piece ("is" in "is:open"). That would let the end of a text change a score at its start. Here a
token with a colon, and a stop word, is never a keyword; but what stands in the finding's own token on its left speaks for it ("NRIC:" of
"NRIC:S1234567D").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

KEYWORDS_BEFORE = 6  # Presidio's prefix count of 5, and the token of the finding itself
BOOST = 0.35
BOOSTED_MIN = 0.4
_LIMIT = 200_000


class KeywordTable:
    """Tells keywords from other tokens, with a bounded memory of what it was asked.

    Args:
        vocab: The spaCy vocabulary whose stop words and punctuation decide.
    """

    def __init__(self, vocab: Any) -> None:
        self._vocab = vocab
        self._by_id: dict[int, str | None] = {}

    def of_word(self, lower: str) -> str | None:
        """Return the word if it is a keyword, else None.

        Args:
            lower: A token in lower case.
        """
        if lower == "be" or ":" in lower:
            return None
        lexeme = self._vocab[lower]
        return None if lexeme.is_stop or lexeme.is_punct else lower

    def of_id(self, word_id: int) -> str | None:
        """Return the keyword of a vocabulary id (of a token in lower case), or None if that token is no keyword."""
        try:
            return self._by_id[word_id]
        except KeyError:
            if len(self._by_id) >= _LIMIT:
                self._by_id.clear()
            keyword = self.of_word(self._vocab.strings[word_id])
            self._by_id[word_id] = keyword
            return keyword

    def clear(self) -> None:
        """Forget all ids; they are about to lose their meaning."""
        self._by_id.clear()

    def latest(self, ids: Sequence[int], before: Sequence[str]) -> tuple[str, ...]:
        """Return the last six keywords of ``before`` followed by the tokens ``ids``, oldest first."""
        found: list[str] = []
        for word_id in reversed(ids):
            keyword = self.of_id(word_id)
            if keyword is not None:
                found.append(keyword)
                if len(found) == KEYWORDS_BEFORE:
                    break
        else:
            found.extend(reversed(before[-(KEYWORDS_BEFORE - len(found)) :]))
        return tuple(reversed(found))

    def first(self, ids: Sequence[int]) -> str | None:
        """Return the first keyword among the tokens ``ids``."""
        for word_id in ids:
            keyword = self.of_id(word_id)
            if keyword is not None:
                return keyword
        return None


def supports(keywords: Iterable[str], context: Sequence[str]) -> bool:
    """Tell whether a context word of the recogniser (in lower case) is part of one of the keywords."""
    # One text to look in instead of many; no word has the character between.
    return any(map("\0".join(keywords).__contains__, context))


def own_label(text: str, token_start: int, start: int) -> str:
    """Return the part of a finding's first token that stands before the finding, in lower case."""
    return text[token_start:start].lower()


def boosted(score: float) -> float:
    """Return the score of a finding that its context speaks for."""
    return min(max(score + BOOST, BOOSTED_MIN), 1.0)
