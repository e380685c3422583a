"""Names, places, dates and groups in many streams at once: spaCy's entity recogniser, step by step and without looking at a token twice.

The same weights and the same arithmetic as the ``ner`` component of the pipeline (float32), arranged for streams. Three facts carry it
(spaCy 3.8, ``spacy/ml/models/tok2vec.py`` and ``pipeline/_parser_internals``):

* the token vector is a hash embedding of norm, prefix, suffix and shape, followed by residual convolutions of window 1: a token's vector
  depends on as many tokens on each side as there are layers, and two rows of memory per layer are enough to go on;
* the embedding depends on the word alone, so it is computed once per word; so is what it gives to the first convolution, whose sum over
  three neighbouring words is then three look-ups and no product;
* while no entity is open the next decision depends on one token's vector only. So all of them are one matrix product, and what was decided
  never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors.blas import Floats, product

_NEVER = np.float32(-1e9)
_WORD = "V32"  # norm, prefix, suffix and shape of a word, as bytes
_NO_WORD = bytes(32)  # what stands before a stream and behind it
_CACHED_WORDS_MAX = 24_576  # some 4 KB each


@dataclass(frozen=True, slots=True)
class Entity:
    """A decided entity: tokens ``[first, last]`` of its stream and the model's label."""

    first: int
    last: int
    label: str


@dataclass(slots=True)
class _Open:
    """An entity whose last token has not been decided."""

    first: int
    label: str
    first_part: Floats  # what the first token adds to the decision
    previous: Floats  # what the token before the next one adds


@dataclass(slots=True)
class NameState:
    """What the tagger keeps of one stream.

    Attributes:
        tails: The last two rows that entered each layer but the first, float32 of shape (layers - 1, 2, width).
        words: The last two words.
        arrived: Tokens given so far.
        left: Tokens that have left the last layer; negative while only padding has.
        resume: Decisions before this token are known and not repeated (after a restart).
        open: The entity that is open.
    """

    tails: Floats
    words: tuple[bytes, bytes]
    left: int
    arrived: int = 0
    resume: int = 0
    open: _Open | None = None

    def undecided(self) -> int:
        """Return the first token whose decision may still come."""
        return self.open.first if self.open is not None else max(self.left, self.resume, 0)


@dataclass(slots=True)
class Step:
    """New tokens of one stream.

    Attributes:
        state: The stream's state.
        keys: Norm, prefix, suffix and shape of the new tokens, uint64 of shape (n, 4).
        is_space: Which of the new tokens are white space, kept until they are decided.
        last: Whether the stream ends with these tokens.
        found: The entities decided in this step; filled by the tagger.
    """

    state: NameState
    keys: NDArray[np.uint64]
    last: bool
    found: list[Entity] = field(default_factory=list)


