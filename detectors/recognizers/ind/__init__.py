"""India. The folder is not called ``in``: that is a keyword, and no import statement could name it."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.ind.aadhaar import InAadhaarRecognizer, InAadhaarVidRecognizer
from detectors.recognizers.ind.contact import InPhoneRecognizer, InUpiIdRecognizer
from detectors.recognizers.ind.documents import InPassportRecognizer, InVehicleRegistrationRecognizer, InVoterRecognizer
from detectors.recognizers.ind.tax import InGstinRecognizer, InPanRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    InAadhaarRecognizer,
    InAadhaarVidRecognizer,
    InPanRecognizer,
    InGstinRecognizer,
    InVoterRecognizer,
    InPassportRecognizer,
    InVehicleRegistrationRecognizer,
    InPhoneRecognizer,
    InUpiIdRecognizer,
)
