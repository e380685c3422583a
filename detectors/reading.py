"""What the text model says of many texts at a time: what each is about, what kind it is, and whose names are in it.

What is said of a text does not depend on what is read beside it. The model runs in few fixed shapes: a text's own length says how far it is
padded, and a batch has 2, 4, 8, 16 or 32 rows. Never one row: with one the runtime multiplies vectors by another method than matrices, and
sums in another order; from two rows on a row's sums are the same in every batch, to the last bit (tests/unit/detectors/test_reading.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from detectors.classifier import LanguageClassifier
from detectors.finding import Finding
from detectors.tagged import names_in
from detectors.topics import Topics, bundled
from models.form import form_of
from models.session import OnnxModel
from models.text_labels import KINDS
from models.tokenizer import Encoded, open_tokenizer
from schemas.records import ModelUse

PIECES = (16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256)  # lengths of rows; a longer text is cut
ROWS_MIN, ROWS_MAX = 2, 32
UNREAD_KIND = KINDS[0]  # of what the model was not shown, with score 0

_AROUND = 2  # ids that stand before and behind a text
_FORM_CHARS_MIN = 20  # a longer text has a form, even without a letter
_SCORE_DECIMALS = 3
_ROWS_SPARE = 4  # at most a fourth of a batch is filled up
_KIND_CODE = KINDS.index("code")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model said of one text.

    Attributes:
        language: What language it is in.
        kind: ``prose``, ``code``, ``structured`` or ``service``.
        kind_score: Of that, with three decimals; 0 where the text was not shown to the model.
        labels: The domains, in the order of the model.
        domains: How probable each is, each by itself, with three decimals.
        domains_on: Those that count (``topics.yaml``).
        names: People, places and organisations, in order; offsets are code points of the text.
        model: Which model spoke; label and score are those of the kind.
    """

    language: ModelUse
    kind: str
    kind_score: float
    labels: tuple[str, ...]
    domains: tuple[float, ...]
    domains_on: tuple[str, ...]
    names: tuple[Finding, ...]
    model: ModelUse


class TextReader:
    """Reads texts, each by itself.

    Args:
        model: A text model of the manifest.
        language: Says the language of each text.
        topics: From which score on something counts; by default the figures that ship with Carnet.

    Raises:
        ArtifactError: The model has no tokenizer.
    """

    __slots__ = ("_labels", "_language", "_least", "_model", "_names_least", "_tokenizer", "_unread")

    def __init__(self, model: OnnxModel, language: LanguageClassifier, topics: Topics | None = None) -> None:
        self._model = model
        self._language = language
        self._tokenizer = open_tokenizer(model)
        topics = topics or bundled()
        self._labels = model.labels
        self._least = tuple(map(topics.least, model.labels))
        self._names_least = topics.names
        self._unread = ModelUse(model.name, model.sha256, model.provider, UNREAD_KIND, 0.0)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return one reading for each text, in order.

        At most 254 pieces of a text count. A text without a letter is not shown to the model unless it is longer than 20 characters: then
        its form says what kind it is. Scores are rounded before they are compared with anything.

        Raises:
            DetectionError: The model failed.
        """
        texts = [_SURROGATE.sub("\ufffd", text) for text in texts]
        languages = self._language.classify(texts)
        readings = [self._reading(language) for language in languages]
        shown = [place for place, text in enumerate(texts) if len(text) > _FORM_CHARS_MIN or any(map(str.isalpha, text))]
        pieces = self._tokenizer.encode([texts[place] for place in shown], PIECES[-1] - _AROUND)
        by_length: dict[int, list[tuple[int, Encoded]]] = {}
        for place, encoded in zip(shown, pieces, strict=True):
            length = next(each for each in PIECES if len(encoded.ids) + _AROUND <= each)
            by_length.setdefault(length, []).append((place, encoded))
        for length, waiting in sorted(by_length.items()):
            for start, count, rows in _batches(len(waiting)):
                part = waiting[start : start + count]
                self._run([texts[place] for place, _ in part], part, length, rows, readings)
        return readings

    def _run(self, texts: Sequence[str], part: Sequence[tuple[int, Encoded]], length: int, rows: int, readings: list[Reading]) -> None:
        """Read texts of one length and put down what is said of each."""
        ids = np.full((rows, length), self._tokenizer.padding, np.int32)
        live = np.zeros((rows, length), np.int32)
        ids[:, 0], ids[:, 1] = self._tokenizer.begin, self._tokenizer.end
        live[:, :_AROUND] = 1  # rows that only fill up are empty texts
        for row, (_, encoded) in enumerate(part):
            count = len(encoded.ids)
            ids[row, 1 : count + 1] = encoded.ids
            ids[row, count + 1] = self._tokenizer.end
            live[row, : count + _AROUND] = 1
        form = form_of([*texts, *[""] * (rows - len(texts))])
        domains, kinds, names = self._model.run({"ids": ids, "live": live, "form": form})
        domains, kinds = _rounded(domains), _rounded(kinds)
        for row, ((place, encoded), text) in enumerate(zip(part, texts, strict=True)):
            kind = int(kinds[row].argmax())
            scores = names[row, 1 : len(encoded.ids) + 1]
            readings[place] = self._reading(
                readings[place].language,
                kind=(KINDS[kind], float(kinds[row, kind])),
                domains=tuple(domains[row].tolist()),
                names=names_in(text, encoded, scores, self._names_least, code=kind == _KIND_CODE),
            )

    def _reading(
        self,
        language: ModelUse,
        kind: tuple[str, float] | None = None,
        domains: tuple[float, ...] | None = None,
        names: tuple[Finding, ...] = (),
    ) -> Reading:
        """Return one reading; without more than a language that of a text that was not shown."""
        label, score = kind or (UNREAD_KIND, 0.0)
        domains = domains or (0.0,) * len(self._labels)
        on = tuple(
            name for name, probability, least in zip(self._labels, domains, self._least, strict=True) if kind and probability >= least
        )
        return Reading(language, label, score, self._labels, domains, on, names, replace(self._unread, label=label, score=score))


def _batches(count: int) -> Iterator[tuple[int, int, int]]:
    """Yield how texts of one length are read: number of the first, how many, and in how many rows."""
    start = 0
    while start < count:
        left = min(count - start, ROWS_MAX)
        rows = max(ROWS_MIN, 1 << (left - 1).bit_length())
        if rows > ROWS_MIN and (rows - left) * _ROWS_SPARE > rows:
            rows //= 2  # the rest is read by itself
        yield start, min(left, rows), rows
        start += rows


def _rounded(scores: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return scores as they are recorded and compared."""
    rounded: npt.NDArray[np.float64] = scores.astype(np.float64).round(_SCORE_DECIMALS)
    return rounded
