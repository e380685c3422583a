"""Korea."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.kr.documents import (
    KrBrnIdentifierRecognizer,
    KrDriverLicenseIdentifierRecognizer,
    KrPassportIdentifierRecognizer,
)
from detectors.recognizers.kr.phone import KrPhoneRecognizer
from detectors.recognizers.kr.registration import KrFrnIdentifierRecognizer, KrRrnIdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    KrRrnIdentifierRecognizer,
    KrFrnIdentifierRecognizer,
    KrPassportIdentifierRecognizer,
    KrDriverLicenseIdentifierRecognizer,
    KrBrnIdentifierRecognizer,
    KrPhoneRecognizer,
)
