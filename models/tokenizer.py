"""The tokenizer of the text model: what pieces a text is cut into, and where each lies in it.

The pieces and their scores are those of multilingual-e5 (XLM-R's vocabulary); SentencePiece finds the most probable cutting (T. Kudo,
"Subword Regularization", arXiv:1804.10959). Characters are rewritten here and not by SentencePiece, because its own rewriting loses where a
piece came from.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import orjson
import sentencepiece

from models.session import OnnxModel
from schemas.errors import ArtifactError

Places = npt.NDArray[np.int32]
BLANK = "\u2581"  # stands for a blank in a piece


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text in pieces.

    Attributes:
        ids: int32 ``[pieces]``, without the ids that stand before and behind a text.
        starts: Where each piece begins in the text, in code points, the blank before a word left out.
        ends: Where each ends.
    """

    ids: Places
    starts: Places
    ends: Places


class Tokenizer:
    """Cuts texts into pieces.

    Args:
        model: A serialized SentencePiece model that rewrites nothing.
        written_as: What a character is replaced with before cutting; empty where it is dropped.
        begin: Id that the model wants before every text.
        end: Id that it wants behind.
        padding: Id of what is no text.
        unknown: Id of what no piece covers.
    """

    def __init__(self, model: bytes, written_as: Mapping[str, str], *, begin: int, end: int, padding: int, unknown: int) -> None:
        self.begin, self.end, self.padding = begin, end, padding
        self._unknown = unknown
        self._pieces = sentencepiece.SentencePieceProcessor(model_proto=model)
        # A piece is as long as its name, but for the unknown one, which has no length of its own.
        names = self._pieces.id_to_piece(list(range(self._pieces.get_piece_size())))
        self._lengths = np.fromiter(map(len, names), np.int32, len(names))
        self._begins_blank = np.fromiter((len(name) > 1 and name[0] == BLANK for name in names), np.bool_, len(names))
        self._written_as = dict(written_as)
        same_length = {ord(key): value for key, value in written_as.items() if len(value) == 1}
        self._table = {**same_length, ord(" "): BLANK}
        for code, value in same_length.items():
            if value == " ":
                self._table[code] = BLANK
        changing = "".join(re.escape(key) for key, value in written_as.items() if len(value) != 1)
        blanks = "".join(re.escape(key) for key, value in written_as.items() if value == " ") + " "
        # What moves characters: dropped and widened ones, and blanks beside blanks or at the begin.
        self._moves = re.compile(rf"[{changing}]|[{blanks}]{{2}}|\A[{blanks}]")

    def encode(self, texts: Sequence[str], most: int) -> list[Encoded]:
        """Return the pieces of each text, of a long one the first ``most``."""
        rewritten = [self._rewrite(text) for text in texts]
        cut = self._pieces.encode([written for written, _ in rewritten], out_type=int)
        return [
            self._placed(np.array(ids[:most], np.int32), written, origin) for ids, (written, origin) in zip(cut, rewritten, strict=True)
        ]

    def _rewrite(self, text: str) -> tuple[str, Places | None]:
        """Return a text as it is cut, and for each character of that where it came from; None where all are one behind."""
        if self._moves.search(text) is None:
            return BLANK + text.translate(self._table), None
        kept: list[str] = [BLANK]
        origin: list[int] = [0]
        for place, character in enumerate(text):
            for new in self._written_as.get(character, character):
                if new == " ":
                    if kept[-1] != BLANK:
                        kept.append(BLANK)
                        origin.append(place)
                    continue
                kept.append(new)
                origin.append(place)
        return "".join(kept), np.array(origin, np.int32)

    def _placed(self, ids: Places, written: str, origin: Places | None) -> Encoded:
        """Return where pieces lie in the text they came from."""
        lengths = self._lengths[ids]
        begins_blank = self._begins_blank[ids]
        if self._unknown in ids:
            names = self._pieces.encode(written, out_type=str)[: len(ids)]
            lengths = np.fromiter(map(len, names), np.int32, len(names))
            begins_blank = np.fromiter((len(name) > 1 and name[0] == BLANK for name in names), np.bool_, len(names))
        ends = lengths.cumsum(dtype=np.int32)
        starts = ends - lengths + begins_blank
        if origin is None:
            return Encoded(ids, np.maximum(starts - 1, 0), ends - 1)
        return Encoded(ids, origin[np.minimum(starts, len(origin) - 1)], origin[np.maximum(ends - 1, 0)] + (ends > 0))


def open_tokenizer(model: OnnxModel) -> Tokenizer:
    """Return the tokenizer that lies in a text model's properties.

    Raises:
        ArtifactError: None lies there, or it cannot be read.
    """
    properties = model.session.get_modelmeta().custom_metadata_map
    try:
        pieces = base64.b64decode(properties["pieces"], validate=True)
        rules = orjson.loads(properties["tokenizer"])
        ids = {name: int(rules[name]) for name in ("begin", "end", "padding", "unknown")}
        return Tokenizer(pieces, rules["written_as"], **ids)
    except (KeyError, TypeError, ValueError, RuntimeError, binascii.Error) as error:
        raise ArtifactError(f"model {model.name} has no readable tokenizer in its properties: {type(error).__name__}") from error
