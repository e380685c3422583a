"""Which findings of the English names model can be names at all, told from their characters alone.

The model knows English. Of a Chinese clause it makes a person, of a label in Arabic too, and of ``GSTIN`` and ``Psalm 119:105``. Chinese
names have a model of their own (``detectors.chinese``).
"""

from __future__ import annotations

import re

_JUDGED = frozenset({"PERSON", "LOCATION", "NRP"})
# Letters beyond Latin with its accents and Vietnamese: the model has not seen names in them.
_FOREIGN_LETTER = re.compile(r"[^\W\d_\u0000-\u024f\u0300-\u036f\u1e00-\u1eff]")
_DIGIT = re.compile(r"\d")
_LETTERS_OF_A_FORM = re.compile("[A-Z]{2,6}|X[X-]+")


def is_plausible_name(entity_type: str, written: str) -> bool:
    """Tell whether what the model took for a name can be one.

    Args:
        entity_type: As it is reported; dates are not judged.
        written: The finding's text.
    """
    if entity_type not in _JUDGED:
        return True
    if _FOREIGN_LETTER.search(written):
        return False
    words = written.split() or [""]
    # "221B Baker Street" begins with its number, "Vitamin B12" and "AX-4471-B" are none.
    if _DIGIT.search(words[-1]) and (len(words) == 1 or not _DIGIT.search(words[0])):
        return False
    return entity_type != "PERSON" or _LETTERS_OF_A_FORM.fullmatch(written) is None