class NameTagger:
    """Tags named entities in many streams at once.

    Args:
        nlp: A spaCy pipeline whose ``ner`` has its own hash embedding and convolutions (the ``sm`` models).
    """

    def __init__(self, nlp: Any) -> None:
        ner = nlp.get_pipe("ner")
        tok2vec = ner.model.get_ref("tok2vec")
        embed, encode = tok2vec.layers[0].layers
        self._embed = [layer.layers[0] for layer in embed.layers if layer.name.startswith("with_array")]
        maxouts = [layer for layer in encode.walk() if layer.name == "maxout"]
        norms = [layer for layer in encode.walk() if layer.name == "layernorm"]
        self._layers = [_Layer.of(maxout, norm) for maxout, norm in zip(maxouts, norms, strict=True)]
        self.reach = len(self._layers)
        self._width = self._layers[0].outputs
        linear = next(layer for layer in tok2vec.layers if layer.name == "linear")
        self._linear: tuple[Floats, Floats] = (np.ascontiguousarray(linear.get_param("W").T), linear.get_param("b"))
        self._decoder = _Decoder(ner)
        first = self._layers[0]
        self._first_weights: Floats = np.concatenate(np.split(first.weights, 3), axis=1)
        self._rows: dict[bytes, int] = {_NO_WORD: 0}
        self._table: Floats = np.zeros((1024, self._width + self._first_weights.shape[1]), dtype=np.float32)
        self._tails = self._padding()

    def open(self) -> NameState:
        """Return the state of a stream of which nothing has come yet."""
        return NameState(tails=self._tails, words=(_NO_WORD, _NO_WORD), left=-self.reach)

    def step(self, steps: Sequence[Step], is_space: Sequence[Sequence[bool]]) -> None:
        """Take new tokens of many streams; fill ``found`` of each step and advance its state.

        Args:
            steps: One per stream; a stream occurs once.
            is_space: For each step the white-space flags of all tokens from ``state.undecided()`` on, new ones included.
        """
        undecided = [step.state.undecided() for step in steps]
        sizes = np.fromiter((len(step.keys) + (self.reach if step.last else 0) for step in steps), np.int64, len(steps))
        if not sizes.sum():
            return
        vectors = self._encode(steps, sizes)
        for step in steps:
            step.state.arrived += len(step.keys)
        self._decoder.decode(steps, product(vectors, self._linear[0]) + self._linear[1], sizes, undecided, is_space)

    def _padding(self) -> Floats:
        """Return the rows that precede every stream: what zero rows become, layer by layer."""
        tails = np.zeros((self.reach, 2, self._width), dtype=np.float32)
        for index, layer in enumerate(self._layers[:-1]):
            row = tails[index, :1]
            tails[index + 1] = layer.apply(row, row, row)
        return tails[1:]

    def _encode(self, steps: Sequence[Step], sizes: NDArray[np.int64]) -> Floats:
        """Run the new tokens through the convolutions; the rows that leave lag behind by one token a layer."""
        rows = int(sizes.sum())
        # Each stream's block: two rows of memory, then its new rows; zero words push the last tokens of a stream out.
        names: list[bytes] = []
        for step in steps:
            own = step.keys.view(_WORD).ravel().tolist() + ([_NO_WORD] * self.reach if step.last else [])
            names += step.state.words
            names += own
            step.state.words = (names[-2], names[-1])
        words = self._embedded(names)
        block = np.cumsum(sizes) - sizes + 2 * np.arange(len(steps))
        new = np.arange(rows) + 2 * (np.repeat(np.arange(len(steps)), sizes) + 1)
        current = self._first(words, new)
        tails = np.stack([step.state.tails for step in steps])
        after = np.empty_like(tails)
        ends = block + sizes
        stacked: Floats = np.empty((rows + 2 * len(steps), self._width), dtype=np.float32)
        for index, layer in enumerate(self._layers[1:]):
            stacked[block] = tails[:, index, 0]
            stacked[block + 1] = tails[:, index, 1]
            stacked[new] = current
            after[:, index, 0] = stacked[ends]
            after[:, index, 1] = stacked[ends + 1]
            current = layer.apply(stacked[new - 2], stacked[new - 1], current)
        for step, kept in zip(steps, after, strict=True):
            step.state.tails = kept.copy()
        return current

    def _first(self, words: NDArray[np.intp], new: NDArray[np.int64]) -> Floats:
        """Return what leaves the first layer: the parts of three neighbouring words, added up."""
        layer, width, table = self._layers[0], self._width, self._table
        part = layer.outputs * layer.pieces
        left, centre = words[new - 2], words[new - 1]
        mixed = table[left, width : width + part]
        mixed += table[centre, width + part : width + 2 * part]
        mixed += table[words[new], width + 2 * part :]
        return layer.finish(mixed, table[centre, :width])

    def _embedded(self, names: Sequence[bytes]) -> NDArray[np.intp]:
        """Return the rows of the table for words, computing those of new words only."""
        if len(self._rows) > _CACHED_WORDS_MAX:
            self._rows = {_NO_WORD: 0}
        rows = self._rows
        missing = list(dict.fromkeys(name for name in names if name not in rows))
        if missing:
            vectors: Any = np.frombuffer(b"".join(missing), dtype=np.uint64).reshape(-1, 4)
            for layer in self._embed:
                vectors = layer.predict(vectors)
            base = len(rows)
            while base + len(missing) > len(self._table):
                self._table = np.concatenate([self._table, np.empty_like(self._table)])
            self._table[base : base + len(missing), : self._width] = vectors
            self._table[base : base + len(missing), self._width :] = product(vectors, self._first_weights)
            rows.update(zip(missing, range(base, base + len(missing)), strict=True))
        return np.fromiter((rows[name] for name in names), np.intp, len(names))


