"""Brazil."""

from __future__ import annotations

from detectors.recognizers.br.contact import BrCepRecognizer, BrPixKeyRecognizer
from detectors.recognizers.br.registers import BrCnpjRecognizer, BrCpfRecognizer, BrRgRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    BrCpfRecognizer,
    BrCnpjRecognizer,
    BrPixKeyRecognizer,
    BrRgRecognizer,
    BrCepRecognizer,
)
