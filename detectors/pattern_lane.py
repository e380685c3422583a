"""The lane of patterns: all recognisers and telephone numbers over one segment of a stream, at little more than the cost of one automaton.

A segment is divided at further quiet boundaries (``detectors.cut``), and one pass of the prefilter over a piece says which recognisers may
find something there; for most pieces of prose that is none. What is found does not depend on how the segment was divided, because no
pattern can match across a quiet boundary or see past it (``detectors.patterns.refusal``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from detectors.cut import quiet_pieces
from detectors.engine_parts import PatternPart, PhonePart
from detectors.finder import Matches, Shared
from detectors.phones import NUMBER, PhoneFinder
from detectors.prefilter import Prefilter
from detectors.stream_scan import Held
from schemas.errors import DetectionError

_Job = tuple[PatternPart, list[int] | None]
PIECE_CHARS = 48  # least width of a piece: shorter ones pay for a call each, longer ones for recognisers that run over more of a text
# So many recognisers may look at a whole piece; if more are named, each word is asked for its own first. That costs a look at every word,
# so a piece of many words may have more; and more still where the words are alike: in a row of numbers each names the same ones.
_AT_ONCE_MAX = 3
_ALIKE_MIN = 8
# Divided where Python and the regex module agree that there is white space.
_WORD = re.compile(r"[\S\x1c-\x1f]+")
# What the automaton reads when it is built, so that the first stream does not wait for the states that every text needs.
_PAGE = """Dear Ms. Okafor, thank you for your letter of 14 March 2025; the order (No. 20817) was sent on Monday, by road and by sea.
Please pay $1,250.00 within 30 days, or call +44 20 7946 0958 before 5 p.m. if anything is missing: we are at https://www.example.org/help.
1. First, open the file "notes_2.txt" and look for A12-B7, x = 3.14 and 10.0.0.1/24.
| Name | E-mail | Born |
|---|---|---|
| ann | ann.lee@example.com | 1984-02-29 |
It's the committee's view, however, that nobody took minutes; "who did?", they asked -- and 75% of them couldn't say.
für naïve Gäste: à côté, señor, İstanbul, Łódź, Việt Nam; звоните по телефону, αβγ.
会议在日内瓦举行，第3次会议于2024年5月6日结束。请致电13800138000，或加微信abc_123！電話：０３－１２３４－５６７８。
ありがとう。감사합니다 100원.
"""


class PatternLane:
    """Finds patterns and telephone numbers in segments of streams.

    Args:
        patterns: The pattern recognisers.
        phone: The telephone recogniser, if there is one.

    Attributes:
        calls: How often a pattern recogniser was asked.
    """

    def __init__(self, patterns: Sequence[PatternPart], phone: PhonePart | None) -> None:
        self._phone = phone
        self._phones = PhoneFinder(phone.find, phone.is_number) if phone else None
        # What the prefilter names is one pattern of a recogniser, or all of one whose patterns cannot be run apart.
        named: list[tuple[PatternPart, int | None]] = []
        for part in patterns:
            named += [(part, place) for place in range(len(part.patterns))] if part.finder.apart else [(part, None)]
        described = [part.patterns if place is None else (part.patterns[place],) for part, place in named]
        if phone:
            described.append(((NUMBER, int(re.IGNORECASE)),))
        self._named = tuple(named)
        self._prefilter = Prefilter(described)
        self.calls = 0
        for line in _PAGE.splitlines():
            for start, end in quiet_pieces(line, PIECE_CHARS):
                self._prefilter.select(line[start:end])

    def find(self, text: str, start: int) -> list[Held]:
        """Return what is found in one segment, before context: by piece, by recogniser, telephone numbers last.

        Args:
            text: The segment, which begins and ends at quiet boundaries or at an end of the stream.
            start: Code points of the stream before it.

        Raises:
            DetectionError: A recogniser failed; the message has its name and the offsets.
        """
        select = self._prefilter.select
        found: list[Held] = []
        for first, after in quiet_pieces(text, PIECE_CHARS):
            piece = text[first:after]
            named = select(piece)
            if named:
                self._look(piece, start + first, named, found)
        return found

    def _look(self, piece: str, offset: int, named: Sequence[int], found: list[Held]) -> None:
        """Add what the named patterns find in a piece."""
        wholes, solids = self._divided(named)
        seen: dict[Shared, Matches] = {}
        for part, places in wholes:
            self._ask(part, places, piece, offset, found, seen)
        blanks = piece.count(" ")
        if len(solids) <= max(_AT_ONCE_MAX, blanks if len(wholes) > _ALIKE_MIN else blanks // 2):
            for part, places in solids:
                self._ask(part, places, piece, offset, found, seen)
        else:
            for word in _WORD.finditer(piece):
                seen = {}
                for part, places in self._divided(self._prefilter.select(word.group()))[1]:
                    self._ask(part, places, word.group(), offset + word.start(), found, seen)
        if self._phone is not None and named[-1] == len(self._named):
            self._dial(self._phone, piece, offset, found)

    def _divided(self, named: Sequence[int]) -> tuple[list[_Job], list[_Job]]:
        """Return the recognisers and their named patterns: those that must see a whole piece, and those that single words will do for."""
        wholes: list[_Job] = []
        solids: list[_Job] = []
        for index in named:
            if index == len(self._named):
                break
            part, place = self._named[index]
            jobs = solids if part.solid else wholes
            if place is None:
                jobs.append((part, None))
            elif jobs and jobs[-1][0] is part and (places := jobs[-1][1]) is not None:
                places.append(place)
            else:
                jobs.append((part, [place]))
        return wholes, solids

    def _ask(
        self, part: PatternPart, places: Sequence[int] | None, text: str, offset: int, found: list[Held], seen: dict[Shared, Matches]
    ) -> None:
        """Add what one recogniser finds. Its error, which may carry text, is left behind, and the release stops."""
        self.calls += 1
        try:
            fresh = part.finder.find(text, places, seen)
        except Exception as error:  # noqa: BLE001 - whatever a recogniser raises
            detail = _said_of(error, part.name, text, offset)
        else:
            for first, after, entity_type, score in fresh:
                found.append(Held(offset + first, offset + after, entity_type, score, part.name))
            return
        raise DetectionError(detail)

    def _dial(self, phone: PhonePart, text: str, offset: int, found: list[Held]) -> None:
        """Add the telephone numbers."""
        finder = self._phones
        try:
            spans = finder.spans(text) if finder else []
        except Exception as error:  # noqa: BLE001 - as above
            detail = _said_of(error, phone.name, text, offset)
        else:
            for first, after in sorted(set(spans)):
                found.append(Held(offset + first, offset + after, phone.entity_type, phone.score, phone.name))
            return
        raise DetectionError(detail)


def _said_of(error: Exception, name: str, text: str, offset: int) -> str:
    """Return what may be said of an error: never what was in the text."""
    return f"{name} raised {type(error).__name__} on characters {offset} to {offset + len(text)}"
