"""Finds where lines of text stand, small ones in large pictures too.

The detector weighs each channel by its mean over the whole input: a short line of small letters on a large empty ground is not seen
(16 px in 1600 x 1200 pixels, measured). So it looks at tiles at full size; the maps of the tiles are laid together, the larger value where
they overlap, and lines that run over several tiles come out whole. Letters larger than a tile are seen in a second look at the picture made
small.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import numpy.typing as npt

_TILE_PX = 512
_OVERLAP_PX = 128
_STEP_PX = 32  # the network halves its input five times
_LARGE_PX = 96  # the second look is for letters of at least this height; lower lines were seen whole at the first one
_CONTRAST_MIN = 4  # of 255: an even tile holds no text, and the network, which scales by the mean, would see things in it
_SAME_MIN = 0.8  # a line of the second look of which one line of the first look covers so much is the same line
_BOX_SCORE_MIN = 0.4  # rapidocr's 0.5 loses lines that are certain over most of their length; a box too many costs time only
_LINES_UNBOUNDED = 1 << 20  # the limit of lines is the reader's, and refuses instead of leaving out

Pixels = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]


class LineDetector:
    """Finds lines of text.

    Args:
        detector: rapidocr's ``TextDetector``; its session, thresholds and way from map to boxes are used.
    """

    __slots__ = ("_detector", "_resize")

    def __init__(self, detector: Any) -> None:
        self._detector = detector
        self._detector.postprocess_op.max_candidates = _LINES_UNBOUNDED
        self._detector.postprocess_op.box_thresh = _BOX_SCORE_MIN
        self._resize = importlib.import_module("cv2").resize

    def boxes(self, pixels: Pixels) -> Boxes:
        """Return the corners of lines, four points each, in reading order: from above to below, from left to right.

        Args:
            pixels: Height, width, blue-green-red.
        """
        height, width = pixels.shape[:2]
        map_of_lines = np.zeros((height, width), np.float32)
        for top in _starts(height):
            for left in _starts(width):
                tile = pixels[top : top + _TILE_PX, left : left + _TILE_PX]
                place = map_of_lines[top : top + _TILE_PX, left : left + _TILE_PX]
                np.maximum(place, self._map(tile), out=place)
        fine = self._boxes_of(map_of_lines, height, width)
        longer = max(height, width)
        if longer > _TILE_PX:
            small = self._resize(pixels, (max(1, width * _TILE_PX // longer), max(1, height * _TILE_PX // longer)))
            coarse = self._boxes_of(self._map(small), height, width)
            fine = np.concatenate([fine, *(box[None] for box in coarse if _is_large(box) and not _is_seen(box, fine))])
        ordered: Boxes = self._detector.sorted_boxes(fine)
        return ordered

    def _map(self, pixels: Pixels) -> npt.NDArray[np.float32]:
        """Return how sure the network is of each pixel; the edge goes on as far as the network needs it to."""
        height, width = pixels.shape[:2]
        if int(np.ptp(pixels, axis=(0, 1)).max()) < _CONTRAST_MIN:
            return np.zeros((height, width), np.float32)
        padded = np.pad(pixels, ((0, -height % _STEP_PX), (0, -width % _STEP_PX), (0, 0)), mode="edge")
        prepared = (padded.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
        answer: npt.NDArray[np.float32] = self._detector.session(np.ascontiguousarray(prepared))
        return answer[0, 0, :height, :width]

    def _boxes_of(self, map_of_lines: npt.NDArray[np.float32], height: int, width: int) -> Boxes:
        boxes, _scores = self._detector.postprocess_op(map_of_lines[None, None], (height, width))
        return np.asarray(boxes, np.float32).reshape(-1, 4, 2)


def _is_large(box: Boxes) -> bool:
    """Tell whether the shorter side of a line is that of large letters."""
    return float(np.linalg.norm(box[1:3] - box[0:2], axis=1).min()) >= _LARGE_PX


def _is_seen(box: Boxes, lines: Boxes) -> bool:
    """Tell whether one of the lines covers a box, by their upright bounds."""
    least, most = box.min(axis=0), box.max(axis=0)
    shared = np.minimum(lines.max(axis=1), most) - np.maximum(lines.min(axis=1), least)
    return bool((shared.clip(min=0).prod(axis=1) >= _SAME_MIN * (most - least).prod()).any())


def _starts(length: int) -> range:
    """Return where tiles begin along a side; the last one may be narrow, but never narrower than the overlap."""
    return range(0, max(length - _OVERLAP_PX, 1), _TILE_PX - _OVERLAP_PX)
