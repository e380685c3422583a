"""Checks of Presidio's recognisers that prove too little to make a finding certain.

Presidio gives 1.0 to whatever its check does not refuse. Where every tenth number of the right length passes, or every one (a province code
up to 81 is most of two digits), that makes order numbers certain finds. Such a check may only refuse; the form and the words beside it say
the rest. Measured on 150 random numbers of each of 80 shapes (docs/quality.md).
"""

from __future__ import annotations

from typing import Any, Final

from presidio_analyzer import PatternRecognizer

# Name → the share of random numbers of its form that pass its check.
UNPROVEN: Final[dict[str, str]] = {
    "AbaRoutingRecognizer": "a tenth",
    "DeHealthInsuranceRecognizer": "a tenth",
    "DeLanrRecognizer": "a seventh",
    "NgNinRecognizer": "a tenth",
    "SeOrganisationsnummerRecognizer": "a tenth",
    "TrLicensePlateRecognizer": "all",
    "UkVehicleRegistrationRecognizer": "most",
    "ZaIncomeTaxNumberRecognizer": "a half",
    "ZaLicensePlateRecognizer": "most",
    "ZaPassportRecognizer": "all",
    "ZaTrafficRegisterNumberRecognizer": "all",
    "ZaVatNumberRecognizer": "a tenth",
}


def calibrated(recognizer: PatternRecognizer) -> PatternRecognizer:
    """Return the recogniser with a check that proves too little made one that only refuses; the object is changed in place."""
    changed: Any = recognizer
    if changed.name in UNPROVEN:
        check = changed.validate_result

        def refuse(pattern_text: str) -> bool | None:
            return False if check(pattern_text) is False else None

        changed.validate_result = refuse
    return recognizer
