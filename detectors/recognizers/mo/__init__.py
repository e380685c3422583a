"""Macau: identity card and telephone."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.mo.id_card import MoIdCardRecognizer
from detectors.recognizers.mo.phone import MoPhoneRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (MoIdCardRecognizer, MoPhoneRecognizer)
