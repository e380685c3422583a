"""Canada."""

from __future__ import annotations

from detectors.recognizers.ca.sin import CaSocialInsuranceRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (CaSocialInsuranceRecognizer,)
