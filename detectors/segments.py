"""What one step of the scanner works on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detectors.names import Step
from detectors.stream_scan import StreamScan
from detectors.tokens import Tokens

_NO_TOKENS = Tokens([], [], np.empty((0, 4), np.uint64), [], [])


@dataclass(slots=True)
class Segment:
    """A stretch of one stream, from its last boundary to a new one."""

    scan: StreamScan
    text: str
    start: int
    last: bool
    more: bool  # whether another boundary may lie behind it
    tokens: Tokens = _NO_TOKENS

    @property
    def end(self) -> int:
        """Offset behind it."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens that the names model is shown as one text; the lists begin with token number ``token`` of the run."""

    scan: StreamScan
    step: Step
    starts: list[int]
    ends: list[int]
    spaces: list[bool]
    token: int
