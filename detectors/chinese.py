"""Chinese names, places and organisations in many streams at once, piece by piece (``chinese_pieces``) and exactly.

A piece is tagged when it is whole, once, and alone: the tagger's sums are of whole numbers (``models.chinese``), so what else is in the
batch does not show. What is found therefore depends on the text alone, and all before the open piece is decided for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

from detectors.chinese_names import LOCATION, ORGANIZATION, PERSON, Found, Word, names_of
from detectors.chinese_pieces import divide, is_chinese
from detectors.viterbi import TagPath
from models.manifest import load
from models.session import OnnxModel, open_model
from schemas.errors import InvariantError

if TYPE_CHECKING:
    from pathlib import Path

    from presidio_analyzer.nlp_engine import NlpArtifacts

# Pieces that are put into rows together. More would not make a character cheaper, and the sums would leave the processor's cache.
_PIECES_MAX = 128
_CODE_POINT_MAX = 0x2FFFF


@dataclass(slots=True)
class ChineseState:
    """What the tagger keeps of one stream: the text of the piece that is open.

    Attributes:
        offset: Where that text begins.
        text: What of it has come.
        resume_at: Text before this offset is known and not read again (after a restart).
    """

    offset: int = 0
    text: str = ""
    resume_at: int = 0

    @property
    def undecided(self) -> int | None:
        """Return the first code point that may still become part of something, or None if there is none."""
        return self.offset if self.text else None


@dataclass(slots=True)
class ChineseStep:
    """New text of one stream.

    Attributes:
        state: The stream's state.
        text: What follows the text of the step before.
        offset: Code points of the stream before it.
        last: Whether the stream ends with it.
        found: What was decided in this step, in order; filled by the tagger.
    """

    state: ChineseState
    text: str
    offset: int
    last: bool
    found: list[Found] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A whole piece: its stream's step, its text, where it begins, and what the model sees of it."""

    step: ChineseStep
    text: str
    start: int
    seen: str


