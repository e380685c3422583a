"""Malaysia."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.my.mykad import MyMyKadRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (MyMyKadRecognizer,)
