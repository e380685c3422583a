"""Indonesia."""

from __future__ import annotations

from detectors.recognizers.id.nik import IdNikRecognizer
from detectors.recognizers.id.npwp import IdNpwpRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (IdNikRecognizer, IdNpwpRecognizer)
