"""United States."""

from __future__ import annotations

from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.us.health import UsMedicareBeneficiaryRecognizer, UsPrescriberRecognizer, UsProviderRecognizer
from detectors.recognizers.us.licence import UsDriverLicenceRecognizer, UsZipCodeRecognizer
from detectors.recognizers.us.tax import UsEmployerRecognizer, UsIndividualTaxpayerRecognizer, UsSocialSecurityRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    UsSocialSecurityRecognizer,
    UsIndividualTaxpayerRecognizer,
    UsEmployerRecognizer,
    UsProviderRecognizer,
    UsPrescriberRecognizer,
    UsMedicareBeneficiaryRecognizer,
    UsDriverLicenceRecognizer,
    UsZipCodeRecognizer,
)
