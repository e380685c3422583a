"""Vietnam."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.vn.citizen import VnCccdRecognizer, VnCmndRecognizer
from detectors.recognizers.vn.tax import VnTaxCodeRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (VnCccdRecognizer, VnCmndRecognizer, VnTaxCodeRecognizer)
