"""The European Union and its member states."""

from __future__ import annotations

from detectors.recognizers.eu.east import (
    BgCitizenRecognizer,
    CzBirthNumberRecognizer,
    HrPersonalRecognizer,
    PlPeselIdentifierRecognizer,
    PlTaxRecognizer,
    RoPersonalRecognizer,
    SiPersonalRecognizer,
)
from detectors.recognizers.eu.france import FrNirRecognizer, FrSirenRecognizer, FrSiretRecognizer
from detectors.recognizers.eu.germany import (
    DeIdCardIdentifierRecognizer,
    DePassportIdentifierRecognizer,
    DeSocialSecurityIdentifierRecognizer,
    DeTaxIdIdentifierRecognizer,
)
from detectors.recognizers.eu.north import (
    DkPersonalRecognizer,
    EePersonalRecognizer,
    FiPersonalIdentityRecognizer,
    LtPersonalRecognizer,
    SePersonalRecognizer,
)
from detectors.recognizers.eu.south import (
    EsCompanyRecognizer,
    EsDniRecognizer,
    EsForeignerRecognizer,
    GrSocialSecurityRecognizer,
    ItFiscalCodeIdentifierRecognizer,
    ItVatCodeIdentifierRecognizer,
    PtTaxRecognizer,
)
from detectors.recognizers.eu.vat import EuVatRecognizer
from detectors.recognizers.eu.west import (
    AtSocialInsuranceRecognizer,
    BeNationalRecognizer,
    IePersonalServiceRecognizer,
    NlCitizenRecognizer,
)
from detectors.recognizers.identifier import IdentifierRecognizer

RECOGNIZERS: tuple[type[IdentifierRecognizer], ...] = (
    DeTaxIdIdentifierRecognizer,
    DeIdCardIdentifierRecognizer,
    DePassportIdentifierRecognizer,
    DeSocialSecurityIdentifierRecognizer,
    FrNirRecognizer,
    FrSirenRecognizer,
    FrSiretRecognizer,
    ItFiscalCodeIdentifierRecognizer,
    ItVatCodeIdentifierRecognizer,
    EsDniRecognizer,
    EsForeignerRecognizer,
    EsCompanyRecognizer,
    PtTaxRecognizer,
    GrSocialSecurityRecognizer,
    NlCitizenRecognizer,
    BeNationalRecognizer,
    AtSocialInsuranceRecognizer,
    IePersonalServiceRecognizer,
    SePersonalRecognizer,
    FiPersonalIdentityRecognizer,
    DkPersonalRecognizer,
    EePersonalRecognizer,
    LtPersonalRecognizer,
    PlPeselIdentifierRecognizer,
    PlTaxRecognizer,
    CzBirthNumberRecognizer,
    RoPersonalRecognizer,
    BgCitizenRecognizer,
    HrPersonalRecognizer,
    SiPersonalRecognizer,
    EuVatRecognizer,
)
