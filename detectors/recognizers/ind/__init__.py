"""India. The folder is not called ``in``: that is a keyword, and no import statement could name it."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.ind.aadhaar import InAadhaarIdentifierRecognizer, InAadhaarVidRecognizer
from detectors.recognizers.ind.contact import InPhoneRecognizer, InUpiIdRecognizer
from detectors.recognizers.ind.documents import (
    InPassportIdentifierRecognizer,
    InVehicleRegistrationIdentifierRecognizer,
    InVoterIdentifierRecognizer,
)
from detectors.recognizers.ind.tax import InGstinIdentifierRecognizer, InPanIdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    InAadhaarIdentifierRecognizer,
    InAadhaarVidRecognizer,
    InPanIdentifierRecognizer,
    InGstinIdentifierRecognizer,
    InVoterIdentifierRecognizer,
    InPassportIdentifierRecognizer,
    InVehicleRegistrationIdentifierRecognizer,
    InPhoneRecognizer,
    InUpiIdRecognizer,
)
