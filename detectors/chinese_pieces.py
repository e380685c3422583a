"""Chinese text in pieces: where the tagger's input begins and ends, said by the text alone.

The tagger reads a piece in both directions, so a piece must be whole before anything in it is known, and what is found must not depend on
how the text arrived. A piece therefore begins and ends where the text itself says so:

* It begins at the first Han character behind the last piece, or with the Latin letters and digits glued to that character (``T3航站楼``).
  Text without Han characters belongs to no piece and waits for nothing.
* It ends behind a sentence mark; behind a comma or its kind once it is long enough to say what a name is (``COMMA_FROM``); before white
  space; or at ``PIECE_CHARS_MAX``, whatever stands there.
* One blank between a Chinese and an ASCII character is no white space in this sense: many write ``使用 Python 编写``. The tagger does
  not see it.
"""

from __future__ import annotations

import re

COMMA_FROM = 16
PIECE_CHARS_MAX = 48
LEAD_CHARS_MAX = 24
_SENTENCE_MARKS = "。！？!?；;"
_COMMAS = "，,、…"
HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_FIRST_HAN = re.compile(f"[{HAN}]")
_MARK = re.compile(rf"[{_SENTENCE_MARKS}{_COMMAS}\s]")
# Syllables of Japanese and Korean; not the dot and the dash that Chinese uses too.
_SYLLABLE = re.compile("[\u3041-\u3096\u30a1-\u30fa\u1100-\u11ff\uac00-\ud7a3]")
_SYLLABLES_IN = 8  # a piece with more than one syllable in so many characters is not Chinese


def divide(text: str, *, last: bool) -> tuple[list[tuple[int, int]], int]:
    """Return the pieces of a text that are whole, and where the text begins of which more must be seen.

    Args:
        text: A text from such a place, or from the start of a stream.
        last: Whether nothing follows.

    Returns:
        Start and end of each piece, and the offset of what is still open: ``len(text)`` if nothing is.
    """
    whole: list[tuple[int, int]] = []
    at = 0
    while (han := _FIRST_HAN.search(text, at)) is not None:
        start = _lead(text, at, han.start())
        end = _end(text, start, last=last)
        if end < 0:
            return whole, start
        whole.append((start, end))
        at = end
    return whole, len(text) if last else _lead(text, at, len(text))


def is_chinese(piece: str) -> bool:
    """Tell whether a piece with Han characters is Chinese: Japanese and Korean show by their syllables."""
    return len(_SYLLABLE.findall(piece)) * _SYLLABLES_IN <= len(piece)


def _lead(text: str, least: int, before: int) -> int:
    """Return where the letters and digits of ASCII that end at ``before`` begin, so many of them as a piece takes."""
    least = max(least, before - LEAD_CHARS_MAX)
    start = before
    while start > least and text[start - 1].isascii() and text[start - 1].isalnum():
        start -= 1
    return start


def _end(text: str, start: int, *, last: bool) -> int:
    """Return the end of the piece that begins at ``start``, or -1 if it has not come."""
    limit = start + PIECE_CHARS_MAX
    for mark in _MARK.finditer(text, start, limit):
        at = mark.start()
        what = mark.group()
        if what in _SENTENCE_MARKS:
            return at + 1
        if what in _COMMAS:
            if at + 1 - start >= COMMA_FROM:
                return at + 1
            continue
        if at + 1 == len(text) and not last:
            return -1
        if not _is_inner(text, at):
            return at
    if len(text) >= limit:
        return limit
    return len(text) if last else -1


def _is_inner(text: str, at: int) -> bool:
    """Tell whether white space is one blank between a Chinese and an ASCII character."""
    if text[at] != " " or at + 1 == len(text):
        return False
    after = text[at + 1]
    return not after.isspace() and text[at - 1].isascii() != after.isascii()
