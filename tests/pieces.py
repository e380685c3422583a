"""A text as a stream would bring it."""

from __future__ import annotations

from detectors.finding import Finding
from detectors.scanner import Scanner


def in_pieces(scanner: Scanner, text: str, size: int) -> list[Finding]:
    """Return what a scanner finds in a text that comes in pieces of so many code points."""
    scan = scanner.open()
    found: list[Finding] = []
    for start in range(0, len(text), size):
        scanner.feed(scan, text[start : start + size])
        scanner.advance([scan])
        found += scan.take()
    scanner.close(scan)
    scanner.advance([scan])
    return sorted([*found, *scan.take()])
