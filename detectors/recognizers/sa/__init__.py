"""Saudi Arabia."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.sa.national_id import SaIqamaRecognizer, SaNationalIdRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (SaNationalIdRecognizer, SaIqamaRecognizer)
