"""Carnet's identifier recognisers by country; one list, named by hand: nothing is discovered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from detectors.recognizers import ae, au, br, ca, cn, common, eu, hk, id, ind, jp, kr, mo, my, ph, sa, sg, th, tw, uk, us, vn  # noqa: A004
from detectors.recognizers import presidio as theirs
from detectors.recognizers.identifier import IdentifierRecognizer
from schemas.errors import ConfigurationError

ALL: Final = "all"
AUTO: Final = "auto"  # everything runs too; which weak findings count is decided for each stream by its countries
BY_COUNTRY: Final[Mapping[str, tuple[type[IdentifierRecognizer], ...]]] = {
    "ae": ae.RECOGNIZERS,
    "au": au.RECOGNIZERS,
    "br": br.RECOGNIZERS,
    "ca": ca.RECOGNIZERS,
    "cn": cn.RECOGNIZERS,
    "common": common.RECOGNIZERS,
    "eu": eu.RECOGNIZERS,
    "hk": hk.RECOGNIZERS,
    "id": id.RECOGNIZERS,
    "in": ind.RECOGNIZERS,
    "jp": jp.RECOGNIZERS,
    "kr": kr.RECOGNIZERS,
    "mo": mo.RECOGNIZERS,
    "my": my.RECOGNIZERS,
    "ph": ph.RECOGNIZERS,
    "sa": sa.RECOGNIZERS,
    "sg": sg.RECOGNIZERS,
    "th": th.RECOGNIZERS,
    "tw": tw.RECOGNIZERS,
    "uk": uk.RECOGNIZERS,
    "us": us.RECOGNIZERS,
    "vn": vn.RECOGNIZERS,
}
_OTHER_NAMES: Final = {"ind": "in", "gb": "uk"}  # of the folder, and the ISO code

_CALIBRATED = "a check that a random number often passes lifts no score to 1.0; words of the country beside it do"
_FORM = "only forms that the register issues, with words of the country beside them"
_CHECKED = "the check letter or digit is verified; Presidio takes any"
_SCRIPTS = "stops at letters of Chinese, Thai, Kana and Hangul, which Presidio takes in or stumbles over"
# Ours → the one of Presidio with the same type that it stands for when both are asked for, and why.
REPLACES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "AuTaxFileRecognizer": ("AuTfnRecognizer", _CALIBRATED),
    "AuBusinessNumberRecognizer": ("AuAbnRecognizer", _CALIBRATED),
    "AuCompanyNumberRecognizer": ("AuAcnRecognizer", _CALIBRATED),
    "AuMedicareIdentifierRecognizer": ("AuMedicareRecognizer", _CALIBRATED),
    "CaSocialInsuranceRecognizer": ("CaSinRecognizer", _CALIBRATED),
    "DeTaxIdIdentifierRecognizer": ("DeTaxIdRecognizer", _CALIBRATED),
    "DeIdCardIdentifierRecognizer": ("DeIdCardRecognizer", _CALIBRATED),
    "DePassportIdentifierRecognizer": ("DePassportRecognizer", _CALIBRATED),
    "DeSocialSecurityIdentifierRecognizer": ("DeSocialSecurityRecognizer", "one pattern with the day of birth checked in the calendar"),
    "ItFiscalCodeIdentifierRecognizer": ("ItFiscalCodeRecognizer", _CHECKED),
    "ItVatCodeIdentifierRecognizer": ("ItVatCodeRecognizer", _CALIBRATED),
    "EsDniRecognizer": ("EsNifRecognizer", _SCRIPTS),
    "EsForeignerRecognizer": ("EsNieRecognizer", _SCRIPTS),
    "SePersonalRecognizer": ("SePersonnummerRecognizer", "the day of birth is checked too, and a passed check alone is no proof"),
    "PlPeselIdentifierRecognizer": ("PlPeselRecognizer", _CALIBRATED),
    "InAadhaarIdentifierRecognizer": ("InAadhaarRecognizer", _CALIBRATED),
    "InPanIdentifierRecognizer": ("InPanRecognizer", _FORM),
    "InGstinIdentifierRecognizer": ("InGstinRecognizer", _CHECKED),
    "InVoterIdentifierRecognizer": ("InVoterRecognizer", _FORM),
    "InPassportIdentifierRecognizer": ("InPassportRecognizer", _FORM),
    "InVehicleRegistrationIdentifierRecognizer": ("InVehicleRegistrationRecognizer", _FORM),
    "KrRrnIdentifierRecognizer": ("KrRrnRecognizer", "the day of birth is checked in the calendar, Korean words lift the score"),
    "KrFrnIdentifierRecognizer": ("KrFrnRecognizer", "the day of birth is checked in the calendar, Korean words lift the score"),
    "KrPassportIdentifierRecognizer": ("KrPassportRecognizer", _FORM),
    "KrDriverLicenseIdentifierRecognizer": ("KrDriverLicenseRecognizer", _CALIBRATED),
    "KrBrnIdentifierRecognizer": ("KrBrnRecognizer", _CALIBRATED),
    "PhUmidIdentifierRecognizer": ("PhUmidRecognizer", _FORM),
    "PhPassportIdentifierRecognizer": ("PhPassportRecognizer", _FORM),
    "PhTinIdentifierRecognizer": ("PhTinRecognizer", _CALIBRATED),
    "SgNricFinRecognizer": ("SgFinRecognizer", _CHECKED),
    "SgUenIdentifierRecognizer": ("SgUenRecognizer", _CALIBRATED),
    "ThNationalIdRecognizer": ("ThTninRecognizer", _CALIBRATED),
    "UkHealthServiceRecognizer": ("NhsRecognizer", _CALIBRATED),
    "UkPostalCodeRecognizer": ("UkPostcodeRecognizer", _FORM),
    "UsSocialSecurityRecognizer": ("UsSsnRecognizer", _FORM),
    "UsIndividualTaxpayerRecognizer": ("UsItinRecognizer", _FORM),
    "UsProviderRecognizer": ("UsNpiRecognizer", _CALIBRATED),
    "UsPrescriberRecognizer": ("MedicalLicenseRecognizer", _CALIBRATED),
    "UsMedicareBeneficiaryRecognizer": ("UsMbiRecognizer", _FORM),
    "UsDriverLicenceRecognizer": ("UsLicenseRecognizer", "Presidio gives 0.3 to every A1 and 0.65 beside the word public"),
    "MailAddressRecognizer": ("EmailRecognizer", _SCRIPTS),
    "MachineAddressRecognizer": ("IpRecognizer", _SCRIPTS),
    "HardwareAddressRecognizer": ("MacAddressRecognizer", _SCRIPTS),
    "UniversalIdRecognizer": ("UuidRecognizer", _SCRIPTS),
    "PaymentCardRecognizer": ("CreditCardRecognizer", "all issuers up to 19 digits, in groups or glued to letters of other scripts"),
    "BankAccountRecognizer": ("IbanRecognizer", "lengths of the registry checked by country, wide digits read"),
    "WalletAddressRecognizer": ("CryptoRecognizer", "checksums of more chains than Bitcoin's"),
})  # fmt: skip


@cache
def _known() -> frozenset[str]:
    """Return every name of a country, or group of countries, that has recognisers."""
    ours = {kind.COUNTRY_CODE for group in BY_COUNTRY.values() for kind in group if kind.COUNTRY_CODE}
    return frozenset(BY_COUNTRY) | ours | frozenset(theirs.countries())


def codes_of(countries: Iterable[str]) -> frozenset[str] | None:
    """Return the codes of these countries in lower case, the members of a group included; None stands for every country.

    Raises:
        ConfigurationError: A country has no recognisers here; the message names those that have.
    """
    wanted = {_OTHER_NAMES.get(name, name) for name in (country.strip().lower() for country in countries)}
    unknown = sorted(wanted - _known() - {ALL, AUTO})
    if unknown:
        raise ConfigurationError(f"no recognisers for {', '.join(unknown)}; known: {ALL}, {', '.join(sorted(_known()))}, {AUTO}")
    if wanted & {ALL, AUTO}:
        return None
    members = {kind.COUNTRY_CODE for name in wanted & BY_COUNTRY.keys() for kind in BY_COUNTRY[name] if kind.COUNTRY_CODE}
    return frozenset(wanted | members)


def of_countries(countries: Iterable[str]) -> tuple[type[IdentifierRecognizer], ...]:
    """Return Carnet's recognisers of these countries, in the order of the catalogue; ``all`` and ``auto`` mean every one.

    Raises:
        ConfigurationError: A country has no recognisers here; the message names those that have.
    """
    codes = codes_of(countries)
    return tuple(
        kind for name, group in BY_COUNTRY.items() for kind in group if codes is None or name in codes or kind.COUNTRY_CODE in codes
    )


def replaced_by(own: Iterable[type[IdentifierRecognizer]]) -> frozenset[str]:
    """Return the names of Presidio's recognisers that these of ours stand for."""
    return frozenset(REPLACES[kind.__name__][0] for kind in own if kind.__name__ in REPLACES)
