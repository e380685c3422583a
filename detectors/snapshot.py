"""A scan as bytes, small enough to be written with every transaction that touches it."""

from __future__ import annotations

import json

from detectors.finding import Finding
from detectors.names import NameState
from detectors.stream_scan import Anchor, Held, StreamScan
from schemas.errors import InvariantError

_VERSION = 1
# Made once: json.dumps makes an encoder at every call, and this runs for every stream that a tick touches.
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def dump(scan: StreamScan) -> bytes:
    """Return a scan as JSON.

    It has the text since the last boundary that lies at least four tokens (the reach of the names model) before the first undecided one.
    What the model knew is computed again from it.
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
        anchor.offset,
        anchor.keywords,
        scan.text + "".join(scan.deltas) if scan.deltas else scan.text,
        [(held.start, held.end, held.entity_type, held.score, held.recognizer, held.waits) for held in scan.held],
        [(found.start, found.end, found.entity_type, found.score, found.recognizer) for found in scan.ready],
    ]
    return _ENCODE(fields).encode()


def load(dumped: bytes, names: NameState) -> tuple[StreamScan, int]:
    """Return the scan of a dump, its names model still fresh, and the offset of the first undecided token.

    Raises:
        InvariantError: The dump is of another version.
    """
    fields = json.loads(dumped)
    if fields[0] != _VERSION:
        raise InvariantError(f"scan snapshot of version {fields[0]}, not {_VERSION}")
    _, received, final_to, overflowed, closed, done, cut, tried, undecided, offset, keywords, text, held, ready = fields
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
        held=[Held(*one) for one in held],
        ready=[Finding(*one) for one in ready],
    )
    return scan, undecided
