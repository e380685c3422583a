"""Hong Kong: identity card and telephone."""

from __future__ import annotations

from detectors.recognizers.hk.id_card import HkIdCardRecognizer
from detectors.recognizers.hk.phone import HkPhoneRecognizer
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (HkIdCardRecognizer, HkPhoneRecognizer)
