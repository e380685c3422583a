r"""Values in disguise: written with invisible characters, as HTML entities, percent-encoded, escaped, in Chinese numerals, in base64.

A word that holds such a writing is decoded, the other recognisers look at the decoded word, and what they find is reported where it stands
in the text. Words are decided alone, so a stream gives the findings of the whole. A value is reported at the score it has by itself: words
beside it do not lift it, so only what is strong without them is found.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from urllib.parse import unquote_to_bytes

from presidio_analyzer import AnalysisExplanation, EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from detectors.normalize import HAN_DIGITS
from detectors.prefilter import Prefilter
from detectors.tokens import CLAUSE_MARKS

STRONG_MIN: Final = 0.4  # the least score of a value that needs no word beside it
_WORD_MAX: Final = 512
_HAN = "".join(HAN_DIGITS)
_INVISIBLE = "\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
_FANCY_DIGITS = "\u2460-\u2468\u24ea\u2776-\u277e\u2780-\u2788\u278a-\u2792\U0001d7ce-\U0001d7ff"
_BASE64 = "[A-Za-z0-9+/]{24,512}={0,2}"
_UNITS = "|".join((
    f"(?P<invisible>[{_INVISIBLE}]+)",
    "(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)",
    "(?P<percent>(?:%[0-9A-Fa-f]{2})+)",
    r"(?P<code>\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2})",
    r"(?P<blank>\\[nrt])",
    r"(?P<escaped>\\[!-/:-@\[-`{-~])",
    r"(?P<stars>(?<=[0-9])(?:\*{1,2}|_{2})(?=[0-9]))",
    r"(?P<at>[\[({](?:at|AT)[\])}])",
    r"(?P<dot>[\[({](?:dot|DOT|\.)[\])}])",
    f"(?P<fancy>[{_FANCY_DIGITS}])",
    f"(?P<han>(?<![{_HAN}])[{_HAN}]{{7,32}}(?![{_HAN}]))",
))  # fmt: skip
_UNIT = re.compile(_UNITS)
_WORD = re.compile(rf"[^\s{CLAUSE_MARKS}]+")
_BASE64_RUN = re.compile(f"(?<![A-Za-z0-9+/=_-]){_BASE64}(?![A-Za-z0-9+/=_-])")
_WORTH = re.compile("@|[0-9](?:[^0-9]{0,3}[0-9]){5}|[A-Za-z0-9_-]{20}")  # anything that the recognisers could find
_SPOKEN = re.compile("1[3-9][0-9]{9}|[0-9]{15,19}")  # what is read out in Chinese numerals: mobile numbers, identity numbers, cards
_PRINTABLE_MIN = 0.95


@dataclass(frozen=True, slots=True)
class Decoded:
    """A stretch of text, decoded.

    Attributes:
        text: What it says.
        starts: Where each of its characters begins in the stretch, in code points.
        ends: And where it ends.
        width: Of the stretch.
    """

    text: str
    starts: list[int]
    ends: list[int]
    width: int


class DisguisedRecognizer(PatternRecognizer):
    """Finds in decoded words what other recognisers find in plain ones.

    Args:
        inner: The recognisers that look at decoded words; those whose forms are all weak without a word beside them are left out.
        supported_language: The language of the engine.
    """

    NORM: ClassVar[str] = "Unicode UAX 44 (invisible characters, digits); HTML 13.5; RFC 3986 section 2.1; RFC 8259 section 7; RFC 4648"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("a writing to decode", re.sub(r"\?P<\w+>", "?:", _UNITS), 0.0),
        Pattern("base64", _BASE64, 0.0),
    )

    def __init__(self, inner: Sequence[EntityRecognizer], supported_language: str = "en") -> None:
        super().__init__(
            supported_entity="EMAIL_ADDRESS", supported_language=supported_language, name=type(self).__name__, patterns=list(self.PATTERNS)
        )
        self._inner = [one for one in inner if _is_strong(one)]
        self.supported_entities = sorted({str(kind) for one in self._inner for kind in one.supported_entities})
        self._prefilter = Prefilter([_described(one) for one in self._inner])

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None, regex_flags: int | None = None
    ) -> list[RecognizerResult]:
        """Return what decoded words hold, where it stands in the text."""
        del nlp_artifacts, regex_flags
        found = {
            (start + first, start + after, kind): score
            for start, decoded in self.decoded(text)
            for first, after, kind, score in self._in_decoded(decoded, text[start : start + decoded.width])
            if not entities or kind in entities
        }
        return [self._reported(start, end, kind, score) for (start, end, kind), score in found.items()]

    def decoded(self, text: str) -> Iterator[tuple[int, Decoded]]:
        """Yield each word that says something else when it is decoded, with its place in the text."""
        for word in _WORD.finditer(text):
            if _UNIT.search(word.group()):
                for start in range(0, len(word.group()), _WORD_MAX):
                    yield word.start() + start, _decode(word.group()[start : start + _WORD_MAX])
            for run in _BASE64_RUN.finditer(word.group()):
                if (inside := _from_base64(run.group())) is not None:
                    yield word.start() + run.start(), Decoded(inside, [0] * len(inside), [len(run.group())] * len(inside), len(run.group()))

    def _in_decoded(self, decoded: Decoded, written: str) -> Iterator[tuple[int, int, str, float]]:
        """Yield what is found in decoded text and not in the same place as it is written: that one has the other recogniser's name."""
        if not _WORTH.search(decoded.text):
            return
        for index in self._prefilter.select(decoded.text):
            inner: Any = self._inner[index]
            strong = [one for one in inner.analyze(decoded.text, inner.supported_entities, None) if one.score >= STRONG_MIN]
            if not strong:
                continue
            plain = {(one.start, one.end) for one in inner.analyze(written, inner.supported_entities, None)}
            for one in strong:
                start, end = decoded.starts[one.start], decoded.ends[one.end - 1]
                if (start, end) not in plain:
                    yield start, end, one.entity_type, one.score

    def _reported(self, start: int, end: int, kind: str, score: float) -> RecognizerResult:
        this: Any = self
        metadata = {RecognizerResult.RECOGNIZER_NAME_KEY: this.name, RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: this.id}
        why = AnalysisExplanation(recognizer=this.name, original_score=score, pattern_name=self.PATTERNS[0].name)
        return RecognizerResult(kind, start, end, score, analysis_explanation=why, recognition_metadata=metadata)


