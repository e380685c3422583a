"""Taiwan: numbers of citizens, residents and businesses, mobile telephones, plates."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.tw.mobile import TwMobileRecognizer
from detectors.recognizers.tw.national_id import TwNationalIdRecognizer, TwResidentCertificateRecognizer
from detectors.recognizers.tw.tax_id import TwTaxIdRecognizer
from detectors.recognizers.tw.vehicle_plate import TwVehiclePlateRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    TwNationalIdRecognizer,
    TwResidentCertificateRecognizer,
    TwTaxIdRecognizer,
    TwMobileRecognizer,
    TwVehiclePlateRecognizer,
)
