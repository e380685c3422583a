"""One picture through the whole room: read, painted over, read again, labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from PIL import Image

from detectors.finding import Finding
from detectors.pictures.decode import MEDIA_TYPES, Decoded, decode, encode
from detectors.pictures.labels import AigcLabel, attachments, find_label, find_source_type, merged
from detectors.pictures.limits import DEFAULT_LIMITS, PictureLimits
from detectors.pictures.paint import cover_of, joined, paint, parts
from detectors.pictures.reader import SURE, Line, Quad, Reader
from schemas.errors import PictureNotCleanError

_ANY_SIZE = 1 << 40  # our own encoding is not subject to the limit of what comes in
_VALUE_CHARS_MIN = 2
_PART_CHARS_MIN = 4  # of a value on several lines: a shorter part, such as the word Street, may stand anywhere


@dataclass(frozen=True, slots=True)
class PictureFinding:
    """One finding in a picture; its text is not kept.

    Attributes:
        entity_type: As of findings in text.
        score: Confidence in [0, 1] of the recogniser of the value, not of the reader.
        recognizer: Its name; ``repeated`` where a value that was found elsewhere stands again.
        boxes: What was painted, in pixels of the delivered picture, a quadrilateral for each line.
    """

    entity_type: str
    score: float
    recognizer: str
    boxes: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class PictureOutcome:
    """A picture that may leave.

    Attributes:
        picture: Its bytes, in the format that it came in.
        media_type: Of these bytes.
        findings: What was painted over, in the order of painting.
        width: In pixels.
        height: In pixels.
        label_written: Whether it carries a label of generated content.
        lines: Lines of text that were seen.
        unread: Those of them that were not read with confidence: a script that the reader does not know, or too small. What they say is
            not known; a rule may hold the picture for it.
        rounds: How often it was painted.
    """

    picture: bytes
    media_type: str
    findings: tuple[PictureFinding, ...]
    width: int
    height: int
    label_written: bool
    lines: int
    unread: int
    rounds: int

    @property
    def pixels(self) -> int:
        """Return width times height."""
        return self.width * self.height


def redact_picture(
    picture: bytes,
    *,
    engine_analyze: Callable[[str], Sequence[Finding]],
    reader: Reader,
    label: AigcLabel | None = None,
    limits: PictureLimits = DEFAULT_LIMITS,
) -> PictureOutcome:
    """Return a picture in which nothing that was found can be read, with its label.

    The painted picture is encoded, decoded and read again, until nothing is found in it and no value found before is read anywhere.

    Args:
        picture: PNG, JPEG or WebP.
        engine_analyze: Finds what is to be painted over in a text; offsets count code points.
        reader: Reads pictures.
        label: What is written if the picture has no label, and who passes it on if it has one; None writes none and keeps one.
        limits: Of size and rounds.

    Raises:
        PictureTooLargeError: Over a limit.
        PictureUnreadableError: No picture of a known kind, a broken one, or one that moves.
        PictureNotCleanError: Something can still be read after the last round.
        DetectionError: The reader or the finder failed.
    """
    source = decode(picture, limits)
    written = merged(find_label(source), label)
    attached = attachments(written, find_source_type(source), source.kind)
    canvas = source.image.copy()
    seen = reader.read(canvas)
    lines = _read(seen)
    found: list[PictureFinding] = []
    values: dict[str, Finding] = {}
    for rounds in range(limits.rounds_max + 1):
        text, starts = joined(lines)
        hits = [*engine_analyze(text), *_repeated(text, values)]
        if not hits:
            break
        if rounds == limits.rounds_max:
            raise PictureNotCleanError(f"{len(hits)} findings can be read after {rounds} rounds, {len(found)} before")
        for hit in hits:
            pieces = parts(lines, starts, hit.start, hit.end)
            boxes = tuple(cover_of(line, first, last) for line, first, last in pieces)
            paint(canvas, boxes)
            found.append(PictureFinding(hit.entity_type, hit.score, hit.recognizer, boxes))
            for value in _values(pieces):
                values.setdefault(value, hit)
        lines = _read(reader.read(_as_delivered(canvas, source, limits)))
    return PictureOutcome(
        picture=encode(canvas, source.kind, attached),
        media_type=MEDIA_TYPES[source.kind],
        findings=tuple(found),
        width=canvas.width,
        height=canvas.height,
        label_written=written is not None,
        lines=len(seen),
        unread=sum(line.score < SURE for line in seen),
        rounds=rounds,
    )


def _read(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines of which something is read."""
    return tuple(line for line in lines if line.text)


def _as_delivered(canvas: Image.Image, source: Decoded, limits: PictureLimits) -> Image.Image:
    """Return the pixels that a receiver gets: after the losses of the format."""
    if source.kind == "PNG":
        return canvas
    return decode(encode(canvas, source.kind, attachments(None, "", source.kind)), replace(limits, bytes_max=_ANY_SIZE)).image


def _values(pieces: Sequence[tuple[Line, int, int]]) -> Iterator[str]:
    """Yield what must not be read again of a finding."""
    least = _VALUE_CHARS_MIN if len(pieces) == 1 else _PART_CHARS_MIN
    for line, first, last in pieces:
        value = line.text[first:last].strip()
        if len(value) >= least:
            yield value


def _repeated(text: str, values: dict[str, Finding]) -> Iterator[Finding]:
    """Yield where values that were found before stand."""
    for value, hit in values.items():
        start = text.find(value)
        while start >= 0:
            yield replace(hit, start=start, end=start + len(value), recognizer="repeated")
            start = text.find(value, start + len(value))
