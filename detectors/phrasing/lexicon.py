"""Classes of tokens: what a word is to the rules of phrases, decided from the word and the shape of its letters alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from detectors.tokens import Tokens

_REMEMBERED_MAX = 65_536
GLUED: Final = "glued"
_SHAPE_COLUMN = 3
# Name of a class and the expression that the lower-cased token must fit whole.
_BY_WORD: Final[tuple[tuple[str, str], ...]] = (
    ("num", r"[0-9]{1,6}"),
    ("d1", r"[0-9]"),
    ("d2", r"[0-9]{2}"),
    ("d3", r"[0-9]{3}"),
    ("d4", r"[0-9]{4}"),
    ("d5", r"[0-9]{5}"),
    ("d6", r"[0-9]{6}"),
    ("long", r"[0-9]{7,15}"),
    ("year", r"(?:19|20)[0-9]{2}"),
    ("house", r"[0-9]{1,5}[a-h]?|[0-9]{1,4}/[0-9]{1,4}[a-h]?"),
    ("clock", r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"),
    ("dashed", r"[0-9]{2,5}(?:[.-][0-9]{2,5}){1,5}"),
    ("nth", r"[0-9]{1,3}(?:st|nd|rd|th)"),
    ("letters", r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?"),
    ("accented", r"[^\W\d_]*[\u00c0-\u024f\u0370-\u052f][^\W\d_]*"),
    ("letter", r"[^\W\d_]\.?"),
    ("short", r"[a-z]{2,3}"),
    ("ukout", r"[a-z]{1,2}[0-9][0-9a-z]?"),
    ("ukin", r"[0-9][a-z]{2}"),
    ("caout", r"[a-z][0-9][a-z]"),
    ("cain", r"[0-9][a-z][0-9]"),
    ("line", r"[^\S\n]*\n[^\S\n]*"),
    ("lines", r"[^\S\n]*\n[^\S\n]*\n\s*"),
    ("blank", r"[^\S\n]+"),
)
# The same for the shape that spaCy gives a token: X, x and d for letters and digits, other characters as they are.
_BY_SHAPE: Final[tuple[tuple[str, str], ...]] = (
    ("cap", r"X(?:[Xx]|['’.-]X?[xX])[Xx]*(?:['’.-]X?[xX]+)*\.?"),
    ("upper", r"X{2,5}"),
    ("initial", r"X\.?"),
)
_PUNCTUATION: Final[Mapping[str, str]] = {
    "comma": ",",
    "dot": ".",
    "colon": ":",
    "semicolon": ";",
    "hyphen": "-",
    "dash": "–—",
    "slash": "/",
    "amp": "&",
    "hash": "#",
    "opening": "(",
    "closing": ")",
    "plus": "+",
    "query": "?",
    "shout": "!",
    "quote": "\"'“”‘’",
    "star": "*",
    "percent": "%",
}


class Lexicon:
    """Gives tokens their symbols. A symbol stands for a set of classes; equal sets have one symbol.

    Args:
        vocab: The vocabulary that the tokens' ids belong to.
        words: Words in lower case by class.
        endings: Endings of words in lower case by class; a word must have at least two letters before it.
        literals: Words that rules name by themselves; their class is the word after an equals sign.

    Attributes:
        bits: Bit of each class.
        alphabet: Classes of each symbol as a bit set; it grows. Odd symbols are glued to the token before them.
    """

    def __init__(
        self, vocab: Any, words: Mapping[str, Iterable[str]], endings: Mapping[str, Iterable[str]], literals: Iterable[str]
    ) -> None:
        self._strings = vocab.strings
        names = [name for name, _ in (*_BY_WORD, *_BY_SHAPE)]
        names += [*_PUNCTUATION, *words, *endings, *(f"={word}" for word in sorted(literals)), GLUED]
        self.bits: dict[str, int] = {name: 1 << index for index, name in enumerate(dict.fromkeys(names))}
        self._by_word = [(re.compile(expression), self.bits[name]) for name, expression in _BY_WORD]
        self._by_shape = [(re.compile(expression), self.bits[name]) for name, expression in _BY_SHAPE]
        self._listed: dict[str, int] = {}
        for name, listed in (*words.items(), *((name, tuple(signs)) for name, signs in _PUNCTUATION.items())):
            for word in listed:
                self._listed[word] = self._listed.get(word, 0) | self.bits[name]
        for word in literals:
            self._listed[word] = self._listed.get(word, 0) | self.bits[f"={word}"]
        self._endings = [(tuple(listed), self.bits[name]) for name, listed in endings.items()]
        self.alphabet: list[int] = []
        self._symbols: dict[int, int] = {}
        self._remembered: dict[tuple[int, int], int] = {}

    def symbols(self, tokens: Tokens, glued_at: int) -> list[int]:
        """Return the symbol of each token.

        Args:
            tokens: Consecutive tokens of one stream.
            glued_at: One past the last code point of the word before them, -1 if there is none or white space.
        """
        if len(self._remembered) > _REMEMBERED_MAX:
            self._remembered.clear()
        remembered = self._remembered
        out = []
        shapes = tokens.keys[:, _SHAPE_COLUMN].tolist()
        for word, shape, start, end, is_space in zip(tokens.lower, shapes, tokens.starts, tokens.ends, tokens.is_space, strict=True):
            symbol = remembered.get((word, shape))
            if symbol is None:
                symbol = remembered[word, shape] = self._symbol(self._strings[word], self._strings[shape])
            out.append(symbol + 1 if start == glued_at else symbol)
            glued_at = -1 if is_space else end
        return out

    def classes(self, word: str, shape: str) -> int:
        """Return the classes of one token as a bit set."""
        properties = self._listed.get(word, 0)
        for expression, bit in self._by_word:
            if expression.fullmatch(word):
                properties |= bit
        for expression, bit in self._by_shape:
            if expression.fullmatch(shape):
                properties |= bit
        for endings, bit in self._endings:
            if any(word.endswith(ending) and len(word) >= len(ending) + 2 for ending in endings):
                properties |= bit
        return properties

    def _symbol(self, word: str, shape: str) -> int:
        properties = self.classes(word, shape)
        symbol = self._symbols.get(properties)
        if symbol is None:
            symbol = self._symbols[properties] = len(self.alphabet)
            self.alphabet += [properties, properties | self.bits[GLUED]]
        return symbol


def multiword(listed: Sequence[str], name: str, *, capitals: bool) -> str:
    """Return the expression for a list whose entries may have several words: the class, or the words one after the other.

    Args:
        listed: The entries.
        name: The class of those with one word.
        capitals: Whether each word but "of" and "and" must begin with a capital.
    """
    must = "&cap" if capitals else ""
    spelled = [
        " ".join(f"={word}" if word in {"of", "and"} else f"={word}{must}" for word in entry.split()) for entry in listed if " " in entry
    ]
    return " | ".join([name + must, *spelled])
