"""Korea."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.kr.documents import KrBrnRecognizer, KrDriverLicenseRecognizer, KrPassportRecognizer
from detectors.recognizers.kr.phone import KrPhoneRecognizer
from detectors.recognizers.kr.registration import KrFrnRecognizer, KrRrnRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    KrRrnRecognizer,
    KrFrnRecognizer,
    KrPassportRecognizer,
    KrDriverLicenseRecognizer,
    KrBrnRecognizer,
    KrPhoneRecognizer,
)
