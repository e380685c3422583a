"""Philippines: numbers of the national identity, of social insurance and of the passport. None has a public check digit."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

_LEFT = f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])"
_LEFT_GROUPED = f"{NOT_AFTER_ALNUM}(?<!{DIGIT}{SEPARATOR})"
_RIGHT = f"(?![.\\-]{DIGIT}){NOT_BEFORE_ALNUM}"


def _grouped(*widths: int) -> str:
    """Return an expression for digits in groups of these widths."""
    return SEPARATOR.join(f"{DIGIT}{{{width}}}" for width in widths)


class PhPhilSysRecognizer(IdentifierRecognizer):
    """Finds PhilSys card numbers (PCN, 16 digits) and PhilSys numbers (PSN, 12 digits) that a word beside them names."""

    ENTITY: ClassVar[str] = "PH_PHILSYS"
    COUNTRY_CODE: ClassVar[str | None] = "ph"
    NORM: ClassVar[str] = "Republic Act 11055 (Philippine Identification System Act), sections 7 and 8"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("PCN, grouped by four", f"{_LEFT_GROUPED}{_grouped(4, 4, 4, 4)}{_RIGHT}", 0.05),
        Pattern("PSN, grouped 4-7-1", f"{_LEFT_GROUPED}{_grouped(4, 7, 1)}{_RIGHT}", 0.1),
        Pattern("PSN, grouped by four", f"{_LEFT_GROUPED}{_grouped(4, 4, 4)}{_RIGHT}", 0.05),
        Pattern("PCN or PSN, bare digits", f"{_LEFT}{DIGIT}{{12}}(?:{DIGIT}{{4}})?{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("philsys", "philid", "ephilid", "pambansang", "pcn", "psn", "菲律宾身份")


class PhUmidIdentifierRecognizer(IdentifierRecognizer):
    """Finds common reference numbers (CRN, 4-7-1) of the unified multi-purpose card."""

    ENTITY: ClassVar[str] = "PH_UMID"
    COUNTRY_CODE: ClassVar[str | None] = "ph"
    NORM: ClassVar[str] = "Executive Order 420 (2005), Executive Order 700 (2008): common reference number"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("CRN, grouped 4-7-1", f"{_LEFT_GROUPED}{_grouped(4, 7, 1)}{_RIGHT}", 0.3),
        Pattern("CRN, bare digits", f"{_LEFT}{DIGIT}{{12}}{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("umid", "crn", "multipurpose", "multi-purpose", "gsis", "sss")


class PhSssRecognizer(IdentifierRecognizer):
    """Finds social security numbers (2-7-1)."""

    ENTITY: ClassVar[str] = "PH_SSS"
    COUNTRY_CODE: ClassVar[str | None] = "ph"
    NORM: ClassVar[str] = "Republic Act 11199 (Social Security Act of 2018)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("SSS, grouped 2-7-1", f"{_LEFT_GROUPED}{_grouped(2, 7, 1)}{_RIGHT}", 0.2),
        Pattern("SSS, bare digits", f"{_LEFT}{DIGIT}{{10}}{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("sss", "菲律宾社保", "社会保障号")


class PhPhilHealthRecognizer(IdentifierRecognizer):
    """Finds health insurance numbers (2-9-1)."""

    ENTITY: ClassVar[str] = "PH_PHILHEALTH"
    COUNTRY_CODE: ClassVar[str | None] = "ph"
    NORM: ClassVar[str] = "Republic Act 7875 as amended by 10606 (National Health Insurance Act): PhilHealth identification number"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("PIN, grouped 2-9-1", f"{_LEFT_GROUPED}{_grouped(2, 9, 1)}{_RIGHT}", 0.25),
        Pattern("PIN, bare digits", f"{_LEFT}{DIGIT}{{12}}{_RIGHT}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("philhealth", "菲律宾医保")


class PhPassportIdentifierRecognizer(IdentifierRecognizer):
    """Finds passport numbers, P1234567A and EB1234567, that a word beside them names."""

    ENTITY: ClassVar[str] = "PH_PASSPORT"
    COUNTRY_CODE: ClassVar[str | None] = "ph"
    NORM: ClassVar[str] = "Republic Act 11983 (New Philippine Passport Act); ICAO Doc 9303"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("passport, letter at both ends", f"{NOT_AFTER_ALNUM}[PＰ]{DIGIT}{{7}}[A-ZＡ-Ｚ]{NOT_BEFORE_ALNUM}", 0.1),
        Pattern("passport, two letters", f"{NOT_AFTER_ALNUM}[EＥ][A-ZＡ-Ｚ]{DIGIT}{{7}}{NOT_BEFORE_ALNUM}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("passport", "pasaporte", "护照", "護照")
