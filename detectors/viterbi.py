"""The best sequence of tags of a linear-chain CRF, for many sequences at once and exactly.

No transition weighs more than the greatest and less than the least. So a tag whose score at a position lies further below the best one
there than both transitions beside it can make good is on no best path: exchanged for the best tag, the path would weigh more. That leaves
one tag at nine of ten positions of Chinese text, and a search over two or three in the short runs between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Choice:
    """The tags that are possible at one position, in order, and their scores."""

    at: int
    tags: list[int]
    scores: list[float]


class TagPath:
    """Finds best paths under one CRF.

    Args:
        transitions: What a tag (row) followed by a tag (column) adds, square.
    """

    def __init__(self, transitions: Floats) -> None:
        self._transitions: list[list[float]] = transitions.astype(np.float64).tolist()
        # A little more than enough, so that no rounding excludes a tag that is on a best path.
        self._slack = np.float32(2 * (float(transitions.max()) - float(transitions.min())) + 1e-3)

    def possible(self, emissions: Floats) -> NDArray[np.bool_]:
        """Tell of each tag at each position whether it can be on a best path, bool ``[positions, tags]``.

        Args:
            emissions: Scores ``[positions, tags]``.
        """
        possible: NDArray[np.bool_] = emissions >= emissions.max(axis=1, keepdims=True) - self._slack
        return possible

    def best(self, emissions: Floats, begins: NDArray[np.bool_], possible: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """Return the tags of sequences that lie one behind the other, int64 ``[positions]``.

        Of two paths that weigh the same, the one with the lower tag at its end.

        Args:
            emissions: Scores ``[positions, tags]``.
            begins: Whether a sequence begins at a position.
            possible: What ``possible`` says of these scores, where it was asked before.
        """
        if possible is None:
            possible = self.possible(emissions)
        place, only = np.nonzero(possible)
        path = np.zeros(len(emissions), np.int64)
        path[place] = only  # where more than one is possible, the search writes it
        counts = np.bincount(place, minlength=len(path))
        doubtful = np.flatnonzero(counts > 1)
        chosen = counts[place] > 1
        tags = only[chosen].tolist()
        scores = emissions[place[chosen], only[chosen]].tolist()
        run: list[_Choice] = []
        taken = 0
        starts = begins[doubtful].tolist()
        for at, count, is_start in zip(doubtful.tolist(), counts[doubtful].tolist(), starts, strict=True):
            if run and (is_start or run[-1].at + 1 != at):
                self._search(path, begins, run)
                run = []
            run.append(_Choice(at, tags[taken : taken + count], scores[taken : taken + count]))
            taken += count
        if run:
            self._search(path, begins, run)
        return path

    def _search(self, path: NDArray[np.int64], begins: NDArray[np.bool_], run: Sequence[_Choice]) -> None:
        """Write the best tags of a run of neighbouring positions, between two whose tags are known, into the path."""
        moves = self._transitions
        first, final = run[0], run[-1]
        totals = first.scores
        if not begins[first.at]:
            into = moves[int(path[first.at - 1])]
            totals = [score + into[tag] for score, tag in zip(totals, first.tags, strict=True)]
        trail: list[list[int]] = []
        for before, here in pairwise(run):
            came: list[int] = []
            reached: list[float] = []
            for tag, score in zip(here.tags, here.scores, strict=True):
                sums = [total + moves[old][tag] for total, old in zip(totals, before.tags, strict=True)]
                most = max(sums)
                came.append(sums.index(most))
                reached.append(most + score)
            trail.append(came)
            totals = reached
        if final.at + 1 < len(path) and not begins[final.at + 1]:
            after = int(path[final.at + 1])
            totals = [total + moves[tag][after] for total, tag in zip(totals, final.tags, strict=True)]
        index = totals.index(max(totals))
        for choice, came in zip(reversed(run), [*reversed(trail), []], strict=True):
            path[choice.at] = choice.tags[index]
            index = came[index] if came else 0
