"""Thailand."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.th.national_id import ThNationalIdRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (ThNationalIdRecognizer,)
