"""The heading of a table's column as a word beside its cells: Markdown tables, and lines of values separated by commas or tabs.

What a cell's heading is depends on the text before the cell and on nothing behind it, and is read line by line: so it is the same for a
text in pieces. What is kept is the heading line of the open table and the line that is being written, each up to its cap.

* Markdown (GitHub Flavored Markdown 4.10): a line in bars, then one of hyphens; rows begin with a bar.
* Commas, semicolons, tabs (RFC 4180; IANA text/tab-separated-values): the first line of a text, or behind an empty line, a fence or a
  line that ends with a colon, if each of its cells is a few words, a letter first. Prose can look like that; then its words are headings of
  nothing.

A table ends with an empty line, a fence, or a line without its separator. Keys of JSON need nothing of this: they stand before values.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

LINE_CHARS_MAX = 512  # of a heading line, and of a row before the cell
_BAR = "|"
_SEPARATORS = ("\t", ",", ";")
_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_HEADING = re.compile(r"[\"']?[^\W\d_][\w\-./#()]{0,31}(?: [\w\-./#()]{1,24}){0,3}[\"']?")
_HEADING_CHARS_MAX = 40
_LEAD_CHARS = 3  # of a line of prose: a fence can be told from them
_OPENS_BLOCK = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known at one place of a text.

    Attributes:
        headings: Of the open table, in lower case.
        separator: Between its cells; empty: no table is open.
        ruled: Whether the table counts yet; a Markdown heading waits for its line of hyphens.
        first: Whether the line that is being written is the first of a block.
        line: That line so far; its first characters, one more than the cap if it is longer. Of what can be no line of a table: its first
            three and its last character.
    """

    headings: tuple[str, ...] = ()
    separator: str = ""
    ruled: bool = False
    first: bool = True
    line: str = ""

    def written(self, text: str) -> Columns:
        """Return what is known behind a stretch of text without a line break."""
        if len(self.line) > LINE_CHARS_MAX or not text:
            return self
        line = (self.line + text[: LINE_CHARS_MAX + 1])[: LINE_CHARS_MAX + 1]
        bare = line.lstrip()
        first = self.first and _may_be_headings(bare)
        if not (self.separator or first) and bare and bare[0] != _BAR:
            written = (self.line + text).strip()
            line = bare[:_LEAD_CHARS] + written[-1] if len(written) > _LEAD_CHARS else bare
        return Columns(self.headings, self.separator, self.ruled, first, line)

    def next_line(self) -> Columns:
        """Return what is known behind the line break that ends the line."""
        line = self.line.strip()
        if not line or line.startswith(_OPENS_BLOCK):
            return Columns()
        if self.separator and (self.ruled or _RULE.fullmatch(line)) and self.separator in line:
            return Columns(self.headings, self.separator, ruled=True, first=False)
        headings, separator = _headings(line, first=self.first) if len(self.line) <= LINE_CHARS_MAX else ((), "")
        return Columns(headings, separator, ruled=separator not in {"", _BAR}, first=line[-1] in ":：")

    def heading(self) -> str:
        """Return the heading, in lower case, of the cell in which a character written here would stand; empty if it has none."""
        if not self.ruled or len(self.line) > LINE_CHARS_MAX:
            return ""
        cells = _cells_begun(self.line, self.separator)
        return self.headings[cells] if 0 <= cells < len(self.headings) else ""


def _headings(line: str, *, first: bool) -> tuple[tuple[str, ...], str]:
    """Return the headings that a line may be, and their separator; nothing if it can be no heading line."""
    if line.startswith(_BAR):
        cells = tuple(cell.strip().lower() for cell in line.strip(_BAR).split(_BAR))
        return (cells, _BAR) if len(cells) > 1 else ((), "")
    if first:
        for separator in _SEPARATORS:
            cells = tuple(cell.strip() for cell in line.split(separator))
            if len(cells) > 1 and all(_is_heading(cell) for cell in cells):
                return tuple(cell.strip("\"'").lower() for cell in cells), separator
    return (), ""


def _may_be_headings(line: str) -> bool:
    """Tell whether a line that begins like this can be a heading line; once it cannot, no more text makes it one."""
    if not line or line[0] == _BAR:
        return True
    divided = (line.split(separator) for separator in _SEPARATORS)
    return any(all(_is_heading(cell.strip()) for cell in cells[:-1]) and len(cells[-1].lstrip()) <= _HEADING_CHARS_MAX for cells in divided)


def _is_heading(cell: str) -> bool:
    return len(cell) <= _HEADING_CHARS_MAX and _HEADING.fullmatch(cell) is not None


def _cells_begun(row: str, separator: str) -> int:
    """Return the number, from 0, of the cell at the end of a row's beginning; -1: in none."""
    if separator == _BAR:
        return row.count(_BAR) - row.count("\\" + _BAR) - 1 if row.lstrip().startswith(_BAR) else -1
    if '"' not in row:
        return row.count(separator)
    # Separators in quotes separate nothing: every other stretch between quotes is inside them.
    return sum(part.count(separator) for part in row.split('"')[::2])


def behind(before: Columns, text: str) -> Columns:
    """Return what is known behind a stretch of text."""
    if "\n" not in text:
        return before.written(text)
    *whole, rest = text.split("\n")
    for line in whole:
        before = before.written(line).next_line()
    return before.written(rest)


class Lines:
    """The columns at every place of a stretch of text.

    Args:
        before: What is known where it begins.
        text: The stretch.
    """

    def __init__(self, before: Columns, text: str) -> None:
        self._text = text
        self._starts = [0]
        self._known = [before]
        for start, known in _lines(before, text):
            self._starts.append(start)
            self._known.append(known)

    def heading(self, at: int) -> str:
        """Return the heading, in lower case, of the cell at an offset in the stretch; empty if it has none."""
        line = bisect_right(self._starts, at) - 1
        known = self._known[line]
        if not known.ruled or at - self._starts[line] > LINE_CHARS_MAX:
            return ""
        return known.written(self._text[self._starts[line] : at]).heading()


def _lines(known: Columns, text: str) -> Iterator[tuple[int, Columns]]:
    """Yield where each line after the first begins, and what is known there."""
    start = 0
    while (at := text.find("\n", start)) >= 0:
        known = known.written(text[start:at]).next_line()
        start = at + 1
        yield start, known
