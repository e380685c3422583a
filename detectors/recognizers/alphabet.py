r"""Pattern pieces that identifiers share.

Chinese, Japanese and Thai have no blanks between words, and their letters are word characters to a regular expression: ``\b`` would
miss every number that is glued to one. Python's ``\d`` in turn takes the digits of every script. So the pieces name their characters.
"""

from __future__ import annotations

DIGIT = "[0-9０-９]"
SEPARATOR = "[ \u00a0\u3000\\-\u2010\u2011\u2013－]"  # blanks and hyphens, narrow and wide; never a line break
NOT_AFTER_ALNUM = "(?<![0-9A-Za-z０-９Ａ-Ｚａ-ｚ])"
NOT_BEFORE_ALNUM = "(?![0-9A-Za-z０-９Ａ-Ｚａ-ｚ])"

_WIDE_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def compact(written: str) -> str:
    """Return the ASCII letters and digits of an identifier in upper case, wide forms narrowed, everything else dropped."""
    if written.isascii() and written.isalnum():
        return written.upper()
    return "".join(char for char in written.translate(_WIDE_TO_ASCII) if char.isascii() and char.isalnum()).upper()
