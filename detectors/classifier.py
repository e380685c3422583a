"""What language a piece of text is in, by the pinned model, many pieces at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from detectors.han import variety
from models.session import OnnxModel
from schemas.records import ModelUse

NO_LANGUAGE = "zxx"  # ISO 639: no linguistic content

_NAME = "language"
_CHINESE = frozenset({"zh", "yue", "wuu"})  # what the model tells apart by bytes, and takes one for the other
_LETTERS_LEAST = 0.3
_FIRST_IDEOGRAPH = "\u2e80"
_TEXT_BYTES_MAX = 256
_TIMES = (32, 64, 128, 256)  # bytes; a text runs in the shortest that holds it
_BATCH_MAX = 64
_SCORE_DECIMALS = 4
_BEFORE_BYTES = 5  # the model reads six bytes at each position
_PADDING_BYTE = 0xFF  # never part of UTF-8; the model takes it as no text


class LanguageClassifier:
    """Labels texts with their language; a text's label and score do not depend on what else is asked at the same time.

    The shapes that reach the model are few and fixed: four lengths, and batches of powers of two. A text's length shape is its own.

    Args:
        model: The model ``language`` of the manifest.
    """

    __slots__ = ("_model",)

    def __init__(self, model: OnnxModel) -> None:
        """Take an opened model."""
        self._model = model

    def classify(self, texts: Sequence[str]) -> list[ModelUse]:
        """Return one record for each text, in order.

        The first 256 bytes count (fewer if they end inside a character). A text that is hardly letters is ``zxx`` with score 1 and is not
        shown to the model; a text in which the model knows nothing is ``zxx`` with the score of a blind guess. Chinese is ``zh``,
        ``zh-Hant`` or ``yue`` by its characters (``detectors.han``), with the model's score for what it took it for.

        Raises:
            DetectionError: The model failed.
        """
        uses: list[ModelUse] = [self._use(NO_LANGUAGE, 1.0)] * len(texts)
        by_time: dict[int, list[tuple[int, bytes]]] = {}
        for position, text in enumerate(texts):
            if _has_words(text):
                encoded = encode(text)
                time = next(each for each in _TIMES if len(encoded) <= each)
                by_time.setdefault(time, []).append((position, encoded))
        for time, waiting in sorted(by_time.items()):
            for start in range(0, len(waiting), _BATCH_MAX):
                part = waiting[start : start + _BATCH_MAX]
                labelled = self._run(_padded([encoded for _, encoded in part], time), len(part))
                for (position, _), use in zip(part, labelled, strict=True):
                    uses[position] = replace(use, label=variety(texts[position])) if use.label in _CHINESE else use
        return uses

    def _run(self, batch: npt.NDArray[np.uint8], count: int) -> Iterator[ModelUse]:
        """Yield the verdicts on the first rows of a batch."""
        probabilities: npt.NDArray[Any] = self._model.run({"bytes": batch})[0]
        for row in probabilities[:count]:
            column = int(row.argmax())
            knows_nothing = row[column] == row.min()
            yield self._use(NO_LANGUAGE if knows_nothing else self._model.labels[column], float(row[column]))

    def _use(self, label: str, score: float) -> ModelUse:
        """Return the record of one verdict."""
        return ModelUse(_NAME, self._model.sha256, self._model.provider, label, round(score, _SCORE_DECIMALS))


def _has_words(text: str) -> bool:
    """Tell whether a text is to be taken for language: by its share of letters, and where a letter is a word in any case."""
    letters = sum(map(str.isalpha, text))
    if letters >= _LETTERS_LEAST * len(text):
        return letters > 0
    return any(character >= _FIRST_IDEOGRAPH and character.isalpha() for character in text)


def encode(text: str) -> bytes:
    """Return what the model reads of a text: as py3langid encodes it, and at most 256 bytes of it, whole characters only."""
    head = text[:_TEXT_BYTES_MAX]
    if head.isupper():
        head = head.lower()
    encoded = unicodedata.normalize("NFC", head).encode("utf-8", "surrogatepass")[:_TEXT_BYTES_MAX]
    return encoded.decode("utf-8", "ignore").encode("utf-8") if len(encoded) == _TEXT_BYTES_MAX else encoded


def _padded(encoded: Sequence[bytes], time: int) -> npt.NDArray[np.uint8]:
    """Return texts as rows of one array, padded before and after, the number of rows rounded up to a power of two."""
    rows = 1 << (len(encoded) - 1).bit_length()
    batch = np.full((rows, _BEFORE_BYTES + time), _PADDING_BYTE, np.uint8)
    for row, text in enumerate(encoded):
        batch[row, _BEFORE_BYTES : _BEFORE_BYTES + len(text)] = np.frombuffer(text, np.uint8)
    return batch