@dataclass(frozen=True, slots=True)
class _Layer:
    """One residual convolution: three neighbouring rows, maxout, layer norm."""

    weights: Floats  # (3 * width, pieces * outputs), piece-major
    bias: Floats
    gain: Floats
    shift: Floats
    outputs: int
    pieces: int

    @staticmethod
    def of(maxout: Any, norm: Any) -> _Layer:
        """Take the parameters of a thinc maxout layer and the layer norm behind it."""
        weights = maxout.get_param("W")
        outputs, pieces, inputs = weights.shape
        return _Layer(
            weights=np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(pieces * outputs, inputs).T),
            bias=np.ascontiguousarray(maxout.get_param("b").T.reshape(-1)),
            gain=norm.get_param("G").copy(),
            shift=norm.get_param("b").copy(),
            outputs=outputs,
            pieces=pieces,
        )

    def apply(self, left: Floats, centre: Floats, right: Floats) -> Floats:
        """Return the layer's rows for the centre rows; all three have the shape (n, width)."""
        return self.finish(product(np.concatenate([left, centre, right], axis=1), self.weights), centre)

    def finish(self, mixed: Floats, centre: Floats) -> Floats:
        """Return the layer's rows for sums over three rows, which are written over, and the centre rows."""
        mixed += self.bias
        best = np.maximum(mixed[:, : self.outputs], mixed[:, self.outputs : 2 * self.outputs])
        for piece in range(2, self.pieces):
            np.maximum(best, mixed[:, piece * self.outputs : (piece + 1) * self.outputs], out=best)
        width = np.float32(self.outputs)
        best -= np.add.reduce(best, axis=1, keepdims=True) / width
        variance = np.einsum("ij,ij->i", best, best)[:, None] / width + np.float32(1e-8)
        best /= np.sqrt(variance)
        best *= self.gain
        best += self.shift
        best += centre
        return best


