"""Japan."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.jp.documents import JpDriverLicenseRecognizer, JpPassportRecognizer
from detectors.recognizers.jp.numbers import JpCorporateNumberRecognizer, JpMyNumberRecognizer
from detectors.recognizers.jp.phone import JpPhoneRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    JpMyNumberRecognizer,
    JpCorporateNumberRecognizer,
    JpPassportRecognizer,
    JpDriverLicenseRecognizer,
    JpPhoneRecognizer,
)
