"""United Kingdom."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.uk.national import UkHealthServiceRecognizer, UkNationalInsuranceRecognizer, UkTaxpayerReferenceRecognizer
from detectors.recognizers.uk.postcode import UkPostalCodeRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    UkHealthServiceRecognizer,
    UkNationalInsuranceRecognizer,
    UkTaxpayerReferenceRecognizer,
    UkPostalCodeRecognizer,
)
