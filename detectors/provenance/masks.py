"""Values with a part hidden: 138****5678, zh***@example.com, 张*明.

What is shown must be the same. What is hidden may be anything, so a mask alone is doubt, unless much is shown and the gap has the width
of what it hides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNS = "*\u25cf\u25cb\u25a0\u25a1\u2588\u2587\u00d7\u2022#"
_HAS_SIGN = re.compile(rf"[{_SIGNS}]|x{{3}}|\.{{3}}")
_ANY_SIGN = re.compile(rf"[{_SIGNS}]")
_LETTER_MASK = re.compile(r"(?<![a-wyz])x{3,}(?![a-wyz])")
_DOT_MASK = re.compile(r"(?<=[0-9a-z])\.{3,}(?=[0-9])")
_SHOWN = "0-9a-z@._"
_MASKED = re.compile(rf"(?<![{_SHOWN}*])(?:[{_SHOWN}]++[ \-]?)?+\*++(?:[ \-]?\*++|[{_SHOWN}]++|[ \-][0-9]++)*+")
_HAN = "\u4e00-\u9fff"
_MASKED_HAN = re.compile(rf"[{_HAN}]\*{{1,3}}[{_HAN}](?![{_HAN}*])")
_SEPARATORS = re.compile(r"[ \-.()+/]")
_PARTS = re.compile(r"\*+|[^*]+")

SHOWN_MIN = 4  # fewer letters and digits are equal by chance
SHOWN_SURE_MIN = 7  # three and four digits, as a Chinese mobile number is masked: one in ten million is equal by chance
_LOCAL_SHOWN_MIN = 2
_RUN_MIN = 2  # a single sign is a footnote, a product, a number sign
_GAP_CHARS_MAX = 24
_LOOSE_GAPS_MAX = 2
_VALUE_CHARS_MAX = 64


@dataclass(frozen=True, slots=True)
class Mask:
    """A masked value in a text: its span in the digit form, and its shown and hidden parts without separators."""

    start: int
    end: int
    parts: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether enough is shown to tell one number from another."""
        return self._shown() >= SHOWN_SURE_MIN and all(part.isalnum() or part[0] == "*" for part in self.parts)

    def is_enough(self) -> bool:
        """Say whether so much is shown that it says something."""
        if self.parts[0] >= "\u4e00":
            return True
        if max(len(part) for part in self.parts if part[0] == "*") < _RUN_MIN:
            return False
        local, at_sign, host = "".join(self.parts).partition("@")
        if at_sign:
            # The host alone is everybody's; it must be whole, and some of the name before it shown.
            return "*" not in host and sum(char.isalnum() for char in local) >= _LOCAL_SHOWN_MIN
        return self._shown() >= SHOWN_MIN and any(char.isdigit() for part in self.parts for char in part)

    def may_hide(self, value: str) -> bool:
        """Say whether a value may stand behind this mask: what is shown is the same, whatever the width of the gaps.

        Args:
            value: A value without separators, or an e-mail address.
        """
        position = 0
        for number, part in enumerate(self.parts):
            if part[0] == "*":
                position += 1  # each gap hides something
                continue
            if number == 0:
                found = 0 if value.startswith(part) else -1
            elif number == len(self.parts) - 1:
                found = len(value) - len(part) if value.endswith(part) else -1
            else:
                found = value.find(part, position)
            if found < position:
                return False
            position = found + len(part)
        return position <= len(value)

    def patterns(self) -> Iterator[tuple[re.Pattern[str], bool]]:
        """Yield what a value behind this mask looks like, and whether its gaps are exactly as wide as they are drawn."""
        hidden = f"[{_HAN}]" if self.parts[0] >= "\u4e00" else "[0-9a-z._]"
        yield re.compile("".join(f"{hidden}{{{len(part)}}}" if part[0] == "*" else re.escape(part) for part in self.parts)), True
        if sum(part[0] == "*" for part in self.parts) <= _LOOSE_GAPS_MAX:
            gap = f"{hidden}{{1,{_GAP_CHARS_MAX}}}?"
            yield re.compile("".join(gap if part[0] == "*" else re.escape(part) for part in self.parts)), False

    def _shown(self) -> int:
        return sum(char.isalnum() for part in self.parts for char in part)


def has_mask(digits: str) -> bool:
    """Say whether a text in digit form may hold a masked value."""
    return _HAS_SIGN.search(digits) is not None


def masks_in(digits: str) -> Iterator[Mask]:
    """Yield the masked values of a text that show enough to say something; one pass.

    Args:
        digits: The text in digit form.
    """
    marked = _DOT_MASK.sub(lambda found: "*" * len(found.group()), _LETTER_MASK.sub(lambda found: "*" * len(found.group()), digits))
    marked = _ANY_SIGN.sub("*", marked)
    for pattern in (_MASKED, _MASKED_HAN):
        for found in pattern.finditer(marked):
            written = found.group().rstrip("._")
            if len(written) <= _VALUE_CHARS_MAX:
                mask = Mask(found.start(), found.start() + len(written), _parts(written))
                if mask.is_enough():
                    yield mask


def mask_of(digits: str) -> Mask | None:
    """Return the mask that a value is, or None."""
    if not has_mask(digits):
        return None
    return next((mask for mask in masks_in(digits) if mask.start == 0 and mask.end == len(digits)), None)


def _parts(written: str) -> tuple[str, ...]:
    """Return shown and hidden parts, without separators unless the value is an e-mail address."""
    plain = written if "@" in written else _SEPARATORS.sub("", written)
    return tuple(_PARTS.findall(plain))
