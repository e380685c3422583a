"""What the text model read of each stream, window by window, and how far a stream may go before more was read.

Text is released when its verdict is decided. Where a rule asks what a text is about, that is known once the windows around what was found
were read; what holds nothing personal needs no reading. In languages that the quicker lanes do not read, names come from the windows, so
such text waits for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from detectors.classifier import NO_LANGUAGE as NOT_A_LANGUAGE
from detectors.classifier import LanguageClassifier
from detectors.finding import Finding
from detectors.reading import Reading, TextReader
from detectors.windows import take
from jurisdictions.needs import Need
from models.pool import ModelPool
from schemas.errors import DetectionError
from schemas.records import ModelUse
from streams.state import LANGUAGE_STEP_CHARS, LANGUAGE_WINDOW_CHARS, ReadWindow, StreamState

Mode = Literal["needed", "always", "never"]
# Languages whose names the scanner's lanes find; what is no language has none.
READ_AT_ONCE: Final = frozenset({"en", "zh", "zh-Hant", "yue", NOT_A_LANGUAGE})
_LANGUAGE_CHARS_LEAST: Final = 24
_SCORE_DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class Progress:
    """A stream in this tick.

    Attributes:
        stream: The stream.
        last: Whether its text ends.
        need: When its windows are needed.
        asked: What was found in its undecided text that rules may ask the surroundings of.
    """

    stream: StreamState
    last: bool
    need: Need
    asked: tuple[Finding, ...]


class WindowReader:
    """Divides the text of streams into windows and reads those that are wanted, all streams in one batch.

    Args:
        readers: The text model's sessions; None reads nothing, and what depends on it stays unknown.
        language: Says the language of streams.
        mode: ``needed``: where a rule or the names want it; ``always``: every window; ``never``.
    """

    def __init__(self, readers: ModelPool[TextReader] | None, language: LanguageClassifier, mode: Mode) -> None:
        self._readers = None if mode == "never" else readers
        self._language = language
        self._mode = mode

    def ask_language(self, streams: Sequence[StreamState], closing: Collection[str]) -> None:
        """Ask for the language of streams where so much text has come that it may be another one, all in one batch.

        Args:
            streams: The streams.
            closing: Ids of those that end: a short one is asked for too.
        """
        due = [stream for stream in streams if _language_is_due(stream, last=stream.request.stream_id in closing)]
        shown = [(stream.tail + "".join(stream.pending))[-LANGUAGE_WINDOW_CHARS:] for stream in due]
        for stream, use in zip(due, self._language.classify(shown), strict=True):
            stream.language, stream.language_at = use, stream.received

    def advance(self, batch: Sequence[Progress]) -> None:
        """Take the new text of streams and read what is wanted; a stream whose windows cannot be read is suspended.

        Another version of the model is taken into use here, so never within a tick.
        """
        for item in batch:
            _divide(item.stream, last=item.last)
        if self._readers is None:
            return
        self._readers.swap()
        if wanted := [(item.stream, window) for item in batch for window in self._wanted(item)]:
            with self._readers.lease() as reader:
                self._read(reader, wanted)

    def _read(self, reader: TextReader, wanted: Sequence[tuple[StreamState, ReadWindow]]) -> None:
        """Read windows in one batch."""
        try:
            readings = reader.read([window.text for _, window in wanted])
        except DetectionError:
            self._read_apart(reader, wanted)
            return
        for (stream, window), reading in zip(wanted, readings, strict=True):
            _note(stream, window, reading)

    @staticmethod
    def _read_apart(reader: TextReader, wanted: Sequence[tuple[StreamState, ReadWindow]]) -> None:
        """Read windows one by one after a batch of them failed, so that a text on which the model fails stops its own stream alone."""
        for stream, window in wanted:
            if stream.bypass:
                continue
            try:
                (reading,) = reader.read([window.text])
            except DetectionError as error:
                stream.suspend("hold", error.code)
                stream.bypass = True
            else:
                _note(stream, window, reading)

    def limit(self, item: Progress) -> int:
        """Return how far the text of a stream may go: all of it, or to the last place that does not wait for a window."""
        stream = item.stream
        if self._readers is None or item.last:
            return stream.received
        if item.need == "always" or self._reads_names(stream):
            return next((window.start for window in stream.windows if window.uses is None), stream.window.offset)
        if item.need == "never":
            return stream.received
        return min((found.start for found in item.asked if not _is_read(stream, found)), default=stream.received)

    def _wanted(self, item: Progress) -> Iterable[ReadWindow]:
        """Return the windows of a stream that are whole, not read, and wanted now."""
        stream = item.stream
        unread = [window for window in stream.windows if window.uses is None]
        if not unread or self._mode == "always" or item.need == "always" or self._reads_names(stream):
            return unread
        if item.need == "never":
            return ()
        return [window for window in unread if any(found.start < window.end and found.end > window.start for found in item.asked)]

    @staticmethod
    def _reads_names(stream: StreamState) -> bool:
        """Tell whether the names of a stream come from its windows; while its language is not known, they may."""
        return stream.language.label not in READ_AT_ONCE


def domains_of(stream: StreamState, need: Need, start: int, end: int, personal: Sequence[Finding]) -> frozenset[str] | None:
    """Return what a segment is about; None while that is not known.

    It is known once the windows around its personal findings were read. Where a rule asks it of any text, all of its windows must be read.

    Args:
        stream: The stream.
        need: When the rules in force ask.
        start: Where the segment begins.
        end: Where it ends.
        personal: What was found in it that concerns a person.
    """
    here = [window for window in stream.windows if window.start < end and window.end > start]
    if not all(_is_read(stream, found) for found in personal):
        return None
    if need == "always" and not (end <= stream.window.offset and all(window.uses is not None for window in here)):
        return None
    return frozenset(use.label for window in here for use in (window.uses or ())[1:])


def form_of(stream: StreamState, start: int, end: int) -> str | None:
    """Return the kind of text of a segment: that of the window that has most of it; None if none was read."""
    read = [window for window in stream.windows if window.uses and window.start < end and window.end > start]
    if not read:
        return None
    most = max(read, key=lambda window: (min(window.end, end) - max(window.start, start), -window.start))
    return most.uses[0].label if most.uses else None


def uses_of(stream: StreamState, start: int, end: int) -> tuple[ModelUse, ...]:
    """Return what the text model said of the windows that a segment has text of."""
    return tuple(use for window in stream.windows if window.start < end and window.end > start for use in window.uses or ())


def forget(stream: StreamState, end: int) -> None:
    """Drop the windows that end at or before a place."""
    stream.windows = [window for window in stream.windows if window.end > end]


def _language_is_due(stream: StreamState, *, last: bool) -> bool:
    """Tell whether so much text has come since the language was last asked that it may be another one."""
    new = stream.received - stream.language_at
    if not stream.language.name:
        return stream.received >= _LANGUAGE_CHARS_LEAST or (last and stream.received > 0)
    return new >= LANGUAGE_STEP_CHARS or (new > 0 and stream.received < LANGUAGE_WINDOW_CHARS)


def _divide(stream: StreamState, *, last: bool) -> None:
    """Put the text that came since the last tick into windows."""
    seen = stream.window.offset + len(stream.window.text)
    fresh = "".join(stream.pending)[seen - stream.decided :]
    stream.windows += [ReadWindow(one.start, one.end, one.text, None) for one in take(stream.window, fresh, last=last)]


def _is_read(stream: StreamState, found: Finding) -> bool:
    """Tell whether all windows that a finding lies in were read."""
    if found.end > stream.window.offset:
        return False
    return all(window.uses is not None for window in stream.windows if window.start < found.end and window.end > found.start)


def _note(stream: StreamState, window: ReadWindow, reading: Reading) -> None:
    """Keep what was read of a window; its names join the findings where no quicker lane reads the language."""
    model = replace(reading.model, window_start=window.start, window_end=window.end)
    scores = dict(zip(reading.labels, reading.domains, strict=True))
    window.uses = (
        replace(model, label=reading.kind, score=round(reading.kind_score, _SCORE_DECIMALS)),
        *(replace(model, label=label, score=scores[label]) for label in reading.domains_on),
    )
    if reading.language.label not in READ_AT_ONCE:
        moved = [replace(one, start=one.start + window.start, end=one.end + window.start) for one in reading.names]
        # What was released before its window was read is past help: no lane was to find names in it.
        stream.found = sorted([*stream.found, *(one for one in moved if one.start >= stream.decided)])
