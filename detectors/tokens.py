"""Text as spaCy's tokens, in arrays, so that a text in pieces has the tokens of the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
        starts: First code point of each token, int64.
        ends: One past the last code point, int64.
        keys: What the names model sees of each token: its norm, prefix, suffix and shape ids, uint64 of shape (n, 4).
        lower: The vocabulary id of the token in lower case, uint64.
        is_space: Whether the token is white space.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    keys: NDArray[np.uint64]
    lower: NDArray[np.uint64]
    is_space: NDArray[np.bool_]

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
        table = [self.tokenizer(part).to_array(_COLUMNS) for part in pieces(text)]
        rows: NDArray[np.uint64] = table[0] if len(table) == 1 else np.concatenate(table)
        lengths = rows[:, 6].astype(np.int64)
        ends = np.cumsum(lengths + rows[:, 7].astype(np.int64)) - rows[:, 7].astype(np.int64) + offset
        return Tokens(
            starts=ends - lengths, ends=ends, keys=np.ascontiguousarray(rows[:, :4]), lower=rows[:, 4], is_space=rows[:, 5].astype(np.bool_)
        )
