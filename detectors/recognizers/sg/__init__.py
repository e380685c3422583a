"""Singapore: numbers of persons and entities, telephones, postal codes."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.sg.nric import SgNricFinRecognizer
from detectors.recognizers.sg.phone import SgPhoneRecognizer
from detectors.recognizers.sg.postal_code import SgPostalCodeRecognizer
from detectors.recognizers.sg.uen import SgUenIdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    SgNricFinRecognizer,
    SgUenIdentifierRecognizer,
    SgPhoneRecognizer,
    SgPostalCodeRecognizer,
)
