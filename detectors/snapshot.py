"""A scan as bytes, small enough to be written with every transaction that touches it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import orjson

from detectors.columns import Columns
from detectors.finding import Finding
from detectors.names import NameState
from detectors.stream_scan import Anchor, Held, StreamScan
from schemas.errors import InvariantError

_VERSION = 3


@dataclass(frozen=True, slots=True)
class Undecided:
    """Offsets in the stream: the first undecided token of the names model, and where the other lanes go on."""

    token: int
    phrase: int
    chinese: int


def dump(scan: StreamScan) -> bytes:
    """Return a scan as JSON.

    It has the text since the last boundary that lies at least four tokens (the reach of the names model) before the first undecided one,
    and before all that another lane has not decided. What the models knew is computed again from it.
    """
    anchor = scan.anchors[0]
    fields = [
        _VERSION,
        scan.received,
        scan.final_to,
        scan.overflowed,
        scan.closed,
        scan.done,
        scan.cut,
        scan.tried,
        scan.starts[0] if scan.starts else scan.cut,
        scan.phrases.undecided if scan.phrases else None,
        scan.chinese.undecided if scan.chinese else None,
        anchor.offset,
        anchor.keywords,
        [scan.columns.headings, scan.columns.separator, scan.columns.ruled, scan.columns.first, scan.columns.line],
        scan.text + "".join(scan.deltas) if scan.deltas else scan.text,
        [(held.start, held.end, held.entity_type, held.score, held.recognizer, held.waits) for held in scan.held],
        [(found.start, found.end, found.entity_type, found.score, found.recognizer) for found in scan.ready],
    ]
    try:
        return orjson.dumps(fields)
    except TypeError:  # a lone surrogate, which no UTF-8 can hold; none comes over the wire
        return json.dumps(fields, separators=(",", ":")).encode()


def load(dumped: bytes, names: NameState) -> tuple[StreamScan, Undecided]:
    """Return the scan of a dump, its models still fresh, and what of the kept text they had not decided.

    Raises:
        InvariantError: The dump is of another version.
    """
    try:
        fields = orjson.loads(dumped)
    except orjson.JSONDecodeError:
        fields = json.loads(dumped)
    if fields[0] != _VERSION:
        raise InvariantError(f"scan snapshot of version {fields[0]}, not {_VERSION}")
    _, received, final_to, overflowed, closed, done, cut, tried, token, phrase, chinese, offset, keywords, columns, text, held, ready = (
        fields
    )
    scan = StreamScan(
        names=names,
        received=received,
        final_to=final_to,
        overflowed=overflowed,
        closed=closed,
        done=done,
        text=text,
        cut=cut,
        tried=tried,
        anchors=[Anchor(offset, 0, tuple(keywords))],
        keywords=tuple(keywords),
        columns=Columns(tuple(columns[0]), *columns[1:]),
        held=[Held(*one) for one in held],
        ready=[Finding(*one) for one in ready],
    )
    return scan, Undecided(token, cut if phrase is None else phrase, cut if chinese is None else chinese)
