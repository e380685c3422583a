"""India: the voter's card, the passport, and the registration plate of a vehicle."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM, SEPARATOR
from detectors.recognizers.identifier import IdentifierRecognizer

_LETTER = "[A-ZＡ-Ｚ]"
_SERIES_LETTER = "[A-HJ-NP-ZＡ-ＨＪ-ＮＰ-Ｚ]"  # no I and no O
_STATES = (
    "AN AP AR AS BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TN TR TS TG UA UK UP WB".split()  # noqa: SIM905
)
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("A"), ord("Z") + 1)})
_STATE = "(?:" + "|".join([*_STATES, *(state.translate(_WIDE) for state in _STATES)]) + ")"
_SERIAL = f"(?!0000|００００){DIGIT}{{4}}"


class InVoterIdentifierRecognizer(IdentifierRecognizer):
    """Finds voter's card (EPIC) numbers, three letters and seven digits; parcels have such numbers too, so a word must stand beside one.

    Cards of the first decades have no check digit, so none is asked for.
    """

    ENTITY: ClassVar[str] = "IN_VOTER"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = "Registration of Electors Rules 1960, rule 28 (electors photo identity card)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (Pattern("EPIC", f"{NOT_AFTER_ALNUM}{_LETTER}{{3}}{DIGIT}{{7}}{NOT_BEFORE_ALNUM}", 0.2),)
    CONTEXT: ClassVar[tuple[str, ...]] = ("voter", "epic", "elector", "मतदाता", "选民")


class InPassportIdentifierRecognizer(IdentifierRecognizer):
    """Finds passport numbers, a letter and seven digits, that a word beside them names."""

    ENTITY: ClassVar[str] = "IN_PASSPORT"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = "Passports Act 1967; ICAO Doc 9303"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "passport", f"{NOT_AFTER_ALNUM}[A-PR-WYＡ-ＰＲ-ＷＹ][1-9１-９]{DIGIT}{SEPARATOR}?{DIGIT}{{4}}[1-9１-９]{NOT_BEFORE_ALNUM}", 0.1
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("passport", "पासपोर्ट", "护照", "護照")


class InVehicleRegistrationIdentifierRecognizer(IdentifierRecognizer):
    """Finds registration plates of the states (MH12AB1234, MH-12-AB-1234) and of the BH series (22BH1234AA), in capitals.

    No blank between the state's letters and the district: a match may not have a blank before its first digit (``detectors.cut``).
    """

    ENTITY: ClassVar[str] = "IN_VEHICLE_REGISTRATION"
    COUNTRY_CODE: ClassVar[str | None] = "in"
    NORM: ClassVar[str] = "Central Motor Vehicles Rules 1989, rules 50 and 51; G.S.R. 594(E) of 2021-08-26 (BH series)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "plate of a state",
            f"{NOT_AFTER_ALNUM}(?-i:{_STATE}){SEPARATOR}?{DIGIT}{{1,2}}{SEPARATOR}?(?-i:{_LETTER}{{1,3}}){SEPARATOR}?{_SERIAL}{NOT_BEFORE_ALNUM}",
            0.5,
        ),
        Pattern(
            "plate of the BH series",
            f"{NOT_AFTER_ALNUM}(?<![0-9０-９][.\\-])[2２]{DIGIT}{SEPARATOR}?(?-i:BH|ＢＨ){SEPARATOR}?{_SERIAL}{SEPARATOR}?"
            f"(?-i:{_SERIES_LETTER}{{1,2}}){NOT_BEFORE_ALNUM}",
            0.6,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("vehicle", "registration", "plate", "गाड़ी", "车牌")
