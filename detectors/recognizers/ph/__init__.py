"""The Philippines."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.ph.identity import (
    PhPassportIdentifierRecognizer,
    PhPhilHealthRecognizer,
    PhPhilSysRecognizer,
    PhSssRecognizer,
    PhUmidIdentifierRecognizer,
)
from detectors.recognizers.ph.tax import PhTinIdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    PhPhilSysRecognizer,
    PhUmidIdentifierRecognizer,
    PhSssRecognizer,
    PhPhilHealthRecognizer,
    PhPassportIdentifierRecognizer,
    PhTinIdentifierRecognizer,
)
