"""The incremental scan: for every way of cutting a text into deltas, the findings of one analysis of the whole.

Each stream's text is taken in segments that end at quiet boundaries (``detectors.cut``). A segment is tokenised once, its tokens pass the
names model once (``detectors.names``), and only the recognisers that the prefilter names see it. Nothing is looked at again, so the cost
per character does not depend on the length of the stream.

Text is *final* up to the least of: the end of the last segment; the first token whose name decision may still come; the start of a finding
whose score waits for the next keyword; the start of a finding that reaches over such a place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from detectors import snapshot
from detectors.analyzer import Engine, EngineParts, take_apart
from detectors.blas import use_one_thread
from detectors.chinese import ChineseStep
from detectors.columns import Lines, behind
from detectors.context import KeywordTable, boosted, own_label, supports
from detectors.cut import last_quiet_boundary
from detectors.names import Entity, NameTagger, Step
from detectors.pattern_lane import PatternLane
from detectors.plausible import is_plausible_name
from detectors.segments import Run, Segment
from detectors.snapshot import Undecided
from detectors.stream_scan import Anchor, Held, StreamScan, without_contained
from detectors.tokens import runs
from schemas.errors import InvariantError

__all__ = ["SEGMENT_CHARS_MAX", "Scanner", "StreamScan"]

# spaCy keeps every word it ever saw. Beyond so many (some 100 MB), new ones are dropped at the end of each call.
VOCABULARY_MAX = 150_000
SEGMENT_CHARS_MAX = 2048  # bounds what a snapshot must keep, and the size of one step


class Scanner:
    """Scans many streams at once.

    Not safe for use by several threads. Equal inputs give equal findings whatever the cuts, the other streams and the scanner's past.

    Args:
        engine: From ``detectors.analyzer.build_engine``.
        step_chars: New code points of a stream before it is looked at again; a closed stream is looked at in any case.
        hold_back_chars_max: Most code points that may wait for becoming final.
        vocabulary_max: Most distinct words that are remembered from the streams of the past.

    Raises:
        ConfigurationError: A recogniser of the engine cannot be scanned in pieces.
    """

    def __init__(
        self, engine: Engine, *, step_chars: int = 22, hold_back_chars_max: int = 512, vocabulary_max: int = VOCABULARY_MAX
    ) -> None:
        use_one_thread()
        parts = take_apart(engine)
        self._parts: EngineParts = parts
        self._step_chars = step_chars
        self._cap = hold_back_chars_max
        self._vocabulary_max = vocabulary_max
        self._tagger = NameTagger(parts.nlp)
        self._words = KeywordTable(parts.nlp.vocab)
        self._patterns = PatternLane(parts.patterns, parts.phone)
        self._contexts = {part.name: part.context for part in parts.patterns}
        if parts.phone:
            self._contexts[parts.phone.name] = parts.phone.context
        self.tokens_seen = 0

    @property
    def recognizer_calls(self) -> int:
        """How often a pattern recogniser was asked."""
        return self._patterns.calls

    def open(self) -> StreamScan:
        """Return the scan of a new stream."""
        parts = self._parts
        return StreamScan(
            names=self._tagger.open(),
            phrases=parts.phrases.tagger.open() if parts.phrases else None,
            chinese=parts.chinese.tagger.open() if parts.chinese else None,
        )

    def feed(self, scan: StreamScan, delta: str) -> None:
        """Append text to a stream; it is looked at in the next ``advance``.

        Raises:
            InvariantError: The stream is closed.
        """
        if scan.closed:
            raise InvariantError(f"text after close at offset {scan.received}")
        scan.received += len(delta)
        if not scan.overflowed:
            scan.deltas.append(delta)

    def close(self, scan: StreamScan) -> None:
        """Say that no more text comes; the next ``advance`` makes the rest final."""
        scan.closed = True

    def advance(self, scans: Iterable[StreamScan]) -> None:
        """Look at all streams that have enough new text, in one batch.

        Args:
            scans: Streams that got text or were closed; each at most once.

        Raises:
            DetectionError: A recogniser failed. The scans of this call are then in no usable state: go back to a snapshot.
        """
        active = [scan for scan in scans if self._is_due(scan)]
        for scan in active:
            scan.text += "".join(scan.deltas)
            scan.deltas.clear()
            scan.tried = scan.received
        with self._vocabulary():
            self._scan_all(active)
        for scan in active:
            self._settle(scan)

    def dump(self, scan: StreamScan) -> bytes:
        """Return all that is needed to go on after a crash, text since the last safe boundary included: seal it before it is stored."""
        return snapshot.dump(scan)

    def load(self, dumped: Sequence[bytes]) -> list[StreamScan]:
        """Return scans that go on exactly where the dumped ones were; many at once share one step of the names model."""
        loaded = [snapshot.load(one, self._tagger.open()) for one in dumped]
        with self._vocabulary():
            steps = [
                self._restore(scan, undecided.token)
                for scan, undecided in loaded
                if scan.cut > scan.base and not scan.done and not scan.overflowed
            ]
            if steps:
                self._tagger.step([step for step, _ in steps], [spaces for _, spaces in steps])
            self._restore_lanes(loaded)
        return [scan for scan, _ in loaded]

    def _vocabulary(self) -> AbstractContextManager[Any]:
        """Return a context in which new words do not pile up."""
        vocab = self._parts.nlp.vocab
        zone: AbstractContextManager[Any] = vocab.memory_zone() if len(vocab) > self._vocabulary_max else nullcontext()
        return zone

    def _scan_all(self, active: Sequence[StreamScan]) -> None:
        """Scan segment after segment of each stream, one of each stream at a time, until no boundary is left."""
        while segments := [segment for scan in active if (segment := self._next_segment(scan)) is not None]:
            self._scan(segments)
            active = [segment.scan for segment in segments if segment.more]

    def _is_due(self, scan: StreamScan) -> bool:
        if scan.done or scan.overflowed:
            return False
        return scan.closed or scan.received - scan.tried >= self._step_chars

    def _next_segment(self, scan: StreamScan) -> Segment | None:
        """Return the next stretch that ends at a boundary, or None."""
        start = scan.cut - scan.base
        end = start
        size = len(scan.text)
        last = False
        more = True
        while end - start < SEGMENT_CHARS_MAX:
            stop = min(end + self._cap, start + SEGMENT_CHARS_MAX)
            boundary = last_quiet_boundary(scan.text, end, stop)
            if stop >= size - 1 or (boundary == end and stop == end + self._cap):
                end, more = boundary, False
                last = scan.closed and size - end <= self._cap
                break
            if boundary == end:
                break
            end = boundary
        if last:
            end = size
        if end == start and not last:
            return None
        return Segment(scan, scan.text[start:end], scan.cut, last, more)

    def _scan(self, segments: Sequence[Segment]) -> None:
        """Find everything in one segment each of many streams."""
        stretches = [(segment.text, segment.start) for segment in segments]
        shown: list[Run] = []
        for segment, tokens in zip(segments, self._parts.tokenizer.tokens_of(stretches), strict=True):
            segment.tokens = tokens
            self.tokens_seen += len(tokens)
            shown += self._runs(segment)
        self._tagger.step([run.step for run in shown], [run.spaces for run in shown])
        for run in shown:
            for entity in run.step.found:
                self._hold_entity(run, entity)
        for segment in segments:
            self._forget_decided(segment.scan)
            self._resolve_waiting(segment)
            self._find_patterns(segment)
            self._find_phrases(segment)
        self._find_chinese(segments)
        for segment in segments:
            self._end_segment(segment)

    def _runs(self, segment: Segment) -> list[Run]:
        """Hand the tokens of a segment to the runs that the names model sees; the last of them goes on in the next segment."""
        scan, tokens = segment.scan, segment.tokens
        shown: list[Run] = []
        for number, (first, after) in enumerate(runs(tokens.unread, len(tokens))):
            if number:
                scan.names, scan.run, scan.token = self._tagger.open(), scan.arrived + first, 0
                scan.starts, scan.ends, scan.spaces = [], [], []
            scan.starts += tokens.starts[first:after]
            scan.ends += tokens.ends[first:after]
            scan.spaces += tokens.is_space[first:after]
            if scan.starts:
                step = Step(scan.names, tokens.keys[first:after], last=segment.last or after < len(tokens))
                shown.append(Run(scan, step, scan.starts, scan.ends, scan.spaces, scan.token))
        scan.arrived += len(tokens)
        return shown

    def _hold_entity(self, run: Run, entity: Entity) -> None:
        reported = self._parts.labels.get(entity.label)
        if reported is not None:
            scan, start, end = run.scan, run.starts[entity.first - run.token], run.ends[entity.last - run.token]
            if is_plausible_name(reported[0], scan.text[start - scan.base : end - scan.base]):
                self._hold(scan, Held(start, end, reported[0], reported[1], self._parts.names))

    def _hold(self, scan: StreamScan, found: Held) -> None:
        if found.waits or self._passes(found):
            scan.held.append(found)

    def _passes(self, found: Held) -> bool:
        """Tell whether the score is one that the engine reports."""
        return found.score > 0 and found.score >= self._parts.thresholds.get((found.recognizer, found.entity_type), 0.0)

    def _forget_decided(self, scan: StreamScan) -> None:
        undecided = scan.names.undecided()
        decided = undecided - scan.token
        if decided > 0:
            del scan.starts[:decided], scan.ends[:decided], scan.spaces[:decided]
            scan.token = undecided

    def _resolve_waiting(self, segment: Segment) -> None:
        """Give findings of earlier segments the keyword that they wait for."""
        waiting = [found for found in segment.scan.held if found.waits]
        if not waiting:
            return
        keyword = self._words.first(segment.tokens.lower)
        if keyword is None and not segment.last:
            return
        for found in waiting:
            found.waits = False
            if keyword is not None and supports((keyword,), self._contexts[found.recognizer]):
                found.score = boosted(found.score)
        segment.scan.held = [found for found in segment.scan.held if found.waits or self._passes(found)]

    def _find_patterns(self, segment: Segment) -> None:
        """Hold what the recognisers and the telephone recogniser find, with the scores that the neighbours give."""
        before = segment.scan.columns
        segment.scan.columns = behind(before, segment.text)
        if found := self._patterns.find(segment.text, segment.start):
            lines = Lines(before, segment.text)
            for one in found:
                self._hold_pattern(segment, one, lines)

    def _find_phrases(self, segment: Segment) -> None:
        """Hand the segment to the lane of addresses and organisations."""
        lane, state = self._parts.phrases, segment.scan.phrases
        if lane is None or state is None:
            return
        for start, end, entity_type, score in lane.tagger.step(state, segment.tokens, segment.text, segment.start, segment.last):
            self._hold(segment.scan, Held(start, end, entity_type, score, lane.name))

    def _find_chinese(self, segments: Sequence[Segment]) -> None:
        """Hand the segments to the Chinese model, all of them at once."""
        lane = self._parts.chinese
        if lane is None:
            return
        steps = [
            (segment.scan, ChineseStep(segment.scan.chinese, segment.text, segment.start, segment.last))
            for segment in segments
            if segment.scan.chinese is not None
        ]
        lane.tagger.step([step for _, step in steps])
        for scan, step in steps:
            for start, end, entity_type, score in step.found:
                self._hold(scan, Held(start, end, entity_type, score, lane.name))

    def _hold_pattern(self, segment: Segment, found: Held, lines: Lines) -> None:
        """Keep a pattern's finding with the score that its neighbours give it."""
        context = self._contexts[found.recognizer]
        if context:
            tokens = segment.tokens
            own = bisect_right(tokens.ends, found.start)
            label = own_label(segment.text, tokens.starts[own] - segment.start, found.start - segment.start)
            near = (*self._words.latest(tokens.lower[: own + 1], segment.scan.keywords), label)
            if supports((*near, lines.heading(found.start - segment.start)), context):
                found.score = boosted(found.score)
            else:
                keyword = self._words.first(tokens.lower[own:])
                if keyword is None:
                    found.waits = not segment.last
                elif supports((keyword,), context):
                    found.score = boosted(found.score)
        self._hold(segment.scan, found)

    def _end_segment(self, segment: Segment) -> None:
        """Move the boundary on and forget text that no restart needs."""
        scan = segment.scan
        scan.cut = segment.end
        scan.done = segment.last
        scan.keywords = self._words.latest(segment.tokens.lower, scan.keywords)
        scan.anchors.append(Anchor(scan.cut, scan.arrived, scan.keywords))
        # A restart shows the names model so many tokens before the first undecided one, or the whole run.
        reach = scan.run + max(scan.names.undecided() - self._tagger.reach, 0)
        undecided = scan.undecided()
        drop = 0
        while drop + 1 < len(scan.anchors) and scan.anchors[drop + 1].token <= reach and scan.anchors[drop + 1].offset <= undecided:
            drop += 1
        if drop:
            scan.text = scan.text[scan.anchors[drop].offset - scan.base :]
            del scan.anchors[:drop]

    def _settle(self, scan: StreamScan) -> None:
        """Move ``final_to`` on, and make ready what lies before it."""
        final_to = scan.undecided()
        if scan.held:
            final_to = min([final_to, *(found.start for found in scan.held if found.waits)])
            for found in sorted(scan.held, key=lambda one: -one.start):
                if found.start < final_to < found.end:
                    final_to = found.start
            settled = [found for found in scan.held if found.end <= final_to]
            if settled:
                scan.held = [found for found in scan.held if found.end > final_to]
                scan.ready.extend(without_contained(settled))
        scan.final_to = max(scan.final_to, final_to)
        if scan.received - scan.final_to > self._cap and not scan.done:
            self._overflow(scan)

    def _overflow(self, scan: StreamScan) -> None:
        """Stop a stream for good, and keep nothing of it but what is final."""
        scan.overflowed = True
        scan.text = ""
        scan.anchors = [Anchor(scan.cut, 0, ())]
        scan.starts, scan.ends, scan.spaces, scan.held = [], [], [], []
        scan.phrases = scan.chinese = None

    def _restore_lanes(self, loaded: Sequence[tuple[StreamScan, Undecided]]) -> None:
        """Let the lanes read again what they had not decided; what they find in it was not reported before."""
        steps: list[ChineseStep] = []
        for scan, undecided in loaded:
            if scan.done or scan.overflowed:
                continue
            text = scan.text[: scan.cut - scan.base]
            if self._parts.phrases is not None:
                scan.phrases = self._parts.phrases.tagger.open(undecided.phrase)
                self._parts.phrases.tagger.step(scan.phrases, self._parts.tokenizer.tokens(text, scan.base), text, scan.base, last=False)
            if self._parts.chinese is not None:
                scan.chinese = self._parts.chinese.tagger.open(undecided.chinese)
                steps.append(ChineseStep(scan.chinese, text, scan.base, last=False))
        if self._parts.chinese is not None:
            self._parts.chinese.tagger.step(steps)

    def _restore(self, scan: StreamScan, undecided: int) -> tuple[Step, list[bool]]:
        """Bring the tokens of a loaded scan to where they were; return what the names model needs to follow.

        Args:
            scan: Its text starts at its only anchor.
            undecided: Offset of the first undecided token; the end of the last segment if there is none.
        """
        tokens = self._parts.tokenizer.tokens(scan.text[: scan.cut - scan.base], scan.base)
        first = bisect_left(tokens.starts, undecided)
        scan.arrived = len(tokens)
        scan.run = next((index + 1 for index in reversed(tokens.unread) if index < first), 0)
        scan.names.resume = scan.token = first - scan.run
        scan.starts, scan.ends, scan.spaces = tokens.starts[first:], tokens.ends[first:], tokens.is_space[first:]
        scan.keywords = self._words.latest(tokens.lower, scan.keywords)
        scan.anchors.append(Anchor(scan.cut, len(tokens), scan.keywords))
        return Step(scan.names, tokens.keys[scan.run :], last=False), scan.spaces
