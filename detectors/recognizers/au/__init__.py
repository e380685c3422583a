"""Australia."""

from __future__ import annotations

from detectors.recognizers.au.medicare import AuMedicareIdentifierRecognizer
from detectors.recognizers.au.tax import AuBusinessNumberRecognizer, AuCompanyNumberRecognizer, AuTaxFileRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    AuTaxFileRecognizer,
    AuBusinessNumberRecognizer,
    AuCompanyNumberRecognizer,
    AuMedicareIdentifierRecognizer,
)
