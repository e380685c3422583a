"""Text as spaCy's tokens, in arrays, so that a text in pieces has the tokens of the whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IS_SPACE, LENGTH, LOWER, NORM, PREFIX, SHAPE, SPACY, SUFFIX
from spacy.tokens import Doc

# spaCy splits at white space only, so one Chinese paragraph is one chunk and its tokens depend on the whole of it. Text after one of these
# marks is therefore handed to the tokenizer as a piece of its own: a clause can become final while the paragraph is still being written.
CLAUSE_MARKS = "。！？；，、：…"
_PIECE_START = re.compile(rf"(?<=[{CLAUSE_MARKS}])(?=\S)")
# Scripts that are written without blanks, and their marks: spaCy makes a clause one token, about which its English model knows nothing.
_UNREAD = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3001-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U00020000-\U0003ffff]"
)
_REMEMBERED_MAX = 65_536
_COLUMNS = (NORM, PREFIX, SUFFIX, SHAPE, LOWER, IS_SPACE, LENGTH, SPACY)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one stretch of text.

    Attributes:
        starts: First code point of each token.
        ends: One past the last code point.
        keys: What the names model sees of each token: its norm, prefix, suffix and shape ids, uint64 of shape (n, 4).
        lower: The vocabulary id of the token in lower case.
        is_space: Whether the token is white space.
        unread: Indices of the tokens that the names model is not shown (``runs``).
    """

    starts: list[int]
    ends: list[int]
    keys: NDArray[np.uint64]
    lower: list[int]
    is_space: list[bool]
    unread: tuple[int, ...] = ()

    def __len__(self) -> int:
        """Count the tokens."""
        return len(self.starts)


def pieces(text: str) -> list[str]:
    """Divide text after clause marks of Chinese and Japanese; joined, the pieces are the text."""
    if text.isascii():
        return [text]
    return _PIECE_START.split(text)


def runs(unread: Sequence[int], count: int) -> list[tuple[int, int]]:
    """Return the stretches of tokens between those that are not read, as (first, one past the last); empty ones too.

    The English names model sees each stretch as a text of its own. So Chinese text costs it nothing, and a name in it does not wait for
    the clauses that follow.
    """
    edges = [-1, *unread, count]
    return [(before + 1, after) for before, after in pairwise(edges)]


class PieceTokenizer:
    """A spaCy tokenizer that sees each clause of Chinese or Japanese text alone.

    For text without those marks it is spaCy's tokenizer and nothing else. Used by the whole-text engine and by the scanner.

    Args:
        tokenizer: The tokenizer of the spaCy pipeline.
        vocab: Its vocabulary.
    """

    def __init__(self, tokenizer: Any, vocab: Any) -> None:
        self.tokenizer = tokenizer
        self.vocab = vocab
        self._is_unread: dict[int, bool] = {}

    def __call__(self, text: str) -> Doc:
        """Return one Doc of the whole text."""
        parts = pieces(text)
        if len(parts) == 1:
            only: Doc = self.tokenizer(text)
            return only
        return self.joined([token for part in parts for token in self.tokenizer(part)])

    def joined(self, tokens: Sequence[Any]) -> Doc:
        """Return a Doc of spaCy's tokens, from wherever they come."""
        doc = Doc(self.vocab, words=[token.text for token in tokens], spaces=[bool(token.whitespace_) for token in tokens])
        if tokens:
            # Norms can belong to a token ("ca" of "can't") rather than to its word: they do not come along with the words.
            norms: Any = np.array([[token.norm] for token in tokens], dtype=np.uint64)
            doc.from_array([NORM], norms)
        return doc

    def unread(self, lower: Sequence[int]) -> tuple[int, ...]:
        """Return the indices of the tokens that the English model is not shown.

        Args:
            lower: The vocabulary id of each token in lower case.
        """
        known = self._is_unread
        if len(known) > _REMEMBERED_MAX:
            known.clear()
        for word in lower:
            if word not in known:
                known[word] = _UNREAD.search(self.vocab.strings[word]) is not None
        return tuple(index for index, word in enumerate(lower) if known[word])

    def tokens(self, text: str, offset: int) -> Tokens:
        """Return the tokens of a stretch of text that starts at ``offset``, without building one Doc.

        Args:
            text: The stretch; it must start and end where text may be cut (``detectors.cut``).
            offset: Code points of the stream before it.
        """
        return self.tokens_of([(text, offset)])[0]

    def tokens_of(self, stretches: Sequence[tuple[str, int]]) -> list[Tokens]:
        """Return the tokens of many stretches, each with its offset: short ones cost less together than one by one."""
        tables = [[self.tokenizer(part).to_array(_COLUMNS) for part in pieces(text)] for text, _ in stretches]
        sizes = [sum(map(len, table)) for table in tables]
        rows: NDArray[np.uint64] = np.concatenate([part for table in tables for part in table])
        spaces = rows[:, 7].astype(np.int64)
        lengths = rows[:, 6].astype(np.int64)
        ends = np.cumsum(lengths + spaces) - spaces
        starts = ends - lengths
        # The stretches were laid end to end; each goes where it lies in its own stream.
        edges = np.cumsum([0, *sizes])
        laid = np.cumsum([0, *(len(text) for text, _ in stretches)])[:-1]
        shift = np.repeat(np.array([offset for _, offset in stretches], dtype=np.int64) - laid, sizes)
        keys = np.ascontiguousarray(rows[:, :4])
        columns = [(starts + shift).tolist(), (ends + shift).tolist(), rows[:, 4].tolist(), rows[:, 5].astype(np.bool_).tolist()]
        return [
            Tokens(
                starts=columns[0][first:after],
                ends=columns[1][first:after],
                keys=keys[first:after],
                lower=columns[2][first:after],
                is_space=columns[3][first:after],
                unread=() if text.isascii() else self.unread(columns[2][first:after]),
            )
            for (text, _), (first, after) in zip(stretches, pairwise(edges.tolist()), strict=True)
        ]
