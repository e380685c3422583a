"""Whether a written value carries a right check digit: asked of the recognisers' own validators, Carnet's and Presidio's.

Types without a check digit are not here: of their values nobody can tell a made-up one from a real one by looking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from presidio_analyzer import PatternRecognizer
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    IbanRecognizer,
    MedicalLicenseRecognizer,
    NhsRecognizer,
)

from detectors.recognizers.catalogue import ALL, of_countries, replaced_by
from detectors.recognizers.presidio import country_classes, mend

# Where the check character stands among the letters and digits of the value: from the front, or from the end if negative. It must be
# fixed by all others; a value for which several would do is found at run time and given no format-preserving pseudonym.
CHECK_POSITIONS: Final = MappingProxyType(
    dict.fromkeys(
        """
        AE_EMIRATES_ID AU_ABN AU_ACN AU_TFN BE_NATIONAL_NUMBER BG_EGN BR_CNPJ BR_CPF CA_SIN CN_BANK_CARD CN_ORGANISATION_CODE
        CN_RESIDENT_ID CN_USCC CREDIT_CARD CZ_BIRTH_NUMBER DE_SOCIAL_SECURITY DE_TAX_ID EE_PERSONAL_CODE ES_NIE ES_NIF EU_VAT_NUMBER
        FI_PERSONAL_IDENTITY_CODE FR_NIR FR_SIREN FR_SIRET GR_AMKA HK_ID_CARD HR_OIB IMEI IN_AADHAAR IN_AADHAAR_VID IN_GSTIN
        IT_FISCAL_CODE IT_VAT_CODE JP_MY_NUMBER KR_BRN LT_PERSONAL_CODE MEDICAL_LICENSE NL_BSN PL_NIP PL_PESEL PT_NIF RO_CNP
        SA_IQAMA SA_NATIONAL_ID SE_PERSONNUMMER SG_NRIC_FIN SG_UEN SI_EMSO TH_TNIN TW_NATIONAL_ID TW_RESIDENT_CERTIFICATE UK_NHS US_NPI
        """.split(),  # noqa: SIM905 - a list literal of these takes a line each
        -1,
    )
    | {
        "AT_SOCIAL_INSURANCE": 3,
        "AU_MEDICARE": 8,
        "IBAN_CODE": 3,
        "ID_NPWP": 8,
        "IE_PPS": 7,
        "JP_CORPORATE_NUMBER": -13,
        "JP_DRIVER_LICENSE": 10,
        "PH_TIN": 8,
        "UK_UTR": 0,
        "VIN": 8,
        "VN_TAX_CODE": 9,
    }
)


# Of these, Presidio's "valid" says no more than that the form is right.
_FORM_ONLY: Final = frozenset({"ZA_DRIVER_LICENSE", "ZA_INCOME_TAX_NUMBER", "ZA_PASSPORT", "ZA_TRAFFIC_REGISTER_NUMBER"})


@dataclass(frozen=True, slots=True)
class _Validator:
    """A recogniser asked about whole texts; ``strict`` where only its own "valid" counts, and not the absence of "invalid"."""

    recognizer: PatternRecognizer
    patterns: tuple[re.Pattern[str], ...]
    strict: bool

    def accepts(self, written: str) -> bool:
        """Tell whether the whole text is written as the type is, and its check holds."""
        if not any(pattern.fullmatch(written) for pattern in self.patterns):
            return False
        verdict = self.recognizer.validate_result(written)
        return (bool(verdict) if self.strict else verdict is not False) and not self.recognizer.invalidate_result(written)


def has_check(entity_type: str) -> bool:
    """Tell whether values of a type have a check character here."""
    return entity_type in CHECK_POSITIONS


def validates(entity_type: str, written: str) -> bool:
    """Tell whether the text, all of it, is a value of the type with a right check; False for types without one."""
    return any(validator.accepts(written) for validator in _validators().get(entity_type, ()))


def validates_anywhere(written: str) -> bool:
    """Tell whether the text, all of it, is a value with a right check of any type that has one, those only Presidio knows included."""
    return any(validator.accepts(written) for group in (*_validators().values(), _of_presidio()) for validator in group)


@cache
def _validators() -> dict[str, tuple[_Validator, ...]]:
    """Return the validators by type; made at the first question, since most policies ask none."""
    stock = (CreditCardRecognizer, IbanRecognizer, MedicalLicenseRecognizer, NhsRecognizer)
    found: dict[str, tuple[_Validator, ...]] = {}
    recognizers: list[PatternRecognizer] = [*(kind() for kind in of_countries((ALL,))), *(kind() for kind in stock)]
    for recognizer in recognizers:
        entity_type = recognizer.supported_entities[0]
        if entity_type in CHECK_POSITIONS:
            found[entity_type] = (*found.get(entity_type, ()), _validator(recognizer, strict=False))
    return found


@cache
def _of_presidio() -> tuple[_Validator, ...]:
    """Return the validators of the countries that Presidio knows and Carnet does not."""
    ours = replaced_by(of_countries((ALL,)))
    mended = [mend(kind, "en") for name, kind in country_classes().items() if name not in ours]
    return tuple(
        _validator(recognizer, strict=True)
        for recognizer in mended
        if type(recognizer).validate_result is not PatternRecognizer.validate_result and recognizer.supported_entities[0] not in _FORM_ONLY
    )


def _validator(recognizer: PatternRecognizer, *, strict: bool) -> _Validator:
    flags = int(recognizer.global_regex_flags or 0)
    return _Validator(recognizer, tuple(re.compile(pattern.regex, flags) for pattern in getattr(recognizer, "patterns", ())), strict)
