"""A stream's text in windows: what the text model reads at a time, divided by the text alone and never by the chunks it came in.

A window ends, whichever comes first:

* behind a sentence, once it has 64 characters (24 where most of them are Chinese, Japanese or Korean letters);
* behind a blank line, from the same length on;
* behind a line break, once it has 160 characters and looks like a table, a log or code;
* at 256 characters: behind the last blank after the 160th, else behind the last CJK comma there, else at the last place that divides no
  character from its accents.

Whether it ends behind a sentence is known one character later, at 256 characters also one later; the other ends are known at once.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

WINDOW_CHARS_MAX = 256
_SENTENCE_MIN, _SENTENCE_CJK_MIN = 64, 24
_LINE_MIN = 160
_LINES_MIN = 3  # so many lines in so few characters are no paragraph
_MARKS_SHARE = 0.1
_BACK_MAX = 32  # how far back a character's beginning is looked for
_WORD_MAX = 12  # how far back a word's beginning is looked for

_WIDE = "。！？｡"  # end a sentence whatever follows
_NARROW = ".!?…．।۔؟‽"  # end one where a blank follows, or a CJK letter
_CLOSERS = "\"'”’»›)]}）］】』」》〉*_"
# A sentence's end with all that closes with it, or a line's end.
_CANDIDATE = re.compile(rf"[{re.escape(_WIDE + _NARROW)}][{re.escape(_WIDE + _NARROW + _CLOSERS)}]*|\n")
_ENDS_WIDE = re.compile(f"[{_WIDE}]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_MARKS = re.compile(r"[0-9{}\[\]<>()|=:;,\"\t/\\_#]")
_TO_LAST_BLANK = re.compile(r".*\s", re.DOTALL)
_TO_LAST_COMMA = re.compile(r".*[，、；：,;]", re.DOTALL)
# What a full stop belongs to: an initial, a number of a list, an abbreviation before a name.
_SHORT = re.compile(
    r"(?:\A|[\s(\"'“‘])(?:[^\W\d_]|\d{1,3}|(?:[^\W\d_]\.)+[^\W\d_]|(?i:mr|mrs|ms|dr|prof|st|no|vs|sr|sra|mme|jr|fig|bzw))\Z"
)
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a stream that is read as one: code points ``start`` to ``end`` from the stream's start, and their text."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class WindowState:
    """The open window of a stream; ``offset`` and ``text`` are all that a restart needs.

    Attributes:
        offset: Where the open window starts, in code points from the stream's start.
        text: What came since.
    """

    offset: int = 0
    text: str = ""
    _seen: int = field(default=0, init=False, repr=False, compare=False)  # no window ends on a sign before this place of the text


def take(state: WindowState, text: str, *, last: bool) -> list[Window]:
    """Take in more text and return the windows that have become whole, in order; they cover all text before the open window.

    The windows of a stream are the same for every cutting of it. Linear in the text.

    Args:
        state: The open window; changed.
        text: What follows it.
        last: Nothing follows: what is left is a window too.
    """
    whole = state.text + text
    windows: list[Window] = []
    start, seen = 0, state._seen  # noqa: SLF001 - its own module
    while True:
        end, seen = _end(whole, start, seen)
        if end is None:
            break
        windows.append(Window(state.offset + start, state.offset + end, whole[start:end]))
        start = seen = end
    if last and start < len(whole):
        windows.append(Window(state.offset + start, state.offset + len(whole), whole[start:]))
        start = seen = len(whole)
    state.offset += start
    state.text = whole[start:]
    state._seen = seen - start  # noqa: SLF001 - the same
    return windows


def _end(text: str, start: int, seen: int) -> tuple[int | None, int]:
    """Return where the window that begins at ``start`` ends, None while that is open, and from where to look for its end next time."""
    full = start + WINDOW_CHARS_MAX
    limit = min(len(text), full + 1)
    for found in _CANDIDATE.finditer(text, seen, limit):
        end = found.end()
        if end > full:
            break
        if found[0] == "\n":
            if _ends_at_line(text, start, end):
                return end, end
        elif end == len(text):
            return None, found.start()  # more of it may follow, or what shows that it is no end
        elif _is_long(text, start, end) and _ends_sentence(text, start, found):
            return end, end
    if len(text) > full:
        end = _cut(text, start)
        return end, end
    return None, limit


def _is_long(text: str, start: int, end: int) -> bool:
    """Tell whether a window may end behind a sentence: it says enough to be read."""
    length = end - start
    if length >= _SENTENCE_MIN:
        return True
    return length >= _SENTENCE_CJK_MIN and 2 * len(_CJK.findall(text, start, end)) > length


def _ends_sentence(text: str, start: int, found: re.Match[str]) -> bool:
    """Tell whether signs that may end a sentence do so; what follows them is there."""
    if _ENDS_WIDE.search(found[0]):
        return True
    follows = text[found.end()]
    if not (follows.isspace() or _CJK.match(follows)):
        return False
    return found[0] != "." or _SHORT.search(text[max(start, found.start() - _WORD_MAX) : found.start()]) is None


def _ends_at_line(text: str, start: int, end: int) -> bool:
    """Tell whether a window ends behind a line break."""
    if _is_long(text, start, end) and text[start : end - 1].rstrip(" \t\r").endswith("\n"):
        return True
    if end - start < _LINE_MIN:
        return False
    return text.count("\n", start, end) >= _LINES_MIN or len(_MARKS.findall(text, start, end)) >= _MARKS_SHARE * (end - start)


def _cut(text: str, start: int) -> int:
    """Return where a window that no sign ends is cut; one character behind it is there."""
    full = start + WINDOW_CHARS_MAX
    found = _TO_LAST_BLANK.match(text, start + _LINE_MIN, full) or _TO_LAST_COMMA.match(text, start + _LINE_MIN, full)
    end = found.end() if found else full
    for place in range(end, end - _BACK_MAX, -1):
        if not _is_inside(text[place - 1], text[place]):
            return place
    return end


def _is_inside(before: str, after: str) -> bool:
    """Tell whether what a reader takes for one character would be cut: a letter and its accent, an emoji, a surrogate pair, CR LF."""
    return (
        unicodedata.category(after)[0] == "M"
        or _JOINER in {before, after}
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
        or (before == "\r" and after == "\n")
    )
