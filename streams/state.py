"""The state of open streams, and how it is written to and read from the compacted state topic.

Three keys a stream: ``open`` (the request, written once), ``stream`` (what changes, written on every tick that touches the
stream), ``closed`` (a marker that remembers the id for a while). One key a partition: how far it has come, and the ledger's frontier.
``case`` is what a human still has to decide of a stream, and outlives it. All text is sealed under the stream's data key.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

import orjson

from audit.merkle import Frontier
from detectors.finding import Finding
from detectors.provenance import DigestIndex, EchoIndex
from detectors.scanner import Scanner, StreamScan
from detectors.windows import WindowState
from jurisdictions.people import Ahead
from schemas.codec import Codec
from schemas.errors import InvariantError
from schemas.records import ModelUse, RequestOpened, StateSnapshot
from streams.cases import HoldCase
from streams.names import PROGRESS_KEY
from streams.sealing import DataKey, Sealer

_LENGTH: Final = struct.Struct("<I")
# Enough for a sure label (98.5 % on English of 40 characters), short enough for the classifier's quicker shapes.
LANGUAGE_WINDOW_CHARS: Final = 64
LANGUAGE_STEP_CHARS: Final = 48  # so much new text may be in another language


@dataclass(frozen=True, slots=True)
class ChunkMark:
    """Where a chunk ends in its stream, and where it lay in the inbound log."""

    end: int
    sequence: int
    offset: int
    timestamp_ms: int


@dataclass(slots=True)
class ReadWindow:
    """A window of a stream: code points [start, end), its text, and what the text model said of it; None while it was not asked."""

    start: int
    end: int
    text: str
    uses: tuple[ModelUse, ...] | None


NO_LANGUAGE: Final = ModelUse("", "", "", "", 0.0)


@dataclass(slots=True)
class StreamState:
    """An open stream.

    Attributes:
        pending: Text received and not decided, in the pieces it came in; starts at code point ``decided``.
        received: Code points that came in.
        marks: One for each chunk that reaches into the pending text.
        suspended: ``hold`` or ``block`` once a verdict or an error stopped the stream, else empty.
        noticed: The notice that the stream stopped was delivered.
        bypass: No detector looks at what still comes: the stream is held whole.
        personal: Personal values found so far.
        tail: The last characters decided, for the language of short segments.
        language: The language when it was last asked.
        language_at: The end of the text that was asked about.
        window: The window that is open.
        windows: Those that are whole and reach into the undecided text.
        found: Findings in the undecided text that are final.
    """

    request: RequestOpened
    opened_at_ms: int
    data_key: DataKey
    scan: StreamScan
    echo: EchoIndex
    pending: list[str] = field(default_factory=list)
    received: int = 0
    decided: int = 0
    marks: deque[ChunkMark] = field(default_factory=deque)
    next_sequence: int = 0
    last_offset: int = 0
    last_at_ms: int = 0
    tokens: int = 0
    segments: int = 0
    suspended: str = ""
    error_code: str = ""
    rule_ids: tuple[str, ...] = ()
    bypass: bool = False
    noticed: bool = False
    tail: str = ""
    personal: int = 0
    released: int = 0
    redacted: int = 0
    withheld: int = 0
    language: ModelUse = NO_LANGUAGE
    language_at: int = 0
    window: WindowState = field(default_factory=WindowState)
    windows: list[ReadWindow] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)

    @property
    def waiting_since_ms(self) -> int | None:
        """Record time of the oldest chunk with text that is not decided; a chunk without text waits for nothing."""
        return next((mark.timestamp_ms for mark in self.marks if mark.end > self.decided), None)

    def take(self, end: int) -> str:
        """Return the text from ``decided`` to ``end`` and keep the rest pending."""
        text = "".join(self.pending)
        size = end - self.decided
        rest = text[size:]
        self.pending = [rest] if rest else []
        return text[:size]

    def suspend(self, action: str, code: str, rule_ids: tuple[str, ...] = ()) -> None:
        """Stop releasing; the first reason stays, a block is never softened."""
        if not self.suspended or (action == "block" and self.suspended != "block"):
            self.suspended, self.error_code, self.rule_ids = action, code, rule_ids

    def resume(self) -> None:
        """Go on: a human released all that was held."""
        self.suspended, self.error_code, self.rule_ids, self.noticed = "", "", (), False


@dataclass(slots=True)
class PartitionState:
    """A partition: how far it has come, its ledger, its streams.

    Attributes:
        next_offset: The first inbound offset that is not decided.
        closed: Stream id → record time of the close, oldest first.
        cases: Stream id → held text of it that waits for a human.
        cases_changed: Those of a tick that must be written.
        next_review: The first offset of its reviews that was not answered.
        ahead: People whom its decisions saw and the totals do not reflect yet.
        written: State records since the last whole rewrite.
    """

    next_offset: int
    entry_index: int = 0
    frontier: Frontier = field(default_factory=Frontier)
    streams: dict[str, StreamState] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    cases: dict[str, HoldCase] = field(default_factory=dict)
    cases_changed: set[str] = field(default_factory=set)
    next_review: int = 0
    ahead: Ahead = field(default_factory=Ahead)
    written: int = 0
    now_ms: int = 0


class StateCodec:
    """Turns state into records of the state topic, and back."""

    def __init__(self, codec: Codec, sealer: Sealer, scanner: Scanner) -> None:
        self._codec = codec
        self._sealer = sealer
        self._scanner = scanner

    def progress(self, partition: PartitionState) -> bytes:
        """Return the record that says how far a partition has come."""
        frontier, beside = partition.frontier.hashes, orjson.dumps([partition.next_review, partition.ahead.dump()])
        return self._codec.encode(
            StateSnapshot("partition", partition.next_offset, partition.entry_index, frontier, partition.now_ms, None, beside)
        )

    def opened(self, stream: StreamState) -> tuple[bytes, bytes]:
        """Return key and value of the request of a stream; written when it opens and at every whole rewrite."""
        key = _key("open", stream.request.stream_id)
        head = {"opened_at_ms": stream.opened_at_ms}
        return key, self._sealed("open", stream.data_key, key, _join(head, self._codec.encode(stream.request)))

    def changed(self, stream: StreamState) -> tuple[bytes, bytes]:
        """Return key and value of what changes in a stream."""
        key = _key("stream", stream.request.stream_id)
        head = [
            "".join(stream.pending),
            stream.received,
            stream.decided,
            [(m.end, m.sequence, m.offset, m.timestamp_ms) for m in stream.marks],
            stream.next_sequence,
            stream.last_offset,
            stream.last_at_ms,
            stream.tokens,
            stream.segments,
            stream.suspended,
            stream.error_code,
            stream.rule_ids,
            stream.bypass,
            stream.noticed,
            stream.tail,
            stream.personal,
            stream.released,
            stream.redacted,
            stream.withheld,
            _use(stream.language),
            stream.language_at,
            (stream.window.offset, stream.window.text),
            [(one.start, one.end, one.text, None if one.uses is None else list(map(_use, one.uses))) for one in stream.windows],
            [(one.start, one.end, one.entity_type, one.score, one.recognizer, one.provenance) for one in stream.found],
        ]
        return key, self._sealed("stream", stream.data_key, key, _join(head, b"" if stream.bypass else self._scanner.dump(stream.scan)))

    def closed(self, stream_id: str, closed_at_ms: int) -> tuple[bytes, bytes]:
        """Return key and value of the marker of a closed stream; nothing in it needs sealing but the id is in the key anyway."""
        return _key("closed", stream_id), self._codec.encode(StateSnapshot("closed", 0, 0, (), closed_at_ms, None))

    def case(self, stream_id: str, case: HoldCase | None) -> tuple[bytes, bytes | None]:
        """Return key and value of what of a stream waits for a human, or the tombstone once nothing does."""
        value = None if case is None else self._codec.encode(StateSnapshot("case", 0, 0, (), 0, None, case.to_bytes()))
        return _key("case", stream_id), value

    @staticmethod
    def forgotten(stream_id: str) -> Iterator[tuple[bytes, None]]:
        """Yield the tombstones of a stream that closed."""
        yield _key("open", stream_id), None
        yield _key("stream", stream_id), None

    @staticmethod
    def forgotten_marker(stream_id: str) -> tuple[bytes, None]:
        """Return the tombstone of a closed marker."""
        return _key("closed", stream_id), None

    def whole(self, partition: PartitionState) -> Iterator[tuple[bytes, bytes | None]]:
        """Yield everything that a restore of a partition needs besides its progress record."""
        for stream in partition.streams.values():
            yield self.opened(stream)
            yield self.changed(stream)
        for stream_id, closed_at_ms in partition.closed.items():
            yield self.closed(stream_id, closed_at_ms)
        for stream_id, case in partition.cases.items():
            yield self.case(stream_id, case)

    def next_offset_of(self, value: bytes) -> int:
        """Return the inbound offset up to which a progress record has decided."""
        return self._snapshot(value).next_offset

    def restore(self, next_offset: int, records: Iterable[tuple[bytes, bytes]]) -> PartitionState:
        """Build a partition from the newest record of each key.

        Args:
            next_offset: Where the inbound partition goes on.
            records: Key and value of each live record, the progress record among them unless the partition is new.

        Raises:
            InvariantError: A record is missing, or does not open.
        """
        partition = PartitionState(next_offset)
        opened: dict[str, StateSnapshot] = {}
        changed: dict[str, StateSnapshot] = {}
        markers: list[tuple[int, str]] = []
        for key, value in records:
            snapshot = self._snapshot(value)
            if key == PROGRESS_KEY:
                _progress(partition, snapshot)
                continue
            kind, _, stream_id = key.decode().partition(":")
            if kind == "closed":
                markers.append((snapshot.at_ms, stream_id))
            elif kind == "case":
                partition.cases[stream_id] = HoldCase.from_bytes(snapshot.body)
            else:
                (opened if kind == "open" else changed)[stream_id] = snapshot
        if opened.keys() != changed.keys():
            raise InvariantError(f"state of {len(opened.keys() ^ changed.keys())} streams is half there")
        restored, scans = [], {}
        for stream_id, snapshot in opened.items():
            stream, scan = self._stream(stream_id, snapshot, changed[stream_id])
            restored.append(stream)
            if not stream.bypass:
                scans[stream_id] = scan
        loaded = dict(zip(scans, self._scanner.load(list(scans.values())), strict=True))
        for stream in restored:
            stream.scan = loaded.get(stream.request.stream_id, stream.scan)
        # The order of streams decides the order of later rewrites, not what is decided; by age it is the same at every restore.
        for stream in sorted(restored, key=lambda item: (item.opened_at_ms, item.request.stream_id)):
            partition.streams[stream.request.stream_id] = stream
        partition.closed = {
            stream_id: closed_at for closed_at, stream_id in sorted(markers, key=itemgetter(0))
        }  # else as they were written
        return partition

    def _stream(self, stream_id: str, opened: StateSnapshot, changed: StateSnapshot) -> tuple[StreamState, bytes]:
        """Open one stream; its dumped scan comes back apart, since scans are loaded many at once."""
        if opened.sealed is None or changed.sealed is None:
            raise InvariantError("state of a stream without sealed content")
        data_key = self._sealer.unwrap(opened.sealed)
        head, body = _split(self._sealer.open(data_key, opened.sealed, _key("open", stream_id)))
        request = self._codec.decode(body)
        if not isinstance(request, RequestOpened):
            raise InvariantError("the opening record of a stream is no RequestOpened")
        stream = new_stream(request, head["opened_at_ms"], data_key, self._scanner, self._sealer.source_key)
        values, scan = _split(self._sealer.open(data_key, changed.sealed, _key("stream", stream_id)))
        pending, marks = values.pop(0), values.pop(2)
        names = [name for name in StreamState.__dataclass_fields__ if name not in _NOT_IN_CHANGED]
        for name, value in zip(names, values, strict=True):
            setattr(stream, name, _TYPED[name](value) if name in _TYPED else value)
        stream.pending = [pending] if pending else []
        stream.marks = deque(ChunkMark(*mark) for mark in marks)
        return stream, scan

    def _snapshot(self, value: bytes) -> StateSnapshot:
        record = self._codec.decode(value)
        if not isinstance(record, StateSnapshot):
            raise InvariantError("the state topic holds something that is no StateSnapshot")
        return record

    def _sealed(self, kind: str, data_key: DataKey, key: bytes, plaintext: bytes) -> bytes:
        return self._codec.encode(StateSnapshot(kind, 0, 0, (), 0, self._sealer.seal(data_key, plaintext, key)))


_TYPED: Final[dict[str, Callable[[Any], Any]]] = {
    "rule_ids": tuple,
    "language": lambda fields: ModelUse(*fields),
    "window": lambda fields: WindowState(*fields),
    "windows": lambda many: [_window(fields) for fields in many],
    "found": lambda many: [Finding(*fields) for fields in many],
}
_NOT_IN_CHANGED: Final = frozenset({"request", "opened_at_ms", "data_key", "scan", "echo", "pending", "marks"})


def new_stream(request: RequestOpened, opened_at_ms: int, data_key: DataKey, scanner: Scanner, source_key: bytes | None) -> StreamState:
    """Return the state of a stream that has just opened; without ``source_key`` sources that hand over digests of values are opaque."""
    sources = request.domestic_sources
    texts = [source.text for source in sources if source.text is not None]
    digests = [source.digest or "" for source in sources if source.text is None]
    known = DigestIndex.declared(source_key, digests) if source_key else None
    opaque = len(known) < len(digests) if known else bool(digests)
    echo = EchoIndex(request.request_text, texts, opaque_sources=opaque, digest_sources=[known] if known else [])
    return StreamState(request, opened_at_ms, data_key, scanner.open(), echo)


def _progress(partition: PartitionState, snapshot: StateSnapshot) -> None:
    """Take over how far a partition has come."""
    partition.entry_index = snapshot.entry_index
    partition.frontier = Frontier(snapshot.entry_index, snapshot.frontier)
    partition.now_ms = snapshot.at_ms
    if snapshot.body:
        partition.next_review, ahead = orjson.loads(snapshot.body)
        partition.ahead = Ahead.load(ahead)


def _use(model: ModelUse) -> tuple[str, str, str, str, float, int, int]:
    """Return the fields; dataclasses.astuple would copy them deeply."""
    return model.name, model.sha256, model.provider, model.label, model.score, model.window_start, model.window_end


def _window(fields: list[Any]) -> ReadWindow:
    start, end, text, uses = fields
    return ReadWindow(start, end, text, None if uses is None else tuple(ModelUse(*use) for use in uses))


def _key(kind: str, stream_id: str) -> bytes:
    return f"{kind}:{stream_id}".encode()


def _join(head: object, body: bytes) -> bytes:
    text = orjson.dumps(head)
    return _LENGTH.pack(len(text)) + text + body


def _split(plaintext: bytes) -> tuple[Any, bytes]:
    (length,) = _LENGTH.unpack_from(plaintext)
    start = _LENGTH.size
    return orjson.loads(plaintext[start : start + length]), plaintext[start + length :]
