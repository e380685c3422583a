"""Covers the parts of lines that findings lie on, never too little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

from detectors.pictures.reader import Line, Point, Quad

_ALONG = 0.35  # of the height of the line: a column of the recogniser may lie so far from the middle of its character
_ACROSS = 0.15
_INK = (0, 0, 0)


def joined(lines: Sequence[Line]) -> tuple[str, tuple[int, ...]]:
    """Return the text of all lines, a line break between them, and where each line begins in it, in code points."""
    starts: list[int] = []
    position = 0
    for line in lines:
        starts.append(position)
        position += len(line.text) + 1
    return "\n".join(line.text for line in lines), tuple(starts)


def parts(lines: Sequence[Line], starts: Sequence[int], start: int, end: int) -> tuple[tuple[Line, int, int], ...]:
    """Return the lines that a span of the joined text lies on, and from where to where in each."""
    return tuple(
        (line, max(start - first, 0), min(end - first, len(line.text)))
        for line, first in zip(lines, starts, strict=True)
        if start < first + len(line.text) and end > first
    )


def cover_of(line: Line, start: int, end: int) -> Quad:
    """Return what hides the code points from ``start`` to ``end`` of a line: their cells, widened; the whole line if cells are not known.

    Returns:
        Corners in pixels; they may lie outside the picture.
    """
    first, last = (line.cells[start][0], line.cells[end - 1][1]) if line.cells else (0.0, 1.0)
    begin_above, end_above, end_below, begin_below = line.quad
    length = max(_distance(begin_above, end_above), _distance(begin_below, end_below), 1.0)
    height = max(_distance(begin_above, begin_below), _distance(end_above, end_below), 1.0)
    first, last = first - _ALONG * height / length, last + _ALONG * height / length
    left_above, left_below = _between(begin_above, end_above, first), _between(begin_below, end_below, first)
    right_above, right_below = _between(begin_above, end_above, last), _between(begin_below, end_below, last)
    return (
        _between(left_above, left_below, -_ACROSS),
        _between(right_above, right_below, -_ACROSS),
        _between(right_above, right_below, 1 + _ACROSS),
        _between(left_above, left_below, 1 + _ACROSS),
    )


def paint(image: Image.Image, covers: Iterable[Quad]) -> None:
    """Fill quadrilaterals of a picture with black, the border included."""
    pen = ImageDraw.Draw(image)
    for cover in covers:
        pen.polygon(cover, fill=_INK, outline=_INK, width=2)


def _between(here: Point, there: Point, part: float) -> Point:
    """Return the point that lies so far on the way from one to another; below 0 and above 1 it lies beyond them."""
    return (here[0] + (there[0] - here[0]) * part, here[1] + (there[1] - here[1]) * part)


def _distance(here: Point, there: Point) -> float:
    return float(((here[0] - there[0]) ** 2 + (here[1] - there[1]) ** 2) ** 0.5)