class ChineseTagger:
    """Finds names in the Chinese text of many streams.

    Args:
        model: The model ``chinese`` of the manifest.
    """

    def __init__(self, model: OnnxModel) -> None:
        self._model = model
        self._paths = TagPath(model.run({"code_points": np.ones((1, 1), np.int32)})[1])
        self._tags = tuple(label.rpartition("-")[0] or label for label in model.labels)
        self._goes_on = np.array([label.endswith("-I") for label in model.labels])
        self._is_name = np.array([tag in {"PER", "LOC", "ORG"} for tag in self._tags])
        self._name_tags = np.flatnonzero(self._is_name)
        self.pieces_seen = 0

    def open(self, resume_at: int = 0) -> ChineseState:
        """Return the state of a stream of which all before ``resume_at`` is decided; text before it may be given again and is ignored."""
        return ChineseState(offset=resume_at, resume_at=resume_at)

    def step(self, steps: Sequence[ChineseStep]) -> None:
        """Take the next text of many streams, fill ``found`` of each step, and advance its state.

        Args:
            steps: One per stream; a stream occurs once.

        Raises:
            InvariantError: A text does not follow the one before.
            DetectionError: The runtime failed.
        """
        pieces = [piece for step in steps for piece in _take(step)]
        for batch in _batches([piece for piece in pieces if piece.seen]):
            for piece, found in zip(batch, self._tag(batch), strict=True):
                piece.step.found.extend(Found(one.start + piece.start, one.end + piece.start, *one[2:]) for one in found)
        for step in steps:
            step.found.sort()

    def _tag(self, batch: Sequence[_Piece]) -> Iterator[list[Found]]:
        """Yield what is in each piece of a batch.

        Where no tag of a name can be on the best path, the path is not asked for: so it is in every other piece.
        """
        self.pieces_seen += len(batch)
        lengths = np.fromiter((len(piece.seen) for piece in batch), np.int64, len(batch))
        scores = self._scores(batch, lengths)
        possible = self._paths.possible(scores)
        may_name = np.logical_or.reduceat(possible[:, self._name_tags].any(axis=1), lengths.cumsum() - lengths)
        if not may_name.all():
            kept = np.repeat(may_name, lengths)
            scores, possible, lengths = scores[kept], possible[kept], lengths[may_name]
        begins = np.zeros(len(scores), np.bool_)
        begins[lengths.cumsum() - lengths] = True
        path = self._paths.best(scores, begins, possible)
        starts_word = begins | ~self._goes_on[path]
        is_start = (self._is_name[path] & starts_word).tolist()
        start = 0
        for piece, may in zip(batch, may_name.tolist(), strict=True):
            end = start + len(piece.seen) if may else start
            words = self._words(path[start:end], starts_word[start:end]) if True in is_start[start:end] else []
            start = end
            yield names_of(piece.text, _spread(piece, words))

    def _scores(self, batch: Sequence[_Piece], lengths: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the scores of the tags of every character, piece by piece, ``[characters, tags]``."""
        ends = lengths.cumsum()
        row, column = _packed(lengths.tolist())
        joined = "".join(piece.seen for piece in batch).encode("utf-32-le", "surrogatepass")
        width = int(row.max()) + 1
        codes = np.zeros((int(lengths[0]), width), np.int32)
        # Where each character goes: positions go down, rows go across.
        places = np.repeat((column - (ends - lengths)) * width + row, lengths) + np.arange(ends[-1]) * width
        # 0 is padding to the model; a text may hold it, and it is as unknown as the next.
        codes.reshape(-1)[places] = np.clip(np.frombuffer(joined, "<u4"), 1, _CODE_POINT_MAX)
        emissions = self._model.run({"code_points": codes})[0]
        scores: NDArray[np.float32] = emissions.reshape(-1, emissions.shape[2])[places]
        return scores

    def _words(self, tags: NDArray[np.int64], begins: NDArray[np.bool_]) -> list[Word]:
        """Divide a piece into words; each has the tag of its first character."""
        starts = np.flatnonzero(begins)
        names = tags[starts].tolist()
        return [Word(start, end, self._tags[tag]) for (start, end), tag in zip(pairwise([*starts.tolist(), len(tags)]), names, strict=True)]


class ChineseNamesRecognizer(EntityRecognizer):
    """The tagger as a recogniser of Presidio, over whole texts.

    Works in a stock ``AnalyzerEngine`` of any language; finds nothing where there is no Chinese text.

    Args:
        tagger: The tagger; by default one on the committed manifest's model.
        supported_language: The language of the engine.
    """

    ENTITIES: ClassVar[tuple[str, ...]] = (PERSON, LOCATION, ORGANIZATION)

    def __init__(self, tagger: ChineseTagger | None = None, supported_language: str = "en") -> None:
        self.tagger = tagger or load_tagger()
        super().__init__(supported_entities=list(self.ENTITIES), name="ChineseNamesRecognizer", supported_language=supported_language)

    def load(self) -> None:
        """Do nothing: the model was opened before."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None) -> list[RecognizerResult]:
        """Return the names of a whole text."""
        del nlp_artifacts
        step = ChineseStep(self.tagger.open(), text, 0, last=True)
        self.tagger.step([step])
        return [
            RecognizerResult(
                entity_type=found.entity_type,
                start=found.start,
                end=found.end,
                score=found.score,
                analysis_explanation=AnalysisExplanation(recognizer="ChineseNamesRecognizer", original_score=found.score),
            )
            for found in step.found
            if found.entity_type in entities
        ]


def load_tagger(directory: Path | None = None) -> ChineseTagger:
    """Return a tagger on the committed manifest's model.

    It runs on the CPU whatever is installed: its products of whole numbers have no kernel on a GPU, and names must not depend on the card.

    Args:
        directory: Where the artefacts lie, if not in their package.

    Raises:
        ArtifactError: The model is missing or not the pinned one.
        ProviderError: Not exactly one runtime is installed.
    """
    return ChineseTagger(open_model(load(), "chinese", require_gpu=False, directory=directory, on_cpu=True))


def _take(step: ChineseStep) -> Iterator[_Piece]:
    """Add a step's text to its stream, and yield the pieces that are whole now."""
    state, text = step.state, step.text
    ahead = state.resume_at - step.offset
    if ahead > 0:
        text = text[ahead:]
    expected = state.offset + len(state.text)
    if text and max(step.offset, state.resume_at) != expected:
        raise InvariantError(f"Chinese text at offset {step.offset}, expected {expected}")
    text = state.text + text
    whole, kept = divide(text, last=step.last)
    for start, end in whole:
        piece = text[start:end]
        if is_chinese(piece):
            yield _Piece(step, piece, state.offset + start, piece.replace(" ", ""))
    state.offset += kept
    state.text = text[kept:]


def _batches(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Put pieces of like length together, the longest first."""
    pieces.sort(key=lambda one: -len(one.seen))
    for first in range(0, len(pieces), _PIECES_MAX):
        yield pieces[first : first + _PIECES_MAX]


def _packed(lengths: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return row and first position of each piece, with one padded position between two in a row and no row longer than the first piece.

    The time of a run is so much for a position and so much for a character, padding included: short pieces share rows.

    Args:
        lengths: The longest first.
    """
    rows: list[int] = []
    columns: list[int] = []
    used: list[int] = []
    open_from = 0  # rows before it have no room for the shortest
    limit, least = lengths[0], lengths[-1]
    for length in lengths:
        for row in range(open_from, len(used)):
            if used[row] + length <= limit:
                break
        else:
            row = len(used)
            used.append(0)
        rows.append(row)
        columns.append(used[row])
        used[row] += length + 1
        while open_from < len(used) and used[open_from] + least > limit:
            open_from += 1
    return np.array(rows, np.int64), np.array(columns, np.int64)


def _spread(piece: _Piece, words: list[Word]) -> list[Word]:
    """Return words as they lie in the piece, where blanks were taken out for the model."""
    if not words or len(piece.seen) == len(piece.text):
        return words
    places = [index for index, character in enumerate(piece.text) if character != " "]
    return [Word(places[word.start], places[word.end - 1] + 1, word.tag) for word in words]
