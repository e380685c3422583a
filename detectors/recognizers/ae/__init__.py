"""The United Arab Emirates."""

from __future__ import annotations

from detectors.recognizers.ae.emirates_id import AeEmiratesIdRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (AeEmiratesIdRecognizer,)
