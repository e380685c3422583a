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
    """

    starts: list[int]
    ends: list[int]
    keys: NDArray[np.uint64]
    lower: list[int]
    is_space: list[bool]

    def __len__(self) -> int:
        """Count the tokens."""
        return len(self.starts)


def pieces(text: str) -> list[str]:
    """Divide text after clause marks of Chinese and Japanese; joined, the pieces are the text."""
    if text.isascii():
        return [text]
    return _PIECE_START.split(text)


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

    def __call__(self, text: str) -> Doc:
        """Return one Doc of the whole text."""
        parts = pieces(text)
        if len(parts) == 1:
            only: Doc = self.tokenizer(text)
            return only
        docs = [self.tokenizer(part) for part in parts]
        whole = Doc(self.vocab, words=[t.text for doc in docs for t in doc], spaces=[bool(t.whitespace_) for doc in docs for t in doc])
        # Norms can belong to a token ("ca" of "can't") rather than to its word: they do not come along with the words.
        norms: Any = np.concatenate([doc.to_array([NORM]) for doc in docs]).reshape(-1, 1)
        whole.from_array([NORM], norms)
        return whole

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
            Tokens(columns[0][first:after], columns[1][first:after], keys[first:after], columns[2][first:after], columns[3][first:after])
            for first, after in pairwise(edges.tolist())
        ]
