"""What is kept of one stream between two steps of the scanner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from detectors.chinese import ChineseState
from detectors.columns import Columns
from detectors.finding import Finding
from detectors.names import NameState
from detectors.phrases import PhraseState


@dataclass(slots=True, eq=False)
class Held:
    """A finding that is not final yet."""

    start: int
    end: int
    entity_type: str
    score: float
    recognizer: str
    waits: bool = False  # for the next keyword, which may raise the score


@dataclass(frozen=True, slots=True)
class Anchor:
    """A boundary from which a scan can be taken up again.

    Attributes:
        offset: Where it lies.
        token: Number of the token that starts there.
        keywords: The last keywords before it.
    """

    offset: int
    token: int
    keywords: tuple[str, ...]


@dataclass(slots=True, eq=False)
class StreamScan:
    """One stream's scan. Made by ``Scanner.open`` or ``Scanner.load``; read ``received``, ``final_to``, ``overflowed`` and call ``take``.

    Attributes:
        received: Code points fed.
        final_to: Text before this offset can no longer change what is found in it, and no finding reaches over it.
        overflowed: More than the cap could not become final: nothing of the stream will any more.
        closed: No more text comes.
        done: Everything is final.
    """

    names: NameState
    phrases: PhraseState | None = None  # None: this lane is not in the engine
    chinese: ChineseState | None = None
    received: int = 0
    final_to: int = 0
    overflowed: bool = False
    closed: bool = False
    done: bool = False
    text: str = ""  # from the first anchor on
    deltas: list[str] = field(default_factory=list)  # fed and not yet joined to text
    cut: int = 0  # end of the last segment
    tried: int = 0  # received at the last step
    anchors: list[Anchor] = field(default_factory=lambda: [Anchor(0, 0, ())])
    keywords: tuple[str, ...] = ()
    columns: Columns = field(default_factory=Columns)  # at the cut
    arrived: int = 0  # tokens so far
    run: int = 0  # number of the first token that the names model is shown in the run that goes on (detectors.tokens.runs)
    token: int = 0  # number, within that run, of the first token in the three lists below: the first undecided one
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    ready: list[Finding] = field(default_factory=list)

    def take(self) -> tuple[Finding, ...]:
        """Return the findings that end at or before ``final_to`` and were not taken before, in order of position."""
        taken, self.ready = tuple(self.ready), []
        return taken

    def undecided(self) -> int:
        """Return the first offset of the scanned text that may still become part of a name or a phrase; the cut if there is none."""
        first = self.starts[0] if self.starts else self.cut
        for lane in (self.phrases, self.chinese):
            if lane is not None and lane.undecided is not None and lane.undecided < first:
                first = lane.undecided
        return first

    @property
    def base(self) -> int:
        """Offset of the first character that is kept."""
        return self.anchors[0].offset


def without_contained(found: Sequence[Held]) -> list[Finding]:
    """Return findings in order, without those that lie in another of the same type with at least their score (Presidio's rule).

    Args:
        found: Findings such that no other finding of the stream can contain one of them.
    """
    kept: list[Finding] = []
    reach: dict[str, list[Held]] = {}
    for one in sorted(found, key=lambda held: (held.start, -held.end, -held.score)):
        open_ones = [other for other in reach.get(one.entity_type, ()) if other.end >= one.end]
        if not any(other.score >= one.score for other in open_ones):
            kept.append(Finding(one.start, one.end, one.entity_type, one.score, one.recognizer))
            open_ones.append(one)
        reach[one.entity_type] = open_ones
    return sorted(kept)