class _Decoder:
    """spaCy's transition system BILUO, without a parser's sentence starts.

    Args:
        ner: The spaCy component.
    """

    def __init__(self, ner: Any) -> None:
        lower, upper = ner.model.get_ref("lower"), ner.model.get_ref("upper")
        weights = lower.get_param("W")
        features, outputs, pieces, inputs = weights.shape
        if pieces != 2:  # noqa: PLR2004 - the sm models have two
            msg = f"ner with {pieces} maxout pieces"
            raise ValueError(msg)
        self._part = outputs * pieces
        self._lower: Floats = np.ascontiguousarray(weights.reshape(features * self._part, inputs).T)
        self._bias: Floats = lower.get_param("b").reshape(-1).copy()
        pad = lower.get_param("pad").reshape(features, self._part)
        self._closed_bias: Floats = self._bias + pad[1] + pad[2]
        self._upper: Floats = np.ascontiguousarray(upper.get_param("W").T)
        self._upper_bias: Floats = upper.get_param("b").copy()
        moves = [ner.moves.get_class_name(index) for index in range(ner.moves.n_moves)]
        unseen = set(ner.model.attrs.get("unseen_classes", ()))
        self._labels = [move[2:] for move in moves]
        self._is_begin = np.array([move.startswith("B-") for move in moves])
        self._is_unit = np.array([move.startswith("U-") and len(move) > 2 for move in moves])  # noqa: PLR2004 - "U-" is no label
        self._is_out = np.array([move == "O" for move in moves])
        allowed = self._is_begin | self._is_unit | self._is_out
        allowed[list(unseen)] = False
        self._closed_mask: Floats = np.where(allowed, np.float32(0), _NEVER).astype(np.float32)
        self._inside = {move[2:]: index for index, move in enumerate(moves) if move.startswith("I-") and index not in unseen}
        self._end = {move[2:]: index for index, move in enumerate(moves) if move.startswith("L-")}

    def decode(
        self,
        steps: Sequence[Step],
        vectors: Floats,
        sizes: NDArray[np.int64],
        undecided: Sequence[int],
        is_space: Sequence[Sequence[bool]],
    ) -> None:
        """Decide what can be decided now.

        Args:
            steps: The streams.
            vectors: The rows that left the encoder, stream after stream.
            sizes: Rows of each stream.
            undecided: The first undecided token of each stream before the step.
            is_space: White-space flags from that token on.
        """
        parts = product(vectors, self._lower)
        hidden = parts[:, : self._part] + self._closed_bias
        scores = product(np.maximum(hidden[:, 0::2], hidden[:, 1::2]), self._upper)
        scores += self._upper_bias
        scores += self._closed_mask
        first_row = 0
        for step, size, known, spaces in zip(steps, sizes.tolist(), undecided, is_space, strict=True):
            state = step.state
            begin = max(state.left, state.resume, 0)  # rows of padding and of known decisions are skipped
            end = min(state.left + size, state.arrived)
            if end > begin:
                rows = slice(first_row + begin - state.left, first_row + end - state.left)
                own = scores[rows]
                blank = [index for index in range(end - begin) if spaces[begin + index - known]]
                if blank:
                    own[np.ix_(np.array(blank), ~self._is_out)] = _NEVER
                if step.last:
                    own[-1, self._is_begin] = _NEVER
                self._walk(step, own.argmax(axis=1), parts[rows], begin)
            state.left += size
            first_row += size

    def _walk(self, step: Step, best: NDArray[np.intp], parts: Floats, first: int) -> None:
        """Go through the tokens from ``first`` on that are no plain O, and through open entities token by token."""
        state = step.state
        at = 0
        if state.open is not None:
            at = self._continue(step, parts, 0, first)
        for row in np.flatnonzero(~self._is_out[best]).tolist():
            if row < at or state.open is not None:
                continue
            move = int(best[row])
            label = self._labels[move]
            if self._is_unit[move]:
                step.found.append(Entity(first + row, first + row, label))
                continue
            state.open = _Open(
                first=first + row,
                label=label,
                first_part=parts[row, self._part : 2 * self._part] + self._bias,
                previous=parts[row, 2 * self._part :].copy(),
            )
            at = self._continue(step, parts, row + 1, first)

    def _continue(self, step: Step, parts: Floats, row: int, first: int) -> int:
        """Extend the open entity from ``row`` on; return the row after the last one that was decided."""
        state = step.state
        entity = state.open
        if entity is None:
            return row
        inside, end = self._inside.get(entity.label), self._end[entity.label]
        while row < len(parts):
            is_last = step.last and first + row == state.arrived - 1
            if is_last or inside is None or not self._goes_on(parts[row, : self._part] + entity.first_part + entity.previous, inside, end):
                step.found.append(Entity(entity.first, first + row, entity.label))
                state.open = None
                return row + 1
            entity.previous = parts[row, 2 * self._part :].copy()
            row += 1
        return row

    def _goes_on(self, hidden: Floats, inside: int, end: int) -> bool:
        """Tell whether I- beats L-; spaCy takes the earlier move where both score the same."""
        active = np.maximum(hidden[0::2], hidden[1::2])
        in_score = active @ self._upper[:, inside] + self._upper_bias[inside]
        end_score = active @ self._upper[:, end] + self._upper_bias[end]
        return bool(in_score > end_score or (in_score == end_score and inside < end))
