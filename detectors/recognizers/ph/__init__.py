"""The Philippines."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.ph.identity import (
    PhPassportRecognizer,
    PhPhilHealthRecognizer,
    PhPhilSysRecognizer,
    PhSssRecognizer,
    PhUmidRecognizer,
)
from detectors.recognizers.ph.tax import PhTinRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    PhPhilSysRecognizer,
    PhUmidRecognizer,
    PhSssRecognizer,
    PhPhilHealthRecognizer,
    PhPassportRecognizer,
    PhTinRecognizer,
)
