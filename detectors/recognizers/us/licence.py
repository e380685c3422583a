"""United States: driver's licences and ZIP codes, which only a word beside them tells from other numbers."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.common.pieces import framed
from detectors.recognizers.identifier import IdentifierRecognizer


class UsDriverLicenceRecognizer(IdentifierRecognizer):
    """Finds what has the layout of a state's driver's licence where a word says so; no state publishes a check.

    Layouts: letter and 6 to 14 digits (California, Florida, Michigan, New Jersey, ...), two letters and 6 digits, groups as Florida and
    Illinois print them, 7 to 9 digits (Texas, Pennsylvania, New York, ...).
    """

    ENTITY: ClassVar[str] = "US_DRIVER_LICENSE"
    COUNTRY_CODE: ClassVar[str | None] = "us"
    NORM: ClassVar[str] = "AAMVA DL/ID Card Design Standard, customer identifier (DAQ); layouts of the states"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("letter and digits", framed("[A-Z][0-9]{6,14}|[A-Z]{2}[0-9]{6,7}|[0-9]{2}[A-Z]{3}[0-9]{5}"), 0.05),
        Pattern("letter and groups", framed("[A-Z][0-9]{3,4}[ \\-][0-9]{3,5}[ \\-][0-9]{2,5}(?:[ \\-][0-9]{3}[ \\-][0-9])?"), 0.1),
        Pattern("digits", framed("[0-9]{7,9}|[0-9]{3} [0-9]{3} [0-9]{3}"), 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("driver", "driving", "dmv", "驾照", "驾驶证", "駕照", "駕駛執照")


class UsZipCodeRecognizer(IdentifierRecognizer):
    """Finds ZIP codes where a word says so; ``12345-6789`` too."""

    ENTITY: ClassVar[str] = "US_ZIP_CODE"
    COUNTRY_CODE: ClassVar[str | None] = "us"
    NORM: ClassVar[str] = "USPS Publication 28, section 212"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("ZIP+4", framed("[0-9]{5}-[0-9]{4}"), 0.1), Pattern("ZIP", framed("[0-9]{5}"), 0.05))
    CONTEXT: ClassVar[tuple[str, ...]] = ("zip", "zipcode", "邮政编码", "邮编", "郵遞區號")
