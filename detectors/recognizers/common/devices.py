"""Devices and vehicles."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import luhn

from detectors.recognizers.common.pieces import END, START, DoubtfulRecognizer, framed, groups
from detectors.recognizers.identifier import IdentifierRecognizer

_IMEI_DIGITS = 15
_VIN_CHARS = 17
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10), *range(10)], strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_CHECK_AT = 8
_CHECKED_REGIONS = frozenset("145L")  # the United States, Canada and China ask for the check digit
_VIN_LETTERS_MIN = 3
_VIN = "[1-9A-HJ-NPR-Z][0-9A-HJ-NPR-Z]{12}[0-9]{4}"


class MobileDeviceRecognizer(DoubtfulRecognizer):
    """Finds IMEIs: fifteen digits, Luhn's check; a word beside them must speak for them."""

    ENTITY: ClassVar[str] = "IMEI"
    NORM: ClassVar[str] = "3GPP TS 23.003 section 6.2.1, annex B"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("IMEI, grouped", framed(groups(2, 6, 6, 1, separator="[ \\-/]")), 0.3),
        Pattern("IMEI, 15 digits", framed(groups(15)), 0.15),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("imei", "handset", "device", "串号", "串號", "设备号", "端末識別")

    def holds(self, identifier: str) -> bool:
        """Check as Luhn does."""
        return len(identifier) == _IMEI_DIGITS and len(set(identifier)) > 1 and luhn.is_valid(identifier)


def vin_check_character(vin: str) -> str:
    """Return what stands at the ninth place of a vehicle number, 49 CFR 565.15(c); the character that stands there does not count."""
    remainder = sum(_VIN_VALUES[char] * weight for char, weight in zip(vin, _VIN_WEIGHTS, strict=True)) % 11
    return "0123456789X"[remainder]


class VehicleRecognizer(IdentifierRecognizer):
    """Finds vehicle identification numbers in capitals: seventeen characters without I, O and Q, the last four digits.

    Where the region of the maker asks for a check digit, it must hold; elsewhere a word beside the number must speak for it.
    """

    ENTITY: ClassVar[str] = "VIN"
    NORM: ClassVar[str] = "ISO 3779:2009; 49 CFR 565; GB 16735-2019"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("VIN with a check digit", f"{START}(?-i:(?=[145L]){_VIN}){END}", 0.5),
        Pattern("VIN", f"{START}(?-i:(?![145L]){_VIN}){END}", 0.2),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("vin", "vehicle", "chassis", "fahrgestell", "车架", "車架", "车辆识别", "車台番号", "차대번호")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse a wrong check digit, and what has too few letters to be a vehicle."""
        if len(identifier) != _VIN_CHARS or sum(char.isalpha() for char in identifier) < _VIN_LETTERS_MIN:
            return False
        holds = identifier[_VIN_CHECK_AT] == vin_check_character(identifier)
        return None if holds or identifier[0] not in _CHECKED_REGIONS else False