class SpacedDigitsRecognizer(DisguisedRecognizer):
    """Finds numbers whose digits stand one by one, with a blank, a full stop or a hyphen between any two."""

    NORM: ClassVar[str] = "numbers as they are spelled out"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("digits one by one", r"(?<![0-9A-Za-z.\-])(?:[0-9][ .\-]){7,18}[0-9](?![0-9])", 0.0),
    )
    _RUN = re.compile(PATTERNS[0].regex)

    def decoded(self, text: str) -> Iterator[tuple[int, Decoded]]:
        """Yield each run of single digits without what stands between them."""
        for run in self._RUN.finditer(text):
            places = range(0, len(run.group()), 2)
            yield run.start(), Decoded(run.group()[::2], list(places), [place + 1 for place in places], len(run.group()))


def _is_strong(recognizer: EntityRecognizer) -> bool:
    patterns: Sequence[Any] = getattr(recognizer, "patterns", ())
    return not patterns or max(pattern.score for pattern in patterns) >= STRONG_MIN


def _described(recognizer: EntityRecognizer) -> list[tuple[str, int]]:
    """Return patterns and flags of a recogniser; one without patterns, telephone numbers, looks at a sign and a digit."""
    flags = int(getattr(recognizer, "global_regex_flags", 0) or 0)
    patterns: Sequence[Any] = getattr(recognizer, "patterns", ())
    return [(pattern.regex, flags) for pattern in patterns] or [(r"[+\uff0b] ?\(?[0-9]", 0)]


def _decode(word: str) -> Decoded:
    """Return a word with its units decoded, and where each character comes from."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def plain(first: int, after: int) -> None:
        pieces.append(word[first:after])
        starts.extend(range(first, after))
        ends.extend(range(first + 1, after + 1))

    at = 0
    for unit in _UNIT.finditer(word):
        plain(at, unit.start())
        at = unit.end()
        kind, written = str(unit.lastgroup), unit.group()
        if kind == "han":
            digits = "".join(HAN_DIGITS[char] for char in written)
            pieces.append(digits if _SPOKEN.fullmatch(digits) else written)
            starts.extend(range(unit.start(), at))
            ends.extend(range(unit.start() + 1, at + 1))
        else:
            meant = _meaning(kind, written)
            pieces.append(meant)
            starts.extend([unit.start()] * len(meant))
            ends.extend([at] * len(meant))
    plain(at, len(word))
    return Decoded("".join(pieces), starts, ends, len(word))


def _meaning(kind: str, written: str) -> str:
    """Return what one unit stands for."""
    if kind in {"invisible", "stars"}:
        return ""
    if kind == "entity":
        return html.unescape(written)
    if kind == "percent":
        return unquote_to_bytes(written).decode("utf-8", "replace")
    if kind == "code":
        char = chr(int(written.removeprefix("\\")[1:], base=16))
        return "\ufffd" if "\ud800" <= char <= "\udfff" else char  # half of a character beyond the basic plane: no digit, no letter
    if kind == "fancy":
        return str(unicodedata.digit(written))
    return {"blank": "\n", "at": "@", "dot": "."}.get(kind, written[-1])


def _from_base64(run: str) -> str | None:
    """Return the text that a run of base64 encodes, or None where it is none."""
    body = run.rstrip("=")
    try:
        inside = base64.b64decode(body + "=" * (-len(body) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    readable = sum(char.isprintable() or char in "\r\n\t" for char in inside)
    return inside if readable >= _PRINTABLE_MIN * len(inside) else None
