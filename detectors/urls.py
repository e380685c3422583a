"""Where in a text a URL can be, so that Presidio's URL expression does not search lines of dots.

The expression tries up to 253 host characters from every position and a thousand domain endings at every dot: 2.7 ms for each dot of a
table of contents. A match has a dot with two letters behind it within its reach, so only the surroundings of such dots need to be searched.
"""

from __future__ import annotations

import re

# Before the last dot of the host: a quote, "https://", "www999." and 253 host characters. After it: an ending, and a slash or a quote.
_BEFORE = 280
_AFTER = 40
_ANCHOR = re.compile(r"\.(?=[^\W\d_]{2})")
_BLANK = re.compile(r"[^\S\x1c-\x1f]")  # the separators of ASCII are no white space to the regex module


def url_stretches(text: str) -> list[tuple[int, int]]:
    """Return stretches of text, in order and apart, such that the URL expression finds in them what it finds in the whole text."""
    stretches: list[tuple[int, int]] = []
    for anchor in _ANCHOR.finditer(text):
        at = anchor.start()
        if stretches and at + _AFTER <= stretches[-1][1]:
            continue
        end = min(len(text), at + _AFTER)
        if text.find("/", at, end) >= 0:
            blank = _BLANK.search(text, at)
            end = len(text) if blank is None else blank.start()
        start = max(0, at - _BEFORE)
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return stretches
